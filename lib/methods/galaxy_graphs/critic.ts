import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import {
  type Aggregate,
  type Convolution,
  type ConvolutionWeights,
  convolve,
  countConvolution,
  drawTruncated,
  graphConvolution,
  initConvolution,
  initWeights,
} from "./convolution.ts";
import { LEAK } from "./generator.ts";

/** Sizes of a critic. */
export interface CriticSizes {
  /** Channels of the labels: 2 for ellipticities, 6 for the products of an axis. */
  readonly labels: number;
  /** Channels of the conditions; the paper has 43. */
  readonly conditions: number;
  /** Outputs of the convolutions. @default [128, 128, 64, 32] */
  readonly widths?: readonly number[];
}

/**
 * Parameters of a critic (the paper's discriminator). The first convolution is held in two parts, as
 * conditions need to be collected once for real, generated and mixed labels.
 */
export interface Critic {
  /** The first convolution: its part on labels, and on conditions. */
  readonly first: { readonly labels: ConvolutionWeights; readonly conditions: Convolution };
  /** Those after the first. */
  readonly convolutions: readonly Convolution[];
  /** Last width → 1. */
  readonly output: Dense;
}

const DEFAULT_WIDTHS: readonly number[] = [128, 128, 64, 32];

/** Draws a critic, see `initConvolution`; the last layer as a convolution's own part. */
export function initCritic(
  stream: Stream,
  { labels, conditions, widths = DEFAULT_WIDTHS }: CriticSizes,
): HostTree<Critic> {
  const fanIn = labels + conditions, last = widths.at(-1)!;
  return {
    first: {
      labels: initWeights(stream.split("labels"), { inputs: labels, outputs: widths[0], fanIn }),
      conditions: initConvolution(stream.split("conditions"), {
        inputs: conditions,
        outputs: widths[0],
        fanIn,
      }),
    },
    convolutions: widths.slice(1).map((width, i) =>
      initConvolution(stream.split(`convolution-${i + 1}`), { inputs: widths[i], outputs: width })
    ),
    output: {
      weight: drawTruncated(stream.split("output"), [last, 1], Math.sqrt(1.3 * Math.SQRT2 / last)),
      bias: hostTensor(new Float32Array(1), [1]),
    },
  };
}

/** Number of parameters of a critic: 874 753 at the paper's sizes. */
export function countCritic({ labels, conditions, widths = DEFAULT_WIDTHS }: CriticSizes): number {
  return widths.reduce(
    (sum, width, i) =>
      sum + countConvolution({ inputs: i === 0 ? labels + conditions : widths[i - 1], outputs: width }),
    widths.at(-1)! + 1,
  );
}

/** What scores labels of one batch. */
export interface CriticContext {
  /** The critic's weights. */
  readonly parameters: Critic;
  /** `[N, conditions]`. */
  readonly conditions: Tensor;
  /** With the critic's radial scale. */
  readonly aggregate: Aggregate;
  /** Mean over each group's galaxies `[groups, N]`: 1/n on its members, else 0. */
  readonly pool: Tensor;
  /**
   * Vectors `[N, m, labels]` whose products with the labels are further inputs: with the products of known
   * axes, and of an axis a as labels, these are the squared cosines (a·v)². The paper has none.
   */
  readonly frame?: Tensor;
}

/**
 * The critic of a batch: four convolutions with leaky ReLU on labels ⧺ conditions, the mean over each group's
 * galaxies, and a linear layer. Jagvaral et al. 2022, released code.
 *
 * @returns A function from labels `[N, labels]` to scores `[groups]`.
 */
export function criticOf(
  { parameters, conditions, aggregate, pool, frame }: CriticContext,
): (labels: Tensor) => Tensor {
  const { first, convolutions, output } = parameters;
  const known = graphConvolution(conditions, first.conditions, aggregate);
  const seen = (labels: Tensor) =>
    frame === undefined ? labels : tf.concat([labels, tf.sum(tf.mul(tf.expandDims(labels, 1), frame), 2)], 1);
  return (labels) => {
    let hidden = tf.leakyRelu(tf.add(convolve(seen(labels), first.labels, aggregate), known), LEAK);
    for (const convolution of convolutions) {
      hidden = tf.leakyRelu(graphConvolution(hidden, convolution, aggregate), LEAK);
    }
    const pooled = tf.matMul(pool as tf.Tensor2D, hidden as tf.Tensor2D);
    return tf.reshape(dense(pooled, output), [pool.shape[0]]);
  };
}
