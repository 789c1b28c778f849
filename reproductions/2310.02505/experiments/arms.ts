import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  evaluateGoalPolicy,
  type GoalPolicy,
  goalReturnsOf,
  goalTaskData,
  type GoalTaskName,
  type MujocoFiles,
  openGoalTask,
  recordGoalEpisodes,
} from "../../../lib/environments/mod.ts";
import { compileMerlin, trainGcsl, trainMerlin } from "../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { mean, std } from "../../../lib/stats/mod.ts";
import type { Outcome } from "./_tasks.ts";

/** Merlin and GCSL on one recording of an arm: recording takes longer than training. */
export type ArmConfig = {
  readonly task: GoalTaskName;
  /** Actions of the scripted expert with noise, or uniform ones. */
  readonly behaviour: "expert" | "random";
  /** Episodes that are recorded. */
  readonly recorded: number;
  /** ρ of Merlin, probability of a hindsight goal. */
  readonly ratio: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly hidden: readonly number[];
  readonly learningRates: { readonly Merlin: number; readonly GCSL: number };
  /** Horizons that Merlin is told when it is tested. */
  readonly testHorizons: readonly number[];
  /** Episodes of a test. */
  readonly episodes: number;
};

export type ArmResult = {
  readonly behaviour: Outcome;
  /** By test horizon. */
  readonly merlin: readonly (Outcome & { readonly horizon: number })[];
  readonly gcsl: Outcome;
};

/** Environments in lock-step. */
const ROWS = 20;

/** Returns on tasks of arms that MuJoCo simulates. */
export const arms: Experiment<ArmConfig, ArmResult> = {
  id: "arms",
  title: "Merlin and GCSL on arms",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ task }) => [goalTaskData(task)!],
  cost: ({ recorded, steps, testHorizons, episodes }) =>
    4 + steps * 2e-3 + (recorded + (testHorizons.length + 1) * episodes) * 0.15,
  async run(config, { seed, executor, loadData, progress }) {
    const { task, behaviour, recorded, ratio, steps, batchSize, hidden, learningRates, testHorizons } =
      config;
    const files = (await loadData<MujocoFiles>(goalTaskData(task)!)).value;
    const world = await openGoalTask(task, { files });
    try {
      const environment = world.make(), { threshold } = environment;
      const data = recordGoalEpisodes(environment, {
        episodes: recorded,
        policy: behaviour === "expert" ? environment.expert : undefined,
        stream: stream(seed, "data", task, behaviour),
      });
      environment.dispose();
      progress(0.4);
      const { discounted, atEnd } = goalReturnsOf(data, { threshold });
      const test = async (policy: GoalPolicy) => {
        const { returns, successes } = await evaluateGoalPolicy(world.make, {
          policy,
          episodes: config.episodes,
          stream: stream(seed, "evaluation", task),
          rows: Math.min(config.episodes, ROWS),
        });
        return outcomeOf(returns, successes.map(Number));
      };
      const sizes = { steps, batchSize, hidden, seed, executor };
      const trained = await trainMerlin(data, { ...sizes, ratio, learningRate: learningRates.Merlin });
      await using merlin = await compileMerlin(trained, { batchSize: ROWS, executor });
      progress(0.6);
      const tests = [];
      for (const horizon of testHorizons) tests.push({ horizon, ...await test(merlin.at(horizon)) });
      await using gcsl = await trainGcsl(data, { ...sizes, learningRate: learningRates.GCSL });
      return {
        behaviour: outcomeOf(discounted, [...atEnd]),
        merlin: tests,
        gcsl: await test(gcsl),
      };
    } finally {
      world.dispose();
    }
  },
};

const outcomeOf = (returns: ArrayLike<number>, successes: readonly number[]): Outcome => ({
  return: mean(returns),
  std: std(returns, { ddof: 1 }),
  success: mean(successes),
});
