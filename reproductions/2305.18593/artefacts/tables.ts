import type { Cell, Table } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { meanAndStd } from "../../../lib/stats/mod.ts";
import type { Setting } from "../experiments/_evaluation.ts";
import { type Outcome, outcomeJobs, outcomes, overDataSets } from "../outcomes.ts";
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

/** Means over data sets: ours, the reported one over the same sets, and that over all 57. */
function mainTable(results: Results, setting: Setting): Table {
  const all = outcomes(results, { setting });
  const rows = [...new Set([...REPORTED_METHODS, ...methodsIn(all)])].map((method) => {
    const own = all.filter((outcome) => outcome.method === method);
    const rerun = own.length > 0;
    return {
      method,
      sets: own.length || null,
      seeds: rerun ? Math.max(...own.map(({ scores }) => scores.length)) : null,
      ...Object.fromEntries(METRICS.flatMap((metric): [string, Cell][] => [
        [metric, rerun ? besideReported(own, { metric, results }) : null],
        [`${metric}57`, reportedMean(reportedColumn({ setting, method }, metric), metric) ?? null],
      ])),
      status: rerun ? "rerun" : "reported, not rerun",
    };
  });
  return {
    kind: "table",
    columns: [
      { key: "method", title: "Method" },
      { key: "sets", title: "Data sets", digits: 0 },
      { key: "seeds", title: "Seeds", digits: 0 },
      ...METRICS.flatMap((metric) => [
        { key: metric, title: `${METRIC_TITLES[metric]} (%)` },
        { key: `${metric}57`, title: `${METRIC_TITLES[metric]} reported, all 57` },
      ]),
      { key: "status", title: "Status" },
    ],
    rows,
    notes: [
      "Ours: mean over the data sets rerun here ± the mean of their standard deviations over seeds, where there are " +
      "several; in parentheses the reported mean over the same sets. Rows differ in how many sets were rerun: compare a " +
      "row with its own parentheses, not with other rows.",
      ...METRICS.map((metric) =>
        `Reported ${METRIC_TITLES[metric]}: ${reportedProvenance(setting, metric)}.`
      ),
      ...(results.standIns.length === 0
        ? []
        : ["Stand-in data: not comparable with any reported value, so none is put beside them."]),
    ],
  };
}

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
    caption: "Every method of the paper; those not rerun here are quoted and say so.",
    jobs: (plan) => outcomeJobs(plan, { setting }),
    render: (results) => mainTable(results, setting),
  })),
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
