import type { LearningRate } from "./schedules.ts";

/** How a {@link PlateauRate} falls. */
export interface PlateauOptions {
  /** What the rate is multiplied by, in (0, 1). @default 0.5 */
  readonly factor?: number;
  /** Evaluations in a row without progress that are put up with; the next one lowers the rate. @default 10 */
  readonly patience?: number;
  /** Progress is a loss below the best one by more than this share of it. @default 1e-4 */
  readonly threshold?: number;
  /** Once the rate is as low as this it is spent ({@link PlateauRate.spent}). @default 0 */
  readonly least?: number;
}

/**
 * A learning rate that falls when the validation loss does: η ← factor · η after more than `patience`
 * evaluations in a row without a loss below (1 − threshold) · best.
 *
 * PyTorch's `ReduceLROnPlateau` with its defaults, but for `least`, at which training is to end. Made for
 * losses >= 0. Give `rate` to `train`, and tell every validation loss to `observe` in its `afterEpoch`:
 * `train` asks for an epoch's rates only after it has waited for that.
 *
 * @example
 * ```ts
 * import { PlateauRate } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * const plateau = new PlateauRate(0.1, { patience: 1 });
 * for (const loss of [3, 2, 2.5, 2.5]) plateau.observe(loss);
 * assert.equal(plateau.rate(0), 0.05);
 * ```
 */
export class PlateauRate {
  /** Where it stands, for the `carried` of `train`. */
  readonly state: { rate: number; best: number; waited: number };
  readonly #options: Required<PlateauOptions>;

  /** Begins with the first rate. @throws {RangeError} If an option is out of range. */
  constructor(
    rate: number,
    { factor = 0.5, patience = 10, threshold = 1e-4, least = 0 }: PlateauOptions = {},
  ) {
    if (!(factor > 0 && factor < 1)) {
      throw new RangeError(`Cannot lower the rate as factor must be in (0, 1): current value is ${factor}`);
    }
    if (!Number.isInteger(patience) || patience < 0) {
      throw new RangeError(
        `Cannot lower the rate as patience must be an integer >= 0: current value is ${patience}`,
      );
    }
    this.state = { rate, best: Infinity, waited: 0 };
    this.#options = { factor, patience, threshold, least };
  }

  /** The rate now, whatever the step. */
  readonly rate: LearningRate = () => this.state.rate;

  /** Whether the rate is as low as `least`. */
  get spent(): boolean {
    return this.state.rate <= this.#options.least;
  }

  /** Tells a validation loss. */
  observe(loss: number): void {
    const { factor, patience, threshold } = this.#options;
    const { state } = this;
    if (loss < state.best * (1 - threshold)) {
      state.best = loss;
      state.waited = 0;
    } else if (++state.waited > patience) {
      state.rate *= factor;
      state.waited = 0;
    }
  }
}
