import { LuDecomposition, Matrix as DenseMatrix } from "ml-matrix";
import type { DynamicsData } from "./data.ts";

/** A fitted predictor of positions, `[samples, N, 3]` in float64. */
export type PositionPredictor = (data: DynamicsData) => Float64Array;

/**
 * x + c v; c = 0 is "no motion". The solar-system experiment takes 13.5 days.
 *
 * Levy et al. 2023, released code `main_solar.py`.
 */
export function driftPredictor(coefficient: number): PositionPredictor {
  return ({ positions, velocities }) =>
    Float64Array.from(positions, (x, i) => x + coefficient * velocities[i]);
}

/**
 * The c of x + c v with the least squared error, c = Σ v·(y − x) / Σ v·v.
 *
 * @throws {RangeError} If nothing moves.
 *
 * @example
 * ```ts
 * import { chargedParticles, fitDrift } from "@refigure/refigure/graphs";
 * import assert from "node:assert/strict";
 *
 * const motion = { nodes: 1, positions: [0, 0, 0], velocities: [1, 2, 0], targets: [3, 6, 5] };
 * assert.equal(fitDrift(chargedParticles(motion, [1])), 3);
 * ```
 */
export function fitDrift({ positions: x, velocities: v, targets: y }: DynamicsData): number {
  let moved = 0, squares = 0;
  for (let i = 0; i < x.length; i++) {
    moved += v[i] * (y[i] - x[i]);
    squares += v[i] * v[i];
  }
  if (!(squares > 0)) {
    throw new RangeError(`Cannot fit x + c v as velocities must not all be 0: sum of squares is ${squares}`);
  }
  return moved / squares;
}

/**
 * The affine map y = A [x, v] + b with the least squared error, the same for all particles ("Linear" in the
 * N-body table; not equivariant).
 *
 * @throws {RangeError} If the training positions and velocities do not span all directions.
 */
export function fitAffine(train: DynamicsData): PositionPredictor {
  const width = 7, normal = DenseMatrix.zeros(width, width), right = DenseMatrix.zeros(width, 3);
  const row = new Float64Array(width);
  const read = ({ positions, velocities }: DynamicsData, i: number) => {
    for (let axis = 0; axis < 3; axis++) {
      row[axis] = positions[3 * i + axis];
      row[3 + axis] = velocities[3 * i + axis];
    }
    row[6] = 1;
  };
  for (let i = 0; i < train.samples * train.nodes; i++) {
    read(train, i);
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) normal.set(a, b, normal.get(a, b) + row[a] * row[b]);
      for (let k = 0; k < 3; k++) right.set(a, k, right.get(a, k) + row[a] * train.targets[3 * i + k]);
    }
  }
  const factors = new LuDecomposition(normal);
  if (factors.isSingular()) {
    throw new RangeError("Cannot fit an affine map as positions and velocities must span all directions");
  }
  const map = factors.solve(right);
  return (data) => {
    const out = new Float64Array(data.positions.length);
    for (let i = 0; i < data.samples * data.nodes; i++) {
      read(data, i);
      for (let k = 0; k < 3; k++) {
        for (let a = 0; a < width; a++) out[3 * i + k] += row[a] * map.get(a, k);
      }
    }
    return out;
  };
}
