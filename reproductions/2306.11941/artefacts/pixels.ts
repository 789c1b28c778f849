import { type Figure, lineChart, PALETTE, type Table } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  meanCurve,
  type Plan,
  type Results,
  spreadSubtitle,
} from "../../../lib/harness/mod.ts";
import { pixelScore } from "../claims/pixels.ts";
import { type PixelAgentName, PIXELS } from "../pixel_studies.ts";
import { AGGREGATE_COLUMNS, aggregateCells, type ScoredAgent, SMOOTH, smoothed } from "./_aggregates.ts";
import { MODEL_COLOURS } from "./_style.ts";

const COLOURS: Readonly<Record<PixelAgentName, string>> = {
  koopman: MODEL_COLOURS.koopman,
  spr: MODEL_COLOURS.mlp,
  sac: PALETTE[3],
};

function learningFigure(results: Results): Figure {
  const groups = PIXELS.groups(results);
  const { size } = groups[0].config;
  const series = groups.map(({ name, label, runs, config: { episodeSteps } }) =>
    meanCurve(
      runs.map(({ result: { training } }) => ({
        x: training.map((_, i) => (i + 1) * episodeSteps / 1000),
        y: smoothed(training),
      })),
      { name: label, colour: COLOURS[name] },
    )
  );
  return lineChart(series, {
    title: "Learning from pixels",
    subtitle: spreadSubtitle(groups, {
      subtitle:
        `Pendulum from images of ${size} × ${size} pixels; training episodes, mean of the last ${SMOOTH}`,
    }),
    x: { title: "environment steps (thousands)" },
    y: { title: "score" },
    height: 260,
    alt: "Score over environment steps, by agent.",
  });
}

function scored(results: Results): (ScoredAgent & { readonly seeds: number })[] {
  return PIXELS.groups(results).map(({ name, label, runs }) => ({
    ...{ name, label, seeds: runs.length },
    scores: [runs.map(({ result }) => pixelScore(result))],
  }));
}

function scoresTable(results: Results): Table {
  return {
    kind: "table",
    columns: [
      { key: "agent", title: "Agent" },
      { key: "seeds", title: "Seeds", digits: 0 },
      ...AGGREGATE_COLUMNS,
    ],
    rows: scored(results).map((agent) => ({
      ...{ agent: agent.label, seeds: agent.seeds },
      ...aggregateCells(agent),
    })),
    notes: [
      "Mean reward of a step in episodes of the policy's median after training; 1 is upright throughout. In brackets, with more than one seed: 95 % " +
      "intervals of the bootstrap over seeds.",
    ],
  };
}

const jobs = (plan: Plan) => PIXELS.jobs(plan);

/** Learning from pixels. */
export const pixelArtefacts: readonly Artefact[] = [
  {
    id: "figure-6",
    kind: "figure",
    location: "Figure 6",
    title: "Learning from pixels",
    caption: "Soft actor-critic, alone and with a self-predictive loss of either model.",
    jobs,
    largest: true,
    render: learningFigure,
  },
  {
    id: "table-pixels",
    kind: "table",
    location: "Figure 6",
    title: "Scores of learning from pixels",
    caption: "The same in numbers.",
    jobs,
    largest: true,
    render: scoresTable,
  },
];
