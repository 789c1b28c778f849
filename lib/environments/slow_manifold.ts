import { simulator } from "./simulator.ts";
import type { Environment } from "./types.ts";

/** Constants of {@link slowManifold}. */
export interface SlowManifoldOptions {
  /** a in 1/s, the slow rate. @default -0.1 */
  readonly slow?: number;
  /** b in 1/s, the fast rate. @default -0.8 */
  readonly fast?: number;
  /** Seconds. @default 0.1 */
  readonly timeStep?: number;
}

/**
 * Eigenvalues of the exact Koopman generator of {@link slowManifold} on (x₁, x₂, x₁²): a, b and 2a, in 1/s.
 */
export function slowManifoldEigenvalues(
  { slow = -0.1, fast = -0.8 }: SlowManifoldOptions = {},
): readonly number[] {
  return [slow, fast, 2 * slow];
}

/**
 * A system with an attracting curve that is exactly linear after lifting: x₁' = a x₁, x₂' = b(x₂ − x₁²) + u.
 *
 * With y = (x₁, x₂, x₁²), y' = [[a, 0, 0], [0, b, −b], [0, 0, 2a]] y + [0, 1, 0] u (Brunton et al. 2016, with
 * a control added). The control is held over a time step, and the step is exact. State and observation (x₁,
 * x₂), |u| ≤ 1, reward −(x₁² + x₂²), start uniform in ±1.5.
 *
 * @example
 * ```ts
 * import { slowManifold } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * const system = slowManifold();
 * system.setState([1, 0.5]);
 * assert.ok(Math.abs(system.step([0]).observation[0] - Math.exp(-0.01)) < 1e-15);
 * ```
 */
export function slowManifold(options: SlowManifoldOptions = {}): Environment {
  const { slow: a = -0.1, fast: b = -0.8, timeStep = 0.1 } = options;
  const [ea, eb, e2a] = [a, b, 2 * a].map((rate) => Math.exp(rate * timeStep));
  // x₂ takes up y₃ = x₁² at the rate −b while that decays at 2a.
  const fromSquare = -b * (e2a - eb) / (2 * a - b);
  const fromControl = (eb - 1) / b;
  return simulator({
    name: "slow manifold",
    stateSize: 2,
    observationSize: 2,
    bound: 1,
    timeStep,
    episodeSteps: 100,
    advance(state, control) {
      const [x1, x2] = state;
      state[0] = ea * x1;
      state[1] = eb * x2 + fromSquare * x1 ** 2 + fromControl * control;
    },
    observe: (state) => state.slice(),
    reward: ([x1, x2]) => -(x1 ** 2 + x2 ** 2),
    start: (stream) => stream.uniform(new Float64Array(2), { low: -1.5, high: 1.5 }),
  });
}
