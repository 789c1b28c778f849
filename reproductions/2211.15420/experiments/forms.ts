import { compile, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import { type Crystal, prototype } from "../../../lib/crystals/mod.ts";
import { decoratedLattices } from "../../../lib/data/mod.ts";
import type { Experiment, JobContext } from "../../../lib/harness/mod.ts";
import {
  applyEcn,
  cellColouring,
  cellGroup,
  type CellGroupName,
  type CrystalBatch,
  CrystalBatches,
  type CrystalGraph,
  type Ecn,
  type EcnConfig,
  initEcn,
  primitiveGraph,
  relabelCells,
  supercellGraph,
  untieColours,
} from "../../../lib/methods/crystal_symmetry/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { mapTree } from "../../../lib/tensor/mod.ts";

/** Networks to compare the forms of. */
export type FormsConfig = {
  readonly groups: readonly CellGroupName[];
  readonly site: number;
  readonly layers: number;
};

/** Largest differences of outputs over several draws of the weights, relative to a draw's largest output. */
export type FormsRow = {
  readonly group: string;
  /** Sums by intersection numbers against the lift to eight cells, with cell one-hots. */
  readonly groupedDense: number;
  /** The primitive cell against the 2 × 2 × 2 supercell. */
  readonly primitiveSupercell: number;
  /** Colours tied to two against the network of the symmetric group. */
  readonly tied: number;
  /** Colours *not* tied: how far the network is from that of the symmetric group with other weights. */
  readonly untied: number;
  /** Cells renamed by the group, without cell one-hots. */
  readonly renamed: number;
  /** The same with cell one-hots, on a simple cubic crystal. */
  readonly renamedOneHot: number;
  /**
   * Cells renamed by permutations outside of the group, without one-hots; null where all eight-cell
   * permutations are inside.
   */
  readonly renamedOutside: number | null;
};

/** Identities between forms of the network, on random weights. */
export const forms: Experiment<FormsConfig, readonly FormsRow[]> = {
  id: "forms",
  title: "Forms of the network against each other",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ groups }) => 2 * groups.length,
  async run({ groups, ...sizes }, context) {
    const rows: FormsRow[] = [];
    for (const group of groups) {
      rows.push(await compareForms(group, sizes, context));
      context.progress(rows.length / groups.length);
    }
    return rows;
  },
};

const RULE = { cutoff: 4.2 };
/** Weights are so many times their usual size, so that the outputs feel the messages. */
const GAIN = 1.5;
/** How much a broken identity shows depends on the weights: so many are drawn. */
const DRAWS = 4;

async function compareForms(
  group: CellGroupName,
  { site, layers }: { readonly site: number; readonly layers: number },
  { seed, executor }: JobContext,
): Promise<FormsRow> {
  const crystals: readonly Crystal[] = [
    prototype("caesiumChloride"),
    prototype("perovskite"),
    ...decoratedLattices({
      samples: 2,
      lattices: ["ptriclinic", "phexagonal"],
      stream: stream(seed, "forms"),
    })
      .map(({ crystal }) => crystal),
  ];
  const plain: EcnConfig = { site, layers, bondEmbedding: site, final: site };
  const oneHot: EcnConfig = { ...plain, breakSymmetry: true };
  const colouring = cellColouring(group), { colours } = colouring;
  const weights = (config: EcnConfig, count = colours) =>
    Array.from(
      { length: DRAWS },
      (_, draw) =>
        mapTree(initEcn(stream(seed, "weights", String(draw)), { ...config, colours: count }), (leaf) => {
          const { data, shape } = leaf as unknown as HostTensor;
          return hostTensor((data as Float32Array).map((x) => GAIN * x), shape);
        }) as unknown as HostTree<Ecn>,
    );
  const run = (
    graphs: readonly CrystalGraph[],
    { config = plain, parameters = weights(config), name = group, form }: {
      readonly config?: EcnConfig;
      readonly parameters?: readonly HostTree<Ecn>[];
      readonly name?: CellGroupName;
      readonly form?: "dense";
    } = {},
  ) => outputs(graphs, { config, parameters, name, form, executor });

  const primitive = crystals.map((crystal) => primitiveGraph(crystal, RULE));
  const big = crystals.map((crystal) => supercellGraph(crystal, RULE));
  const two = weights(plain, 2);
  const [grouped, dense, both, large, set] = [
    await run(big.slice(0, 2), { config: oneHot }),
    await run(big.slice(0, 2), { config: oneHot, form: "dense" }),
    // One program for both: compiling takes longest here.
    await run(primitive, {
      parameters: [...weights(plain), ...two.map((tree) => untieColours(tree, colouring))],
    }),
    await run(big),
    await run(primitive, { parameters: two, name: "set" }),
  ];
  const [small, tied] = [both.slice(0, DRAWS), both.slice(DRAWS)];
  // A renaming must keep differences of cells: the symmetric group is tried on those of the cube.
  const inside = cellGroup(group === "set" ? "pcubic" : group);
  // Each of these two groups has elements that the other groups of lattices lack.
  const outside = group === "set" ? null : cellGroup(group === "fcubic" ? "bcubic" : "fcubic");
  /** How much outputs change when the cells of each crystal are renamed by some permutations. */
  const renaming = async (
    graphs: readonly CrystalGraph[],
    { by, config }: { readonly by: readonly (readonly number[])[]; readonly config?: EcnConfig },
  ) => {
    const all = graphs.flatMap((graph) => [graph, ...by.map((g) => relabelCells(graph, g))]);
    const draws = await run(all, { config }), size = 1 + by.length;
    return relative(draws, draws.map((values) => values.map((_, i) => values[i - i % size])));
  };
  return {
    group,
    groupedDense: relative(grouped, dense),
    primitiveSupercell: relative(small, large),
    tied: relative(set, tied),
    untied: relative(set, small),
    renamed: await renaming(big, { by: inside }),
    renamedOneHot: await renaming([big[0]], { by: inside, config: oneHot }),
    renamedOutside: outside === null ? null : await renaming(big, { by: outside }),
  };
}

/** Outputs for all graphs, for each of some parameters. */
async function outputs(
  graphs: readonly CrystalGraph[],
  { config, parameters, name, form, executor }: {
    readonly config: EcnConfig;
    readonly parameters: readonly HostTree<Ecn>[];
    readonly name: CellGroupName;
    readonly form?: "dense";
    readonly executor: JobContext["executor"];
  },
): Promise<Float32Array[]> {
  const colouring = cellColouring(name);
  const batches = new CrystalBatches(graphs, colouring);
  const { layout } = batches.planPass({ batchSize: graphs.length });
  const batch = batches.example(layout);
  batches.fill(batch, { rows: Int32Array.from(graphs.keys()), layout });
  const program = await compile(
    (batch: CrystalBatch, parameters: Ecn) =>
      applyEcn(batch, { parameters, config, colouring, layout, form }).outputs,
    [batch, parameters[0]],
    { executor, name: "forms" },
  );
  try {
    const found: Float32Array[] = [];
    for (const tree of parameters) {
      found.push((await program.run(batch, tree) as HostTensor).data.slice() as Float32Array);
    }
    return found;
  } finally {
    await program.dispose();
  }
}

function relative(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return Math.max(...a.map((values, draw) => {
    const most = Math.max(...values.map(Math.abs));
    return values.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[draw][i])), 0) / most;
  }));
}
