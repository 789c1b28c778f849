import {
  type Bar,
  barChart,
  criticalDifference,
  type Figure,
  scatterChart,
} from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { friedmanTest, matrix, mean, nemenyiCriticalDifference } from "../../../lib/stats/mod.ts";
import type { TimingConfig, TimingResult } from "../experiments/timing.ts";
import { classicalJobs, networkJobs, timingJobs } from "../jobs.ts";
import { type Setting, SETTINGS } from "../plan.ts";
import { reported, REPORTED_METHODS, reportedDataSets } from "../reported.ts";
import { cells, meansByDataSet, summarise } from "../summaries.ts";
import { count } from "../texts.ts";
import { cellsOf, methodsIn, SETTING_TITLES, tableJobs } from "../tables.ts";

/** Families as the paper's bar charts colour them. */
function familyOf(method: string): "classical" | "deep" | "diffusion" {
  if (method === "DDPM" || method.startsWith("DTE")) return "diffusion";
  const column = REPORTED_METHODS.indexOf(method);
  return column >= 0 && column < REPORTED_METHODS.indexOf("DAGMM") ? "classical" : "deep";
}

/** Figure 1: mean inference time per row against mean AUROC over the sets that every shown method has. */
function timingFigure(results: Results): Figure {
  const timings = results.of<TimingConfig, TimingResult>("timing");
  if (timings.length === 0) throw new NoResults("nothing was timed");
  const all = cells(results);
  const candidates = Object.keys(timings[0].result.secondsPerRow)
    .map((method) => ({ method, auroc: meansByDataSet(all, { method, setting: "semi" }) }))
    .filter(({ auroc }) => auroc.size > 0);
  const common = [...candidates[0].auroc.keys()].filter((name) =>
    candidates.every(({ auroc }) => auroc.has(name))
  );
  if (common.length === 0) throw new NoResults("no data set was scored with every timed method");
  const points = candidates.map(({ method, auroc }) => ({
    x: 1e6 * mean(timings.map(({ result }) => result.secondsPerRow[method])),
    y: mean(common.map((name) => auroc.get(name)!)),
    label: method,
    group: familyOf(method),
  }));
  return scatterChart(points, {
    title: "Accuracy against inference time",
    subtitle: `Semi-supervised; AUROC: mean over ${
      count(common, "data set")
    }; time: mean over ${timings.length}, one core`,
    x: { title: "Inference time (µs per row)", log: true },
    y: { title: "Mean AUROC (%)" },
    alt:
      "Scatter plot of mean AUROC against inference time per row, one labelled point per method; time is logarithmic.",
  });
}

/** Mean AUROC and mean standard deviation of all 26 methods; ours as bars, reported ones as diamonds. */
function barsFigure(results: Results, setting: Setting): Figure {
  const own = cellsOf(results, setting);
  const standIns = results.standIns.length > 0;
  const bars = methodsIn(own).map((method): Bar => {
    const found = own.filter((cell) => cell.method === method).map((cell) => ({
      ...summarise(cell, "auroc"),
      reported: reported(setting, "auroc", cell)?.mean,
    }));
    const expected = found.flatMap(({ reported }) => reported ?? []);
    return {
      label: `${method} (${found.length})`,
      value: mean(found.map(({ mean }) => mean)),
      error: mean(found.map(({ std }) => std)),
      group: familyOf(method),
      reference: !standIns && expected.length === found.length ? mean(expected) : null,
    };
  });
  return barChart(bars, {
    title: `Mean AUROC, ${SETTING_TITLES[setting]}`,
    subtitle: [
      "Bars: mean ± mean standard deviation over seeds; in parentheses the number of data sets",
      ...(standIns
        ? []
        : ["Diamonds: the paper's mean over the same sets; compare a bar with its own diamond"]),
    ],
    value: { title: "AUROC (%)" },
    form: "range",
    referenceName: "reported, same data sets",
    alt: `Bar chart of the mean AUROC of ${bars.length} methods in the ${SETTING_TITLES[setting]} setting.`,
  });
}

/** The 26 reported means over 57 sets, as in the paper's bar charts. */
function reportedBarsFigure(setting: Setting): Figure {
  const bars = REPORTED_METHODS.map((method): Bar => {
    const values = reportedDataSets(setting, "auroc").flatMap((dataSet) =>
      reported(setting, "auroc", { dataSet, method }) ?? []
    );
    return {
      label: method,
      value: mean(values.map(({ mean }) => mean)),
      error: mean(values.map(({ std }) => std)),
      group: familyOf(method),
    };
  });
  return barChart(bars, {
    title: `Reported mean AUROC over 57 data sets, ${SETTING_TITLES[setting]}`,
    subtitle: "Reported, not rerun: mean ± mean standard deviation over five seeds, from the authors' tables",
    value: { title: "AUROC (%)" },
    form: "range",
    alt: `Bar chart of the reported mean AUROC of 26 methods in the ${SETTING_TITLES[setting]} setting.`,
  });
}

/** Critical-difference diagram over the methods that were run on the most data sets. */
function rankFigure(results: Results, setting: Setting): Figure {
  const all = cellsOf(results, setting);
  const bySet = methodsIn(all).filter((method) => method !== "DTE-NP grid").map((method) => ({
    method,
    auroc: meansByDataSet(all, { method, setting }),
  }));
  const most = Math.max(...bySet.map(({ auroc }) => auroc.size));
  const shown = bySet.filter(({ auroc }) => auroc.size === most);
  const dataSets = [...shown[0].auroc.keys()].sort();
  const scores = matrix(
    dataSets.flatMap((name) => shown.map(({ auroc }) => auroc.get(name)!)),
    { columns: shown.length },
  );
  const { meanRanks } = friedmanTest(scores);
  return criticalDifference(
    shown.map(({ method }, i) => ({ name: method, rank: meanRanks[i], group: familyOf(method) })),
    {
      criticalDifference: nemenyiCriticalDifference({ methods: shown.length, dataSets: dataSets.length }),
      title: `Average ranks over ${dataSets.length} data sets, ${SETTING_TITLES[setting]}`,
      subtitle: "Rank 1 is best; methods joined by a bar do not differ (Nemenyi test, 5 %)",
      alt: `Critical-difference diagram of ${shown.length} methods in the ${
        SETTING_TITLES[setting]
      } setting.`,
    },
  );
}

/** Figures that compare methods. */
export const comparisons = {
  timing: {
    id: "figure-1",
    kind: "figure",
    location: "Figure 1",
    title: "Inference time against AUROC",
    caption: "DTE-C scores a row orders of magnitude faster than DDPM at comparable accuracy.",
    jobs: (plan) => [...timingJobs(plan), ...classicalJobs(plan), ...networkJobs(plan, { setting: "semi" })],
    render: timingFigure,
  } satisfies Artefact,
  bars: SETTINGS.flatMap((setting): Artefact[] => [
    {
      id: `bars-${setting}`,
      kind: "figure",
      location: "Main bar charts",
      title: `Mean AUROC, ${SETTING_TITLES[setting]}`,
      caption:
        "Methods rerun here. They were run on differing numbers of data sets: compare each with its own diamond.",
      jobs: tableJobs,
      render: (results) => barsFigure(results, setting),
    },
    {
      id: `bars-reported-${setting}`,
      kind: "figure",
      location: "Main bar charts",
      title: `Reported mean AUROC of all 26 methods, ${SETTING_TITLES[setting]}`,
      caption: "The paper's own chart, from the authors' tables; nothing in it was computed here.",
      jobs: () => [],
      render: () => reportedBarsFigure(setting),
    },
  ]),
  ranks: SETTINGS.map((setting): Artefact => ({
    id: `ranks-${setting}`,
    kind: "figure",
    location: "addition",
    title: `Average ranks, ${SETTING_TITLES[setting]}`,
    caption: "Only methods that were run on all the data sets shown take part.",
    jobs: classicalJobs,
    render: (results) => rankFigure(results, setting),
  })),
};
