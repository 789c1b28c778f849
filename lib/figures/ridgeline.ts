import { type AxisOptions, channel, type ChartTexts, makeScale, titleSpec } from "./_axes.ts";
import { css, viridis } from "./_viridis.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH } from "./theme.ts";
import type { Figure } from "./types.ts";

/** One curve of a {@link ridgeline}: height over x, standing at z. */
export interface Ridge {
  /** Where the curve stands. */
  readonly z: number;
  /** Horizontal places, `[n]`. */
  readonly x: ArrayLike<number>;
  /** Height, ≥ 0, as long as `x`. */
  readonly height: ArrayLike<number>;
}

/** Options of {@link ridgeline}. */
export interface RidgelineOptions extends ChartTexts {
  /** The horizontal axis. */
  readonly x: AxisOptions;
  /** The third variable, upwards. */
  readonly z: AxisOptions;
  /** Height of the highest curve in steps from one curve to the next. @default 4 */
  readonly overlap?: number;
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
  /** Of the plot itself, pixels. @default 400 */
  readonly height?: number;
}

/**
 * Draws curves one above the other, each with its foot at the height of a third variable: a flat form of a
 * three-dimensional line plot, in which no curve is hidden. All have the same vertical scale; colour tells z
 * again.
 *
 * Ten to forty curves are legible; choose among more.
 *
 * @throws {RangeError} If there is no curve, or the lengths of a curve's lists differ.
 *
 * @example
 * ```ts
 * import { renderSvg, ridgeline } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const x = [0, 1, 2, 3, 4];
 * const ridges = [0, 1, 2].map((z) => ({ z, x, height: x.map((v) => Math.exp(-((v - z - 1) ** 2))) }));
 * const chart = ridgeline(ridges, {
 *   title: "The peak moves to the right",
 *   x: { title: "x" },
 *   z: { title: "s" },
 *   alt: "Three peaks, each further right.",
 * });
 * assert.match(await renderSvg(chart), /mark-area/);
 * ```
 */
export function ridgeline(ridges: readonly Ridge[], options: RidgelineOptions): Figure {
  const { width = FIGURE_WIDTH, height = 400, overlap = 4, alt } = options;
  if (ridges.length === 0) {
    throw new RangeError("Cannot draw ridges as there must be a curve: current number of curves is 0");
  }
  for (const { z, x, height } of ridges) {
    if (x.length !== height.length) {
      throw new RangeError(
        `Cannot draw the curve at ${z} as it must have ${x.length} heights: current number is ${height.length}`,
      );
    }
  }
  const inner = width - 84;
  const sorted = ridges.toSorted((a, b) => b.z - a.z); // the front, drawn last, is at the bottom
  const [top, bottom] = [sorted[0].z, sorted.at(-1)!.z];
  const step = sorted.length > 1 ? (top - bottom) / (sorted.length - 1) : 1;
  const highest = Math.max(...sorted.flatMap(({ height }) => Array.from(height)), Number.MIN_VALUE);
  const stretch = overlap * step / highest;
  const xScale = makeScale(options.x, sorted.flatMap(({ x }) => Array.from(x)), { length: inner, margin: 0 });
  const feet = sorted.map(({ z, height }) => z + stretch * Math.max(...Array.from(height)));
  const zScale = makeScale(options.z, [bottom, ...feet], { length: height, margin: 0.01 });
  const colour = (z: number): string =>
    css(viridis(top > bottom ? 0.92 * (z - bottom) / (top - bottom) : 0.5));
  return figure({
    title: titleSpec(options, inner),
    width: inner,
    height,
    layer: sorted.map(({ z, x, height }) => ({
      data: { values: Array.from(x, (value, i) => ({ x: value, y: z + stretch * height[i], foot: z })) },
      mark: {
        type: "area",
        color: colour(z),
        fillOpacity: 0.55,
        line: { color: colour(z), strokeWidth: 1.2 },
        clip: true,
      },
      encoding: {
        x: channel(xScale, "x", { grid: false }),
        y: channel(zScale, "y", { grid: false }),
        y2: { field: "foot" },
      },
    })),
  }, { alt });
}
