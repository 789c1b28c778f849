import type { NBodyData, NBodySamples } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  chargedParticles,
  type DynamicsModel,
  gnn,
  radialField,
  trainDynamics,
} from "../../../lib/nn/graphs/mod.ts";
import { multichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { predictionsOf } from "./_predictions.ts";
import { summaryOf, type TrainingSetting, type TrainingSummary } from "./_training_summary.ts";

/** A network of the N-body table. */
export type NBodyModel =
  | { readonly kind: "GNN" }
  | { readonly kind: "Radial Field" }
  | {
    readonly kind: "EGNN";
    readonly channels: number;
    /** All channels share one mixing weight: an ablation. */
    readonly tied?: boolean;
    /** Instead of the experiment's width. */
    readonly hidden?: number;
  };

/** One training of one network. */
export type NBodyConfig = TrainingSetting & {
  readonly model: NBodyModel;
  readonly dataSet: string;
};

/** Mean squared errors of positions. */
export type NBodyResult = TrainingSummary & {
  /** Predicted positions of the first three test simulations, [3][n * 3]. */
  readonly predictions: readonly (readonly number[])[];
};

/** The samples as the networks read them. */
export function particles(data: NBodyData, samples: NBodySamples) {
  const { position: positions, velocity: velocities, target: targets, charges } = samples;
  return chargedParticles({ nodes: data.particles, positions, velocities, targets }, charges);
}

function build({ model, hidden, layers }: NBodyConfig): DynamicsModel {
  switch (model.kind) {
    case "GNN":
      return gnn({ hidden, layers });
    case "Radial Field":
      return radialField({ hidden, layers });
    case "EGNN":
      return multichannelEgnn({ hidden, layers, ...model });
  }
}

/** Networks on charged particles (Table N). */
export const nbody: Experiment<NBodyConfig, NBodyResult> = {
  id: "nbody",
  title: "N-body networks",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ epochs, hidden, layers, model }) =>
    epochs * hidden * hidden * layers / 80000 * (model.kind === "EGNN" ? 1 : 0.6),
  async run(config, context) {
    const { model: _model, dataSet, hidden: _hidden, layers: _layers, ...training } = config;
    const { value } = await context.loadData<NBodyData>(dataSet);
    const { seed, executor } = context;
    const [train, valid, test] = [value.train, value.valid, value.test].map((part) => particles(value, part));
    const model = build(config);
    await using trained = await trainDynamics({ train, valid, test }, {
      ...training,
      model,
      seed,
      executor,
      onProgress: ({ fraction }) => context.progress(fraction),
    });
    return {
      ...summaryOf(model, trained),
      predictions: await predictionsOf(trained, test, 3),
    };
  },
};
