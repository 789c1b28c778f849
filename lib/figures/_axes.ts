// @ts-types="./_d3.d.ts"
import { ticks as evenTicks } from "d3";
import { wrap } from "./_texts.ts";
import { scientific } from "./scientific.ts";
import { FONT_SIZE, INK } from "./theme.ts";

/** One quantitative axis of a chart. */
export interface AxisOptions {
  /** What is measured, with its unit, e.g. `Inference time (ms per row)`. */
  readonly title: string;
  /** Logarithmic scale; the values must be positive. @default false */
  readonly log?: boolean;
  /** Smallest and largest value shown. @default the data's range, and a little more */
  readonly domain?: readonly [number, number];
  /** d3 number format of the tick labels, e.g. `.1f`. */
  readonly format?: string;
  /** Ticks with names, in place of numbers: for an axis of kinds. */
  readonly ticks?: readonly { readonly value: number; readonly label: string }[];
}

/** Texts that every chart has. */
export interface ChartTexts {
  /** Bold, above the chart: what is to be seen. */
  readonly title: string;
  /** Smaller, below the title: how it was made. Several lines: a list. */
  readonly subtitle?: string | readonly string[];
  /** What the chart shows, for readers who cannot see it. */
  readonly alt: string;
}

/** An axis with its domain fixed and its length known. */
export interface Scale {
  readonly options: AxisOptions;
  readonly domain: readonly [number, number];
  /** Pixels. */
  readonly length: number;
}

/** A title may be this much wider than the plot, as it reaches over the room beside it. */
const OVERHANG = 1.5;

/** Vega-Lite's title object of a chart with a plot `width` pixels wide; texts that are longer are wrapped. */
export function titleSpec(
  { title, subtitle }: Pick<ChartTexts, "title" | "subtitle">,
  width: number,
): object {
  const room = Math.max(width * OVERHANG, LEAST_ROOM);
  const text = wrap(title, room, { fontSize: FONT_SIZE.title, fontWeight: "bold" });
  if (subtitle === undefined) return { text };
  const lines = [subtitle].flat().flatMap((line) => wrap(line, room, { fontSize: FONT_SIZE.subtitle }));
  return { text, subtitle: typeof subtitle === "string" && lines.length === 1 ? lines[0] : lines };
}

/** Titles get this much room also beside a small plot, pixels. */
const LEAST_ROOM = 480;

/** Ratio of the ends of a logarithmic axis that holds two of 1, 2, 5, 10, … wherever it lies. */
const WIDTH_WITH_TICKS = 5;

/**
 * Fixes an axis's domain: as asked, or the values' range widened by a part `margin` on both sides; a
 * logarithmic axis further, until it has two ticks.
 *
 * @throws {RangeError} If there is no finite value, one that a logarithmic axis cannot show, or the range is
 * none.
 */
export function makeScale(
  options: AxisOptions,
  values: Iterable<number | null>,
  { length, margin = 0.04 }: { length: number; margin?: number },
): Scale {
  const { domain, log = false, title } = options;
  let low = Infinity, high = -Infinity;
  for (const value of domain ?? values) {
    if (value === null) continue;
    if (!Number.isFinite(value) || (log && value <= 0)) {
      throw new RangeError(
        `Cannot draw the axis "${title}" as its values must be ${log ? "positive" : "finite"} numbers: ` +
          `current value is ${value}`,
      );
    }
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) {
    throw new RangeError(
      `Cannot draw the axis "${title}" as there must be a value: current number of values is 0`,
    );
  }
  if (!Number.isFinite(1.2 * (high - low)) || (domain !== undefined && low === high)) {
    throw new RangeError(
      `Cannot draw the axis "${title}" as its ends must differ, by a finite number: ` +
        `current values are ${low} and ${high}`,
    );
  }
  if (domain !== undefined) return { options, domain: [low, high], length };
  // Beside a large value one half is nothing.
  const half = Math.max(0.5, Math.abs(low) * 1e-10);
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - half, high + half];
  if (log) {
    const factor = (high / low) ** margin;
    [low, high] = [low / factor, high * factor];
    if (logTicks([low, high]).values.length < 2) {
      const widen = Math.sqrt(WIDTH_WITH_TICKS * low / high);
      [low, high] = [low / widen, high * widen];
    }
    return { options, domain: [low, high], length };
  }
  const extra = (high - low) * margin;
  return { options, domain: [low - extra, high + extra], length };
}

/** Where a value lies along the axis, 0 to `length` pixels. */
export function position({ options, domain: [low, high], length }: Scale, value: number): number {
  const along = options.log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return along * length;
}

/** The value at a place along the axis: the inverse of {@link position}. */
export function valueAt({ options, domain: [low, high], length }: Scale, pixels: number): number {
  const along = pixels / length;
  return options.log ? low * (high / low) ** along : low + (high - low) * along;
}

/**
 * Ticks of a logarithmic axis: powers of ten, or 1, 2 and 5 times them where these are fewer than three.
 * Where one of them needs a power of ten to be read, all from 10⁴ on, and below 0.01, are written so.
 */
function logTicks([low, high]: readonly [number, number]): { values: number[]; labels: string[] } {
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    powers.push(power);
  }
  const inside = (value: number) => value >= low * (1 - 1e-12) && value <= high * (1 + 1e-12);
  let factors = [1];
  if (powers.filter((power) => inside(10 ** power)).length < 3) factors = [1, 2, 5];
  const ticks = powers.flatMap((power) =>
    factors.map((factor) => ({ value: Number(`${factor}e${power}`), power }))
  ).filter(({ value }) => inside(value));
  const wide = ticks.some(({ power }) => power < -3 || power > 4);
  const [least, most] = wide ? [-2, 3] : [-3, 4];
  return {
    values: ticks.map(({ value }) => value),
    labels: ticks.map(({ value, power }) =>
      power >= least && power <= most ? String(value) : scientific(value)
    ),
  };
}

/** {@link logTicks}, or evenly spaced ones on a domain so narrow that these are fewer than two. */
function ticksOf(domain: readonly [number, number]): { values: number[]; labels: string[] } {
  const ticks = logTicks(domain);
  if (ticks.values.length >= 2) return ticks;
  const values = evenTicks(...domain, 4);
  const plain = domain[0] >= 1e-3 && domain[1] < 1e5;
  return { values, labels: values.map((value) => plain ? String(value) : value.toExponential()) };
}

/** A position channel (x or y) of Vega-Lite for a scale. */
export function channel(scale: Scale, field: string, axis: object = {}): Record<string, unknown> {
  const { options: { title, log = false, format, ticks: named }, domain, length } = scale;
  const ticks = named
    ? { values: named.map(({ value }) => value), labels: named.map(({ label }) => label) }
    : log
    ? ticksOf(domain)
    : undefined;
  const labels = ticks === undefined
    ? { tickCount: Math.max(3, Math.round(length / 75)), ...(format === undefined ? {} : { format }) }
    : {
      values: ticks.values,
      labelExpr: `${JSON.stringify(ticks.labels)}[indexof(${JSON.stringify(ticks.values)}, datum.value)]`,
    };
  return {
    field,
    type: "quantitative",
    title: wrap(title, Math.max(length * OVERHANG, LEAST_ROOM), { fontSize: FONT_SIZE.axisTitle }),
    scale: { type: log ? "log" : "linear", domain: [...domain], nice: false },
    axis: { gridColor: INK.grid, ...labels, ...axis },
  };
}
