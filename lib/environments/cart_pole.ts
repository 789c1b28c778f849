import { type Derivative, rungeKutta, simulator } from "./simulator.ts";
import type { Environment } from "./types.ts";
import { wrapAngle } from "./pendulum.ts";

/** Constants of {@link cartPole}. */
export interface CartPoleOptions {
  /** g in m/s². @default 9.81 */
  readonly gravity?: number;
  /** M in kg. @default 1 */
  readonly cartMass?: number;
  /** m in kg, at the tip. @default 0.1 */
  readonly poleMass?: number;
  /** l in m. @default 0.5 */
  readonly length?: number;
  /** b_c in N s/m. @default 0.05 */
  readonly cartDamping?: number;
  /** b_p in N m s. @default 0.005 */
  readonly poleDamping?: number;
  /** Largest force in N. @default 5 */
  readonly force?: number;
  /** Seconds. @default 0.04 */
  readonly timeStep?: number;
  /** Runge–Kutta steps in a time step. @default 4 */
  readonly substeps?: number;
}

/** The equations of motion of {@link cartPole}; the state is (x, θ, x', θ'). */
export function cartPoleDerivative(options: CartPoleOptions = {}): Derivative {
  const { gravity = 9.81, cartMass = 1, poleMass: m = 0.1, length: l = 0.5 } = options;
  const { cartDamping = 0.05, poleDamping = 0.005 } = options;
  return (state, force, out) => {
    const [, angle, speed, turn] = state;
    const cos = Math.cos(angle), sin = Math.sin(angle);
    // [[M + m, m l cos θ], [m l cos θ, m l²]] [x'', θ''] = [f₁, f₂], by Cramer's rule.
    const a = cartMass + m, b = m * l * cos, d = m * l ** 2;
    const f1 = force - cartDamping * speed + m * l * sin * turn ** 2;
    const f2 = m * gravity * l * sin - poleDamping * turn;
    const determinant = a * d - b * b;
    out[0] = speed;
    out[1] = turn;
    out[2] = (d * f1 - b * f2) / determinant;
    out[3] = (a * f2 - b * f1) / determinant;
  };
}

/**
 * A pole with a point mass on a cart without walls, upright at θ = 0:
 * [[M + m, m l cos θ], [m l cos θ, m l²]] [x'', θ''] = [u − b_c x' + m l sin θ θ'², m g l sin θ − b_p θ'].
 *
 * State (x, θ, x', θ'), observation (x, cos θ, sin θ, x', θ'), reward −(θ² + 0.1 x² + 0.01 θ'² + 0.001 u²)
 * with θ in (−π, π]. It starts near hanging: x in ±0.5, θ in π ± 0.5, speeds in ±0.5, all uniform. Constants
 * and reward are this project's.
 */
export function cartPole(options: CartPoleOptions = {}): Environment {
  const { force = 5, timeStep = 0.04, substeps = 4 } = options;
  const derivative = cartPoleDerivative(options);
  return simulator({
    name: "cart-pole",
    stateSize: 4,
    observationSize: 5,
    bound: force,
    timeStep,
    episodeSteps: 200,
    advance: (state, control) => void rungeKutta(derivative, state, { control, timeStep, substeps }),
    observe: ([x, angle, speed, turn]) => Float64Array.of(x, Math.cos(angle), Math.sin(angle), speed, turn),
    reward: ([x, angle, , turn], u) =>
      -(wrapAngle(angle) ** 2 + 0.1 * x ** 2 + 0.01 * turn ** 2 + 0.001 * u ** 2),
    start(stream) {
      const state = stream.uniform(new Float64Array(4), { low: -0.5, high: 0.5 });
      state[1] += Math.PI;
      return state;
    },
  });
}
