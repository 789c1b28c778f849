import type { Dense } from "../../../../../lib/nn/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { tf } from "../../../../../lib/tensor/mod.ts";

/** An MLP as numbers: rows of weights, and biases, layer by layer. */
export type PlainMlp = readonly { readonly weight: number[][]; readonly bias: number[] }[];

/** Random layers of the given widths, inputs first. */
export function plainMlp(seed: number, widths: readonly number[]): PlainMlp {
  const random = stream(seed, "plain layers");
  const draw = (count: number) => [...random.normal(new Float64Array(count), { std: 0.6 })];
  return widths.slice(1).map((outputs, i) => ({
    weight: Array.from({ length: widths[i] }, () => draw(outputs)),
    bias: draw(outputs),
  }));
}

/** Applies it to one row in float64. */
export function applyPlain(
  layers: PlainMlp,
  row: readonly number[],
  activation: (x: number) => number = (x) => Math.max(x, 0),
): number[] {
  return layers.reduce<number[]>((h, { weight, bias }, i) => {
    const sums = bias.map((b, k) => b + h.reduce((sum, x, j) => sum + x * weight[j][k], 0));
    return i === layers.length - 1 ? sums : sums.map(activation);
  }, [...row]);
}

/** The same layers as tensors. */
export const toTensors = (layers: PlainMlp): Dense[] =>
  layers.map(({ weight, bias }) => ({ weight: tf.tensor2d(weight), bias: tf.tensor1d(bias) }));

/** Random rows. */
export const plainRows = (seed: number, rows: number, columns: number): number[][] =>
  Array.from(
    { length: rows },
    (_, i) => [...stream(seed, "rows", `${i}`).normal(new Float64Array(columns))],
  );
