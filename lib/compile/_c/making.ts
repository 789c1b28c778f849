/** What makes items of nodes that have C code of their own. */
import type { ElementType, Node, Value } from "../_graph.ts";
import type { CallItem, MapItem, Operand, Tensor, View } from "./ir.ts";

/** What a row needs to make its items. */
export interface Making {
  readonly node: Node;
  readonly operands: readonly Operand[];
  operand(i: number): Operand;
  /** What an input is a reshape of that is no view. */
  reshape(i: number): View | undefined;
  readonly outputs: readonly Tensor[];
  /** The numbers of a list that is known. */
  integers(value: Value): number[];
  /** An operand in memory. */
  view(operand: Operand): View;
  /** An operand row-major in memory. */
  dense(operand: Operand): View;
  add(item: CallItem | MapItem): void;
  /** Memory for a result on the way. */
  temporary(dtype: ElementType, size: number): Tensor;
}

/** A C expression for a place in a tensor. */
export type Pointer = (tensor: Tensor) => string;
export const at = (pointer: Pointer, { tensor, offset }: View, more = ""): string =>
  `${pointer(tensor)} + ${offset}${more}`;
