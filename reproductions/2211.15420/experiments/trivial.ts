import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  compositionFeatures,
  fitRidge,
  perovskiteSiteFeatures,
} from "../../../lib/methods/crystal_symmetry/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { dataOf, drawParts, type SampleChoice } from "./_samples.ts";

/** Predictors without a network, on the crystals of the networks. */
export type TrivialConfig = SampleChoice & {
  /** Whether the crystals are perovskites, whose sites can be told apart. */
  readonly sites: boolean;
};

/** Mean absolute test errors in the property's unit. */
export type TrivialResult = {
  /** Of the mean and the median of the training crystals. */
  readonly mean: number;
  readonly median: number;
  /** Of ridge regression on the shares of elements. */
  readonly composition: number;
  /**
   * Of ridge regression on the elements by site and the length of the cell; null where sites cannot be told.
   */
  readonly sites: number | null;
};

/** Choices of λ; the validation error decides. */
export const PENALTIES: readonly number[] = [0.001, 0.01, 0.1, 1, 10];

/** Constants and ridge regressions. */
export const trivial: Experiment<TrivialConfig, TrivialResult> = {
  id: "trivial",
  title: "Constants and ridge regressions",
  module: import.meta.url,
  usesExecutor: false,
  data: dataOf,
  cost: () => 4,
  async run(config, context) {
    const { log = false } = config;
    const { train, valid, test } = await drawParts(config, context);
    const error = (guess: (row: number) => number, targets: readonly number[]) =>
      mean(targets.map((y, i) => Math.abs(guess(i) - y)));
    const sorted = train.targets.toSorted((a, b) => a - b), half = sorted.length / 2;
    const centre = mean(train.targets);
    const middle = (sorted[Math.floor(half - 0.5)] + sorted[Math.floor(half)]) / 2;
    const ridge = (features: typeof compositionFeatures) => {
      const targets = log ? train.targets.map(Math.log) : train.targets;
      const [x, xValid, xTest] = [train, valid, test].map(({ crystals }) => features(crystals));
      const back = (values: Float64Array) => log ? values.map(Math.exp) : values;
      const fits = PENALTIES.map((penalty) => {
        const fit = fitRidge(x, { targets, penalty });
        const guess = back(fit.predict(xValid));
        return { fit, valid: error((i) => guess[i], valid.targets) };
      });
      const best = fits.reduce((one, other) => other.valid < one.valid ? other : one);
      const guess = back(best.fit.predict(xTest));
      return error((i) => guess[i], test.targets);
    };
    return {
      mean: error(() => centre, test.targets),
      median: error(() => middle, test.targets),
      composition: ridge(compositionFeatures),
      sites: config.sites ? ridge(perovskiteSiteFeatures) : null,
    };
  },
};
