import type { Experiment } from "../../../lib/harness/mod.ts";
import { moleculeData, trainMolecules } from "../../../lib/nn/graphs/mod.ts";
import { moleculeEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { summaryOf, type TrainingSetting, type TrainingSummary } from "./_training_summary.ts";
import { type Labelled, loadMolecules, type MoleculeChoice } from "./_molecules.ts";

/** One training of one network on one target. */
export type MoleculeConfig = MoleculeChoice & TrainingSetting & {
  readonly channels: number;
};

/** Mean absolute errors in the target's unit. */
export type MoleculeResult = TrainingSummary;

/** Networks on properties of molecules (Table Q). */
export const molecules: Experiment<MoleculeConfig, MoleculeResult> = {
  id: "molecules",
  title: "Molecule networks",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ epochs, train, hidden, layers }) => epochs * train * hidden * hidden * layers / 4.5e6,
  async run(config, context) {
    const { seed, executor } = context;
    const { channels, hidden, layers, epochs, batchSize, learningRate, schedule } = config;
    const training = { epochs, batchSize, learningRate, schedule };
    const chosen = await loadMolecules(config, context);
    const { elements } = chosen;
    const parts = [chosen.train, chosen.valid, chosen.test];
    const nodes = Math.max(...parts.flatMap(({ molecules }) => molecules.map((m) => m.atomicNumbers.length)));
    const [train, valid, test] = parts.map(({ molecules, targets }: Labelled) =>
      moleculeData(molecules, { targets, elements, nodes })
    );
    const model = moleculeEgnn({ channels, hidden, layers, nodeFeatures: 3 * elements.length });
    await using trained = await trainMolecules({ train, valid, test }, {
      ...training,
      model,
      seed,
      executor,
      onProgress: ({ fraction }) => context.progress(fraction),
    });
    return summaryOf(model, trained);
  },
};
