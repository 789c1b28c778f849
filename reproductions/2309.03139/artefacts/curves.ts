import {
  type Figure,
  INK,
  lineChart,
  type LineSeries,
  PALETTE,
  panels,
  panelWidth,
} from "../../../lib/figures/mod.ts";
import { type Artefact, meanCurve, NoResults, type Results, spreadText } from "../../../lib/harness/mod.ts";
import { meanAndStd } from "../../../lib/stats/mod.ts";
import { CHANNEL_NAMES, MOLECULES, NBODY, SOLAR } from "../studies.ts";
import { channelColour, targetName } from "./_names.ts";

/** The tasks, with the networks that differ in K only, by ascending K. */
function tasks(results: Results) {
  const molecules = Map.groupBy(MOLECULES.finished(results), ({ target }) => target);
  const found = [
    { name: "N-body", unit: "Validation MSE", networks: NBODY.finished(results, CHANNEL_NAMES) },
    {
      name: "solar system",
      unit: "Validation error (relative)",
      networks: SOLAR.finished(results, CHANNEL_NAMES),
    },
    ...[...molecules].map(([target, networks]) => ({
      name: targetName(target),
      unit: "Validation MAE, molecules",
      networks,
    })),
  ].filter(({ networks }) => networks.length > 0);
  if (found.length === 0) throw new NoResults("no network is trained");
  return found;
}

/** So many tasks have a panel. */
const PANELS = 4;

function learning(results: Results): Figure {
  const shown = tasks(results).slice(0, PANELS);
  const charts = shown.map(({ name, unit, networks }) => {
    const lines = networks.map(({ channels, runs }) => {
      const curves = runs.map(({ result: { curve } }) => ({
        x: curve.map(([epoch]) => epoch),
        y: curve.map(([, error]) => error),
      }));
      return meanCurve(curves, { name: `K = ${channels}`, colour: channelColour(channels), log: true });
    });
    return lineChart(lines, {
      title: name,
      x: { title: "Epoch" },
      y: { title: unit, log: true },
      width: panelWidth(2),
      height: 210,
      alt: `Validation error against epoch: ${name}.`,
    });
  });
  return panels(charts, {
    columns: 2,
    title: "Learning curves by number of channels K",
    subtitle: spreadText(shown.flatMap(({ networks }): { runs: readonly unknown[] }[] => networks), "log"),
    alt: "Validation errors against epochs, one panel per experiment and one line per number of channels.",
  });
}

/** Of tasks, none of which is that of a network. */
const TASK_COLOURS: readonly string[] = [INK.text, PALETTE[5], PALETTE[4], INK.muted];

/** Test error against K, relative to K = 1, as a geometric mean: errors vary by factors. */
function errorByChannels(results: Results): Figure {
  const series = tasks(results).flatMap(({ name, networks }, task): LineSeries[] => {
    const logs = networks.map(({ runs }) => meanAndStd(runs.map(({ result }) => Math.log(result.test))));
    const one = networks.findIndex(({ channels }) => channels === 1);
    if (one < 0 || networks.length < 2) return [];
    const relative = (sign: number) =>
      logs.map(({ value, std = 0 }) => Math.exp(value + sign * std - logs[one].value));
    return [{
      name,
      x: networks.map(({ channels }) => channels),
      y: relative(0),
      low: relative(-1),
      high: relative(1),
      points: true,
      colour: TASK_COLOURS[task],
    }];
  });
  if (series.length === 0) throw new NoResults("no task has networks with one and with several channels");
  return lineChart(series, {
    title: "Test error against the number of channels",
    subtitle: [
      "Geometric mean over seeds, relative to that of EGNN (K = 1);",
      "bands: times and over its standard deviation",
    ],
    // Shorter domains and wider plots get fractions for ticks.
    width: 480,
    x: { title: "Channels K", domain: [1, Math.max(5, ...series.flatMap(({ x }) => Array.from(x)))] },
    y: { title: "Test error / error of K = 1", log: true },
    alt: "Lines of test error relative to one channel, for each experiment.",
  });
}

const jobs: Artefact["jobs"] = (plan) => [
  ...NBODY.jobs(plan, CHANNEL_NAMES),
  ...SOLAR.jobs(plan, CHANNEL_NAMES),
  ...MOLECULES.jobs(plan),
];

/** Validation errors while networks learn. */
export const learningFigure: Artefact = {
  id: "figure-learning",
  kind: "figure",
  location: "addition",
  title: "Learning curves",
  caption: "Validation error of networks that differ in the number of channels only.",
  jobs,
  render: learning,
};

/** What K does to the error. */
export const channelsFigure: Artefact = {
  id: "figure-channels",
  kind: "figure",
  location: "addition",
  title: "Error by number of channels",
  caption: "Below 1: more channels help.",
  jobs,
  render: errorByChannels,
};
