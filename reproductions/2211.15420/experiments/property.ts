import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  type CellGroupName,
  cgcnnModel,
  type CrystalModel,
  ecnModel,
  megnetModel,
  trainCrystals,
} from "../../../lib/methods/crystal_symmetry/mod.ts";
import {
  dataOf,
  drawParts,
  type GraphChoice,
  graphOf,
  type Labelled,
  type SampleChoice,
} from "./_samples.ts";

/** Widths of a network; MEGNet has those of the released code. */
export type Sizes = {
  /** Of sites, and of messages. */
  readonly site: number;
  /** Of embedded distances. */
  readonly bond: number;
  /** Of the head. */
  readonly head: number;
  readonly layers: number;
};

/** A network. */
export type NetworkConfig =
  & Sizes
  & (
    | { readonly kind: "cgcnn" | "megnet" }
    | {
      readonly kind: "ecn";
      readonly group: CellGroupName;
      readonly hierarchical?: boolean;
      /** Layers on the regular representation. */
      readonly regular?: boolean;
      /** One-hot codes of cells, which break the symmetry; graphs are then to be supercells. */
      readonly breakSymmetry?: boolean;
    }
  );

/** One training of one network on one property. */
export type PropertyConfig = SampleChoice & GraphChoice & {
  readonly network: NetworkConfig;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Halve the rate after so many epochs without progress, as released; absent: half a cosine. */
  readonly patience?: number;
};

/** Mean absolute errors in the property's unit. */
export type PropertyResult = {
  readonly parameters: number;
  /** Of the epoch with the lowest validation error. */
  readonly test: number;
  /** Of the same epoch; of the logarithm where that is learned. */
  readonly valid: number;
  readonly bestEpoch: number;
  /** Mean squared error of the standardised target in the last epoch. */
  readonly trainLoss: number;
  /** Validation error after each epoch. */
  readonly course: readonly number[];
  /** Share of padding among the edges of the training batches. */
  readonly waste: number;
};

/** The network of a configuration. */
export function modelOf({ site, bond, head, layers, ...which }: NetworkConfig): CrystalModel {
  const model = which.kind === "ecn"
    ? ecnModel({ ...which, site, bondEmbedding: bond, layers, final: head })
    : which.kind === "cgcnn"
    ? cgcnnModel({ site, bond, layers, hidden: head })
    : megnetModel();
  return model as CrystalModel<never> as CrystalModel;
}

/** Networks that predict a property of crystals. */
export const property: Experiment<PropertyConfig, PropertyResult> = {
  id: "property",
  title: "Networks on properties of crystals",
  module: import.meta.url,
  usesExecutor: true,
  data: dataOf,
  memory: 3328,
  cost: ({ epochs, train, network: { kind, site, layers } }) =>
    1 + epochs * train * site * layers * (kind === "ecn" ? 1 : 0.4) / 4e5,
  async run(config, context) {
    const { network, epochs, batchSize, learningRate, patience, log = false } = config;
    const parts = await drawParts(config, context);
    const toTarget = (value: number) => log ? Math.log(value) : value;
    const samples = ({ crystals, targets }: Labelled, part: string) =>
      crystals.map((crystal, i) => ({
        graph: graphOf(crystal, { ...config, name: `${context.seed} ${part} ${i}` }),
        target: toTarget(targets[i]),
      }));
    const [train, valid, test] = (["train", "valid", "test"] as const).map((part) =>
      samples(parts[part], part)
    );
    const model = modelOf(network);
    const trained = await trainCrystals({ train, valid, test }, {
      model,
      seed: context.seed,
      executor: context.executor,
      epochs,
      batchSize,
      learningRate,
      // The released rate halves and ends at a thousandth of its start.
      ...patience !== undefined && { schedule: { factor: 0.5, patience, least: learningRate / 1000 } },
      onProgress: ({ fraction }) => context.progress(fraction),
    });
    const predicted = await trained.predict(test.map(({ graph }) => graph));
    const errors = parts.test.targets.map((y, i) =>
      Math.abs((log ? Math.exp(predicted[i]) : predicted[i]) - y)
    );
    return {
      parameters: model.parameterCount,
      test: errors.reduce((sum, error) => sum + error, 0) / errors.length,
      valid: trained.best.valid,
      bestEpoch: trained.best.epoch,
      trainLoss: trained.epochLosses.at(-1)!,
      course: trained.evaluations.map(({ valid }) => valid),
      waste: trained.waste,
    };
  },
};
