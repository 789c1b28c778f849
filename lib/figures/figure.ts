import { isRecord, roundNumbers } from "./_digits.ts";
import { checkTexts } from "./_texts.ts";
import { theme } from "./theme.ts";
import type { Figure, VegaLiteSpec } from "./types.ts";

/** Options of {@link figure}. */
export interface FigureOptions {
  /** What the figure shows, for readers who cannot see it. */
  readonly alt: string;
}

/**
 * Makes a figure of a Vega-Lite 5 specification with inline data: adds the schema, the project's
 * {@link theme} (what the specification configures itself wins) and a white background. Numbers are rounded
 * to six significant digits, as more cannot be seen and makes notebooks and files several times as large;
 * columns of data and ends of axes at a large offset keep as many as tell them apart.
 *
 * @param spec A single, layered or composed view; nothing may be loaded from an address.
 * @throws {RangeError} If a text holds control characters or half a surrogate pair, which no file can hold.
 *
 * @example
 * ```ts
 * import { figure, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const dots = figure({
 *   data: { values: [{ x: 1, y: 2 }, { x: 2, y: 3 }] },
 *   mark: "point",
 *   encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
 * }, { alt: "Two points." });
 * assert.match(await renderSvg(dots), /^<svg /);
 * ```
 */
export function figure(spec: VegaLiteSpec, options: FigureOptions): Figure {
  const { alt } = options;
  checkTexts([spec, alt]);
  const own = (spec.config ?? {}) as Readonly<Record<string, unknown>>;
  const config: Record<string, unknown> = { ...theme };
  for (const [key, value] of Object.entries(own)) {
    const base = config[key];
    config[key] = isRecord(value) && isRecord(base) ? { ...base, ...value } : value;
  }
  return {
    kind: "figure",
    spec: {
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
      background: "white",
      description: alt,
      ...roundNumbers(spec) as VegaLiteSpec,
      config,
    },
    alt,
  };
}
