import type { HostTree } from "../../compile/mod.ts";
import {
  type Affine,
  batchNorm,
  type Dense,
  dense,
  dropout,
  initAffine,
  initDense,
  initRunningStatistics,
  relu,
  type RunningStatistics,
  silu,
  timeEmbedding,
} from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** Sizes of the denoising network; the defaults are the released code's. */
export interface DenoiserSizes {
  /** Width of the residual stream. @default 128 */
  readonly width?: number;
  /** Width inside a residual block. @default 256 */
  readonly hidden?: number;
  /** Number of residual blocks. @default 3 */
  readonly blocks?: number;
  /** Width of the time embedding, even. @default 256 */
  readonly timeWidth?: number;
}

/** Parameters of the denoising network. */
export interface Denoiser {
  /** From rows into the residual stream. */
  readonly input: Dense;
  /** The two layers behind the sinusoidal embedding. */
  readonly time: readonly Dense[];
  /** From the time embedding into the residual stream. */
  readonly timeProjection: Dense;
  /** Residual blocks: normalisation and two layers. */
  readonly blocks: readonly { readonly norm: Affine; readonly first: Dense; readonly second: Dense }[];
  /** The last normalisation and layer. */
  readonly head: { readonly norm: Affine; readonly output: Dense };
}

/** Running statistics of the denoising network's batch normalisations. */
export interface DenoiserStatistics {
  /** Of each block. */
  readonly blocks: readonly RunningStatistics[];
  /** Of the head. */
  readonly head: RunningStatistics;
}

/**
 * Dropout masks of the residual blocks: after the first layer `[batch, hidden]`, after the second
 * `[batch, width]`.
 */
export interface DenoiserMasks {
  /** After the first layer of each block, `[batch, hidden]`. */
  readonly first: readonly Tensor[];
  /** After the second layer of each block, `[batch, width]`. */
  readonly second: readonly Tensor[];
}

/** Dropout rate after the first and after the second layer of a residual block. */
export const DENOISER_DROPOUT = { first: 0.4, second: 0.1 } as const;

/** Draws the parameters of the network for `dimension` features (PyTorch's defaults). */
export function initDenoiser(
  stream: Stream,
  options: DenoiserSizes & { readonly dimension: number },
): HostTree<Denoiser> {
  const { dimension, width = 128, hidden = 256, blocks = 3, timeWidth = 256 } = options;
  const layer = (name: string, inputs: number, outputs: number) =>
    initDense(stream.split(name), { inputs, outputs });
  return {
    input: layer("input", dimension, width),
    time: [layer("time-0", timeWidth, timeWidth), layer("time-1", timeWidth, timeWidth)],
    timeProjection: layer("time-projection", timeWidth, width),
    blocks: Array.from({ length: blocks }, (_, k) => ({
      norm: initAffine(width),
      first: layer(`block-${k}-first`, width, hidden),
      second: layer(`block-${k}-second`, hidden, width),
    })),
    head: { norm: initAffine(width), output: layer("head", width, dimension) },
  };
}

/** Running statistics before training. */
export function initDenoiserStatistics({ width = 128, blocks = 3 }: DenoiserSizes = {}): HostTree<
  DenoiserStatistics
> {
  return {
    blocks: Array.from({ length: blocks }, () => initRunningStatistics(width)),
    head: initRunningStatistics(width),
  };
}

/** Options of {@link denoise}. */
export interface DenoiseOptions {
  /** Diffusion time index of each row, `[batch]` float32, or one for all, `[1]`. */
  readonly times: Tensor;
  /** Weights. */
  readonly parameters: Denoiser;
  /** Of the batch normalisations. */
  readonly statistics: DenoiserStatistics;
  /** Given in training: batches normalise themselves and dropout is on. Absent at inference. */
  readonly keep?: DenoiserMasks;
}

/**
 * The time-conditioned residual network ε_θ(x_t, t): Linear(d → 128) plus the projected time embedding, three
 * blocks x + [BatchNorm → Linear → ReLU → Dropout → Linear → Dropout], head BatchNorm → ReLU → Linear(→ d).
 *
 * Livernoche et al. 2024, released code (after Gorishniy et al. 2021 and Kotelnikov et al. 2023). The integer
 * time goes unscaled into the sinusoids, order [cos, sin].
 *
 * @param x `[batch, d]`.
 * @returns the predicted noise `[batch, d]` and the running statistics (updated in training).
 */
export function denoise(
  x: Tensor,
  { times, parameters, statistics, keep }: DenoiseOptions,
): { noise: Tensor; statistics: DenoiserStatistics } {
  const training = keep !== undefined;
  const { input, time, timeProjection, blocks, head } = parameters;
  const normalise = (h: Tensor, affine: Affine, running: RunningStatistics) =>
    batchNorm(h, { affine, running, training });

  const embedded = dense(timeEmbedding(times, { dimension: time[0].weight.shape[0] }), time[0]);
  const conditioning = dense(silu(dense(silu(embedded), time[1])), timeProjection);
  let h = tf.add(dense(x, input), conditioning);
  const running: RunningStatistics[] = [];
  blocks.forEach(({ norm, first, second }, k) => {
    const normalised = normalise(h, norm, statistics.blocks[k]);
    running.push(normalised.running);
    let inner = relu(dense(normalised.output, first));
    if (keep) inner = dropout(inner, { keep: keep.first[k], rate: DENOISER_DROPOUT.first });
    inner = dense(inner, second);
    if (keep) inner = dropout(inner, { keep: keep.second[k], rate: DENOISER_DROPOUT.second });
    h = tf.add(h, inner);
  });
  const normalised = normalise(h, head.norm, statistics.head);
  return {
    noise: dense(relu(normalised.output), head.output),
    statistics: { blocks: running, head: normalised.running },
  };
}
