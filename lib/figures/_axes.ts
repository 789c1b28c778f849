import { scientific } from "./scientific.ts";
import { INK } from "./theme.ts";

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

/** Vega-Lite's title object of a chart. */
export function titleSpec({ title, subtitle }: Pick<ChartTexts, "title" | "subtitle">): object {
  return subtitle === undefined ? { text: title } : { text: title, subtitle };
}

/** Ratio of the ends of a logarithmic axis that holds two of 1, 2, 5, 10, … wherever it lies. */
const WIDTH_WITH_TICKS = 5;

/**
 * Fixes an axis's domain: as asked, or the values' range widened by a part `margin` on both sides; a logarithmic axis
 * further, until it has two ticks.
 *
 * @throws {RangeError} If there is no finite value, or one that a logarithmic axis cannot show.
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
  if (domain !== undefined) return { options, domain: [low, high], length };
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
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

/** Ticks of a logarithmic axis: powers of ten, or 1, 2 and 5 times them where these are fewer than three. */
function logTicks([low, high]: readonly [number, number]): { values: number[]; labels: string[] } {
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    powers.push(power);
  }
  const inside = (value: number) => value >= low * (1 - 1e-12) && value <= high * (1 + 1e-12);
  let factors = [1];
  if (powers.filter((power) => inside(10 ** power)).length < 3) factors = [1, 2, 5];
  const ticks = powers.flatMap((power) =>
    factors.map((factor) => {
      const value = Number(`${factor}e${power}`);
      const plain = power >= -3 && power <= 4;
      return {
        value,
        label: plain ? String(value) : scientific(value),
      };
    })
  ).filter(({ value }) => inside(value));
  return { values: ticks.map(({ value }) => value), labels: ticks.map(({ label }) => label) };
}

/** A position channel (x or y) of Vega-Lite for a scale. */
export function channel(scale: Scale, field: string, axis: object = {}): Record<string, unknown> {
  const { options: { title, log = false, format }, domain, length } = scale;
  const ticks = log ? logTicks(domain) : undefined;
  const labels = ticks === undefined
    ? { tickCount: Math.max(3, Math.round(length / 75)), ...(format === undefined ? {} : { format }) }
    : {
      values: ticks.values,
      labelExpr: `${JSON.stringify(ticks.labels)}[indexof(${JSON.stringify(ticks.values)}, datum.value)]`,
    };
  return {
    field,
    type: "quantitative",
    title,
    scale: { type: log ? "log" : "linear", domain: [...domain], nice: false },
    axis: { gridColor: INK.grid, ...labels, ...axis },
  };
}
