import type { HostTensor, HostTree } from "../../compile/mod.ts";
import type { GalaxyCatalogue } from "../../data/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { blockAdjacency, blockGeometry } from "./adjacency.ts";
import { cutGroup, type GroupGraph, packGroups } from "./blocks.ts";
import { type Aggregate, blockAggregate } from "./convolution.ts";
import type { Matrix3 } from "./directions.ts";
import { axisProducts, type Conditions, writeConditions } from "./features.ts";
import type { GeneratorOutput } from "./generator.ts";
import type { FilledModelOptions } from "./options.ts";
import { projectShapes } from "./projection.ts";
import { rotateVectors } from "./rotation.ts";

/** Groups in blocks, what both networks read; N = blocks × n. */
export interface GraphBatch {
  /** `[blocks, n, 3]`, relative to the group's central. */
  readonly positions: Tensor;
  /** `[blocks, n, n]`. */
  readonly edges: Tensor;
  /** `[N, channels]`. */
  readonly conditions: Tensor;
  /** `[N, 1]`. */
  readonly mask: Tensor;
  /** `[N, noise]`. */
  readonly noise: Tensor;
}

/** A batch whose groups are scored. */
export interface ScoredBatch extends GraphBatch {
  /** `[groups, N]`. */
  readonly pool: Tensor;
}

/** A batch for the critic. */
export interface CriticBatch extends ScoredBatch {
  /** Real labels `[N, labels]`. */
  readonly labels: Tensor;
  /** u of the gradient penalty `[groups, 1]`. */
  readonly mix: Tensor;
}

/** Sizes of batches. */
export interface BatchSizes {
  readonly blocks: number;
  readonly blockSize: number;
  readonly channels: number;
  readonly noise: number;
}

const zeros = (...shape: number[]) =>
  hostTensor(new Float32Array(shape.reduce((product, extent) => product * extent, 1)), shape);

/** An empty batch for generation. */
export function emptyGraphBatch({ blocks, blockSize, channels, noise }: BatchSizes): HostTree<GraphBatch> {
  const nodes = blocks * blockSize;
  return {
    positions: zeros(blocks, blockSize, 3),
    edges: zeros(blocks, blockSize, blockSize),
    conditions: zeros(nodes, channels),
    mask: zeros(nodes, 1),
    noise: zeros(nodes, noise),
  };
}

/** An empty batch for the generator's training. */
export function emptyScoredBatch(sizes: BatchSizes & { readonly groups: number }): HostTree<ScoredBatch> {
  return { ...emptyGraphBatch(sizes), pool: zeros(sizes.groups, sizes.blocks * sizes.blockSize) };
}

/** An empty batch for the critic's training. */
export function emptyCriticBatch(
  sizes: BatchSizes & { readonly groups: number; readonly labels: number },
): HostTree<CriticBatch> {
  return {
    ...emptyScoredBatch(sizes),
    labels: zeros(sizes.blocks * sizes.blockSize, sizes.labels),
    mix: zeros(sizes.groups, 1),
  };
}

/** Channels of the labels that a critic sees. */
export const labelChannels = (output: GeneratorOutput): number => output === "ellipticity" ? 2 : 6;

/** What batches are made of. */
export interface BatchSource {
  readonly catalogue: GalaxyCatalogue;
  readonly conditions: Conditions;
  readonly options: FilledModelOptions;
}

/** A batch's groups, placed in blocks. */
export interface PlacedGroups {
  readonly graphs: readonly GroupGraph[];
  /** First node of each group in the batch. */
  readonly firsts: readonly number[];
  /** How each group is turned; absent: not at all. */
  readonly rotations?: readonly Matrix3[];
}

/**
 * Places groups in the blocks of a batch.
 *
 * @returns `undefined` if they need more blocks than there are.
 */
export function placeGroups(
  graphs: readonly GroupGraph[],
  { blocks, blockSize }: Pick<BatchSizes, "blocks" | "blockSize">,
): PlacedGroups | undefined {
  const packed = packGroups(graphs.map(({ rows }) => rows.length), { blockSize });
  if (packed.blocks > blocks) return undefined;
  return { graphs, firsts: packed.places.map(({ block, first }) => block * blockSize + first) };
}

/** Cuts down the groups that are larger than a block. */
export function cutGroups(
  stream: Stream,
  { graphs, blockSize, options: { links } }: {
    readonly graphs: readonly GroupGraph[];
    readonly blockSize: number;
    readonly options: FilledModelOptions;
  },
): GroupGraph[] {
  return graphs.map((graph) => cutGroup(stream, { graph, most: blockSize, links }));
}

const floats = (tensor: HostTensor) => tensor.data as Float32Array;

/**
 * Writes all of a batch but its labels: groups, rotated, and fresh noise. What was there before is cleared.
 */
export function fillGraphs(
  batch: HostTree<GraphBatch> | HostTree<ScoredBatch>,
  { source, placed, stream }: {
    readonly source: BatchSource;
    readonly placed: PlacedGroups;
    readonly stream: Stream;
  },
): void {
  const { conditions } = source;
  const blockSize = batch.positions.shape[1], nodes = batch.mask.shape[0];
  const { channels } = conditions;
  const pool = "pool" in batch ? floats(batch.pool) : undefined;
  for (const leaf of [batch.positions, batch.edges, batch.conditions, batch.mask]) leaf.data.fill(0);
  pool?.fill(0);
  placed.graphs.forEach(({ rows, positions, edges: { receivers, senders } }, g) => {
    const first = placed.firsts[g], rotation = placed.rotations?.[g];
    const turned = rotation === undefined ? positions : rotateVectors(positions.slice(), rotation);
    floats(batch.positions).set(turned, 3 * first);
    rows.forEach((galaxy, i) => {
      const at = (first + i) * channels;
      writeConditions(conditions, {
        galaxy,
        rotation,
        out: floats(batch.conditions).subarray(at, at + channels),
      });
      floats(batch.mask)[first + i] = 1;
      if (pool !== undefined) pool[g * nodes + first + i] = 1 / rows.length;
    });
    const block = Math.floor(first / blockSize), inBlock = first % blockSize;
    receivers.forEach((i, e) => {
      const row = (block * blockSize + inBlock + i) * blockSize;
      floats(batch.edges)[row + inBlock + senders[e]] = 1;
    });
  });
  stream.normal(floats(batch.noise));
}

/** Writes the real labels of a batch: axes are rotated first, and then projected. */
export function fillLabels(
  labels: HostTensor,
  { source, placed }: { readonly source: BatchSource; readonly placed: PlacedGroups },
): void {
  const { catalogue: { shapes }, options: { output, labelScale } } = source;
  labels.data.fill(0);
  const channels = labelChannels(output);
  placed.graphs.forEach(({ rows }, g) => {
    const first = rows[0], last = rows.at(-1)! + 1;
    // A group's galaxies lie side by side in the catalogue.
    const axes = shapes.axes.slice(9 * first, 9 * last), rotation = placed.rotations?.[g];
    if (rotation !== undefined) rotateVectors(axes, rotation);
    const projected = output === "axis" ? undefined : projectShapes({
      axes,
      intermediateRatio: shapes.intermediateRatio.subarray(first, last),
      minorRatio: shapes.minorRatio.subarray(first, last),
    });
    rows.forEach((row, i) => {
      const own = row - first;
      const values = projected === undefined
        ? axisProducts(axes.subarray(9 * own, 9 * own + 3))
        : [projected.e1[own] / labelScale, projected.e2[own] / labelScale];
      floats(labels).set(values, (placed.firsts[g] + i) * channels);
    });
  });
}

/** How the two networks collect from neighbours in a batch; directions are shared. */
export function aggregatesOf(
  { positions, edges }: Pick<GraphBatch, "positions" | "edges">,
  { links, generatorScale, criticScale, radial, neighbourGain }: FilledModelOptions,
): { readonly generator: Aggregate; readonly critic: Aggregate } {
  if (links === "none") return { generator: undefined, critic: undefined };
  const geometry = blockGeometry(positions, edges);
  const collect = (scale: number) => {
    const adjacency = blockAdjacency(geometry, { scale, radial });
    return blockAggregate(neighbourGain === 1 ? adjacency : tf.mul(adjacency, neighbourGain));
  };
  return { generator: collect(generatorScale), critic: collect(criticScale) };
}

/** A generator's output as a critic sees it: (e₁, e₂) over their scale, an axis as its six products. */
export function criticLabels(
  labels: Tensor,
  { output, labelScale }: Pick<FilledModelOptions, "output" | "labelScale">,
): Tensor {
  if (output === "ellipticity") return labelScale === 1 ? labels : tf.div(labels, labelScale);
  const products = tf.mul(tf.expandDims(labels, 2), tf.expandDims(labels, 1));
  // (xx, yy, zz, √2 xy, √2 xz, √2 yz)
  const chosen = tf.gather(tf.reshape(products, [-1, 9]), tf.tensor1d([0, 4, 8, 1, 2, 5], "int32"), 1);
  return tf.mul(chosen, tf.tensor1d([1, 1, 1, Math.SQRT2, Math.SQRT2, Math.SQRT2]));
}
