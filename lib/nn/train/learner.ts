import {
  type HostTensor,
  hostTensor,
  type HostTree,
  type LossWithAux,
  type Tensor,
  tf,
  valueAndGrad,
} from "../../tensor/mod.ts";
import { Packing } from "./_packing.ts";
import { initialState } from "./_step.ts";
import { clipByGlobalNorm, type Optimiser } from "./optimisers.ts";

/** Parameters and what their optimiser remembers of them, in the layout of a {@link Learner}. */
export interface LearnerState {
  /** Leaves in the layout's order. */
  readonly parameters: readonly Tensor[];
  /** What the optimiser remembers, by name, leaf by leaf. */
  readonly slots: Readonly<Record<string, readonly Tensor[]>>;
}

/** An optimiser's numbers of one step, scalars. */
export type StepScalars = Readonly<Record<string, Tensor>>;

/** What one {@link Learner.descend} returns. */
export interface Descent<A> {
  /** After the update. */
  readonly state: LearnerState;
  /** The loss before the update, a scalar. */
  readonly loss: Tensor;
  /** What the loss returned beside its value. */
  readonly aux: A;
}

/** Options of {@link learner}. */
export interface LearnerOptions {
  /** How parameters follow gradients. */
  readonly optimiser: Optimiser;
  /** Limit on the joint norm of the gradients (`clipByGlobalNorm`). Absent: no clipping. */
  readonly clipNorm?: number;
}

/**
 * One of several networks that a step trains, each on a loss of its own, as an actor and a critic. What
 * `train` does for a single loss, in pieces for `compileLoop`.
 */
export interface Learner<P> {
  /** The state before the first step. */
  readonly start: HostTree<LearnerState>;
  /** Scalars of a step as an example for `compileLoop`; {@link write} fills them. */
  readonly scalars: HostTree<StepScalars>;
  /** Writes the optimiser's numbers of a step, counted from 0. */
  write(scalars: HostTree<StepScalars>, step: { readonly step: number; readonly learningRate: number }): void;
  /** The parameters as a tree, inside a program. */
  tree(parameters: readonly Tensor[]): P;
  /** The parameters as a tree, on the host. */
  hostTree(parameters: HostTree<readonly Tensor[]>): HostTree<P>;
  /**
   * One update on the gradient of a loss, a scalar.
   */
  descend(state: LearnerState, scalars: StepScalars, loss: (parameters: P) => Tensor): Descent<undefined>;
  /** As above, with a tree of tensors besides the loss, of which no gradient is taken. */
  descend<A>(
    state: LearnerState,
    scalars: StepScalars,
    loss: (parameters: P) => LossWithAux<A>,
  ): Descent<A>;
}

/**
 * Prepares a network for steps that train several.
 *
 * @example
 * ```ts
 * import { compileLoop } from "@refigure/refigure/compile";
 * import { adam, hostTensor, learner, type LearnerState, type StepScalars } from "@refigure/refigure/nn";
 * import { type Tensor, tf } from "@refigure/refigure/tensor";
 * import assert from "node:assert/strict";
 *
 * // The leader goes to 3, the follower to where the leader is.
 * type Place = { at: Tensor };
 * const optimiser = adam();
 * const leader = learner<Place>({ at: hostTensor(0) }, { optimiser });
 * const follower = learner<Place>({ at: hostTensor(0) }, { optimiser });
 * const to = (goal: Tensor | number) => ({ at }: Place) => tf.square(tf.sub(at, goal));
 * await using loop = await compileLoop(
 *   (state: { first: LearnerState; second: LearnerState }, scalars: StepScalars) => {
 *     const { state: first } = leader.descend(state.first, scalars, to(3));
 *     const { at } = leader.tree(first.parameters);
 *     const { state: second, loss } = follower.descend(state.second, scalars, to(at));
 *     return { state: { first, second }, metrics: { loss } };
 *   },
 *   { state: { first: leader.start, second: follower.start }, batch: leader.scalars },
 * );
 * const rate = hostTensor(new Float32Array(300).fill(0.05)), epsilon = hostTensor(new Float32Array(300));
 * const { loss } = await loop.run({ rate, epsilon });
 * assert.ok(loss.data[299] < 0.01);
 * ```
 */
export function learner<P>(
  parameters: HostTree<P>,
  { optimiser, clipNorm }: LearnerOptions,
): Learner<P> {
  const packing = new Packing<P>(parameters);
  const names = Object.keys(optimiser.scalars(0, 1));
  const { parameters: first, slots } = initialState<P, Record<never, Tensor>>(
    { parameters, buffers: {} },
    { packing, optimiser },
  );
  return {
    start: { parameters: first, slots } as HostTree<LearnerState>,
    get scalars() {
      return Object.fromEntries(names.map((name) => [name, hostTensor(new Float32Array(1), [])]));
    },
    write(scalars, { step, learningRate }) {
      for (const [name, value] of Object.entries(optimiser.scalars(step, learningRate))) {
        scalars[name].data[0] = value;
      }
    },
    tree: (parameters) => packing.unpack(parameters),
    hostTree: (parameters) => packing.unpackHost(parameters as unknown as readonly HostTensor[]),
    descend<A>(
      state: LearnerState,
      scalars: StepScalars,
      loss: (parameters: P) => Tensor | LossWithAux<A>,
    ): Descent<A> {
      const { value, grads, aux } = valueAndGrad<P, A>(
        loss as (parameters: P) => LossWithAux<A>,
        packing.unpack(state.parameters),
      );
      const raw = packing.pack(grads);
      const gradients = clipNorm === undefined ? raw : clipByGlobalNorm(raw, { maxNorm: clipNorm });
      const updated = state.parameters.map((parameter, i) =>
        optimiser.update(parameter, {
          gradient: gradients[i],
          slots: Object.fromEntries(optimiser.slots.map((name) => [name, state.slots[name][i]])),
          scalars,
        })
      );
      return {
        state: {
          parameters: updated.map(({ parameter }) => parameter),
          slots: Object.fromEntries(
            optimiser.slots.map((name) => [name, updated.map(({ slots }) => slots[name])]),
          ),
        },
        loss: value,
        aux,
      };
    },
  };
}

/**
 * Exponential averages of parameters: θ̄ ← θ̄ + (θ − θ̄)·rate; with a rate of 0 they stay exactly.
 *
 * @param target θ̄, in the layout of a {@link Learner}.
 * @param options θ, and the rate, a number or a scalar.
 */
export function averageParameters(
  target: readonly Tensor[],
  { online, rate }: { readonly online: readonly Tensor[]; readonly rate: Tensor | number },
): readonly Tensor[] {
  return target.map((value, i) => tf.add(value, tf.mul(tf.sub(online[i], value), rate)));
}
