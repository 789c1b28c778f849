import {
  allOf,
  type Claim,
  decide,
  equalWithin,
  higher,
  type OrderRuleOptions,
  type Rule,
  type Safeguards,
  type Verdict,
} from "../../../lib/harness/mod.ts";
import { ADBENCH } from "../../../lib/data/mod.ts";
import { pairByUnit } from "../../../lib/stats/mod.ts";
import { byDataSet, type DataSetNumber, onCommonSets, type Outcome, overSeeds } from "../outcomes.ts";
import { LEAST_POWER, type PowerLooks, type PowerQuestion, withPower } from "../power.ts";
import { SETTING_TITLES } from "../reported.ts";
import { NETWORK_SEEDS, onOutcomes, type OutcomeClaim } from "./_outcomes.ts";

/** A claim whose power is known from the reported tables. */
type PoweredClaim = Claim & { readonly question: PowerQuestion };

/** Options of {@link poweredClaim}. */
interface PoweredOptions extends Omit<OutcomeClaim, "judge" | "test" | "safeguards"> {
  /** Without the text on power. */
  readonly test: (looks: PowerLooks) => string;
  readonly judge: PowerQuestion["judge"];
  /**
   * Data sets at which the claim is judged, once; it is open with fewer, and `decide` adds sets. Absent: on
   * all sets there are.
   */
  readonly planned?: number;
  /** @default none, as no method is tuned and all see the same splits */
  readonly controls?: Safeguards["controls"];
  /** {@link Safeguards.kind} */
  readonly kind?: string;
}

const AUROC = "AUROC in percent by data set, mean over seeds";

/** `higher`, at planned looks or on all pairs. */
const higherAt = (looks: PowerLooks, options: OrderRuleOptions = {}): Rule =>
  higher({ ...options, ...(looks && { looks }) });

const AGAINST_NETWORKS = "DTE-C against other networks, semi-supervised";

const NEAR = equalWithin({ margin: 1 });
/** Data sets with fewer than 1000 rows. */
const RESAMPLED = new Set(ADBENCH.filter(({ rows }) => rows < 1000).map(({ reportedName }) => reportedName));

/** A number of two methods over the data sets that both have; of several methods it is their mean. */
const compare = (
  all: readonly Outcome[],
  { sides, rule, value }: Pick<DataSetNumber, "value"> & {
    readonly sides: readonly [readonly string[], readonly string[]];
    readonly rule: Rule;
  },
): Verdict => {
  const [first, second] = sides.map((methods) => byDataSet(all, { methods, value }));
  const [a, b] = sides.map((methods) => methods.join(" and "));
  return decide(rule, pairByUnit(first, second), { names: [a, b], units: "data sets" });
};

/** The power by which comparisons are attempted, in words. */
const POWER_TEXT =
  `Not attempted if fewer than ${LEAST_POWER} % of draws of as many rows of the reported table would decide it (bootstrap).`;

/** A claim that compares methods over data sets, judged where the paper's own numbers would decide it. */
const poweredClaim = (
  id: string,
  { planned, controls = "None: no method is tuned, and all see the same splits.", kind, ...options }:
    PoweredOptions,
): PoweredClaim => {
  const { setting, methods, judge, statement, seeds } = options;
  const looks = planned === undefined ? undefined : [planned];
  const question = { id, statement, setting, methods, judge, planned, seeds };
  return {
    ...onOutcomes(id, {
      ...options,
      safeguards: {
        bar: "None in the test: the main tables have the reported AUROC beside each method's own.",
        controls,
        smallest: "What the paper reports: see the power in the test.",
        ...(kind !== undefined && { kind }),
      },
      test: `${options.test(looks)} ${POWER_TEXT}`,
      judge: (all) => withPower(question, { all, sets: byDataSet(all, { methods }).size }),
    }),
    question,
  };
};

/** Each of some methods against the best of its rivals. */
const compareMethods = (
  id: string,
  { methods, rivals, margin, ...options }:
    & Omit<PoweredOptions, "judge" | "test" | "location">
    & { readonly location?: string; readonly rivals: readonly string[]; readonly margin?: number },
) =>
  poweredClaim(id, {
    location: `Section 4, ${SETTING_TITLES[options.setting]} tables`,
    ...options,
    test: (looks) =>
      `${AUROC}, of ${methods.join(" and of ")} against ${
        rivals.length === 1 ? rivals[0] : `the best on average of ${rivals.join(", ")}`
      }. ${higherAt(looks, { margin }).text}`,
    methods: [...methods, ...rivals],
    judge(all, looks) {
      const rule = higherAt(looks, { margin });
      const best = onCommonSets(all, rivals).methods.reduce((a, b) => b.auroc > a.auroc ? b : a).method;
      const verdicts = methods.map((method) => compare(all, { sides: [[method], [best]], rule }));
      if (verdicts.length === 1) return verdicts[0];
      return allOf(Object.fromEntries(methods.map((method, i) => [method, verdicts[i]])));
    },
  });

/** On which method is more accurate. */
export const comparisonClaims: readonly PoweredClaim[] = [
  poweredClaim("np-near-knn-semi", {
    location: "Section 4, semi-supervised tables",
    statement: "DTE-NP and KNN, both with 5 neighbours, are within 1 point of each other on average.",
    test: () =>
      `${AUROC}, of DTE-NP against KNN. ${NEAR.text} Beside it the same without the sets that are resampled.`,
    controls: "The sets that are not resampled, beside it.",
    setting: "semi",
    methods: ["DTE-NP", "KNN"],
    judge(all) {
      const near = (own: readonly Outcome[]) => compare(own, { sides: [["DTE-NP"], ["KNN"]], rule: NEAR });
      const [found, without] = [near(all), near(all.filter(({ dataSet }) => !RESAMPLED.has(dataSet)))];
      return {
        ...found,
        numbers: {
          ...found.numbers,
          ...Object.fromEntries(
            Object.entries(without.numbers).map(([key, value]) => [`not resampled: ${key}`, value]),
          ),
        },
        because:
          `${found.because} Without sets of fewer than 1000 rows, which are resampled so that copies of a row ` +
          `fall on both sides of the split: ${without.because}`,
      };
    },
  }),
  compareMethods("np-and-knn-top-semi", {
    statement: "DTE-NP and KNN are more accurate on average than all other training-free methods.",
    setting: "semi",
    methods: ["DTE-NP", "KNN"],
    rivals: ["LOF", "OCSVM", "ECOD", "COPOD", "HBOS", "PCA", "IForest", "MCD", "CBLOF"],
  }),
  compareMethods("dte-c-vs-ddpm-semi", {
    statement: "DTE-C is at least as accurate as DDPM in the semi-supervised setting.",
    setting: "semi",
    methods: ["DTE-C"],
    rivals: ["DDPM"],
    kind: AGAINST_NETWORKS,
    planned: 31,
    seeds: NETWORK_SEEDS,
  }),
  compareMethods("dte-c-vs-deep-semi", {
    statement:
      "DTE-C is more accurate than the earlier deep baselines that are rerun here (PlanarFlow, VAE).",
    setting: "semi",
    methods: ["DTE-C"],
    rivals: ["PlanarFlow", "VAE"],
    kind: AGAINST_NETWORKS,
    planned: 31,
    seeds: NETWORK_SEEDS,
  }),
  compareMethods("dte-c-vs-ddpm-unsup", {
    statement:
      "DTE-C is more accurate than DDPM in the unsupervised setting, by at least 1.5 points on average.",
    setting: "unsup",
    methods: ["DTE-C"],
    rivals: ["DDPM"],
    margin: 1.5,
    seeds: NETWORK_SEEDS,
  }),
  compareMethods("dte-ig-lower-unsup", {
    statement: "DTE-IG is less accurate than DTE-C in the unsupervised setting.",
    setting: "unsup",
    methods: ["DTE-C"],
    rivals: ["DTE-IG"],
    planned: 31,
    seeds: NETWORK_SEEDS,
  }),
  poweredClaim("dte-ig-spread-unsup", {
    location: "Section 4, unsupervised tables",
    statement: "The AUROC of DTE-IG varies more over seeds than that of DTE-C, unsupervised.",
    test: (looks) =>
      `Standard deviation of AUROC over seeds by data set (of at least two seeds), of DTE-IG against DTE-C. ${
        higherAt(looks).text
      }`,
    setting: "unsup",
    methods: ["DTE-C", "DTE-IG"],
    judge: (all, looks) =>
      compare(all, {
        sides: [["DTE-IG"], ["DTE-C"]],
        rule: higherAt(looks),
        value: (outcome) => overSeeds(outcome, "auroc").std,
      }),
    planned: 31,
    seeds: NETWORK_SEEDS,
  }),
  compareMethods("negative-semi", {
    location: "Section 4 (honest negative)",
    statement:
      "Nearest neighbours (KNN, DTE-NP) beat the parametric estimator DTE-C on average, semi-supervised.",
    setting: "semi",
    methods: ["KNN"],
    rivals: ["DTE-C"],
    seeds: NETWORK_SEEDS,
  }),
  poweredClaim("negative-unsup", {
    location: "Section 4 (honest negative)",
    statement: "The classical MCD and IForest beat the parametric estimator DTE-C on average, unsupervised.",
    test: (looks) => `${AUROC}, of the mean of MCD and IForest against DTE-C. ${higherAt(looks).text}`,
    setting: "unsup",
    methods: ["MCD", "IForest", "DTE-C"],
    judge: (all, looks) => compare(all, { sides: [["MCD", "IForest"], ["DTE-C"]], rule: higherAt(looks) }),
    seeds: NETWORK_SEEDS,
  }),
];
