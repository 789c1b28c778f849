import { checkAction, checkNumbers, clip } from "../_check.ts";
import { type Derivative, rungeKutta } from "../simulator.ts";
import type { GoalBehaviour, GoalEnvironment, GoalState } from "./types.ts";

/** Radius of links and tip, and length of a link, in m; all of density 1000 kg/m³. */
const RADIUS = 0.01, LINK = 0.1, DENSITY = 1000;
/** Distance of the tip from the second joint. */
const TIP = 0.11;
const ARMATURE = 1, DAMPING = 1, GEAR = 200;
/** Limit of the second joint, in rad. */
const LIMIT = 3;

/** Masses and moments about the centres: a capsule (cylinder and two half spheres) and a sphere. */
const SPHERE = DENSITY * 4 / 3 * Math.PI * RADIUS ** 3;
const CYLINDER = DENSITY * Math.PI * RADIUS ** 2 * LINK;
const LINK_MASS = CYLINDER + SPHERE;
const LINK_INERTIA = CYLINDER * (3 * RADIUS ** 2 + LINK ** 2) / 12 +
  SPHERE * (2 * RADIUS ** 2 / 5 + LINK ** 2 / 4 + 3 * LINK * RADIUS / 8);
const TIP_INERTIA = 2 / 5 * SPHERE * RADIUS ** 2;

/** h: first moment of the outer link about its joint; J: its moment of inertia. */
const FIRST_MOMENT = LINK_MASS * LINK / 2 + SPHERE * TIP;
const OUTER_INERTIA = LINK_INERTIA + LINK_MASS * (LINK / 2) ** 2 + TIP_INERTIA + SPHERE * TIP ** 2;

/** Where the finger tip is. */
function tipOf(q1: number, q2: number): readonly [x: number, y: number] {
  return [
    LINK * Math.cos(q1) + TIP * Math.cos(q1 + q2),
    LINK * Math.sin(q1) + TIP * Math.sin(q1 + q2),
  ];
}

/**
 * M(q) q̈ = 200 u − ω − C(q, ω), with M₁₁ = I + m(l/2)² + (m + mₛ)l² + J + 2lh cos q₂ + 1,
 * M₁₂ = J + lh cos q₂, M₂₂ = J + 1, C₁ = −lh sin q₂ (2ω₁ω₂ + ω₂²), C₂ = lh sin q₂ ω₁².
 */
const derivativeFor = (torques: ArrayLike<number>, damping: number): Derivative => (state, _, out) => {
  const q2 = state[1], w1 = state[2], w2 = state[3];
  const coupling = LINK * FIRST_MOMENT * Math.cos(q2), coriolis = LINK * FIRST_MOMENT * Math.sin(q2);
  const m11 = LINK_INERTIA + LINK_MASS * (LINK / 2) ** 2 + (LINK_MASS + SPHERE) * LINK ** 2 +
    OUTER_INERTIA +
    2 * coupling + ARMATURE;
  const m12 = OUTER_INERTIA + coupling, m22 = OUTER_INERTIA + ARMATURE;
  const f1 = torques[0] - damping * w1 + coriolis * (2 * w1 * w2 + w2 * w2);
  const f2 = torques[1] - damping * w2 - coriolis * w1 * w1;
  const determinant = m11 * m22 - m12 * m12;
  out[0] = w1;
  out[1] = w2;
  out[2] = (m22 * f1 - m12 * f2) / determinant;
  out[3] = (m11 * f2 - m12 * f1) / determinant;
};

/** Kinetic energy ½ ωᵀ M(q) ω of (q₁, q₂, ω₁, ω₂), in J: what is conserved without torque and damping. */
export function reacherEnergy([, q2, w1, w2]: ArrayLike<number> & Iterable<number>): number {
  const coupling = LINK * FIRST_MOMENT * Math.cos(q2);
  const m11 = LINK_INERTIA + LINK_MASS * (LINK / 2) ** 2 + (LINK_MASS + SPHERE) * LINK ** 2 + OUTER_INERTIA +
    2 * coupling + ARMATURE;
  return 0.5 * m11 * w1 * w1 + (OUTER_INERTIA + coupling) * w1 * w2 +
    0.5 * (OUTER_INERTIA + ARMATURE) * w2 * w2;
}

/** The two poses that reach a place (as near as it can be reached), q₂ within its limits. */
function posesFor([x, y]: ArrayLike<number> & Iterable<number>): (readonly [q1: number, q2: number])[] {
  const cosine = (x * x + y * y - LINK ** 2 - TIP ** 2) / (2 * LINK * TIP);
  const bend = Math.min(Math.acos(Math.min(Math.max(cosine, -1), 1)), LIMIT - 0.05);
  return [bend, -bend].map((q2) => {
    const [tx, ty] = tipOf(0, q2);
    return [Math.atan2(y, x) - Math.atan2(ty, tx), q2];
  });
}

/** The turn that is nearest: an angle's equivalent in ±π. */
const shortest = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/** Largest action of the scripted expert: with the data's noise, returns are near the published ones. */
const EXPERT_BOUND = 0.4;

const reacherExpert: GoalBehaviour = ({ observation: o }, desired) => {
  const q1 = Math.atan2(o[2], o[0]), q2 = Math.atan2(o[3], o[1]);
  const turns = posesFor(desired).map(([p1, p2]) => [shortest(p1 - q1), p2 - q2] as const);
  const [first, second] = turns.map(([a, b]) => Math.hypot(a, b));
  const [d1, d2] = first <= second ? turns[0] : turns[1];
  return [d1 - 28 / GEAR * o[6], d2 - 28 / GEAR * o[7]].map((a) => clip(a, EXPERT_BOUND));
};

/** Reacher, which can also be put into a state. */
export interface ReacherTask extends GoalEnvironment {
  /** Puts it into a state. @param state q₁, q₂ (rad), ω₁, ω₂ (rad/s), goal x and y (m). */
  setState(state: ArrayLike<number>): GoalState;
  /** As {@link ReacherTask.setState} takes it; a copy. */
  getState(): Float64Array;
}

/**
 * Reacher: an arm of two links in the plane takes its tip to a goal; torques 200·a, two Runge–Kutta steps of
 * 0.01 s per action. The model of Gymnasium's `reacher.xml` in closed form: without contact and with gravity
 * along the joints, it is the double pendulum of {@link reacherEnergy} with armature and damping 1, and
 * agrees with MuJoCo to rounding. The soft limits of ±3 rad of the second joint are replaced by hard ones,
 * which stop the joint.
 *
 * Observation, as the paper's wrapper gives it: cos q₁, cos q₂, sin q₁, sin q₂, goal (2), ω₁, ω₂, tip (2), 0.
 * Achieved goal: the tip; threshold 0.05 m. Start: q ~ U(±0.1), ω ~ U(±0.005), goal uniform in the disc of
 * radius 0.2 m.
 *
 * The scripted expert turns towards the nearer of the two poses that reach the goal.
 *
 * @param options.damping of the joints, to check that energy is conserved without. @default 1
 *
 * @example
 * ```ts
 * import { reacher } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * const task = reacher();
 * const { achieved } = task.setState([0, 0, 0, 0, 0.1, 0.1]);
 * assert.ok(Math.abs(achieved[0] - 0.21) < 1e-15);
 * ```
 */
export function reacher({ damping = DAMPING }: { readonly damping?: number } = {}): ReacherTask {
  const state = new Float64Array(4), desired = new Float64Array(2);
  const observe = (): GoalState => {
    const [q1, q2, w1, w2] = state;
    const [x, y] = tipOf(q1, q2);
    const observation = [Math.cos(q1), Math.cos(q2), Math.sin(q1), Math.sin(q2), ...desired, w1, w2, x, y, 0];
    return { observation: Float64Array.from(observation), achieved: Float64Array.of(x, y) };
  };
  return {
    name: "Reacher",
    observationSize: 11,
    goalSize: 2,
    action: { size: 2, bound: 1 },
    episodeSteps: 50,
    threshold: 0.05,
    successThreshold: 0.05,
    desired,
    expert: reacherExpert,
    reset(stream) {
      stream.uniform(state.subarray(0, 2), { low: -0.1, high: 0.1 });
      stream.uniform(state.subarray(2), { low: -0.005, high: 0.005 });
      do stream.uniform(desired, { low: -0.2, high: 0.2 }); while (Math.hypot(...desired) >= 0.2);
      return observe();
    },
    step(action) {
      checkAction("apply the action", action, 2);
      const derivative = derivativeFor([GEAR * clip(action[0], 1), GEAR * clip(action[1], 1)], damping);
      for (let substep = 0; substep < 2; substep++) {
        rungeKutta(derivative, state, { control: 0, timeStep: 0.01, substeps: 1 });
        if (Math.abs(state[1]) > LIMIT) [state[1], state[3]] = [clip(state[1], LIMIT), 0];
      }
      return observe();
    },
    setState(given) {
      checkNumbers("set the state", given, 6);
      state.set(Array.from(given).slice(0, 4));
      desired.set(Array.from(given).slice(4));
      return observe();
    },
    getState: () => Float64Array.of(...state, ...desired),
    dispose() {},
  };
}
