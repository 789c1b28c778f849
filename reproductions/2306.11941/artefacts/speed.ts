import { type Figure, lineChart, panels, panelWidth, type Table } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { quantile } from "../../../lib/stats/mod.ts";
import { SPEED, TIMED, type TimedName } from "../speed_studies.ts";
import { MODEL_NAMES } from "../studies.ts";
import { MODEL_COLOURS } from "./_style.ts";

const median = (values: readonly number[]) => quantile(values, 0.5);

/** Horizons, the shortest first, with what was timed there. */
function timings(results: Results) {
  return SPEED.groups(results).toSorted((a, b) => a.config.horizon - b.config.horizon).map((group) => ({
    horizon: group.config.horizon,
    models: group.runs[0].result.models,
  }));
}

function speedFigure(results: Results): Figure {
  const all = timings(results);
  const chart = (part: "whole" | "rollout", title: string) => {
    const series = MODEL_NAMES.flatMap((name) => {
      const timed = all.filter(({ models }) => models[name] !== undefined);
      if (timed.length === 0) return [];
      const of = (at: (rates: readonly number[]) => number) =>
        timed.map(({ models }) => at(models[name][part]));
      return [{
        name: TIMED[name].label,
        colour: MODEL_COLOURS[name],
        x: timed.map(({ horizon }) => horizon),
        y: of(median),
        low: of((rates) => Math.min(...rates)),
        high: of((rates) => Math.max(...rates)),
        points: true,
      }];
    });
    if (series.length === 0) throw new NoResults("no model was timed");
    return lineChart(series, {
      title,
      x: { title: "steps of a training window", log: true },
      y: { title: "gradients a second", log: true },
      width: panelWidth(2) - 20,
      height: 240,
      alt: `Gradients a second over the horizon: ${title}.`,
    });
  };
  return panels([chart("whole", "whole training loss"), chart("rollout", "roll-out alone")], {
    title: "Training speed by horizon",
    subtitle: "Median and range of the rounds; one thread of a processor, models in turn",
    columns: 2,
    alt: "Two panels: gradients a second over the horizon, a line for each model.",
  });
}

function speedTable(results: Results): Table {
  const all = timings(results);
  const { models } = all.at(-1)!;
  const reference = (at: number, part: "whole" | "rollout") => median(all[at].models.koopman[part]);
  const names = (Object.keys(TIMED) as TimedName[]).filter((name) => models[name] !== undefined);
  return {
    kind: "table",
    columns: [
      { key: "model", title: "Model" },
      ...all.map(({ horizon }) => ({ key: `whole ${horizon}`, title: `${horizon} steps`, digits: 1 })),
      { key: "ratio", title: "Koopman is faster by", digits: 2, note: "at the longest horizon." },
      { key: "rollout", title: "Roll-out alone", digits: 1, note: "at the longest horizon." },
      { key: "rolloutRatio", title: "… Koopman is faster by", digits: 2 },
      {
        key: "compile",
        title: "Compiled in (s)",
        digits: 2,
        note: "gradient of the whole model at the longest horizon, traced and compiled.",
      },
    ],
    rows: names.map((name) => ({
      model: TIMED[name].label,
      ...Object.fromEntries(all.map(({ horizon, models }) => [
        `whole ${horizon}`,
        models[name] === undefined ? null : median(models[name].whole),
      ])),
      ratio: reference(-1 + all.length, "whole") / median(models[name].whole),
      rollout: median(models[name].rollout),
      rolloutRatio: reference(-1 + all.length, "rollout") / median(models[name].rollout),
      compile: models[name].compile,
    })),
    notes: [
      "Gradients of the training loss a second; equal numbers of parameters, so that the Koopman model's encoder and " +
      "decoder are wider.",
      "“Koopman” is the recurrence as products with real matrices, one step after the other: on one thread the " +
      "parallel forms move more memory and are slower. The paper's table is of an A100 with batches of 256.",
    ],
  };
}

/** Training speed. */
export const speedArtefacts: readonly Artefact[] = [
  {
    id: "figure-4",
    kind: "figure",
    location: "Figure 4",
    title: "Training speed by horizon",
    caption: "How many gradients a second each model makes, of its whole loss and of its roll-out alone.",
    jobs: (plan) => SPEED.jobs(plan),
    render: speedFigure,
  },
  {
    id: "table-speed",
    kind: "table",
    location: "Table 3 (appendix)",
    title: "Training speed by horizon",
    caption: "The same in numbers, with the Koopman model's other roll-outs.",
    jobs: (plan) => SPEED.jobs(plan),
    render: speedTable,
  },
];
