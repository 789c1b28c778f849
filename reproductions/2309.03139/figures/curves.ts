import { type Figure, lineChart, panels } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { channelColour } from "./_colours.ts";
import type { CurvePoint } from "../experiments/_training_summary.ts";
import { moleculeJobs, nbodyJobs, solarJobs } from "../jobs.ts";
import {
  channelName,
  type Group,
  meanCurve,
  moleculeGroups,
  nbodyGroups,
  overSeeds,
  solarGroups,
  some,
  targetsOf,
} from "../summaries.ts";

/** A logarithmic axis needs some range to have ticks. */
const LOG_FROM = 4;

type Trained = Group<{ readonly curve: readonly CurvePoint[]; readonly test: number }>;

/** Networks that differ in K only. */
const byChannels = (groups: readonly Trained[]) =>
  groups.filter(({ name, channels }) => channels !== undefined && name === channelName(channels));

function learningPanel(groups: readonly Trained[], title: string, unit: string): Figure {
  const lines = groups.map(({ channels, runs }) => ({
    name: `K = ${channels}`,
    ...meanCurve(runs.map(({ result }) => result.curve)),
    colour: channelColour(channels!),
  }));
  const range = Math.max(...lines.flatMap(({ high }) => high)) / Math.min(...lines.flatMap(({ low }) => low));
  return lineChart(
    lines,
    {
      title,
      x: { title: "Epoch" },
      y: { title: unit, log: range > LOG_FROM },
      width: 355,
      height: 210,
      alt: `Validation error against epoch: ${title}.`,
    },
  );
}

function learningFigure(results: Results): Figure {
  const chosen = [
    { groups: byChannels(nbodyGroups(results)), title: "N-body", unit: "Validation MSE" },
    { groups: byChannels(solarGroups(results)), title: "solar system", unit: "Validation error (relative)" },
    ...targetsOf(results).slice(0, 2).map((target) => ({
      groups: byChannels(moleculeGroups(results, target)),
      title: target === "atomisation" ? "molecules, atomisation energy" : `molecules, ${target}`,
      unit: "Validation MAE",
    })),
  ].filter(({ groups }) => groups.length > 0);
  return panels(some(chosen).map(({ groups, title, unit }) => learningPanel(groups, title, unit)), {
    columns: 2,
    title: "Learning curves by number of channels K",
    subtitle: "Mean over seeds; bands: from the smallest to the largest",
    alt: "Validation errors against epochs, one panel per experiment and one line per number of channels.",
  });
}

/** Test error against K, relative to K = 1. */
function channelsFigure(results: Results): Figure {
  const series = ([
    ["N-body", byChannels(nbodyGroups(results))],
    ["solar system", byChannels(solarGroups(results))],
    ...targetsOf(results).map((target) =>
      [
        target === "atomisation" ? "atomisation energy" : target,
        byChannels(moleculeGroups(results, target)),
      ] as const
    ),
  ] as (readonly [string, readonly Trained[]])[]).flatMap(([name, groups]) => {
    const one = groups.find(({ channels }) => channels === 1);
    if (!one || groups.length < 2) return [];
    const reference = overSeeds(one.runs.map(({ result }) => result.test)).value;
    const sorted = groups.toSorted((a, b) => a.channels! - b.channels!);
    const points = sorted.map(({ runs }) => overSeeds(runs.map(({ result }) => result.test / reference)));
    const spread = points.map(({ std = 0 }) => std);
    return [{
      name,
      x: sorted.map(({ channels }) => channels!),
      y: points.map(({ value }) => value),
      low: points.map(({ value }, i) => value - spread[i]),
      high: points.map(({ value }, i) => value + spread[i]),
      points: true,
    }];
  });
  return lineChart(some(series), {
    title: "Test error against the number of channels",
    subtitle: "Relative to the mean of EGNN (K = 1); bands: one standard deviation over seeds",
    // Shorter domains and wider plots get fractions for ticks.
    width: 480,
    x: { title: "Channels K", domain: [1, Math.max(5, ...series.flatMap(({ x }) => x))] },
    y: { title: "Test error / error of K = 1" },
    alt: "Lines of test error relative to one channel, for each experiment.",
  });
}

/** Figures of learning and of K. */
export const curves = {
  learning: {
    id: "figure-learning",
    kind: "figure",
    location: "addition",
    title: "Learning curves",
    caption: "Validation error of networks that differ in the number of channels only.",
    jobs: (plan) => [...nbodyJobs(plan), ...solarJobs(plan), ...moleculeJobs(plan)],
    render: learningFigure,
  } satisfies Artefact,
  channels: {
    id: "figure-channels",
    kind: "figure",
    location: "addition",
    title: "Error by number of channels",
    caption: "Below 1: more channels help.",
    jobs: (plan) => [...nbodyJobs(plan), ...solarJobs(plan), ...moleculeJobs(plan)],
    render: channelsFigure,
  } satisfies Artefact,
};
