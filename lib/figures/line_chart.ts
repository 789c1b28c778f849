import {
  type AxisOptions,
  channel,
  type ChartTexts,
  makeScale,
  position,
  titleSpec,
  valueAt,
} from "./_axes.ts";
import { textWidth } from "./_fonts.ts";
import { spreadOut } from "./_labels.ts";
import { LONGEST_LABEL, quoted, shorten } from "./_texts.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE, INK, PALETTE } from "./theme.ts";
import type { Figure } from "./types.ts";

/** One line of a {@link lineChart}. */
export interface LineSeries {
  /** Shown at the line's end. */
  readonly name: string;
  /** Horizontal places, `[n]`. */
  readonly x: ArrayLike<number>;
  /** As long as `x`; `null` leaves a gap. */
  readonly y: ArrayLike<number | null>;
  /** Lower and upper edge of a band around the line, e.g. mean ∓ standard deviation; both or none. */
  readonly low?: ArrayLike<number | null>;
  /** Upper edge of the band, `[n]`. */
  readonly high?: ArrayLike<number | null>;
  /** Of line and band, as CSS has it. @default the palette's next colour */
  readonly colour?: string;
  /** For what is not data, e.g. a diagonal. @default false */
  readonly dashed?: boolean;
  /** Marks each value with a point. @default false */
  readonly points?: boolean;
}

/** Options of {@link lineChart}. */
export interface LineChartOptions extends ChartTexts {
  /** The horizontal axis. */
  readonly x: AxisOptions;
  /** The vertical axis. */
  readonly y: AxisOptions;
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
  /** Of the plot itself, pixels. @default 320 */
  readonly height?: number;
  /** Whether the lines' names are written at their ends. @default true */
  readonly endLabels?: boolean;
}

/** Room for the y axis and the figure's margin, pixels. */
const LEFT = 76;

/**
 * Draws lines over a common x axis, optionally with bands, each named at its right end.
 *
 * @throws {RangeError} If there is no series, two have one name, or the lengths of a series' lists differ.
 *
 * @example
 * ```ts
 * import { lineChart, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const chart = lineChart([
 *   { name: "DTE-C", x: [5, 7, 10], y: [80.6, 80.4, 80.2], low: [79, 79, 78], high: [82, 82, 82] },
 *   { name: "kNN", x: [5, 7, 10], y: [80.9, 80.9, 80.9], dashed: true },
 * ], {
 *   title: "The number of bins hardly matters",
 *   x: { title: "Bins" },
 *   y: { title: "AUROC (%)" },
 *   alt: "Two nearly flat lines.",
 * });
 * assert.match(await renderSvg(chart), /DTE-C/);
 * ```
 */
export function lineChart(series: readonly LineSeries[], options: LineChartOptions): Figure {
  const { width = FIGURE_WIDTH, height = 320, endLabels = true, alt } = options;
  if (series.length === 0) {
    throw new RangeError("Cannot draw a line chart as there must be a series: current number of series is 0");
  }
  const names = series.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new RangeError(
      `Cannot draw a line chart as the names of its series must differ: ${quoted(twice)} occurs twice`,
    );
  }
  for (const { name, x, y, low = y, high = y } of series) {
    if ([y, low, high].some((list) => list.length !== x.length)) {
      throw new RangeError(
        `Cannot draw the line "${name}" as its lists must have ${x.length} values: ` +
          `current lengths are ${y.length}, ${low.length} and ${high.length}`,
      );
    }
  }
  const style = { fontSize: FONT_SIZE.mark };
  const labels = names.map((name) => shorten(name, LONGEST_LABEL * width, style));
  const shortened = labels.some((label, i) => label !== names[i]);
  const labelRoom = endLabels ? 10 + Math.max(...labels.map((label) => textWidth(label, style))) : 8;
  const inner = width - LEFT - labelRoom - 12;
  const xScale = makeScale(options.x, series.flatMap(({ x }) => Array.from(x)), {
    length: inner,
    margin: series.some(({ points }) => points) ? 0.02 : 0,
  });
  const yScale = makeScale(
    options.y,
    series.flatMap(({ y, low = [], high = [] }) => [y, low, high].flatMap((list) => Array.from(list))),
    { length: height },
  );

  const rows = series.flatMap(({ name, x, y, low, high }) =>
    Array.from(x, (value, i) => ({
      name,
      x: value,
      y: y[i],
      ...(low && high ? { low: low[i], high: high[i] } : {}),
    }))
  );
  const colours = series.map(({ colour }, i) => colour ?? PALETTE[i % PALETTE.length]);
  const colour = { field: "name", type: "nominal", legend: null, scale: { domain: names, range: colours } };
  const named = (test: (line: LineSeries) => boolean) => ({
    filter: { field: "name", oneOf: series.filter(test).map(({ name }) => name) },
  });
  const xAxis = { grid: false, domain: true, domainColor: INK.rule };
  const encoding = { x: channel(xScale, "x", xAxis), y: channel(yScale, "y"), color: colour };

  const layer: object[] = [];
  if (series.some(({ low }) => low)) {
    layer.push({
      transform: [named(({ low }) => low !== undefined)],
      mark: { type: "area", opacity: 0.18, clip: true },
      encoding: { ...encoding, y: { ...encoding.y, field: "low" }, y2: { field: "high" } },
    });
  }
  for (const dashed of [true, false]) {
    if (!series.some((line) => (line.dashed ?? false) === dashed)) continue;
    layer.push({
      transform: [named((line) => (line.dashed ?? false) === dashed)],
      mark: { type: "line", clip: true, ...(dashed ? { strokeDash: [5, 4], strokeWidth: 1.5 } : {}) },
      encoding: { ...encoding, order: { field: "x", type: "quantitative" } },
    });
  }
  if (series.some(({ points }) => points)) {
    layer.push({ transform: [named(({ points = false }) => points)], mark: { type: "point" }, encoding });
  }
  if (endLabels) {
    const ends = series.map(({ x, y }) => {
      let last = -1;
      for (let i = 0; i < x.length; i++) if (y[i] !== null && (last < 0 || x[i] >= x[last])) last = i;
      return last < 0 ? yScale.domain[0] : Math.min(Math.max(y[last]!, yScale.domain[0]), yScale.domain[1]);
    });
    const places = spreadOut(ends.map((end) => position(yScale, end)), {
      gap: FONT_SIZE.mark * 1.25,
      low: 4,
      high: height - 4,
    });
    layer.push({
      data: {
        values: names.map((name, i) => ({
          name,
          y: valueAt(yScale, places[i]),
          ...(shortened ? { label: labels[i] } : {}),
        })),
      },
      mark: { type: "text", align: "left", baseline: "middle", dx: 8 },
      encoding: {
        x: { value: inner },
        y: encoding.y,
        text: { field: shortened ? "label" : "name" },
        color: colour,
      },
    });
  }
  return figure({
    title: titleSpec(options, inner),
    width: inner,
    height,
    data: { values: rows },
    layer,
  }, { alt });
}
