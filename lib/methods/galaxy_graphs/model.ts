import {
  compile,
  type CompiledProgram,
  type ExecutorName,
  type HostTensor,
  type HostTree,
} from "../../compile/mod.ts";
import type { GalaxyCatalogue } from "../../data/mod.ts";
import { stream } from "../../random/mod.ts";
import { tf } from "../../tensor/mod.ts";
import { aggregatesOf, emptyGraphBatch, fillGraphs, type GraphBatch, type PlacedGroups } from "./_batch.ts";
import { type GroupGraph, groupGraphs, packGroups, partsOf } from "./blocks.ts";
import { conditionsOf, type FeatureScaling } from "./features.ts";
import { generate, type Generator, type GeneratorStatistics } from "./generator.ts";
import type { FilledModelOptions } from "./options.ts";
import type { Ellipticities } from "./projection.ts";

/** A trained generator, as plain data. */
export interface GalaxyModel {
  /** What the model is. */
  readonly options: FilledModelOptions;
  /** How its inputs are scaled. */
  readonly scaling: FeatureScaling;
  /** Its weights, on the host. */
  readonly generator: HostTree<Generator>;
  /** Running means and variances of the training's batches. */
  readonly statistics: HostTree<GeneratorStatistics>;
}

/** Options of {@link sampleGalaxies}. */
export interface SampleOptions {
  /** Of the noise. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** Nodes of a block for all but the largest groups. */
const BLOCK_SIZE = 32;
/** Nodes that are generated in one call, about. */
const NODES = 512;

/**
 * Draws a label for each galaxy of a catalogue: (e₁, e₂) or a unit vector, `[N, 2]` or `[N, 3]`.
 *
 * Unlike the released code, which normalises by the batch also here, the generator normalises by the running
 * statistics of its training: what a galaxy gets depends on its group and its noise only.
 *
 * @throws {TypeError} If the catalogue lacks the tidal field that the model was trained with.
 */
export async function sampleLabels(
  model: GalaxyModel,
  catalogue: GalaxyCatalogue,
  { seed, executor }: SampleOptions,
): Promise<Float64Array> {
  const { options, scaling, generator, statistics } = model;
  const conditions = conditionsOf(catalogue, scaling);
  const outputs = options.output === "ellipticity" ? 2 : 3;
  const labels = new Float64Array(outputs * catalogue.galaxies);
  const noise = stream(seed, "galaxy_graphs", "sample");
  const { links, blockSize: most } = options;
  const graphs = groupGraphs(catalogue, { links }).flatMap((graph) => partsOf(graph, { most, links }));
  const largest = graphs.reduce((most, { rows }) => Math.max(most, rows.length), 1);
  const large = graphs.filter(({ rows }) => rows.length > BLOCK_SIZE);
  const small = graphs.filter(({ rows }) => rows.length <= BLOCK_SIZE);
  const runs: [GroupGraph[], number][] = [[small, BLOCK_SIZE], [large, 8 * Math.ceil(largest / 8)]];
  for (const [some, blockSize] of runs) {
    if (some.length === 0) continue;
    const blocks = Math.max(1, Math.floor(NODES / blockSize));
    const batch = emptyGraphBatch({ blocks, blockSize, channels: conditions.channels, noise: options.noise });
    const program: CompiledProgram<[Generator, GeneratorStatistics, GraphBatch], tf.Tensor> = await compile(
      (generator: Generator, statistics: GeneratorStatistics, batch: GraphBatch) =>
        generate(generator, {
          features: tf.concat([batch.conditions, batch.noise], 1),
          mask: batch.mask,
          aggregate: aggregatesOf(batch, options).generator,
          statistics,
          output: options.output,
        }).labels,
      [generator, statistics, batch],
      { executor, name: "galaxy generator" },
    );
    try {
      for (const placed of batchesOf(some, { blocks, blockSize })) {
        fillGraphs(batch, { source: { catalogue, conditions, options }, placed, stream: noise });
        const { data } = await program.run(generator, statistics, batch) as HostTensor;
        placed.graphs.forEach(({ rows }, g) =>
          rows.forEach((row, i) => {
            const at = outputs * (placed.firsts[g] + i);
            labels.set(data.subarray(at, at + outputs), outputs * row);
          })
        );
      }
    } finally {
      await program.dispose();
    }
  }
  return labels;
}

/** All groups, packed into blocks, so many blocks a batch. */
function batchesOf(
  graphs: readonly GroupGraph[],
  { blocks, blockSize }: { readonly blocks: number; readonly blockSize: number },
): PlacedGroups[] {
  const packed = packGroups(graphs.map(({ rows }) => rows.length), { blockSize });
  const batches = Array.from(
    { length: Math.ceil(packed.blocks / blocks) },
    () => ({ graphs: [] as GroupGraph[], firsts: [] as number[] }),
  );
  graphs.forEach((graph, g) => {
    const { block, first } = packed.places[g];
    const batch = batches[Math.floor(block / blocks)];
    batch.graphs.push(graph);
    batch.firsts.push((block % blocks) * blockSize + first);
  });
  return batches;
}

/**
 * Draws ellipticities for all galaxies of a catalogue.
 *
 * @throws {TypeError} If the model makes axes, or the catalogue lacks what it was trained with.
 */
export async function sampleEllipticities(
  model: GalaxyModel,
  catalogue: GalaxyCatalogue,
  options: SampleOptions,
): Promise<Ellipticities> {
  checkOutput(model, "ellipticity");
  const labels = await sampleLabels(model, catalogue, options);
  const column = (k: number) =>
    Float64Array.from({ length: catalogue.galaxies }, (_, i) => labels[2 * i + k]);
  return { e1: column(0), e2: column(1) };
}

/**
 * Draws major axes for all galaxies of a catalogue, unit vectors `[N, 3]`.
 *
 * @throws {TypeError} If the model makes ellipticities, or the catalogue lacks what it was trained with.
 */
export function sampleAxes(
  model: GalaxyModel,
  catalogue: GalaxyCatalogue,
  options: SampleOptions,
): Promise<Float64Array> {
  checkOutput(model, "axis");
  return sampleLabels(model, catalogue, options);
}

function checkOutput({ options: { output } }: GalaxyModel, wanted: GalaxyModel["options"]["output"]): void {
  if (output === wanted) return;
  throw new TypeError(
    `Cannot sample as the model's output must be "${wanted}": current value is "${output}"`,
  );
}
