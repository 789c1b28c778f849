import { type Figure, figure, FIGURE_WIDTH, INK, PALETTE, sliderFigure } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import type { ParticlesResult } from "../experiments/particles.ts";
import { PARTICLES } from "../studies.ts";

const [BLUE, VERMILION] = PALETTE;
/** Light to dark with the mass. */
const MASS_COLOURS = ["#7cc0e8", BLUE, "#0b3954"];
/** Where the step of the picture is read off, as a share of the last collision's time. */
const STEP = 0.38;

/** Line width of a cluster, pixels. */
const widthOf = (mass: number) => 0.8 + 1.15 * Math.sqrt(mass);
const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;

/** World lines as straight pieces, collisions, and what lies on the line α = const. */
function layers({ lines, collisions, mean }: ParticlesResult, alpha: string | number) {
  const following = typeof alpha === "string";
  const pieces = lines.filter(({ from, to }) => to > from)
    .map((line) => ({ ...line, width: widthOf(line.mass) }));
  const last = pieces.reduce((most, { to }) => Math.max(most, to), 0);
  const [low, high] = range(pieces.flatMap(({ x0, x1 }) => [x0, x1]));
  const margin = 0.06 * (high - low);
  const x = {
    field: "from",
    type: "quantitative",
    title: "time α",
    scale: { domain: [-0.012 * last, last], nice: false },
    axis: { grid: false, domain: true, domainColor: INK.rule, tickCount: 8 },
  };
  const y = {
    field: "x0",
    type: "quantitative",
    title: "weight",
    scale: { domain: [low - margin, high + margin], nice: false, zero: false },
    axis: { tickCount: 6 },
  };
  const mass = {
    field: "mass",
    type: "quantitative",
    scale: { type: "log", domain: [1, Math.max(...pieces.map((line) => line.mass))], range: MASS_COLOURS },
    legend: null,
  };
  const width = { field: "width", type: "quantitative", scale: null };
  const line = (opacity: number) => ({ type: "rule", strokeCap: "round", opacity, clip: true });
  const until = following
    ? [
      { filter: `datum.from <= ${alpha}` },
      { calculate: `min(datum.to, ${alpha})`, as: "until" },
      {
        calculate: "datum.x0 + (datum.x1 - datum.x0) * (datum.until - datum.from) / (datum.to - datum.from)",
        as: "there",
      },
    ]
    : [{ calculate: "datum.to", as: "until" }, { calculate: "datum.x1", as: "there" }];
  const meeting = collisions.map(({ time, position, mass }) => ({ from: time, x0: position, mass }));
  const present = [
    { filter: `datum.from <= ${alpha} && ${alpha} < datum.to` },
    {
      calculate: `datum.x0 + (datum.x1 - datum.x0) * (${alpha} - datum.from) / (datum.to - datum.from)`,
      as: "there",
    },
    { calculate: String(alpha), as: "now" },
  ];
  const at = { x: { ...x, field: "now" }, y: { ...y, field: "there" } };
  return [
    ...following
      ? [{
        data: { values: pieces },
        mark: line(0.13),
        encoding: { x, x2: { field: "to" }, y, y2: { field: "x1" }, strokeWidth: width },
      }]
      : [],
    {
      data: { values: pieces },
      transform: until,
      mark: line(1),
      encoding: { x, x2: { field: "until" }, y, y2: { field: "there" }, strokeWidth: width, color: mass },
    },
    {
      data: { values: pieces.filter((piece) => piece.from === 0 && piece.mass === 1) },
      mark: {
        type: "point",
        filled: true,
        size: 22,
        color: MASS_COLOURS[0],
        stroke: "white",
        strokeWidth: 0.6,
      },
      encoding: { x, y },
    },
    {
      data: { values: meeting },
      transform: following ? [{ filter: `datum.from <= ${alpha}` }] : [],
      mark: { type: "point", filled: true, fill: "white", stroke: VERMILION, strokeWidth: 1.4, opacity: 1 },
      encoding: {
        x,
        y,
        size: {
          field: "mass",
          type: "quantitative",
          scale: { domain: [1, 24], range: [16, 95] },
          legend: null,
        },
      },
    },
    {
      data: { values: [{}] },
      transform: [{ calculate: String(alpha), as: "now" }],
      mark: { type: "rule", strokeDash: [4, 3], strokeWidth: 1.1, color: INK.text },
      encoding: { x: { ...x, field: "now" } },
    },
    {
      data: { values: pieces },
      transform: present,
      mark: {
        type: "point",
        filled: true,
        size: 34,
        color: INK.text,
        stroke: "white",
        strokeWidth: 0.8,
        opacity: 1,
      },
      encoding: at,
    },
    ...["all weights equal", "their mean"].map((text, below) => ({
      data: { values: [{ from: last, x0: mean }] },
      mark: {
        type: "text",
        align: "right",
        baseline: below ? "top" : "bottom",
        dy: below ? 8 : -8,
        color: INK.muted,
        text,
      },
      encoding: { x, y },
    })),
  ];
}

const PLOT = { width: FIGURE_WIDTH - 84, height: 400 };
const ALT = "World lines of particles, horizontally over time, that run together in a tree and end as one.";

/** Figure P: positions over time, collisions marked. */
export function worldLines(result: ParticlesResult): Figure {
  const alpha = STEP * result.end;
  const { lines } = result;
  const clusters = lines.filter(({ from, to }) => from <= alpha && alpha < to).length;
  const count = lines.filter(({ mass }) => mass === 1).length;
  return figure({
    title: {
      text: "Weights attract each other, meet, and stick",
      subtitle: [
        "Each line is a weight, drawn towards the larger part of the others; where lines meet (circles), weights become",
        `equal. A proximal step of size α reads off the line α = const: here ${count} weights have become ${clusters} values.`,
      ],
    },
    ...PLOT,
    layer: layers(result, alpha),
  }, { alt: ALT });
}

/** Figure P with a slider for α: the motion up to there. */
export function worldLinesWithSlider(result: ParticlesResult): Figure {
  const most = result.lines.reduce((last, { to }) => Math.max(last, to), 0);
  return sliderFigure({
    title: {
      text: "prox of αR: where the particles are at time α",
      subtitle:
        "Move the slider below the figure; black points are the weights after a proximal step of size α.",
    },
    ...PLOT,
    layer: layers(result, "alpha"),
  }, {
    sliders: [{
      name: "alpha",
      label: "α",
      min: 0,
      max: Number(most.toPrecision(3)) * 0.999,
      step: most / 400,
      value: Number((STEP * result.end).toPrecision(3)),
    }],
    alt: ALT,
  });
}

/** The picture that explains the paper. */
export const particlesFigure: Artefact = {
  id: "particles",
  kind: "figure",
  location: "Section on the particle system",
  title: "Sticky particles",
  caption:
    "Weights as particles of unit mass that attract each other with a force that does not depend on distance, and stick " +
    "when they meet: their positions at time α are prox of αR. Vermilion circles are collisions, lines are as thick as " +
    "their mass, black points are the weights after a step of the size marked by the dashed line.",
  jobs: (plan) => PARTICLES.jobs(plan),
  render: (results) => worldLines(PARTICLES.result(results, "all")),
};
