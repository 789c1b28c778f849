import type { Stream } from "../random/mod.ts";

/** What one step gives. */
export interface Transition {
  /** `[observationSize]`, a new array. */
  readonly observation: Float64Array;
  /** Reward of the step. */
  readonly reward: number;
  /** The episode is over by the rules of the task; that its time is up is not told. */
  readonly terminated: boolean;
}

/** Size and range of what an environment takes. */
export interface ActionSpace {
  /** Numbers of an action. */
  readonly size: number;
  /** Actions are clipped to ±`bound` in every coordinate. */
  readonly bound: number;
}

/**
 * A task in discrete time. A step is deterministic; randomness is in {@link Environment.reset} only.
 *
 * States, observations and actions are float64 arrays in SI units and radians.
 */
export interface Environment {
  /** For messages. */
  readonly name: string;
  /** Numbers of an observation. */
  readonly observationSize: number;
  /** Actions that it takes. */
  readonly action: ActionSpace;
  /** Seconds between two actions. */
  readonly timeStep: number;
  /** Number of steps after which an episode ends, as is usual for the task. */
  readonly episodeSteps: number;
  /** Puts the environment into a random start state and returns the observation. */
  reset(stream: Stream): Float64Array;
  /** Applies an action for one time step. */
  step(action: ArrayLike<number>): Transition;
  /** The state, enough to go on from it ({@link Environment.setState}); a copy. */
  getState(): Float64Array;
  /** Goes on from a state, and returns its observation. @throws {RangeError} If its length is wrong. */
  setState(state: ArrayLike<number>): Float64Array;
  /** Frees what the garbage collector does not; the environment cannot be used afterwards. */
  dispose(): void;
}

/** Makes environments that share nothing, as a batch needs. */
export type MakeEnvironment = () => Environment;
