import type { HostTree } from "../../../lib/compile/mod.ts";
import {
  type Affine,
  batchNorm,
  circulantWeights,
  type Dense,
  dense,
  dropout,
  hostTensor,
  initAffine,
  initDense,
  initRunningStatistics,
  relu,
  type RunningStatistics,
} from "../../../lib/nn/mod.ts";
import type { Stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

/**
 * The networks on the torus Z_S × Z_S: layers of a_l channels at each of the P = S² places, batch
 * normalisation, ReLU; then the mean over places and a linear readout. Units are ordered by channel, then by
 * place.
 *
 * - `FC` (the released `Net_2FC` with two layers): every unit sees all units before it, P·a_{l−1} × P·a_l
 *   weights, and
 *   is normalised by itself;
 * - `CNN` (`Net_2CNN`): convolutions with a square kernel and circular padding, normalised by channel.
 */
export interface TorusNetwork {
  readonly kind: "FC" | "CNN";
  /** S. */
  readonly side: number;
  /** a_1, a_2, …; the released networks have two. */
  readonly channels: readonly number[];
  /** Side of the CNN's kernels, odd. @default 3 */
  readonly kernel?: number;
  /** Share of units dropped after each layer in training. @default 0 */
  readonly dropout?: number;
}

/** Parameters; a layer of a CNN has its kernels `[a_{l−1} · a_l, kernel²]` in place of the weights. */
export interface TorusParameters {
  readonly layers: readonly (Dense & { readonly affine: Affine })[];
  readonly output: Dense;
}

/** Running statistics of the normalisations. */
export interface TorusBuffers {
  readonly layers: readonly RunningStatistics[];
}

const CLASSES = 10;

/** Sizes of a layer: channels before and after. */
const channelsOf = ({ channels }: TorusNetwork, layer: number): readonly [number, number] => [
  layer === 0 ? 1 : channels[layer - 1],
  channels[layer],
];

/** Where the released networks start: uniform in ±1/√(number of inputs), weights and biases. */
export function initTorusNetwork(
  stream: Stream,
  network: TorusNetwork,
): { parameters: HostTree<TorusParameters>; buffers: HostTree<TorusBuffers> } {
  const { kind, side, channels, kernel = 3 } = network;
  const places = side * side;
  const normalised = (layer: number) => kind === "FC" ? places * channels[layer] : channels[layer];
  const layers = channels.map((_, layer) => {
    const [before, after] = channelsOf(network, layer);
    const random = stream.split("layer", String(layer));
    const affine = initAffine(normalised(layer));
    if (kind === "FC") {
      return { ...initDense(random, { inputs: places * before, outputs: places * after }), affine };
    }
    const bound = 1 / Math.sqrt(before * kernel * kernel);
    const uniform = (count: number) => random.uniform(new Float32Array(count), { low: -bound, high: bound });
    return {
      weight: hostTensor(uniform(before * after * kernel * kernel), [before * after, kernel * kernel]),
      bias: hostTensor(uniform(after)),
      affine,
    };
  });
  return {
    parameters: {
      layers,
      output: initDense(stream.split("output"), { inputs: channels.at(-1)!, outputs: CLASSES }),
    },
    buffers: { layers: channels.map((_, layer) => initRunningStatistics(normalised(layer))) },
  };
}

/** Options of {@link applyTorusNetwork}. */
export interface ApplyOptions {
  readonly parameters: TorusParameters;
  readonly buffers: TorusBuffers;
  readonly training: boolean;
  /** Masks `[batch, P · a_l]` of the dropout after each layer, in training. */
  readonly keep?: readonly Tensor[];
}

/**
 * Logits of images on the torus.
 *
 * @param x `[batch, P]`.
 * @returns logits `[batch, 10]` and the running statistics.
 */
export function applyTorusNetwork(
  x: Tensor,
  network: TorusNetwork,
  { parameters, buffers, training, keep }: ApplyOptions,
): { logits: Tensor; buffers: TorusBuffers } {
  const { kind, side, kernel = 3, dropout: rate = 0 } = network;
  const [batch, places] = [x.shape[0], side * side];
  const running: RunningStatistics[] = [];
  let units = x;
  parameters.layers.forEach(({ weight, bias, affine }, layer) => {
    const [before, after] = channelsOf(network, layer);
    const normalise = (values: Tensor) => {
      const { output, running: next } = batchNorm(values, {
        affine,
        running: buffers.layers[layer],
        training,
      });
      running.push(next);
      return output;
    };
    if (kind === "FC") units = normalise(dense(units, { weight, bias }));
    else {
      const matrix = circulantWeights(weight, { side, kernel, before, after });
      const values = tf.reshape(tf.matMul(units as tf.Tensor2D, matrix as tf.Tensor2D), [
        batch,
        after,
        places,
      ]);
      // Every place is a row for the channels' normalisation.
      const rows = tf.reshape(tf.transpose(values, [0, 2, 1]), [batch * places, after]);
      const normal = tf.reshape(normalise(tf.add(rows, bias)), [batch, places, after]);
      units = tf.reshape(tf.transpose(normal, [0, 2, 1]), [batch, after * places]);
    }
    units = relu(units);
    if (training && rate > 0 && keep !== undefined) units = dropout(units, { keep: keep[layer], rate });
  });
  const pooled = tf.mean(tf.reshape(units, [batch, network.channels.at(-1)!, places]), 2);
  return { logits: dense(pooled, parameters.output), buffers: { layers: running } };
}
