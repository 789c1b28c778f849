import type { HostTree } from "../../../lib/compile/mod.ts";
import {
  type Affine,
  batchNorm,
  type Dense,
  dense,
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
 * The networks on colour images of side S (even), as released for S = 32: a first layer of c channels at each
 * of the (S/2)² places of a grid of stride 2, batch normalisation, ReLU; 24 c units, normalisation, ReLU; 10
 * logits.
 *
 * - `FC` (`S_FC`): every unit of the first layer sees the whole image and is normalised by itself;
 * - `Conv` (`S_Conv`): a 9 × 9 convolution with stride 2 and zero padding 4, normalised by channel.
 */
export interface CifarNetwork {
  readonly kind: "FC" | "Conv";
  /** S. */
  readonly side: number;
  /** c. */
  readonly channels: number;
}

/** A normalised layer. */
type Layer = Dense & { readonly affine: Affine };

/** Parameters; the first layer of a `Conv` has its kernels `[9 · 9 · 3, c]` as weights. */
export interface CifarParameters {
  readonly layers: readonly [Layer, Layer];
  readonly output: Dense;
}

/** Running statistics of the two normalisations. */
export interface CifarBuffers {
  readonly layers: readonly [RunningStatistics, RunningStatistics];
}

const KERNEL = 9;
const COLOURS = 3;
const CLASSES = 10;

/** Linear layers: uniform in ±1/√inputs, bias 0; the convolution: normal, variance 2/(outputs · taps). */
export function initCifarNetwork(
  stream: Stream,
  { kind, side, channels }: CifarNetwork,
): { parameters: HostTree<CifarParameters>; buffers: HostTree<CifarBuffers> } {
  const places = (side / 2) ** 2, hidden = 24 * channels, taps = KERNEL * KERNEL * COLOURS;
  const linear = (name: string, inputs: number, outputs: number) => ({
    ...initDense(stream.split(name), { inputs, outputs }),
    bias: hostTensor(new Float32Array(outputs)),
  });
  const normalised = kind === "FC" ? channels * places : channels;
  const first = kind === "FC"
    ? { ...linear("first", side * side * COLOURS, channels * places), affine: initAffine(normalised) }
    : {
      weight: hostTensor(
        stream.split("first").normal(new Float32Array(taps * channels), {
          std: Math.sqrt(2 / (channels * KERNEL * KERNEL)),
        }),
        [taps, channels],
      ),
      bias: hostTensor(new Float32Array(channels)),
      affine: {
        ...initAffine(normalised),
        scale: hostTensor(stream.split("scale").uniform(new Float32Array(channels))),
      },
    };
  const second = { ...linear("second", channels * places, hidden), affine: initAffine(hidden) };
  return {
    parameters: { layers: [first, second], output: linear("output", hidden, CLASSES) },
    buffers: { layers: [initRunningStatistics(normalised), initRunningStatistics(hidden)] },
  };
}

/**
 * Which input each tap of the convolution reads at each place: indices `[places · taps]` into a row of the
 * image with one zero behind it, which stands for the padding.
 */
function tapIndices(side: number): Int32Array {
  const grid = side / 2, half = (KERNEL - 1) / 2, taps = KERNEL * KERNEL * COLOURS;
  return Int32Array.from({ length: grid * grid * taps }, (_, i) => {
    const place = Math.floor(i / taps), tap = Math.floor(i % taps / COLOURS);
    const y = 2 * Math.floor(place / grid) + Math.floor(tap / KERNEL) - half;
    const x = 2 * (place % grid) + tap % KERNEL - half;
    const inside = y >= 0 && y < side && x >= 0 && x < side;
    return inside ? (y * side + x) * COLOURS + i % COLOURS : side * side * COLOURS;
  });
}

/**
 * Logits of images.
 *
 * @param x `[batch, S · S · 3]`, in the order height, width, colour.
 */
export function applyCifarNetwork(
  x: Tensor,
  { kind, side, channels }: CifarNetwork,
  { parameters, buffers, training }: {
    readonly parameters: CifarParameters;
    readonly buffers: CifarBuffers;
    readonly training: boolean;
  },
): { logits: Tensor; buffers: CifarBuffers } {
  const batch = x.shape[0], places = (side / 2) ** 2;
  const [first, second] = parameters.layers;
  let values: Tensor;
  if (kind === "FC") values = dense(x, first);
  else {
    const padded = tf.concat([x, tf.zeros([batch, 1])], 1);
    const patches = tf.gather(padded, tf.tensor1d(tapIndices(side), "int32"), 1);
    values = dense(tf.reshape(patches, [batch * places, KERNEL * KERNEL * COLOURS]), first);
  }
  const one = batchNorm(values, { affine: first.affine, running: buffers.layers[0], training });
  const hidden = relu(tf.reshape(one.output, [batch, places * channels]));
  const two = batchNorm(dense(hidden, second), {
    affine: second.affine,
    running: buffers.layers[1],
    training,
  });
  return {
    logits: dense(relu(two.output), parameters.output),
    buffers: { layers: [one.running, two.running] },
  };
}
