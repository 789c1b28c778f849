/** Environments from equations of motion, integrated by the classical Runge–Kutta method. */
import type { Stream } from "../random/mod.ts";
import { checkAction, checkNumbers, clip } from "./_check.ts";
import type { Environment } from "./types.ts";

/** Writes the derivative of a state, given a constant control, into `out`. */
export type Derivative = (state: Float64Array, control: number, out: Float64Array) => void;

/** Options of {@link rungeKutta}. */
export interface RungeKuttaOptions {
  /** The control, held fixed during the step. */
  readonly control: number;
  /** Seconds. */
  readonly timeStep: number;
  /** Steps of the method. */
  readonly substeps: number;
}

/**
 * Advances a state in place by the classical Runge–Kutta method of fourth order, the control held constant:
 * s ← s + h/6 (k₁ + 2k₂ + 2k₃ + k₄) with h = timeStep/substeps.
 *
 * @returns `state`.
 *
 * @example
 * ```ts
 * import { rungeKutta } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * // x' = −x from 1 for a second.
 * const [x] = rungeKutta((s, _u, out) => { out[0] = -s[0]; }, Float64Array.of(1), {
 *   control: 0, timeStep: 1, substeps: 100,
 * });
 * assert.ok(Math.abs(x - Math.exp(-1)) < 1e-9);
 * ```
 */
export function rungeKutta(
  derivative: Derivative,
  state: Float64Array,
  { control, timeStep, substeps }: RungeKuttaOptions,
): Float64Array {
  const n = state.length, h = timeStep / substeps;
  const [k1, k2, k3, k4, at] = Array.from({ length: 5 }, () => new Float64Array(n));
  const shift = (k: Float64Array, by: number) => {
    for (let i = 0; i < n; i++) at[i] = state[i] + by * k[i];
    return at;
  };
  for (let step = 0; step < substeps; step++) {
    derivative(state, control, k1);
    derivative(shift(k1, h / 2), control, k2);
    derivative(shift(k2, h / 2), control, k3);
    derivative(shift(k3, h), control, k4);
    for (let i = 0; i < n; i++) state[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  return state;
}

/** What {@link simulator} makes an environment of; there is one action, the control. */
export interface SimulatorSpec {
  /** For messages. */
  readonly name: string;
  /** Numbers of a state. */
  readonly stateSize: number;
  /** Numbers of an observation. */
  readonly observationSize: number;
  /** The control is clipped to ±bound. */
  readonly bound: number;
  /** Length of a step, s. */
  readonly timeStep: number;
  /** Steps after which an episode is over. */
  readonly episodeSteps: number;
  /** Advances a state in place by one time step. */
  readonly advance: (state: Float64Array, control: number) => void;
  /** What is seen of a state. */
  readonly observe: (state: Float64Array) => Float64Array;
  /** Of the state and control before the step. */
  readonly reward: (state: Float64Array, control: number) => number;
  /** Draws the state that an episode begins with. */
  readonly start: (stream: Stream) => Float64Array;
}

/** An environment whose state is a few numbers and which never terminates by itself. */
export function simulator(spec: SimulatorSpec): Environment {
  const state = new Float64Array(spec.stateSize);
  const environment: Environment = {
    name: spec.name,
    observationSize: spec.observationSize,
    action: { size: 1, bound: spec.bound },
    timeStep: spec.timeStep,
    episodeSteps: spec.episodeSteps,
    reset: (stream) => environment.setState(spec.start(stream)),
    step(action) {
      checkAction("apply the action", action, 1);
      const control = clip(action[0], spec.bound);
      const reward = spec.reward(state, control);
      spec.advance(state, control);
      return { observation: spec.observe(state), reward, terminated: false };
    },
    getState: () => state.slice(),
    setState(given) {
      checkNumbers("set the state", given, spec.stateSize);
      state.set(given);
      return spec.observe(state);
    },
    dispose() {},
  };
  return environment;
}
