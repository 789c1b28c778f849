import type { ExecutorName } from "../../../compile/mod.ts";
import type { Environment } from "../../../environments/mod.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import { tdMpcPlanner, type TdMpcPlannerOptions } from "./agent.ts";
import {
  type ControlEpisode,
  PrioritisedReplay,
  type PrioritisedReplayOptions,
} from "./prioritised_replay.ts";
import type { TdMpcModel } from "./tdmpc_model.ts";
import { type PackedNetworks, tdMpcTrainer, type TdMpcTrainerOptions } from "./tdmpc_training.ts";

/** Options of {@link learnTdMpc}. */
export interface LearnTdMpcOptions {
  /** H: steps of a window, and that are looked ahead. */
  readonly horizon: number;
  /** Steps of an episode, at least H. @default the environment's */
  readonly episodeSteps?: number;
  /** Episodes, those with random actions included. */
  readonly episodes: number;
  /** Episodes with random actions, before anything is learned; TD-MPC: 5000 steps. */
  readonly randomEpisodes: number;
  /**
   * Steps over which the horizon grows from 1 to H and the least spread falls from 0.5 to 0.05, along lines;
   * TD-MPC: 25 000.
   */
  readonly schedule: number;
  /** Episodes without noise in an evaluation. */
  readonly evaluations: number;
  /** Training episodes between two evaluations. @default `episodes`: at the end only */
  readonly evaluateEvery?: number;
  /** Seeds everything. */
  readonly seed: number;
  /** How the search is done. */
  readonly search?: Omit<TdMpcPlannerOptions, "horizon" | "executor">;
  /** How networks are trained. */
  readonly training?: Omit<TdMpcTrainerOptions, "horizon" | "seed" | "executor">;
  /** How windows are drawn. */
  readonly replay?: Pick<PrioritisedReplayOptions, "priority" | "correction">;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Gets the share that is done. */
  readonly onProgress?: (fraction: number) => void;
}

/** What an agent has come to. */
export interface LearntTdMpc {
  /** Sum of the rewards of each training episode. */
  readonly returns: readonly number[];
  /** Sums of the rewards of episodes without noise. */
  readonly evaluations: readonly {
    /** Training episodes before. */
    readonly episodes: number;
    readonly returns: readonly number[];
  }[];
  /** Observations of the last episode without noise, `[steps + 1][n]`. */
  readonly last: readonly (readonly number[])[];
}

/** Along a line from one number to another over some steps, then constant. */
export function linearSchedule(
  from: number,
  to: number,
  { steps, step }: { readonly steps: number; readonly step: number },
): number {
  return from + (to - from) * Math.min(step / Math.max(steps, 1), 1);
}

/** Spread of the search at the first and after the last step of the schedule (TD-MPC's `std_schedule`). */
const SPREADS = [0.5, 0.05] as const;

/**
 * Learns while acting (Hansen et al. 2022, Algorithms 1 and 2, and the code's `train.py`): episodes with
 * random actions, then as many updates as there were steps; from then on an episode by planning, and an
 * update for each of its steps.
 *
 * @throws {RangeError} If training diverges, or an episode is shorter than H.
 */
export async function learnTdMpc<D>(
  environment: Environment,
  model: TdMpcModel<D>,
  options: LearnTdMpcOptions,
): Promise<LearntTdMpc> {
  const { horizon, episodes, randomEpisodes, schedule, seed, executor, onProgress } = options;
  const { episodeSteps = environment.episodeSteps, evaluateEvery = episodes } = options;
  const { observationSize, action: { size: actionSize, bound } } = environment;
  const random = stream(seed, "td-mpc episodes");
  await using trainer = await tdMpcTrainer(model, { ...options.training, horizon, seed, executor });
  await using planner = await tdMpcPlanner(model, trainer.learners, { ...options.search, horizon, executor });
  const replay = new PrioritisedReplay({ ...options.replay, observationSize, actionSize, horizon });

  /** One episode. @param act The action in ±1. */
  const play = async (
    start: Stream,
    act: (observation: Float64Array, step: number) => Promise<Float64Array>,
  ) => {
    const observations = [environment.reset(start)], actions: number[] = [], rewards: number[] = [];
    for (let step = 0; step < episodeSteps; step++) {
      const action = await act(observations[step], step);
      const { observation, reward, terminated } = environment.step(action.map((a) => a * bound));
      observations.push(observation);
      actions.push(...action);
      rewards.push(reward);
      if (terminated) break;
    }
    const episode: ControlEpisode = {
      observations: Float32Array.from(observations.flatMap((row) => [...row])),
      actions: Float32Array.from(actions),
      rewards: Float32Array.from(rewards),
      steps: rewards.length,
    };
    return { episode, observations, sum: rewards.reduce((sum, reward) => sum + reward, 0) };
  };

  const returns: number[] = [], evaluations: { episodes: number; returns: number[] }[] = [];
  let steps = 0, last: Float64Array[] = [];
  let networks: PackedNetworks | undefined;
  for (let number = 0; number < episodes; number++) {
    const draws = random.split(`${number}`), before = steps;
    planner.reset(draws.split("plan"));
    const explore = draws.split("random");
    const { episode, sum } = await play(draws.split("start"), async (observation, step) => {
      if (networks === undefined || number < randomEpisodes) {
        return explore.uniform(new Float64Array(actionSize), { low: -1 });
      }
      const at = { steps: schedule, step: before + step };
      return await planner.act({
        observation,
        networks,
        horizon: Math.trunc(linearSchedule(1, horizon, at)),
        leastSpread: linearSchedule(...SPREADS, at),
        explore: true,
      });
    });
    replay.add(episode);
    returns.push(sum);
    steps += episode.steps;
    if (number + 1 >= randomEpisodes) {
      await trainer.update(replay, number + 1 === randomEpisodes ? steps : episode.steps);
      networks = await trainer.networks();
    }
    if (networks !== undefined && (number + 1) % evaluateEvery === 0) {
      const own = networks, sums: number[] = [];
      for (let test = 0; test < options.evaluations; test++) {
        const draws = random.split("evaluation", `${number}`, `${test}`);
        planner.reset(draws.split("plan"));
        const played = await play(
          draws.split("start"),
          async (observation) => await planner.act({ observation, networks: own }),
        );
        sums.push(played.sum);
        last = played.observations;
      }
      evaluations.push({ episodes: number + 1, returns: sums });
    }
    onProgress?.((number + 1) / episodes);
  }
  return { returns, evaluations, last: last.map((row) => Array.from(row)) };
}
