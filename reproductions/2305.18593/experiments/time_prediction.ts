import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  diffusionSchedule,
  fitDteCategorical,
  fitDteGaussian,
  fitDteInverseGamma,
} from "../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { mean, std } from "../../../lib/stats/mod.ts";
import { loadSplit } from "./_evaluation.ts";
import { addNoise, firstRows, range } from "./_rows.ts";

/** Training of the three parametric models on the normal rows of a data set. */
export type TimePredictionConfig = {
  readonly dataSet: string;
  readonly steps: number;
  readonly epochs: number;
};

/** The parametric models. */
export const TIME_MODELS = ["categorical", "inverse Gamma", "Gaussian"] as const;

/** Predicted time at one true time: mean and standard deviation over held-out rows. */
export type PredictedTime = { readonly time: number; readonly mean: number; readonly std: number };

/** Predictions by model. */
export type TimePredictionResult = {
  readonly [model in typeof TIME_MODELS[number]]: readonly PredictedTime[];
};

const TRAINERS = {
  "categorical": fitDteCategorical,
  "inverse Gamma": fitDteInverseGamma,
  "Gaussian": fitDteGaussian,
} as const;

/** Held-out normal rows that are noised. */
const MAX_ROWS = 300;
const PREDICTIONS = 30;

/** Predicted against true diffusion time of the parametric models on held-out normal rows (Fig. 4). */
export const timePrediction: Experiment<TimePredictionConfig, TimePredictionResult> = {
  id: "time-prediction",
  title: "Predicted diffusion time",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ epochs }) => epochs / 15,
  async run({ dataSet, steps, epochs }, context) {
    const { seed, executor } = context;
    const { train, test, testLabels } = await loadSplit({ dataSet, setting: "semi" }, context);
    const normals = testLabels.indexOf(1);
    const heldOut = firstRows(test, Math.min(MAX_ROWS, normals < 0 ? test.rows : normals));
    const { variances } = diffusionSchedule(steps);
    const result: Record<typeof TIME_MODELS[number], PredictedTime[]> = {
      "categorical": [],
      "inverse Gamma": [],
      "Gaussian": [],
    };
    for (const [index, model] of TIME_MODELS.entries()) {
      await using trained = await TRAINERS[model](train, {
        seed,
        executor,
        epochs,
        steps,
        standardise: false, // the protocol has done it
        onProgress: ({ fraction }) => context.progress((index + 0.95 * fraction) / TIME_MODELS.length),
      });
      for (const time of range(0, steps, Math.max(1, Math.floor(steps / PREDICTIONS)))) {
        const noise = stream(seed, "time prediction", String(time)).normal(
          new Float64Array(heldOut.data.length),
        );
        const predicted = await trained.predictTime(addNoise(heldOut, variances[time], noise));
        result[model].push({ time, mean: mean(predicted), std: std(predicted, { ddof: 1 }) });
      }
    }
    return result;
  },
};
