import type { Experiment } from "../../../lib/harness/mod.ts";
import { slowManifold, slowManifoldEigenvalues } from "../../../lib/environments/mod.ts";
import {
  evaluateLatentModel,
  koopmanDynamics,
  latentModel,
  readEigenvalues,
  type RealParts,
  trainLatentModel,
} from "../../../lib/methods/koopman/mod.ts";
import { type DataConfig, loadEpisodes } from "./_data.ts";
import { risingAndFalling } from "./_schedule.ts";

/** Learning the eigenvalues of the slow manifold from data alone. */
export type RecoveryConfig = {
  readonly transitions: number;
  readonly episodeSteps: number;
  readonly horizon: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly width: number;
  /** Real parts that training starts from, in 1/s. */
  readonly start: readonly number[];
};

export type RecoveryResult = {
  /** Learned eigenvalues in 1/s, by falling real part. */
  readonly real: readonly number[];
  readonly imaginary: readonly number[];
  readonly truth: readonly number[];
  /** Largest distance of a true eigenvalue to the learned one of its rank. */
  readonly error: number;
  readonly losses: readonly number[];
  /** Mean squared error over the horizon, standardised. */
  readonly stateError: number;
};

/** Three modes with a linear decoder: the learned modes are then eigenfunctions. */
export const recovery: Experiment<RecoveryConfig, RecoveryResult> = {
  id: "recovery",
  title: "Eigenvalues of the slow manifold from data",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ steps, horizon, batchSize }) => steps * horizon * batchSize * 2.5e-6,
  async run(config, context) {
    const { horizon, steps, batchSize, learningRate, width, start } = config;
    const data: DataConfig = {
      environment: "slow manifold",
      transitions: config.transitions,
      episodeSteps: config.episodeSteps,
    };
    const { train, test } = await loadEpisodes(data, context);
    const { timeStep } = slowManifold();
    const real: RealParts = { start };
    const model = latentModel({
      dynamics: koopmanDynamics({ modes: start.length, real, frequencies: "zero", timeStep }),
      observationSize: train.observationSize,
      actionSize: train.actionSize,
      width,
      smallWidth: 16,
      linearDecoder: true,
      activation: "gelu",
      reward: 0,
    });
    const { parameters, losses } = await trainLatentModel(model, {
      sequences: train,
      horizon,
      batchSize,
      steps,
      seed: context.seed,
      every: Math.max(1, Math.floor(steps / 10)),
      learningRate: risingAndFalling(learningRate, steps),
      executor: context.executor,
      onProgress: ({ fraction }) => context.progress(fraction),
    });
    const learned = readEigenvalues(parameters.dynamics, { real });
    // The product λΔt is what is learned: in units of the true time step.
    const rate = learned.timeStep / timeStep;
    const order = learned.real.map((_, j) => j).sort((a, b) => learned.real[b] - learned.real[a]);
    const found = order.map((j) => rate * learned.real[j]);
    const truth = [...slowManifoldEigenvalues()].sort((a, b) => b - a);
    const imaginary = order.map((j) => rate * learned.imaginary[j]);
    const errors = await evaluateLatentModel(model, {
      parameters,
      sequences: test,
      horizon,
      windows: 200,
      seed: 7,
      executor: context.executor,
    });
    return {
      real: found,
      imaginary,
      truth,
      error: Math.max(...truth.map((value, j) => Math.hypot(value - found[j], imaginary[j]))),
      losses,
      stateError: errors.state.reduce((sum, e) => sum + e, 0) / horizon,
    };
  },
};
