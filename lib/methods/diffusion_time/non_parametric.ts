import { type Matrix, mean } from "../../stats/mod.ts";
import {
  checkScoredRows,
  checkTrainingRows,
  type Detector,
  hostDetector,
  neighbourIndex,
} from "../../anomaly/mod.ts";
import { diffusionSchedule } from "./schedule.ts";

/** A fitted DTE-NP. */
export interface NonParametricDetector extends Detector {
  /**
   * How much of each row's score is due to each feature: m is a sum over features, of (1/K) Σ_k (x_j − x_kj)²
   * or, with plain distances, of (1/K) Σ_k (x_j − x_kj)²/‖x − x_k‖ (0 where that is 0/0). Both are exact. An
   * index on the grid is no sum: there the shares are of the mode m/d that it stands for. An addition; the
   * paper has none.
   *
   * @param rows `[n, d]`, as for `score`.
   * @returns `[n, d]`, each >= 0.
   */
  attributions(rows: Matrix): Promise<Matrix>;
}

/** Options of {@link fitNonParametric}. */
export interface NonParametricOptions {
  /** Number of neighbours, K. @default 5 */
  readonly k?: number;
  /**
   * What is averaged over the neighbours into m: squared distances (the paper; first released code) or plain
   * distances (later code, reported tables). @default "squared"
   */
  readonly distances?: "squared" | "plain";
  /**
   * What is reported: the likeliest time index on the grid (released code), the mode m/d of the noise
   * variance in closed form, which does not saturate, or m itself (reported tables). @default "modeIndex"
   */
  readonly readout?: "modeIndex" | "mode" | "distance";
  /** Number of diffusion steps, T, of the grid. @default 300 */
  readonly steps?: number;
}

/**
 * DTE-NP: the non-parametric estimate of a row's diffusion time from its K nearest training rows.
 *
 * With m the mean of the K squared distances, p(v|x) = InvGamma(v; a = d/2 − 1, b = m/2), whose mode is m/d;
 * on the grid v_t of the noise schedule the score is argmax_t [ −(d/2) ln v_t − m/(2 v_t) ] (the first, on
 * ties).
 *
 * Livernoche et al. 2024, Sec. 3.2; defaults as in the first released code (K = 5, T = 300). On the grid all
 * rows with m/d ≥ v_{T−1} tie. The reported unsupervised table holds `{ k: 32, distances: "plain", readout:
 * "distance" }`.
 *
 * @param train `[N, d]` standardised training rows, finite; N ≥ K.
 * @throws {RangeError} If k is not an integer in [1, N], or a value is not finite.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { fitNonParametric } from "@refigure/refigure/diffusion_time";
 * import assert from "node:assert/strict";
 *
 * const train = matrix([3, 4, -3, 4, 3, -4, -3, -4], { columns: 2 });
 * const detector = fitNonParametric(train, { k: 4, readout: "mode" });
 * // All four rows are 5 away from the origin, so m = 25 and the mode is m/d = 12.5.
 * const origin = matrix([0, 0], { columns: 2 });
 * assert.deepEqual([...await detector.score(origin)], [12.5]);
 * // 9 of the 25 are due to the first feature.
 * assert.deepEqual([...(await detector.attributions(origin)).data], [4.5, 8]);
 * ```
 */
export function fitNonParametric(train: Matrix, options: NonParametricOptions = {}): NonParametricDetector {
  const { k = 5, distances = "squared", readout = "modeIndex", steps = 300 } = options;
  checkTrainingRows(train, "DTE-NP");
  if (!Number.isInteger(k) || k < 1 || k > train.rows) {
    throw new RangeError(
      `Cannot fit DTE-NP as k must be an integer in [1, ${train.rows}]: current value is ${k}`,
    );
  }
  const index = neighbourIndex(train);
  const d = train.columns;
  const { variances } = diffusionSchedule(steps);
  const detector = hostDetector({ columns: d, what: "DTE-NP" }, (rows) => {
    const found = index.search(rows, { k });
    const averaged = distances === "squared"
      ? found.distances.map((distance) => distance ** 2)
      : found.distances;
    return Float64Array.from({ length: rows.rows }, (_, i) => {
      const m = mean(averaged.subarray(i * k, (i + 1) * k));
      if (readout === "distance") return m;
      return readout === "mode" ? m / d : modeIndex(m, { dimension: d, variances });
    });
  });
  return {
    ...detector,
    // deno-lint-ignore require-await -- errors must reject, as those of `score` do
    async attributions(rows) {
      checkScoredRows(rows, { columns: d, what: "DTE-NP" });
      const found = index.search(rows, { k });
      const scale = readout === "distance" ? k : k * d;
      const out = new Float64Array(rows.data.length);
      found.indices.forEach((neighbour, at) => {
        const row = Math.floor(at / k), distance = found.distances[at];
        if (distance === 0) return;
        const weight = distances === "squared" ? 1 / scale : 1 / (scale * distance);
        for (let j = 0; j < d; j++) {
          out[row * d + j] += weight * (rows.data[row * d + j] - train.data[neighbour * d + j]) ** 2;
        }
      });
      return { data: out, rows: rows.rows, columns: d };
    },
  };
}

/**
 * The likeliest time index, argmax_t [ −(d/2) ln v_t − m/(2 v_t) ], for ascending v_t.
 *
 * The likelihood rises up to v = m/d and falls after it, so only the two grid points around m/d need
 * comparing.
 */
export function modeIndex(
  m: number,
  { dimension, variances }: { readonly dimension: number; readonly variances: Float64Array },
): number {
  let low = 0, high = variances.length - 1; // the first index with v_t >= m/d, or the last index
  while (low < high) {
    const middle = (low + high) >> 1;
    if (variances[middle] >= m / dimension) high = middle;
    else low = middle + 1;
  }
  if (low === 0) return 0;
  const logLikelihood = (v: number) => -dimension / 2 * Math.log(v) - m / (2 * v);
  return logLikelihood(variances[low - 1]) >= logLikelihood(variances[low]) ? low - 1 : low;
}
