/** What each profile runs: experiments in named variants. */
import { everyProfile, study, type Variant } from "../../lib/harness/mod.ts";
import { INPUT_FAMILIES, type InputFamily } from "./experiments/_inputs.ts";
import type { Regulariser } from "./experiments/_methods.ts";
import { agreement } from "./experiments/agreement.ts";
import { cifar, type CifarConfig } from "./experiments/cifar.ts";
import { parallel } from "./experiments/parallel.ts";
import { particles, type ParticlesConfig } from "./experiments/particles.ts";
import { regression, type RegressionConfig } from "./experiments/regression.ts";
import { rounds } from "./experiments/rounds.ts";
import { timing, type TimingConfig } from "./experiments/timing.ts";
import { torus, type TorusConfig } from "./experiments/torus.ts";

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

const MANY_SIZES = [8, 12, ...powers(6, 14), 10 ** 5, 2 ** 18, 10 ** 6];

/** Dependent rounds of the parallel algorithms. */
export const ROUNDS = study(rounds, {
  smoke: { all: { config: { sizes: [8, 12, 64, 256, 1024] }, seeds: 1 } },
  laptop: { all: { config: { sizes: MANY_SIZES }, seeds: 3 } },
  paper: { all: { config: { sizes: MANY_SIZES }, seeds: 3 } },
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

const SMOKE_TEACHERS = regressions({ ...TEACHER, epochs: 200 }, { lambdas: [0, 0.02], seeds: 1 });

/** Linear regressions. */
export const REGRESSION = study(regression, {
  smoke: SMOKE_TEACHERS,
  laptop: linear({ learningRate: 0.05, epochs: 300 }, 3),
  paper: linear({ learningRate: 0.01, epochs: 2000 }, 5),
});

/** Those that have a cyclic convolution to find. */
export const TEACHER_REGRESSION = study(regression, {
  smoke: SMOKE_TEACHERS,
  laptop: TEACHERS,
  paper: TEACHERS,
});

/** What a network is compared as. */
export type Kind = "baseline" | "weight sharing" | "convolution";

/** A network in a comparison. */
interface Network<C extends TorusConfig | CifarConfig> extends Variant<C> {
  readonly label: string;
  readonly kind: Kind;
  /** λ, of the networks whose only regulariser is one λ. */
  readonly lambda?: number;
}

/** The released value of ρ (CIFAR-10 script). */
const RHO = 0.98;

/** How the networks on the torus scale. */
interface TorusScale {
  readonly base: Omit<TorusConfig, "kind" | "regulariser" | "channels">;
  /** Channels of the network whose comparisons are complete, and of a deeper one (absent: none). */
  readonly channels: readonly number[];
  readonly deep?: {
    readonly channels: readonly number[];
    readonly epochs: number;
    readonly sharing: readonly number[];
    readonly seeds: number;
  };
  /** Side of the CNN's kernels; the deeper one has 3, as released. */
  readonly kernel: number;
  /** λ of R by layer, and for the sweep. */
  readonly sharing: readonly number[];
  readonly sweep: readonly number[];
  readonly l1: number;
  readonly betaLasso: NonNullable<Regulariser["betaLasso"]>;
  readonly retrain: NonNullable<TorusConfig["retrain"]>;
  /** Of the main comparison, and of the baselines and the sweep. */
  readonly seeds: number;
  readonly baselineSeeds: number;
}

function torusNetworks(scale: TorusScale) {
  const { base, channels, kernel, sharing, deep, l1, betaLasso, retrain, seeds, baselineSeeds } = scale;
  const fc = (
    label: string,
    kind: Kind,
    regulariser: Regulariser,
    more: Partial<TorusConfig> = {},
  ): Network<TorusConfig> => ({
    label,
    kind,
    config: { ...base, kind: "FC", channels, regulariser, ...more },
    seeds,
    ...(sharing.length === 1 && regulariser.sharing === sharing && !more.permuted && { lambda: sharing[0] }),
  });
  const cnn = (label: string, more: Partial<TorusConfig> = {}): Network<TorusConfig> => ({
    label,
    kind: "convolution",
    config: { ...base, kind: "CNN", channels, kernel, regulariser: {}, ...more },
    seeds,
  });
  /** Baselines and controls have fewer seeds, and no place in the sweep. */
  const baseline = (label: string, kind: Kind, regulariser: Regulariser): Network<TorusConfig> => ({
    label,
    kind,
    config: { ...base, kind: "FC", channels, regulariser },
    seeds: baselineSeeds,
  });
  const deeper = (network: Network<TorusConfig>): Network<TorusConfig> | undefined =>
    deep && {
      ...network,
      config: { ...network.config, channels: deep.channels, epochs: deep.epochs },
      seeds: deep.seeds,
    };
  const sweep = scale.sweep.map((lambda) => [
    `λ = ${lambda}`,
    { ...baseline(`FC + R, λ = ${lambda}`, "weight sharing", { sharing: [lambda] }), lambda },
  ]);
  return {
    plain: fc("FC", "baseline", {}, { retrain }),
    shared: fc("FC + R", "weight sharing", { sharing }, { retrain }),
    cnn: cnn("CNN"),
    subgradient: baseline("FC + R, subgradient", "weight sharing", { sharing, subgradient: true }),
    debiased: baseline("FC + R, ρ = 0.98", "weight sharing", { sharing, rho: RHO }),
    l1: baseline("FC + l1", "baseline", { l1 }),
    both: baseline("FC + R + l1", "weight sharing", { sharing, l1 }),
    betaLasso: baseline("FC + β-lasso", "baseline", { betaLasso }),
    plainPermuted: fc("FC, permuted pixels", "baseline", {}, { permuted: true }),
    sharedPermuted: fc("FC + R, permuted pixels", "weight sharing", { sharing }, { permuted: true }),
    cnnPermuted: cnn("CNN, permuted pixels", { permuted: true }),
    ...Object.fromEntries(sweep) as Readonly<Record<`λ = ${number}`, Network<TorusConfig>>>,
    deepPlain: deeper(fc("FC, two layers", "baseline", {})),
    deepShared: deeper(fc("FC + R, two layers", "weight sharing", { sharing: deep?.sharing })),
    deepCnn: deeper(cnn("CNN, two layers", { kernel: 3 })),
  };
}

/** Digits on the torus. */
export const TORUS = study(torus, {
  smoke: torusNetworks({
    base: { dataSet: "mnist/digits", pooling: 4, fraction: 0.8, epochs: 6, batchSize: 32, learningRate: 1 },
    channels: [8],
    kernel: 7,
    sharing: [1e-3],
    sweep: [],
    l1: 1e-4,
    betaLasso: { lambda: 1e-4, beta: 50 },
    retrain: { ratios: [2], epochs: 2 },
    seeds: 1,
    baselineSeeds: 1,
  }),
  laptop: torusNetworks({
    base: {
      dataSet: "mnist/digits",
      pooling: 4,
      fraction: 0.1,
      epochs: 120,
      batchSize: 128,
      learningRate: 1,
    },
    channels: [16],
    deep: { channels: [8, 16], epochs: 40, sharing: [1e-3, 1e-4], seeds: 3 },
    kernel: 7,
    sharing: [5e-4],
    sweep: [1e-4, 2e-4, 1e-3, 2e-3],
    l1: 1e-5,
    betaLasso: { lambda: 1e-5, beta: 50 },
    retrain: { ratios: [0.5, 1, 1.5, 2.5], epochs: 40 },
    seeds: 5,
    baselineSeeds: 3,
  }),
  paper: torusNetworks({
    base: {
      dataSet: "mnist/digits",
      pooling: 2,
      fraction: 0.6,
      dropout: 0.4,
      epochs: 200,
      batchSize: 512,
      learningRate: 0.1,
    },
    channels: [32, 64],
    kernel: 3,
    sharing: [1e-3, 1e-4],
    sweep: [],
    l1: 1e-4,
    betaLasso: { lambda: 1e-5, beta: 50 },
    retrain: { ratios: [0.5, 1], epochs: 200 },
    seeds: 3,
    baselineSeeds: 3,
  }),
});

function cifarNetworks(
  base: Omit<CifarConfig, "kind" | "regulariser" | "augment" | "learningRate">,
  seeds: number,
) {
  const [sharing, l1, betaLasso] = [[1e-3], 1e-4, { lambda: 1e-5, beta: 50 }];
  const network = (
    label: string,
    kind: Kind,
    regulariser: Regulariser,
  ): Network<CifarConfig> => ({
    label,
    kind,
    config: {
      ...base,
      augment: true,
      learningRate: 0.1,
      kind: kind === "convolution" ? "Conv" : "FC",
      regulariser,
    },
    seeds,
  });
  return {
    plain: network("FC", "baseline", {}),
    l1: network("FC + l1", "baseline", { l1 }),
    betaLasso: network("FC + β-lasso", "baseline", { betaLasso }),
    shared: network("FC + R", "weight sharing", { sharing }),
    both: network("FC + R + l1, ρ = 0.98", "weight sharing", { sharing, l1, rho: RHO }),
    conv: network("convolution", "convolution", {}),
  };
}

/** Photographs. */
export const CIFAR = study(cifar, {
  smoke: cifarNetworks({ dataSet: "cifar10/subset", pooling: 2, channels: 1, epochs: 1, batchSize: 50 }, 1),
  laptop: cifarNetworks(
    { dataSet: "cifar10/subset", pooling: 2, channels: 4, epochs: 40, batchSize: 128 },
    3,
  ),
  paper: cifarNetworks({ dataSet: "cifar10/full", pooling: 1, channels: 64, epochs: 400, batchSize: 512 }, 3),
});
