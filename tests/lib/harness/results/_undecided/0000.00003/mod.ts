import { barChart } from "../../../../../../lib/figures/mod.ts";
import {
  type Artefact,
  type Claim,
  comparison,
  decide,
  everyProfile,
  higher,
  type Job,
  type Paper,
  type Plan,
  type Results,
  type Rule,
  type Seeds,
  study,
  verdict,
} from "../../../../../../lib/harness/paper/mod.ts";
import { pairByUnit } from "../../../../../../lib/stats/mod.ts";
import { noisy, onSet } from "./experiments.ts";

const variant = (effect: number, seconds = 0) => ({ config: { effect, seconds }, seeds: 3 });

/** By seed. */
export const NOISY = study(
  noisy,
  everyProfile({ zero: variant(0), one: variant(1.5), same: variant(1e-3), slow: variant(0.4, 1) }),
);

/** What the laptop profile has no jobs of. */
export const LEFT = study(
  noisy,
  everyProfile({ left: { config: { effect: 2, seconds: 0 }, seeds: { beyond: [0, 1, 2] } } }),
);

const SETS = [
  "adbench/42_WBC",
  "adbench/14_glass",
  "adbench/6_cardio",
  "adbench/18_Ionosphere",
  "adbench/45_wine",
];
const onSets = (sets: readonly string[], seeds: Seeds = { only: 0 }) =>
  Object.fromEntries(sets.map((dataSet) => [dataSet, { config: { dataSet }, seeds }]));

/** Its plan was fixed beforehand, and the laptop profile has no jobs of it. */
const FIXED = study(
  noisy,
  everyProfile({ high: { config: { effect: 3, seconds: 0 }, seeds: { beyond: [0, 1, 2] } } }),
);

/** By data set: two of five in the laptop profile. */
export const BY_SET = study(onSet, {
  smoke: onSets(SETS.slice(0, 2)),
  laptop: onSets(SETS.slice(0, 2)),
  paper: onSets(SETS),
});

/** By data set: two that the profile has, and two that it leaves to `decide`. */
const BEYOND = study(
  onSet,
  everyProfile({ ...onSets(SETS.slice(0, 2)), ...onSets(SETS.slice(2, 4), { beyond: [7] }) }),
);

const identity = (value: number) => value;
const RULE = { looks: [3, 6, 9, 12], matters: 0.05 };
const against = (id: string, name: "one" | "same" | "slow", rule = higher(RULE)): Claim =>
  comparison(id, {
    location: "Section 1",
    statement: `${name} is higher than zero.`,
    measured: "The number",
    safeguards: "Numbers are drawn.",
    first: NOISY.sample(name, identity),
    second: NOISY.sample("zero", identity),
    rule,
  });

interface OverSets {
  /** @default BY_SET */
  readonly of?: typeof BY_SET | typeof BEYOND;
  /** @default the paper profile */
  readonly wider?: Plan;
  /** Data sets beyond the laptop's count only if there are so many. @default 0 */
  readonly least?: number;
}

const overSets = (
  id: string,
  rule: Rule,
  { of = BY_SET, wider = { profile: "paper" }, least = 0 }: OverSets = {},
): Claim => ({
  id,
  location: "Section 2",
  statement: "The number is above 0 on data sets.",
  test: rule.text,
  safeguards: "Numbers are drawn.",
  wider,
  jobs: (plan) => of.jobs(plan),
  evaluate(results: Results) {
    const found = of.groups(results).map(({ name, runs }) => [name, runs[0].result] as const);
    const values = new Map(results.plan.profile === "paper" && found.length < least ? [] : found);
    const zero = new Map([...values.keys()].map((name) => [name, 0]));
    return decide(rule, pairByUnit(values, zero), { names: ["number", "zero"], units: "data sets" });
  },
});

/** The numbers of a study, as many as there are. */
const numbers = (
  id: string,
  of: {
    jobs(plan: Plan): readonly Job[];
    groups(results: Results): readonly { readonly name: string; readonly runs: readonly unknown[] }[];
  },
): Artefact => ({
  id,
  kind: "figure",
  location: id,
  title: "Numbers",
  caption: "Numbers by seed.",
  largest: true,
  jobs: (plan) => of.jobs(plan),
  render: (results) =>
    barChart(
      of.groups(results).map(({ name, runs }) => ({ label: name, value: runs.length })),
      { title: "Seeds", value: { title: "seeds" }, alt: "Number of seeds by variant." },
    ),
});

/** A paper whose laptop results leave its claims open. */
export default {
  id: "0000.00003",
  title: "On noise",
  authors: "A. Nonymous",
  venue: "Nowhere",
  read: "nothing",
  profiles: {
    smoke: { data: "stand-in", summary: "Little." },
    laptop: { data: "stand-in", summary: "Some." },
    paper: { data: "stand-in", summary: "All." },
  },
  experiments: [noisy, onSet],
  artefacts: [numbers("figure-1", NOISY), numbers("figure-2", LEFT)],
  claims: [
    against("clear", "one"),
    against("equal", "same"),
    against("slow", "slow"),
    overSets("over-sets", higher({ looks: [2, 4, 5] })),
    against("single-look", "one", higher()),
    // It looks once, at all sets there are: nobody adds any for it.
    overSets("on-all-sets", higher({ minPairs: 2 })),
    overSets("over-own-sets", higher({ looks: [2, 4] }), {
      of: BEYOND,
      wider: { profile: "laptop", seeds: 1 },
    }),
    overSets("on-more-sets-than-there-are", higher({ minPairs: 2 }), { least: SETS.length + 1 }),
    {
      id: "fixed",
      location: "Section 3",
      statement: "All numbers are above 0.",
      test: "The least is above 0, of three.",
      safeguards: "Numbers are drawn.",
      fixedPlan: { profile: "laptop", seeds: 3 },
      jobs: (plan) => FIXED.jobs(plan),
      evaluate(results) {
        const found = FIXED.groups(results).flatMap(({ runs }) => runs.map(({ result }) => result));
        return verdict({
          supported: Math.min(...found) > 0,
          numbers: { found: found.length },
          because: "So.",
        });
      },
    },
  ],
} satisfies Paper;
