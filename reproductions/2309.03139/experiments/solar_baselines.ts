import type { SolarData } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { driftPredictor, scoreDynamics } from "../../../lib/nn/graphs/mod.ts";
import { bodiesOf } from "./solar.ts";

/** The data set. */
export type SolarBaselineConfig = { readonly dataSet: string };

/** Test errors of x + c·v, by body and as a whole. */
export type SolarBaselineResult = {
  readonly bodies: readonly string[];
  readonly rows: readonly {
    readonly days: number;
    readonly test: number;
    readonly perBody: readonly number[];
  }[];
};

/** The released code's shrunk extrapolation: 0.0135 days per step of the horizon of 1 000 half hours. */
const SHRUNK = 13.5 / (1000 / 48);

/** Constant velocity with the code's coefficient and with the full horizon. */
export const solarBaselines: Experiment<SolarBaselineConfig, SolarBaselineResult> = {
  id: "solar-baselines",
  title: "Solar system with constant velocities",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  async run({ dataSet }, context) {
    const { value } = await context.loadData<SolarData>(dataSet);
    const data = bodiesOf(value, value.test);
    return {
      bodies: value.bodies.map(({ name }) => name),
      rows: [0, SHRUNK * value.horizonDays, value.horizonDays].map((days) => {
        const { loss, perNode } = scoreDynamics(driftPredictor(days)(data), {
          data,
          loss: "displacementWeighted",
        });
        return { days, test: loss, perBody: [...perNode] };
      }),
    };
  },
};
