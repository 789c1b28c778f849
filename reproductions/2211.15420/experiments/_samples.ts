import { type Crystal, findSymmetry, type NeighbourRule } from "../../../lib/crystals/mod.ts";
import { type CrystalSplits, decoratedLattices, type LabelledCrystal } from "../../../lib/data/mod.ts";
import type { JobContext } from "../../../lib/harness/mod.ts";
import {
  type CrystalGraph,
  primitiveGraph,
  shuffleDifferences,
  supercellGraph,
} from "../../../lib/methods/crystal_symmetry/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/**
 * Where crystals come from: a data set, or `decorated/<lattice>` and `decorated/all`, which are generated.
 */
export type SetName =
  | "perov-5/perovskites"
  | "carbon-24/carbon"
  | "mp-dielectric-piezo/dielectric"
  | "mp-phonons/phonons"
  | `decorated/${string}`;

/** Which crystals a job takes, and which of their properties. The split depends on the seed only. */
export type SampleChoice = {
  readonly set: SetName;
  readonly property: string;
  /** Networks learn the logarithm; errors are of the property itself. */
  readonly log?: boolean;
  readonly train: number;
  readonly valid: number;
  readonly test: number;
};

/** How crystals become graphs. */
export type GraphChoice = {
  readonly rule: NeighbourRule & { readonly [key: string]: number | boolean };
  /** The 2 × 2 × 2 supercell instead of the primitive cell. */
  readonly supercell?: boolean;
  /**
   * What is taken out: `isolated` leaves only the edge from an atom to itself, so that the network sees the
   * elements and nothing of the structure; `shuffled` gives the edges' cells, and so their colours, to other
   * edges.
   */
  readonly control?: "isolated" | "shuffled";
};

/** Crystals with the value to predict. */
export interface Labelled {
  readonly crystals: readonly Crystal[];
  readonly targets: readonly number[];
}

/** The three parts. */
export type Parts = Readonly<Record<"train" | "valid" | "test", Labelled>>;

/** The data set of a choice; none for generated crystals. */
export const dataOf = ({ set }: SampleChoice): readonly string[] => set.startsWith("decorated/") ? [] : [set];

/**
 * Draws the parts. Of sets that come with a test part, that part is tested on and the validation part is
 * learned from (the training part was not at hand); others are split at random.
 */
export async function drawParts(choice: SampleChoice, context: JobContext): Promise<Parts> {
  const { set, property, train, valid, test } = choice;
  const random = stream(context.seed, "2211.15420", set);
  const pools = await loadPools(choice, context);
  const learned = random.split("learn").permutation(pools.learn.length);
  const tested = pools.test === undefined ? learned : random.split("test").permutation(pools.test.length);
  // The test crystals come first and the training crystals last, so that a smaller training set is part of a
  // larger one.
  const needed = pools.test === undefined ? test + valid + train : valid + train;
  if (needed > learned.length || test > tested.length) {
    throw new RangeError(
      `Cannot draw crystals as ${set} must have ${needed} and ${test}: it has ${learned.length} and ${tested.length}`,
    );
  }
  const label = (pool: readonly LabelledCrystal[], rows: Int32Array): Labelled => ({
    crystals: Array.from(rows, (row) => standard(pool[row].crystal, set)),
    targets: Array.from(rows, (row) => pool[row].properties[property]),
  });
  const first = pools.test === undefined ? test : 0;
  return {
    test: label(pools.test ?? pools.learn, tested.slice(0, test)),
    valid: label(pools.learn, learned.slice(first, first + valid)),
    train: label(pools.learn, learned.slice(first + valid, first + valid + train)),
  };
}

async function loadPools(
  { set, train, valid, test }: SampleChoice,
  context: JobContext,
): Promise<{ readonly learn: readonly LabelledCrystal[]; readonly test?: readonly LabelledCrystal[] }> {
  if (set.startsWith("decorated/")) {
    const name = set.slice("decorated/".length);
    return {
      learn: decoratedLattices({
        samples: train + valid + test,
        stream: stream(context.seed, "2211.15420", set, "crystals"),
        ...name !== "all" && { lattices: [name as never] },
      }),
    };
  }
  const { value } = await context.loadData<CrystalSplits | readonly LabelledCrystal[]>(set);
  return "valid" in value ? { learn: value.valid, test: value.test } : { learn: value };
}

/**
 * The primitive cell in its standard setting, as the paper takes it; perovskites stay in their cubic cells of
 * five atoms, and so do crystals whose symmetry cannot be told and those that are made in the standard
 * setting.
 */
function standard(crystal: Crystal, set: SetName): Crystal {
  if (set === "perov-5/perovskites" || set.startsWith("decorated/")) return crystal;
  try {
    return findSymmetry(crystal).primitive;
  } catch (error) {
    if (error instanceof RangeError) return crystal;
    throw error;
  }
}

/** The graph of a crystal. */
export function graphOf(
  crystal: Crystal,
  { rule, supercell = false, control, name }: GraphChoice & { readonly name: string },
): CrystalGraph {
  const graph = (supercell ? supercellGraph : primitiveGraph)(crystal, rule);
  if (control === "shuffled") return shuffleDifferences(graph, stream(0, "2211.15420", "shuffle", name));
  if (control !== "isolated") return graph;
  const kept = Int32Array.from(graph.distances.keys()).filter((e) => graph.distances[e] === 0);
  return {
    ...graph,
    receivers: kept.map((e) => graph.receivers[e]),
    senders: kept.map((e) => graph.senders[e]),
    differences: Uint8Array.from(kept, (e) => graph.differences[e]),
    distances: Float64Array.from(kept, (e) => graph.distances[e]),
  };
}
