import { type Claim, decide, equalWithin, notAttempted, verdict } from "../../../lib/harness/mod.ts";
import { studentTQuantile } from "../../../lib/stats/mod.ts";
import type { Setting } from "../experiments/_evaluation.ts";
import type { NetworkMethod } from "../experiments/networks.ts";
import { familyOutcomes, type Outcome, overSeeds } from "../outcomes.ts";
import { reported, SETTING_TITLES } from "../reported.ts";
import { EMBEDDINGS } from "../studies.ts";
import { NETWORK_SEEDS, onOutcomes, type OutcomeClaim } from "./_outcomes.ts";

/** Those that the paper reports, with how far the mean AUROC is off, and both standard deviations. */
const againstReported = (all: readonly Outcome[]) =>
  all.flatMap((outcome) => {
    const expected = reported(outcome, "auroc");
    const { value, std = 0 } = overSeeds(outcome, "auroc");
    if (!expected) return [];
    return [{
      ...outcome,
      value,
      reportedValue: expected.mean,
      off: value - expected.mean,
      std,
      reportedStd: expected.std,
    }];
  });

/** Percentage points; reported values are rounded to 0.01. */
const PARITY_TOLERANCE = 0.02 + 1e-9;
/** Methods whose reported columns are known to be exact. */
const PARITY_METHODS: readonly string[] = ["KNN", "LOF", "ECOD", "COPOD", "HBOS", "OCSVM"];
/** Data sets of the full parity gate. */
const PARITY_SETS = 31;

/** Why numbers that can be recomputed digit by digit need no safeguards. */
const RECOMPUTED = "An identity: nothing in it is random but the published seeds.";

/** Means, and unsupervised also spreads over seeds, that can be recomputed digit by digit. */
const parity = (id: string, options: Omit<OutcomeClaim, "judge" | "location" | "safeguards">): Claim =>
  onOutcomes(id, {
    location: `Appendix tables (${SETTING_TITLES[options.setting]} AUROC)`,
    ...options,
    safeguards: RECOMPUTED,
    judge(all) {
      // A semi-supervised split that is the same for all seeds has no spread on either side.
      const withSpread = options.setting === "unsup";
      const rows = againstReported(all).map(({ method, dataSet, off, std, reportedStd }) => ({
        name: `${method} on ${dataSet}`,
        off: Math.max(Math.abs(off), withSpread ? Math.abs(std - reportedStd) : 0),
      }));
      const worst = rows.reduce((a, b) => (b.off > a.off ? b : a));
      const outside = rows.filter(({ off }) => !(off <= PARITY_TOLERANCE)).length;
      const wanted = options.methods.length * PARITY_SETS;
      const enoughSeeds = !withSpread || all.every(({ scores }) => scores.length === 5);
      return verdict({
        supported: outside === 0 && rows.length === wanted && enoughSeeds,
        contradicted: outside > 0 && enoughSeeds,
        numbers: { values: rows.length, outside, largestDifference: worst.off, at: worst.name },
        because: `${rows.length - outside} of ${rows.length} values agree within 0.02 points` +
          (rows.length === wanted ? "" : `; ${wanted} are needed`) +
          (enoughSeeds ? "" : "; the reported spread needs five seeds"),
      });
    },
  });

/** A difference in AUROC below this many percentage points is no miss, however small the reported spread. */
const NO_MISS = 1;
/** Reported spreads are over so many seeds. */
const REPORTED_SEEDS = 5;
/** Shares of the data sets within the reported spread, in percent. */
const LEAST_INSIDE = 80, MOST_OUTSIDE = 50;
/** Misses that the sentence names. */
const NAMED = 3;

/**
 * How far a mean over n seeds may be from the reported mean over five, if both are of one distribution whose
 * spread was reported: half of Student's 95 % prediction interval.
 */
const allowed = (reportedStd: number, n: number): number =>
  Math.max(
    NO_MISS,
    studentTQuantile(0.975, REPORTED_SEEDS - 1) * reportedStd * Math.sqrt(1 / n + 1 / REPORTED_SEEDS),
  );

/** Data sets at which a network's claim is judged, once. */
const PLANNED_SETS = 31;

/** A network's means, which vary with its random streams. */
const landsOnReported = (
  { id, method, within, statement, setting = "semi" }: Pick<Claim, "id" | "statement"> & {
    readonly method: NetworkMethod;
    readonly within: number;
    readonly setting?: Setting;
  },
): Claim => {
  const equivalence = equalWithin({ margin: within, looks: [PLANNED_SETS] });
  return onOutcomes(id, {
    location: `Appendix tables (${SETTING_TITLES[setting]} AUROC)`,
    statement,
    test: `Own minus reported mean of each data set, in points. ${equivalence.text} ` +
      `And: at least ${LEAST_INSIDE} % of the sets within what the reported spread allows (95 % prediction interval, at ` +
      `least ±${NO_MISS}); contradicted if fewer than ${MOST_OUTSIDE} % are.`,
    safeguards: {
      bar: "It is one: the reported AUROC.",
      controls: "None: the reported number is what it is compared with.",
      smallest: `${within} points, the margin`,
      kind: `networks against reported AUROC, ${SETTING_TITLES[setting]}`,
    },
    setting,
    methods: [method],
    seeds: NETWORK_SEEDS,
    judge(all) {
      const rows = againstReported(all).slice(0, PLANNED_SETS);
      const mean = decide(
        equivalence,
        rows.map(({ dataSet, value, reportedValue }) => ({
          unit: dataSet,
          first: value,
          second: reportedValue,
        })),
        { names: ["own AUROC", "the reported one"], units: "data sets" },
      );
      const misses = rows.filter(({ off, scores, reportedStd }) =>
        !(Math.abs(off) <= allowed(reportedStd, scores.length))
      ).toSorted((a, b) => Math.abs(b.off) - Math.abs(a.off));
      const inside = 100 * (1 - misses.length / rows.length);
      const named = misses.slice(0, NAMED).map(({ dataSet, off }) => `${dataSet} ${signed(off)}`);
      if (rows.length < PLANNED_SETS) return mean;
      const own = verdict({
        supported: mean.status === "supported" && inside >= LEAST_INSIDE,
        contradicted: mean.status === "contradicted" || inside < MOST_OUTSIDE,
        numbers: {
          ...mean.numbers,
          outside: misses.length,
          ...Object.fromEntries(rows.map(({ dataSet, off }) => [dataSet, off])),
        },
        because: `${mean.because} ${rows.length - misses.length} of ${rows.length} sets are within the ` +
          `reported spread${named.length > 0 ? `; largest misses: ${named.join(", ")}` : ""}.`,
      });
      const { evidence, fragile, shares } = mean;
      const same = own.status === mean.status;
      return { ...own, evidence, ...(same && fragile && { fragile }), ...(same && { shares }) };
    },
  });
};

/** Points with their sign. */
const signed = (points: number): string => `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}`;

/** On values that the paper reports. */
export const reportedClaims: readonly Claim[] = [
  parity("parity-semi", {
    statement: "KNN, LOF, ECOD, COPOD, HBOS and OCSVM have the reported AUROC on 31 data sets.",
    test: "Every value within 0.02 points of the reported mean (6 methods × 31 sets, seeds 0, 1, 2, 3, 6).",
    setting: "semi",
    methods: PARITY_METHODS,
  }),
  parity("parity-unsup", {
    statement: "KNN and DTE-NP have the reported AUROC and spread on 31 data sets (both with 32 neighbours).",
    test:
      "Mean and standard deviation over seeds 0–4 within 0.02 points of the reported ones (2 methods × 31 sets).",
    setting: "unsup",
    methods: ["KNN", "DTE-NP"],
  }),
  {
    id: "parity-mvtec",
    location: `Appendix tables (${SETTING_TITLES.semi} AUROC)`,
    statement:
      "KNN, LOF, ECOD, COPOD, HBOS and OCSVM have the reported AUROC on MVTec-AD, the mean over fifteen sets of embeddings.",
    test:
      "Mean over seeds 0, 1, 2, 3, 6 of the mean over the sets within 0.02 points of the reported one, for all six.",
    safeguards: RECOMPUTED,
    data: "published",
    jobs: (plan) => EMBEDDINGS.where(({ config }) => config.setting === "semi").jobs(plan),
    evaluate(results) {
      const all = familyOutcomes(results).filter(({ setting, dataSet, method }) =>
        setting === "semi" && dataSet === "MVTec-AD" && PARITY_METHODS.includes(method)
      );
      if (all.length === 0 || all.some(({ sets }) => sets.here < sets.all)) {
        return notAttempted("the family's fifteen sets are needed");
      }
      const rows = againstReported(all);
      const worst = rows.reduce((a, b) => Math.abs(b.off) > Math.abs(a.off) ? b : a);
      const outside = rows.filter(({ off }) => !(Math.abs(off) <= PARITY_TOLERANCE)).length;
      const enoughSeeds = all.every(({ scores }) => scores.length === REPORTED_SEEDS);
      const own = verdict({
        supported: outside === 0 && enoughSeeds,
        contradicted: outside > 0 && enoughSeeds,
        numbers: Object.fromEntries(rows.map(({ method, off }) => [method, off])),
        because: `${rows.length - outside} of ${rows.length} means agree within 0.02 points; the largest ` +
          `difference is ${Math.abs(worst.off).toFixed(3)} (${worst.method})` +
          (enoughSeeds ? "" : "; five seeds are needed"),
      });
      return {
        ...own,
        evidence: [{
          name: `${worst.method}, own AUROC minus the reported one`,
          units: "seeds",
          scale: "difference",
          zero: 0,
          matters: [-PARITY_TOLERANCE, PARITY_TOLERANCE],
          looks: [REPORTED_SEEDS],
          points: [],
          pairs: Math.min(...all.map(({ scores }) => scores.length)),
          decided: enoughSeeds,
          detectable: Infinity,
          expected: enoughSeeds ? null : REPORTED_SEEDS,
          needed: enoughSeeds ? null : REPORTED_SEEDS,
        }],
      };
    },
  },
  onOutcomes("constant-features", {
    location: "Appendix tables",
    statement:
      "COPOD and ECOD score exactly 50.0 on mnist and optdigits, whose constant columns make their skewness NaN.",
    test: "AUROC is exactly 50 for both methods on both sets in the semi-supervised setting.",
    safeguards: RECOMPUTED,
    setting: "semi",
    methods: ["COPOD", "ECOD"],
    judge(all) {
      const found = all.filter(({ dataSet }) => ["mnist", "optdigits"].includes(dataSet))
        .map((own) => ({ ...own, auroc: overSeeds(own, "auroc").value }));
      if (found.length < 4) return notAttempted("mnist or optdigits is not available");
      return verdict({
        supported: found.every(({ auroc }) => auroc === 50),
        numbers: Object.fromEntries(found.map((own) => [`${own.method} on ${own.dataSet}`, own.auroc])),
        because: `AUROC ${[...new Set(found.map(({ auroc }) => auroc))].join(", ")}`,
      });
    },
  }),
  landsOnReported({
    id: "dte-c-reported",
    statement: "DTE-C trained from the described settings has the reported AUROC.",
    method: "DTE-C",
    within: 1.5,
  }),
  landsOnReported({
    id: "dte-ig-reported",
    statement: "DTE-IG (squared output as score) has the reported AUROC.",
    method: "DTE-IG",
    within: 4,
  }),
  landsOnReported({
    id: "ddpm-reported",
    statement:
      "DDPM has the reported AUROC, without noise in the reverse steps, which was chosen on these very values.",
    method: "DDPM",
    within: 2,
  }),
  ...([
    { method: "DTE-C", within: 1.5 },
    { method: "DTE-IG", within: 4 },
    { method: "DDPM", within: 2 },
  ] as const).map((options) =>
    landsOnReported({
      ...options,
      id: `${options.method.toLowerCase()}-reported-unsup`,
      statement: `${options.method} has the reported AUROC in the unsupervised setting, too.`,
      setting: "unsup",
    })
  ),
];
