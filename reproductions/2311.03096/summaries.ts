import { canonicalJson, type Json, type Results } from "../../lib/harness/mod.ts";
import { mean, std } from "../../lib/stats/mod.ts";
import type { CifarConfig, CifarResult } from "./experiments/cifar.ts";
import type { RegressionConfig, RegressionResult } from "./experiments/regression.ts";
import type { TorusConfig, TorusResult } from "./experiments/torus.ts";
import { scaleOf } from "./plan.ts";

/** A finished run of a named network. */
export interface NamedRun<Config, Result> {
  readonly name: string;
  readonly config: Config;
  readonly seed: number;
  readonly result: Result;
}

/** Gives runs the names that the plan has for their configurations, in the plan's order. */
function named<Config extends Json, Result extends Json>(
  results: Results,
  experiment: string,
  variants: readonly { readonly name: string; readonly config: Config }[],
): NamedRun<Config, Result>[] {
  const found = Map.groupBy(
    results.of<Config, Result>(experiment),
    ({ config }) => canonicalJson(config),
  );
  return variants.flatMap(({ name, config }) =>
    (found.get(canonicalJson(config)) ?? []).map((run) => ({ ...run, name }))
      .sort((a, b) => a.seed - b.seed)
  );
}

/** Networks on the torus. */
export function torusRuns(results: Results): NamedRun<TorusConfig, TorusResult>[] {
  return named(results, "torus", scaleOf(results.plan).torus);
}

/** Networks on photographs. */
export function cifarRuns(results: Results): NamedRun<CifarConfig, CifarResult>[] {
  return named(results, "cifar", scaleOf(results.plan).cifar);
}

/** Linear regressions with the same truth and λ. */
export interface RegressionGroup {
  readonly truth: RegressionConfig["truth"];
  readonly sharing: number;
  readonly runs: readonly { readonly seed: number; readonly result: RegressionResult }[];
}

/** Linear regressions, by truth and λ, in the plan's order. */
export function regressionGroups(results: Results): RegressionGroup[] {
  const variants = scaleOf(results.plan).regression.map(({ config }) => ({ name: "", config }));
  const runs = named<RegressionConfig, RegressionResult>(results, "regression", variants);
  const groups = Map.groupBy(runs, ({ config }) => `${config.truth} ${config.sharing}`);
  return [...groups.values()].map((runs) => ({
    truth: runs[0].config.truth,
    sharing: runs[0].config.sharing,
    runs,
  }));
}

/** The runs of one name. */
export function runsOf<Config, Result>(
  runs: readonly NamedRun<Config, Result>[],
  name: string,
): NamedRun<Config, Result>[] {
  return runs.filter((run) => run.name === name);
}

/** Mean and standard deviation (ddof 1; absent for one value) of numbers. */
export function spread(values: readonly number[]): { readonly value: number; readonly std?: number } {
  return values.length > 1 ? { value: mean(values), std: std(values, { ddof: 1 }) } : { value: mean(values) };
}

/** Names in the order of their first run. */
export function namesOf(runs: readonly { readonly name: string }[]): string[] {
  return [...new Set(runs.map(({ name }) => name))];
}
