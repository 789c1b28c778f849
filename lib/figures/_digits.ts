/** Significant digits of the numbers in a specification, where these tell apart what is drawn apart. */
export const SPEC_DIGITS = 6;

/** Steps of the sixth digit may be this part of the axis, a pixel or so. */
const SEEN = 1 / 300;

/** A spread below this part of the values is what rounding in float64 leaves of equal numbers. */
const NOISE = 1e-13;

type Json = Readonly<Record<string, unknown>>;

/** Width of the axis that shows a field, by the field's name. */
type Widths = ReadonlyMap<string, number>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Numbers that are drawn on one scale: the largest magnitude and how far they lie apart. */
interface Extent {
  magnitude: number;
  low: number;
  high: number;
  /** The numbers, as long as all are integers, such as numbers of steps or seconds. */
  integers?: Set<number>;
}

const newExtent = (): Extent => ({ magnitude: 0, low: Infinity, high: -Infinity, integers: new Set() });

function extend(extent: Extent, value: number): Extent {
  if (!Number.isFinite(value)) return extent;
  extent.magnitude = Math.max(extent.magnitude, Math.abs(value));
  extent.low = Math.min(extent.low, value);
  extent.high = Math.max(extent.high, value);
  if (Number.isSafeInteger(value)) extent.integers?.add(value);
  else extent.integers = undefined;
  return extent;
}

/** Significant digits for numbers of this extent on an axis that is `width` wide. */
function digitsFor(
  { magnitude, low, high, integers }: Extent,
  { width = Infinity, noise = 0 }: { readonly width?: number; readonly noise?: number } = {},
): number {
  const spread = high - low > noise * magnitude ? high - low : Infinity;
  const shown = Math.min(spread, width);
  if (magnitude === 0 || !(shown > 0 && shown < Infinity)) return SPEC_DIGITS;
  const power = Math.floor(Math.log10(magnitude));
  if (integers !== undefined && power >= SPEC_DIGITS) {
    const kept = new Set(Array.from(integers, (value) => round(value, SPEC_DIGITS)));
    if (kept.size < integers.size) return power + 1;
  }
  if (10 ** (power + 1 - SPEC_DIGITS) <= SEEN * shown) return SPEC_DIGITS;
  return Math.min(17, power - Math.floor(Math.log10(shown)) + SPEC_DIGITS);
}

const round = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** The width of a channel's linear axis. */
function axisWidth(channel: unknown): number {
  const { scale } = isRecord(channel) ? channel : {};
  const { type, domain } = isRecord(scale) ? scale : {};
  if (type === "log" || !Array.isArray(domain) || !domain.every(isNumber) || domain.length < 2) {
    return Infinity;
  }
  return Math.abs(domain.at(-1)! - domain[0]);
}

/** Collects the narrowest axis for each field of a view and of the views within it. */
function collectWidths(view: unknown, widths = new Map<string, number>()): Map<string, number> {
  if (Array.isArray(view)) { for (const part of view) collectWidths(part, widths); }
  if (!isRecord(view)) return widths;
  for (const [key, value] of Object.entries(view)) {
    if (key === "data" || key === "datasets") continue;
    if (key !== "encoding" || !isRecord(value)) {
      collectWidths(value, widths);
      continue;
    }
    for (const [name, channel] of Object.entries(value)) {
      // The second end of a bar or band is on the axis of the first.
      const width = axisWidth(value[name.replace(/(2|Error2?)$/, "")]);
      const { field } = isRecord(channel) ? channel : {};
      if (typeof field === "string" && width > 0) {
        widths.set(field, Math.min(widths.get(field) ?? Infinity, width));
      }
    }
  }
  return widths;
}

/** The rows of a data set, each column with the digits that it needs. */
function roundRows(rows: readonly unknown[], widths: Widths): unknown[] {
  const extents = new Map<string, Extent>();
  for (const row of rows) {
    if (!isRecord(row)) continue;
    for (const [key, value] of Object.entries(row)) {
      if (isNumber(value)) extents.set(key, extend(extents.get(key) ?? newExtent(), value));
    }
  }
  const digits = new Map(
    Array.from(
      extents,
      ([key, extent]) => [key, digitsFor(extent, { width: widths.get(key), noise: NOISE })] as const,
    ),
  );
  return rows.map((row) =>
    isRecord(row)
      ? Object.fromEntries(
        Object.entries(row).map(([key, value]) => [
          key,
          isNumber(value) ? round(value, digits.get(key)!) : roundNumbers(value, widths),
        ]),
      )
      : roundNumbers(row, widths)
  );
}

/** A parameter: its value and the ends of its slider lie on one scale. */
function roundParameter(param: Json, widths: Widths): Json {
  const { bind, value } = param;
  if (!isRecord(bind) || !isNumber(bind.min) || !isNumber(bind.max) || !isNumber(value)) {
    return roundNumbers(param, widths) as Json;
  }
  const digits = digitsFor([value, bind.min, bind.max].reduce(extend, newExtent()));
  const ends = { min: round(bind.min, digits), max: round(bind.max, digits) };
  const rest = roundNumbers({ ...param, bind: { ...bind, ...ends } }, widths) as Json;
  return { ...rest, value: round(value, digits), bind: { ...rest.bind as Json, ...ends } };
}

/**
 * Rounds the numbers of a specification to {@link SPEC_DIGITS} significant digits; to more where values at a
 * large offset would fall together, so that each is right to a millionth of its column's spread or its axis'
 * width, whichever is less.
 */
export function roundNumbers(value: unknown, widths: Widths = new Map()): unknown {
  if (isNumber(value)) return round(value, SPEC_DIGITS);
  if (Array.isArray(value)) {
    if (value.length === 0 || !value.every(isNumber)) {
      return value.map((inner) => roundNumbers(inner, widths));
    }
    const digits = digitsFor(value.reduce(extend, newExtent()));
    return value.map((number) => round(number, digits));
  }
  if (!isRecord(value)) return value;
  const own = isRecord(value.data) ? collectWidths(value) : widths;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "values" && Array.isArray(inner) && inner.some(isRecord)) {
        return [key, roundRows(inner, own)];
      }
      // A place given as a value of the axis: what the axis spans is not known here.
      if (key === "datum" && isNumber(inner)) return [key, inner];
      if (key === "params" && Array.isArray(inner)) {
        return [key, inner.map((param) => isRecord(param) ? roundParameter(param, own) : param)];
      }
      return [key, roundNumbers(inner, own)];
    }),
  );
}
