import { type ExecutorName, type HostTensor, type HostTree } from "../../../../lib/compile/mod.ts";
import {
  applyEcn,
  type BatchLayout,
  type CellColouring,
  type CrystalBatch,
  CrystalBatches,
  type CrystalGraph,
  type Ecn,
  type EcnConfig,
  type RegularMaps,
} from "../../../../lib/methods/crystal_symmetry/mod.ts";
import { evaluate } from "../../nn/_check.ts";

export { evaluate };

/** A small configuration. */
export const SMALL: EcnConfig = { site: 6, bondBasis: 5, bondEmbedding: 4, final: 5, layers: 2 };

/** All graphs as one batch. */
export function oneBatch(
  graphs: readonly CrystalGraph[],
  colouring: CellColouring,
): { batch: HostTree<CrystalBatch>; layout: BatchLayout } {
  const batches = new CrystalBatches(graphs, colouring);
  const { layout } = batches.planPass({ batchSize: graphs.length });
  const batch = batches.example(layout);
  batches.fill(batch, { rows: Int32Array.from(graphs.keys()), layout });
  return { batch, layout };
}

/** Outputs of the network, one per graph, and the features of the nodes. */
export async function outputsOf(
  graphs: readonly CrystalGraph[],
  { parameters, config, colouring, regular, form, executor = "wasm" }: {
    parameters: HostTree<Ecn>;
    config: EcnConfig;
    colouring: CellColouring;
    regular?: RegularMaps;
    form?: "grouped" | "dense";
    executor?: ExecutorName;
  },
): Promise<{ outputs: Float32Array; sites: Float32Array }> {
  const { batch, layout } = oneBatch(graphs, colouring);
  const output = await evaluate(
    executor,
    (batch: CrystalBatch, parameters: Ecn) =>
      applyEcn(batch, { parameters, config, colouring, layout, regular, form }),
    batch,
    parameters,
  );
  const { outputs, sites } = output as unknown as Record<string, HostTensor>;
  return { outputs: outputs.data as Float32Array, sites: sites.data as Float32Array };
}

/** Largest absolute difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= most)) most = difference;
  }
  return most;
}
