import type { Experiment } from "../../../lib/harness/mod.ts";
import { prox, stickyParticles } from "../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** Groups of particles: how many, where, and how far they scatter. */
export type ParticlesConfig = {
  readonly groups: readonly { readonly count: number; readonly centre: number; readonly spread: number }[];
};

/** The motion of a few particles. */
export type ParticlesResult = {
  /** Straight pieces of world lines: position `x0` at time `from`, `x1` at `to`, of `mass` particles. */
  readonly lines: readonly {
    readonly from: number;
    readonly to: number;
    readonly x0: number;
    readonly x1: number;
    readonly mass: number;
  }[];
  readonly collisions: readonly { readonly time: number; readonly position: number; readonly mass: number }[];
  /** Time of the last collision. */
  readonly end: number;
  /** Where all meet. */
  readonly mean: number;
  /** Largest difference between the particles and prox_{αR} at 50 times α. */
  readonly error: number;
};

/** How much longer than the last collision the picture goes on. */
const AFTER = 1.2;
const CHECKS = 50;

/** The motion of weights as sticky particles, until a little after the last collision. */
export function motionOf(weights: Float64Array): ParticlesResult {
  const { worldLines, collisions, end, positions } = stickyParticles(weights);
  let error = 0;
  for (let i = 0; i <= CHECKS; i++) {
    const alpha = AFTER * end * i / CHECKS;
    const expected = prox(weights, { alpha });
    positions(alpha).forEach((x, k) => error = Math.max(error, Math.abs(x - expected[k])));
  }
  return {
    lines: worldLines.map(({ from, to, centre, velocity, first, last }) => {
      const until = Math.min(to, AFTER * end);
      return {
        from,
        to: until,
        x0: centre + velocity * from,
        x1: centre + velocity * until,
        mass: last - first + 1,
      };
    }),
    collisions: collisions.map(({ time, position, first, last }) => ({
      time,
      position,
      mass: last - first + 1,
    })),
    end,
    mean: weights.reduce((sum, w) => sum + w, 0) / weights.length,
    error,
  };
}

/** Weights as sticky particles: positions over "time" α. */
export const particles: Experiment<ParticlesConfig, ParticlesResult> = {
  id: "particles",
  title: "Sticky particles",
  module: import.meta.url,
  usesExecutor: false,
  cost: () => 0.1,
  run({ groups }, context) {
    const random = stream(context.seed, "particles");
    const weights = Float64Array.from(groups.flatMap(({ count, centre, spread }) => [
      ...random.normal(new Float64Array(count), { mean: centre, std: spread }),
    ]));
    return Promise.resolve(motionOf(weights));
  },
};
