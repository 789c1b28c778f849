/**
 * Colours that stay apart for colour-blind readers (Okabe and Ito 2008), the darker ones first; yellow is left
 * out because it is hard to see on white.
 */
export const PALETTE: readonly string[] = [
  "#0072B2", // blue
  "#D55E00", // vermilion
  "#009E73", // green
  "#CC79A7", // purple
  "#E69F00", // orange
  "#56B4E9", // sky
  "#000000",
];

/** One colour per family of methods, the same in every figure. */
export const FAMILY_COLOURS: Readonly<Record<string, string>> = {
  classical: "#0072B2",
  deep: "#009E73",
  diffusion: "#D55E00",
};

/** The font of PNG files, and of all measuring. */
export const PRIMARY_FONT = "DejaVu Sans";

/** Font families in SVG files: the first that the reader has counts (Verdana's widths are nearly the same). */
export const FONT = `${PRIMARY_FONT}, Verdana, sans-serif`;

/** Colours of text and lines that are not data. */
export const INK = { text: "#222222", muted: "#6b6b6b", grid: "#e6e6e6", rule: "#8c8c8c" } as const;

/** Width of a figure in a notebook, pixels. */
export const FIGURE_WIDTH = 720;

/** Sizes of text, pixels. */
export const FONT_SIZE = { title: 15, subtitle: 12, axisTitle: 12, label: 11.5, mark: 11.5 } as const;

const axis = {
  labelColor: INK.text,
  labelFontSize: FONT_SIZE.label,
  labelPadding: 5,
  labelFlush: false,
  titleColor: INK.text,
  titleFontSize: FONT_SIZE.axisTitle,
  titleFontWeight: "normal",
  titlePadding: 9,
  gridColor: INK.grid,
  domain: false,
  ticks: false,
};

/** The look of all figures: a Vega-Lite 5 configuration. {@link figure} puts it into a specification. */
export const theme: Readonly<Record<string, unknown>> = {
  font: FONT,
  padding: 8,
  view: { stroke: null },
  mark: { color: PALETTE[0] },
  axis,
  title: {
    anchor: "start",
    frame: "group",
    color: INK.text,
    fontSize: FONT_SIZE.title,
    fontWeight: "bold",
    offset: 10,
    subtitleColor: INK.muted,
    subtitleFontSize: FONT_SIZE.subtitle,
    subtitlePadding: 5,
  },
  legend: {
    labelColor: INK.text,
    labelFontSize: FONT_SIZE.label,
    titleColor: INK.text,
    titleFontSize: FONT_SIZE.axisTitle,
    titleFontWeight: "normal",
    symbolStrokeWidth: 2,
    labelLimit: 300,
  },
  header: { labelFontSize: FONT_SIZE.axisTitle, labelColor: INK.text, titleFontSize: FONT_SIZE.axisTitle },
  text: { color: INK.text, fontSize: FONT_SIZE.mark },
  line: { strokeWidth: 2, strokeCap: "round", strokeJoin: "round" },
  rule: { color: INK.rule },
  point: { filled: true, size: 60, opacity: 1 },
  bar: { continuousBandSize: 8 },
  range: { category: PALETTE, heatmap: { scheme: "viridis" }, ramp: { scheme: "viridis" } },
};
