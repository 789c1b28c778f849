import {
  type AxisOptions,
  channel,
  type ChartTexts,
  makeScale,
  position,
  titleSpec,
  valueAt,
} from "./_axes.ts";
import { colourChannel, listGroups } from "./_colour.ts";
import { textWidth } from "./_fonts.ts";
import { placeLabels } from "./_labels.ts";
import { LONGEST_LABEL, shorten } from "./_texts.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE, INK } from "./theme.ts";
import type { Figure } from "./types.ts";

/** One point of a {@link scatterChart}. */
export interface ScatterPoint {
  /** Horizontal place. */
  readonly x: number;
  /** Vertical place. */
  readonly y: number;
  /** Written beside the point. */
  readonly label?: string;
  /** Colours the point, see {@link ScatterChartOptions.colours}. */
  readonly group?: string;
  /** Its area in square pixels. @default the chart's {@link ScatterChartOptions.pointSize} */
  readonly size?: number;
}

/** Options of {@link scatterChart}. */
export interface ScatterChartOptions extends ChartTexts {
  /** The horizontal axis. */
  readonly x: AxisOptions;
  /** The vertical axis. */
  readonly y: AxisOptions;
  /** Colour by group. @default the colours of families of methods, then the palette */
  readonly colours?: Readonly<Record<string, string>>;
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
  /** Of the plot itself, pixels. @default 380 */
  readonly height?: number;
  /** Area of a point, square pixels. @default 60 */
  readonly pointSize?: number;
}

/**
 * Draws points, each with its label beside it where labels do not cover one another, on linear or logarithmic
 * axes.
 *
 * @throws {RangeError} If there is no point, or a coordinate that its axis cannot show.
 *
 * @example
 * ```ts
 * import { renderSvg, scatterChart } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const chart = scatterChart([
 *   { x: 0.02, y: 80.4, label: "DTE-C", group: "diffusion" },
 *   { x: 12, y: 77.9, label: "DDPM", group: "diffusion" },
 *   { x: 1.4, y: 80.9, label: "kNN", group: "classical" },
 * ], {
 *   title: "DTE-C is fast and accurate",
 *   x: { title: "Inference time (ms per row)", log: true },
 *   y: { title: "Mean AUROC (%)" },
 *   alt: "DTE-C lies left of the others.",
 * });
 * assert.match(await renderSvg(chart), /DDPM/);
 * ```
 */
export function scatterChart(points: readonly ScatterPoint[], options: ScatterChartOptions): Figure {
  const { width = FIGURE_WIDTH, height = 380, pointSize = 60, alt, colours } = options;
  const inner = width - 84;
  const xScale = makeScale(options.x, points.map(({ x }) => x), { length: inner, margin: 0.06 });
  const yScale = makeScale(options.y, points.map(({ y }) => y), { length: height, margin: 0.08 });
  const style = { fontSize: FONT_SIZE.mark };
  const labels = points.map(({ label = "" }) => shorten(label, LONGEST_LABEL * width, style));
  const places = placeLabels(
    points.map(({ x, y }, i) => ({
      x: position(xScale, x),
      y: height - position(yScale, y),
      width: textWidth(labels[i], style),
      height: labels[i] === "" ? 0 : FONT_SIZE.mark * 1.1,
    })),
    { radius: Math.sqrt(pointSize / Math.PI) + 1, area: { x1: 0, y1: 0, x2: inner, y2: height } },
  );
  const at = (place: { x: number; y: number }, names: readonly [string, string]) => ({
    [names[0]]: valueAt(xScale, place.x),
    [names[1]]: valueAt(yScale, height - place.y),
  });
  const sized = points.some(({ size }) => size !== undefined);
  const values = points.map(({ x, y, label, group, size = pointSize }, i) => ({
    x,
    y,
    ...(sized && { size }),
    ...(group === undefined ? {} : { group }),
    ...(label === undefined ? {} : {
      label: labels[i],
      ...at(places[i], ["labelX", "labelY"]),
      ...(places[i].leader === undefined ? {} : at(places[i].leader, ["leaderX", "leaderY"])),
    }),
  }));
  const groups = listGroups(points);
  const x = channel(xScale, "x");
  const y = channel(yScale, "y");
  const labelAt = { x: { ...x, field: "labelX" }, y: { ...y, field: "labelY" } };
  const colour = groups.length > 0 ? { color: colourChannel("group", groups, colours) } : {};
  const layer: object[] = [];
  if (places.some(({ leader }) => leader)) {
    layer.push({
      transform: [{ filter: "isValid(datum.leaderX)" }],
      mark: { type: "rule", strokeWidth: 0.8, color: INK.rule },
      encoding: { x, y, x2: { field: "leaderX" }, y2: { field: "leaderY" } },
    });
  }
  layer.push({
    mark: { type: "point", filled: true, size: pointSize, stroke: "white", strokeWidth: 0.8, opacity: 1 },
    encoding: {
      x,
      y,
      ...colour,
      ...(sized && { size: { field: "size", type: "quantitative", scale: null, legend: null } }),
    },
  });
  if (points.some(({ label }) => label !== undefined)) {
    // A white edge keeps the text legible over lines.
    const mark = { type: "text", align: "center", baseline: "middle" };
    const labelled = { transform: [{ filter: "isValid(datum.label)" }] };
    const text = { text: { field: "label" } };
    layer.push(
      { ...labelled, mark: { ...mark, stroke: "white", strokeWidth: 3 }, encoding: { ...labelAt, ...text } },
      { ...labelled, mark, encoding: { ...labelAt, ...text, ...colour } },
    );
  }
  return figure({ title: titleSpec(options, inner), width: inner, height, data: { values }, layer }, { alt });
}
