/** What each profile runs: experiments in named variants. */
import { type Json, type Seeds, study, type Variant } from "../../lib/harness/mod.ts";
import type { CloudModel, CloudSizes, Turning } from "./experiments/_clouds.ts";
import { type CloudConfig, clouds } from "./experiments/clouds.ts";
import { type DigitConfig, type DigitModel, digits } from "./experiments/digits.ts";
import { type ParticleConfig, type ParticleModel, particles } from "./experiments/particles.ts";
import { type PartConfig, parts } from "./experiments/parts.ts";
import { timing, type TimingConfig } from "./experiments/timing.ts";

/** How a network comes by its symmetry. */
export type Kind = "none" | "architecture" | "learned frame" | "fixed frame" | "data";

/** A network in a comparison. */
type Entry<C extends Json> = Variant<C> & {
  readonly label: string;
  readonly kind: Kind;
};

/** Seeds that claims are judged on. Settings were chosen on seeds from 1001 on and on validation data. */
interface Seeding {
  /** Of the networks that claims compare, and of the others. */
  readonly main: Seeds;
  readonly others: Seeds;
  /** Leaves out rows that no claim reads. @default false */
  readonly brief?: boolean;
}

/** Networks whose canonical digits are shown. */
const PICTURED: readonly DigitModel["kind"][] = ["discrete", "pca", "opt"];

type DigitBase = Omit<DigitConfig, "model">;

function digitNetworks(
  base: DigitBase,
  { seeds: { main, others, brief = false }, groupWidth, opt }: {
    readonly seeds: Seeding;
    readonly groupWidth: number;
    readonly opt: { readonly hidden: number; readonly steps: number; readonly rate: number };
  },
) {
  const entry = (
    label: string,
    kind: Kind,
    model: DigitModel,
    seeds: Seeds = main,
  ): Entry<DigitConfig> => ({
    label,
    kind,
    config: { ...base, model },
    ...PICTURED.includes(model.kind) && { firstSeed: { samples: 5 } },
    seeds,
  });
  const learned = (order: number, seeds?: Seeds) =>
    entry(`CN(C${order})-CNN`, "learned frame", { kind: "discrete", order }, seeds);
  return {
    cnn: entry("CNN", "none", { kind: "cnn" }),
    augmented: entry("CNN, turned in training", "data", { kind: "cnn", augment: true }, others),
    group: entry("G-CNN(C4)", "architecture", { kind: "group", order: 4, width: groupWidth }, others),
    frozen: entry("CN(C4, frozen)-CNN", "fixed frame", { kind: "discrete", order: 4, frozen: true }),
    pca: entry("CN(PCA)-CNN", "fixed frame", { kind: "pca" }),
    opt: entry("CN(OPT)-CNN", "learned frame", { kind: "opt", mode: "implicit", ...opt }, others),
    c4: learned(4),
    c16: brief ? undefined : learned(16, others),
    c64: learned(64),
  };
}

/** Rotated digits (Table 1). */
export const DIGITS = study(digits, {
  smoke: digitNetworks(
    {
      dataSet: "mnist/digits",
      counts: { train: 128, valid: 16, test: 60 },
      width: 2,
      epochs: 1,
      batchSize: 32,
      learningRate: 1e-3,
      judged: "test",
    },
    { seeds: { main: 1, others: 1 }, groupWidth: 2, opt: { hidden: 4, steps: 2, rate: 0.05 } },
  ),
  laptop: digitNetworks(
    {
      dataSet: "mnist/digits",
      counts: { train: 2000, valid: 1000, test: 2000 },
      width: 8,
      epochs: 6,
      batchSize: 32,
      learningRate: 2e-3,
      judged: "test",
    },
    { seeds: { main: 3, others: 3, brief: true }, groupWidth: 6, opt: { hidden: 8, steps: 5, rate: 0.1 } },
  ),
  paper: digitNetworks(
    {
      dataSet: "mnist/digits",
      counts: { train: 10000, valid: 2000, test: 10000 },
      width: 32,
      epochs: 100,
      batchSize: 256,
      learningRate: 1e-3,
      judged: "test",
    },
    { seeds: { main: 5, others: 5 }, groupWidth: 20, opt: { hidden: 64, steps: 20, rate: 5e-3 } },
  ),
});

type ParticleBase = Omit<ParticleConfig, "model">;

function particleNetworks(base: ParticleBase, { main, others, brief = false }: Seeding) {
  const entry = (
    label: string,
    kind: Kind,
    model: ParticleModel,
    seeds: Seeds = main,
  ): Entry<ParticleConfig> => ({ label, kind, config: { ...base, model }, seeds });
  const once: Seeds = { only: 0 };
  return {
    still: entry("no motion", "none", { kind: "still" }, once),
    straight: entry("x + v", "architecture", { kind: "straight" }, once),
    linear: entry("x + a v", "architecture", { kind: "linear" }, once),
    gnn: entry("GNN", "none", { kind: "gnn" }),
    augmented: brief
      ? undefined
      : entry("GNN, turned in training", "data", { kind: "gnn", augment: true }, others),
    egnn: entry("EGNN", "architecture", { kind: "egnn" }, others),
    frozen: entry("CN(frozen)-GNN", "fixed frame", { kind: "frame", frozen: true }),
    pca: entry("CN(PCA)-GNN", "fixed frame", { kind: "pca" }, others),
    average: brief ? undefined : entry("FA-GNN, 8 frames", "fixed frame", { kind: "average" }, others),
    learned: entry("CN-GNN", "learned frame", { kind: "frame" }),
    authors: entry(
      "CN-GNN, the authors' axis",
      "learned frame",
      { kind: "frame", authorsAxis: true },
      others,
    ),
  };
}

/** Charged particles (Table 2). */
export const PARTICLES = study(particles, {
  smoke: particleNetworks({
    dataSet: "nbody/short",
    hidden: 8,
    layers: 2,
    epochs: 3,
    batchSize: 32,
    learningRate: 2e-3,
    dropout: 0,
    judged: "test",
  }, { main: 1, others: 1 }),
  laptop: particleNetworks({
    dataSet: "nbody/small-1000",
    hidden: 32,
    layers: 4,
    epochs: 25,
    batchSize: 50,
    learningRate: 2e-3,
    dropout: 0,
    judged: "test",
  }, { main: 3, others: 3, brief: true }),
  paper: particleNetworks({
    dataSet: "nbody/small",
    hidden: 32,
    layers: 4,
    epochs: 1000,
    batchSize: 100,
    learningRate: 1e-3,
    dropout: 0.5,
    judged: "test",
  }, { main: 5, others: 5 }),
});

const SMALL: CloudSizes = {
  neighbours: 4,
  widths: [8, 16],
  head: [16],
  edges: [8, 8],
  embedding: 16,
  channels: 4,
};
const MEDIUM: CloudSizes = {
  neighbours: 8,
  widths: [16, 32, 128],
  head: [64, 32],
  edges: [16, 16, 32],
  embedding: 64,
  channels: 8,
};
const FULL: CloudSizes = {
  neighbours: 20,
  widths: [64, 128, 1024],
  head: [512, 256],
  edges: [64, 64, 128, 256],
  embedding: 1024,
  channels: 21,
};

type CloudBase = Omit<CloudConfig, "model" | "turning">;

function cloudNetworks(base: CloudBase, { main, others, brief = false }: Seeding) {
  const entry = (
    label: string,
    kind: Kind,
    model: CloudModel | "histograms",
    { turning = "z", seeds = main }: { readonly turning?: Turning; readonly seeds?: Seeds } = {},
  ) => ({ label, kind, config: { ...base, model, turning }, seeds });
  const cn = (
    network: "PointNet" | "DGCNN",
    canonicalizer: "linear" | "nonlinear",
    frozen = false,
  ): CloudModel => ({
    network,
    canonicalizer,
    ...frozen && { frozen },
  });
  return {
    histograms: entry("nearest by histograms", "architecture", "histograms", { seeds: { only: 0 } }),
    pointNet: entry("PointNet", "none", { network: "PointNet" }),
    pointNetTurned: entry("PointNet, turned in training", "data", { network: "PointNet" }, {
      turning: "SO(3)",
    }),
    vnPointNet: entry("VN-PointNet", "architecture", { network: "VN-PointNet" }, { seeds: others }),
    frozenPointNet: entry("CN(frozen)-PointNet", "fixed frame", cn("PointNet", "nonlinear", true), {
      seeds: others,
    }),
    linearPointNet: entry("CN(L)-PointNet", "learned frame", cn("PointNet", "linear"), { seeds: others }),
    learnedPointNet: entry("CN(NL)-PointNet", "learned frame", cn("PointNet", "nonlinear")),
    learnedPointNetTurned: brief ? undefined : entry(
      "CN(NL)-PointNet, turned in training",
      "learned frame",
      cn("PointNet", "nonlinear"),
      {
        turning: "SO(3)",
        seeds: others,
      },
    ),
    dgcnn: entry("DGCNN", "none", { network: "DGCNN" }, { seeds: others }),
    vnDgcnn: brief
      ? undefined
      : entry("VN-DGCNN", "architecture", { network: "VN-DGCNN" }, { seeds: others }),
    learnedDgcnn: entry("CN(NL)-DGCNN", "learned frame", cn("DGCNN", "nonlinear"), { seeds: others }),
  };
}

/** Point clouds (Table 3; ModelNet10 instead of ModelNet40). */
export const CLOUDS = study(clouds, {
  smoke: cloudNetworks({
    dataSet: "modelnet10/points",
    points: 48,
    sizes: SMALL,
    epochs: 1,
    batchSize: 20,
    learningRate: 0.05,
    judged: "test",
  }, { main: 1, others: 1 }),
  laptop: cloudNetworks({
    dataSet: "modelnet10/points",
    points: 128,
    sizes: MEDIUM,
    epochs: 6,
    batchSize: 32,
    learningRate: 0.1,
    judged: "test",
  }, { main: 3, others: 3, brief: true }),
  paper: cloudNetworks({
    dataSet: "modelnet10/points",
    points: 1024,
    sizes: FULL,
    epochs: 200,
    batchSize: 32,
    learningRate: 0.1,
    judged: "test",
  }, { main: 5, others: 5 }),
});

type PartBase = Omit<PartConfig, "model" | "turning">;

function partNetworks(base: PartBase, seeds: Seeds) {
  const entry = (label: string, kind: Kind, model: CloudModel) => ({
    label,
    kind,
    config: { ...base, model, turning: "z" as const },
    seeds,
  });
  const cn = (canonicalizer: "linear" | "nonlinear"): CloudModel => ({ network: "PointNet", canonicalizer });
  return {
    plain: entry("PointNet", "none", { network: "PointNet" }),
    frozen: entry("CN(frozen)-PointNet", "fixed frame", { ...cn("nonlinear"), frozen: true }),
    linear: entry("CN(L)-PointNet", "learned frame", cn("linear")),
    learned: entry("CN(NL)-PointNet", "learned frame", cn("nonlinear")),
  };
}

/** Parts of procedural shapes, a stand-in for ShapeNet-Part. */
export const PARTS = study(parts, {
  smoke: partNetworks(
    { dataSet: "part-shapes/four", points: 48, sizes: SMALL, epochs: 1, batchSize: 20, learningRate: 0.01 },
    1,
  ),
  laptop: partNetworks(
    { dataSet: "part-shapes/ten", points: 128, sizes: MEDIUM, epochs: 6, batchSize: 20, learningRate: 0.01 },
    3,
  ),
  paper: partNetworks(
    { dataSet: "part-shapes/ten", points: 512, sizes: FULL, epochs: 100, batchSize: 32, learningRate: 1e-3 },
    5,
  ),
});

/** Orders of the sweep over inference times. */
export const ORDERS: Readonly<Record<"smoke" | "laptop" | "paper", readonly number[]>> = {
  smoke: [4, 8],
  laptop: [4, 8, 16, 32],
  paper: [4, 8, 16, 32, 64],
};

function timings(
  orders: readonly number[],
  { width, groupWidth, sizes, points, hidden, batch, rounds }: {
    readonly width: number;
    readonly groupWidth: number;
    readonly sizes: CloudSizes;
    readonly points: number;
    readonly hidden: number;
    readonly batch: number;
    readonly rounds: number;
  },
) {
  const seeds: Seeds = { only: 0 };
  const config = (own: TimingConfig) => ({ config: own, seeds });
  const finest = { kind: "discrete", order: 64 } as const;
  return {
    digits: config({
      task: "digits",
      batch,
      rounds,
      width,
      models: [
        ...orders.map((order): DigitModel => ({ kind: "discrete", order })),
        ...orders.map((order): DigitModel => ({ kind: "group", order, width: groupWidth })),
      ],
    }),
    // The finest canonicalizer beside the coarsest, where the G-CNN of its order would take too long.
    finest: orders.includes(32) && !orders.includes(64)
      ? config({ task: "digits", batch, rounds, width, models: [{ kind: "discrete", order: 4 }, finest] })
      : undefined,
    clouds: config({
      task: "clouds",
      batch: Math.max(4, batch >> 2),
      rounds,
      sizes,
      points,
      models: [
        { network: "PointNet", canonicalizer: "nonlinear" },
        { network: "VN-PointNet" },
        { network: "DGCNN", canonicalizer: "nonlinear" },
        { network: "VN-DGCNN" },
      ],
    }),
    particles: config({
      task: "particles",
      batch,
      rounds,
      hidden,
      models: [{ kind: "frame" }, { kind: "egnn" }, { kind: "average" }, { kind: "gnn" }],
    }),
  };
}

/** Inference times (Figure 4). */
export const TIMING = study(timing, {
  smoke: timings(ORDERS.smoke, {
    width: 4,
    groupWidth: 2,
    sizes: SMALL,
    points: 48,
    hidden: 8,
    batch: 8,
    rounds: 2,
  }),
  laptop: timings(ORDERS.laptop, {
    width: 8,
    groupWidth: 6,
    sizes: MEDIUM,
    points: 128,
    hidden: 32,
    batch: 64,
    rounds: 7,
  }),
  paper: timings(ORDERS.paper, {
    width: 32,
    groupWidth: 20,
    sizes: FULL,
    points: 1024,
    hidden: 32,
    batch: 256,
    rounds: 9,
  }),
});
