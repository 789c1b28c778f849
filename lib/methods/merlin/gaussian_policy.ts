import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, initDense, relu, softplus, tanh, timeEmbedding } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** Sizes of {@link gaussianPolicy}. */
export interface GaussianPolicyOptions {
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** Numbers of a goal. */
  readonly goalSize: number;
  /** m, numbers of an action. */
  readonly actionSize: number;
  /** Widths of the hidden layers. @default [256, 256, 256] */
  readonly hidden?: readonly number[];
  /** Means lie in ±`bound` by tanh; absent: means without limits, as in the toy. */
  readonly bound?: number;
  /** Whether the policy is told the horizon. @default true */
  readonly horizon?: boolean;
  /** P, the longest period of the embedding over 2π. @default 50 */
  readonly maxHorizon?: number;
  /** Added to σ. @default 1e-5 */
  readonly leastStd?: number;
}

/** What the policy reads; all but the horizons normalised. */
export interface PolicyInput {
  /** `[batch, n]` */
  readonly observations: Tensor;
  /** `[batch, d]` */
  readonly goals: Tensor;
  /** `[batch]` steps that are left. */
  readonly horizons: Tensor;
}

/** A diagonal Gaussian over actions, `[batch, m]` each. */
export interface Gaussian {
  /** μ, `[batch, m]`. */
  readonly mean: Tensor;
  /** σ, `[batch, m]`. */
  readonly std: Tensor;
}

/** π(a | s, g, h). */
export interface GaussianPolicy {
  /** What it was made with. */
  readonly options: GaussianPolicyOptions;
  /** Draws initial layers. */
  init(stream: Stream): HostTree<Dense>[];
  /** The distribution of actions for each row. */
  apply(layers: readonly Dense[], input: PolicyInput): Gaussian;
}

/** Width of the horizon's embedding. */
const EMBEDDING = 32;

/**
 * Embeds horizons: [cos(h f_k), sin(h f_k)], f_k = P^{−k/16}, k = 0 … 15 (card §2.2, released code).
 *
 * @param horizons `[batch]`
 * @returns `[batch, 32]`
 */
export function horizonEmbedding(horizons: Tensor, maxHorizon = 50): Tensor {
  return timeEmbedding(horizons, { dimension: EMBEDDING, maxPeriod: maxHorizon });
}

/**
 * The policy of Merlin: an MLP on state, goal and embedded horizon with two heads, μ = bound·tanh(μ̂) and σ =
 * softplus(σ̂) + 1e-5 (released code, `src/train_offline.py`).
 *
 * @example
 * ```ts
 * import { gaussianPolicy } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const policy = gaussianPolicy({ observationSize: 2, goalSize: 2, actionSize: 2, bound: 1 });
 * const layers = policy.init(stream(1, "policy"));
 * const parameters = layers.reduce((n, { weight, bias }) => n + weight.data.length + bias.data.length, 0);
 * assert.equal(parameters, 142_084); // PointReach
 * ```
 */
export function gaussianPolicy(options: GaussianPolicyOptions): GaussianPolicy {
  const { observationSize, goalSize, actionSize, hidden = [256, 256, 256], bound } = options;
  const { horizon = true, maxHorizon = 50, leastStd = 1e-5 } = options;
  const widths = [observationSize + goalSize + (horizon ? EMBEDDING : 0), ...hidden, 2 * actionSize];
  return {
    options,
    init: (stream) =>
      widths.slice(1).map((outputs, i) =>
        initDense(stream.split(`layer ${i}`), { inputs: widths[i], outputs })
      ),
    apply(layers, { observations, goals, horizons }) {
      const parts = [observations, goals, ...(horizon ? [horizonEmbedding(horizons, maxHorizon)] : [])];
      const output = layers.reduce<Tensor>(
        (x, layer, i) => i === layers.length - 1 ? dense(x, layer) : relu(dense(x, layer)),
        tf.concat(parts, 1),
      );
      const [raw, spread] = tf.split(output, 2, 1);
      return {
        mean: bound === undefined ? raw : tf.mul(tanh(raw), bound),
        std: tf.add(softplus(spread), leastStd),
      };
    },
  };
}

/**
 * −log π(a): Σ over coordinates of ½((a − μ)/σ)² + log σ + ½ log 2π.
 *
 * @param actions `[batch, m]`
 * @returns `[batch]`
 */
export function gaussianNll(actions: Tensor, { mean, std }: Gaussian): Tensor {
  const standard = tf.div(tf.sub(actions, mean), std);
  const each = tf.add(tf.mul(tf.square(standard), 0.5), tf.log(std));
  return tf.add(tf.sum(each, 1), actions.shape[1]! * 0.5 * Math.log(2 * Math.PI));
}
