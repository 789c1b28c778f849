/** What each profile runs of planning with models of recorded episodes. */
import { study, type Variant } from "../../lib/harness/mod.ts";
import type { DynamicsConfig } from "./experiments/_models.ts";
import { planning, type PlanningConfig } from "./experiments/planning.ts";
import { dataOf, LAPTOP, MLP_HORIZON, MODELS, PAPER, type Scale, SMOKE } from "./studies.ts";

/** What plans the swing-up. */
export const PLANNERS = {
  koopman: MODELS.koopman,
  mlp: MODELS.mlp,
  simulator: { label: "the simulator itself" },
} as const satisfies Record<string, { label: string; dynamics?: DynamicsConfig }>;
export type PlannerName = keyof typeof PLANNERS;

/** Steps that are looked ahead: the paper's for MLP and Koopman. */
export const SHORT_PLAN = 5, LONG_PLAN = 20;

function planners(
  scale: Scale,
  { seeds, ...search }:
    & Pick<PlanningConfig, "samples" | "elites" | "iterations" | "episodes" | "episodeSteps">
    & { readonly seeds: number },
): Record<PlannerName, Variant<PlanningConfig>> {
  const { latent, parameters, training: { horizon, steps, batchSize, learningRate } } = scale;
  return Object.fromEntries(
    Object.entries(PLANNERS).map(([name, { label, ...model }]) => {
      const window = name === "mlp" ? Math.min(MLP_HORIZON, horizon) : horizon;
      const config: PlanningConfig = {
        data: dataOf("pendulum", scale),
        ...("dynamics" in model && { model: { dynamics: model.dynamics, latent, parameters } }),
        horizon: window,
        steps,
        batchSize: Math.round(batchSize * horizon / window),
        learningRate,
        ahead: [SHORT_PLAN, LONG_PLAN],
        ...search,
      };
      return [name, { label, config, seeds }];
    }),
  ) as Record<PlannerName, Variant<PlanningConfig>>;
}

const SEARCH = { samples: 128, elites: 16, iterations: 4, episodes: 2, episodeSteps: 200, seeds: 2 };

/** Swing-up of the pendulum with learned models. */
export const PLANNING = study(planning, {
  smoke: planners(SMOKE, { samples: 8, elites: 2, iterations: 1, episodes: 1, episodeSteps: 5, seeds: 1 }),
  laptop: planners(LAPTOP, SEARCH),
  paper: planners(PAPER, { ...SEARCH, samples: 512, elites: 64, iterations: 6, episodes: 10, seeds: 4 }),
});
