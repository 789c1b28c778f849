import { type Derivative, rungeKutta, simulator } from "./simulator.ts";
import type { Environment } from "./types.ts";

/** Constants of {@link pendulum}. */
export interface PendulumOptions {
  /** g in m/s². @default 9.81 */
  readonly gravity?: number;
  /** l in m. @default 1 */
  readonly length?: number;
  /** m in kg. @default 1 */
  readonly mass?: number;
  /** b in N m s. @default 0.05 */
  readonly damping?: number;
  /** Largest torque in N m; below m g l the pendulum must be swung up. @default 2 */
  readonly torque?: number;
  /** Seconds. @default 0.05 */
  readonly timeStep?: number;
  /** Runge–Kutta steps in a time step. @default 2 */
  readonly substeps?: number;
}

/** An angle in (−π, π]. */
export function wrapAngle(angle: number): number {
  const turns = Math.ceil((angle - Math.PI) / (2 * Math.PI));
  return angle - 2 * Math.PI * turns;
}

/** The equation of motion of {@link pendulum}; the state is (θ, θ'). */
export function pendulumDerivative(options: PendulumOptions = {}): Derivative {
  const { gravity = 9.81, length = 1, mass = 1, damping = 0.05 } = options;
  const inertia = mass * length ** 2;
  return (state, torque, out) => {
    out[0] = state[1];
    // θ'' = (u − b θ' + m g l sin θ)/(m l²)
    out[1] = (torque - damping * state[1] + mass * gravity * length * Math.sin(state[0])) / inertia;
  };
}

/**
 * A pendulum with a weak motor, upright at θ = 0: θ'' = (u − b θ' + m g l sin θ)/(m l²).
 *
 * State (θ, θ'), observation (cos θ, sin θ, θ'), reward −(θ² + 0.1 θ'² + 0.001 u²) with θ in (−π, π]. It
 * starts at θ uniform in ±π, θ' uniform in ±1. The reward is that of the classic control task; the constants
 * are this project's.
 *
 * @example
 * ```ts
 * import { pendulum } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * const task = pendulum();
 * task.setState([Math.PI - 0.1, 0]);
 * const { observation, reward } = task.step([0]);
 * assert.equal(observation.length, 3);
 * assert.ok(reward < -9);
 * ```
 */
export function pendulum(options: PendulumOptions = {}): Environment {
  const { torque = 2, timeStep = 0.05, substeps = 2 } = options;
  const derivative = pendulumDerivative(options);
  return simulator({
    name: "pendulum",
    stateSize: 2,
    observationSize: 3,
    bound: torque,
    timeStep,
    episodeSteps: 200,
    advance: (state, control) => void rungeKutta(derivative, state, { control, timeStep, substeps }),
    observe: ([angle, speed]) => Float64Array.of(Math.cos(angle), Math.sin(angle), speed),
    reward: ([angle, speed], u) => -(wrapAngle(angle) ** 2 + 0.1 * speed ** 2 + 0.001 * u ** 2),
    start(stream) {
      const [angle, speed] = stream.uniform(new Float64Array(2), { low: -1 });
      return Float64Array.of(Math.PI * angle, speed);
    },
  });
}
