/** How much each profile runs. */
import type { Plan } from "../../../lib/harness/mod.ts";
import { symmetryFactor } from "../../../lib/methods/lie_symmetry/mod.ts";
import { type EquationName, problemOf } from "../experiments/_problem.ts";
import type { TrainingScale } from "../experiments/training.ts";

/** Generators whose term in the `point` form does not vanish: leaving out another changes nothing. */
export function activeGenerators(name: EquationName): string[] {
  const { equation } = problemOf(name);
  return equation.generators.filter((field) => symmetryFactor(equation, field).size > 0)
    .map((field) => field.name);
}

/** What a profile runs. */
export interface Scale {
  readonly training: TrainingScale;
  /** N_r, ascending: of fixed points that all functions share. */
  readonly points: readonly number[];
  /** N_r with which methods are compared, few: the second of `points`; and many, the last. */
  readonly few: number;
  readonly many: number;
  /** A larger N_r, with which every method is to have learned. */
  readonly most: number;
  /** Seeds that are judged: with few samples, and with other numbers of samples. */
  readonly seeds: readonly number[];
  readonly manySeeds: readonly number[];
  /** Seeds with the most samples. */
  readonly mostSeeds: readonly number[];
  /** Seeds of the forms of the loss, of weights that were not chosen, and of everything else. */
  readonly formSeeds: readonly number[];
  readonly weightSeeds: readonly number[];
  readonly otherSeeds: readonly number[];
  /** Seeds of pilots, for choosing weights. */
  readonly pilotSeeds: readonly number[];
  /** Seeds of Burgers' equation. */
  readonly burgersSeeds: readonly number[];
  /** N_r with the weighted PINN, and with weights that the sweep does not have. */
  readonly weightedPoints: readonly number[];
  readonly gridPoints: readonly number[];
  /** N_r of points of each function's own. */
  readonly ownPoints: number;
  /** Generators that are left out, one at a time. */
  readonly dropped: (name: EquationName) => readonly string[];
  /** Positions of the curves of Figure 1. */
  readonly curvePoints: number;
  /** Steps before gradients are compared. */
  readonly gradientSteps: number;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

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
    test: { functions: 2, validation: 2, positions: 16, times: 17 },
  },
  points: [8, 16, 32],
  few: 16,
  many: 32,
  most: 64,
  seeds: [20],
  manySeeds: [20],
  mostSeeds: [20],
  formSeeds: [20],
  weightSeeds: [20],
  otherSeeds: [20],
  pilotSeeds: [100],
  burgersSeeds: [20],
  weightedPoints: [16],
  gridPoints: [8, 16, 32],
  ownPoints: 4,
  dropped: (name) => activeGenerators(name).slice(-1),
  curvePoints: 41,
  gradientSteps: 2,
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
    steps: 1500,
    checkpoints: 6,
    learningRate: 4e-3,
    decay: true,
    clipNorm: 10,
    test: { functions: 32, validation: 32, positions: 32, times: 33 },
  },
  points: [50, 100, 200, 400],
  few: 100,
  many: 400,
  most: 1600,
  seeds: range(20, 10),
  manySeeds: range(20, 10),
  mostSeeds: range(20, 3),
  formSeeds: [20],
  weightSeeds: range(20, 2),
  otherSeeds: [20],
  pilotSeeds: range(100, 3),
  burgersSeeds: [20],
  weightedPoints: [50, 100, 200, 400],
  gridPoints: [100],
  ownPoints: 5,
  dropped: (name) => activeGenerators(name).slice(-1),
  curvePoints: 121,
  gradientSteps: 200,
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
    test: { functions: 50, validation: 50, positions: 256, times: 101 },
  },
  points: [50, 100, 200, 500, 2000],
  few: 100,
  many: 2000,
  most: 10_000,
  mostSeeds: range(20, 10),
  formSeeds: range(20, 10),
  weightSeeds: range(20, 10),
  otherSeeds: range(20, 5),
  burgersSeeds: range(20, 10),
  dropped: activeGenerators,
  weightedPoints: [50, 100, 200, 500, 2000],
  gridPoints: [50, 100, 200, 500, 2000],
};

const SCALES = { smoke: SMOKE, laptop: LAPTOP, paper: PAPER };

/** In every profile the same, by scale. */
export const byScale = <T>(of: (scale: Scale) => T) => ({
  smoke: of(SMOKE),
  laptop: of(LAPTOP),
  paper: of(PAPER),
});

/** N_r of a plan's profile. */
export const pointsOf = ({ profile }: Plan): Pick<Scale, "points" | "few" | "many" | "most"> =>
  SCALES[profile];
