import type { Plan } from "../../lib/harness/mod.ts";
import type { Regulariser } from "./experiments/_methods.ts";
import type { CifarConfig } from "./experiments/cifar.ts";
import type { ParticlesConfig } from "./experiments/particles.ts";
import type { RegressionConfig } from "./experiments/regression.ts";
import type { TorusConfig } from "./experiments/torus.ts";

/** A network with its training, by the name that figures and tables give it. */
export interface TorusVariant {
  readonly name: string;
  readonly config: TorusConfig;
  readonly seeds: number;
}

/** As {@link TorusVariant}, on photographs. */
export interface CifarVariant {
  readonly name: string;
  readonly config: CifarConfig;
  readonly seeds: number;
}

/** A linear regression. */
export interface RegressionVariant {
  readonly config: RegressionConfig;
  readonly seeds: number;
}

/** What a profile runs. */
export interface Scale {
  readonly particles: ParticlesConfig;
  readonly agreement: { readonly inputs: number; readonly largest: number };
  readonly rounds: { readonly sizes: readonly number[]; readonly seeds: number };
  readonly parallel: { readonly sizes: readonly number[] };
  readonly timing: { readonly sizes: readonly number[] };
  readonly regression: readonly RegressionVariant[];
  readonly torus: readonly TorusVariant[];
  readonly cifar: readonly CifarVariant[];
}

/** Powers of two from 2^low to 2^high, every `step`-th. */
const powers = (low: number, high: number, step = 1): number[] =>
  Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => 2 ** (low + step * i));

const PARTICLES: ParticlesConfig = {
  groups: [
    { count: 9, centre: -1.2, spread: 0.22 },
    { count: 8, centre: 0.15, spread: 0.28 },
    { count: 7, centre: 1.25, spread: 0.2 },
  ],
};

/** How the experiments on the torus scale. */
interface TorusScale {
  readonly base: Omit<TorusConfig, "kind" | "regulariser" | "channels">;
  /** Channels of the network whose comparisons are complete, and of a deeper one (absent: none). */
  readonly channels: readonly number[];
  readonly deep?: { readonly channels: readonly number[]; readonly epochs: number; readonly seeds: number };
  /** Side of the CNN's kernels; the deeper one has 3, as released. */
  readonly kernel: number;
  /** λ of R by layer, and for the sweep. */
  readonly sharing: readonly number[];
  readonly deepSharing?: readonly number[];
  readonly sweep: readonly number[];
  readonly l1: number;
  readonly betaLasso: NonNullable<Regulariser["betaLasso"]>;
  readonly retrain: NonNullable<TorusConfig["retrain"]>;
  /** Of the main comparison, and of the baselines and the sweep. */
  readonly seeds: number;
  readonly baselineSeeds: number;
}

/** Names of the networks on the torus. */
export const NAMES = {
  plain: "FC",
  shared: "FC + R",
  cnn: "CNN",
  subgradient: "FC + R, subgradient",
  debiased: "FC + R, ρ = 0.98",
  l1: "FC + l1",
  both: "FC + R + l1",
  betaLasso: "FC + β-lasso",
  plainPermuted: "FC, permuted pixels",
  sharedPermuted: "FC + R, permuted pixels",
  cnnPermuted: "CNN, permuted pixels",
  deepPlain: "FC, two layers",
  deepShared: "FC + R, two layers",
  deepCnn: "CNN, two layers",
} as const;

/** The released value of ρ (CIFAR-10 script). */
const RHO = 0.98;

function torusVariants(scale: TorusScale): TorusVariant[] {
  const { base, channels, kernel, sharing, deep, deepSharing, l1, betaLasso, seeds, baselineSeeds } = scale;
  const fc = (name: string, regulariser: Regulariser, more: Partial<TorusConfig> = {}): TorusVariant => ({
    name,
    config: { ...base, kind: "FC", channels, regulariser, ...more },
    seeds,
  });
  const cnn = (name: string, more: Partial<TorusConfig> = {}): TorusVariant => ({
    name,
    config: { ...base, kind: "CNN", channels, kernel, regulariser: {}, ...more },
    seeds,
  });
  const { retrain } = scale;
  const variants = [
    fc(NAMES.plain, {}, { retrain }),
    fc(NAMES.shared, { sharing }, { retrain }),
    cnn(NAMES.cnn),
    { ...fc(NAMES.subgradient, { sharing, subgradient: true }), seeds: baselineSeeds },
    { ...fc(NAMES.debiased, { sharing, rho: RHO }), seeds: baselineSeeds },
    { ...fc(NAMES.l1, { l1 }), seeds: baselineSeeds },
    { ...fc(NAMES.both, { sharing, l1 }), seeds: baselineSeeds },
    { ...fc(NAMES.betaLasso, { betaLasso }), seeds: baselineSeeds },
    fc(NAMES.plainPermuted, {}, { permuted: true }),
    fc(NAMES.sharedPermuted, { sharing }, { permuted: true }),
    cnn(NAMES.cnnPermuted, { permuted: true }),
    ...scale.sweep.map((lambda) => ({
      ...fc(sweepName(lambda), { sharing: [lambda] }),
      seeds: baselineSeeds,
    })),
  ];
  if (deep === undefined) return variants;
  const more = { channels: deep.channels, epochs: deep.epochs };
  return [
    ...variants,
    { ...fc(NAMES.deepPlain, {}, more), seeds: deep.seeds },
    { ...fc(NAMES.deepShared, { sharing: deepSharing }, more), seeds: deep.seeds },
    { ...cnn(NAMES.deepCnn, { ...more, kernel: 3 }), seeds: deep.seeds },
  ];
}

/** Name of a network of the sweep over λ. */
export const sweepName = (lambda: number): string => `FC + R, λ = ${lambda}`;

/** Names of the networks on photographs. */
export const CIFAR_NAMES = {
  plain: "FC",
  l1: "FC + l1",
  betaLasso: "FC + β-lasso",
  shared: "FC + R",
  both: "FC + R + l1, ρ = 0.98",
  conv: "convolution",
} as const;

function cifarVariants(
  base: Omit<CifarConfig, "kind" | "regulariser">,
  { sharing, l1, betaLasso, seeds }: {
    readonly sharing: number;
    readonly l1: number;
    readonly betaLasso: NonNullable<Regulariser["betaLasso"]>;
    readonly seeds: number;
  },
): CifarVariant[] {
  const variant = (name: string, kind: CifarConfig["kind"], regulariser: Regulariser): CifarVariant => ({
    name,
    config: { ...base, kind, regulariser },
    seeds,
  });
  return [
    variant(CIFAR_NAMES.plain, "FC", {}),
    variant(CIFAR_NAMES.l1, "FC", { l1 }),
    variant(CIFAR_NAMES.betaLasso, "FC", { betaLasso }),
    variant(CIFAR_NAMES.shared, "FC", { sharing: [sharing] }),
    variant(CIFAR_NAMES.both, "FC", { sharing: [sharing], l1, rho: RHO }),
    variant(CIFAR_NAMES.conv, "Conv", {}),
  ];
}

const TEACHER = { truth: "teacher", learningRate: 1, batchSize: 24 } as const;
const LINEAR = { learningRate: 0.05, batchSize: 128 } as const;

const SMOKE: Scale = {
  particles: PARTICLES,
  agreement: { inputs: 40, largest: 40 },
  rounds: { sizes: [8, 12, 64, 256, 1024], seeds: 1 },
  parallel: { sizes: [8, 64, 256] },
  timing: { sizes: [256, 1024] },
  regression: [0, 0.02].map((sharing) => ({ config: { ...TEACHER, sharing, epochs: 200 }, seeds: 1 })),
  torus: torusVariants({
    base: {
      dataSet: "mnist/digits",
      pooling: 4,
      fraction: 0.8,
      epochs: 6,
      batchSize: 32,
      learningRate: 1,
    },
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
  cifar: cifarVariants({
    dataSet: "cifar10/subset",
    pooling: 2,
    channels: 1,
    augment: true,
    epochs: 1,
    batchSize: 50,
    learningRate: 0.1,
  }, { sharing: 1e-3, l1: 1e-4, betaLasso: { lambda: 1e-5, beta: 50 }, seeds: 1 }),
};

const LAPTOP: Scale = {
  particles: PARTICLES,
  agreement: { inputs: 200, largest: 70 },
  rounds: { sizes: [8, 12, ...powers(6, 14), 10 ** 5, 2 ** 18, 10 ** 6], seeds: 3 },
  parallel: { sizes: powers(3, 17) },
  timing: { sizes: powers(10, 20) },
  regression: [
    ...[0, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1].map((sharing) => ({
      config: { ...TEACHER, sharing, epochs: 1000 },
      seeds: 5,
    })),
    ...(["normal", "shared"] as const).flatMap((truth) =>
      [0, 0.001, 0.01].map((sharing) => ({ config: { ...LINEAR, truth, sharing, epochs: 300 }, seeds: 3 }))
    ),
  ],
  torus: torusVariants({
    base: {
      dataSet: "mnist/digits",
      pooling: 4,
      fraction: 0.1,
      epochs: 120,
      batchSize: 128,
      learningRate: 1,
    },
    channels: [16],
    deep: { channels: [8, 16], epochs: 40, seeds: 3 },
    kernel: 7,
    sharing: [5e-4],
    deepSharing: [1e-3, 1e-4],
    sweep: [1e-4, 2e-4, 1e-3, 2e-3],
    l1: 1e-5,
    betaLasso: { lambda: 1e-5, beta: 50 },
    retrain: { ratios: [0.5, 1, 1.5, 2.5], epochs: 40 },
    seeds: 5,
    baselineSeeds: 3,
  }),
  cifar: cifarVariants({
    dataSet: "cifar10/subset",
    pooling: 2,
    channels: 4,
    augment: true,
    epochs: 40,
    batchSize: 128,
    learningRate: 0.1,
  }, { sharing: 1e-3, l1: 1e-4, betaLasso: { lambda: 1e-5, beta: 50 }, seeds: 3 }),
};

const PAPER: Scale = {
  ...LAPTOP,
  timing: { sizes: powers(10, 24) },
  regression: [
    ...LAPTOP.regression.filter(({ config }) => config.truth === "teacher"),
    ...(["normal", "shared"] as const).flatMap((truth) =>
      [0, 0.001, 0.01].map((sharing) => ({
        config: { truth, sharing, learningRate: 0.01, batchSize: 128, epochs: 2000 },
        seeds: 5,
      }))
    ),
  ],
  torus: torusVariants({
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
  cifar: cifarVariants({
    dataSet: "cifar10/full",
    pooling: 1,
    channels: 64,
    augment: true,
    epochs: 400,
    batchSize: 512,
    learningRate: 0.1,
  }, { sharing: 1e-3, l1: 1e-4, betaLasso: { lambda: 1e-5, beta: 50 }, seeds: 3 }),
};

/** The scale of a plan's profile; `plan.seeds` replaces every number of seeds. */
export function scaleOf(plan: Plan): Scale {
  const scale = { smoke: SMOKE, laptop: LAPTOP, paper: PAPER }[plan.profile];
  const { seeds } = plan;
  if (seeds === undefined) return scale;
  const capped = <T extends { readonly seeds: number }>(variants: readonly T[]): T[] =>
    variants.map((variant) => ({ ...variant, seeds }));
  return {
    ...scale,
    rounds: { ...scale.rounds, seeds },
    regression: capped(scale.regression),
    torus: capped(scale.torus),
    cifar: capped(scale.cifar),
  };
}
