import { type AxisOptions, channel, type ChartTexts, makeScale, titleSpec } from "./_axes.ts";
import { colourChannel, listGroups } from "./_colour.ts";
import { textWidth } from "./_fonts.ts";
import { LONGEST_LABEL, quoted, shorten } from "./_texts.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE, INK } from "./theme.ts";
import type { Figure } from "./types.ts";

/** One bar of a {@link barChart}. */
export interface Bar {
  /** Written left of the bar. Bars of one label stand in one row of the chart. */
  readonly label: string;
  /** Where the bar ends. */
  readonly value: number;
  /** Half the length of the error bar, e.g. a standard deviation. */
  readonly error?: number | null;
  /** Colours the bar, e.g. the family of the method; with several per label, they stand side by side. */
  readonly group?: string;
  /** A value to compare with, e.g. the paper's, drawn as a diamond. */
  readonly reference?: number | null;
}

/** Options of {@link barChart}. */
export interface BarChartOptions extends ChartTexts {
  /** The axis of the values. */
  readonly value: AxisOptions;
  /**
   * `bar`: from zero, with an error bar; `range`: from value − error to value + error with a tick at the
   * value.
   * @default "bar"
   */
  readonly form?: "bar" | "range";
  /** Order of the labels, by the first bar of each. @default "descending" */
  readonly sort?: "descending" | "ascending" | "none";
  /** Colour by group. @default the colours of families of methods, then the palette */
  readonly colours?: Readonly<Record<string, string>>;
  /** What the diamonds are, for the legend. @default "reported" */
  readonly referenceName?: string;
  /** Decimals of the values written at the bars; `null`: none are written. @default 1 */
  readonly digits?: number | null;
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
}

/** Thickness of a bar and the gap between rows, pixels. */
const THICKNESS = 13;
const GAP = 7;

/** On a logarithmic axis, the shortest bar's value over that of the axis' start is at least this. */
const SHORTEST = 1.5;

/** Where bars start on a logarithmic axis: at its end, or a power of ten well below the smallest of them. */
function logStart(bars: readonly Bar[], { domain, title }: AxisOptions): number {
  for (const { label, value, reference } of bars) {
    const least = Math.min(value, reference ?? value);
    if (least > 0) continue;
    throw new RangeError(
      `Cannot draw the bar ${quoted(label)} on the logarithmic axis ${quoted(title)} as its value must be ` +
        `positive: current value is ${least}`,
    );
  }
  if (domain !== undefined) return Math.min(...domain);
  const least = bars.reduce(
    (low, { value, reference }) => Math.min(low, value, reference ?? value),
    Infinity,
  );
  return 10 ** Math.floor(Math.log10(least / SHORTEST));
}

/**
 * Draws horizontal bars with error bars, sorted, in one row per label, optionally beside reference values.
 *
 * On a logarithmic axis bars start at the axis' end, below their smallest value, as there is no zero.
 *
 * @throws {RangeError} If there is no bar, two have one place, or a logarithmic axis cannot show one.
 *
 * @example
 * ```ts
 * import { barChart, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const chart = barChart([
 *   { label: "kNN", value: 80.9, error: 0.4, group: "classical", reference: 80.86 },
 *   { label: "DTE-C", value: 80.1, error: 2.4, group: "diffusion", reference: 80.37 },
 * ], { title: "Mean AUROC", value: { title: "AUROC (%)" }, form: "range", alt: "kNN is ahead of DTE-C." });
 * assert.match(await renderSvg(chart), /DTE-C/);
 * ```
 */
export function barChart(bars: readonly Bar[], options: BarChartOptions): Figure {
  const { form = "bar", sort = "descending", digits = 1, width = FIGURE_WIDTH, alt, colours } = options;
  const { referenceName = "reported" } = options;
  const range = form === "range";
  const first = new Map<string, number>();
  for (const { label, value } of bars) if (!first.has(label)) first.set(label, value);
  const labels = [...first.keys()];
  if (sort !== "none") {
    const sign = sort === "descending" ? -1 : 1;
    labels.sort((a, b) => sign * (first.get(a)! - first.get(b)!));
  }
  const groups = listGroups(bars);
  const perLabel = Math.max(...labels.map((label) => bars.filter((bar) => bar.label === label).length), 0);
  const grouped = perLabel > 1;

  const taken = new Set<string>();
  for (const { label, group } of bars) {
    const place = JSON.stringify([label, group]);
    if (taken.has(place)) {
      throw new RangeError(
        `Cannot draw bars as those of one label must have groups that differ: ${quoted(label)} has two` +
          (group === undefined ? " without" : ` of ${quoted(group)}`),
      );
    }
    taken.add(place);
  }
  const log = options.value.log ?? false;
  const start = log && !range ? logStart(bars, options.value) : 0;
  const values = bars.map(({ label, value, error, group, reference }) => ({
    label,
    value,
    low: range ? value - (error ?? 0) : start,
    errorLow: log && !range ? Math.max(value - (error ?? 0), start) : value - (error ?? 0),
    high: value + (error ?? 0),
    end: Math.max(value + (error ?? 0), reference ?? -Infinity),
    ...(group === undefined ? {} : { group }),
    ...(reference === undefined || reference === null ? {} : { reference, referenceName }),
    ...(digits === null ? {} : { text: value.toFixed(digits) }),
  }));
  const style = { fontSize: FONT_SIZE.mark };
  const short = labels.map((label) => shorten(label, LONGEST_LABEL * width, style));
  const labelWidth = Math.max(0, ...short.map((label) => textWidth(label, style)));
  const valueWidth = digits === null
    ? 8
    : 14 + Math.max(0, ...values.map(({ text = "" }) => textWidth(text, style)));
  const inner = width - labelWidth - valueWidth - 30;
  const shown = values.flatMap(({ low, errorLow, end }) => range ? [errorLow, end] : [low, errorLow, end]);
  let scale = makeScale(options.value, shown, { length: inner, margin: range ? 0.03 : 0 });
  if (!range && options.value.domain === undefined) {
    const [low, high] = scale.domain;
    scale = {
      ...scale,
      domain: log ? [start, Math.max(2 * start, high)] : [Math.min(0, low), Math.max(0, high)],
    };
  }

  const x = channel(scale, "value");
  const step = THICKNESS * (grouped ? perLabel : 1) + GAP;
  const y = {
    field: "label",
    type: "nominal",
    sort: labels,
    title: null,
    axis: {
      grid: false,
      labelLimit: 0,
      labelFontSize: FONT_SIZE.mark,
      ...(labels.every((label, i) => label === short[i]) ? {} : {
        labelExpr: `${JSON.stringify(short)}[indexof(${JSON.stringify(labels)}, datum.value)]`,
      }),
    },
    scale: { paddingInner: GAP / step, paddingOuter: GAP / step / 2 },
  };
  const place = grouped
    ? { y, yOffset: { field: "group", sort: groups, scale: { paddingInner: 0.1 } } }
    : { y };
  const colour = groups.length > 0 ? { color: colourChannel("group", groups, colours) } : {};
  const layer: object[] = [{
    mark: { type: "bar", opacity: range ? 0.75 : 0.85, clip: true },
    encoding: { ...place, x: { ...x, field: "low" }, x2: { field: range ? "high" : "value" }, ...colour },
  }];
  if (range) {
    const tick = { type: "tick", color: "black", thickness: 2, bandSize: THICKNESS, clip: true };
    layer.push({ mark: tick, encoding: { ...place, x } });
  } else if (bars.some(({ error }) => error)) {
    layer.push({
      transform: [{ filter: "datum.errorLow < datum.high" }],
      mark: { type: "rule", color: INK.text, strokeWidth: 1.2, clip: true },
      encoding: { ...place, x: { ...x, field: "errorLow" }, x2: { field: "high" } },
    });
  }
  if (values.some(({ reference }) => reference !== undefined)) {
    layer.push({
      transform: [{ filter: "isValid(datum.reference)" }],
      mark: {
        type: "point",
        filled: false,
        color: "black",
        fill: "white",
        strokeWidth: 1.3,
        size: 38,
        clip: true,
      },
      encoding: {
        ...place,
        x: { ...x, field: "reference" },
        shape: {
          field: "referenceName",
          type: "nominal",
          scale: { range: ["diamond"] },
          legend: { title: null, orient: "top", symbolFillColor: "white", symbolStrokeWidth: 1.3 },
        },
      },
    });
  }
  if (digits !== null) {
    layer.push({
      mark: { type: "text", align: "left", baseline: "middle", dx: 7, color: INK.text },
      encoding: { ...place, x: { ...x, field: "end" }, text: { field: "text" } },
    });
  }
  return figure({
    title: titleSpec(options, inner),
    width: inner,
    height: { step: grouped ? THICKNESS : step, ...(grouped ? { for: "offset" } : {}) },
    data: { values },
    layer,
  }, { alt });
}
