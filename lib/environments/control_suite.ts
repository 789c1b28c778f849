import type { Stream } from "../random/mod.ts";
import { clip } from "./_check.ts";
import type { MujocoEnvironment } from "./gymnasium.ts";
import { type MujocoFiles, type MujocoPhysics, openMujoco } from "./mujoco.ts";

/** Tasks of the DeepMind Control Suite that are here. */
export type SuiteTask = "cheetah-run" | "cartpole-swingup" | "acrobot-swingup";

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
  readonly observe: (physics: MujocoPhysics) => number[];
  readonly reward: (physics: MujocoPhysics, action: readonly number[]) => number;
  readonly start: (physics: MujocoPhysics, stream: Stream) => void;
}

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
};

/** Names of the tasks. */
export const SUITE_TASKS = Object.keys(TASKS) as readonly SuiteTask[];

/**
 * Opens a task of the DeepMind Control Suite: rewards in [0, 1], 1 000 physics steps, actions in ±1.
 *
 * @param files As in the data set `mujoco/control-suite`.
 * @param options `repeat`: physics steps for which an action is kept, their rewards summed up (4 for cheetah
 *   and acrobot, 8 for cart-pole in TD-MPC). @default 1
 * @throws {RangeError} If the file is missing.
 */
export async function openSuiteTask(
  name: SuiteTask,
  { files, repeat = 1 }: { readonly files: MujocoFiles; readonly repeat?: number },
): Promise<MujocoEnvironment> {
  const task = TASKS[name];
  const physics = await openMujoco({ files, path: task.path });
  const observe = () => Float64Array.from(task.observe(physics));
  return {
    name,
    physics,
    observationSize: observe().length,
    action: { size: physics.nu, bound: 1 },
    timeStep: repeat * physics.timeStep,
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
        physics.step();
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
