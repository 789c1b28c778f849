import type { NBodyData } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  driftPredictor,
  fitAffine,
  fitDrift,
  type PositionPredictor,
  scoreDynamics,
} from "../../../lib/nn/graphs/mod.ts";
import { particles } from "./nbody.ts";

/** The data set. */
export type NBodyBaselineConfig = { readonly dataSet: string };

/** Mean squared test errors of predictors in closed form. */
export type NBodyBaselineResult = {
  readonly still: number;
  readonly drift: number;
  /** c of x + c·v, fitted on the training set. */
  readonly coefficient: number;
  readonly affine: number;
};

/** No motion, x + c·v, and the affine map of (x, v) ("Linear"). */
export const nbodyBaselines: Experiment<NBodyBaselineConfig, NBodyBaselineResult> = {
  id: "nbody-baselines",
  title: "N-body predictors in closed form",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  cost: () => 3,
  async run({ dataSet }, context) {
    const { value } = await context.loadData<NBodyData>(dataSet);
    const train = particles(value, value.train), test = particles(value, value.test);
    const error = (predict: PositionPredictor) =>
      scoreDynamics(predict(test), { data: test, loss: "meanSquared" }).loss;
    const coefficient = fitDrift(train);
    return {
      still: error(driftPredictor(0)),
      drift: error(driftPredictor(coefficient)),
      coefficient,
      affine: error(fitAffine(train)),
    };
  },
};
