import type { MethodName, SymmetryForm } from "../../lib/methods/lie_symmetry/mod.ts";
import type { Plan } from "../../lib/harness/mod.ts";
import type { EquationName } from "./experiments/_problem.ts";
import type { TrainingScale } from "./experiments/training.ts";

export type { EquationName } from "./experiments/_problem.ts";

/** The equations in the paper's order. */
export const EQUATIONS: readonly EquationName[] = ["heat", "burgers"];

/** Names as printed. */
export const EQUATION_TITLES: Readonly<Record<EquationName, string>> = {
  heat: "Heat equation",
  burgers: "Burgers’ equation",
};

/** Seeds of network, training functions and points; 900 was kept for choosing the settings. */
export const SEEDS: readonly number[] = [0, 1, 2, 3, 4];

/** Generators whose term in the `point` form does not vanish for every u: leaving out another changes nothing. */
export const ACTIVE_GENERATORS: Readonly<Record<EquationName, readonly string[]>> = {
  heat: ["v3", "v4", "v5", "v6"],
  burgers: ["v4", "v5"],
};

/** Methods beside `pinn` and `symmetry` that are compared at the fewest interior points. */
export const OTHER_METHODS: readonly MethodName[] = ["symmetry-only", "gpinn", "aug", "supervised"];

/** The two controls that have the weight of the symmetry loss, but not the loss. */
export const CONTROLS: readonly MethodName[] = ["pinn-matched", "pinn-weighted"];

/** The forms beside `point`. */
export const OTHER_FORMS: readonly SymmetryForm[] = ["cosine", "total", "evolutionary"];

/** What a profile runs. */
export interface Scale {
  readonly training: TrainingScale;
  /** N_r, ascending. */
  readonly points: readonly number[];
  /** Seeds of what the claims are about, and of the rest. */
  readonly seeds: number;
  readonly otherSeeds: number;
  /** Generators that are left out, one at a time. */
  readonly dropped: Readonly<Record<EquationName, readonly string[]>>;
  /** Positions of the curves of Figure 1. */
  readonly curvePoints: number;
}

const SMOKE: Scale = {
  training: {
    functions: 8,
    sensors: 32,
    hiddenLayers: 3,
    width: 32,
    features: 32,
    initialPoints: 32,
    boundaryTimes: 16,
    steps: 50,
    checkpoints: 2,
    learningRate: 4e-3,
    decay: true,
    clipNorm: 10,
    test: { functions: 4, positions: 16, times: 17 },
  },
  points: [16, 32, 64],
  seeds: 1,
  otherSeeds: 1,
  dropped: { heat: ["v6"], burgers: ["v5"] },
  curvePoints: 41,
};

const LAPTOP: Scale = {
  training: {
    functions: 64,
    sensors: 64,
    hiddenLayers: 5,
    width: 64,
    features: 64,
    initialPoints: 64,
    boundaryTimes: 32,
    steps: 2000,
    checkpoints: 8,
    learningRate: 4e-3,
    decay: true,
    clipNorm: 10,
    test: { functions: 32, positions: 32, times: 33 },
  },
  points: [100, 400, 1600],
  seeds: 5,
  otherSeeds: 3,
  dropped: ACTIVE_GENERATORS,
  curvePoints: 121,
};

const PAPER: Scale = {
  ...LAPTOP,
  training: {
    functions: 200,
    sensors: 200,
    hiddenLayers: 7,
    width: 100,
    features: 100,
    initialPoints: 200,
    boundaryTimes: 100,
    steps: 10_000,
    checkpoints: 20,
    learningRate: 1e-3,
    test: { functions: 50, positions: 256, times: 101 },
  },
  points: [500, 2000, 10_000],
  otherSeeds: 5,
};

/** The scale of a plan's profile. `plan.seeds` caps or raises the number of seeds, up to five. */
export function scaleOf({ profile, seeds }: Plan): Scale {
  const scale = { smoke: SMOKE, laptop: LAPTOP, paper: PAPER }[profile];
  if (seeds === undefined) return scale;
  const count = Math.min(seeds, SEEDS.length);
  return { ...scale, seeds: count, otherSeeds: count };
}
