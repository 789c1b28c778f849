import type { Job, Plan } from "../../lib/harness/mod.ts";
import type { MethodName, SymmetryForm } from "../../lib/methods/lie_symmetry/mod.ts";
import type { NeighboursConfig } from "./experiments/neighbours.ts";
import type { SolutionsConfig } from "./experiments/solutions.ts";
import type { TrainingConfig } from "./experiments/training.ts";
import { CONTROLS, type EquationName, OTHER_FORMS, OTHER_METHODS, scaleOf, SEEDS } from "./plan.ts";

/** Trainings on one equation, and what they have in common. */
interface Trainings {
  readonly equation: EquationName;
  readonly methods: readonly MethodName[];
  readonly points: readonly number[];
  readonly seeds: number;
  readonly forms?: readonly SymmetryForm[];
  readonly generators?: readonly string[];
}

function trainings(plan: Plan, wanted: Trainings): Job<TrainingConfig>[] {
  const { training: scale } = scaleOf(plan);
  const { equation, methods, forms = [undefined], generators } = wanted;
  return methods.flatMap((method) =>
    forms.flatMap((form) =>
      wanted.points.flatMap((points) =>
        SEEDS.slice(0, wanted.seeds).map((seed, i) => {
          // The first seed of what the maps show keeps a prediction.
          const map = i === 0 && form === undefined && generators === undefined &&
            (method === "pinn" || method === "symmetry");
          const config = {
            equation,
            method,
            points,
            ...form && { form },
            ...generators && { generators },
            ...map && { map },
            scale,
          };
          return { experiment: "training", config, seed };
        })
      )
    )
  );
}

/** PINN with and without symmetry loss, by number of interior points; all of them, or the least and the most. */
export function sweepJobs(
  plan: Plan,
  equation: EquationName,
  which: "all" | "least" | "ends" = "all",
): Job<TrainingConfig>[] {
  const { points, seeds } = scaleOf(plan);
  const chosen = which === "all"
    ? points
    : which === "least"
    ? points.slice(0, 1)
    : [points[0], points.at(-1)!];
  return trainings(plan, { equation, methods: ["pinn", "symmetry"], points: chosen, seeds });
}

/** The controls with the fewest interior points. */
export function controlJobs(plan: Plan, equation: EquationName): Job<TrainingConfig>[] {
  const { points, seeds } = scaleOf(plan);
  return trainings(plan, { equation, methods: CONTROLS, points: points.slice(0, 1), seeds });
}

/** The other methods with the fewest interior points. */
export function methodJobs(plan: Plan, equation: EquationName): Job<TrainingConfig>[] {
  const { points, otherSeeds } = scaleOf(plan);
  return trainings(plan, { equation, methods: OTHER_METHODS, points: points.slice(0, 1), seeds: otherSeeds });
}

/** Other forms of the symmetry loss with the fewest interior points; those of the claim have all seeds. */
export function formJobs(
  plan: Plan,
  equation: EquationName,
  forms: readonly SymmetryForm[] = OTHER_FORMS,
): Job<TrainingConfig>[] {
  const { points, seeds, otherSeeds } = scaleOf(plan);
  return forms.flatMap((form) =>
    trainings(plan, {
      equation,
      methods: ["symmetry"],
      forms: [form],
      points: points.slice(0, 1),
      seeds: form === "cosine" ? otherSeeds : seeds,
    })
  );
}

/** The symmetry loss without one of its generators, with the fewest interior points. */
export function ablationJobs(plan: Plan, equation: EquationName): Job<TrainingConfig>[] {
  const { points, otherSeeds, dropped } = scaleOf(plan);
  const all = equation === "heat" ? 6 : 5;
  return dropped[equation].flatMap((name) =>
    trainings(plan, {
      equation,
      methods: ["symmetry"],
      generators: Array.from({ length: all }, (_, i) => `v${i + 1}`).filter((other) => other !== name),
      points: points.slice(0, 1),
      seeds: otherSeeds,
    })
  );
}

/** True solutions of the held-out functions. */
export function solutionJobs(plan: Plan, equation: EquationName): Job<SolutionsConfig>[] {
  return [{ experiment: "solutions", config: { equation, test: scaleOf(plan).training.test }, seed: 0 }];
}

/** A solution of the heat equation and its neighbours along each of its six symmetries. */
export function neighbourJobs(plan: Plan): Job<NeighboursConfig>[] {
  const config = {
    positions: scaleOf(plan).curvePoints,
    time: 1,
    parameters: {
      v1: [0, 0.2, 0.4, 0.6],
      v2: [0, 0.3, 0.6, 0.9],
      v3: [0, 0.15, 0.3, 0.45],
      v4: [0, 0.1, 0.2, 0.3],
      v5: [0, 0.1, 0.2, 0.3],
      v6: [0, 0.03, 0.06, 0.09],
    },
  };
  return [{ experiment: "neighbours", config, seed: 0 }];
}
