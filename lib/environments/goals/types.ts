import type { Stream } from "../../random/mod.ts";
import type { ActionSpace } from "../types.ts";

/** What an agent sees: its observation, and the goal that it has reached at this moment. New arrays. */
export interface GoalState {
  /** `[observationSize]` */
  readonly observation: Float64Array;
  /** φ(s), `[goalSize]`, to be compared with the desired goal. */
  readonly achieved: Float64Array;
}

/** Acts with knowledge of the goal; `step` counts from 0 in every episode. */
export type GoalBehaviour = (
  state: GoalState,
  desired: Float64Array,
  step: number,
) => ArrayLike<number>;

/**
 * A task with a goal that changes from episode to episode. A step is deterministic; randomness is in
 * {@link GoalEnvironment.reset} only.
 *
 * The reward of a step is 1 where ‖achieved − desired‖ <= threshold after it, else 0 (the papers' −1/0 plus
 * one). No episode ends early.
 */
export interface GoalEnvironment {
  /** E.g. `PointReach`. */
  readonly name: string;
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** Numbers of a goal. */
  readonly goalSize: number;
  /** Actions are clipped to ±1. */
  readonly action: ActionSpace;
  /** Actions of an episode. */
  readonly episodeSteps: number;
  /** Largest distance to the goal that is rewarded. */
  readonly threshold: number;
  /** Largest distance that counts as a success: {@link GoalEnvironment.threshold} but for a few tasks. */
  readonly successThreshold: number;
  /** Goal of this episode, `[goalSize]`. */
  readonly desired: Float64Array;
  /**
   * A scripted controller for this very environment, without noise; absent where nobody has written one. It
   * stands in for the trained experts behind published data.
   */
  readonly expert?: GoalBehaviour;
  /** Draws a start state and a goal. */
  reset(stream: Stream): GoalState;
  /** Applies an action for one time step. @throws {RangeError} If its length is wrong. */
  step(action: ArrayLike<number>): GoalState;
  /** Frees what the garbage collector does not; the environment cannot be used afterwards. */
  dispose(): void;
}

/** Makes environments that share nothing that changes, as evaluation in lock-step needs. */
export type MakeGoalEnvironment = () => GoalEnvironment;

/** A task that has been opened, with what its environments share. */
export interface GoalWorld {
  /** Makes an environment; it has to be disposed. */
  readonly make: MakeGoalEnvironment;
  /** Frees what is shared, as soon as no environment uses it any more. */
  dispose(): void;
}

/** N recorded episodes of T states and T − 1 actions, in columns. */
export interface GoalEpisodes {
  /** N */
  readonly episodes: number;
  /** T */
  readonly length: number;
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** m, numbers of an action. */
  readonly actionSize: number;
  /** Numbers of a goal. */
  readonly goalSize: number;
  /** Actions are in ±this. */
  readonly actionBound: number;
  /** `[N, T, observationSize]` */
  readonly observations: Float32Array;
  /** `[N, T − 1, actionSize]` */
  readonly actions: Float32Array;
  /** `[N, T, goalSize]` */
  readonly achieved: Float32Array;
  /** `[N, goalSize]` */
  readonly desired: Float32Array;
}

/** What a goal-conditioned policy is asked: one row per environment. */
export interface GoalPolicyInput {
  /** `[rows, observationSize]` */
  readonly observations: Float32Array;
  /** Desired goals, `[rows, goalSize]`. */
  readonly goals: Float32Array;
  /** Number of environments. */
  readonly rows: number;
}

/** A goal-conditioned policy that acts for many environments in one call. */
export interface GoalPolicy {
  /** Chooses an action for each row. @returns `[rows, actionSize]`. */
  act(input: GoalPolicyInput): Promise<Float32Array> | Float32Array;
}
