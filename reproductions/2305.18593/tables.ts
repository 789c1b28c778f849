import type { Measured, Table } from "../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../lib/harness/mod.ts";
import { mean } from "../../lib/stats/mod.ts";
import { classicalJobs, networkJobs } from "./jobs.ts";
import { type Setting, SETTINGS } from "./plan.ts";
import {
  type Metric,
  METRIC_TITLES,
  METRICS,
  reported,
  REPORTED_METHODS,
  reportedDataSets,
  reportedProvenance,
} from "./reported.ts";
import { type Cell, cells, summarise } from "./summaries.ts";

/** Settings in words. */
export const SETTING_TITLES: Readonly<Record<Setting, string>> = {
  semi: "semi-supervised",
  unsup: "unsupervised",
};

/** All jobs behind the tables. */
export const tableJobs: Artefact["jobs"] = (plan) => [...classicalJobs(plan), ...networkJobs(plan)];

/** Methods of the tables that have results here, in the reported order, extra variants last. */
export function methodsIn(all: readonly Cell[]): string[] {
  const present = new Set(all.map((cell) => cell.method));
  const known = REPORTED_METHODS.filter((method) => present.has(method));
  return [...known, ...[...present].filter((method) => !known.includes(method)).sort()];
}

/** Text for the caption where stand-ins replace the published data: the reported values do not belong beside them. */
function comparable(results: Results): boolean {
  return results.standIns.length === 0;
}

/** The setting's cells, or {@link NoResults}. */
export function cellsOf(results: Results, setting: Setting): readonly Cell[] {
  const found = cells(results).filter((cell) => cell.setting === setting);
  if (found.length === 0) throw new NoResults(`no ${SETTING_TITLES[setting]} result`);
  return found;
}

function meanOver(
  dataSets: readonly string[],
  value: (dataSet: string) => number | undefined,
): number | null {
  const values = dataSets.map(value).filter((found) => found !== undefined);
  return values.length === dataSets.length && values.length > 0 ? mean(values) : null;
}

/** Means over data sets: ours with the reported mean over the same sets, and the reported mean over all 57. */
function mainTable(results: Results, setting: Setting): Table {
  const all = cellsOf(results, setting);
  const rerun = methodsIn(all);
  const rows = [...REPORTED_METHODS, ...rerun.filter((method) => !REPORTED_METHODS.includes(method))].map(
    (method) => {
      const own = all.filter((cell) => cell.method === method);
      const sets = own.map((cell) => cell.dataSet);
      const row: Record<string, string | number | null | Measured> = {
        method,
        sets: own.length || null,
        seeds: own.length > 0 ? Math.max(...own.map((cell) => cell.seeds.length)) : null,
      };
      for (const metric of METRICS) {
        const value = (dataSet: string) => reported(setting, metric, { dataSet, method })?.mean;
        const same = comparable(results) ? meanOver(sets, value) : null;
        row[metric] = own.length === 0 ? null : {
          value: mean(own.map((cell) => summarise(cell, metric).mean)),
          std: mean(own.map((cell) => summarise(cell, metric).std)),
          ...(same === null ? {} : { reported: same }),
        };
        row[`${metric}57`] = meanOver(reportedDataSets(setting, metric), value);
      }
      row.status = own.length > 0 ? "rerun" : "reported, not rerun";
      return row;
    },
  );
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
      "Ours: mean over the data sets rerun here ± mean standard deviation over seeds; in parentheses the reported mean over " +
      "the same sets. Rows differ in how many sets were rerun: compare a row with its own parentheses, not with other rows.",
      ...METRICS.map((metric) =>
        `Reported ${METRIC_TITLES[metric]}: ${
          reportedProvenance(setting, metric) ?? "the paper's table was not found"
        }.`
      ),
      ...(comparable(results)
        ? []
        : ["Stand-in data: not comparable with any reported value, so none is put beside them."]),
    ],
  };
}

/** One row per data set, one column per method rerun here. */
function dataSetTable(results: Results, setting: Setting, metric: Metric): Table {
  const all = cellsOf(results, setting);
  const methods = methodsIn(all);
  const dataSets = [...new Set(all.map((cell) => cell.dataSet))].sort();
  return {
    kind: "table",
    columns: [
      { key: "dataSet", title: "Data set" },
      ...methods.map((method) => ({ key: method, title: method })),
    ],
    rows: dataSets.map((dataSet) => ({
      dataSet,
      ...Object.fromEntries(methods.map((method) => {
        const cell = all.find((cell) => cell.dataSet === dataSet && cell.method === method);
        if (!cell) return [method, null];
        const expected = comparable(results) ? reported(setting, metric, { dataSet, method }) : undefined;
        const { mean: value, std, seeds } = summarise(cell, metric);
        return [method, {
          value,
          ...(seeds > 1 ? { std } : {}),
          ...(expected ? { reported: expected.mean } : {}),
        }];
      })),
    })),
    notes: [
      `${METRIC_TITLES[metric]} in percent, ${
        SETTING_TITLES[setting]
      }: mean ± standard deviation over seeds (reported mean).`,
      `Reported: ${reportedProvenance(setting, metric) ?? "the paper's table was not found"}.`,
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
    jobs: tableJobs,
    render: (results) => mainTable(results, setting),
  })),
  ...SETTINGS.flatMap((setting) =>
    METRICS.map((metric): Artefact => ({
      id: `table-${setting}-${metric}`,
      kind: "table",
      location: "Appendix tables",
      title: `${METRIC_TITLES[metric]} by data set, ${SETTING_TITLES[setting]}`,
      caption: "Ours ± standard deviation over seeds, the reported mean in parentheses.",
      jobs: tableJobs,
      render: (results) => dataSetTable(results, setting, metric),
    }))
  ),
];
