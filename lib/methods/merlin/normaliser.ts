import type { InputScaling } from "../../compile/mod.ts";

/** What is subtracted, and what is divided by: a frozen {@link RunningNormaliser}. */
export interface Normalisation {
  /** `[columns]` */
  readonly mean: Float64Array;
  /** Standard deviations, at least the floor. `[columns]` */
  readonly std: Float64Array;
}

/** Least standard deviation. */
const FLOOR = 0.01;
/** Added to the standard deviation. */
const EPSILON = 1e-6;
/** Normalised values are clipped to ±5. */
const LIMIT = 5;

/**
 * Running mean and spread of every batch that was seen, and x̂ = clip((x − mean)/(std + 1e-6), ±5) (the
 * normaliser of the released code, as in OpenAI's HER).
 *
 * The count starts at 1, so that the first mean is Σx/(n + 1); std = √max(0.01², E x² − (E x)²). The original
 * adds in float32, which stops growing after about 10⁷ rows; here sums are float64.
 *
 * @example
 * ```ts
 * import { RunningNormaliser } from "@refigure/refigure/merlin";
 * import assert from "node:assert/strict";
 *
 * const normaliser = new RunningNormaliser(1);
 * normaliser.update(Float32Array.of(2, 4));
 * assert.equal(normaliser.freeze().mean[0], 2); // (2 + 4)/(2 + 1)
 * ```
 */
export class RunningNormaliser {
  #count = 1;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  /** Without any rows so far. @param columns Numbers of a row. */
  constructor(readonly columns: number) {
    this.#sums = new Float64Array(columns);
    this.#squares = new Float64Array(columns);
  }

  /** Takes rows into account: `[rows, columns]`. */
  update(rows: Float32Array): void {
    const { columns } = this;
    for (let i = 0; i < rows.length; i++) {
      const k = i % columns, x = rows[i];
      this.#sums[k] += x;
      this.#squares[k] += x * x;
    }
    this.#count += rows.length / columns;
  }

  /** The present mean and standard deviation. */
  freeze(): Normalisation {
    const mean = this.#sums.map((sum) => sum / this.#count);
    const std = this.#squares.map((square, k) =>
      Math.sqrt(Math.max(FLOOR ** 2, square / this.#count - mean[k] ** 2))
    );
    return { mean, std };
  }
}

/** Normalises rows `[rows, columns]`; writes to `into` (in place if it is the same array). */
export function normalise(
  rows: Float32Array,
  { mean, std, into = new Float32Array(rows.length) }: Normalisation & { readonly into?: Float32Array },
): Float32Array {
  const columns = mean.length;
  for (let i = 0; i < rows.length; i++) {
    const k = i % columns;
    into[i] = Math.min(Math.max((rows[i] - mean[k]) / (std[k] + EPSILON), -LIMIT), LIMIT);
  }
  return into;
}

/** What {@link normalise} does, for a file's model. */
export function scalingOf({ mean, std }: Normalisation): InputScaling {
  return { mean, std: std.map((value) => value + EPSILON), limit: LIMIT };
}
