import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  koopmanTransitions,
  learnTdMpc,
  type LearnTdMpcOptions,
  mlpTransitions,
  tdMpcModel,
} from "../../../lib/methods/koopman/mod.ts";
import { type ControlTask, dataOfTask, openTask } from "./_control_tasks.ts";

/** Learning a swing-up by TD-MPC while acting. */
export type TdMpcConfig = {
  readonly task: ControlTask;
  /** What predicts latent states. */
  readonly dynamics: "koopman" | "mlp";
  /** Steps of a window, and that are looked ahead. */
  readonly horizon: number;
  /** Length of a latent state. */
  readonly latent: number;
  /** Width of the hidden layers, the encoder's included. */
  readonly width: number;
  /** Weight of the latent consistency loss. @default 2 */
  readonly consistency?: number;
  /** ρ: weight of a step of a window against the one before. @default 0.5 */
  readonly stepWeight?: number;
  /** Δt of the Koopman model at the start. @default 0.01, as in the predictions */
  readonly timeStep?: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Updates between which priorities stay as they were. */
  readonly updatesPerCall: number;
  readonly samples: number;
  readonly elites: number;
  readonly iterations: number;
  readonly episodes: number;
  readonly randomEpisodes: number;
  /** Steps over which horizon and spread of the search come to their ends. */
  readonly schedule: number;
  /** Episodes without noise at the end. */
  readonly evaluations: number;
  /** Steps of an episode, if not the task's. */
  readonly episodeSteps?: number;
};

/** Scores: returns as shares of a perfect episode's. */
export type TdMpcResult = {
  /** Of each training episode. */
  readonly training: readonly number[];
  /** Of the episodes without noise at the end. */
  readonly final: readonly number[];
  /** Environment steps of an episode. */
  readonly episodeSteps: number;
  /** Cosine of the angle over the last of them; 1 is upright. */
  readonly heights: readonly number[];
};

/** Width of the hidden layer of the Koopman model's action encoder. */
const ACTION_WIDTH = 32;
/** Δt at the start, as in the predictions. */
const TIME_STEP = 0.01;
/** Where an observation holds the cosine. */
const COSINE: Readonly<Record<ControlTask, number>> = { pendulum: 0, "cartpole-swingup": 1 };

/** TD-MPC with either model (Figure 5). */
export const tdmpc: Experiment<TdMpcConfig, TdMpcResult> = {
  id: "tdmpc",
  title: "TD-MPC on swing-ups",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ task }) => dataOfTask(task),
  cost: ({ episodes, task, horizon, batchSize, width, samples, iterations }) =>
    3 + episodes * (task === "pendulum" ? 100 : 125) *
      (7e-6 * horizon * batchSize * (width / 64) ** 2 + 1e-3 * iterations * (samples / 64) * (width / 64)),
  async run(config, context) {
    const { environment, most } = await openTask(config.task, context);
    try {
      const { dynamics: kind, latent, width, horizon, consistency, stepWeight, timeStep = TIME_STEP } =
        config;
      const { observationSize, action: { size: actionSize } } = environment;
      const sizes = { observationSize, actionSize, encoderWidth: width, width, consistency, stepWeight };
      const { batchSize, learningRate, updatesPerCall, samples, elites, iterations } = config;
      const { episodes, randomEpisodes, schedule, evaluations, episodeSteps } = config;
      const options: LearnTdMpcOptions = {
        ...{ horizon, episodes, randomEpisodes, schedule, evaluations, episodeSteps },
        training: { batchSize, learningRate, updatesPerCall },
        search: { samples, elites, iterations },
        seed: context.seed,
        executor: context.executor,
        onProgress: context.progress,
      };
      const { returns, evaluations: [{ returns: final }], last } = kind === "mlp"
        ? await learnTdMpc(
          environment,
          tdMpcModel({ ...sizes, dynamics: mlpTransitions({ latent, actionSize, width }) }),
          options,
        )
        : await learnTdMpc(
          environment,
          tdMpcModel({
            ...sizes,
            dynamics: koopmanTransitions({
              ...{
                modes: latent / 2,
                actionSize,
                width: ACTION_WIDTH,
                timeStep,
                method: "blocks",
              },
            }),
          }),
          options,
        );
      return {
        training: returns.map((sum) => sum / most),
        final: final.map((sum) => sum / most),
        episodeSteps: config.task === "pendulum" ? environment.episodeSteps : most,
        heights: last.map((row) => row[COSINE[config.task]]),
      };
    } finally {
      environment.dispose();
    }
  },
};
