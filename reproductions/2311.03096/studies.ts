/** What each profile runs: experiments in named variants. */
import { everyProfile, study, type Variant } from "../../lib/harness/mod.ts";
import { INPUT_FAMILIES, type InputFamily } from "./experiments/_inputs.ts";
import { agreement } from "./experiments/agreement.ts";
import { parallel } from "./experiments/parallel.ts";
import { particles, type ParticlesConfig } from "./experiments/particles.ts";
import { regression, type RegressionConfig } from "./experiments/regression.ts";
import { rounds } from "./experiments/rounds.ts";
import { timing, type TimingConfig } from "./experiments/timing.ts";

export { PENALTIES, type Penalty } from "./studies/_penalties.ts";
export { CHOSEN, type Depth, type Kind, TORUS, TUNING } from "./studies/torus.ts";

/** Powers of two from 2^low to 2^high. */
const powers = (low: number, high: number): number[] =>
  Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));

/** One variant, run once. */
const once = <C>(config: C, seed = 0) => ({ all: { config, seeds: { only: seed } } });

const PARTICLE_GROUPS: ParticlesConfig = {
  groups: [
    { count: 9, centre: -1.2, spread: 0.22 },
    { count: 8, centre: 0.15, spread: 0.28 },
    { count: 7, centre: 1.25, spread: 0.2 },
  ],
};

/** The particle system of the first figure. */
export const PARTICLES = study(particles, everyProfile(once(PARTICLE_GROUPS, 3)));

/** The four algorithms and the identities on random inputs. */
export const AGREEMENT = study(agreement, {
  smoke: once({ inputs: 40, largest: 40 }),
  laptop: once({ inputs: 200, largest: 70 }),
  paper: once({ inputs: 200, largest: 70 }),
});

const rounded = {
  all: { config: { sizes: [8, 12, ...powers(6, 14), 10 ** 5, 2 ** 18, 10 ** 6] }, seeds: 3 },
};

/** Dependent rounds of the parallel algorithms. */
export const ROUNDS = study(rounds, {
  smoke: { all: { config: { sizes: [8, 12, 64, 256, 1024] }, seeds: 1 } },
  laptop: rounded,
  paper: rounded,
});

/** Depth of the data-parallel program. */
export const PARALLEL = study(parallel, {
  smoke: once({ sizes: [8, 64, 256] }),
  laptop: once({ sizes: powers(3, 17) }),
  paper: once({ sizes: powers(3, 17) }),
});

const timings = (sizes: readonly number[]) =>
  Object.fromEntries(
    INPUT_FAMILIES.map((family) => [family, { config: { family, sizes }, seeds: { only: 0 } }]),
  ) as Record<InputFamily, Variant<TimingConfig>>;

/** Wall times of the four algorithms. */
export const TIMING = study(timing, {
  smoke: timings([256, 1024]),
  laptop: timings(powers(10, 20)),
  paper: timings(powers(10, 24)),
});

const TRUTHS = {
  teacher: "cyclic convolution, 16 → 16",
  normal: "normal weights, 100 → 10",
  shared: "weights from a pool, 100 → 10",
} as const;

/** Regressions with the same truth and learning rate, by λ. */
const regressions = (
  base: Omit<RegressionConfig, "sharing">,
  { lambdas, seeds }: { readonly lambdas: readonly number[]; readonly seeds: number },
) =>
  Object.fromEntries(
    lambdas.map((sharing) => [
      `${base.truth} ${sharing}`,
      { label: TRUTHS[base.truth], config: { ...base, sharing }, seeds },
    ]),
  );

const TEACHER = { truth: "teacher", learningRate: 1, batchSize: 24 } as const;
const TEACHERS = regressions({ ...TEACHER, epochs: 1000 }, {
  lambdas: [0, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1],
  seeds: 5,
});
const linear = (training: { learningRate: number; epochs: number }, seeds: number) => ({
  ...TEACHERS,
  ...regressions({ truth: "normal", batchSize: 128, ...training }, { lambdas: [0, 0.001, 0.01], seeds }),
  ...regressions({ truth: "shared", batchSize: 128, ...training }, { lambdas: [0, 0.001, 0.01], seeds }),
});

/** Linear regressions. */
export const REGRESSION = study(regression, {
  smoke: regressions({ ...TEACHER, epochs: 200 }, { lambdas: [0, 0.02], seeds: 1 }),
  laptop: linear({ learningRate: 0.05, epochs: 300 }, 3),
  paper: linear({ learningRate: 0.01, epochs: 2000 }, 5),
});

/** Those that have a cyclic convolution to find. */
export const TEACHER_REGRESSION = REGRESSION.where(({ config }) => config.truth === "teacher");
