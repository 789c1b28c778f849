import {
  type Claim,
  decide,
  higher,
  lower,
  notAttempted,
  type Results,
  type Rule,
  type Safeguards,
  short,
  type Verdict,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { MerlinResult } from "../experiments/merlin.ts";
import { type Cell, CELLS, COMPARED, MERLIN, OTHERS, PIXELS, SECOND_LOOK, TASKS } from "../studies.ts";
import {
  acrossCells,
  acrossSeeds,
  behaviourOf,
  jobsOf,
  mainTest,
  meanOf,
  type Method,
} from "../summaries.ts";
import { atHorizon, bySeed, onEach, SECOND, SEEDS, TABLE } from "./_shared.ts";

const RETURN = "Discounted return, 100 episodes, mean over seeds";
/** The smallest ratio of returns of interest. */
const MATTERS = 1.03;
/** What is compared has learned: it returns so many times what uniform actions do, … */
const LEARNED = 2;
/** … and, of experts, this share of what its data do. */
const OF_EXPERTS = 0.5;
const BAR =
  `Both return at least ${LEARNED} times what uniform actions do and, of experts, ${OF_EXPERTS} times what ` +
  "the data do.";

/** Cells on which a method has not learned, by {@link LEARNED} and {@link OF_EXPERTS}. */
function unlearned(results: Results, method: Method): Cell[] {
  return CELLS.filter((cell) => {
    const value = meanOf(results, { cell, method });
    const random = `${cell.split(" ")[0]} random` as Cell;
    const returnsOf = (cell: Cell) => behaviourOf(results, cell).map((outcome) => outcome.return);
    const below = (share: number, cell: Cell) =>
      value !== undefined && returnsOf(cell).length > 0 && value < share * mean(returnsOf(cell));
    return below(LEARNED, random) || (cell !== random && below(OF_EXPERTS, cell));
  });
}

const POINT_CELLS = CELLS.filter((cell) => cell.startsWith("Point"));
/** Says nothing on methods' returns before all seeds are there, on point tasks. */
const ENOUGH = higher({ scale: "ratio", looks: [SEEDS] });

/** The verdict on two methods as long as one of them lacks seeds. */
function tooEarly(results: Results, first: Method, second: Method): Verdict | undefined {
  const pairs = acrossSeeds(results, { cells: POINT_CELLS, first, second });
  return pairs.length >= SEEDS
    ? undefined
    : decide(ENOUGH, pairs, { names: [titleOf(first), titleOf(second)] });
}

/** What the text calls a method. */
const titleOf = (method: Method) => method === "tuned" ? "Merlin" : method;

interface Across {
  readonly location?: string;
  readonly statement: string;
  readonly first?: Method;
  readonly second: Method;
  readonly rule: Rule;
  readonly controls: Safeguards["controls"];
}

/** A claim about two methods with task and behaviour as units. */
function acrossAll(
  id: string,
  { location = TABLE, statement, first = "Merlin", second, rule, controls }: Across,
): Claim {
  return {
    id,
    location,
    statement,
    test:
      `${RETURN}, by task and behaviour of the data; first: ${titleOf(first)}, second: ${
        titleOf(second)
      }; once both have ${SEEDS} ` +
      `seeds on point tasks. Only where both return at least ${LEARNED} times what uniform actions do and, of ` +
      `experts, ${OF_EXPERTS} times what the data do. ${rule.text}`,
    safeguards: { bar: BAR, controls, smallest: `a factor of ${MATTERS}` },
    jobs: (plan) => jobsOf(plan, CELLS, [first, second, "Merlin"]),
    evaluate(results) {
      const early = tooEarly(results, first, second);
      if (early !== undefined) return early;
      const dull = new Set([first, second].flatMap((method) => unlearned(results, method)));
      const pairs = acrossCells(results, { cells: CELLS.filter((cell) => !dull.has(cell)), first, second });
      const left = dull.size === 0
        ? ""
        : ` Left out, as one of the two did not learn: ${[...dull].join(", ")}.`;
      if (dull.size > 0 && pairs.length < rule.minPairs) {
        return notAttempted(`Did not learn: ${pairs.length} of ${rule.minPairs} units are left.${left}`);
      }
      const found = decide(rule, pairs, {
        names: [titleOf(first), titleOf(second)],
        units: "tasks and behaviours",
      });
      const ratios = pairs.map(({ first, second }) => first / second);
      return {
        ...found,
        numbers: {
          ...found.numbers,
          wins: ratios.filter((ratio) => ratio > 1).length,
          unlearned: [...dull].join(", ") || null,
        },
        because: found.because + left,
      };
    },
  };
}

/**
 * What Merlin is compared with; these comparisons share the 5 %. Goal BC is not among them: without hindsight
 * it learns nothing of uniform actions.
 */
const RIVALS = [
  ...["GCSL", "WGCSL", "GoFAR", "DDPG+HER"] as const,
  ...["AM", "g-DQL", "BESO", "Decision Diffuser"] as const,
];
const BETTER = higher({ scale: "ratio", matters: MATTERS, minPairs: 5, level: 1 - 0.05 / RIVALS.length });
const SMALLER = lower({ minPairs: 5 });
const SINGLE = higher({ scale: "ratio", matters: MATTERS, minPairs: 5 });

const IS_CONTROL = "It is a control.";

const EXPERT = TASKS.map((task) => `${task} expert` as const);
const RANDOM = TASKS.map((task) => `${task} random` as const);
const POINT_REACH = ["PointReach expert", "PointReach random"] as const;

/** Returns: C3 to C6, C8 and C9. */
export const returnClaims: readonly Claim[] = [
  ...RIVALS.map((second) =>
    acrossAll(`better-than-${second.toLowerCase().replace(/[+ ]/, "-")}`, {
      statement: `Merlin returns more than ${second}, on data of experts and of uniform actions.`,
      second,
      rule: BETTER,
      controls: ["horizon-helps"],
    })
  ),
  acrossAll("horizon-helps", {
    location: "Figure of the ablation",
    statement: "A policy that is told the horizon returns more than one that is not.",
    first: "tuned",
    second: "no horizon",
    rule: SINGLE,
    controls: IS_CONTROL,
  }),
  acrossAll("stitching-helps", {
    statement:
      "Merlin-NP, which stitches trajectories, returns at least as much as Merlin, and more on average.",
    first: "NP",
    second: "tuned",
    rule: SINGLE,
    controls: ["stitching-is-what-helps"],
  }),
  acrossAll("stitching-is-what-helps", {
    location: "addition",
    statement: "Merlin-NP returns more than the same mixture without a single switch (δ = 2).",
    first: "NP",
    second: "NP, δ = 2",
    rule: SINGLE,
    controls: IS_CONTROL,
  }),
  onEach("hindsight-needed-on-random-data", {
    location: "Ablation of the hindsight ratio",
    statement: "On data of uniform actions Merlin needs hindsight: without it the return collapses.",
    measured: "Discounted return, ρ = 1 (first) and ρ = 0",
    cells: RANDOM,
    jobs: (plan) => jobsOf(plan, RANDOM, ["ρ 1", "ρ 0"]),
    rule: higher({ scale: "ratio", margin: 2, looks: [SEEDS] }),
    safeguards: {
      bar: "None: that the policy without hindsight returns little is the claim.",
      controls: "None: the hindsight ratio is all that differs.",
      smallest: "a factor of 2",
    },
    names: ["ρ = 1", "ρ = 0"],
    values: (results, cell) => [bySeed(results, cell, "ρ 1"), bySeed(results, cell, "ρ 0")],
  }),
  onEach("little-hindsight-suffices-on-expert-data", {
    location: "Ablation of the hindsight ratio",
    statement: "On data of experts a hindsight ratio of 0.2 is as good as 1: not worse by more than 5 %.",
    measured: "Discounted return, ρ = 0.2 (first) and ρ = 1",
    cells: EXPERT,
    jobs: (plan) => jobsOf(plan, EXPERT, ["ρ 0.2", "ρ 1"]),
    rule: higher({ scale: "ratio", margin: 0.95, looks: [SEEDS] }),
    safeguards: {
      bar: "None in the test: the table of returns has uniform actions beside both.",
      controls: "None: the hindsight ratio is all that differs.",
      smallest: "5 %",
    },
    names: ["ρ = 0.2", "ρ = 1"],
    values: (results, cell) => [bySeed(results, cell, "ρ 0.2"), bySeed(results, cell, "ρ 1")],
  }),
  onEach("better-than-its-data", {
    location: TABLE,
    statement: "On data of experts with noise Merlin returns more than the data, by a tenth at least.",
    measured: "Discounted return, Merlin (first) and the recorded episodes",
    cells: EXPERT,
    jobs: (plan) => SECOND_LOOK.jobs(plan, EXPERT),
    rule: higher({ scale: "ratio", margin: 1.1, ...SECOND }),
    safeguards: {
      bar: "It is one: returning more than the data.",
      controls: "None: the data are what it is compared with.",
      smallest: "a tenth",
    },
    names: ["Merlin", "the data"],
    values(results, cell) {
      const runs = SECOND_LOOK.finished(results, [cell]).flatMap(({ runs }) => runs);
      const bySeed = (value: (result: MerlinResult) => number) =>
        new Map(runs.map(({ seed, result }) => [seed, value(result)]));
      return [
        bySeed((result) => mainTest(cell, result).return),
        bySeed(({ behaviour }) => behaviour.return),
      ];
    },
  }),
  onEach("near-the-ceiling", {
    location: TABLE,
    statement: "On PointReach Merlin comes near what the best possible policy returns: 95 % of it.",
    measured: "Discounted return, Merlin (first) and the optimum on the same episodes",
    cells: POINT_REACH,
    jobs: (plan) => jobsOf(plan, POINT_REACH, ["Merlin"]),
    rule: higher({ scale: "ratio", margin: 0.95, looks: [SEEDS] }),
    safeguards: {
      bar: "It is one: the best possible policy.",
      controls: "None: the optimum is exact.",
      smallest: "5 %",
    },
    names: ["Merlin", "the optimum"],
    values: (results, cell) => [bySeed(results, cell, "Merlin"), ceilings(results, cell)],
  }),
  onEach("small-horizon-best-on-pointreach", {
    location: "Figure of the ablation",
    statement: "On PointReach a small test horizon is best: h = 1 returns a tenth more than h = 50 at least.",
    measured: "Discounted return of one policy at h = 1 (first) and h = 50",
    cells: POINT_REACH,
    jobs: (plan) => jobsOf(plan, POINT_REACH, ["tuned"]),
    rule: higher({ scale: "ratio", margin: 1.1, looks: [SEEDS] }),
    safeguards: {
      bar: "That of near-the-ceiling, on the same policies.",
      controls: "None: one policy, at two horizons.",
      smallest: "a tenth",
    },
    names: ["h = 1", "h = 50"],
    values: (results, cell) => [atHorizon(results, cell, 1), atHorizon(results, cell, 50)],
  }),
  {
    id: "success-gaps-smaller",
    location: "Table of success rates (appendix)",
    statement: "In success rates methods differ less than in returns.",
    test:
      "|log ratio| of Merlin's and GCSL's success (first) and of their returns (second), means over seeds, by task and " +
      `behaviour, once both have ${SEEDS} seeds on point tasks. ${SMALLER.text}`,
    safeguards: {
      bar: "None in the test: rows of the table of returns.",
      controls: "None: both gaps are of the same policies.",
      smallest: "Any difference counts.",
    },
    jobs: (plan) => jobsOf(plan, CELLS, ["Merlin", "GCSL"]),
    evaluate(results) {
      const early = tooEarly(results, "Merlin", "GCSL");
      if (early !== undefined) return early;
      const gap = (cell: Cell, what: "return" | "success") => {
        const [a, b] = (["Merlin", "GCSL"] as const).map((method) => meanOf(results, { cell, method, what }));
        return a && b ? Math.abs(Math.log(a / b)) : undefined;
      };
      const pairs = CELLS.flatMap((cell) => {
        const [first, second] = [gap(cell, "success"), gap(cell, "return")];
        return first === undefined || second === undefined ? [] : [{ unit: cell, first, second }];
      });
      return decide(SMALLER, pairs, {
        names: ["The gap in success", "that in return"],
        units: "tasks and behaviours",
      });
    },
  },
  {
    id: "never-above-the-ceiling",
    location: "addition",
    statement: "No return on PointReach is above that of the best possible policy on the same episodes.",
    test: "Largest return minus optimum over all methods (on images, too), horizons and seeds: at most 1e-9.",
    safeguards: "An identity: no policy can do better.",
    jobs: (plan) => [
      ...MERLIN.where(({ cell }) => cell.startsWith("PointReach")).jobs(plan),
      ...COMPARED.where(({ cell }) => cell.startsWith("PointReach")).jobs(plan),
      ...OTHERS.where(({ cell }) => cell.startsWith("PointReach")).jobs(plan),
      ...PIXELS.where(({ cell }) => cell.startsWith("PointReach")).jobs(plan),
    ],
    evaluate(results) {
      const above = [
        ...[...MERLIN.finished(results), ...COMPARED.finished(results)].flatMap(({ runs }) =>
          runs.flatMap(({ result: { tests, ceiling } }) =>
            ceiling === null ? [] : tests.map((test) => test.return - ceiling)
          )
        ),
        ...[...OTHERS.finished(results), ...PIXELS.finished(results)].flatMap(({ runs }) =>
          runs.flatMap(({ result }) => result.ceiling === null ? [] : [result.return - result.ceiling])
        ),
      ];
      if (above.length === 0) return notAttempted("There are no results on PointReach.");
      const most = Math.max(...above);
      return verdict({
        supported: most <= 1e-9,
        numbers: { most, tests: above.length },
        because: `the best of ${above.length} tests is ${short(-most)} below the optimum`,
      });
    },
  },
];

function ceilings(results: Results, cell: Cell): Map<number, number> {
  return new Map(
    COMPARED.finished(results, [cell]).flatMap(({ runs }) =>
      runs.flatMap(({ seed, result: { ceiling } }) => ceiling === null ? [] : [[seed, ceiling] as const])
    ),
  );
}
