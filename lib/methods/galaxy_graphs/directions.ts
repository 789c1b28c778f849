/** Number of directions, 3³ − 1. */
export const DIRECTION_COUNT = 26;

/**
 * The unit vectors d_f that the directional adjacency distinguishes, `[26, 3]`: all (i, j, k) in {−1, 0, 1}³
 * but 0, with i slowest, normalised.
 *
 * Jagvaral et al. 2022, released code.
 */
export const DIRECTIONS: readonly (readonly [number, number, number])[] = [-1, 0, 1].flatMap((i) =>
  [-1, 0, 1].flatMap((j) =>
    [-1, 0, 1].flatMap((k) => {
      const length = Math.hypot(i, j, k);
      return length === 0 ? [] : [[i / length, j / length, k / length] as const];
    })
  )
);

/** Index of −d_f. */
export const oppositeDirection = (f: number): number => DIRECTION_COUNT - 1 - f;

/**
 * How strongly a direction belongs to each d_f: q^f = softmax_f(d_f · n).
 *
 * At temperature 1 this is a soft code: the weights lie between 0.012 and 0.089. Jagvaral et al. 2022,
 * released code.
 *
 * @param direction n, 3 numbers, a unit vector; zeros give 1/26 each.
 * @returns `[26]`, with sum 1.
 *
 * @example
 * ```ts
 * import { directionWeights } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * assert.equal(directionWeights([1, 0, 0])[21].toFixed(6), "0.089002"); // d₂₁ = +x
 * ```
 */
export function directionWeights(direction: ArrayLike<number>): Float64Array {
  const weights = Float64Array.from(
    DIRECTIONS,
    ([x, y, z]) => Math.exp(x * direction[0] + y * direction[1] + z * direction[2]),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** A 3×3 matrix, row by row. */
export type Matrix3 = readonly number[];

/** The 48 rotations and reflections that map a cube to itself. */
export const CUBE_SYMMETRIES: readonly Matrix3[] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [
  2,
  1,
  0,
]].flatMap((order) =>
  Array.from(
    { length: 8 },
    (_, signs) =>
      order.flatMap((axis, row) => [0, 1, 2].map((k) => k === axis ? ((signs >> row) & 1 ? -1 : 1) : 0)),
  )
);

/**
 * How a symmetry of the cube permutes the directions: d_{π(f)} = R d_f.
 *
 * @throws {RangeError} If R is no symmetry of the cube.
 */
export function permuteDirections(symmetry: Matrix3): Int32Array {
  return Int32Array.from(DIRECTIONS, (d) => {
    const image = [0, 1, 2].map((row) => d.reduce((sum, x, k) => sum + symmetry[3 * row + k] * x, 0));
    const f = DIRECTIONS.findIndex((other) => other.every((x, k) => Math.abs(x - image[k]) < 1e-9));
    if (f < 0) {
      throw new RangeError(
        `Cannot permute directions as the matrix must map the cube to itself: current value is ${symmetry}`,
      );
    }
    return f;
  });
}
