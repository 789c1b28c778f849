import { argsort } from "./ranks.ts";

/**
 * Area under the ROC curve: the chance that a random anomaly scores above a random normal row, ties counting
 * 1/2.
 *
 * @param scores higher = more anomalous; infinities are allowed.
 * @param labels 0 (normal) or 1 (anomaly), one per score.
 * @returns in [0, 1].
 * @throws {TypeError} If lengths differ.
 * @throws {RangeError} If a score is NaN, a label is not 0 or 1, or a class is missing.
 *
 * @example
 * ```ts
 * import { auroc } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * assert.equal(auroc([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1]), 0.875);
 * ```
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const anomalies = countAnomalies(scores, labels);
  const order = argsort(scores);
  let normalsBelow = 0, wins = 0;
  for (let start = 0; start < order.length;) {
    let end = start, normals = 0;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) {
      normals += 1 - labels[order[end]];
    }
    wins += (end - start - normals) * (normalsBelow + normals / 2);
    normalsBelow += normals;
    start = end;
  }
  return wins / (anomalies * (order.length - anomalies));
}

/**
 * Average precision, Σ_k (R_k − R_{k−1}) P_k over descending thresholds, tied scores forming one threshold
 * (as scikit-learn's `average_precision_score`; the paper's "AUPR").
 *
 * @param scores higher = more anomalous.
 * @param labels 0 (normal) or 1 (anomaly), one per score.
 * @returns in (0, 1].
 * @throws {TypeError} If lengths differ.
 * @throws {RangeError} If a score is NaN, a label is not 0 or 1, or a class is missing.
 */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const anomalies = countAnomalies(scores, labels);
  const order = argsort(scores).reverse();
  let found = 0, sum = 0;
  for (let start = 0; start < order.length;) {
    let end = start, hits = 0;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) {
      hits += labels[order[end]];
    }
    found += hits;
    sum += hits / anomalies * (found / end);
    start = end;
  }
  return sum;
}

/**
 * F1 when exactly as many rows are predicted anomalous as there are anomalies, the highest scores first
 * (ties: earlier rows first); precision and recall then equal it.
 *
 * @param scores higher = more anomalous.
 * @param labels 0 (normal) or 1 (anomaly), one per score.
 * @returns in [0, 1].
 * @throws {TypeError} If lengths differ.
 * @throws {RangeError} If a score is NaN, a label is not 0 or 1, or a class is missing.
 */
export function topNF1(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const anomalies = countAnomalies(scores, labels);
  const order = argsort(Float64Array.from(scores, (score) => -score));
  let hits = 0;
  for (let i = 0; i < anomalies; i++) hits += labels[order[i]];
  return hits / anomalies;
}

function countAnomalies(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  if (scores.length !== labels.length) {
    throw new TypeError(
      `Cannot rate ${scores.length} scores as there must be one label each: current value is ${labels.length}`,
    );
  }
  let anomalies = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 0 && labels[i] !== 1) {
      throw new RangeError(
        `Cannot rate scores as labels must be 0 or 1: current value of label ${i} is ${labels[i]}`,
      );
    }
    if (Number.isNaN(scores[i])) {
      throw new RangeError(`Cannot rate scores as each must be a number: current value of score ${i} is NaN`);
    }
    anomalies += labels[i];
  }
  if (anomalies === 0 || anomalies === labels.length) {
    throw new RangeError(
      `Cannot rate scores as both classes must occur: ${anomalies} of ${labels.length} rows are anomalies`,
    );
  }
  return anomalies;
}
