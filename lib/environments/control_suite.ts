import type { Stream } from "../random/mod.ts";
import { clip } from "./_check.ts";
import type { MujocoEnvironment } from "./gymnasium.ts";
import { type MujocoFiles, type MujocoPhysics, openMujoco } from "./mujoco.ts";

/** Tasks of the DeepMind Control Suite that are here. */
export type SuiteTask =
  | "cheetah-run"
  | "cartpole-swingup"
  | "acrobot-swingup"
  | "finger-spin"
  | "ball-in-cup-catch"
  | "walker-walk";

/** Options of {@link tolerance}. */
export interface ToleranceOptions {
  /** Where it is 1. @default [0, 0] */
  readonly bounds?: readonly [number, number];
  /** Distance from the bounds at which it is 0.1. */
  readonly margin: number;
}

/**
 * 1 within bounds, exp(ln(0.1) (d/margin)²) at the distance d from them (dm_control's `tolerance` with its
 * defaults).
 */
export function tolerance(x: number, { bounds = [0, 0], margin }: ToleranceOptions): number {
  const d = Math.max(bounds[0] - x, x - bounds[1], 0);
  return Math.exp(Math.log(0.1) * (d / margin) ** 2);
}

interface Task {
  readonly path: string;
  /** Physics steps of one control step. @default 1 */
  readonly substeps?: number;
  /** What the task changes in the model. */
  readonly prepare?: (physics: MujocoPhysics) => void;
  readonly observe: (physics: MujocoPhysics) => number[];
  readonly reward: (physics: MujocoPhysics, action: readonly number[]) => number;
  readonly start: (physics: MujocoPhysics, stream: Stream) => void;
}

const number = (stream: Stream, low: number, high: number) =>
  stream.uniform(new Float64Array(1), { low, high })[0];

/** Draws states until one has no contacts. */
function startApart(physics: MujocoPhysics, draw: () => ArrayLike<number>): void {
  for (let attempt = 0; attempt < 1000; attempt++) {
    physics.setState(draw(), new Float64Array(physics.nv));
    if (physics.contacts === 0) return;
  }
  throw new Error("Cannot start an episode as one of 1000 states must be free of contacts: none was");
}

/** Joints with limits anywhere within them, hinges without at any angle; the others stay. */
function randomJoints(physics: MujocoPhysics, stream: Stream): Float64Array {
  const positions = physics.positions, free = physics.freeHinges();
  physics.jointRanges().forEach((range, i) => {
    const [low, high] = range ?? [-Math.PI, Math.PI];
    if (range !== undefined || free.includes(i)) positions[i] = number(stream, low, high);
  });
  return positions;
}

/** Speed from which on the finger's spinner spins, in rad/s. */
const SPINNING = 15;
/** Height of a standing walker's torso in m, and its speed in m/s. */
const STANDING = 1.2, WALKING = 1;
/** Radius of the ball in the cup task, in m. */
const BALL = 0.025;

const TASKS: Readonly<Record<SuiteTask, Task>> = {
  "cheetah-run": {
    path: "cheetah.xml",
    observe: (physics) => [...physics.positions.subarray(1), ...physics.velocities],
    reward: (physics) => Math.min(Math.max(physics.sensor("torso_subtreelinvel")[0] / 10, 0), 1),
    start(physics, stream) {
      physics.reset();
      const positions = physics.positions;
      physics.jointRanges().forEach((range, i) => {
        if (range === undefined) return;
        positions[i] = stream.uniform(new Float64Array(1), { low: range[0], high: range[1] })[0];
      });
      physics.setState(positions, new Float64Array(physics.nv));
      physics.step(200);
    },
  },
  "cartpole-swingup": {
    path: "cartpole.xml",
    observe(physics) {
      const [x, angle] = physics.positions, [speed, turn] = physics.velocities;
      return [x, Math.cos(angle), Math.sin(angle), speed, turn];
    },
    reward(physics, [u]) {
      const [x, angle] = physics.positions, turn = physics.velocities[1];
      const upright = (Math.cos(angle) + 1) / 2;
      const centred = (1 + tolerance(x, { margin: 2 })) / 2;
      const small = (4 + Math.max(0, 1 - u * u)) / 5;
      return upright * small * (1 + tolerance(turn, { margin: 5 })) / 2 * centred;
    },
    start(physics, stream) {
      const [x, angle, ...speeds] = stream.normal(new Float64Array(4), { std: 0.01 });
      physics.setState([x, Math.PI + angle], speeds);
    },
  },
  "acrobot-swingup": {
    path: "acrobot.xml",
    observe(physics) {
      const [q1, q2] = physics.positions;
      // Horizontal parts of both links' directions, then vertical ones.
      return [Math.sin(q1), Math.sin(q1 + q2), Math.cos(q1), Math.cos(q1 + q2), ...physics.velocities];
    },
    reward(physics) {
      const tip = physics.site("tip"), target = physics.site("target");
      const far = Math.hypot(...tip.position.map((x, k) => x - target.position[k]));
      return tolerance(far, { bounds: [0, target.size], margin: 1 });
    },
    start(physics, stream) {
      physics.setState(
        stream.uniform(new Float64Array(2), { low: -Math.PI, high: Math.PI }),
        new Float64Array(2),
      );
    },
  },
  "finger-spin": {
    path: "finger.xml",
    substeps: 2,
    // The spinner's hinge turns more freely than in the file.
    prepare: (physics) => physics.setDamping(2, 0.03),
    observe(physics) {
      const value = (name: string) => physics.sensor(name)[0];
      const tip = physics.sensor("tip"), hinge = physics.sensor("spinner");
      return [
        ...["proximal", "distal"].map(value),
        ...[0, 2].map((k) => tip[k] - hinge[k]),
        ...["proximal_velocity", "distal_velocity", "hinge_velocity"].map(value),
        ...["touchtop", "touchbottom"].map((name) => Math.log1p(value(name))),
      ];
    },
    reward: (physics) => physics.sensor("hinge_velocity")[0] <= -SPINNING ? 1 : 0,
    start: (physics, stream) => startApart(physics, () => randomJoints(physics, stream)),
  },
  "ball-in-cup-catch": {
    path: "ball_in_cup.xml",
    substeps: 10,
    observe: (physics) => [...physics.positions, ...physics.velocities],
    reward(physics) {
      const { position: target, size } = physics.site("target"), { position: ball } = physics.site("ball");
      return [0, 2].every((k) => Math.abs(target[k] - ball[k]) < size - BALL) ? 1 : 0;
    },
    start(physics, stream) {
      startApart(physics, () => [0, 0, number(stream, -0.2, 0.2), number(stream, 0.2, 0.5)]);
    },
  },
  "walker-walk": {
    path: "walker.xml",
    substeps: 10,
    observe(physics) {
      const bodies = physics.bodies();
      return [...bodies.flatMap(({ turn: [xx, xz] }) => [xx, xz]), bodies[0].z, ...physics.velocities];
    },
    reward(physics) {
      const [{ z, turn: [, , upright] }] = physics.bodies();
      const stands = tolerance(z, { bounds: [STANDING, Infinity], margin: STANDING / 2 });
      // Linear: 0.5 at half the speed.
      const short = Math.max(WALKING - physics.sensor("torso_subtreelinvel")[0], 0);
      const walks = Math.max(1 - short / WALKING, 0);
      return (3 * stands + (1 + upright) / 2) / 4 * (5 * walks + 1) / 6;
    },
    start: (physics, stream) => physics.setState(randomJoints(physics, stream), new Float64Array(physics.nv)),
  },
};

/** Names of the tasks. */
export const SUITE_TASKS = Object.keys(TASKS) as readonly SuiteTask[];

/**
 * Opens a task of the DeepMind Control Suite: rewards in [0, 1], 1 000 control steps, actions in ±1. A
 * control step has 2 physics steps of the finger's, 10 of the ball's and the walker's, else one.
 *
 * @param files As in the data sets `mujoco/control-suite` and, for finger, ball in cup and walker,
 *   `mujoco/control-suite-contacts`.
 * @param options `repeat`: control steps for which an action is kept, their rewards summed up (4 for cheetah
 *   and acrobot, 8 for cart-pole in TD-MPC). @default 1
 * @throws {RangeError} If the file is missing.
 */
export async function openSuiteTask(
  name: SuiteTask,
  { files, repeat = 1 }: { readonly files: MujocoFiles; readonly repeat?: number },
): Promise<MujocoEnvironment> {
  const task = TASKS[name];
  const { substeps = 1 } = task;
  const physics = await openMujoco({ files, path: task.path });
  task.prepare?.(physics);
  // Observations are of sensors, too, which only a state that was set has.
  physics.setState(physics.positions, physics.velocities);
  const observe = () => Float64Array.from(task.observe(physics));
  return {
    name,
    physics,
    observationSize: observe().length,
    action: { size: physics.nu, bound: 1 },
    timeStep: repeat * substeps * physics.timeStep,
    episodeSteps: Math.floor(1000 / repeat),
    reset(stream) {
      task.start(physics, stream);
      return observe();
    },
    step(action) {
      const clipped = Array.from(action, (a) => clip(a, 1));
      physics.setControls(clipped);
      let reward = 0;
      for (let i = 0; i < repeat; i++) {
        physics.step(substeps);
        reward += task.reward(physics, clipped);
      }
      return { observation: observe(), reward, terminated: false };
    },
    getState: () => Float64Array.of(...physics.positions, ...physics.velocities),
    setState(state) {
      const list = Array.from(state);
      physics.setState(list.slice(0, physics.nq), list.slice(physics.nq));
      return observe();
    },
    dispose: () => physics.dispose(),
  };
}
