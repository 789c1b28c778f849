import {
  type Affine,
  type Conv2d,
  conv2d,
  type Dense,
  dense,
  hostTensor,
  initAffine,
  initConv2d,
  initDense,
  layerNorm,
} from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type HostTree, stopGradient, type Tensor, tf } from "../../../tensor/mod.ts";
import {
  type ControlDynamics,
  type EluLayers,
  eluLayers,
  initEluLayers,
  initValueNetwork,
  type ValueNetwork,
  valueOf,
} from "../control/mod.ts";
import { squashedSample } from "./squashed_normal.ts";

/** Sizes of {@link pixelModel}. */
export interface PixelModelOptions<D> {
  /** Pixels of a side. */
  readonly size: number;
  /** Frames that an image is stacked of, its channels. */
  readonly frames: number;
  /** p, numbers of an action, each in ±1. */
  readonly actionSize: number;
  /** Channels of the three convolutions. */
  readonly filters: number;
  /** Numbers of a latent state. */
  readonly latent: number;
  /** Width of the hidden layers. */
  readonly width: number;
  /** What predicts latent states for the self-predictive loss. @default none: plain SAC */
  readonly dynamics?: ControlDynamics<D>;
  /** γ. @default 0.99 */
  readonly discount?: number;
  /** Weight of the self-predictive loss. @default 1 */
  readonly selfPrediction?: number;
}

/** What predicts itself. */
export interface SelfPrediction<D> {
  /** From latent states and actions to the next. */
  readonly dynamics: D;
  /** p: projects latent states. */
  readonly projection: Dense;
  /** q: from the prediction's projection to the target's. */
  readonly predictor: Dense;
}

/** Parameters that share the critic's loss. */
export interface PixelCritic<D> {
  /** Three convolutions, the first of stride 2. */
  readonly convolutions: readonly Conv2d[];
  /** To the latent state. */
  readonly head: Dense;
  /** Of the latent state, before its tanh. */
  readonly norm: Affine;
  /** Q₁ and Q₂. */
  readonly values: readonly [ValueNetwork, ValueNetwork];
  /** Absent in plain SAC. */
  readonly prediction?: SelfPrediction<D>;
}

/** Windows of K steps, time first; SAC learns from the first step. */
export interface PixelBatch {
  /** `[K + 1, batch, size, size, frames]` */
  readonly images: Tensor;
  /** `[K, batch, p]` */
  readonly actions: Tensor;
  /** r of the first step `[batch]`. */
  readonly rewards: Tensor;
}

/** Programs of SAC and of the self-predictive loss; all pure. */
export interface PixelModel<D> {
  /** What it was made with. */
  readonly options: PixelModelOptions<D>;
  /** Draws encoder, values and prediction. */
  initCritic(stream: Stream): HostTree<PixelCritic<D>>;
  /** Draws the policy's layers. */
  initActor(stream: Stream): HostTree<EluLayers>;
  /** Latent states of images. @param images `[batch, size, size, frames]` */
  encode(critic: PixelCritic<D>, images: Tensor): Tensor;
  /** min(Q₁, Q₂) `[batch]`. */
  value(critic: PixelCritic<D>, z: Tensor, actions: Tensor): Tensor;
  /** y = r + γ (min Q̄(s′, a′) − α ln π(a′)), a′ ~ π at today's latent state of s′, `[batch]`. */
  targets(networks: {
    readonly critic: PixelCritic<D>;
    readonly actor: EluLayers;
    readonly average: PixelCritic<D>;
    readonly temperature: Tensor;
  }, input: { readonly next: Tensor; readonly rewards: Tensor; readonly noise: Tensor }): Tensor;
  /** mean (Q₁ − y)² + (Q₂ − y)² + w · {@link PixelModel.selfPrediction}. */
  criticLoss(
    critic: PixelCritic<D>,
    batch: PixelBatch,
    fixed: { readonly targets: Tensor; readonly average: PixelCritic<D> },
  ): Tensor;
  /** 1 − mean over steps and batch of cos(q(p(ẑ_{t+k})), p̄(z̄_{t+k})), k = 1 … K. */
  selfPrediction(
    critic: PixelCritic<D>,
    input: { readonly z: Tensor; readonly batch: PixelBatch; readonly average: PixelCritic<D> },
  ): Tensor;
  /** mean α ln π(a) − min Q(z, a), the latent states held fixed; with the mean of ln π. */
  actorLoss(actor: EluLayers, input: {
    readonly critic: PixelCritic<D>;
    readonly z: Tensor;
    readonly temperature: Tensor;
    readonly noise: Tensor;
  }): { readonly value: Tensor; readonly aux: Tensor };
}

const FILTER = 3;

/**
 * Soft actor-critic from images (Haarnoja et al. 2018) whose encoder learns from the critic's loss alone, and
 * the self-predictive representation of SPR (Schwarzer et al. 2021): predicted latent states are to look like
 * those of the augmented images that came, as an averaged encoder sees them. The dynamics are an MLP, or the
 * Koopman model (Mondal et al. 2024, Sec. 4, model-free learning).
 *
 * Sizes are ours; the latent state is normalised and within ±1, as in SAC with an autoencoder (Yarats et al.
 * 2021).
 */
export function pixelModel<D>(options: PixelModelOptions<D>): PixelModel<D> {
  const { size, frames, actionSize, filters, latent, width, dynamics } = options;
  const { discount = 0.99, selfPrediction: weight = 1 } = options;
  const sides = [0, 1, 2].reduce<number[]>(
    (list, i) => [...list, Math.floor((list[i] - FILTER) / STRIDES[i]) + 1],
    [size],
  );
  const flat = sides[3] ** 2 * filters;
  const encode: PixelModel<D>["encode"] = ({ convolutions, head, norm }, images) => {
    const seen = convolutions.reduce(
      (x, layer, i) => tf.relu(conv2d(x, layer, { stride: STRIDES[i] })),
      tf.sub(images, 0.5) as Tensor,
    );
    return tf.tanh(layerNorm(dense(tf.reshape(seen, [-1, flat]), head), norm));
  };
  const both = ({ values }: PixelCritic<D>, z: Tensor, actions: Tensor): [Tensor, Tensor] => {
    const input = tf.concat([z, actions], 1);
    return [valueOf(values[0], input), valueOf(values[1], input)];
  };
  const value: PixelModel<D>["value"] = (critic, z, actions) => tf.minimum(...both(critic, z, actions));
  const selfPrediction: PixelModel<D>["selfPrediction"] = (critic, { z, batch, average }) => {
    const { images, actions } = batch, [steps, rows] = actions.shape;
    const { dynamics: d, projection, predictor } = critic.prediction!;
    const predicted = dynamics!.rollout(d, { start: z, actions });
    const future = tf.reshape(tf.slice(images, 1), [steps * rows, size, size, frames]);
    const wanted = stopGradient(dense(encode(average, future), average.prediction!.projection));
    const said = dense(dense(tf.reshape(predicted, [steps * rows, latent]), projection), predictor);
    return tf.sub(1, tf.mean(cosine(said, wanted)));
  };

  return {
    options,
    initCritic: (stream) => {
      const side = latent + actionSize;
      return {
        convolutions: STRIDES.map((_, i) =>
          initConv2d(stream.split(`convolution ${i}`), {
            ...{ size: FILTER, inputs: i === 0 ? frames : filters, outputs: filters, initialiser: "he" },
          })
        ),
        head: initDense(stream.split("head"), { inputs: flat, outputs: latent }),
        norm: initAffine(latent),
        values: [
          initValueNetwork(stream.split("first value"), { inputs: side, width }),
          initValueNetwork(stream.split("second value"), { inputs: side, width }),
        ],
        ...(dynamics !== undefined && {
          prediction: {
            dynamics: dynamics.init(stream.split("dynamics")),
            projection: initDense(stream.split("projection"), { inputs: latent, outputs: latent }),
            predictor: initDense(stream.split("predictor"), { inputs: latent, outputs: latent }),
          },
        }),
      } as HostTree<PixelCritic<D>>;
    },
    initActor(stream) {
      const layers = initEluLayers(stream, { widths: [latent, width, width, 2 * actionSize] });
      // A nearly uniform policy at first.
      const last = layers[layers.length - 1];
      const small = Float32Array.from(last.weight.data, (x) => x / 100);
      return [...layers.slice(0, -1), { ...last, weight: hostTensor(small, last.weight.shape) }];
    },
    encode,
    value,
    targets({ critic, actor, average, temperature }, { next, rewards, noise }) {
      const { action, logProb } = squashedSample(eluLayers(actor, encode(critic, next)), noise);
      const ahead = value(average, encode(average, next), action);
      return tf.add(rewards, tf.mul(tf.sub(ahead, tf.mul(logProb, temperature)), discount));
    },
    criticLoss(critic, batch, { targets, average }) {
      const first = (x: Tensor): Tensor => tf.squeeze(tf.slice(x, 0, 1), [0]);
      const z = encode(critic, first(batch.images));
      const errors = both(critic, z, first(batch.actions)).map((q) => tf.mean(tf.square(tf.sub(q, targets))));
      const loss = tf.addN(errors);
      if (dynamics === undefined) return loss;
      return tf.add(loss, tf.mul(selfPrediction(critic, { z, batch, average }), weight));
    },
    selfPrediction,
    actorLoss(actor, { critic, z, temperature, noise }) {
      const { action, logProb } = squashedSample(eluLayers(actor, z), noise);
      return {
        value: tf.mean(tf.sub(tf.mul(logProb, temperature), value(critic, z, action))),
        aux: tf.mean(logProb),
      };
    },
  };
}

const STRIDES = [2, 2, 1] as const;

/** Cosine of the angle between rows, `[batch]`. */
function cosine(a: Tensor, b: Tensor): Tensor {
  const length = (x: Tensor) => tf.sqrt(tf.add(tf.sum(tf.square(x), 1), 1e-12));
  return tf.div(tf.sum(tf.mul(a, b), 1), tf.mul(length(a), length(b)));
}
