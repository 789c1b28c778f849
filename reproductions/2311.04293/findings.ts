/** What is made of several trainings: samples that an error takes, and weights that are chosen. */
import type { Results, Sample } from "../../lib/harness/mod.ts";
import { mean } from "../../lib/stats/mod.ts";
import {
  errorOf,
  LEVELS,
  pointsOf,
  SWEEP,
  type Swept,
  validationOf,
  type Weighed,
  WEIGHTS,
} from "./studies.ts";

/** Test mean squared error that counts as having learned: 4 % of that of predicting u = 0. */
export const TARGET = 1e-2;

/** How many samples an error takes. */
export interface Needed {
  readonly samples: number;
  /** Whether the largest number does not suffice, or the smallest is enough: then it is a bound. */
  readonly bound?: "at least" | "at most";
}

/**
 * The number of samples at which a curve of errors first falls to the target, between two numbers by a
 * straight line in logarithms.
 *
 * @param curve [samples, error], by ascending number of samples; at least one.
 */
export function neededSamples(curve: readonly (readonly [number, number])[], target = TARGET): Needed {
  const at = curve.findIndex(([, error]) => error <= target);
  if (at < 0) return { samples: curve.at(-1)![0], bound: "at least" };
  if (at === 0) return { samples: curve[0][0], bound: "at most" };
  const [[n, above], [m, below]] = [curve[at - 1], curve[at]];
  const part = Math.log(above / target) / Math.log(above / below);
  return { samples: n * (m / n) ** part };
}

/** Samples that a method needs on the heat equation, by seed; a seed without all numbers is left out. */
export function samplesNeeded(results: Results, method: Swept): ReadonlyMap<number, Needed> {
  const { points } = pointsOf(results.plan);
  const groups = SWEEP.heat.finished(results, points.map((count) => `${method} ${count}` as const));
  const bySeed = Map.groupBy(
    groups.flatMap(({ config, runs }) =>
      runs.map(({ seed, result }) => ({ seed, samples: config.points, error: errorOf(result) }))
    ),
    ({ seed }) => seed,
  );
  return new Map(
    [...bySeed].filter(([, own]) => own.length === points.length).map(([seed, own]) => [
      seed,
      neededSamples(
        own.toSorted((a, b) => a.samples - b.samples).map(({ samples, error }) => [samples, error]),
      ),
    ]),
  );
}

const levelName = (method: Weighed, level: number, few: number) => `${method} ${level} ${few}`;

/**
 * The level of weight (0 to 3) with the smallest validation error of the pilots (geometric mean); null
 * without pilots.
 */
export function chosenLevel(results: Results, method: Weighed): number | null {
  const { few } = pointsOf(results.plan);
  const errors = LEVELS.flatMap((level) =>
    WEIGHTS.finished(results, [`pilot ${levelName(method, level, few)}`]).map(({ runs }) => ({
      level,
      error: mean(runs.map(({ result }) => Math.log(validationOf(result)))),
    }))
  );
  return errors.length < LEVELS.length ? null : errors.reduce((a, b) => b.error < a.error ? b : a).level;
}

/** Test errors of a method at its chosen weight, with few samples. */
export function chosenSample(method: Weighed): Sample {
  const names = (few: number) => LEVELS.map((level) => levelName(method, level, few));
  return {
    label: () => method === "pinn" ? "PINN, chosen α" : "PINN + symmetry, chosen weights",
    jobs(plan) {
      const { few } = pointsOf(plan);
      const { profile, seeds = Infinity } = plan;
      // Pilots keep their seeds, however many are judged.
      const pilots = names(few).flatMap((name) =>
        WEIGHTS.jobs({ profile }, [`pilot ${name}`]).slice(0, seeds)
      );
      return [...WEIGHTS.jobs(plan, names(few)), ...pilots];
    },
    values(results) {
      const level = chosenLevel(results, method);
      if (level === null) return new Map();
      return WEIGHTS.sample(names(pointsOf(results.plan).few)[level], errorOf).values(results);
    },
  };
}
