/** What figures, tables and claims read out of the predictions. */
import type { Job, Plan, Results } from "../../lib/harness/mod.ts";
import { type MatchedPair, mean } from "../../lib/stats/mod.ts";
import type { PredictionResult } from "./experiments/prediction.ts";
import {
  ENVIRONMENT_KEYS,
  type EnvironmentKey,
  MODEL_NAMES,
  type ModelName,
  PREDICTION,
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
    readonly environment: EnvironmentKey;
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
  { environment, steps }: { readonly environment: EnvironmentKey; readonly steps: number },
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
    readonly environment: EnvironmentKey;
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
  readonly unlearned: readonly EnvironmentKey[];
}

/** Compares two models on all environments where both have learned. */
export function compareModels(
  results: Results,
  { first, second, value }: { readonly first: ModelName; readonly second: ModelName; readonly value: Value },
): Comparison {
  const pairs: MatchedPair[] = [], unlearned: EnvironmentKey[] = [];
  for (const environment of ENVIRONMENT_KEYS) {
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

/** The jobs of some models on all environments, with the bars that they must pass. */
export function modelJobs(plan: Plan, models: readonly ModelName[] = MODEL_NAMES): Job[] {
  const names = ENVIRONMENT_KEYS.flatMap((environment) =>
    models.map((model) => `${environment} ${model}` as const)
  );
  return [...PREDICTION.jobs(plan, names), ...TRIVIAL.jobs(plan)];
}
