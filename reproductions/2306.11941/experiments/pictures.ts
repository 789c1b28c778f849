import type { Experiment } from "../../../lib/harness/mod.ts";
import { type Environment, type MujocoEnvironment, oscillatorPolicy } from "../../../lib/environments/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type EnvironmentName, isSimulator, modelsOf, openMujocoEnvironment, SIMULATORS } from "./_data.ts";

/** A film strip of an environment that is moved by oscillations. */
export type PicturesConfig = {
  readonly environment: EnvironmentName;
  readonly frames: number;
  /** Steps between two frames. */
  readonly every: number;
};

/** A round bar in the x–z plane, in m: its ends and its radius. */
export type Bar = readonly [x1: number, z1: number, x2: number, z2: number, radius: number];

export type PicturesResult = {
  /** Seconds between two frames. */
  readonly interval: number;
  readonly frames: readonly (readonly Bar[])[];
};

/** What readers want to see: what moves. */
export const pictures: Experiment<PicturesConfig, PicturesResult> = {
  id: "pictures",
  title: "Pictures of the environments",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ environment }) => modelsOf(environment),
  async run({ environment: name, frames, every }, { seed, loadData }) {
    const draws = stream(seed, "pictures", name);
    let environment: Environment, bars: () => Bar[];
    if (isSimulator(name)) {
      const own = environment = SIMULATORS[name]();
      bars = () => BARS[name](own.getState());
    } else {
      const own = environment = await openMujocoEnvironment(name, { loadData });
      bars = () => mujocoBars(own);
    }
    try {
      const policy = oscillatorPolicy(environment, {
        stream: draws.split("policy"),
        amplitude: 0.8,
        frequency: 1.5,
        noise: 0,
      });
      let observation = environment.reset(draws.split("start"));
      const strip = [bars()];
      for (let step = 1; strip.length < frames; step++) {
        ({ observation } = environment.step(policy(observation, step)));
        if (step % every === 0) strip.push(bars());
      }
      return { interval: every * environment.timeStep, frames: strip };
    } finally {
      environment.dispose();
    }
  },
};

/** Radius of a rod, in m. */
const ROD = 0.05;

const BARS: Readonly<Record<keyof typeof SIMULATORS, (state: ArrayLike<number>) => Bar[]>> = {
  "slow manifold": () => [],
  // θ = 0 is up.
  pendulum: ({ 0: angle }) => [[0, 0, Math.sin(angle), Math.cos(angle), ROD]],
  "cart-pole": ({ 0: x, 1: angle }) => [
    [x - 0.2, 0, x + 0.2, 0, 0.1],
    [x, 0, x + 0.5 * Math.sin(angle), 0.5 * Math.cos(angle), ROD / 2],
  ],
  // q₁ = 0 hangs, q₂ is relative.
  acrobot({ 0: q1, 1: q2 }) {
    const [x, z] = [Math.sin(q1), -Math.cos(q1)];
    return [[0, 0, x, z, ROD], [x, z, x + Math.sin(q1 + q2), z - Math.cos(q1 + q2), ROD]];
  },
};

/** Which coordinate is the way that a body has run; what is not here stays where it is. */
const WAY: Readonly<Record<string, number>> = {
  hopper: 0,
  walker2d: 0,
  half_cheetah: 0,
  "cheetah-run": 0,
  "walker-walk": 1,
};

/** Rods, balls and boxes; a runner with its torso at x = 0, and its floor. */
function mujocoBars({ name, physics }: MujocoEnvironment): Bar[] {
  const runs = Object.hasOwn(WAY, name);
  const torso = runs ? physics.positions[WAY[name]] : 0;
  const parts = physics.geometries().flatMap(({ type, x, z, axis, size }): Bar[] => {
    if (type === "box") return [[x - size[0], z, x + size[0], z, size[2]]];
    if (type !== "capsule" && type !== "sphere") return [];
    const half = type === "capsule" ? size[1] : 0;
    const [dx, dz] = [axis[0] * half, axis[1] * half];
    return [[x - torso - dx, z - dz, x - torso + dx, z + dz, size[0]]];
  });
  if (name === "ball-in-cup-catch") {
    const [[x1, , z1], [x2, , z2]] = ["ball", "cup"].map((site) => physics.site(site).position);
    parts.push([x1, z1, x2, z2, 0.003]);
  }
  return runs ? [[-1, 0, 1, 0, 0.005], ...parts] : parts;
}
