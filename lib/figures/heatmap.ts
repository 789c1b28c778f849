import {
  type AxisOptions,
  channel,
  type ChartTexts,
  makeScale,
  position,
  type Scale,
  titleSpec,
  valueAt,
} from "./_axes.ts";
import { pngDataUrl } from "./_png.ts";
import { diverging } from "./_diverging.ts";
import { css, viridis } from "./_viridis.ts";
import { figure } from "./figure.ts";
import { INK, PALETTE } from "./theme.ts";
import type { Figure } from "./types.ts";

/** A function's values on a regular grid of the plane, drawn as colours. */
export interface Grid {
  /** Smallest and largest x and y, at the outer edges of the outer cells. */
  readonly x: readonly [number, number];
  /** Smallest and largest y. */
  readonly y: readonly [number, number];
  /** Number of cells along x. */
  readonly columns: number;
  /** Number of cells along y. */
  readonly rows: number;
  /** [rows * columns], row by row, from the smallest y upwards. */
  readonly values: ArrayLike<number>;
  /** What the colours mean, with the unit, above their legend. Without: no legend. */
  readonly title?: string;
  /** Values at the ends of the colour scale. @default smallest and largest value */
  readonly domain?: readonly [number, number];
  /** `diverging`: blue, white, red, for values around the middle of the domain. @default "viridis" */
  readonly colours?: "viridis" | "diverging";
}

/**
 * An arrow centred on (x, y). The longest is drawn as long as the room between neighbours, the others in
 * proportion to the square root of their length.
 */
export interface Arrow {
  /** Centre, along x. */
  readonly x: number;
  /** Centre, along y. */
  readonly y: number;
  /** Extent along x. */
  readonly dx: number;
  /** Extent along y. */
  readonly dy: number;
}

/** Places [x, y] in the plane, one after the other. */
export type Line = readonly (readonly [number, number])[];

/** What a {@link heatmap} shows, from the bottom up. */
export interface PlaneLayers {
  /** Colours, at the very bottom. */
  readonly grid?: Grid;
  /** Arrows over the colours. */
  readonly vectors?: readonly Arrow[];
  /** Outlines and strokes, each a list of [x, y]. */
  readonly outlines?: readonly Line[];
  /** Courses through the plane, thin and with a point at their end, e.g. the flow of a sample. */
  readonly paths?: readonly Line[];
  /** Points as lists of [x, y]. */
  readonly points?: readonly (readonly [number, number])[];
}

/** Options of {@link heatmap}. */
export interface HeatmapOptions extends ChartTexts {
  /** The horizontal axis. */
  readonly x: AxisOptions;
  /** The vertical axis. */
  readonly y: AxisOptions;
  /** Of the plot itself, pixels. @default 420 */
  readonly width?: number;
  /** Of the plot itself, pixels. @default 420 */
  readonly height?: number;
  /** Area of a point, square pixels. @default 14 */
  readonly pointSize?: number;
  /** Of the points, as CSS has it. @default the palette's first, or white on colours */
  readonly pointColour?: string;
}

/** Draws the grid as one small image that is stretched smoothly over the plot. */
function gridLayers(grid: Grid, xScale: Scale, yScale: Scale): object[] {
  const { columns, rows, values, title, colours = "viridis" } = grid;
  if (values.length !== rows * columns || rows < 1 || columns < 1) {
    throw new RangeError(
      `Cannot draw the grid as it must have rows × columns = ${rows} × ${columns} values: ` +
        `current number is ${values.length}`,
    );
  }
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `Cannot draw the grid as its values must be finite: current value is ${values[i]}`,
      );
    }
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  [low, high] = grid.domain ?? [low, high];
  const scale = colours === "diverging" ? diverging : viridis;
  const table = Array.from({ length: 256 }, (_, i) => scale(i / 255));
  const pixels = new Uint8Array(rows * columns * 3);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const along = high > low ? (values[i * columns + j] - low) / (high - low) : 0.5;
      const colour = table[Math.round(255 * Math.min(Math.max(along, 0), 1))];
      pixels.set(colour, ((rows - 1 - i) * columns + j) * 3); // images start at the top
    }
  }
  const span = (scale: Scale, [from, to]: readonly [number, number]) =>
    position(scale, to) - position(scale, from);
  const layers: object[] = [{
    data: { values: [{ x: grid.x[0], y: grid.y[1] }] },
    mark: {
      type: "image",
      aspect: false,
      align: "left",
      baseline: "top",
      width: span(xScale, grid.x),
      height: span(yScale, grid.y),
    },
    encoding: {
      url: { value: pngDataUrl(pixels, { width: columns, height: rows }) },
      x: channel(xScale, "x"),
      y: channel(yScale, "y"),
    },
  }];
  if (title !== undefined) {
    const stops = table.filter((_, i) => i % 15 === 0).map(css);
    layers.push({
      data: { values: [{ value: low }, { value: high }] },
      mark: { type: "point", opacity: 0, size: 0 },
      encoding: {
        color: {
          field: "value",
          type: "quantitative",
          title,
          scale: { domain: [low, high], range: stops },
          legend: { gradientLength: Math.min(200, yScale.length - 40), tickCount: 5 },
        },
      },
    });
  }
  return layers;
}

/** An arrowhead that points up, in units of the symbol's size. */
const HEAD = "M0,-1L0.7,0.6L0,0.2L-0.7,0.6Z";

function arrowLayers(vectors: readonly Arrow[], xScale: Scale, yScale: Scale, colour: string): object[] {
  const pixels = vectors.map(({ x, y, dx, dy }) => {
    const across = position(xScale, x + dx) - position(xScale, x);
    const up = position(yScale, y + dy) - position(yScale, y);
    return { x: position(xScale, x), y: position(yScale, y), across, up, length: Math.hypot(across, up) };
  });
  const longest = Math.max(...pixels.map(({ length }) => length), Number.MIN_VALUE);
  const room = 0.95 * Math.sqrt(xScale.length * yScale.length / vectors.length);
  const values = pixels.filter(({ length }) => length > 0).map(({ x, y, across, up, length }) => {
    // Drawn length ∝ √length, so that short arrows are still seen; centred on the point.
    const half = room * Math.sqrt(length / longest) / length / 2;
    return {
      x: valueAt(xScale, x - across * half),
      y: valueAt(yScale, y - up * half),
      x2: valueAt(xScale, x + across * half),
      y2: valueAt(yScale, y + up * half),
      angle: Math.atan2(across, up) * 180 / Math.PI,
    };
  });
  const [x, y] = [channel(xScale, "x"), channel(yScale, "y")];
  return [
    {
      data: { values },
      mark: { type: "rule", strokeWidth: 1, color: colour, clip: true },
      encoding: { x, y, x2: { field: "x2" }, y2: { field: "y2" } },
    },
    {
      data: { values },
      mark: { type: "point", shape: HEAD, size: 20, color: colour, filled: true, clip: true },
      encoding: {
        x: { ...x, field: "x2" },
        y: { ...y, field: "y2" },
        angle: { field: "angle", type: "quantitative", scale: { domain: [0, 360], range: [0, 360] } },
      },
    },
  ];
}

/** The places of lines, each with its line's number, and whether it is the last. */
function stepsOf(lines: readonly Line[]) {
  return lines.flatMap((line, id) =>
    line.map(([x, y], step) => ({ x, y, id, step, end: step === line.length - 1 }))
  );
}

function lineEncoding(x: object, y: object): object {
  return { x, y, detail: { field: "id" }, order: { field: "step", type: "quantitative" } };
}

/**
 * Draws what happens in a plane: a function's values as colours, a vector field as arrows, paths and points.
 *
 * @param layers Any of them may be left out, but not all.
 * @throws {RangeError} If there is nothing to draw, or the grid's values are not finite or not rows ×
 * columns.
 *
 * @example
 * ```ts
 * import { heatmap, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const chart = heatmap({
 *   grid: { x: [0, 2], y: [0, 1], columns: 2, rows: 1, values: [0, 1], title: "Density" },
 *   vectors: [{ x: 1, y: 0.5, dx: 1, dy: 0 }],
 *   points: [[0.5, 0.5]],
 * }, {
 *   title: "Rising to the right",
 *   x: { title: "x" },
 *   y: { title: "y" },
 *   alt: "Dark left, bright right.",
 * });
 * assert.match(await renderSvg(chart), /<image /);
 * ```
 */
export function heatmap(layers: PlaneLayers, options: HeatmapOptions): Figure {
  const { grid, vectors = [], outlines = [], paths = [], points = [] } = layers;
  const { width = 420, height = 420, pointSize = 14, alt } = options;
  const dark = grid !== undefined;
  const places = [
    ...points,
    ...outlines.flat(),
    ...paths.flat(),
    ...vectors.map(({ x, y }) => [x, y] as const),
  ];
  const margin = dark ? 0 : 0.06;
  const xScale = makeScale(options.x, grid?.x ?? places.map(([x]) => x), { length: width, margin });
  const yScale = makeScale(options.y, grid?.y ?? places.map(([, y]) => y), { length: height, margin });
  const [x, y] = [channel(xScale, "x", { grid: !dark }), channel(yScale, "y", { grid: !dark })];

  const drawn: object[] = grid === undefined ? [] : gridLayers(grid, xScale, yScale);
  if (vectors.length > 0) drawn.push(...arrowLayers(vectors, xScale, yScale, dark ? "white" : INK.text));
  if (outlines.length > 0) {
    const mark = { type: "line", strokeWidth: 1.2, opacity: 0.9, color: INK.text, clip: true };
    drawn.push({ data: { values: stepsOf(outlines) }, mark, encoding: lineEncoding(x, y) });
  }
  if (paths.length > 0) {
    const values = stepsOf(paths);
    const color = dark ? "white" : INK.muted;
    const mark = { type: "line", strokeWidth: 0.8, opacity: 0.55, color, clip: true };
    drawn.push({ data: { values }, mark, encoding: lineEncoding(x, y) }, {
      data: { values: values.filter(({ end }) => end) },
      mark: { type: "point", filled: true, size: pointSize, color: PALETTE[1], clip: true },
      encoding: { x, y },
    });
  }
  if (points.length > 0) {
    const { pointColour = dark ? "white" : PALETTE[0] } = options;
    drawn.push({
      data: { values: points.map(([x, y]) => ({ x, y })) },
      mark: {
        type: "point",
        filled: true,
        size: pointSize,
        color: pointColour,
        opacity: 0.8,
        clip: true,
        ...(dark ? { stroke: "black", strokeWidth: 0.4 } : {}),
      },
      encoding: { x, y },
    });
  }
  return figure({ title: titleSpec(options, width), width, height, layer: drawn }, { alt });
}
