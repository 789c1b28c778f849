/** What each profile runs: experiments in named variants, and what is measured of a training. */
import { type Job, jobId, study, type Variant } from "../../lib/harness/mod.ts";
import { meanWeight, type MethodName, pointWeight } from "../../lib/methods/lie_symmetry/mod.ts";
import { type EquationName, problemOf } from "./experiments/_problem.ts";
import { gradients, type GradientsConfig } from "./experiments/gradients.ts";
import { neighbours } from "./experiments/neighbours.ts";
import { solutions, type SolutionsConfig } from "./experiments/solutions.ts";
import { training, type TrainingConfig, type TrainingResult } from "./experiments/training.ts";

import { byScale, type Scale } from "./studies/_scales.ts";

export type { EquationName } from "./experiments/_problem.ts";
export { activeGenerators, pointsOf } from "./studies/_scales.ts";

/** The equations in the paper's order. */
export const EQUATIONS: readonly EquationName[] = ["heat", "burgers"];

/** Names as printed. */
export const EQUATION_TITLES: Readonly<Record<EquationName, string>> = {
  heat: "Heat equation",
  burgers: "Burgers’ equation",
};

/** A training as a variant. */
interface Network extends Variant<TrainingConfig> {
  readonly label: string;
}

/**
 * What the sweep over N_r trains: the PINN and the symmetry loss with the weights of the public attempt (α =
 * 150; β = 100), and two PINNs with the symmetry loss's weight and no symmetry.
 */
export const SWEPT = {
  pinn: { label: "PINN", method: "pinn" },
  symmetry: { label: "PINN + symmetry", method: "symmetry" },
  matched: { label: "PINN, matched α", method: "pinn-matched" },
  weighted: { label: "PINN, weighted", method: "pinn-weighted" },
} as const satisfies Record<string, { readonly label: string; readonly method: MethodName }>;

/** A method of the sweep. */
export type Swept = keyof typeof SWEPT;

/** A variant of the sweep: a method and its N_r. */
const sweptName = (method: Swept, points: number) => `${method} ${points}` as const;

/** A network of {@link SWEEP}. */
interface SweptNetwork extends Network {
  readonly method: Swept;
  readonly points: number;
  /** Whether methods are compared at this number of samples. */
  readonly few: boolean;
}

function sweep(equation: EquationName, scale: Scale): Readonly<Record<`${Swept} ${number}`, SweptNetwork>> {
  const { points, few, many, most, seeds, manySeeds, mostSeeds, burgersSeeds, training } = scale;
  const heat = equation === "heat";
  const network = (method: Swept, count: number): readonly (readonly [string, SweptNetwork])[] => {
    if (method === "weighted" && !scale.weightedPoints.includes(count)) return [];
    const heatSeeds = count === few ? seeds : count === most ? mostSeeds : manySeeds;
    return [[sweptName(method, count), {
      label: SWEPT[method].label,
      method,
      points: count,
      few: count === few,
      config: { equation, method: SWEPT[method].method, points: count, scale: training },
      // The first seed keeps the prediction that the maps show.
      ...(method === "pinn" || method === "symmetry") && count !== most && { firstSeed: { map: true } },
      seeds: heat ? heatSeeds : burgersSeeds,
    }]];
  };
  const counts = [...heat ? points : [few, many], most];
  return Object.fromEntries(
    counts.flatMap((count) => (Object.keys(SWEPT) as Swept[]).flatMap((method) => network(method, count))),
  );
}

/** Networks over N_r with fixed points, by equation; names are `${method} ${N_r}`. */
export const SWEEP = {
  heat: study(training, byScale((scale) => sweep("heat", scale))),
  burgers: study(training, byScale((scale) => sweep("burgers", scale))),
};

/** Places in {@link weightLevels}. */
export const LEVELS = [0, 1, 2, 3] as const;

/** A method whose weight is chosen. */
export type Weighed = "pinn" | "symmetry";

/** A network of {@link WEIGHTS}. */
interface WeighedNetwork extends Network {
  readonly method: Weighed;
  readonly points: number;
  /** α + β·mean(w). */
  readonly weight: number;
  readonly pilot: boolean;
}

/**
 * Mean weights of the PDE loss, α + β·mean(w), that every method may choose from, by one factor from each to
 * the next: the first is that of the PINN (150), the third that of the symmetry loss (α = 150, β = 100).
 */
export function weightLevels(equation: EquationName): readonly [number, number, number, number] {
  const { equation: written, ...domain } = problemOf(equation);
  const symmetry = 150 + 100 * meanWeight(pointWeight(written), domain);
  const factor = Math.sqrt(symmetry / 150);
  return [150, 150 * factor, symmetry, symmetry * factor];
}

/** The weights of a method at a level: α alone, or α : β = 150 : 100 as in the public attempt. */
function atLevel(
  equation: EquationName,
  method: Weighed,
  level: number,
): Pick<TrainingConfig, "method" | "alpha" | "beta"> {
  const levels = weightLevels(equation);
  if (method === "pinn") {
    // Written as in the sweep, so that it is one training.
    if (level === 2) return { method: "pinn-matched" };
    return level === 0 ? { method } : { method, alpha: levels[level] };
  }
  if (level === 2) return { method };
  const part = levels[level] / levels[2];
  return { method, alpha: 150 * part, beta: 100 * part };
}

function weights(equation: EquationName, scale: Scale): Readonly<Record<string, WeighedNetwork>> {
  const { points, few, gridPoints, seeds, manySeeds, weightSeeds, pilotSeeds, training } = scale;
  const networks = (["pinn", "symmetry"] as const).flatMap((method) =>
    LEVELS.flatMap((level) =>
      points.flatMap((count): [string, WeighedNetwork][] => {
        const config = { equation, ...atLevel(equation, method, level), points: count, scale: training };
        const name = `${method} ${level} ${count}`;
        const shared = {
          label: `${method}, weight ${level}`,
          method,
          points: count,
          weight: weightLevels(equation)[level],
        };
        // The sweep's own trainings, of which some keep a prediction.
        const shown = level === (method === "pinn" ? 0 : 2);
        const inSweep = shown || level === 2;
        // Pilots had the symmetry loss's least errors at the two larger weights, the PINN's at the third.
        const judged = inSweep || (level === 3 && method === "symmetry");
        if (!inSweep && !gridPoints.includes(count)) return [];
        return [
          [name, {
            ...shared,
            config,
            ...shown && { firstSeed: { map: true } },
            seeds: !judged ? weightSeeds : count === few ? seeds : manySeeds,
            pilot: false,
          }],
          ...count === few
            ? [[`pilot ${name}`, {
              ...shared,
              config: { ...config, pilot: true },
              seeds: pilotSeeds,
              pilot: true,
            }]]
            : [],
        ] as [string, WeighedNetwork][];
      })
    )
  );
  return Object.fromEntries(networks);
}

/** N_r × weight on the heat equation, for PINN and symmetry loss, and the pilots that choose weights. */
export const WEIGHTS = study(training, byScale((scale) => weights("heat", scale)));

/** β of each form, the best of 1, 100 and 10⁴ on seed 900 (one for all would suit none). */
const FORM_BETAS = { point: 1e4, cosine: 1e4, total: 100, evolutionary: 100 } as const;

function others(scale: Scale) {
  const { training, few, formSeeds, otherSeeds, ownPoints, dropped } = scale;
  const network = (
    label: string,
    method: MethodName,
    { seeds = otherSeeds, points = few, ...own }: Partial<TrainingConfig> & {
      readonly seeds?: readonly number[];
    } = {},
  ): Network => ({ label, config: { equation: "heat", method, points, ...own, scale: training }, seeds });
  const form = (name: keyof typeof FORM_BETAS, label: string) =>
    network(label, "symmetry", {
      seeds: formSeeds,
      activation: "tanh",
      beta: FORM_BETAS[name],
      ...name !== "point" && { form: name },
    });
  const all = problemOf("heat").equation.generators.map(({ name }) => name);
  const withoutOne = Object.fromEntries(
    dropped("heat").map((name) => [
      `without ${name}`,
      network(`PINN + symmetry without ${name}`, "symmetry", {
        generators: all.filter((other) => other !== name),
      }),
    ]),
  ) as Readonly<Record<`without ${string}`, Network>>;
  return Object.assign({
    symmetryOnly: network("symmetry loss alone (α = 0)", "symmetry-only"),
    gradientEnhanced: network("gradient-enhanced PINN", "gpinn"),
    augmented: network("PINN on transformed initial conditions", "aug"),
    supervised: network("supervised by true solutions", "supervised"),
    point: form("point", "point (form 1)"),
    cosine: form("cosine", "cosine (form 2)"),
    total: form("total", "total (form 3)"),
    evolutionary: form("evolutionary", "evolutionary (form 4)"),
    smoothPinn: network("PINN, tanh", "pinn", { seeds: formSeeds, activation: "tanh" }),
    freshPinn: network("PINN, fresh points", "pinn", { fresh: true }),
    freshSymmetry: network("PINN + symmetry, fresh points", "symmetry", { fresh: true }),
    ownPinn: network("PINN, points of each function", "pinn", { perFunction: true, points: ownPoints }),
    ownSymmetry: network("PINN + symmetry, points of each function", "symmetry", {
      perFunction: true,
      points: ownPoints,
    }),
  }, withoutOne);
}

/** Further networks on the heat equation with few samples: controls, forms, ablations, other draws. */
export const OTHERS = study(training, byScale(others));

/** Gradients of losses that are equal on paper, by equation. */
export const GRADIENTS = study(
  gradients,
  byScale(({ training, few, mostSeeds: seeds, gradientSteps: steps }) =>
    Object.fromEntries(
      EQUATIONS.map((equation) => {
        const { functions, sensors, hiddenLayers, width, features, initialPoints, boundaryTimes } = training;
        const sizes = { functions, sensors, hiddenLayers, width, features, initialPoints, boundaryTimes };
        return [equation, { config: { equation, ...sizes, points: few, steps }, seeds }];
      }),
    ) as Record<EquationName, Variant<GradientsConfig>>
  ),
);

/** Jobs without those that occur twice, as two studies may name one training. */
export const distinct = (jobs: readonly Job[]): Job[] => [
  ...new Map(jobs.map((job) => [jobId(job), job])).values(),
];

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

/** The same of the validation functions. */
export const validationOf = ({ checkpoints }: TrainingResult): number => checkpoints.at(-1)!.validation;

/** Mean Δ² on the held-out functions after the last step. */
export const residualOf = ({ checkpoints }: TrainingResult): number => checkpoints.at(-1)!.residual;
