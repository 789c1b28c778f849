import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { flattenTree, type Leaf, type Tensor, tf } from "../../tensor/mod.ts";
import { blockRollout } from "./block_rollout.ts";
import { multiply, toComplex, toReal } from "./complex.ts";
import {
  type EigenvalueOptions,
  type EigenvalueParameters,
  eigenvaluesOf,
  initEigenvalues,
  zeroOrderHold,
} from "./eigenvalues.ts";
import { rollout, type RolloutMethod } from "./rollout.ts";

/** What a latent model rolls out from. */
export interface LatentInput {
  /** x_t `[batch, latent]`. */
  readonly start: Tensor;
  /** Encoded actions e_t, …, e_{t+τ−1} `[τ, batch, actionLatent]`. */
  readonly actions: Tensor;
}

/**
 * One interface for everything that predicts latent states: the Koopman model and its baselines. Encoder,
 * decoder and reward head are the same for all of them ({@link latentModel}).
 */
export interface LatentDynamics<P = unknown> {
  /** For messages and tables. */
  readonly name: string;
  /** Length of a latent state, in real numbers. */
  readonly latent: number;
  /** Length of an encoded action. */
  readonly actionLatent: number;
  /** Draws initial parameters. */
  init(stream: Stream): HostTree<P>;
  /**
   * A pure, differentiable program.
   *
   * @returns x̂_{t+1}, …, x̂_{t+τ} `[τ, batch, latent]`; x̂_{t+k} depends on the first k actions only.
   */
  rollout(parameters: P, input: LatentInput): Tensor;
}

/** The number of numbers in a tree of host tensors. */
export function countParameters(tree: unknown): number {
  const leaves = flattenTree(tree).leaves as unknown as readonly Leaf[];
  return leaves.reduce((sum, { shape }) => sum + shape.reduce((size, n) => size * n, 1), 0);
}

/** Options of {@link koopmanDynamics}. */
export interface KoopmanOptions extends EigenvalueOptions {
  /**
   * How the recurrence is computed; `blocks` by real matrices (`blockRollout`), on one thread the fastest of
   * all with 16 and 32 modes; with 128 the recurrence is. @default "recurrence"
   */
  readonly method?: RolloutMethod | "blocks";
}

/**
 * The paper's latent dynamics: x_{t+1} = K̄ x_t + c_t with a diagonal complex K̄ = exp(Δt diag(λ)) and the
 * encoded action as additive input, c = (λ̄ − 1)/λ · f(a) (Mondal et al. 2024, Sec. 3). All steps are
 * computed at once.
 *
 * A latent state is 2m real numbers, the real parts first; conjugate pairs are not imposed. The matrix L is
 * part of the action encoder, as a diagonal K allows.
 */
export function koopmanDynamics(options: KoopmanOptions): LatentDynamics<EigenvalueParameters> {
  const { modes, method } = options;
  return {
    name: "Koopman",
    latent: 2 * modes,
    actionLatent: 2 * modes,
    init: (stream) => initEigenvalues(stream, options),
    rollout(parameters, { start, actions }) {
      const discretised = zeroOrderHold(eigenvaluesOf(parameters, options));
      if (method === "blocks") return blockRollout(discretised, { start, actions });
      const { exponent, inputFactor } = discretised;
      const inputs = multiply(inputFactor, toComplex(actions));
      return toReal(rollout({ exponent, start: toComplex(start), inputs }, { method }));
    },
  };
}

/** Tensors `[τ, batch, …]` as one long batch, a function of that, and back. */
export function overTime(x: Tensor, f: (flat: Tensor) => Tensor): Tensor {
  const [steps, batch, ...rest] = x.shape;
  const y = f(tf.reshape(x, [steps * batch, ...rest]));
  return tf.reshape(y, [steps, batch, ...y.shape.slice(1)]);
}
