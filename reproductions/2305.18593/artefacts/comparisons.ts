import {
  type Bar,
  barChart,
  criticalDifference,
  type Figure,
  scatterChart,
} from "../../../lib/figures/mod.ts";
import { type Artefact, type Results, studyFigure } from "../../../lib/harness/mod.ts";
import { friedmanTest, matrix, mean, nemenyiCriticalDifference } from "../../../lib/stats/mod.ts";
import type { Setting } from "../experiments/_evaluation.ts";
import { byDataSet, dataSetsText, onCommonSets, outcomeJobs, outcomes } from "../outcomes.ts";
import {
  familyOf,
  reported,
  REPORTED_METHODS,
  reportedColumn,
  SETTING_TITLES,
  VARIANTS,
} from "../reported.ts";
import { CLASSICAL, SETTINGS, TIMING } from "../studies.ts";
import { besideReported, commonSets, countSets, methodsIn } from "./tables.ts";

const AXIS = { value: { title: "AUROC (%)" }, form: "range" } as const;

/** Mean AUROC and mean standard deviation over the data sets that all methods have; reported: diamonds. */
function barsFigure(results: Results, setting: Setting): Figure {
  const { common } = commonSets(outcomes(results, { setting }));
  const sets = countSets(common);
  const bars = methodsIn(common).map((method): Bar => {
    const own = common.filter((outcome) => outcome.method === method);
    const { value, std, reported } = besideReported(own, { metric: "auroc", results });
    return { label: method, value, error: std ?? null, group: familyOf(method), reference: reported ?? null };
  });
  return barChart(bars, {
    ...AXIS,
    title: `Mean AUROC, ${SETTING_TITLES[setting]}`,
    subtitle: [
      `${
        dataSetsText(sets)
      } that all methods were run on; mean ± mean standard deviation over seeds, if there are several`,
      ...(results.standIns.length > 0 ? [] : ["Diamonds: the paper's mean over the same data sets"]),
    ],
    referenceName: "reported, same data sets",
    alt: `Bar chart of the mean AUROC of ${bars.length} methods in the ${SETTING_TITLES[setting]} setting.`,
  });
}

/** The 26 reported means over 57 sets, as in the paper's bar charts. */
function reportedBarsFigure(setting: Setting): Figure {
  const bars = REPORTED_METHODS.map((method): Bar => {
    const values = reportedColumn({ setting, method }, "auroc").flatMap((cell) =>
      reported(cell, "auroc") ?? []
    );
    return {
      label: method,
      value: mean(values.map(({ mean }) => mean)),
      error: mean(values.map(({ std }) => std)),
      group: familyOf(method),
    };
  });
  return barChart(bars, {
    ...AXIS,
    title: `Reported mean AUROC over 57 data sets, ${SETTING_TITLES[setting]}`,
    subtitle: "Reported, not rerun: mean ± mean standard deviation over five seeds, from the authors' tables",
    alt: `Bar chart of the reported mean AUROC of 26 methods in the ${SETTING_TITLES[setting]} setting.`,
  });
}

/** Figure 1: mean inference time per row against mean AUROC over the sets that every shown method has. */
export const figure1: Artefact = studyFigure({
  id: "figure-1",
  location: "Figure 1",
  title: "Inference time against AUROC",
  caption: "DTE-C scores a row orders of magnitude faster than DDPM at comparable accuracy.",
  of: TIMING,
  moreJobs: (plan) => outcomeJobs(plan, { setting: "semi" }),
  draw(groups, results) {
    const timings = groups.map(({ runs }) => runs[0].result.secondsPerRow);
    const all = outcomes(results, { setting: "semi", methods: Object.keys(timings[0]) });
    const timed = Object.keys(timings[0]).filter((name) => all.some(({ method }) => method === name));
    const { dataSets, methods } = onCommonSets(all, timed);
    const points = methods.map(({ method, auroc }) => ({
      x: 1e6 * mean(timings.map((seconds) => seconds[method])),
      y: auroc,
      label: method,
      group: familyOf(method),
    }));
    return scatterChart(points, {
      title: "Accuracy against inference time",
      subtitle: `Semi-supervised; AUROC: mean over ${
        dataSetsText(dataSets)
      }; time: mean over ${timings.length}, one core`,
      x: { title: "Inference time (µs per row)", log: true },
      y: { title: "Mean AUROC (%)" },
      alt:
        "Scatter plot of mean AUROC against inference time per row, one labelled point per method; time is logarithmic.",
    });
  },
});

/** The main bar charts, ours and the paper's, and average ranks. */
export const comparisons: readonly Artefact[] = [
  ...SETTINGS.flatMap((setting): Artefact[] => [
    {
      id: `bars-${setting}`,
      kind: "figure",
      location: "Main bar charts",
      title: `Mean AUROC, ${SETTING_TITLES[setting]}`,
      caption:
        "All methods that were run, over the data sets that they have in common, with the paper's means over the same.",
      jobs: (plan) => outcomeJobs(plan, { setting }),
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
  ...SETTINGS.map((setting) =>
    studyFigure({
      id: `ranks-${setting}`,
      location: "addition",
      title: `Average ranks, ${SETTING_TITLES[setting]}`,
      caption: "Only methods that were run on all the data sets shown take part.",
      of: CLASSICAL.where(({ config }) => config.setting === setting),
      draw(_, results) {
        const all = outcomes(results, { setting });
        const methods = methodsIn(all).filter((method) => !(method in VARIANTS))
          .map((method) => ({ method, auroc: byDataSet(all, { methods: [method] }) }));
        const dataSets = Math.max(...methods.map(({ auroc }) => auroc.size));
        const shown = methods.filter(({ auroc }) => auroc.size === dataSets);
        const scores = [...shown[0].auroc.keys()].sort().flatMap((name) =>
          shown.map(({ auroc }) => auroc.get(name)!)
        );
        const { meanRanks } = friedmanTest(matrix(scores, { columns: shown.length }));
        return criticalDifference(
          shown.map(({ method }, i) => ({ name: method, rank: meanRanks[i], group: familyOf(method) })),
          {
            criticalDifference: nemenyiCriticalDifference({ methods: shown.length, dataSets }),
            title: `Average ranks over ${dataSets} data sets, ${SETTING_TITLES[setting]}`,
            subtitle: "Rank 1 is best; methods joined by a bar do not differ (Nemenyi test, 5 %)",
            alt: `Critical-difference diagram of ${shown.length} methods in the ${
              SETTING_TITLES[setting]
            } setting.`,
          },
        );
      },
    })
  ),
];
