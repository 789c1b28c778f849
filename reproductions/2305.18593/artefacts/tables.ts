import type { Cell, Table } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { meanAndStd, pairByUnit } from "../../../lib/stats/mod.ts";
import { comparisonClaims } from "../claims/comparisons.ts";
import type { Setting } from "../experiments/_evaluation.ts";
import { byDataSet, dataSetsText, type Outcome, outcomeJobs, outcomes, overDataSets } from "../outcomes.ts";
import { DRAWS, LEAST_POWER, POWER_SIZES, powersOf } from "../power.ts";
import {
  type Metric,
  METRIC_TITLES,
  METRICS,
  reported,
  REPORTED_METHODS,
  reportedColumn,
  reportedMean,
  reportedProvenance,
  SETTING_TITLES,
  VARIANTS,
} from "../reported.ts";
import { SETTINGS } from "../studies.ts";

/** What others are compared with. */
const REFERENCE = "DTE-C";

/** Methods that have results here, in the reported order, extra variants last. */
export function methodsIn(all: readonly Outcome[]): string[] {
  const present = new Set(all.map(({ method }) => method));
  return [...REPORTED_METHODS, ...Object.keys(VARIANTS)].filter((method) => present.has(method));
}

/** A method's mean over the data sets rerun here and the reported one over the same; stand-ins have none. */
export function besideReported(
  own: readonly Outcome[],
  { metric, results }: { readonly metric: Metric; readonly results: Results },
) {
  const same = results.standIns.length > 0 ? undefined : reportedMean(own, metric);
  return { ...overDataSets(own, metric), ...(same === undefined ? {} : { reported: same }) };
}

/** The data sets that all methods that were run have, and those that all training-free ones have. */
export function commonSets(
  all: readonly Outcome[],
): { readonly common: Outcome[]; readonly free: Outcome[] } {
  const methods = methodsIn(all);
  const sizes = methods.map((method) => byDataSet(all, { methods: [method] }).size);
  const largest = Math.max(...sizes);
  const on = (names: readonly string[]) => {
    const sets = byDataSet(all, { methods: names });
    return all.filter(({ method, dataSet }) => names.includes(method) && sets.has(dataSet));
  };
  return { common: on(methods), free: on(methods.filter((_, i) => sizes[i] === largest)) };
}

/** Number of data sets among outcomes. */
export const countSets = (outcomes: readonly Outcome[]) =>
  new Set(outcomes.map(({ dataSet }) => dataSet)).size;

/** Mean paired difference over data sets and its standard error. */
function pairedDifference(all: readonly Outcome[], [first, second]: readonly [string, string]): Cell {
  if (first === second) return null;
  const pairs = pairByUnit(byDataSet(all, { methods: [first] }), byDataSet(all, { methods: [second] }));
  if (pairs.length < 2) return null;
  const { value, std } = meanAndStd(pairs.map(({ first, second }) => first - second));
  return `${signed(value)} ± ${(std! / Math.sqrt(pairs.length)).toFixed(2)}`;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

/** Means of the methods that were run, over data sets that all of them have, beside the reported means. */
function mainTable(results: Results, setting: Setting): Table {
  const all = outcomes(results, { setting });
  const { common, free } = commonSets(all);
  const rows = methodsIn(all).map((method) => {
    const of = (outcomes: readonly Outcome[]) => outcomes.filter((outcome) => outcome.method === method);
    const [own, more] = [of(common), of(free)];
    return {
      method,
      seeds: Math.max(...own.map(({ scores }) => scores.length)),
      ...Object.fromEntries(METRICS.map((metric): [string, Cell] => [
        metric,
        besideReported(own, { metric, results }),
      ])),
      paired: pairedDifference(common, [method, REFERENCE]),
      free: more.length === 0 ? null : besideReported(more, { metric: "auroc", results }),
    };
  });
  const [sets, freeSets] = [countSets(common), countSets(free)];
  const standIn = results.standIns.length > 0;
  return {
    kind: "table",
    columns: [
      { key: "method", title: "Method" },
      { key: "seeds", title: "Seeds", digits: 0 },
      ...METRICS.map((metric) => ({ key: metric, title: `${METRIC_TITLES[metric]}, ${dataSetsText(sets)}` })),
      {
        key: "paired",
        title: `AUROC minus ${REFERENCE}`,
        note: `mean paired difference over the ${dataSetsText(sets)} ± its standard error.`,
      },
      {
        key: "free",
        title: `AUROC, ${dataSetsText(freeSets)}`,
        note: "methods that were run on all of these.",
      },
    ],
    rows,
    notes: [
      `In percent. All rows of a column are over the same data sets: ${
        [...new Set(common.map(({ dataSet }) => dataSet))].sort().join(", ")
      }, and the ${freeSets} of the last column. Ours: mean ± the mean standard deviation over seeds, where there are ` +
      "several; in parentheses the reported mean over the same data sets.",
      ...(standIn ? ["Stand-in data: not comparable with any reported value, so none is put beside them."] : [
        `Reported AUROC over all 57 data sets, for orientation: ${
          methodsIn(all).flatMap((method) => {
            const mean = reportedMean(reportedColumn({ setting, method }, "auroc"), "auroc");
            return mean === undefined || method in VARIANTS ? [] : [`${method} ${mean.toFixed(1)}`];
          }).join(", ")
        }.`,
      ]),
      ...METRICS.map((metric) =>
        `Reported ${METRIC_TITLES[metric]}: ${reportedProvenance(setting, metric)}.`
      ),
    ],
  };
}

/** Reported means of the methods that were not run, over the data sets of the main table. */
function quotedTable(results: Results, setting: Setting): Table {
  const all = outcomes(results, { setting });
  const { common, free } = commonSets(all);
  const own = new Set(methodsIn(all));
  const over = (outcomes: readonly Outcome[], method: string) =>
    reportedMean(
      [...new Set(outcomes.map(({ dataSet }) => dataSet))].map((dataSet) => ({ setting, method, dataSet })),
      "auroc",
    ) ?? null;
  const real = results.standIns.length === 0;
  return {
    kind: "table",
    columns: [
      { key: "method", title: "Method, not run here" },
      { key: "common", title: `AUROC, ${dataSetsText(countSets(common))}` },
      { key: "free", title: `AUROC, ${dataSetsText(countSets(free))}` },
      { key: "all", title: "AUROC, 57 data sets" },
    ],
    rows: REPORTED_METHODS.filter((method) => !own.has(method)).map((method) => ({
      method,
      common: real ? over(common, method) : null,
      free: real ? over(free, method) : null,
      all: reportedMean(reportedColumn({ setting, method }, "auroc"), "auroc") ?? null,
    })),
    notes: [
      "All numbers are the paper's, over the data sets of the main table's columns and over all of its own.",
    ],
  };
}

/** How often comparisons come out, by the paper's own numbers, against the number of data sets. */
const powerTable: Artefact = {
  id: "table-power",
  kind: "table",
  location: "addition",
  title: "What comparisons could show",
  caption:
    "Bootstrap of the reported tables: how often each comparison is supported, and contradicted, if its data sets are drawn " +
    "from the paper's 57 and have the reported AUROC.",
  jobs: () => [],
  render: (): Table => ({
    kind: "table",
    columns: [
      { key: "statement", title: "Claim" },
      ...POWER_SIZES.map((sets) => ({ key: String(sets), title: `${sets} data sets` })),
    ],
    rows: comparisonClaims.map(({ id, statement }) => ({
      statement,
      ...Object.fromEntries(
        powersOf(id).map(({ sets, supported, contradicted }) => [
          String(sets),
          `${supported.toFixed(0)} / ${contradicted.toFixed(0)}`,
        ]),
      ),
    })),
    notes: [
      `Percent of ${DRAWS} draws: supported / contradicted. A claim is attempted from ${LEAST_POWER} % (of both together) on. ` +
      "Nothing here was computed from our runs; the reported differences are taken for the truth.",
    ],
  }),
};

/** One row per data set, one column per method rerun here. */
function dataSetTable(results: Results, setting: Setting, metric: Metric): Table {
  const all = outcomes(results, { setting });
  const cell = (outcome: Outcome): Cell => {
    const expected = results.standIns.length > 0 ? undefined : reported(outcome, metric);
    return {
      ...meanAndStd(outcome.scores.map((scores) => scores[metric])),
      ...(expected && { reported: expected.mean }),
    };
  };
  const rows = Map.groupBy(all, ({ dataSet }) => dataSet);
  return {
    kind: "table",
    columns: [
      { key: "dataSet", title: "Data set" },
      ...methodsIn(all).map((method) => ({ key: method, title: method })),
    ],
    rows: [...rows].sort(([a], [b]) => a < b ? -1 : 1).map(([dataSet, own]) => ({
      dataSet,
      ...Object.fromEntries(methodsIn(all).map((method) => [method, null])),
      ...Object.fromEntries(own.map((outcome) => [outcome.method, cell(outcome)])),
    })),
    notes: [
      `${METRIC_TITLES[metric]} in percent, ${
        SETTING_TITLES[setting]
      }: mean ± standard deviation over seeds (reported mean).`,
      `Reported: ${reportedProvenance(setting, metric)}.`,
      "A cell without ± has one split for all seeds, or one seed.",
    ],
  };
}

/** The main tables and the per-data-set tables of the appendix. */
export const tables: readonly Artefact[] = [
  ...SETTINGS.map((setting): Artefact => ({
    id: `table-main-${setting}`,
    kind: "table",
    location: "Section 4 (means behind the bar charts)",
    title: `Mean AUROC, AUPR and F1, ${SETTING_TITLES[setting]}`,
    caption: "All methods that were run, over the same data sets, ours beside the paper's.",
    jobs: (plan) => outcomeJobs(plan, { setting }),
    render: (results) => mainTable(results, setting),
  })),
  ...SETTINGS.map((setting): Artefact => ({
    id: `table-quoted-${setting}`,
    kind: "table",
    location: "Section 4 (means behind the bar charts)",
    title: `Methods that were not run, ${SETTING_TITLES[setting]}`,
    caption: "Reported means of the paper's other methods over the data sets of the main table.",
    jobs: (plan) => outcomeJobs(plan, { setting }),
    render: (results) => quotedTable(results, setting),
  })),
  powerTable,
  ...SETTINGS.flatMap((setting) =>
    METRICS.map((metric): Artefact => ({
      id: `table-${setting}-${metric}`,
      kind: "table",
      location: "Appendix tables",
      title: `${METRIC_TITLES[metric]} by data set, ${SETTING_TITLES[setting]}`,
      caption: "Ours ± standard deviation over seeds, the reported mean in parentheses.",
      jobs: (plan) => outcomeJobs(plan, { setting }),
      render: (results) => dataSetTable(results, setting, metric),
    }))
  ),
];
