import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, gelu, initDense, relu } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { type LatentDynamics, overTime } from "./dynamics.ts";

/** Sizes of {@link latentModel}. */
export interface LatentModelOptions<P> {
  /** What predicts latent states. */
  readonly dynamics: LatentDynamics<P>;
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
  /** Width of the two hidden layers of encoder and decoder. */
  readonly width: number;
  /** Width of the one hidden layer of action encoder and reward head. */
  readonly smallWidth: number;
  /**
   * A linear decoder: then the learned eigenvalues are those of the data's Koopman operator. @default false
   */
  readonly linearDecoder?: boolean;
  /**
   * Of all hidden layers. Products of states, as they are eigenfunctions, are learned to smaller errors with
   * a smooth one. @default "relu"
   */
  readonly activation?: "relu" | "gelu";
  /** w_c, the weight of the latent consistency loss. @default 1 */
  readonly consistency?: number;
  /** Weight of the reward loss. @default 1 */
  readonly reward?: number;
}

/** Parameters of a {@link LatentModel}. */
export interface LatentModelParameters<P> {
  /** From observations to latent states. */
  readonly encoder: readonly Dense[];
  /** From actions to latent actions. */
  readonly actionEncoder: readonly Dense[];
  /** From latent states to observations. */
  readonly decoder: readonly Dense[];
  /** From latent states and actions to rewards. */
  readonly rewardHead: readonly Dense[];
  /** Those of the dynamics. */
  readonly dynamics: P;
}

/** Sequences of τ steps, time first. */
export interface SequenceBatch {
  /** s_t, …, s_{t+τ} `[τ + 1, batch, n]`, standardised. */
  readonly observations: Tensor;
  /** `[τ, batch, p]` */
  readonly actions: Tensor;
  /** `[τ, batch]` */
  readonly rewards: Tensor;
}

/** What a model predicts. */
export interface Prediction {
  /** x̂_{t+1}, …, x̂_{t+τ} `[τ, batch, latent]` */
  readonly latents: Tensor;
  /** ŝ_{t+1}, …, ŝ_{t+τ} `[τ, batch, n]` */
  readonly observations: Tensor;
  /** r̂_t, …, r̂_{t+τ−1} `[τ, batch]` */
  readonly rewards: Tensor;
}

/** A latent model with everything around its dynamics. */
export interface LatentModel<P> {
  /** What it was made with. */
  readonly options: LatentModelOptions<P>;
  /** Draws initial parameters. */
  init(stream: Stream): HostTree<LatentModelParameters<P>>;
  /** Latent states of observations. @param observations `[…, n]`, one or more axes. */
  encode(parameters: LatentModelParameters<P>, observations: Tensor): Tensor;
  /** Predicts from the first state and the actions alone. */
  predict(
    parameters: LatentModelParameters<P>,
    input: { readonly observation: Tensor; readonly actions: Tensor },
  ): Prediction;
  /** L = mean (ŝ − s)² + w_c mean (x̂ − g(s))² + w_r mean (r̂ − r)², and its parts. */
  loss(parameters: LatentModelParameters<P>, batch: SequenceBatch): LatentLoss;
}

/** A loss with its parts, all scalars. */
export interface LatentLoss {
  /** The weighted sum, which is minimised. */
  readonly total: Tensor;
  /** Error of the decoded states. */
  readonly state: Tensor;
  /** Error of the latent states. */
  readonly consistency: Tensor;
  /** Error of the rewards. */
  readonly reward: Tensor;
}

function initMlp(stream: Stream, widths: readonly number[]): HostTree<Dense>[] {
  return widths.slice(1).map((outputs, i) =>
    initDense(stream.split(`layer ${i}`), { inputs: widths[i], outputs })
  );
}

/**
 * Encoder, action encoder, decoder and reward head around any latent dynamics (Mondal et al. 2024, Fig. 2): x
 * = g(s), e = f(a), x̂ = dynamics, ŝ = d(x̂), r̂ = h(x̂, e).
 *
 * The losses are means over time, batch and coordinates with weights of 1; weights and sizes are not known
 * from the paper, nor whether its reward head reads the encoded action.
 *
 * @example
 * ```ts
 * import { koopmanDynamics, latentModel } from "@refigure/refigure/koopman";
 * import { compile, hostTensor, stream, type Tensor } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const model = latentModel({
 *   dynamics: koopmanDynamics({ modes: 4 }), observationSize: 3, actionSize: 1, width: 16, smallWidth: 8,
 * });
 * const parameters = model.init(stream(1, "model"));
 * const start = hostTensor(new Float32Array(2 * 3), [2, 3]), actions = hostTensor(new Float32Array(5 * 2),
 * [5, 2, 1]); const predict = await compile(
 *   (p: Parameters<typeof model.predict>[0], observation: Tensor, actions: Tensor) =>
 *     model.predict(p, { observation, actions }),
 *   [parameters, start, actions],
 * );
 * const { observations } = await predict.run(parameters, start, actions);
 * await predict.dispose();
 * assert.deepEqual(observations.shape, [5, 2, 3]);
 * ```
 */
export function latentModel<P>(options: LatentModelOptions<P>): LatentModel<P> {
  const {
    dynamics,
    observationSize,
    actionSize,
    width,
    smallWidth,
    consistency = 1,
    reward = 1,
    linearDecoder = false,
    activation = "relu",
  } = options;
  const activate = activation === "gelu" ? gelu : relu;
  const mlp = (x: Tensor, layers: readonly Dense[]): Tensor =>
    layers.reduce(
      (h, layer, i) => i === layers.length - 1 ? dense(h, layer) : activate(dense(h, layer)),
      x,
    );
  const { latent, actionLatent } = dynamics;
  const encode: LatentModel<P>["encode"] = ({ encoder }, observations) =>
    observations.rank === 2
      ? mlp(observations, encoder)
      : overTime(observations, (flat) => mlp(flat, encoder));

  const predictFrom = (parameters: LatentModelParameters<P>, start: Tensor, actions: Tensor): Prediction => {
    const encoded = overTime(actions, (flat) => mlp(flat, parameters.actionEncoder));
    const latents = dynamics.rollout(parameters.dynamics, { start, actions: encoded });
    const steps = latents.shape[0];
    const before = steps === 1
      ? tf.expandDims(start, 0)
      : tf.concat([tf.expandDims(start, 0), tf.slice(latents, 0, steps - 1)], 0);
    const rewards = overTime(tf.concat([before, encoded], 2), (flat) => mlp(flat, parameters.rewardHead));
    return {
      latents,
      observations: overTime(latents, (flat) => mlp(flat, parameters.decoder)),
      rewards: tf.squeeze(rewards, [2]),
    };
  };

  return {
    options,
    init: (stream) => ({
      encoder: initMlp(stream.split("encoder"), [observationSize, width, width, latent]),
      actionEncoder: initMlp(stream.split("action encoder"), [actionSize, smallWidth, actionLatent]),
      decoder: initMlp(
        stream.split("decoder"),
        linearDecoder ? [latent, observationSize] : [latent, width, width, observationSize],
      ),
      rewardHead: initMlp(stream.split("reward head"), [latent + actionLatent, smallWidth, 1]),
      dynamics: dynamics.init(stream.split("dynamics")),
    }),
    encode,
    predict: (parameters, { observation, actions }) =>
      predictFrom(parameters, encode(parameters, observation), actions),
    loss(parameters, { observations, actions, rewards }) {
      // All states are encoded in one product.
      const encoded = encode(parameters, observations);
      const start = tf.squeeze(tf.slice(encoded, 0, 1), [0]);
      const predicted = predictFrom(parameters, start, actions);
      const error = (a: Tensor, b: Tensor) => tf.mean(tf.square(tf.sub(a, b)));
      const state = error(predicted.observations, tf.slice(observations, 1));
      const latents = error(predicted.latents, tf.slice(encoded, 1));
      const rewardError = error(predicted.rewards, rewards);
      const total = tf.add(state, tf.add(tf.mul(latents, consistency), tf.mul(rewardError, reward)));
      return { total, state, consistency: latents, reward: rewardError };
    },
  };
}
