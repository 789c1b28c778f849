/** What each profile runs: experiments in named variants, and what is measured of a training. */
import { study, type Variant } from "../../lib/harness/mod.ts";
import { type MethodName, symmetryFactor } from "../../lib/methods/lie_symmetry/mod.ts";
import { type EquationName, problemOf } from "./experiments/_problem.ts";
import { neighbours } from "./experiments/neighbours.ts";
import { solutions, type SolutionsConfig } from "./experiments/solutions.ts";
import {
  training,
  type TrainingConfig,
  type TrainingResult,
  type TrainingScale,
} from "./experiments/training.ts";

export type { EquationName } from "./experiments/_problem.ts";

/** The equations in the paper's order. */
export const EQUATIONS: readonly EquationName[] = ["heat", "burgers"];

/** Names as printed. */
export const EQUATION_TITLES: Readonly<Record<EquationName, string>> = {
  heat: "Heat equation",
  burgers: "Burgers’ equation",
};

/** Generators whose term in the `point` form does not vanish: leaving out another changes nothing. */
export function activeGenerators(name: EquationName): string[] {
  const { equation } = problemOf(name);
  return equation.generators.filter((field) => symmetryFactor(equation, field).size > 0)
    .map((field) => field.name);
}

/** What a profile runs. */
interface Scale {
  readonly training: TrainingScale;
  /** N_r, ascending. */
  readonly points: readonly [number, number, number];
  /**
   * Seeds of what the claims are about, and of the rest; they set network, training functions and points. 900
   * was kept for choosing the settings.
   */
  readonly seeds: number;
  readonly otherSeeds: number;
  /** Generators that are left out, one at a time. */
  readonly dropped: (name: EquationName) => readonly string[];
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
  dropped: (name) => activeGenerators(name).slice(-1),
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
  dropped: activeGenerators,
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

/** In every profile the same, by scale. */
const byScale = <T>(of: (scale: Scale) => T) => ({ smoke: of(SMOKE), laptop: of(LAPTOP), paper: of(PAPER) });

/** A training as a variant; by default: fewest interior points, `point` form, all generators. */
interface Network extends Variant<TrainingConfig> {
  readonly label: string;
}

function trainings(equation: EquationName, { training, points, seeds, otherSeeds, dropped }: Scale) {
  const [fewest, middle, most] = points;
  const network = (
    label: string,
    method: MethodName,
    own: Pick<TrainingConfig, "form" | "generators"> & { readonly points?: number; readonly seeds?: number } =
      {},
  ): Network => {
    const { seeds: count = seeds, ...config } = own;
    return { label, config: { equation, method, points: fewest, ...config, scale: training }, seeds: count };
  };
  /** The first seed keeps the prediction that the maps show. */
  const shown = (label: string, method: MethodName, points: number): Network => ({
    ...network(label, method, { points }),
    firstSeed: { map: true },
  });
  const others = { seeds: otherSeeds };
  const all = problemOf(equation).equation.generators.map(({ name }) => name);
  const withoutOne = Object.fromEntries(
    dropped(equation).map((name) => [
      `without ${name}`,
      network(`PINN + symmetry without ${name}`, "symmetry", {
        generators: all.filter((other) => other !== name),
        ...others,
      }),
    ]),
  ) as Readonly<Record<`without ${string}`, Network>>;
  return Object.assign({
    pinn: shown("PINN", "pinn", fewest),
    pinnMiddle: shown("PINN", "pinn", middle),
    pinnMost: shown("PINN", "pinn", most),
    symmetry: shown("PINN + symmetry", "symmetry", fewest),
    symmetryMiddle: shown("PINN + symmetry", "symmetry", middle),
    symmetryMost: shown("PINN + symmetry", "symmetry", most),
    symmetryOnly: network("symmetry loss alone (α = 0)", "symmetry-only", others),
    matched: network("PINN, matched α", "pinn-matched"),
    weighted: network("PINN, weighted", "pinn-weighted"),
    gradientEnhanced: network("gradient-enhanced PINN", "gpinn", others),
    augmented: network("PINN on transformed initial conditions", "aug", others),
    supervised: network("supervised by true solutions", "supervised", others),
    cosine: network("cosine (form 2)", "symmetry", { form: "cosine", ...others }),
    total: network("total (form 3)", "symmetry", { form: "total" }),
    evolutionary: network("evolutionary (form 4)", "symmetry", { form: "evolutionary" }),
  }, withoutOne);
}

/** Operator networks, by equation. */
export const TRAINING = {
  heat: study(training, byScale((scale) => trainings("heat", scale))),
  burgers: study(training, byScale((scale) => trainings("burgers", scale))),
};

/** PINN without and with the symmetry loss, by ascending number of interior points. */
export const SWEEP = {
  pinn: ["pinn", "pinnMiddle", "pinnMost"],
  symmetry: ["symmetry", "symmetryMiddle", "symmetryMost"],
} as const;

/** True solutions of the held-out functions, by equation. */
export const SOLUTIONS = study(
  solutions,
  byScale(({ training: { test } }) =>
    Object.fromEntries(
      EQUATIONS.map((equation) => [equation, { config: { equation, test }, seeds: { only: 0 } }]),
    ) as Record<EquationName, Variant<SolutionsConfig>>
  ),
);

/** A solution of the heat equation and its neighbours along each of its symmetries. */
export const NEIGHBOURS = study(
  neighbours,
  byScale(({ curvePoints }) => ({
    all: {
      config: {
        positions: curvePoints,
        time: 1,
        parameters: {
          v1: [0, 0.2, 0.4, 0.6],
          v2: [0, 0.3, 0.6, 0.9],
          v3: [0, 0.15, 0.3, 0.45],
          v4: [0, 0.1, 0.2, 0.3],
          v5: [0, 0.1, 0.2, 0.3],
          v6: [0, 0.03, 0.06, 0.09],
        },
      },
      seeds: { only: 0 },
    },
  })),
);

/** Test error of a training: mean squared error after the last step. */
export const errorOf = ({ checkpoints }: TrainingResult): number => checkpoints.at(-1)!.error;

/** Mean Δ² on the held-out functions after the last step. */
export const residualOf = ({ checkpoints }: TrainingResult): number => checkpoints.at(-1)!.residual;
