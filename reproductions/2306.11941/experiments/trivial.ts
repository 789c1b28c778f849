import type { Experiment } from "../../../lib/harness/mod.ts";
import { fitLinearControl, rollLinearControl, WindowSampler } from "../../../lib/methods/koopman/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type DataConfig, loadEpisodes, modelsOf } from "./_data.ts";
import { CAP } from "./prediction.ts";

/** Predictors without a network, on the same windows as the models. */
export type TrivialConfig = {
  readonly data: DataConfig;
  readonly testHorizon: number;
  readonly windows: number;
};

/** Squared errors by step, standardised. */
export type TrivialResult = {
  /** ŝ_{t+k} = s_t. */
  readonly persistence: readonly number[];
  /** ŝ = the mean of the training data. */
  readonly mean: readonly number[];
  /** Least squares for one step on the states themselves (DMD with control), rolled out. */
  readonly linear: readonly number[];
  /** r̂ = the mean of the training data. */
  readonly rewardMean: readonly number[];
  /** Of the data. */
  readonly episodes: number;
  readonly transitions: number;
  readonly testWindows: number;
};

const TEST_SEED = 7;

/** What must be beaten. */
export const trivial: Experiment<TrivialConfig, TrivialResult> = {
  id: "trivial",
  title: "Predictors without a network",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ data }) => modelsOf(data.environment),
  async run({ data, testHorizon, windows }, context) {
    const { train, test } = await loadEpisodes(data, context);
    const { observationSize: n, actionSize: p } = train;
    const flat = (pick: (episode: typeof train.episodes[number]) => Float32Array) =>
      Float64Array.from(train.episodes.flatMap((episode) => Array.from(pick(episode))));
    const model = fitLinearControl({
      states: flat(({ observations }) => observations.subarray(0, observations.length - n)),
      actions: flat(({ actions }) => actions),
      next: flat(({ observations }) => observations.subarray(n)),
      stateSize: n,
      actionSize: p,
    });
    const sampler = new WindowSampler(test, testHorizon);
    const batch = sampler.example(1), draws = stream(TEST_SEED, "test windows");
    const errors = ["persistence", "mean", "linear"].map(() => new Float64Array(testHorizon));
    const rewardMean = new Float64Array(testHorizon);
    for (let window = 0; window < windows; window++) {
      sampler.fill(batch, draws);
      const states = batch.observations.data;
      const rolled = rollLinearControl(model, {
        start: states.slice(0, n),
        actions: batch.actions.data as Float32Array,
      });
      for (let k = 0; k < testHorizon; k++) {
        rewardMean[k] += batch.rewards.data[k] ** 2 / windows;
        for (let i = 0; i < n; i++) {
          const truth = states[(k + 1) * n + i];
          [states[i], 0, rolled[k * n + i]].forEach((guess, which) => {
            errors[which][k] += (guess - truth) ** 2 / (n * windows);
          });
        }
      }
    }
    const [persistence, mean, linear] = errors.map((list) =>
      Array.from(list, (error) => error < CAP ? error : CAP)
    );
    return {
      persistence,
      mean,
      linear,
      rewardMean: Array.from(rewardMean),
      episodes: train.episodes.length + test.episodes.length,
      transitions: [...train.episodes, ...test.episodes].reduce((sum, { steps }) => sum + steps, 0),
      testWindows: sampler.count,
    };
  },
};
