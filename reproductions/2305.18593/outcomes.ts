/** What methods reached on data sets, from the training-free ones and the networks alike. */
import { type Curve, type Job, NoResults, type Plan, type Results, seedsOf } from "../../lib/harness/mod.ts";
import { mean, type MeanAndStd, meanAndStd } from "../../lib/stats/mod.ts";
import type { Scores, Setting } from "./experiments/_evaluation.ts";
import { RANDOMISED_METHODS } from "./experiments/classical.ts";
import type { Metric, ReportedCell } from "./reported.ts";
import {
  type BINS,
  CLASSICAL,
  EMBEDDINGS,
  FAMILY_SIZES,
  NETWORKS,
  PLAIN_SEED_METHODS,
  PLAIN_SEEDS,
  TABULAR_SETS,
} from "./studies.ts";

/** One method on one data set under one setting. */
export interface Outcome extends ReportedCell {
  /** Of each seed, in percent. */
  readonly scores: readonly Scores[];
  /** Whether one run stands for all seeds, as neither the split nor the method depends on them. */
  readonly seedless: boolean;
  /** Whether a network was trained. */
  readonly trained?: boolean;
}

/** Chooses outcomes. */
export interface Selector {
  readonly setting: Setting;
  /** @default all */
  readonly methods?: readonly string[];
}

function chosen(selector: Selector) {
  const fits = (setting: Setting, methods: readonly string[]) =>
    setting === selector.setting && (selector.methods?.some((method) => methods.includes(method)) ?? true);
  return {
    classical: CLASSICAL.where(({ config: { setting, methods } }) => fits(setting, methods)),
    networks: NETWORKS.where(({ config: { setting, method } }) => fits(setting, [method])),
  };
}

const ORDER = new Map(TABULAR_SETS.map(({ name }, place) => [name, place]));

/** The jobs of outcomes, data set by data set. */
export function outcomeJobs(plan: Plan, selector: Selector): Job[] {
  const { classical, networks } = chosen(selector);
  const place = ({ config: { dataSet } }: Job<{ dataSet: string }>) => ORDER.get(dataSet) ?? Infinity;
  return [...classical.jobs(plan), ...networks.jobs(plan)].toSorted((a, b) => place(a) - place(b));
}

/**
 * Outcomes by method and data set, training-free methods first.
 *
 * @throws {NoResults} If there is none.
 */
export function outcomes(results: Results, selector: Selector): Outcome[] {
  const { classical, networks } = chosen(selector);
  const plainSeeds = seedsOf(PLAIN_SEEDS, results.plan);
  const found: Outcome[] = [
    ...classical.finished(results).flatMap(({ set, config: { setting, methods }, fixedSplit, runs }) =>
      methods.map((method) => {
        const plain = setting === "unsup" && PLAIN_SEED_METHODS.includes(method);
        return {
          method,
          setting,
          dataSet: set.reportedName,
          scores: runs.filter(({ seed }) => !plain || plainSeeds.includes(seed))
            .map(({ result }) => result[method]),
          seedless: fixedSplit && !RANDOMISED_METHODS.includes(method),
        };
      })
    ),
    ...networks.finished(results).map(({ set, config: { setting, method }, runs }) => ({
      method,
      setting,
      dataSet: set.reportedName,
      scores: runs.map(({ result }) => result),
      seedless: false,
      trained: true,
    })),
  ].filter(({ method, scores }) => scores.length > 0 && (selector.methods?.includes(method) ?? true));
  if (found.length === 0) throw new NoResults("no method was run on a data set");
  const groups = Map.groupBy(found, ({ method, setting, dataSet }) => [setting, dataSet, method].join());
  return [...groups.values()].map((same) => ({ ...same[0], scores: same.flatMap(({ scores }) => scores) }));
}

/** Without the data sets on which a network has fewer runs than so many seeds give. */
export function withSeeds(all: readonly Outcome[], seeds: number): readonly Outcome[] {
  const short = new Set(
    all.filter(({ trained, scores }) => trained && scores.length < seeds).map(({ dataSet }) => dataSet),
  );
  return all.filter(({ dataSet }) => !short.has(dataSet));
}

/** Mean and standard deviation over seeds. */
export function overSeeds({ scores, seedless }: Outcome, metric: Metric): MeanAndStd {
  const found = meanAndStd(scores.map((scores) => scores[metric]));
  return seedless ? { ...found, std: 0 } : found;
}

/** Mean over data sets, and the mean of the standard deviations over seeds of those that have one. */
export function overDataSets(all: readonly Outcome[], metric: Metric): MeanAndStd {
  const found = all.map((outcome) => overSeeds(outcome, metric));
  const spreads = found.flatMap(({ std }) => std ?? []);
  return { value: mean(found.map(({ value }) => value)), ...(spreads.length > 0 && { std: mean(spreads) }) };
}

/** What {@link byDataSet} takes: methods, and a number of an outcome. */
export interface DataSetNumber {
  readonly methods: readonly string[];
  /** @default its mean AUROC */
  readonly value?: (outcome: Outcome) => number | undefined;
}

/** A number by data set, of those that have it of all the methods; of several methods it is the mean. */
export function byDataSet(
  all: readonly Outcome[],
  { methods, value = (outcome) => overSeeds(outcome, "auroc").value }: DataSetNumber,
): ReadonlyMap<string, number> {
  const groups = Map.groupBy(all.filter(({ method }) => methods.includes(method)), ({ dataSet }) => dataSet);
  return new Map([...groups].flatMap(([dataSet, own]) => {
    const numbers = own.flatMap((outcome) => value(outcome) ?? []);
    return numbers.length === methods.length ? [[dataSet, mean(numbers)] as const] : [];
  }));
}

/**
 * Mean AUROC by method, over the data sets that all of the methods have.
 *
 * @throws {NoResults} If they have none in common.
 */
export function onCommonSets(all: readonly Outcome[], methods: readonly string[]) {
  const common = byDataSet(all, { methods });
  if (common.size === 0) throw new NoResults(`no data set was scored by all of ${methods.join(", ")}`);
  const shared = all.filter(({ dataSet }) => common.has(dataSet));
  const auroc = (name: string) => overDataSets(shared.filter(({ method }) => method === name), "auroc").value;
  return { dataSets: common.size, methods: methods.map((method) => ({ method, auroc: auroc(method) })) };
}

/** Finished runs of a network at one value of an option. */
export type NetworkGroup = ReturnType<typeof BINS.groups>[number];

/** Mean AUROC over data sets against an option of the networks: a curve for each seed. */
export function byCount(
  groups: readonly NetworkGroup[],
  option: "bins" | "steps" | "start",
): Curve[] {
  const runs = groups.flatMap(({ config, runs }) =>
    runs.map(({ seed, result }) => ({ seed, count: config[option]!, auroc: result.auroc }))
  );
  return [...Map.groupBy(runs, ({ seed }) => seed).values()].map((own) => {
    const points = [...Map.groupBy(own, ({ count }) => count)].sort(([a], [b]) => a - b);
    return {
      x: points.map(([count]) => count),
      y: points.map(([, same]) => mean(same.map(({ auroc }) => auroc))),
    };
  });
}

/** A method on a family of embeddings: the mean over its sets, for each seed. */
export interface FamilyOutcome extends Outcome {
  /** Sets of the family that were run, and all that the reported mean is over. */
  readonly sets: { readonly here: number; readonly all: number };
}

/** Outcomes on embeddings by family and method, in the way of the reported tables. */
export function familyOutcomes(results: Results): FamilyOutcome[] {
  const found = EMBEDDINGS.finished(results).flatMap(({ set, config: { setting, methods }, runs }) =>
    methods.map((method) => ({ family: set.reportedName, setting, method, runs }))
  );
  const groups = Map.groupBy(found, ({ family, setting, method }) => [family, setting, method].join());
  return [...groups.values()].map((sets) => {
    const [{ family, setting, method, runs }] = sets;
    const scores = runs.map(({ seed }) => {
      const own = sets.flatMap(({ runs }) =>
        runs.filter((run) => run.seed === seed).map(({ result }) => result[method])
      );
      const over = (metric: Metric) => mean(own.map((scores) => scores[metric]));
      return { auroc: over("auroc"), aupr: over("aupr"), f1: over("f1") };
    });
    return {
      method,
      setting,
      dataSet: family,
      scores,
      seedless: false,
      sets: { here: sets.length, all: FAMILY_SIZES[family] },
    };
  });
}

/** `3 data sets`, `1 data set`. */
export const dataSetsText = (count: number): string => `${count} data set${count === 1 ? "" : "s"}`;
