import { type Figure, figure, FIGURE_WIDTH, INK } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { SOLAR, SOLAR_BASELINES } from "../studies.ts";
import { channelColour } from "./_names.ts";

const ROW = 9;

/** Of x + c·v: the released code's c, and the whole horizon. */
const DRIFT_COLOURS = [INK.muted, INK.text];

/** Error of each body, one row per network; the bar spans the seeds. */
function render(results: Results): Figure {
  const groups = SOLAR.groups(results);
  const { bodies } = groups[0].runs[0].result;
  // The released code's shrunk step, and the whole horizon, which is the better one for most bodies.
  const drifts = (SOLAR_BASELINES.finished(results)[0]?.runs[0].result.rows.slice(1) ?? [])
    .map(({ days, perBody }) => ({ name: `x + ${days.toFixed(1)} days · v`, perBody }));
  const values = bodies.flatMap((body, i) => [
    ...drifts.map(({ name, perBody }) => ({ body, model: name, value: perBody[i], low: null, high: null })),
    ...groups.map(({ label: model, runs }) => {
      const errors = runs.map(({ result }) => result.perBody[i]);
      const value = Math.exp(mean(errors.map(Math.log)));
      return { body, model, value, low: Math.min(...errors), high: Math.max(...errors) };
    }),
  ]);
  const models = [...drifts.map(({ name }) => name), ...groups.map(({ label }) => label)];
  const colours = [
    ...DRIFT_COLOURS.slice(0, drifts.length),
    ...groups.map(({ channels }) => channelColour(channels)),
  ];
  const x = {
    type: "quantitative",
    scale: { type: "log", nice: true },
    axis: { title: "Squared error / squared displacement, mean over times", format: "~g", tickCount: 6 },
  };
  const encoding = {
    y: { field: "body", type: "nominal", sort: bodies, title: null, scale: { paddingInner: 0.25 } },
    yOffset: { field: "model", type: "nominal", sort: models },
    color: {
      field: "model",
      type: "nominal",
      sort: models,
      scale: { domain: models, range: colours },
      legend: { title: null, orient: "top", columns: 3 },
    },
  };
  return figure({
    title: {
      text: "Error of each body",
      subtitle: "Dot: geometric mean over seeds; bar: from the smallest to the largest",
    },
    width: FIGURE_WIDTH - 110,
    height: bodies.length * (models.length * ROW + 8),
    data: { values },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 2, opacity: 0.55 },
        transform: [{ filter: "isValid(datum.low)" }],
        encoding: { ...encoding, x: { ...x, field: "low" }, x2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 36, opacity: 1 },
        encoding: { ...encoding, x: { ...x, field: "value" } },
      },
    ],
  }, {
    alt: "For each body of the solar system the error of networks with one and more channels, on a log axis.",
  });
}

/** Errors by body of the solar system. */
export const bodyErrors: Artefact = {
  id: "figure-bodies",
  kind: "figure",
  location: "Solar-system table (by body)",
  title: "Error of each body of the solar system",
  caption:
    "Within 20.83 days Io turns around Jupiter twelve times, while outer planets hardly leave a straight line.",
  jobs: (plan) => [...SOLAR_BASELINES.jobs(plan), ...SOLAR.jobs(plan)],
  render,
};
