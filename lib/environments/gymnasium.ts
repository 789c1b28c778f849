import { clip } from "./_check.ts";
import { type MujocoFiles, type MujocoPhysics, openMujoco } from "./mujoco.ts";
import type { Environment } from "./types.ts";

/** The planar runners of Gymnasium (version 4 of their rules, the layout of D4RL's version 2). */
export type RunnerName = "hopper" | "walker2d" | "half_cheetah";

interface Rules {
  readonly frameSkip: number;
  /** Per second and step for being alive. */
  readonly aliveBonus: number;
  /** Weight of Σ a². */
  readonly controlCost: number;
  /** Velocities in observations are clipped to ±this. */
  readonly maxSpeed: number;
  readonly healthy: (positions: Float64Array, velocities: Float64Array) => boolean;
  /** Half width of the uniform start, and standard deviation of velocities (absent: uniform, too). */
  readonly startNoise: number;
  readonly velocityStd?: number;
}

const RULES: Readonly<Record<RunnerName, Rules>> = {
  hopper: {
    frameSkip: 4,
    aliveBonus: 1,
    controlCost: 1e-3,
    maxSpeed: 10,
    startNoise: 5e-3,
    healthy: (q, v) =>
      [...q.subarray(2), ...v].every((value) => Math.abs(value) < 100) && q[1] > 0.7 && Math.abs(q[2]) < 0.2,
  },
  walker2d: {
    frameSkip: 4,
    aliveBonus: 1,
    controlCost: 1e-3,
    maxSpeed: 10,
    startNoise: 5e-3,
    healthy: (q) => q[1] > 0.8 && q[1] < 2 && Math.abs(q[2]) < 1,
  },
  half_cheetah: {
    frameSkip: 5,
    aliveBonus: 0,
    controlCost: 0.1,
    maxSpeed: Infinity,
    startNoise: 0.1,
    velocityStd: 0.1,
    healthy: () => true,
  },
};

/** Names of the runners. */
export const RUNNERS = Object.keys(RULES) as readonly RunnerName[];

/** An environment on MuJoCo, with the physics behind it. */
export interface MujocoEnvironment extends Environment {
  /** State and model of the simulator. */
  readonly physics: MujocoPhysics;
}

/**
 * Opens hopper, walker2d or half-cheetah with the rules of Gymnasium's version 4: observation (qpos without
 * x, qvel), reward Δx/Δt + alive − w Σ a², actions in ±1, 1 000 steps.
 *
 * | | frame skip × step | alive | w | over unless | start |
 * |---|---|---|---|---|---|
 * | hopper | 4 × 0.002 s | 1 | 0.001 | entries below 100, z > 0.7, tilt below 0.2 | ±U(0.005) |
 * | walker2d | 4 × 0.002 s | 1 | 0.001 | 0.8 < z < 2, tilt below 1 | ±U(0.005) |
 * | half_cheetah | 5 × 0.01 s | 0 | 0.1 | – | qpos ±U(0.1), qvel 0.1 N(0, 1) |
 *
 * @param name Of the runner; its model is the file `<name>.xml`.
 * @param files As in the data set `mujoco/gymnasium`.
 * @throws {RangeError} If the file is missing.
 */
export async function openRunner(
  name: RunnerName,
  { files }: { readonly files: MujocoFiles },
): Promise<MujocoEnvironment> {
  const rules = RULES[name];
  const physics = await openMujoco({ files, path: `${name}.xml` });
  const initial = physics.positions;
  const { frameSkip, aliveBonus, controlCost, maxSpeed, startNoise, velocityStd } = rules;
  const timeStep = frameSkip * physics.timeStep;
  const observe = () => {
    const [positions, velocities] = [physics.positions, physics.velocities];
    const observation = new Float64Array(positions.length - 1 + velocities.length);
    observation.set(positions.subarray(1));
    observation.set(velocities.map((v) => clip(v, maxSpeed)), positions.length - 1);
    return observation;
  };
  const environment: MujocoEnvironment = {
    name,
    physics,
    observationSize: physics.nq - 1 + physics.nv,
    action: { size: physics.nu, bound: 1 },
    timeStep,
    episodeSteps: 1000,
    reset(stream) {
      const q = stream.uniform(new Float64Array(physics.nq), { low: -startNoise, high: startNoise })
        .map((noise, i) => initial[i] + noise);
      const v = new Float64Array(physics.nv);
      if (velocityStd === undefined) stream.uniform(v, { low: -startNoise, high: startNoise });
      else stream.normal(v, { std: velocityStd });
      physics.setState(q, v);
      return observe();
    },
    step(action) {
      const clipped = Array.from(action, (a) => clip(a, 1));
      const before = physics.positions[0];
      physics.setControls(clipped);
      physics.step(frameSkip);
      const [positions, velocities] = [physics.positions, physics.velocities];
      const healthy = rules.healthy(positions, velocities);
      const cost = controlCost * clipped.reduce((sum, a) => sum + a * a, 0);
      return {
        observation: observe(),
        // The bonus is paid in the last step, too: Gymnasium's healthy_reward with its defaults.
        reward: (positions[0] - before) / timeStep + aliveBonus - cost,
        terminated: !healthy,
      };
    },
    getState: () => Float64Array.of(...physics.positions, ...physics.velocities),
    setState(state) {
      const list = Array.from(state);
      physics.setState(list.slice(0, physics.nq), list.slice(physics.nq));
      return observe();
    },
    dispose: () => physics.dispose(),
  };
  return environment;
}
