/** What each profile runs of learning while acting. */
import { type Seeds, study, type Variant } from "../../lib/harness/mod.ts";
import type { ControlTask } from "./experiments/_control_tasks.ts";
import { tdmpc, type TdMpcConfig } from "./experiments/tdmpc.ts";

/** Models in TD-MPC, with the paper's horizons and controls; the first two are the paper's comparison. */
export const AGENTS = {
  koopman: { label: "Koopman, 20 steps", dynamics: "koopman", horizon: 20 },
  mlp: { label: "MLP, 5 steps", dynamics: "mlp", horizon: 5 },
  longMlp: { label: "MLP, 20 steps", dynamics: "mlp", horizon: 20 },
  inconsistent: { label: "no consistency loss", dynamics: "koopman", horizon: 20, consistency: 0 },
} as const satisfies Record<
  string,
  Pick<TdMpcConfig, "dynamics" | "horizon" | "consistency"> & { readonly label: string }
>;
export type AgentName = keyof typeof AGENTS;
export const AGENT_NAMES = Object.keys(AGENTS) as readonly AgentName[];

/** Tasks by name in figures. */
export const CONTROL_TASKS = {
  pendulum: "pendulum",
  "cartpole-swingup": "cart-pole",
} as const satisfies Record<ControlTask, string>;
export const CONTROL_TASK_NAMES = Object.keys(CONTROL_TASKS) as readonly ControlTask[];

/** A variant of the comparison. */
interface AgentVariant extends Variant<TdMpcConfig> {
  readonly agent: AgentName;
  readonly task: ControlTask;
}
export type AgentVariantName = `${ControlTask} ${AgentName}`;

type Base = Omit<TdMpcConfig, "task" | "dynamics" | "horizon" | "consistency" | "episodes">;

function agents(
  base: Base,
  { tasks, shorten = 1 }: {
    /** Training episodes and seeds by task. */
    readonly tasks: Partial<Record<ControlTask, { readonly episodes: number; readonly seeds: Seeds }>>;
    /** By what horizons are divided. */
    readonly shorten?: number;
  },
): Partial<Record<AgentVariantName, AgentVariant>> {
  return Object.fromEntries(
    Object.entries(tasks).flatMap(([task, { episodes, seeds }]) =>
      Object.entries(AGENTS).map(([agent, { label, horizon, ...rest }]) => [`${task} ${agent}`, {
        label,
        config: { ...base, ...rest, task, episodes, horizon: Math.round(horizon / shorten) },
        seeds,
        agent,
        task,
      }])
    ),
  );
}

/** TD-MPC's sizes by about an eighth. */
const LAPTOP: Base = {
  latent: 32,
  width: 64,
  batchSize: 64,
  learningRate: 1e-3,
  updatesPerCall: 10,
  samples: 64,
  elites: 8,
  iterations: 3,
  randomEpisodes: 5,
  schedule: 600,
  evaluations: 5,
};

/** Swing-ups learned while acting. */
export const TDMPC = study(tdmpc, {
  smoke: agents({
    ...LAPTOP,
    ...{ latent: 8, width: 16, batchSize: 8, samples: 8, elites: 3, iterations: 1 },
    ...{ randomEpisodes: 1, schedule: 10, evaluations: 1, episodeSteps: 12 },
  }, { tasks: { pendulum: { episodes: 2, seeds: 1 } }, shorten: 5 }),
  // The claims' four seeds, and the cart-pole, are in decided.json.
  laptop: agents(LAPTOP, {
    tasks: {
      pendulum: { episodes: 20, seeds: 2 },
      "cartpole-swingup": { episodes: 20, seeds: { beyond: [0] } },
    },
  }),
  // TD-MPC's own settings.
  paper: agents({
    ...{
      latent: 50,
      width: 512,
      batchSize: 512,
      learningRate: 1e-3,
      updatesPerCall: 1,
      samples: 512,
      elites: 64,
      iterations: 6,
    },
    ...{ randomEpisodes: 40, schedule: 25_000, evaluations: 10 },
  }, {
    tasks: { pendulum: { episodes: 500, seeds: 5 }, "cartpole-swingup": { episodes: 1000, seeds: 5 } },
  }),
});
