import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";

/** A random rotation (det +1), or a reflection of one, `[3, 3]`; from float64 Gram–Schmidt. */
export function randomOrthogonal(seed: number, { reflect = false } = {}): number[][] {
  const numbers = [...stream(seed, "rotation").normal(new Float64Array(9))];
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const rows: number[][] = [];
  for (let i = 0; i < 3; i++) {
    let row = numbers.slice(3 * i, 3 * i + 3);
    for (let pass = 0; pass < 2; pass++) {
      for (const done of rows) {
        const along = dot(row, done);
        row = row.map((x, k) => x - along * done[k]);
      }
    }
    const norm = Math.sqrt(dot(row, row));
    rows.push(row.map((x) => x / norm));
  }
  const [a, b, c] = rows;
  const det = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0]);
  return (det > 0) === reflect ? rows.map((row) => row.map((x) => -x)) : rows;
}

/** x Qᵀ: turns points along the last axis. */
export function turn(x: Tensor, q: number[][]): Tensor {
  const rows = x.size / 3;
  return tf.reshape(tf.matMul(tf.reshape(x, [rows, 3]), tf.tensor2d(q), false, true), x.shape);
}

/** Q x of vector features `[…, 3, channels]`. */
export function turnFeatures(x: Tensor, q: number[][]): Tensor {
  const axes = x.shape.map((_, i) => i);
  axes.push(axes.splice(-2, 1)[0]); // the components last; the same permutation brings them back
  return tf.transpose(turn(tf.transpose(x, axes), q), axes);
}

/** Normal numbers as a tensor. */
export function gaussian(seed: number, shape: number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(stream(seed, "gaussian").normal(new Float32Array(size)), shape);
}

/** Largest absolute difference. */
export function gap(a: Tensor, b: Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]);
}

/** Largest absolute value. */
export function size(a: Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(a)).dataSync()[0]);
}
