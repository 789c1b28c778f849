import type { SolarData, SolarSamples } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { gravitatingBodies, trainDynamics } from "../../../lib/nn/graphs/mod.ts";
import { multichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { summaryOf, type TrainingSetting, type TrainingSummary } from "./_training_summary.ts";

/** One training of one network. */
export type SolarConfig = TrainingSetting & {
  readonly channels: number;
  readonly dataSet: string;
  readonly clipNorm: number;
  readonly evaluateEvery: number;
  readonly patience?: number;
};

/** Displacement-weighted squared errors. */
export type SolarResult = TrainingSummary & {
  readonly bodies: readonly string[];
  /** Test error of each body; their mean is `test`. */
  readonly perBody: readonly number[];
};

/** The samples as the networks read them. */
export function bodiesOf(data: SolarData, { position, velocity, target }: SolarSamples) {
  const motion = { nodes: data.bodies.length, positions: position, velocities: velocity, targets: target };
  return gravitatingBodies(motion, data.bodies.map(({ massKg }) => massKg));
}

/** Networks on the solar system (Table S). */
export const solar: Experiment<SolarConfig, SolarResult> = {
  id: "solar",
  title: "Solar-system networks",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  memory: 2048,
  cost: ({ epochs, hidden, layers }) => epochs * hidden * hidden * layers / 28000,
  async run({ dataSet, channels, hidden, layers, ...training }, context) {
    const { value } = await context.loadData<SolarData>(dataSet);
    const { seed, executor } = context;
    const [train, valid, test] = [value.train, value.valid, value.test].map((part) => bodiesOf(value, part));
    const model = multichannelEgnn({
      channels,
      hidden,
      layers,
      nodeFeatures: 2,
      edgeAttributes: 1,
      normaliseDifferences: true,
    });
    await using trained = await trainDynamics({ train, valid, test }, {
      ...training,
      model,
      seed,
      executor,
      weightDecay: 1e-7,
      loss: "displacementWeighted",
      onProgress: ({ fraction }) => context.progress(fraction),
    });
    return {
      ...summaryOf(model, trained),
      bodies: value.bodies.map(({ name }) => name),
      perBody: [...trained.testScore.perNode],
    };
  },
};
