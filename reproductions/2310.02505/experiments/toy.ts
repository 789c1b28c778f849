import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  compileMerlin,
  forwardNoise,
  type GoalPolicy,
  TOY_BOUND,
  trainMerlin,
  trainToyGcsl,
  walkToy,
} from "../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";

/** The toy: two-dimensional navigation with one goal in training. */
export type ToyConfig = {
  readonly method:
    | { readonly kind: "merlin"; readonly horizon: boolean; readonly misaligned: boolean }
    | { readonly kind: "gcsl"; readonly updates: number };
  /** Walks of noise, or walks that are recorded while training. */
  readonly walks: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly hidden: readonly number[];
  /** Horizons that the policy is told when it is looked at. */
  readonly horizons: readonly number[];
  /** The goal of training first, then goals that it has never been asked for. */
  readonly goals: readonly (readonly [x: number, y: number])[];
  /** Places in a row and a column at which the policy is looked at. */
  readonly grid: number;
  /** Starts of walks. */
  readonly starts: number;
  /** Keep the field of arrows, for a figure. */
  readonly fields?: boolean;
};

/** The policy at one horizon and goal, means over the grid. */
export type ToyView = {
  readonly horizon: number;
  readonly goal: number;
  /** Cosine of mean action and way to the goal; places within 1 of the goal are left out. */
  readonly cosine: number;
  /** ‖μ‖ */
  readonly length: number;
  /** σ, mean of both coordinates; none of a policy without. */
  readonly spread: number | null;
  /** Share of the walks that reach the goal within 100 steps. */
  readonly reached: number;
  /** Mean action by place, x fastest from the lower left; null unless kept. */
  readonly field: readonly (readonly [x: number, y: number])[] | null;
};

export type ToyResult = {
  readonly views: readonly ToyView[];
  /** Some walks of noise, and some of the policy to the goal of training at the first horizon. */
  readonly noise: readonly (readonly (readonly [x: number, y: number])[])[] | null;
};

/** Where the policy is looked at. */
export function toyGrid(size: number): [x: number, y: number][] {
  const at = (k: number) => TOY_BOUND * (2 * (k + 0.5) / size - 1);
  return Array.from({ length: size * size }, (_, i) => [at(i % size), at(Math.floor(i / size))]);
}

interface Looked {
  readonly mean: Float32Array;
  readonly std: Float32Array | null;
}

/** Toy navigation of Merlin and GCSL. */
export const toy: Experiment<ToyConfig, ToyResult> = {
  id: "toy",
  title: "Toy navigation",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ steps, batchSize }) => 2 + steps * batchSize * 6e-6,
  async run(config, { seed, executor, progress }) {
    const { method, walks, steps, batchSize, learningRate, hidden, horizons, goals, grid, starts } = config;
    const noise = forwardNoise({
      episodes: walks,
      compatMisaligned: method.kind === "merlin" && method.misaligned,
      stream: stream(seed, "noise"),
    });
    const common = { seed, batchSize, learningRate, hidden, executor };
    const places = toyGrid(grid), rows = places.length;
    const observations = Float32Array.from(places.flat());
    const first = stream(seed, "starts").uniform(new Float64Array(2 * starts), {
      low: -TOY_BOUND,
      high: TOY_BOUND,
    });
    const startPlaces = Array.from({ length: starts }, (_, i) => [first[2 * i], first[2 * i + 1]] as const);
    const views: ToyView[] = [];
    const look = async (
      horizon: number,
      { distribution, policy }: {
        readonly distribution: (goals: Float32Array) => Promise<Looked>;
        readonly policy: GoalPolicy;
      },
    ) => {
      for (const [goal, place] of goals.entries()) {
        const { mean: means, std } = await distribution(repeated(place, rows));
        const { reached } = await walkToy(policy, { starts: startPlaces, goal: place });
        views.push({
          ...{ horizon, goal, ...summary(places, { goal: place, means }) },
          spread: std === null ? null : mean(std),
          reached: mean(reached.map(Number)),
          field: config.fields ? places.map((_, i) => [means[2 * i], means[2 * i + 1]]) : null,
        });
      }
    };
    if (method.kind === "merlin") {
      const trained = await trainMerlin(noise, {
        ...{ ...common, ratio: 1, steps, horizon: method.horizon },
        // As in the released script: no tanh, no clipping, no normalisation, nothing added to σ.
        ...{ bounded: false, normalised: false, clipNorm: Infinity, leastStd: 0 },
        onProgress: ({ fraction }) => progress(0.9 * fraction),
      });
      await using policy = await compileMerlin(trained, { batchSize: 100, executor });
      for (const horizon of horizons) {
        await look(horizon, {
          distribution: (goals) => policy.distribution({ observations, goals, rows, horizon }),
          policy: policy.at(horizon),
        });
      }
    } else {
      const { updates } = method;
      await using policy = await trainToyGcsl({
        ...{ ...common, walks: Math.round(steps / updates), updates },
        onProgress: (fraction) => progress(0.9 * fraction),
      });
      await look(1, {
        distribution: async (goals) => ({ mean: await policy.act({ observations, goals, rows }), std: null }),
        policy,
      });
    }
    const kept = Array.from(
      { length: Math.min(walks, 20) },
      (_, e) =>
        Array.from({ length: noise.length }, (_, t) => {
          const at = 2 * (e * noise.length + t);
          return [noise.observations[at], noise.observations[at + 1]] as const;
        }),
    );
    return { views, noise: config.fields && method.kind === "merlin" ? kept : null };
  },
};

const repeated = (place: readonly [number, number], rows: number) =>
  Float32Array.from({ length: 2 * rows }, (_, i) => place[i % 2]);

function summary(
  places: readonly (readonly [number, number])[],
  { goal, means }: { readonly goal: readonly [number, number]; readonly means: Float32Array },
): { cosine: number; length: number } {
  const cosines: number[] = [], lengths: number[] = [];
  places.forEach(([x, y], i) => {
    const [dx, dy] = [goal[0] - x, goal[1] - y], [a, b] = [means[2 * i], means[2 * i + 1]];
    const length = Math.hypot(a, b), distance = Math.hypot(dx, dy);
    lengths.push(length);
    if (distance > 1) cosines.push((a * dx + b * dy) / (length * distance || 1));
  });
  return { cosine: mean(cosines), length: mean(lengths) };
}
