import { type ChartTexts, titleSpec } from "./_axes.ts";
import { coloursOf, listGroups } from "./_colour.ts";
import { textWidth } from "./_fonts.ts";
import { shorten } from "./_texts.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE, INK } from "./theme.ts";
import type { Figure } from "./types.ts";

/** A method in a {@link criticalDifference} diagram. */
export interface RankedMethod {
  /** Written at the method's rank. */
  readonly name: string;
  /** Mean rank over the data sets, 1 is best. */
  readonly rank: number;
  /** Colours the name, e.g. the family of the method. */
  readonly group?: string;
}

/** Options of {@link criticalDifference}. */
export interface CriticalDifferenceOptions extends ChartTexts {
  /**
   * Difference of mean ranks below which two methods are not told apart (e.g. Nemenyi's, Demšar 2006, Sec.
   * 3.2.2).
   */
  readonly criticalDifference: number;
  /** Colour by group. @default the colours of families of methods, then the palette */
  readonly colours?: Readonly<Record<string, string>>;
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
}

/**
 * Largest groups of neighbours whose best and worst ranks differ by less than the critical difference, as
 * index ranges [first, last] into the sorted ranks; groups of one are left out.
 *
 * @param ranks Ascending.
 */
export function findCliques(ranks: readonly number[], criticalDifference: number): [number, number][] {
  const cliques: [number, number][] = [];
  let covered = -1;
  for (let first = 0; first < ranks.length; first++) {
    let last = first;
    while (last + 1 < ranks.length && ranks[last + 1] - ranks[first] < criticalDifference) last++;
    if (last > first && last > covered) cliques.push([first, last]);
    covered = Math.max(covered, last);
  }
  return cliques;
}

const LINE = 17;
const CLIQUE = 7;
const AXIS_Y = 44;

/**
 * Draws a critical-difference diagram (Demšar 2006): methods along an axis of mean ranks, the best at the
 * left, and thick bars that join those which the test does not tell apart.
 *
 * @throws {RangeError} If there are fewer than two methods.
 *
 * @example
 * ```ts
 * import { criticalDifference, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const chart = criticalDifference([
 *   { name: "DTE-NP", rank: 1.4, group: "diffusion" },
 *   { name: "kNN", rank: 1.9, group: "classical" },
 *   { name: "DROCC", rank: 2.7, group: "deep" },
 * ], { title: "Mean ranks", criticalDifference: 0.8, alt: "DTE-NP is best, not told apart from kNN." });
 * assert.match(await renderSvg(chart), /CD = 0.80/);
 * ```
 */
export function criticalDifference(
  methods: readonly RankedMethod[],
  options: CriticalDifferenceOptions,
): Figure {
  const { criticalDifference: distance, width = FIGURE_WIDTH, colours, alt } = options;
  if (methods.length < 2) {
    throw new RangeError(
      `Cannot draw a critical-difference diagram as there must be 2 methods: current number is ${methods.length}`,
    );
  }
  const sorted = methods.toSorted((a, b) => a.rank - b.rank);
  const ranks = sorted.map(({ rank }) => rank);
  const text = (name: string, rank: number) => `${name}\u2002${rank.toFixed(2)}`;
  const style = { fontSize: FONT_SIZE.mark };
  const named = sorted.map((method) => ({ ...method, name: shorten(method.name, width / 4, style) }));
  const side = 14 + Math.max(...named.map(({ name, rank }) => textWidth(text(name, rank), style)));
  const inner = width - 16;
  const low = Math.max(1, Math.floor(ranks[0]));
  const high = Math.max(Math.ceil(ranks.at(-1)!), low + 1);
  const at = (rank: number) => side + (rank - low) / (high - low) * (inner - 2 * side);

  const cliques = findCliques(ranks, distance);
  const start = AXIS_Y + 16 + cliques.length * CLIQUE;
  const half = Math.ceil(sorted.length / 2);
  const groups = listGroups(sorted);
  const palette = coloursOf(groups, colours);
  const lines: { x: number; y: number; x2: number; y2: number; width: number; colour: string }[] = [];
  const line = (x: number, y: number, x2: number, y2: number, width = 1, colour: string = INK.rule) =>
    lines.push({ x, y, x2, y2, width, colour });
  const labels: { x: number; y: number; text: string; align: string; colour: string }[] = [];
  const label = (x: number, y: number, text: string, align: string, colour: string = INK.text) =>
    labels.push({ x, y, text, align, colour });

  line(at(low), AXIS_Y, at(high), AXIS_Y, 1.5, INK.text);
  const step = Math.ceil((high - low) / 12);
  for (let rank = low; rank <= high; rank++) {
    line(at(rank), AXIS_Y - ((rank - low) % step === 0 ? 6 : 3), at(rank), AXIS_Y, 1, INK.text);
    if ((rank - low) % step === 0) label(at(rank), AXIS_Y - 14, String(rank), "center");
  }
  const barEnd = Math.min(at(low + distance), inner);
  line(at(low), 8, barEnd, 8, 2, INK.text);
  for (const end of [at(low), barEnd]) line(end, 4, end, 12, 1.5, INK.text);
  label(barEnd + 8, 8, `CD = ${distance.toFixed(2)}`, "left");
  named.forEach(({ name, rank, group }, i) => {
    const left = i < half;
    const y = start + (left ? i : sorted.length - 1 - i) * LINE;
    const colour = group === undefined ? INK.text : palette[groups.indexOf(group)];
    line(at(rank), AXIS_Y, at(rank), y);
    line(at(rank), y, left ? side - 8 : inner - side + 8, y);
    if (left) label(side - 12, y, text(name, rank), "right", colour);
    else label(inner - side + 12, y, `${rank.toFixed(2)}\u2002${name}`, "left", colour);
  });
  cliques.forEach(([first, last], i) => {
    const y = AXIS_Y + 9 + i * CLIQUE;
    line(at(ranks[first]) - 3, y, at(ranks[last]) + 3, y, 3.5, INK.text);
  });

  const height = start + half * LINE;
  const pixels = (field: string, size: number, reverse = false) => ({
    field,
    type: "quantitative",
    scale: { domain: reverse ? [size, 0] : [0, size], nice: false },
    axis: null,
  });
  const x = pixels("x", inner);
  const y = pixels("y", height, true);
  const colour = { field: "colour", type: "nominal", scale: null };
  const legend = groups.length < 2 ? [] : [{
    data: { values: groups.map((group) => ({ group })) },
    mark: { type: "point", opacity: 0 },
    encoding: {
      fill: {
        field: "group",
        type: "nominal",
        scale: { domain: groups, range: palette },
        legend: { title: null, orient: "top", symbolType: "circle", symbolOpacity: 1 },
      },
    },
  }];
  return figure({
    title: titleSpec(options, inner),
    width: inner,
    height,
    layer: [
      {
        data: { values: lines },
        mark: "rule",
        encoding: {
          x,
          y,
          x2: { field: "x2" },
          y2: { field: "y2" },
          strokeWidth: { field: "width", type: "quantitative", scale: null },
          color: colour,
        },
      },
      ...["left", "center", "right"].filter((align) => labels.some((item) => item.align === align)).map((
        align,
      ) => ({
        data: { values: labels.filter((item) => item.align === align) },
        mark: { type: "text", align, baseline: "middle" },
        encoding: { x, y, text: { field: "text" }, color: colour },
      })),
      ...legend,
    ],
  }, { alt });
}
