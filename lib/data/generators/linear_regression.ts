import { type Stream, stream } from "../../random/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { addMapped } from "./linear_map.ts";

/** Inputs and targets of a regression. */
export interface RegressionRows {
  /** `[n, inputs]`. */
  readonly x: Matrix;
  /** `[n, outputs]`. */
  readonly y: Matrix;
}

/** A regression with a known linear truth y = x W + noise. */
export interface LinearRegressionData {
  /** Rows to learn from. */
  readonly train: RegressionRows;
  /** Rows to choose settings by. */
  readonly validation: RegressionRows;
  /** W, `[inputs, outputs]`. */
  readonly weights: Matrix;
}

/** Options of {@link linearRegression}. */
export interface LinearRegressionOptions {
  /** Seeds all random numbers. */
  readonly seed: number;
  /** `normal`: W ~ N(0, 1); `shared`: every entry drawn from a pool of few values. */
  readonly kind: "normal" | "shared";
  /** Length of x. @default 100 */
  readonly inputs?: number;
  /** Length of y. @default 10 */
  readonly outputs?: number;
  /** Training rows. @default 1000 */
  readonly rows?: number;
  /** Validation rows. @default 200 */
  readonly validationRows?: number;
  /** Standard deviation of the noise. @default 0.1 */
  readonly noise?: number;
  /** Size of the pool in units of the number of weights (`shared`). @default 0.8 */
  readonly poolShare?: number;
}

/** x ~ N(0, 1), y = x W + noise·ε with ε ~ N(0, 1). */
function draw(random: Stream, weights: Matrix, rows: number, noise: number): RegressionRows {
  const { data, rows: inputs, columns: outputs } = weights;
  const x = random.split("x").normal(new Float64Array(rows * inputs));
  const y = random.split("noise").normal(new Float64Array(rows * outputs), { std: noise });
  for (let i = 0; i < rows; i++) {
    addMapped(y.subarray(i * outputs, (i + 1) * outputs), x.subarray(i * inputs, (i + 1) * inputs), {
      inputs,
      outputs,
      weights: data,
    });
  }
  return { x: { data: x, rows, columns: inputs }, y: { data: y, rows, columns: outputs } };
}

/**
 * The linear regressions of the released code of Shakerinava et al. 2024: y = x W + 0.1 ε, x and ε ~ N(0, 1).
 * In the kind `shared`, W's entries are drawn uniformly from a pool of ⌊0.8 · inputs · outputs⌋ values N(0,
 * 1) that are rounded to two decimals.
 */
export function linearRegression(options: LinearRegressionOptions): LinearRegressionData {
  const { seed, kind, inputs = 100, outputs = 10, rows = 1000, validationRows = 200, noise = 0.1 } = options;
  const { poolShare = 0.8 } = options;
  const random = stream(seed, "linear regression", kind);
  const count = inputs * outputs;
  let data = random.split("weights").normal(new Float64Array(count));
  if (kind === "shared") {
    const pool = data.subarray(0, Math.max(1, Math.floor(poolShare * count)))
      .map((value) => Math.round(100 * value) / 100);
    const picks = random.split("picks").choice(pool.length, { size: count, replace: true });
    data = Float64Array.from(picks, (pick) => pool[pick]);
  }
  const weights = { data, rows: inputs, columns: outputs };
  return {
    train: draw(random.split("train"), weights, rows, noise),
    validation: draw(random.split("validation"), weights, validationRows, noise),
    weights,
  };
}

/** Options of {@link cyclicTeacher}. */
export interface CyclicTeacherOptions {
  /** Seeds all random numbers. */
  readonly seed: number;
  /** n: the signals live on Z_n. @default 16 */
  readonly size?: number;
  /** Neighbouring non-zero entries of the kernel. @default 3 */
  readonly taps?: number;
  /** Training rows. @default 24 */
  readonly rows?: number;
  /** Validation rows. @default 200 */
  readonly validationRows?: number;
  /** Standard deviation of the noise. @default 0.1 */
  readonly noise?: number;
}

/**
 * A cyclic convolution to be learned by a fully connected layer: y_p = Σ_k c_k x_{(p+k) mod n} + noise, x ~
 * N(0, I).
 *
 * The kernel has `taps` neighbouring entries of alternating sign, with absolute values in [0.6, 1.4]; W is
 * circulant with `taps` + 1 distinct values (0 among them).
 *
 * Not in the paper.
 *
 * @example
 * ```ts
 * import { cyclicTeacher } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const { train, weights } = cyclicTeacher({ seed: 1 });
 * assert.deepEqual([train.x.rows, weights.rows, weights.columns], [24, 16, 16]);
 * assert.equal(new Set(weights.data).size, 4);
 * ```
 */
export function cyclicTeacher(options: CyclicTeacherOptions): LinearRegressionData {
  const { seed, size = 16, taps = 3, rows = 24, validationRows = 200, noise = 0.1 } = options;
  const random = stream(seed, "cyclic teacher");
  const kernel = random.split("kernel").uniform(new Float64Array(taps), { low: 0.6, high: 1.4 })
    .map((value, k) => k % 2 === 0 ? value : -value);
  const data = new Float64Array(size * size);
  for (let p = 0; p < size; p++) {
    kernel.forEach((value, k) => data[((p + k) % size) * size + p] = value);
  }
  const weights = { data, rows: size, columns: size };
  return {
    train: draw(random.split("train"), weights, rows, noise),
    validation: draw(random.split("validation"), weights, validationRows, noise),
    weights,
  };
}
