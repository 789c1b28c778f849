import { flattenTree, type Tensor, tf, unflattenTree } from "../../tensor/mod.ts";

/** One parameter's part of an optimiser step. */
export interface LeafUpdate {
  /** Gradient of the loss, in the parameter's shape. */
  readonly gradient: Tensor;
  /** What the optimiser remembers about this parameter, by name. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** The step's numbers, by name, each a scalar tensor. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/**
 * An update rule, leaf by leaf. What depends on the step's number is computed on the host in float64
 * ({@link Optimiser.scalars}) and fed in, so that one compiled step serves all of training.
 */
export interface Optimiser {
  /** Names of the slots; each has a parameter's shape and starts at zero. */
  readonly slots: readonly string[];
  /**
   * The numbers of one step.
   *
   * @param step Counted from 0.
   * @param learningRate η of this step.
   */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  /** One parameter → its new value and slots. */
  update(parameter: Tensor, leaf: LeafUpdate): {
    readonly parameter: Tensor;
    readonly slots: Readonly<Record<string, Tensor>>;
  };
}

/** Options of {@link adam}. */
export interface AdamOptions {
  /** Decay of the first moment. @default 0.9 */
  readonly beta1?: number;
  /** Decay of the second moment. @default 0.999 */
  readonly beta2?: number;
  /** Added to the square root of the bias-corrected second moment. @default 1e-8 */
  readonly epsilon?: number;
  /** λ. @default 0 */
  readonly weightDecay?: number;
  /**
   * `coupled`: λθ is added to the gradient (L2 regularisation, `torch.optim.Adam`); `decoupled`: θ shrinks by
   * ηλθ beside the step (`torch.optim.AdamW`, Loshchilov & Hutter 2019). @default "coupled"
   */
  readonly decay?: "coupled" | "decoupled";
}

/**
 * Adam (Kingma & Ba 2015) as PyTorch has it: with g the gradient (plus λθ if coupled),
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η/(1 − β₁ᵏ) · m/(√v/√(1 − β₂ᵏ) + ε) at step k = 1, 2, …
 *
 * The slots hold m/(1 − β₁) and v/(1 − β₂), which saves two passes over the parameters; the step is the same.
 * Decay applies to all parameters, biases and normalisation layers included.
 *
 * @throws {RangeError} If a β is outside [0, 1) or `weightDecay` is negative.
 *
 * @example
 * ```ts
 * import { adam, tf } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const optimiser = adam({ weightDecay: 0.1 });
 * const { rate, epsilon } = optimiser.scalars(0, 0.01);
 * const { parameter } = optimiser.update(tf.scalar(1), {
 *   gradient: tf.scalar(5),
 *   slots: { firstMoment: tf.scalar(0), secondMoment: tf.scalar(0) },
 *   scalars: { rate: tf.scalar(rate), epsilon: tf.scalar(epsilon) },
 * });
 * // The first step has the length of the learning rate.
 * assert.ok(Math.abs(parameter.dataSync()[0] - 0.99) < 1e-6);
 * ```
 */
export function adam(options: AdamOptions = {}): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decay = "coupled" } = options;
  checkFraction("beta1", beta1);
  checkFraction("beta2", beta2);
  checkDecay(weightDecay);
  const shrinks = decay === "decoupled" && weightDecay > 0;
  return {
    slots: ["firstMoment", "secondMoment"],
    scalars(step, learningRate) {
      const correction1 = 1 - beta1 ** (step + 1);
      const correction2 = Math.sqrt((1 - beta2 ** (step + 1)) / (1 - beta2));
      return {
        // η/(1 − β₁ᵏ)·m/(√v/√(1 − β₂ᵏ) + ε) with the scaled moments: both multiplied by √((1 − β₂ᵏ)/(1 −
        // β₂)).
        rate: learningRate * (1 - beta1) / correction1 * correction2,
        epsilon: epsilon * correction2,
        ...(shrinks && { keep: 1 - learningRate * weightDecay }),
      };
    },
    update(parameter, { gradient, slots, scalars }) {
      const g = withDecay(gradient, parameter, shrinks ? 0 : weightDecay);
      const firstMoment = tf.add(tf.mul(slots.firstMoment, beta1), g);
      const secondMoment = tf.add(tf.mul(slots.secondMoment, beta2), tf.mul(g, g));
      const direction = tf.div(firstMoment, tf.add(tf.sqrt(secondMoment), scalars.epsilon));
      const kept = shrinks ? tf.mul(parameter, scalars.keep) : parameter;
      return {
        parameter: tf.sub(kept, tf.mul(direction, scalars.rate)),
        slots: { firstMoment, secondMoment },
      };
    },
  };
}

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** μ. @default 0 */
  readonly momentum?: number;
  /** λ; λθ is added to the gradient. @default 0 */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with heavy-ball momentum as PyTorch has it: u ← μu + g, θ ← θ − ηu.
 *
 * @throws {RangeError} If `momentum` is outside [0, 1) or `weightDecay` is negative.
 */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimiser {
  checkFraction("momentum", momentum);
  checkDecay(weightDecay);
  return {
    slots: momentum > 0 ? ["velocity"] : [],
    scalars: (_step, learningRate) => ({ rate: learningRate }),
    update(parameter, { gradient, slots, scalars }) {
      const g = withDecay(gradient, parameter, weightDecay);
      const velocity = momentum > 0 ? tf.add(tf.mul(slots.velocity, momentum), g) : g;
      const next: Record<string, Tensor> = momentum > 0 ? { velocity } : {};
      return { parameter: tf.sub(parameter, tf.mul(velocity, scalars.rate)), slots: next };
    },
  };
}

/**
 * Scales a tree of gradients so that their joint Euclidean norm is at most `maxNorm`:
 * g · min(1, maxNorm/(‖g‖ + 1e-6)) (Pascanu et al. 2013; PyTorch's `clip_grad_norm_`).
 */
export function clipByGlobalNorm<G>(gradients: G, { maxNorm }: { readonly maxNorm: number }): G {
  const leaves = flattenTree<Tensor>(gradients).leaves;
  const norm = tf.sqrt(tf.addN(leaves.map((leaf) => tf.sum(tf.square(leaf)))));
  const factor = tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1);
  return unflattenTree(gradients, leaves.map((leaf) => tf.mul(leaf, factor))) as G;
}

function withDecay(gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor {
  return weightDecay > 0 ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient;
}

function checkFraction(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`Cannot make an optimiser as ${name} must be in [0, 1): current value is ${value}`);
  }
}

function checkDecay(value: number): void {
  if (!(value >= 0)) {
    throw new RangeError(`Cannot make an optimiser as weightDecay must be >= 0: current value is ${value}`);
  }
}
