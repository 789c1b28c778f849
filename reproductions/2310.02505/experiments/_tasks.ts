import {
  evaluateGoalPolicy,
  type FetchName,
  type GoalEpisodes,
  type GoalPolicy,
  goalReturnsOf,
  type MakeGoalEnvironment,
  type MujocoFiles,
  openFetch,
  pointReach,
  pointReachOptimum,
  pointRooms,
  reacher,
  recordGoalEpisodes,
} from "../../../lib/environments/mod.ts";
import type { JobContext } from "../../../lib/harness/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { mean, std } from "../../../lib/stats/mod.ts";

/** Tasks that run in TypeScript alone. */
const SIMULATED = { PointReach: pointReach, PointRooms: pointRooms, Reacher: reacher } as const;

export type TaskName = keyof typeof SIMULATED | FetchName;

/** Recorded episodes; each seed has its own. */
export type DataConfig = {
  readonly task: TaskName;
  /** Actions of the scripted expert with noise, or uniform ones. */
  readonly behaviour: "expert" | "random";
  readonly episodes: number;
};

const isSimulated = (task: TaskName): task is keyof typeof SIMULATED => Object.hasOwn(SIMULATED, task);

/** The data set with the models that a task needs. */
export const modelsOf = ({ task }: DataConfig): readonly string[] =>
  isSimulated(task) ? [] : ["mujoco/fetch"];

/** A task with its recorded episodes. */
export interface OpenTask {
  readonly make: MakeGoalEnvironment;
  readonly episodes: GoalEpisodes;
  readonly threshold: number;
  /** What the recorded behaviour returned. */
  readonly behaviour: Outcome;
  dispose(): void;
}

/** Means over episodes. */
export type Outcome = {
  /** Discounted return, γ = 0.98. */
  readonly return: number;
  /** Standard deviation over episodes. */
  readonly std: number;
  /** Share of the episodes that end at the goal. */
  readonly success: number;
};

const outcome = (returns: ArrayLike<number>, successes: readonly number[]): Outcome => ({
  return: mean(returns),
  std: std(returns, { ddof: 1 }),
  success: mean(successes),
});

/** Opens a task and records its episodes. */
export async function openTask(
  config: DataConfig,
  { seed, loadData }: Pick<JobContext, "seed" | "loadData">,
): Promise<OpenTask> {
  const { task, behaviour, episodes: count } = config;
  const world = isSimulated(task)
    ? { make: SIMULATED[task] as MakeGoalEnvironment, dispose: () => {} }
    : await openFetch(task, { files: (await loadData<MujocoFiles>("mujoco/fetch")).value });
  const environment = world.make(), { threshold } = environment;
  const episodes = recordGoalEpisodes(environment, {
    episodes: count,
    policy: behaviour === "expert" ? environment.expert : undefined,
    stream: stream(seed, "data", task, behaviour),
  });
  environment.dispose();
  const { discounted, atEnd } = goalReturnsOf(episodes, { threshold });
  return {
    ...{ make: world.make, episodes, threshold, dispose: world.dispose },
    behaviour: outcome(discounted, [...atEnd]),
  };
}

const evaluationStream = (seed: number, { task }: DataConfig) => stream(seed, "evaluation", task);

/** How a policy does; all policies of a seed have the same starts and goals. */
export async function evaluateOn(
  { make }: OpenTask,
  { policy, config, episodes, seed }: {
    readonly policy: GoalPolicy;
    readonly config: DataConfig;
    readonly episodes: number;
    readonly seed: number;
  },
): Promise<Outcome> {
  const { returns, successes } = await evaluateGoalPolicy(make, {
    policy,
    episodes,
    stream: evaluationStream(seed, config),
    rows: Math.min(episodes, isSimulated(config.task) ? 100 : 20),
  });
  return outcome(returns, successes.map(Number));
}

/** The best possible mean return on the very episodes of {@link evaluateOn}; known for PointReach only. */
export function ceilingOf(
  config: DataConfig,
  { episodes, seed }: { episodes: number; seed: number },
): number | null {
  if (config.task !== "PointReach") return null;
  const task = pointReach(), draws: Stream = evaluationStream(seed, config);
  return mean(Array.from({ length: episodes }, (_, i) => {
    const { observation: [x, y] } = task.reset(draws.split(`${i}`));
    return pointReachOptimum([task.desired[0] - x, task.desired[1] - y]);
  }));
}
