import { drawPendulum, pendulum } from "../../../lib/environments/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  type ControlDynamics,
  koopmanTransitions,
  learnFromPixels,
  mlpTransitions,
  pixelModel,
} from "../../../lib/methods/koopman/mod.ts";

/** Learning the pendulum from rendered images. */
export type PixelConfig = {
  /** What predicts itself; null: plain SAC. */
  readonly prediction: "koopman" | "mlp" | null;
  /** K: steps that are predicted. */
  readonly horizon: number;
  /** Pixels of a side. */
  readonly size: number;
  /** Largest shift of an image, pixels. */
  readonly shift: number;
  readonly filters: number;
  readonly latent: number;
  readonly width: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly episodes: number;
  readonly randomEpisodes: number;
  readonly evaluations: number;
  /** Steps of an episode of 0.1 s. */
  readonly episodeSteps: number;
};

/** Scores: mean rewards of a step; hanging has 0, upright 1. */
export type PixelResult = {
  readonly training: readonly number[];
  /** Of the episodes without noise at the end. */
  readonly final: readonly number[];
};

/** Two frames tell the speed. */
const FRAMES = 2;
/** Width of the hidden layer of the Koopman model's action encoder. */
const ACTION_WIDTH = 32;
/** Δt at the start, as in the predictions. */
const TIME_STEP = 0.01;
/** N m: twice the usual, as swinging up takes fewer swings. */
const TORQUE = 4;

/** SAC, SPR and Koopman-SPR (Figure 6). */
export const pixels: Experiment<PixelConfig, PixelResult> = {
  id: "pixels",
  title: "Learning from pixels",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ episodes, episodeSteps, batchSize, prediction, horizon, filters, size }) =>
    5 + episodes * episodeSteps * batchSize * (size / 32) ** 2 * filters * 1e-5 *
      (prediction === null ? 1 : 1 + horizon / 8),
  async run(config, context) {
    const { prediction, latent, width, size, shift, filters, horizon, episodeSteps } = config;
    const { batchSize, learningRate, episodes, randomEpisodes, evaluations } = config;
    const task = pendulum({ timeStep: 0.1, substeps: 4, torque: TORQUE });
    const environment = {
      ...task,
      step(action: ArrayLike<number>) {
        const transition = task.step(action);
        return { ...transition, reward: 1 + transition.reward / Math.PI ** 2 };
      },
    };
    // deno-lint-ignore no-explicit-any -- each has parameters of its own
    const dynamics: ControlDynamics<any> | undefined = prediction === null
      ? undefined
      : prediction === "mlp"
      ? mlpTransitions({ latent, actionSize: 1, width })
      : koopmanTransitions({
        ...{ modes: latent / 2, actionSize: 1, width: ACTION_WIDTH, timeStep: TIME_STEP, method: "blocks" },
      });
    const model = pixelModel({
      ...{ size, frames: FRAMES, actionSize: 1, filters, latent, width },
      ...(dynamics && { dynamics }),
    });
    const { returns, evaluations: final } = await learnFromPixels(environment, model, {
      draw: ([angle]) => drawPendulum(angle, { size }),
      ...{ horizon, episodeSteps, episodes, randomEpisodes, evaluations, shift },
      training: { batchSize, learningRate },
      seed: context.seed,
      executor: context.executor,
      onProgress: context.progress,
    });
    const score = (sum: number) => sum / episodeSteps;
    return { training: returns.map(score), final: final.map(score) };
  },
};
