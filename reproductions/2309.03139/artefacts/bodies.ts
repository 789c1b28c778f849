import { type Figure, figure, FIGURE_WIDTH, INK, scientific } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { geometricMean, SOLAR, SOLAR_BASELINES } from "../studies.ts";
import { channelColour } from "./_names.ts";

const ROW = 9;

/** Networks drawn; those that predict positions, as in the paper, are hollow. */
const DRAWN = ["k1", "k3", "position1", "position3"] as const;

/** Error of each body, one row per network; the bar spans the seeds. */
function render(results: Results): Figure {
  const groups = SOLAR.finished(results, DRAWN);
  const baselines = SOLAR_BASELINES.finished(results);
  const [known] = [...groups, ...baselines];
  if (known === undefined) throw new NoResults("no error on the solar system");
  const { bodies } = known.runs[0].result;
  // Over the whole horizon: what is left over is what networks predict.
  const lines = baselines.map(({ runs: [{ result: { rows } }] }) => rows[rows.length - 1])
    .map(({ days, perBody }) => ({ name: `x + ${days.toFixed(days < 2 ? 2 : 1)} days · v`, perBody }));
  const values = bodies.flatMap((body, i) => [
    ...lines.map(({ name, perBody }) => ({ body, model: name, value: perBody[i], low: null, high: null })),
    ...groups.map(({ label: model, runs }) => {
      const errors = runs.map(({ result }) => result.perBody[i]);
      return {
        body,
        model,
        value: geometricMean(errors),
        low: Math.min(...errors),
        high: Math.max(...errors),
      };
    }),
  ]);
  const models = [...lines.map(({ name }) => name), ...groups.map(({ label }) => label)];
  const colours = [
    ...lines.map(() => INK.text),
    ...groups.map(({ channels }) => channelColour(channels)),
  ];
  const positions = groups.some(({ config }) => config.predicts === "position");
  const shapes = [
    ...lines.map(() => "square"),
    ...groups.map(({ config }) => config.predicts === "position" ? "diamond" : "circle"),
  ];
  const drawn = values.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]).map(
    Math.log10,
  );
  const [first, last] = [Math.floor(Math.min(...drawn)), Math.ceil(Math.max(...drawn))];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
  const labels = ticks.map((tick) => tick < 0.01 ? scientific(tick) : String(tick));
  const x = {
    type: "quantitative",
    scale: { type: "log", nice: true },
    axis: {
      title: "Squared error / squared displacement, mean over times",
      values: ticks,
      labelExpr: `${JSON.stringify(labels)}[indexof(${JSON.stringify(ticks)}, datum.value)]`,
    },
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
  const shape = {
    field: "model",
    type: "nominal",
    sort: models,
    scale: { domain: models, range: shapes },
    legend: { title: null, orient: "top", columns: 3 },
  };
  return figure({
    title: {
      text: "Error of each body",
      subtitle: [
        "Mark: geometric mean over seeds; bar: from the smallest to the largest.",
        positions
          ? "Circles predict what the straight line leaves over, diamonds positions (as in the paper)"
          : "Networks predict what the straight line leaves over",
      ],
    },
    width: FIGURE_WIDTH - 110,
    height: bodies.length * (models.length * ROW + 8),
    data: { values },
    layer: [
      // A straight line has no seeds.
      ...groups.length === 0 ? [] : [{
        mark: { type: "rule", strokeWidth: 2, opacity: 0.55 },
        transform: [{ filter: "isValid(datum.low)" }],
        encoding: { ...encoding, x: { ...x, field: "low" }, x2: { field: "high" } },
      }],
      {
        mark: { type: "point", filled: true, size: 36, opacity: 1 },
        encoding: { ...encoding, shape, x: { ...x, field: "value" } },
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
  jobs: (plan) => [...SOLAR_BASELINES.jobs(plan), ...SOLAR.jobs(plan, DRAWN)],
  render,
};
