import type { Plan } from "../../lib/harness/mod.ts";
import type { EquivarianceConfig } from "./experiments/equivariance.ts";
import type { MoleculeConfig } from "./experiments/molecules.ts";
import type { NBodyConfig, NBodyModel } from "./experiments/nbody.ts";
import type { PathsConfig } from "./experiments/paths.ts";
import type { SolarConfig } from "./experiments/solar.ts";
import type { TimingConfig } from "./experiments/timing.ts";

/** Settings that all networks of an experiment share, with the numbers of seeds. */
export interface Scale {
  readonly nbody: {
    readonly models: readonly { readonly model: NBodyModel; readonly seeds: number }[];
    readonly training: Omit<NBodyConfig, "model">;
    readonly paths: PathsConfig;
  };
  readonly solar: {
    readonly channels: readonly number[];
    readonly seeds: number;
    readonly training: Omit<SolarConfig, "channels">;
  };
  readonly molecules: {
    readonly channels: readonly number[];
    readonly targets: readonly string[];
    readonly seeds: number;
    readonly training: Omit<MoleculeConfig, "channels" | "target">;
  };
  readonly equivariance: EquivarianceConfig;
  readonly timing: readonly TimingConfig[];
}

/** MC-EGNN with K channels; K = 1 is EGNN. */
const egnn = (
  channels: number,
  more: { readonly hidden?: number; readonly tied?: boolean } = {},
): NBodyModel => ({
  kind: "EGNN",
  channels,
  ...more,
});

/** The first test simulation in the stream of seed 43. */
const OFFICIAL_PATHS: PathsConfig = {
  seed: 43,
  skip: 12000,
  rows: 3,
  frames: 49,
  at: Array.from({ length: 21 }, (_, i) => 3100 + 50 * i),
};

const EQUIVARIANCE: EquivarianceConfig = { channels: [1, 2, 3, 5, 10], hidden: 32, layers: 4 };

const SMOKE: Scale = {
  nbody: {
    models: [
      { model: { kind: "GNN" }, seeds: 1 },
      { model: { kind: "Radial Field" }, seeds: 1 },
      { model: egnn(1), seeds: 2 },
      { model: egnn(3), seeds: 2 },
      { model: egnn(3, { tied: true }), seeds: 2 },
    ],
    training: {
      dataSet: "nbody/short",
      hidden: 16,
      layers: 2,
      epochs: 5,
      batchSize: 16,
      learningRate: 2e-3,
      schedule: "cosine",
    },
    paths: { seed: 43, skip: 96, rows: 3, frames: 4, at: Array.from({ length: 11 }, (_, i) => 200 + 20 * i) },
  },
  solar: {
    channels: [1, 3],
    seeds: 2,
    training: {
      dataSet: "solar/short",
      hidden: 16,
      layers: 2,
      epochs: 3,
      batchSize: 8,
      learningRate: 1e-3,
      schedule: "cosine",
      clipNorm: 1,
      evaluateEvery: 1,
    },
  },
  molecules: {
    channels: [1, 3],
    targets: ["atomisation", "dipole"],
    seeds: 2,
    training: {
      dataSet: "qm7/molecules",
      train: 60,
      valid: 20,
      test: 20,
      hidden: 16,
      layers: 2,
      epochs: 4,
      batchSize: 10,
      learningRate: 1e-3,
      schedule: "cosine",
    },
  },
  equivariance: { ...EQUIVARIANCE, hidden: 16, layers: 3 },
  timing: [{ channels: [1, 5], hidden: 16, layers: 2, batchSize: 20, nodes: 5, epochs: 2, rounds: 3 }],
};

const LAPTOP: Scale = {
  nbody: {
    models: [
      { model: { kind: "GNN" }, seeds: 2 },
      { model: { kind: "Radial Field" }, seeds: 2 },
      { model: egnn(1), seeds: 5 },
      { model: egnn(2), seeds: 2 },
      { model: egnn(3), seeds: 5 },
      { model: egnn(5), seeds: 2 },
      { model: egnn(3, { tied: true }), seeds: 5 },
      // The smallest width with at least as many parameters as K = 3 at H = 32.
      { model: egnn(1, { hidden: 33 }), seeds: 5 },
    ],
    training: {
      dataSet: "nbody/small-1000",
      hidden: 32,
      layers: 3,
      epochs: 150,
      batchSize: 100,
      learningRate: 2e-3,
      schedule: "cosine",
    },
    paths: OFFICIAL_PATHS,
  },
  solar: {
    channels: [1, 2, 3, 5],
    seeds: 5,
    training: {
      dataSet: "solar/15-sparse",
      hidden: 32,
      layers: 3,
      epochs: 91, // 33 batches each: 3 003 updates
      batchSize: 16,
      learningRate: 1e-3,
      schedule: "cosine",
      clipNorm: 1,
      evaluateEvery: 5,
    },
  },
  molecules: {
    channels: [1, 3],
    targets: ["atomisation", "dipole", "polarisability"],
    seeds: 2,
    training: {
      dataSet: "qm7/molecules",
      train: 1500,
      valid: 300,
      test: 500,
      hidden: 32,
      layers: 3,
      epochs: 30,
      batchSize: 96,
      learningRate: 1e-3,
      schedule: "cosine",
    },
  },
  equivariance: EQUIVARIANCE,
  timing: [{
    channels: [1, 2, 3, 5, 10],
    hidden: 64,
    layers: 4,
    batchSize: 100,
    nodes: 5,
    epochs: 3,
    rounds: 5,
  }],
};

const PAPER: Scale = {
  nbody: {
    models: [
      { model: { kind: "GNN" }, seeds: 5 },
      { model: { kind: "Radial Field" }, seeds: 5 },
      ...[1, 2, 3, 5, 10].map((channels) => ({ model: egnn(channels), seeds: 5 })),
      { model: egnn(3, { tied: true }), seeds: 5 },
      { model: egnn(1, { hidden: 65 }), seeds: 5 },
    ],
    training: {
      dataSet: "nbody/small",
      hidden: 64,
      layers: 4,
      epochs: 10000,
      batchSize: 100,
      learningRate: 5e-4,
      schedule: "constant",
    },
    paths: OFFICIAL_PATHS,
  },
  solar: {
    channels: [1, 2, 3, 5, 10],
    seeds: 5,
    training: {
      dataSet: "solar/31",
      hidden: 64,
      layers: 4,
      epochs: 1000,
      batchSize: 100,
      learningRate: 1e-3,
      schedule: "constant",
      clipNorm: 1,
      evaluateEvery: 5,
      patience: 500,
    },
  },
  molecules: {
    channels: [1, 3],
    targets: "alpha gap homo lumo mu Cv G H r2 U U0 zpve".split(" "),
    seeds: 3,
    training: {
      dataSet: "qm9/molecules",
      train: 100000,
      valid: 17748,
      test: 13083,
      hidden: 128,
      layers: 7,
      epochs: 1000,
      batchSize: 96,
      learningRate: 5e-4,
      schedule: "cosineThreePasses",
    },
  },
  equivariance: { ...EQUIVARIANCE, hidden: 64 },
  timing: LAPTOP.timing,
};

/** The scale of a plan's profile. `plan.seeds` replaces the number of seeds of every network. */
export function scaleOf(plan: Plan): Scale {
  const scale = { smoke: SMOKE, laptop: LAPTOP, paper: PAPER }[plan.profile];
  const { seeds } = plan;
  if (seeds === undefined) return scale;
  return {
    ...scale,
    nbody: { ...scale.nbody, models: scale.nbody.models.map(({ model }) => ({ model, seeds })) },
    solar: { ...scale.solar, seeds },
    molecules: { ...scale.molecules, seeds },
  };
}

/** Bodies whose motion is around a planet. */
export function isMoon(body: string): boolean {
  return !/^(Sun|Mercury|Venus|Earth|Mars|Jupiter|Saturn|Uranus|Neptune|Pluto)$/.test(body);
}
