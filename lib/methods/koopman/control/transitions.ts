import { scan } from "../../../compile/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";
import { koopmanDynamics, type KoopmanOptions, overTime } from "../dynamics.ts";
import type { EigenvalueParameters } from "../eigenvalues.ts";
import { type EluLayers, eluLayers, initEluLayers } from "./networks.ts";

/**
 * What predicts latent states from plain actions, for control: a policy needs the next state before it can
 * act, so one step can be taken alone.
 */
export interface ControlDynamics<P = unknown> {
  /** For messages and tables. */
  readonly name: string;
  /** Length of a latent state. */
  readonly latent: number;
  /** Draws initial parameters. */
  init(stream: Stream): HostTree<P>;
  /** One step. @param z `[batch, latent]` @param action `[batch, p]` @returns `[batch, latent]` */
  step(parameters: P, z: Tensor, action: Tensor): Tensor;
  /**
   * All steps, the same as one after the other.
   *
   * @param input `start` `[batch, latent]`, `actions` `[τ, batch, p]`.
   * @returns z_1, …, z_τ `[τ, batch, latent]`.
   */
  rollout(parameters: P, input: { readonly start: Tensor; readonly actions: Tensor }): Tensor;
}

/** Sizes of {@link mlpTransitions}. */
export interface MlpTransitionsOptions {
  /** Length of a latent state; TD-MPC: 50. */
  readonly latent: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
  /** Width of the two hidden layers; TD-MPC: 512. */
  readonly width: number;
}

/** TD-MPC's own dynamics: z' = MLP([z, a]), two hidden layers, ELU, no residual path (Hansen et al. 2022). */
export function mlpTransitions(
  { latent, actionSize, width }: MlpTransitionsOptions,
): ControlDynamics<EluLayers> {
  const step = (layers: EluLayers, z: Tensor, action: Tensor) => eluLayers(layers, tf.concat([z, action], 1));
  return {
    name: "MLP",
    latent,
    init: (stream) => initEluLayers(stream, { widths: [latent + actionSize, width, width, latent] }),
    step,
    rollout(layers, { start, actions }) {
      const { outputs } = scan((z: Tensor, action: Tensor, layers: EluLayers) => {
        const carry = step(layers, z, action);
        return { carry, output: carry };
      }, { carry: start, inputs: actions, parameters: layers });
      return outputs;
    },
  };
}

/** Sizes of {@link koopmanTransitions}. */
export interface KoopmanTransitionsOptions extends KoopmanOptions {
  /** p, numbers of an action. */
  readonly actionSize: number;
  /** Width of the action encoder's hidden layer. */
  readonly width: number;
}

/** Parameters of {@link koopmanTransitions}. */
export interface KoopmanTransitions {
  /** From actions to what is added to the latent state. */
  readonly actionEncoder: EluLayers;
  /** λ and Δt. */
  readonly eigenvalues: EigenvalueParameters;
}

/**
 * The Koopman model in the place of TD-MPC's dynamics: z' = K̄ z + (λ̄ − 1)/λ f(a) with a diagonal complex K̄
 * (Mondal et al. 2024, Sec. 4, planning); the other networks read its 2m real numbers.
 *
 * f is an MLP over the Δt of the start, so that what an action adds is of the size of the MLP's output
 * whatever Δt is (whether the paper scales it is not known).
 */
export function koopmanTransitions(options: KoopmanTransitionsOptions): ControlDynamics<KoopmanTransitions> {
  const { actionSize, width, modes, timeStep = 1 / (2 * modes) } = options;
  // What an action adds is f(a) at first: (λ̄ − 1)/λ is about Δt.
  const encodeAction = (layers: EluLayers, action: Tensor) =>
    tf.div(eluLayers(layers, action), timeStep) as Tensor;
  const dynamics = koopmanDynamics(options), { latent, actionLatent } = dynamics;
  const rollout = (
    { actionEncoder, eigenvalues }: KoopmanTransitions,
    { start, actions }: { readonly start: Tensor; readonly actions: Tensor },
  ) => {
    const driven = overTime(actions, (flat) => encodeAction(actionEncoder, flat));
    return dynamics.rollout(eigenvalues, { start, actions: driven });
  };
  // Of the forms of a single step the scan has the most overhead.
  const single = koopmanDynamics({ ...options, method: "doubling" });
  return {
    name: dynamics.name,
    latent,
    init: (stream) => ({
      actionEncoder: initEluLayers(stream.split("actions"), { widths: [actionSize, width, actionLatent] }),
      eigenvalues: dynamics.init(stream.split("eigenvalues")),
    }),
    step({ actionEncoder, eigenvalues }, z, action) {
      const actions = tf.expandDims(encodeAction(actionEncoder, action), 0);
      return tf.squeeze(single.rollout(eigenvalues, { start: z, actions }), [0]);
    },
    rollout,
  };
}
