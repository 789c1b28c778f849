/** Nodes that only move elements: what they make is another view of what they are given. */
import type { Node, Value } from "../_graph.ts";
import { sizeOf } from "../_graph.ts";
import { broadcast, isSplatOperand, type Operand, reshaped, Unsupported } from "./ir.ts";

/** The numbers of a list that is known. */
export function integers(value: Value): number[] {
  if (value.data === undefined) throw new Unsupported("lists that are computed");
  const list = Array.from(value.data as BigInt64Array, Number);
  return list.length === 1 ? new Array<number>(sizeOf(value.shape)).fill(list[0]) : list;
}

const MOVES = /^(Reshape|Squeeze|Unsqueeze|Identity|Transpose|Expand|Slice|Split)$/;
export const isMove = ({ op }: Node): boolean => MOVES.test(op);

/** What a node makes of `x`, an operand per output; "reshape" where that is a reshape which is no view. */
export function movedViews({ op, inputs, attributes, outputs }: Node, x: Operand): Operand[] | "reshape" {
  const [{ shape }] = outputs;
  if (isSplatOperand(x)) return outputs.map((output) => ({ ...x, shape: output.shape }));
  switch (op) {
    case "Transpose": {
      const perm = attributes.perm as readonly number[];
      return [{ ...x, shape, strides: perm.map((axis) => x.strides[axis]) }];
    }
    case "Expand":
      return [broadcast(x, shape)];
    case "Slice": {
      const [starts, , axes, steps] = inputs.slice(1).map(integers);
      let offset = x.offset;
      const strides = [...x.strides];
      axes.forEach((axis, i) => {
        const length = x.shape[axis];
        const from = starts[i] < 0 ? starts[i] + length : starts[i];
        offset += (steps[i] < 0 ? Math.min(from, length - 1) : from) * x.strides[axis];
        strides[axis] *= steps[i];
      });
      return [{ ...x, shape, strides, offset }];
    }
    case "Split": {
      const axis = attributes.axis as number;
      let start = 0;
      return outputs.map((output) => {
        const part = { ...x, shape: output.shape, offset: x.offset + start * x.strides[axis] };
        start += output.shape[axis];
        return part;
      });
    }
    default: {
      const view = reshaped(x, shape);
      return view === undefined ? "reshape" : [view];
    }
  }
}
