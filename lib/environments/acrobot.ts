import { type Derivative, rungeKutta, simulator } from "./simulator.ts";
import type { Environment } from "./types.ts";

/** Constants of {@link acrobot}; both links are alike. */
export interface AcrobotOptions {
  /** g in m/s². @default 9.81 */
  readonly gravity?: number;
  /** m in kg. @default 1 */
  readonly mass?: number;
  /** l in m. @default 1 */
  readonly length?: number;
  /** c in m, from a joint to its link's centre of mass. @default 0.5 */
  readonly centre?: number;
  /** I in kg m², about the centre of mass. @default 1/12 */
  readonly inertia?: number;
  /** b in N m s. @default 0.05 */
  readonly damping?: number;
  /** Largest torque in N m. @default 2 */
  readonly torque?: number;
  /** Seconds. @default 0.05 */
  readonly timeStep?: number;
  /** Runge–Kutta steps in a time step. @default 5 */
  readonly substeps?: number;
}

/** The equations of motion of {@link acrobot}; the state is (q₁, q₂, q₁', q₂'). */
export function acrobotDerivative(options: AcrobotOptions = {}): Derivative {
  const { gravity: g = 9.81, mass: m = 1, length: l = 1, centre: c = 0.5 } = options;
  const { inertia = 1 / 12, damping = 0.05 } = options;
  return (state, torque, out) => {
    const [q1, q2, v1, v2] = state;
    const cos = Math.cos(q2);
    const m11 = 2 * inertia + m * c ** 2 + m * (l ** 2 + c ** 2 + 2 * l * c * cos);
    const m12 = inertia + m * (c ** 2 + l * c * cos);
    const m22 = inertia + m * c ** 2;
    const h = m * l * c * Math.sin(q2);
    const g2 = m * c * g * Math.sin(q1 + q2);
    const g1 = (m * c + m * l) * g * Math.sin(q1) + g2;
    const f1 = -damping * v1 + 2 * h * v1 * v2 + h * v2 ** 2 - g1;
    const f2 = torque - damping * v2 - h * v1 ** 2 - g2;
    const determinant = m11 * m22 - m12 * m12;
    out[0] = v1;
    out[1] = v2;
    out[2] = (m22 * f1 - m12 * f2) / determinant;
    out[3] = (m11 * f2 - m12 * f1) / determinant;
  };
}

/**
 * Two links with a motor at the second joint, hanging at q₁ = 0, q₂ relative to the first link:
 * M(q) q'' = [−b q₁' + 2h q₁'q₂' + h q₂'² − G₁, u − b q₂' − h q₁'² − G₂] with h = m l c sin q₂.
 *
 * State (q₁, q₂, q₁', q₂'), observation (cos q₁, sin q₁, cos q₂, sin q₂, q₁', q₂'), reward the height of the
 * tip over the first joint in m, −cos q₁ − cos(q₁ + q₂). It starts with angles uniform in ±1, speeds in ±0.5.
 * Constants and reward are this project's.
 */
export function acrobot(options: AcrobotOptions = {}): Environment {
  const { torque = 2, timeStep = 0.05, substeps = 5, length = 1 } = options;
  const derivative = acrobotDerivative(options);
  return simulator({
    name: "acrobot",
    stateSize: 4,
    observationSize: 6,
    bound: torque,
    timeStep,
    episodeSteps: 200,
    advance: (state, control) => void rungeKutta(derivative, state, { control, timeStep, substeps }),
    observe: ([q1, q2, v1, v2]) =>
      Float64Array.of(Math.cos(q1), Math.sin(q1), Math.cos(q2), Math.sin(q2), v1, v2),
    reward: ([q1, q2]) => -length * (Math.cos(q1) + Math.cos(q1 + q2)),
    start(stream) {
      const [q1, q2, v1, v2] = stream.uniform(new Float64Array(4), { low: -1 });
      return Float64Array.of(q1, q2, v1 / 2, v2 / 2);
    },
  });
}
