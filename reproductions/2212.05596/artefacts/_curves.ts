import { INK, type LineSeries, PALETTE } from "../../../lib/figures/mod.ts";
import type { Curve, Curves } from "../experiments/_statistics.ts";

/** Colours by who made the labels. */
export const MAKER_COLOURS = {
  truth: INK.text,
  model: PALETTE[0],
  train: PALETTE[4],
  oracle: PALETTE[2],
  "mean field": PALETTE[3],
  random: INK.rule,
} as const;

/** Middle of each bin on a logarithmic axis. */
export const middles = ({ edges }: Pick<Curves, "edges">): number[] =>
  edges.slice(1).map((upper, b) => Math.sqrt(edges[b] * upper));

/** A curve as a line over separation with a band of one jackknife error. */
export function curveLine(
  { value, error }: Curve,
  { x, band = true, ...style }: Pick<LineSeries, "name" | "colour" | "dashed" | "points"> & {
    readonly x: readonly number[];
    readonly band?: boolean;
  },
): LineSeries {
  return {
    ...style,
    x,
    y: value,
    ...(band && {
      low: value.map((y, b) => y === null || error[b] === null ? null : y - error[b]!),
      high: value.map((y, b) => y === null || error[b] === null ? null : y + error[b]!),
    }),
  };
}

/** A curve over the truth, with a band of the difference's error; gaps where the truth is not detected. */
export function ratioLine(
  curves: Curves,
  { of, ...style }: Pick<LineSeries, "name" | "colour" | "dashed" | "points"> & { readonly of: string },
): LineSeries {
  const { truth } = curves.curves, { value: difference, error } = curves.differences[of];
  const detected = (b: number) =>
    truth.value[b] !== null && difference[b] !== null && error[b] !== null &&
    Math.abs(truth.value[b]!) > 2 * truth.error[b]!;
  const ratio = (sigmas: number) =>
    truth.value.map((y, b) =>
      detected(b) ? 1 + (difference[b]! + sigmas * error[b]! * Math.sign(y!)) / y! : null
    );
  return { ...style, x: middles(curves), y: ratio(0), low: ratio(-1), high: ratio(1) };
}
