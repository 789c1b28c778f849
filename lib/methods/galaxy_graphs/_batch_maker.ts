import type { HostTree } from "../../compile/mod.ts";
import { type GalaxyCatalogue, groupStarts } from "../../data/mod.ts";
import type { Stream } from "../../random/mod.ts";
import {
  type BatchSource,
  type CriticBatch,
  cutGroups,
  emptyCriticBatch,
  emptyScoredBatch,
  fillGraphs,
  fillLabels,
  labelChannels,
  type PlacedGroups,
  placeGroups,
  type ScoredBatch,
} from "./_batch.ts";
import { groupGraphs, packGroups } from "./blocks.ts";
import { conditionsOf, type FeatureScaling, fitFeatures } from "./features.ts";
import { type FilledModelOptions, filledModelOptions, type GalaxyTrainingOptions } from "./options.ts";
import { drawRotation } from "./rotation.ts";
import { massBalanced } from "./sampling.ts";

/** Draws training batches of fixed shapes. */
export interface BatchMaker {
  readonly model: FilledModelOptions;
  readonly scaling: FeatureScaling;
  /** Channels of the conditions. */
  readonly channels: number;
  readonly blocks: number;
  criticBatch(): HostTree<CriticBatch>;
  scoredBatch(): HostTree<ScoredBatch>;
  /** Groups, a rotation, labels, noise and mix. */
  fillCritic(batch: HostTree<CriticBatch>, stream: Stream): void;
  /** Groups, a rotation and noise. */
  fillScored(batch: HostTree<ScoredBatch>, stream: Stream): void;
}

/** Batches that are drawn to see how many blocks they need. */
const TRIALS = 100;

/**
 * A maker of batches of `groupsPerBatch` groups, drawn flat in mass. The number of blocks is the most that a
 * hundred trial batches need; the rare batch that needs more is drawn again.
 */
export function batchMaker(
  catalogue: GalaxyCatalogue,
  options: GalaxyTrainingOptions & { readonly random: Stream },
): BatchMaker {
  const { groupsPerBatch = 64, blockSize = 32, rotate = "batch", random } = options;
  for (const [name, value] of Object.entries({ groupsPerBatch, blockSize })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot make batches as ${name} must be an integer >= 1: current value is ${value}`,
      );
    }
  }
  const model = filledModelOptions(options);
  const scaling = fitFeatures(catalogue, model);
  const conditions = conditionsOf(catalogue, scaling);
  const source: BatchSource = { catalogue, conditions, options: model };
  const graphs = groupGraphs(catalogue, { links: model.links });
  const starts = groupStarts(catalogue);
  const drawGroups = massBalanced(graphs.map((_, g) => catalogue.logGroupMass[starts[g]]));
  const drawGraphs = (stream: Stream) => {
    const chosen = [...drawGroups(stream, groupsPerBatch)].map((g) => graphs[g]);
    return cutGroups(stream, { graphs: chosen, blockSize, options: model });
  };
  const trial = random.split("trial batches");
  let blocks = 1;
  for (let k = 0; k < TRIALS; k++) {
    const sizes = drawGraphs(trial).map(({ rows }) => rows.length);
    blocks = Math.max(blocks, packGroups(sizes, { blockSize }).blocks);
  }
  const draw = (stream: Stream): PlacedGroups => {
    for (;;) {
      const placed = placeGroups(drawGraphs(stream), { blocks, blockSize });
      if (placed !== undefined) return placed;
    }
  };
  const { channels } = conditions;
  const sizes = { blocks, blockSize, channels, noise: model.noise, groups: groupsPerBatch };
  const fillScored = (batch: HostTree<ScoredBatch>, stream: Stream): PlacedGroups => {
    const placed = draw(stream);
    const common = rotate === "batch" ? drawRotation(stream) : undefined;
    const rotations = rotate === "none" ? undefined : placed.graphs.map(() => common ?? drawRotation(stream));
    const turned = { ...placed, rotations };
    fillGraphs(batch, { source, placed: turned, stream });
    return turned;
  };
  return {
    model,
    scaling,
    channels,
    blocks,
    criticBatch: () => emptyCriticBatch({ ...sizes, labels: labelChannels(model.output) }),
    scoredBatch: () => emptyScoredBatch(sizes),
    fillScored,
    fillCritic(batch, stream) {
      fillLabels(batch.labels, { source, placed: fillScored(batch, stream) });
      stream.uniform(batch.mix.data as Float32Array);
    },
  };
}
