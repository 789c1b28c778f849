/** What figures, tables and claims read out of the results. */
import type { Job, Plan, Results } from "../../lib/harness/mod.ts";
import { type MatchedPair, mean, pairByUnit } from "../../lib/stats/mod.ts";
import type { BaselineName } from "./experiments/baselines.ts";
import type { MerlinResult } from "./experiments/merlin.ts";
import type { Outcome } from "./experiments/_tasks.ts";
import {
  BASELINE_NAMES,
  type Cell,
  COMPARED,
  mainOf,
  MERLIN,
  type MerlinKind,
  OTHERS,
  tunedHorizon,
} from "./studies.ts";

/**
 * What has returns: Merlin or another method on the seeds of the comparison; Merlin as tuned, or a variant of
 * it, on the seeds of the variants.
 */
export type Method = "Merlin" | BaselineName | "tuned" | MerlinKind;

/** The test at a horizon. */
export function testAt({ tests }: MerlinResult, horizon: number): Outcome | undefined {
  return tests.find((test) => test.horizon === horizon);
}

/** The test at the horizon that the authors tuned; of a policy without a horizon, its only one. */
export const mainTest = (cell: Cell, result: MerlinResult): Outcome =>
  testAt(result, tunedHorizon(cell)) ?? result.tests[0];

const isOther = (method: Method): method is BaselineName =>
  (BASELINE_NAMES as readonly string[]).includes(method);

const variantName = (cell: Cell, kind: "tuned" | MerlinKind) =>
  kind === "tuned" ? mainOf(cell) : `${cell} ${kind}` as const;

/** The jobs of methods on cells, each once. */
export function jobsOf(plan: Plan, cells: readonly Cell[], methods: readonly Method[]): Job[] {
  return distinct(
    methods.flatMap((method): Job[] =>
      method === "Merlin"
        ? COMPARED.jobs(plan, cells)
        : isOther(method)
        ? OTHERS.jobs(plan, cells.map((cell) => `${cell} ${method}` as const))
        : MERLIN.jobs(plan, cells.map((cell) => variantName(cell, method)))
    ),
  );
}

/** Each job once. */
export const distinct = (jobs: readonly Job[]): Job[] => [
  ...new Map(jobs.map((job) => [JSON.stringify(job), job])).values(),
];

/** A method's tests on a cell, by ascending seed; empty if there are none. */
export function outcomesOf(
  results: Results,
  { cell, method }: { readonly cell: Cell; readonly method: Method },
): readonly (Outcome & { readonly seed: number })[] {
  if (isOther(method)) {
    return OTHERS.finished(results, [`${cell} ${method}`]).flatMap(({ runs }) =>
      runs.map(({ seed, result }) => ({ ...result, seed }))
    );
  }
  const groups = method === "Merlin"
    ? COMPARED.finished(results, [cell])
    : MERLIN.finished(results, [variantName(cell, method)]);
  return groups.flatMap(({ runs }) => runs.map(({ seed, result }) => ({ ...mainTest(cell, result), seed })));
}

/** What the recorded behaviour returned on a cell, by seed of the comparison. */
export function behaviourOf(results: Results, cell: Cell): readonly (Outcome & { readonly seed: number })[] {
  return COMPARED.finished(results, [cell]).flatMap(({ runs }) =>
    runs.map(({ seed, result }) => ({ ...result.behaviour, seed }))
  );
}

/** What the best possible policy returns on the tests of a cell, mean over seeds; none if it is not known. */
export function ceilingOn(results: Results, cell: Cell): number | undefined {
  const values = [...COMPARED.finished(results, [cell]), ...MERLIN.finished(results, [mainOf(cell)])]
    .flatMap(({ runs }) => runs.flatMap(({ result: { ceiling } }) => ceiling ?? []));
  return values.length === 0 ? undefined : mean(values);
}

/** Mean over seeds of a cell's return or success; none without results. */
export function meanOf(
  results: Results,
  { what = "return", ...which }: {
    readonly cell: Cell;
    readonly method: Method;
    readonly what?: "return" | "success";
  },
): number | undefined {
  const values = outcomesOf(results, which).map((outcome) => outcome[what]);
  return values.length === 0 ? undefined : mean(values);
}

/** Two methods on the same cells. */
interface Contest {
  readonly cells: readonly Cell[];
  readonly first: Method;
  readonly second: Method;
}

/** Two methods on all cells, means over the seeds that both have there. */
export function acrossCells(
  results: Results,
  { cells, first, second }: Contest,
): MatchedPair[] {
  return cells.flatMap((cell) => {
    const [a, b] = [first, second].map((method) =>
      new Map(outcomesOf(results, { cell, method }).map((outcome) => [outcome.seed, outcome.return]))
    );
    const pairs = pairByUnit(a, b);
    return pairs.length === 0 ? [] : [{
      unit: cell,
      first: mean(pairs.map(({ first }) => first)),
      second: mean(pairs.map(({ second }) => second)),
    }];
  });
}

/**
 * Two methods by seed: geometric means over the cells on which both have results, of the seeds that all of
 * these have.
 */
export function acrossSeeds(
  results: Results,
  { cells, first, second }: Contest,
): MatchedPair[] {
  const bySeed = (method: Method) =>
    cells.map((cell) =>
      new Map(outcomesOf(results, { cell, method }).map((outcome) => [outcome.seed, outcome.return]))
    );
  const [own, other] = [bySeed(first), bySeed(second)];
  const shared = cells.flatMap((_, k) => own[k].size > 0 && other[k].size > 0 ? [k] : []);
  if (shared.length === 0) return [];
  const average = (by: readonly Map<number, number>[], seed: number) =>
    Math.exp(mean(shared.map((k) => Math.log(by[k].get(seed)!))));
  return [...own[shared[0]].keys()]
    .filter((seed) => shared.every((k) => own[k].has(seed) && other[k].has(seed)))
    .map((unit) => ({ unit, first: average(own, unit), second: average(other, unit) }));
}
