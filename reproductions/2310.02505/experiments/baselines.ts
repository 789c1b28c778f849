import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  trainActionableModel,
  trainBeso,
  trainDdpg,
  trainDecisionDiffuser,
  trainDiffusionQ,
  trainGcsl,
  trainGoalBc,
  trainGofar,
  trainWgcsl,
} from "../../../lib/methods/merlin/mod.ts";
import { ceilingOf, type DataConfig, evaluateOn, modelsOf, openTask, type Outcome } from "./_tasks.ts";

/** How each is trained: `(episodes, options)` → a policy. */
const TRAIN = {
  "goal BC": trainGoalBc,
  GCSL: trainGcsl,
  WGCSL: trainWgcsl,
  GoFAR: trainGofar,
  "DDPG+HER": trainDdpg,
  AM: trainActionableModel,
  "g-DQL": trainDiffusionQ,
  BESO: trainBeso,
  "Decision Diffuser": trainDecisionDiffuser,
} as const;

export type BaselineName = keyof typeof TRAIN;

/** One training of another method, at its own settings. */
export type BaselineConfig = {
  readonly data: DataConfig;
  readonly method: BaselineName;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly hidden: readonly number[];
  /** Episodes of the test. */
  readonly episodes: number;
};

export type BaselineResult = Outcome & {
  readonly behaviour: Outcome;
  /** The best possible mean return on the same episodes, where it is known. */
  readonly ceiling: number | null;
};

/** Returns of what Merlin is compared with. */
export const baselines: Experiment<BaselineConfig, BaselineResult> = {
  id: "baselines",
  title: "Other methods on tasks with goals",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ data }) => modelsOf(data),
  cost: ({ steps, batchSize, hidden }) => 1 + steps * batchSize * hidden[0] * 3e-8,
  async run({ data, method, episodes, ...training }, context) {
    const { seed, executor, progress } = context;
    const task = await openTask(data, context);
    try {
      await using policy = await TRAIN[method](task.episodes, {
        ...training,
        seed,
        threshold: task.threshold,
        executor,
        onProgress: (fraction) => progress(0.9 * fraction),
      });
      const found = await evaluateOn(task, { policy, config: data, episodes, seed });
      return { ...found, behaviour: task.behaviour, ceiling: ceilingOf(data, { episodes, seed }) };
    } finally {
      task.dispose();
    }
  },
};
