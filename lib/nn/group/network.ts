import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import {
  type Affine,
  batchNorm,
  type Dense,
  dense,
  dropout,
  initAffine,
  initDense,
  initRunningStatistics,
  type RunningStatistics,
} from "../mod.ts";
import { vnBatchNorm } from "./vector_neurons.ts";

/** A place where values are dropped in training. */
export interface DropoutSite {
  /** Shape of the mask; the first axis is the batch. */
  readonly shape: readonly number[];
  /** Probability that a value is dropped. */
  readonly rate: number;
}

/** What a network computes with. */
export interface Pass<P, B> {
  /** The network's weights. */
  readonly parameters: P;
  /** Running statistics of its normalisations. */
  readonly buffers: B;
  /** Batch statistics and dropout, or running statistics and none. */
  readonly training: boolean;
  /** One boolean mask per {@link Network.dropouts}, true keeps; read in training only. */
  readonly keep?: readonly Tensor[];
}

/** A network as pure functions: parameters `P`, state without gradient `B`, input `X`, output `Y`. */
export interface Network<P = unknown, B = unknown, X = Tensor, Y = Tensor> {
  /** For messages. */
  readonly name: string;
  /** Draws the parameters and makes the first buffers. */
  init(stream: Stream): { readonly parameters: HostTree<P>; readonly buffers: HostTree<B> };
  /**
   * The masks that a training step wants, for inputs of a shape, batch first. Their number does not depend on
   * it. Absent: none.
   */
  dropouts?(shape: readonly number[]): readonly DropoutSite[];
  /** The output and the new buffers (unchanged at inference). */
  apply(x: X, pass: Pass<P, B>): { readonly output: Y; readonly buffers: B };
}

/** Running statistics of a network's normalisations, in the order in which they are applied. */
export type Statistics = readonly RunningStatistics[];

/** Applies a network's normalisations and dropouts, one after another, and keeps their new statistics. */
export class Sequence {
  readonly #pass: Pass<unknown, Statistics>;
  readonly #updated: RunningStatistics[] = [];
  #drops = 0;

  /** Begins with the first normalisation and dropout. */
  constructor(pass: Pass<unknown, Statistics>) {
    this.#pass = pass;
  }

  /** The statistics after this pass. */
  get statistics(): Statistics {
    return this.#updated;
  }

  /** The next batch normalisation; features run along the last axis and all other axes are averaged over. */
  norm(x: Tensor, affine: Affine): Tensor {
    return this.#normalise(batchNorm, x, affine);
  }

  /** The next normalisation of vectors. */
  vnNorm(x: Tensor, affine: Affine): Tensor {
    return this.#normalise(vnBatchNorm, x, affine);
  }

  #normalise(rule: typeof vnBatchNorm, x: Tensor, affine: Affine): Tensor {
    const { buffers, training } = this.#pass;
    const { output, running } = rule(x, { affine, running: buffers[this.#updated.length], training });
    this.#updated.push(running);
    return output;
  }

  /** The next dropout; nothing at inference or where no masks are given. */
  drop(x: Tensor, rate: number): Tensor {
    const { training, keep } = this.#pass;
    const mask = keep?.[this.#drops++];
    return training && mask !== undefined ? dropout(x, { keep: mask, rate }) : x;
  }
}

/** A linear layer on the last axis and the normalisation after it. */
export interface NormalisedDense {
  /** The linear layer. */
  readonly linear: Dense;
  /** Of the batch normalisation. */
  readonly affine: Affine;
}

/** Draws a {@link NormalisedDense}. */
export function initNormalisedDense(
  stream: Stream,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): HostTree<NormalisedDense> {
  return { linear: initDense(stream, { inputs, outputs }), affine: initAffine(outputs) };
}

/** Draws a chain of normalised layers; `widths` begins with the number of inputs. */
export function initChain(stream: Stream, widths: readonly number[]): HostTree<NormalisedDense>[] {
  return widths.slice(1).map((outputs, i) =>
    initNormalisedDense(stream.split(String(i)), { inputs: widths[i], outputs })
  );
}

/** First statistics of normalisations with so many features each. */
export function initStatistics(features: readonly number[]): HostTree<Statistics> {
  return features.map(initRunningStatistics);
}

/** A dense layer on the last axis of a tensor of any rank (a 1 × 1 convolution). */
export function pointwise(x: Tensor, layer: Dense): Tensor {
  const shape = x.shape.slice(0, -1);
  const rows = shape.reduce((product, extent) => product * extent, 1);
  const y = dense(tf.reshape(x, [rows, x.shape[x.rank - 1]]), layer);
  return tf.reshape(y, [...shape, layer.bias.shape[0]]);
}
