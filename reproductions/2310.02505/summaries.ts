/** What figures, tables and claims read out of the results. */
import type { Results } from "../../lib/harness/mod.ts";
import { type MatchedPair, mean } from "../../lib/stats/mod.ts";
import type { BaselineName } from "./experiments/baselines.ts";
import type { MerlinResult } from "./experiments/merlin.ts";
import type { Outcome } from "./experiments/_tasks.ts";
import {
  BASELINE_NAMES,
  type Cell,
  mainOf,
  MERLIN,
  type MerlinKind,
  OTHERS,
  tunedHorizon,
} from "./studies.ts";

/** A row of the comparison: Merlin as tuned, one of its variants, or another method. */
export type Method = "Merlin" | MerlinKind | BaselineName;

/** The test at a horizon. */
export function testAt({ tests }: MerlinResult, horizon: number): Outcome | undefined {
  return tests.find((test) => test.horizon === horizon);
}

/** The test at the horizon that the authors tuned; of a policy without a horizon, its only one. */
export const mainTest = (cell: Cell, result: MerlinResult): Outcome =>
  testAt(result, tunedHorizon(cell)) ?? result.tests[0];

const isOther = (method: Method): method is BaselineName =>
  (BASELINE_NAMES as readonly string[]).includes(method);

/** The name of a variant of Merlin on a cell. */
export const merlinName = (cell: Cell, kind: "Merlin" | MerlinKind) =>
  kind === "Merlin" ? mainOf(cell) : `${cell} ${kind}` as const;

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
  return MERLIN.finished(results, [merlinName(cell, method)]).flatMap(({ runs }) =>
    runs.map(({ seed, result }) => ({ ...mainTest(cell, result), seed }))
  );
}

/** What the recorded behaviour returned on a cell, by seed. */
export function behaviourOf(results: Results, cell: Cell): readonly (Outcome & { readonly seed: number })[] {
  return MERLIN.finished(results, [mainOf(cell)]).flatMap(({ runs }) =>
    runs.map(({ seed, result }) => ({ ...result.behaviour, seed }))
  );
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

/** Two methods on all cells, means over seeds. */
export function acrossCells(
  results: Results,
  { cells, first, second }: {
    readonly cells: readonly Cell[];
    readonly first: Method;
    readonly second: Method;
  },
): MatchedPair[] {
  return cells.flatMap((cell) => {
    const [a, b] = [first, second].map((method) => meanOf(results, { cell, method }));
    return a === undefined || b === undefined ? [] : [{ unit: cell, first: a, second: b }];
  });
}
