import { type ChartTexts, titleSpec } from "./_axes.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";
import type { Figure } from "./types.ts";

/**
 * Width of one of several panels side by side, pixels: each further column makes the figure a little wider.
 */
export function panelWidth(columns: number): number {
  return Math.floor((FIGURE_WIDTH + 100 * (columns - 1)) / columns);
}

/** Options of {@link panels}. */
export interface PanelsOptions extends ChartTexts {
  /** Panels side by side. @default 2 */
  readonly columns?: number;
  /** Whether the panels are marked a, b, c, … @default true */
  readonly letters?: boolean;
  /** Pixels between panels. @default 24 */
  readonly spacing?: number;
}

/** What a composed view has once, at the top. */
const TOP_ONLY = ["$schema", "background", "config", "description", "usermeta", "padding", "autosize"];

/** Height of a line of a title, pixels. */
const LINE = 15;

const TITLE_STYLE = { fontSize: FONT_SIZE.axisTitle + 0.5, fontWeight: "bold" };

/** A title as a mark: unlike a real title, the size of the axis labels does not move it. */
const titleLayer = (text: string | readonly string[]): object => ({
  data: { values: [{}] },
  mark: { type: "text", align: "left", baseline: "bottom", text, ...TITLE_STYLE },
  // The first of several lines stands at y, the others below it.
  encoding: { x: { value: 0 }, y: { value: -9 - (typeof text === "string" ? 0 : LINE * (text.length - 1)) } },
});

/** A part of a composed view: the figure without what stands at the top, under its letter and title. */
function panel({ spec }: Figure, letter: string): object {
  const { title, width, height, ...rest } = Object.fromEntries(
    Object.entries(spec).filter(([key]) => !TOP_ONLY.includes(key)),
  );
  const own = typeof title === "object" && title !== null ? (title as { text?: unknown }).text : title;
  const [first, ...more] = [own].flat();
  const line = [letter, first].filter((part) => part !== undefined && part !== "").join("\u2002");
  const text = more.length === 0 ? line : [line, ...more.map(String)];
  const legendBelow = JSON.stringify(rest).includes('"orient":"top"');
  if (legendBelow || !("layer" in rest || "mark" in rest)) {
    return { width, height, ...rest, title: { text, ...TITLE_STYLE, offset: 6 } };
  }
  return { width, height, layer: [rest, titleLayer(text)] };
}

/**
 * Puts figures side by side in rows, marked with letters. Each keeps its own axes and colours.
 *
 * Give the single figures sizes that fit: three of 170 pixels in a row make up a notebook's width.
 *
 * @throws {RangeError} If there is no figure.
 *
 * @example
 * ```ts
 * import { heatmap, panels, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const [left, right] = ["Data", "Samples"].map((title) =>
 *   heatmap({ points: [[0, 0], [1, 1]] }, {
 *     title, x: { title: "x" }, y: { title: "y" }, width: 200, height: 200, alt: `${title}: two points.`,
 *   })
 * );
 * const both = panels([left, right], { title: "Toy data", alt: "Two panels of two points each." });
 * assert.match(await renderSvg(both), /a\u2002Data/);
 * ```
 */
export function panels(figures: readonly Figure[], options: PanelsOptions): Figure {
  const { columns = 2, letters = true, spacing = 24, alt } = options;
  if (figures.length === 0) {
    throw new RangeError("Cannot compose panels as there must be a figure: current number of figures is 0");
  }
  const concat = figures.map((part, i) => panel(part, letters ? String.fromCharCode(97 + i) : ""));
  return figure({
    title: { ...titleSpec(options, FIGURE_WIDTH + 100 * (columns - 1)), offset: 14 },
    columns,
    spacing,
    concat,
    resolve: { scale: { color: "independent", shape: "independent", angle: "independent" } },
  }, { alt });
}
