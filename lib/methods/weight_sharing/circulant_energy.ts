import { checkCounts, checkLength, checkWeights } from "./_check.ts";
import type { Weights } from "./types.ts";

/** How a first layer on a torus is laid out. */
export interface TorusLayer {
  /** `[height, width]` of the torus; inputs are its places, row by row. */
  readonly grid: readonly [height: number, width: number];
  /** Channels a: outputs are a × places. */
  readonly channels: number;
}

/**
 * Circulant energy of a layer on a torus: how much of the variance of W `[a, p, q]` (channel, output place,
 * input place) its mean over output places explains once rows are shifted so that they are centred at their
 * own place, A[a, p, j] = W[a, p, p + j]: 1 − mean_{a,j} Var_p(A)/Var(W). It is 1 for a convolution and near
 * 1/(number of places) for independent weights; 1 where all weights are equal.
 *
 * @param weights `[channels · places · places]`, row-major `[a, p, q]`, finite: each row holds one output's
 *   incoming weights (`Dense.weight` is `[inputs, outputs]`: transpose it).
 * @throws {RangeError} If a weight is not finite or a size is not a positive integer.
 * @throws {TypeError} If the number of weights is another.
 *
 * @example
 * ```ts
 * import { circulantEnergy } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * // The convolution with [5, 1, 2] on a ring of three places.
 * const rows = Float64Array.of(5, 1, 2, 2, 5, 1, 1, 2, 5);
 * assert.equal(circulantEnergy(rows, { grid: [1, 3], channels: 1 }), 1);
 * ```
 */
export function circulantEnergy(weights: Weights, layer: TorusLayer): number {
  checkLayer(weights, layer);
  return explained(weights, layer, (_channel, place) => place);
}

/**
 * {@link circulantEnergy} at the best alignment: each row is shifted to where its correlation with a template
 * is greatest, as no loss term ties an output to a place. The template of a channel starts as its first row
 * and is then the mean of the channel's aligned rows, until no row moves (at most `rounds` times); a greedy
 * search, so a lower bound.
 *
 * It is above 1/(number of places) for independent weights too: compare with the value at initialisation.
 *
 * @param weights As for {@link circulantEnergy}.
 */
export function alignedCirculantEnergy(
  weights: Weights,
  { rounds = 20, ...layer }: TorusLayer & { readonly rounds?: number },
): number {
  checkLayer(weights, layer);
  const places = layer.grid[0] * layer.grid[1];
  const shifts = new Int32Array(layer.channels * places);
  const target = sums(layer.grid);
  for (let channel = 0; channel < layer.channels; channel++) {
    const row = (p: number) =>
      weights.subarray((channel * places + p) * places, (channel * places + p + 1) * places);
    const own = shifts.subarray(channel * places, (channel + 1) * places);
    let template = Float64Array.from(row(0));
    for (let round = 0; round < rounds; round++) {
      let moved = false;
      const mean = new Float64Array(places);
      for (let p = 0; p < places; p++) {
        const best = bestShift(row(p), template, target);
        moved ||= best !== own[p];
        own[p] = best;
        for (let j = 0; j < places; j++) mean[j] += row(p)[target[best * places + j]] / places;
      }
      template = mean;
      if (!moved) break;
    }
  }
  return explained(weights, layer, (channel, place) => shifts[channel * places + place]);
}

/**
 * The shift at which a row agrees most with the template (Σ_j row[shift + j] template[j]; norms do not
 * change).
 */
function bestShift(row: Weights, template: Float64Array, target: Int32Array): number {
  const places = template.length;
  let best = 0, most = -Infinity;
  for (let shift = 0; shift < places; shift++) {
    let product = 0;
    for (let j = 0; j < places; j++) product += row[target[shift * places + j]] * template[j];
    if (product > most) {
      most = product;
      best = shift;
    }
  }
  return best;
}

/** `[places, places]` the place p + j on the torus. */
function sums([height, width]: readonly [number, number]): Int32Array {
  const places = height * width;
  return Int32Array.from({ length: places * places }, (_, i) => {
    const p = Math.floor(i / places), j = i % places;
    const y = Math.floor(p / width) + Math.floor(j / width), x = p % width + j % width;
    return (y % height) * width + x % width;
  });
}

/** 1 − mean_{a,j} Var_p(W[a, p, shift(a, p) + j])/Var(W). */
function explained(
  weights: Weights,
  { grid, channels }: TorusLayer,
  shift: (channel: number, place: number) => number,
): number {
  const places = grid[0] * grid[1];
  const target = sums(grid);
  let mean = 0, total = 0, within = 0;
  for (const w of weights) mean += w / weights.length;
  for (const w of weights) total += (w - mean) ** 2;
  if (total === 0) return 1;
  const aligned = new Float64Array(places * places), centre = new Float64Array(places);
  for (let channel = 0; channel < channels; channel++) {
    centre.fill(0);
    for (let p = 0; p < places; p++) {
      const row = (channel * places + p) * places, from = shift(channel, p) * places;
      for (let j = 0; j < places; j++) {
        const w = weights[row + target[from + j]];
        aligned[p * places + j] = w;
        centre[j] += w / places;
      }
    }
    for (let i = 0; i < aligned.length; i++) within += (aligned[i] - centre[i % places]) ** 2;
  }
  return 1 - within / total;
}

function checkLayer(weights: Weights, { grid, channels }: TorusLayer): void {
  const action = "compute the circulant energy";
  checkCounts(action, { height: grid[0], width: grid[1], channels });
  checkLength(action, "weights", weights, channels * (grid[0] * grid[1]) ** 2);
  checkWeights(action, weights);
}
