/** What a row of the table of kernels is. */
import type { HostTensor } from "../../../lib/compile/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { spread } from "./_host.ts";

/** A call of a kernel. Its value and its first and second derivatives are tested. */
export interface Case {
  /** The kernel under test, which TensorFlow.js must use in `f`. */
  readonly kernel: string;
  /** What is special about it. */
  readonly note?: string;
  // deno-lint-ignore no-explicit-any -- ranks differ from case to case
  readonly f: (...inputs: any[]) => Tensor | Tensor[];
  readonly inputs: readonly HostTensor[];
  /** How often to differentiate with respect to the float32 inputs (default: twice; `false`: not at all). */
  readonly gradient?: false | 1;
  /** How close derivatives and central differences must be, where `f` itself is not exact in float64. */
  readonly differenceTolerance?: number;
}

/** The name of a case. */
export const nameOf = ({ kernel, note }: Case): string => note === undefined ? kernel : `${kernel} (${note})`;

/** Numbers of both signs, away from the kinks of the functions under test. */
export const signed = spread([2, 3]);
/** Numbers in (0.2, 0.9). */
export const positive = spread([2, 3], { low: 0.2, high: 0.9 });
export const cube = spread([2, 3, 4]);

/** A case of a function of one tensor. */
export const unary = (kernel: string, f: Case["f"], input = signed, more: Partial<Case> = {}): Case => ({
  kernel,
  f,
  inputs: [input],
  ...more,
});
