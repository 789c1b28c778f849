/** What figures, tables and claims read out of the predictions. */
import type { Job, Plan, Results } from "../../lib/harness/mod.ts";
import { type MatchedPair, mean } from "../../lib/stats/mod.ts";
import type { PredictionResult } from "./experiments/prediction.ts";
import {
  BEHAVIOUR,
  ENVIRONMENT_KEYS,
  MODEL_NAMES,
  type ModelName,
  PREDICTION,
  type SetKey,
  TRIVIAL,
} from "./studies.ts";

/** Mean over the horizon of the squared error of states; none where training diverged. */
export function stateError({ stateErrors }: PredictionResult): number | undefined {
  return stateErrors.length === 0 ? undefined : mean(stateErrors);
}

/** Mean over the horizon of the squared error of rewards. */
export function rewardError({ rewardErrors }: PredictionResult): number | undefined {
  return rewardErrors.length === 0 ? undefined : mean(rewardErrors);
}

/** A number of a run, or none. */
export type Value = (result: PredictionResult) => number | undefined;

/** A number of an environment's model, a geometric mean over seeds; none if a seed has none. */
export function meanOver(
  results: Results,
  { environment, model, value }: {
    readonly environment: SetKey;
    readonly model: ModelName;
    readonly value: Value;
  },
): number | undefined {
  const [group] = PREDICTION.finished(results, [`${environment} ${model}`]);
  const numbers = group?.runs.map(({ result }) => value(result)) ?? [];
  if (numbers.length === 0 || numbers.includes(undefined)) return undefined;
  return Math.exp(mean((numbers as number[]).map(Math.log)));
}

const meanOfFirst = (errors: readonly number[], steps: number) => mean(errors.slice(0, steps));

/** The least error of states, over the first steps, of all predictors without a network. */
export function trivialBar(
  results: Results,
  { environment, steps }: { readonly environment: SetKey; readonly steps: number },
): number {
  const { persistence, mean, linear } = TRIVIAL.result(results, environment);
  return Math.min(...[persistence, mean, linear].map((errors) => meanOfFirst(errors, steps)));
}

/**
 * Whether a model has learned: its error over the steps that it was trained on is below that of every
 * predictor without a network, for states and, if asked, for rewards. Unknown if it has no results.
 */
export function hasLearned(
  results: Results,
  { environment, model, rewards }: {
    readonly environment: SetKey;
    readonly model: ModelName;
    readonly rewards: boolean;
  },
): boolean | undefined {
  const [group] = PREDICTION.finished(results, [`${environment} ${model}`]);
  if (group === undefined) return undefined;
  const { horizon } = group.config;
  const { rewardMean } = TRIVIAL.result(results, environment);
  const below = (errorsOf: (result: PredictionResult) => readonly number[], bar: number) => {
    const value: Value = (result) =>
      result.diverged === null ? meanOfFirst(errorsOf(result), horizon) : undefined;
    return (meanOver(results, { environment, model, value }) ?? Infinity) < bar;
  };
  return below(({ stateErrors }) => stateErrors, trivialBar(results, { environment, steps: horizon })) &&
    (!rewards || below(({ rewardErrors }) => rewardErrors, meanOfFirst(rewardMean, horizon)));
}

/** Environments on which two models are compared, and those where one of them has not learned. */
export interface Comparison {
  /** The unit is the environment. */
  readonly pairs: readonly MatchedPair[];
  readonly unlearned: readonly SetKey[];
}

/** Compares two models on all sets where both have learned. */
export function compareModels(
  results: Results,
  { first, second, value, sets = ENVIRONMENT_KEYS }: {
    readonly first: ModelName;
    readonly second: ModelName;
    readonly value: Value;
    /** @default one for each environment */
    readonly sets?: readonly SetKey[];
  },
): Comparison {
  const pairs: MatchedPair[] = [], unlearned: SetKey[] = [];
  for (const environment of sets) {
    const [a, b] = [first, second].map((model) => meanOver(results, { environment, model, value }));
    const learned = [first, second].map((model) =>
      hasLearned(results, { environment, model, rewards: value === rewardError })
    );
    if (learned.includes(undefined)) continue;
    if (learned.every(Boolean) && a !== undefined && b !== undefined) {
      pairs.push({ unit: environment, first: a, second: b });
    } else unlearned.push(environment);
  }
  return { pairs, unlearned };
}

/** The jobs of some models on sets of data, with the bars that they must pass, and what was recorded. */
export function modelJobs(
  plan: Plan,
  { models = MODEL_NAMES, sets = ENVIRONMENT_KEYS }: {
    readonly models?: readonly ModelName[];
    readonly sets?: readonly SetKey[];
  } = {},
): Job[] {
  const names = sets.flatMap((environment) => models.map((model) => `${environment} ${model}` as const));
  return [...PREDICTION.jobs(plan, names), ...TRIVIAL.jobs(plan, sets), ...BEHAVIOUR.jobs(plan, sets)];
}
