/** What the studies of trained networks share. */
import type { Seeds, Variant } from "../../../lib/harness/mod.ts";
import {
  cellColouring,
  type CellGroupName,
  countEcn,
  siteWidthFor,
} from "../../../lib/methods/crystal_symmetry/mod.ts";
import type { GraphChoice, SampleChoice } from "../experiments/_samples.ts";
import type { NetworkConfig, PropertyConfig, Sizes } from "../experiments/property.ts";

/** What a network is compared as. */
export type Kind = "ECN" | "baseline" | "control";

/** A network in a comparison. */
export interface Compared extends Variant<PropertyConfig> {
  readonly label: string;
  readonly kind: Kind;
}

/** A task and how networks are trained on it. */
export interface Task {
  readonly task: SampleChoice & GraphChoice;
  readonly training: Pick<PropertyConfig, "epochs" | "batchSize" | "learningRate">;
  readonly sizes: Sizes;
}

/** The network of a group. */
export const ecn = (group: CellGroupName, sizes: Sizes): NetworkConfig => ({ kind: "ecn", group, ...sizes });

/** A network of a group with about as many parameters as that of the symmetric group with these sizes. */
export function equalBudget(group: CellGroupName, sizes: Sizes): NetworkConfig {
  const { bond: bondEmbedding, head: final, layers } = sizes;
  const budget = countEcn({ site: sizes.site, bondEmbedding, final, layers }, { colours: 2 });
  const { colours } = cellColouring(group);
  return ecn(group, { ...sizes, site: siteWidthFor(budget, { bondEmbedding, final, layers, colours }) });
}

/** Makes the networks of a task. */
export function networkOf({ task, training }: Pick<Task, "task" | "training">) {
  return (
    label: string,
    kind: Kind,
    network: NetworkConfig,
    { seeds, ...more }: { readonly seeds: Seeds } & Partial<PropertyConfig>,
  ): Compared => ({ label, kind, config: { ...task, ...training, network, ...more }, seeds });
}

/** Constants and ridge regressions on the crystals of a task. */
export function trivialOn(
  { task: { rule: _, control: __, supercell: ___, ...sample } }: Pick<Task, "task">,
  { seeds, sites = false }: { readonly seeds: Seeds; readonly sites?: boolean },
) {
  return { all: { config: { ...sample, sites }, seeds } };
}

/** Sizes and training of the profiles for crystals of many sorts. */
export const SMALL = {
  training: { epochs: 2, batchSize: 8, learningRate: 3e-3 },
  sizes: { site: 12, bond: 8, head: 12, layers: 1 },
} as const;
export const MEDIUM = {
  training: { epochs: 16, batchSize: 32, learningRate: 3e-3 },
  sizes: { site: 24, bond: 16, head: 32, layers: 2 },
} as const;
export const LARGE = {
  training: { epochs: 300, batchSize: 128, learningRate: 1e-3 },
  sizes: { site: 100, bond: 20, head: 100, layers: 6 },
} as const;
