import type { HostTree } from "../../compile/mod.ts";
import {
  type Affine,
  type Dense,
  dense,
  hostTensor,
  initAffine,
  initRunningStatistics,
  type RunningStatistics,
} from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import {
  type Aggregate,
  type Convolution,
  countConvolution,
  drawTruncated,
  graphConvolution,
  initConvolution,
} from "./convolution.ts";

/** Slope of the leaky ReLU below 0. */
export const LEAK = 0.2;
/** ε of the batch normalisation. */
const EPSILON = 1e-3;

/** What a generator makes: ellipticities (e₁, e₂) in (−1, 1)², or the unit vector of the major axis. */
export type GeneratorOutput = "ellipticity" | "axis";

/** Sizes of a generator. */
export interface GeneratorSizes {
  /** Channels of conditions and noise together; the paper has 43 + 32. */
  readonly inputs: number;
  /** Outputs of the convolutions. @default [128, 128, 16] */
  readonly widths?: readonly number[];
  /** What is generated. @default "ellipticity" */
  readonly output?: GeneratorOutput;
}

/** Parameters of a generator. */
export interface Generator {
  /** In their order. */
  readonly convolutions: readonly Convolution[];
  /** One after each convolution. */
  readonly normalisations: readonly Affine[];
  /** Last width → 2 or 3. */
  readonly output: Dense;
}

/** Means and variances by which a generator normalises outside training, one per convolution. */
export type GeneratorStatistics = readonly RunningStatistics[];

const outputsOf = (output: GeneratorOutput) => output === "ellipticity" ? 2 : 3;
const DEFAULT_WIDTHS: readonly number[] = [128, 128, 16];

/**
 * Draws a generator: convolutions by `initConvolution`, normalisations with γ = 1 and β = 0, the last layer
 * normal with standard deviation 0.001, cut off at two (for axes 0.1, as their length does not matter, but
 * must not vanish).
 */
export function initGenerator(
  stream: Stream,
  { inputs, widths = DEFAULT_WIDTHS, output = "ellipticity" }: GeneratorSizes,
): HostTree<Generator> {
  const outputs = outputsOf(output);
  const std = output === "ellipticity" ? 0.001 : 0.1;
  return {
    convolutions: widths.map((width, i) =>
      initConvolution(stream.split(`convolution-${i}`), {
        inputs: i === 0 ? inputs : widths[i - 1],
        outputs: width,
      })
    ),
    normalisations: widths.map(initAffine),
    output: {
      weight: drawTruncated(stream.split("output"), [widths.at(-1)!, outputs], std),
      bias: hostTensor(new Float32Array(outputs), [outputs]),
    },
  };
}

/** Mean 0 and variance 1, one pair per convolution. */
export function initGeneratorStatistics(
  { widths = DEFAULT_WIDTHS }: Pick<GeneratorSizes, "widths">,
): HostTree<GeneratorStatistics> {
  return widths.map(initRunningStatistics);
}

/** Number of parameters of a generator: 757 714 at the paper's sizes. */
export function countGenerator(
  { inputs, widths = DEFAULT_WIDTHS, output = "ellipticity" }: GeneratorSizes,
): number {
  const outputs = outputsOf(output);
  return widths.reduce(
    (sum, width, i) =>
      sum + countConvolution({ inputs: i === 0 ? inputs : widths[i - 1], outputs: width }) + 2 * width,
    (widths.at(-1)! + 1) * outputs,
  );
}

/** What a generator computes with. */
export interface GeneratorInput {
  /** Conditions ⧺ noise `[N, inputs]`. */
  readonly features: Tensor;
  /** 1 for a galaxy and 0 for padding `[N, 1]`. */
  readonly mask: Tensor;
  /** With the generator's radial scale. */
  readonly aggregate: Aggregate;
  /** Normalise by these statistics; without them by the batch's. */
  readonly statistics?: GeneratorStatistics;
  /** What is generated. @default "ellipticity" */
  readonly output?: GeneratorOutput;
}

/**
 * The generator: thrice convolution, leaky ReLU and batch normalisation, then a layer on each node without
 * neighbours, and tanh (ellipticities) or a projection to the unit sphere (axes).
 *
 * Jagvaral et al. 2022, released code; the head for axes is ours, as that of the paper was not released.
 * Padding counts neither in the batch's statistics nor as anybody's neighbour; what it puts out is 0.
 *
 * @returns `labels` `[N, 2]` (e₁, e₂) or `[N, 3]`, and the batch's statistics, one pair per convolution.
 */
export function generate(
  { convolutions, normalisations, output }: Generator,
  { features, mask, aggregate, statistics, output: kind = "ellipticity" }: GeneratorInput,
): { labels: Tensor; statistics: GeneratorStatistics } {
  const share = tf.div(mask, tf.maximum(tf.sum(mask), 1));
  const batchStatistics: RunningStatistics[] = [];
  let hidden = features;
  convolutions.forEach((convolution, i) => {
    const active = tf.leakyRelu(graphConvolution(hidden, convolution, aggregate), LEAK);
    const mean = tf.sum(tf.mul(active, share), 0);
    const variance = tf.sum(tf.mul(tf.square(tf.sub(active, mean)), share), 0);
    batchStatistics.push({ mean, variance });
    const used = statistics?.[i] ?? { mean, variance };
    const { scale, offset } = normalisations[i];
    const factor = tf.div(scale, tf.sqrt(tf.add(used.variance, EPSILON)));
    // Padding stays 0: it would be a neighbour of none, but enter the next layer's statistics.
    hidden = tf.mul(tf.add(tf.mul(tf.sub(active, used.mean), factor), offset), mask);
  });
  const raw = dense(hidden, output);
  const labels = kind === "ellipticity" ? tf.tanh(raw) : unit(raw);
  return { labels: tf.mul(labels, mask), statistics: batchStatistics };
}

/** v/|v|, with a length of at least 10⁻⁶. */
const unit = (v: Tensor): Tensor => tf.div(v, tf.sqrt(tf.add(tf.sum(tf.square(v), 1, true), 1e-12)));
