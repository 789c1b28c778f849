import {
  barChart,
  criticalDifference,
  diagrams,
  type Figure,
  heatmap,
  lineChart,
  mosaic,
  panels,
  ridgeline,
  scatterChart,
  sliderFigure,
  stampProvenance,
} from "../../../lib/figures/mod.ts";

const x = Array.from({ length: 25 }, (_, i) => i);
const methods = [
  ["CBLOF", 78.1, 0.89, "classical"],
  ["COPOD", 68.87, 0.39, "classical"],
  ["ECOD", 68.78, 0.51, "classical"],
  ["FeatureBagging", 76.96, 2.01, "classical"],
  ["KNN", 80.86, 0.38, "classical"],
  ["LODA", 67.29, 6.43, "classical"],
  ["DAGMM", 65.05, 9.12, "deep"],
  ["DROCC", 60.3, 10.18, "deep"],
  ["ICL", 79.35, 1.34, "deep"],
  ["DDPM", 77.92, 1.37, "diffusion"],
  ["DTE-NP", 81.49, 1.29, "diffusion"],
  ["DTE-C", 80.37, 1.43, "diffusion"],
] as const;

const alt = "An example.";
const axes = { x: { title: "x (m)" }, y: { title: "y (s)" } };
const grid = {
  x: [-1, 1] as const,
  y: [-2, 2] as const,
  columns: 8,
  rows: 5,
  values: Array.from({ length: 40 }, (_, i) => Math.sin(i)),
  title: "Density",
};
const vectors = x.map((i) => ({
  x: -0.9 + (i % 5) * 0.45,
  y: -1.8 + Math.floor(i / 5) * 0.9,
  dx: 1,
  dy: i / 10,
}));
const points = x.map((i) => [Math.cos(i), 2 * Math.sin(i)] as const);
const small = { ...axes, alt, width: 160, height: 150 };

const bars = barChart(
  methods.map(([label, value, error, group], i) => ({
    label,
    value,
    error,
    group,
    reference: i === 2 ? null : value + 1,
  })),
  { title: "Mean AUROC", value: { title: "AUROC (%)" }, form: "range", alt },
);

/** One figure per builder and per way of using it. */
export const EXAMPLES: Readonly<Record<string, Figure>> = {
  lineChart: lineChart([
    { name: "analytical", x, y: x, low: x.map((v) => v - 2), high: x.map((v) => v + 2) },
    { name: "non-parametric", x, y: x.map((v) => (v === 12 ? null : v + 0.1)), points: true },
    { name: "y = x", x: [0, 24], y: [0, 24], dashed: true, colour: "#6b6b6b" },
  ], { title: "Lines that end together", subtitle: ["One line", "and another"], ...axes, alt }),
  "lineChart, log axes": lineChart(
    [{ name: "DDPM", x: [1, 100, 1e4], y: [1e-5, 1e-2, 10] }, {
      name: "DTE-C",
      x: [1, 100, 1e4],
      y: [2e-5, 1e-3, 0.1],
    }],
    { title: "Log", x: { title: "n", log: true }, y: { title: "Seconds", log: true }, alt, width: 500 },
  ),
  scatterChart: scatterChart(
    methods.map(([label, y, , group], i) => ({ x: 10 ** (i % 4 - 2), y, label, group })),
    { title: "Time and accuracy", x: { title: "Time (ms)", log: true }, y: { title: "AUROC (%)" }, alt },
  ),
  "scatterChart, crowded": scatterChart(
    [
      ...methods.map(([label], i) => ({ x: 1 + 0.01 * (i % 3), y: 2 + 0.02 * (i % 4), label })),
      { x: 2, y: 3, label: "far" },
    ],
    { title: "Crowded", ...axes, alt },
  ),
  barChart: bars,
  "barChart, grouped": barChart(
    methods.flatMap(([label, value, error]) => [
      { label, value, error, group: "semi-supervised" },
      { label, value: value - 8, error, group: "unsupervised" },
    ]),
    { title: "Grouped", value: { title: "AUROC (%)" }, alt, width: 500, sort: "ascending" },
  ),
  heatmap: heatmap({ grid, vectors, points }, { title: "Plane", ...axes, alt }),
  "heatmap, diverging": heatmap({ grid: { ...grid, colours: "diverging" } }, {
    title: "Signed",
    ...axes,
    alt,
  }),
  criticalDifference: criticalDifference(
    methods.map(([name, value, , group]) => ({ name, rank: 1 + (82 - value) / 2, group })),
    { title: "Ranks", criticalDifference: 2.5, alt },
  ),
  ridgeline: ridgeline(
    [0, 30, 60, 90].map((z) => ({ z, x, height: x.map((v) => Math.exp(-((v - z / 5) ** 2) / 9)) })),
    { title: "Posterior", x: { title: "σ²" }, z: { title: "True step s" }, alt },
  ),
  panels: panels([
    heatmap({ points }, { title: "Data", ...small }),
    heatmap({ grid: { ...grid, title: undefined }, vectors }, { title: "Gradient", ...small }),
    heatmap({ paths: [points.slice(0, 5), points.slice(5, 9)] }, { title: "Flow", ...small }),
    heatmap({ vectors }, { title: "Field", ...small }),
  ], { title: "Panels", columns: 3, alt }),
  "panels with legends": panels([bars, bars], { title: "Both settings", alt }),
  mosaic: mosaic(
    ["Penalised", "Not penalised", "Convolution"].map((title, group) => ({
      title,
      tiles: [0, 1, 2, 3, 4].map((k) => ({
        rows: 4,
        columns: 5,
        values: Array.from({ length: 20 }, (_, i) => Math.sin(i * (k + 1) + group)),
      })),
    })),
    {
      title: "Filters",
      subtitle: "Each tile is a row of weights",
      groupsPerRow: 2,
      colours: "diverging",
      alt,
    },
  ),
  diagrams: diagrams(
    ["Cluster", "Chain"].map((title) => ({
      title,
      nodes: [0.1, 0.5, 0.9].map((x, i) => ({ x, y: 0.5, colour: "#0072B2", size: 0.15, label: `${i}` })),
      links: [
        { from: [0.1, 0.5], to: [0.9, 0.5], colour: "#8c8c8c", width: 2 },
        { from: [0.1, 0.1], to: [0.3, 0.1], colour: "#8c8c8c", arrow: true },
      ],
      boxes: [{ x: 0.5, y: 0.1, width: 0.3, height: 0.16, colour: "#e6e6e6", text: "two\nlines" }],
      tiles: [{ x: 0.5, y: 0.85, size: 0.2, tile: { rows: 2, columns: 2, values: [0, 1, 1, 0] } }],
    })),
    { title: "Diagrams", subtitle: "Nodes and links", columns: 3, aspect: 0.8, alt },
  ),
  sliderFigure: sliderFigure({
    title: "Falling",
    width: 320,
    height: 200,
    data: { values: [0, 1, 2, 3].map((time) => ({ time, height: 9 - time ** 2 })) },
    transform: [{ filter: "datum.time <= now" }],
    mark: "point",
    encoding: {
      x: { field: "time", type: "quantitative", scale: { domain: [0, 3] } },
      y: { field: "height", type: "quantitative" },
    },
  }, { sliders: [{ name: "now", label: "time", min: 0, max: 3, step: 0.1, value: 1.5 }], alt }),
  stampProvenance: stampProvenance(bars, {
    paper: "2305.18593",
    artefact: "figure-5",
    profile: "smoke",
    commit: "abc",
    seeds: [0, 1],
    digests: { job: "123" },
    standIns: ["adbench/6_cardio", "adbench/14_glass"],
  }),
};
