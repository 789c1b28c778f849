/** What the claims on returns share. */
import {
  allOf,
  type Claim,
  decide,
  type Job,
  notAttempted,
  type Plan,
  type Results,
  type Rule,
} from "../../../lib/harness/mod.ts";
import { pairByUnit } from "../../../lib/stats/mod.ts";
import { type Cell, mainOf, MERLIN, SECOND_SEEDS } from "../studies.ts";
import { type Method, outcomesOf, testAt } from "../summaries.ts";

export const TABLE = "Table of discounted returns";
/** Seeds that claims are judged on; the laptop profile has fewer of some methods. */
export const SEEDS = 3;
/**
 * How a second look decides: on seeds of its own, with 97.5 %. With the 4.4 % that the first look had, on
 * three other seeds, it is wrong in 7 % of cases at most.
 */
export const SECOND = { looks: [SECOND_SEEDS.length], level: 0.975 } as const;

/** A claim that must hold on several cells, with seeds as units. */
export function onEach(
  id: string,
  { location, statement, measured, cells, jobs, rule, names, values, safeguards }: {
    readonly location: string;
    readonly statement: string;
    readonly measured: string;
    readonly cells: readonly Cell[];
    readonly jobs: (plan: Plan) => readonly Job[];
    readonly rule: Rule;
    readonly names: readonly [string, string];
    readonly safeguards: Claim["safeguards"];
    readonly values: (results: Results, cell: Cell) => readonly [Map<number, number>, Map<number, number>];
  },
): Claim {
  return {
    id,
    location,
    statement,
    test: `${measured}, on ${cells.join(", ")}; must hold on each. ${rule.text}`,
    safeguards,
    jobs,
    evaluate(results) {
      const parts = cells.flatMap((cell) => {
        const [first, second] = values(results, cell);
        const pairs = pairByUnit(first, second);
        return pairs.length === 0 ? [] : [[cell, decide(rule, pairs, { names })] as const];
      });
      return parts.length === 0 ? notAttempted("There are no results.") : allOf(Object.fromEntries(parts));
    },
  };
}

/** A method's returns on a cell by seed. */
export const bySeed = (results: Results, cell: Cell, method: Method) =>
  new Map(outcomesOf(results, { cell, method }).map((outcome) => [outcome.seed, outcome.return]));

/** Returns of Merlin at a test horizon, by seed. */
export function atHorizon(results: Results, cell: Cell, horizon: number): Map<number, number> {
  return new Map(
    MERLIN.finished(results, [mainOf(cell)]).flatMap(({ runs }) =>
      runs.flatMap(({ seed, result }) => {
        const test = testAt(result, horizon);
        return test === undefined ? [] : [[seed, test.return] as const];
      })
    ),
  );
}
