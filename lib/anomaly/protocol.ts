import { NumpyRandom } from "../random/mod.ts";
import { checkNotInfinite, fitStandardiser, type Matrix, selectRows } from "../stats/mod.ts";

/** Rows with their classes. */
export interface LabelledRows {
  /** `[n, d]`; NaN marks a missing value. */
  readonly rows: Matrix;
  /** `[n]`, 1 for an anomaly, 0 for a normal row. */
  readonly labels: Uint8Array;
}

/** Training and test rows of one run. */
export interface Split {
  /** Training rows, standardised. */
  readonly train: Matrix;
  /** Test rows, standardised by the same shift and scale. */
  readonly test: Matrix;
  /** One per test row, 1 for an anomaly. */
  readonly testLabels: Uint8Array;
}

const FEWEST_ROWS = 1000;
const MOST_ROWS = 50000;

/**
 * The paper's semi-supervised split: the first half of the normal rows (rounded half to even, in file order)
 * is the training set, the other normal rows and then all anomalies are the test set; standardised by the
 * training rows.
 *
 * Before, sets with fewer than 1000 rows are resampled with replacement to 1000 and sets with more than 50
 * 000 subsampled to 50 000, by NumPy's legacy stream. Between these sizes the split is the same for all
 * seeds; below, copies of a row may fall on both sides.
 *
 * Livernoche et al. 2024, Sec. 4 and released code (`data_generator.py`).
 *
 * @param seed an integer in [0, 2³²).
 * @throws {TypeError} If there is not one label a row.
 * @throws {RangeError} If the seed is out of range, a label is not 0 or 1, a value is infinite (the message
 * names row and column), or there are fewer than 2 normal rows.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { semiSupervisedSplit } from "@refigure/refigure/anomaly";
 * import assert from "node:assert/strict";
 *
 * const rows = matrix(Float64Array.from({ length: 1200 }, (_, i) => i), { columns: 1 });
 * const labels = Uint8Array.from({ length: 1200 }, (_, i) => i % 6 === 0 ? 1 : 0);
 * const { train, test, testLabels } = semiSupervisedSplit({ rows, labels }, 0);
 * assert.deepEqual([train.rows, test.rows, testLabels.indexOf(1)], [500, 700, 500]);
 * ```
 */
export function semiSupervisedSplit(data: LabelledRows, seed: number): Split {
  const { rows, labels } = resample(data, new NumpyRandom(seed));
  const normals: number[] = [], anomalies: number[] = [];
  labels.forEach((label, i) => (label === 1 ? anomalies : normals).push(i));
  if (normals.length < 2) {
    throw new RangeError(
      `Cannot split as there must be >= 2 normal rows: current value is ${normals.length}`,
    );
  }
  const trainCount = roundHalfEven(normals.length / 2);
  const testIndices = [...normals.slice(trainCount), ...anomalies];
  const train = selectRows(rows, normals.slice(0, trainCount));
  const standardiser = fitStandardiser(train);
  return {
    train: standardiser.apply(train),
    test: standardiser.apply(selectRows(rows, testIndices)),
    testLabels: Uint8Array.from(testIndices, (i) => labels[i]),
  };
}

/**
 * The paper's unsupervised split: the test set is all rows in order, the training set a bootstrap of them (n
 * draws with replacement); standardised by all rows.
 *
 * Rows are first resampled or subsampled as in {@link semiSupervisedSplit}. The released code shuffles the
 * anomalies' indices before the bootstrap and drops the result; the draws are made here too, as the bootstrap
 * depends on them.
 *
 * @param seed an integer in [0, 2³²).
 * @throws {TypeError} If there is not one label a row.
 * @throws {RangeError} If the seed is out of range, a label is not 0 or 1, a value is infinite, or there are
 * no rows.
 */
export function unsupervisedSplit(data: LabelledRows, seed: number): Split {
  const random = new NumpyRandom(seed);
  const { rows, labels } = resample(data, random);
  random.permutation(labels.reduce((sum, label) => sum + label, 0));
  const drawn = random.choice(rows.rows, { size: rows.rows });
  const test = fitStandardiser(rows).apply(rows);
  return { train: selectRows(test, drawn), test, testLabels: labels };
}

/**
 * Scores with 0 in place of NaN, as the protocol rates them.
 *
 * This is why COPOD and ECOD show exactly 50 % on sets with a constant column.
 */
export function replaceNaN(scores: Float64Array): Float64Array {
  return scores.map((score) => Number.isNaN(score) ? 0 : score);
}

function resample({ rows, labels }: LabelledRows, random: NumpyRandom): LabelledRows {
  if (labels.length !== rows.rows) {
    throw new TypeError(
      `Cannot split ${rows.rows} rows as there must be one label each: current value is ${labels.length}`,
    );
  }
  // Callers without types may have texts, −1 or NaN here: none of them is a normal row.
  const wrong = labels.findIndex((label) => label !== 0 && label !== 1);
  if (wrong >= 0) {
    const found: unknown = labels[wrong];
    throw new RangeError(
      `Cannot split as labels must be the numbers 0 or 1: current value of label ${wrong} is ${
        typeof found === "string" ? JSON.stringify(found) : String(found)
      }`,
    );
  }
  checkNotInfinite(rows, "split");
  if (rows.rows === 0) throw new RangeError("Cannot split as there must be >= 1 row: current value is 0");
  if (rows.rows >= FEWEST_ROWS && rows.rows <= MOST_ROWS) return { rows, labels };
  const indices = rows.rows < FEWEST_ROWS
    ? random.choice(rows.rows, { size: FEWEST_ROWS })
    : random.choice(rows.rows, { size: MOST_ROWS, replace: false });
  return { rows: selectRows(rows, indices), labels: Uint8Array.from(indices, (i) => labels[i]) };
}

/** As Python's `round`: 0.5 → 0, 1.5 → 2, 2.5 → 2. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
