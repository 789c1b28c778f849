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

/** The mean predictor's error on an environment's test windows. */
export function meanPredictor(results: Results, environment: EnvironmentKey): number {
  return mean(TRIVIAL.result(results, environment).mean);
}

/** Environments on which two models are compared, and those where one of them has not learned. */
export interface Comparison {
  /** The unit is the environment. */
  readonly pairs: readonly MatchedPair[];
  readonly unlearned: readonly EnvironmentKey[];
}

/** Compares two models on all environments where both have a state error below the mean predictor's. */
export function compareModels(
  results: Results,
  { first, second, value }: { readonly first: ModelName; readonly second: ModelName; readonly value: Value },
): Comparison {
  const pairs: MatchedPair[] = [], unlearned: EnvironmentKey[] = [];
  for (const environment of ENVIRONMENT_KEYS) {
    const of = (model: ModelName, which: Value) => meanOver(results, { environment, model, value: which });
    const [a, b] = [of(first, value), of(second, value)];
    if (a === undefined || b === undefined) continue;
    const bar = meanPredictor(results, environment);
    const learned = [first, second].every((model) => (of(model, stateError) ?? Infinity) < bar);
    if (learned) pairs.push({ unit: environment, first: a, second: b });
    else unlearned.push(environment);
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
