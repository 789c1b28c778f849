import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  evaluateLatentModel,
  gradientNorms,
  readEigenvalues,
  type TrainedLatentModel,
  trainLatentModel,
} from "../../../lib/methods/koopman/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type DataConfig, loadEpisodes, modelsOf } from "./_data.ts";
import { buildModel, type ModelConfig } from "./_models.ts";
import { risingAndFalling } from "./_schedule.ts";

/** One training of a latent model. */
export type PredictionConfig = {
  readonly data: DataConfig;
  readonly model: ModelConfig;
  /** Steps of a training window. */
  readonly horizon: number;
  readonly steps: number;
  readonly batchSize: number;
  /** The largest. */
  readonly learningRate: number;
  /** How far is predicted on test windows, and on how many. */
  readonly testHorizon: number;
  readonly windows: number;
  /** Horizons at which the gradient's norm is taken. */
  readonly gradientHorizons: readonly number[];
};

/** A trained model; errors in standardised units, where the mean predictor has 1. */
export type PredictionResult = {
  readonly parameters: number;
  readonly dynamicsParameters: number;
  readonly width: number;
  /** Why there is no model, or null. */
  readonly diverged: string | null;
  /** Training loss, a mean over a tenth of the steps for each point. */
  readonly losses: readonly number[];
  /** Squared errors by step, 1 … τ; empty if training diverged. Capped at {@link CAP}. */
  readonly stateErrors: readonly number[];
  readonly rewardErrors: readonly number[];
  /** Median norm of the loss's gradient before and after training, by horizon. */
  readonly gradients: readonly {
    readonly horizon: number;
    readonly start: number;
    readonly trained: number;
  }[];
  /** λ and Δt of the Koopman model, else null. */
  readonly eigenvalues:
    | { readonly real: readonly number[]; readonly imaginary: readonly number[]; readonly timeStep: number }
    | null;
};

/** Larger errors, infinite ones included, are recorded as this. */
export const CAP = 1e9;

const GRADIENT_BATCHES = 4;
const GRADIENT_WINDOWS = 16;
/** The test windows are the same for all models. */
const TEST_SEED = 7;

const capped = (values: Iterable<number>) => Array.from(values, (value) => value < CAP ? value : CAP);
const median = (values: readonly number[]) =>
  capped(values).sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Open-loop prediction of states and rewards. */
export const prediction: Experiment<PredictionConfig, PredictionResult> = {
  id: "prediction",
  title: "Prediction over a horizon",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ data }) => modelsOf(data.environment),
  cost: ({ steps, horizon, batchSize, model: { dynamics: { kind } } }) =>
    2 + steps * horizon * batchSize * (kind === "transformer" ? 1e-5 : kind === "ssm" ? 7e-6 : 4e-6),
  async run(config, context) {
    const { train, test } = await loadEpisodes(config.data, context);
    const { model, ...sizes } = buildModel(config.model, train);
    const { horizon, steps, batchSize, learningRate, testHorizon, windows } = config;
    const { seed, executor } = context;
    // deno-lint-ignore no-explicit-any -- the parameters are those of whichever model it is
    let trained: TrainedLatentModel<any>;
    try {
      trained = await trainLatentModel(model, {
        sequences: train,
        horizon,
        steps,
        batchSize,
        learningRate: risingAndFalling(learningRate, steps),
        every: Math.max(1, Math.floor(steps / 10)),
        seed,
        executor,
        onProgress: ({ fraction }) => context.progress(0.9 * fraction),
      });
    } catch (error) {
      if (!(error instanceof RangeError && error.message.startsWith("Training diverged"))) throw error;
      const nothing = { losses: [], stateErrors: [], rewardErrors: [], gradients: [], eigenvalues: null };
      return { ...sizes, ...nothing, diverged: error.message };
    }
    const { parameters, losses } = trained;
    const errors = await evaluateLatentModel(model, {
      parameters,
      sequences: test,
      horizon: testHorizon,
      windows,
      seed: TEST_SEED,
      executor,
    });
    const untrained = model.init(stream(seed, "model"));
    const gradients = [];
    for (const horizon of config.gradientHorizons) {
      const [start, after] = await gradientNorms(model, {
        parameters: [untrained, parameters],
        sequences: train,
        horizon,
        batchSize: GRADIENT_WINDOWS,
        batches: GRADIENT_BATCHES,
        seed,
        executor,
      });
      gradients.push({ horizon, start: median(start), trained: median(after) });
    }
    const { dynamics } = config.model;
    return {
      ...sizes,
      diverged: null,
      losses: capped(losses),
      stateErrors: capped(errors.state),
      rewardErrors: capped(errors.reward),
      gradients,
      eigenvalues: dynamics.kind === "koopman"
        ? { ...readEigenvalues(parameters.dynamics as never, dynamics) }
        : null,
    };
  },
};
