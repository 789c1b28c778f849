import type { SolarData, SolarSamples } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  gravitatingBodies,
  residualToDrift,
  scoreDynamics,
  trainDynamics,
} from "../../../lib/nn/graphs/mod.ts";
import { multichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { summaryOf, type TrainingSetting, type TrainingSummary } from "./_training_summary.ts";

/** One training of one network. */
export type SolarConfig = TrainingSetting & {
  readonly channels: number;
  /** All channels share one mixing weight: an ablation. */
  readonly tied?: boolean;
  readonly dataSet: string;
  /** What the network predicts: positions, as in the paper, or what x + horizon · v leaves over. */
  readonly predicts: "position" | "residual";
  readonly clipNorm: number;
  readonly evaluateEvery: number;
  readonly patience?: number;
};

/** Displacement-weighted squared errors. */
export type SolarResult = TrainingSummary & {
  readonly bodies: readonly string[];
  /** Test error of each body; their mean is `test`. */
  readonly perBody: readonly number[];
  /** Validation error of each body; their mean is `valid`. */
  readonly validPerBody: readonly number[];
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
  async run({ dataSet, predicts, channels, tied, hidden, layers, ...training }, context) {
    const { value } = await context.loadData<SolarData>(dataSet);
    const { seed, executor } = context;
    const [train, valid, test] = [value.train, value.valid, value.test].map((part) => bodiesOf(value, part));
    const network = multichannelEgnn({
      channels,
      tied,
      hidden,
      layers,
      nodeFeatures: 2,
      edgeAttributes: 1,
      normaliseDifferences: true,
    });
    const model = predicts === "position"
      ? network
      : residualToDrift(network, { coefficient: value.horizonDays });
    const loss = "displacementWeighted";
    await using trained = await trainDynamics({ train, valid, test }, {
      ...training,
      model,
      seed,
      executor,
      weightDecay: 1e-7,
      loss,
      onProgress: ({ fraction }) => context.progress(fraction),
    });
    return {
      ...summaryOf(model, trained),
      bodies: value.bodies.map(({ name }) => name),
      perBody: [...trained.testScore.perNode],
      validPerBody: [...scoreDynamics(await trained.predict(valid), { data: valid, loss }).perNode],
    };
  },
};
