import {
  compile,
  disposable,
  type ExecutorName,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import {
  adam,
  constants,
  type Conv2d,
  conv2d,
  type Dense,
  initConv2d,
  relu,
  train,
  weightedMean,
} from "../../nn/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { hostTensor, type Tensor, tf } from "../../tensor/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";
import { type Gaussian, gaussianNll, gaussianPolicy } from "./gaussian_policy.ts";
import type { GoalPolicy } from "./goal_policy.ts";
import { HindsightSampler } from "./hindsight.ts";
import { type Normalisation, normalise, RunningNormaliser } from "./normaliser.ts";
import type { TrainMerlinOptions } from "./training.ts";

/** Sizes of {@link pixelPolicy}. */
export interface PixelPolicyOptions {
  /** Pixels of a side of the square images. */
  readonly imageSize: number;
  /** Numbers of a pixel. @default 3 */
  readonly channels?: number;
  /** Numbers of a goal. */
  readonly goalSize: number;
  /** m, numbers of an action. */
  readonly actionSize: number;
  /** Means lie in ±`bound` by tanh. */
  readonly bound: number;
  /** Channels of the three convolutions. @default [32, 64, 64] */
  readonly widths?: readonly [number, number, number];
  /** Widths of the layers on features, goal and horizon. @default [256] */
  readonly hidden?: readonly number[];
  /** Whether the policy is told the horizon. @default true */
  readonly horizon?: boolean;
  /** P, the longest period of the embedding over 2π. @default 50 */
  readonly maxHorizon?: number;
}

/** Parameters of {@link PixelPolicy}. */
export interface PixelParameters {
  /** With a ReLU after each. */
  readonly convolutions: readonly Conv2d[];
  /** From features, goal and horizon to the distribution. */
  readonly layers: readonly Dense[];
}

/** What the policy reads. */
export interface PixelInput {
  /** `[batch, size, size, channels]` in [0, 1]. */
  readonly images: Tensor;
  /** Normalised, `[batch, d]`. */
  readonly goals: Tensor;
  /** `[batch]` steps that are left. */
  readonly horizons: Tensor;
}

/** π(a | image, g, h). */
export interface PixelPolicy {
  /** What it was made with. */
  readonly options: PixelPolicyOptions;
  /** Numbers that the convolutions make of an image. */
  readonly features: number;
  /** Draws initial parameters. */
  init(stream: Stream): HostTree<PixelParameters>;
  /** The distribution of actions for each row. */
  apply(parameters: PixelParameters, input: PixelInput): Gaussian;
}

/** Filters of the three convolutions; each pads by one pixel. */
const FILTERS = [{ size: 8, stride: 4 }, { size: 4, stride: 2 }, { size: 3, stride: 1 }] as const;

/**
 * The policy of Merlin on images (released code, card §3.2): convolutions of 32 filters of 8 × 8 by 4, 64 of
 * 4 × 4 by 2 and 64 of 3 × 3, ReLU; their features, the goal (a place, no image) and the embedded horizon go
 * through the network of `gaussianPolicy`, with one hidden layer.
 *
 * Difference from the released code: images are inverted first, so that white, their background, is 0 like
 * what surrounds them. As they are, hundreds of updates teach nothing about where the point is.
 *
 * @throws {RangeError} If images are too small for the filters.
 *
 * @example
 * ```ts
 * import { pixelPolicy } from "@refigure/refigure/merlin";
 * import assert from "node:assert/strict";
 *
 * const policy = pixelPolicy({ imageSize: 48, goalSize: 2, actionSize: 2, bound: 1 });
 * assert.equal(policy.features, 1600);
 * ```
 */
export function pixelPolicy(options: PixelPolicyOptions): PixelPolicy {
  const { imageSize, channels = 3, widths = [32, 64, 64], hidden = [256] } = options;
  const side = FILTERS.reduce(
    (side, { size, stride }) => Math.floor((side + 2 - size) / stride) + 1,
    imageSize,
  );
  if (!(side >= 1)) {
    throw new RangeError(
      `Cannot make a policy on images as imageSize must be >= 14: current value is ${imageSize}`,
    );
  }
  const features = side * side * widths[2];
  const head = gaussianPolicy({ ...options, observationSize: features, hidden });
  return {
    options,
    features,
    init: (stream) => ({
      convolutions: FILTERS.map(({ size }, i) =>
        initConv2d(stream.split(`convolution ${i}`), {
          size,
          inputs: i === 0 ? channels : widths[i - 1],
          outputs: widths[i],
        })
      ),
      layers: head.init(stream.split("head")),
    }),
    apply({ convolutions, layers }, { images, ...rest }) {
      const found = convolutions.reduce<Tensor>(
        (x, layer, i) => relu(conv2d(x, layer, { stride: FILTERS[i].stride, padding: 1 })),
        tf.sub(1, images),
      );
      return head.apply(layers, { observations: tf.reshape(found, [-1, features]), ...rest });
    },
  };
}

/** Options of {@link trainPixelMerlin}. */
export interface TrainPixelMerlinOptions
  extends
    Pick<TrainMerlinOptions, "ratio" | "steps" | "batchSize" | "seed" | "executor" | "onProgress" | "signal">,
    Pick<PixelPolicyOptions, "imageSize" | "channels" | "widths" | "hidden" | "horizon"> {
  /** Draws observations `[rows, n]` into images `[rows, size, size, channels]`. */
  readonly draw: (observations: Float32Array, out: Float32Array) => void;
  /** Step size of the optimiser. @default 5e-4 */
  readonly learningRate?: number;
}

/** A trained policy on images with what it needs to read goals. */
export interface TrainedPixelMerlin {
  /** The policy. */
  readonly policy: PixelPolicy;
  /** Trained weights, on the host. */
  readonly parameters: HostTree<PixelParameters>;
  /** How goals are standardised. */
  readonly goals: Normalisation;
  /** Mean negative log likelihood of each tenth of the updates (of all, if they are no multiple of ten). */
  readonly losses: readonly number[];
}

interface PixelBatch extends PixelInput {
  readonly actions: Tensor;
}

/**
 * `trainMerlin` on images: the episodes hold states, which are drawn when a batch is made, as 2000 episodes
 * of images would take 2.8 GB. Goals are normalised by running statistics, images are not.
 *
 * @throws {RangeError} If training diverges (the message names the step).
 */
export async function trainPixelMerlin(
  episodes: GoalEpisodes,
  options: TrainPixelMerlinOptions,
): Promise<TrainedPixelMerlin> {
  const { ratio, steps, batchSize, seed, draw, learningRate = 5e-4, executor, onProgress, signal } = options;
  const { imageSize, channels = 3, widths, hidden, horizon } = options;
  const { observationSize, goalSize, actionSize, actionBound } = episodes;
  const policy = pixelPolicy({
    ...{ imageSize, channels, widths, hidden, horizon, goalSize, actionSize },
    bound: actionBound,
    maxHorizon: episodes.length,
  });
  const sampler = new HindsightSampler(episodes, { ratio }), seen = new RunningNormaliser(goalSize);
  const draws = stream(seed, "hindsight");
  const states = new Float32Array(batchSize * observationSize);
  const zeros = (...shape: number[]) =>
    hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent)), shape);
  const every = steps % 10 === 0 ? steps / 10 : steps;
  const { parameters, epochLosses } = await train<PixelParameters, PixelBatch>(
    ({ parameters, batch: { actions, ...input }, weights }) => ({
      loss: weightedMean(gaussianNll(actions, policy.apply(parameters, input)), { weights }),
    }),
    {
      parameters: policy.init(stream(seed, "policy")),
      optimiser: adam(),
      learningRate,
      clipNorm: 1,
      rows: every * batchSize,
      batchSize,
      epochs: steps / every,
      batches: {
        example: {
          images: zeros(batchSize, imageSize, imageSize, channels),
          goals: zeros(batchSize, goalSize),
          horizons: zeros(batchSize),
          actions: zeros(batchSize, actionSize),
        },
        fill(batch) {
          const [goals, horizons, actions] = [batch.goals, batch.horizons, batch.actions]
            .map(({ data }) => data as Float32Array);
          sampler.fill({ observations: states, goals, horizons, actions }, { stream: draws });
          draw(states, batch.images.data as Float32Array);
          seen.update(goals);
          normalise(goals, { ...seen.freeze(), into: goals });
        },
      },
      stream: stream(seed, "order"),
      executor,
      onProgress,
      signal,
    },
  );
  return { policy, parameters, goals: seen.freeze(), losses: epochLosses };
}

/** A compiled policy on images. */
export interface CompiledPixelMerlin extends NativeResource {
  /** The policy that acts by the mean at a constant horizon, on images `[rows, size² · channels]`. */
  at(horizon: number): GoalPolicy;
}

/** Compiles a trained policy on images; its parameters become constants of the program. */
export async function compilePixelMerlin(
  { policy, parameters, goals: normalisation }: TrainedPixelMerlin,
  { batchSize = 100, executor }: { readonly batchSize?: number; readonly executor?: ExecutorName } = {},
): Promise<CompiledPixelMerlin> {
  const { imageSize, channels = 3, goalSize, actionSize } = policy.options;
  const size = imageSize * imageSize * channels;
  const images = new Float32Array(batchSize * size), goals = new Float32Array(batchSize * goalSize);
  const horizons = new Float32Array(batchSize);
  const input = {
    images: hostTensor(images, [batchSize, imageSize, imageSize, channels]),
    goals: hostTensor(goals, [batchSize, goalSize]),
    horizons: hostTensor(horizons),
  };
  const program = await compile(
    (input: PixelInput) => policy.apply(constants<PixelParameters>(parameters), input).mean,
    [input],
    { executor, name: "pixel policy" },
  );
  return {
    at: (horizon) => ({
      async act(query) {
        const actions = new Float32Array(query.rows * actionSize);
        for (let start = 0; start < query.rows; start += batchSize) {
          const end = Math.min(start + batchSize, query.rows);
          images.fill(0).set(query.observations.subarray(start * size, end * size));
          goals.fill(0).set(query.goals.subarray(start * goalSize, end * goalSize));
          normalise(goals, { ...normalisation, into: goals });
          horizons.fill(horizon);
          const { data } = await program.run(input);
          actions.set(
            (data as Float32Array).subarray(0, (end - start) * actionSize),
            start * actionSize,
          );
        }
        return actions;
      },
    }),
    ...disposable(() => program.dispose()),
  };
}
