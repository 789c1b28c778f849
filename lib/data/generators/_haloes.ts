import type { Stream } from "../../random/mod.ts";
import type { DensityField } from "./density_field.ts";

/** Critical density of the universe today, Msun/h per (Mpc/h)³. */
const CRITICAL_DENSITY = 2.775e11;
/** Range and width of the bins of log₁₀ M. */
const LOG_MASS = { lowest: 11.2, highest: 14.4, width: 0.1 } as const;

/** Haloes in a box. */
export interface Haloes {
  /** Mpc/h, `[n, 3]`. */
  readonly positions: Float64Array;
  /** log₁₀ of the mass in Msun/h, `[n]`. */
  readonly logMass: Float64Array;
}

/**
 * Draws from the Poisson law: how many unit-rate arrivals fall into [0, mean]. Takes of the order of `mean`
 * steps.
 */
export function drawPoisson(stream: Stream, { mean }: { readonly mean: number }): number {
  let count = -1;
  for (let time = 0; time <= mean; count++) time -= Math.log(1 - stream.nextUniform());
  return count;
}

/**
 * Draws haloes in bins of 0.1 dex with weights ∝ 10^(−0.9 (log M − 11.2)) exp(−10^(log M − 14)), their number
 * per cell Poisson with mean n_bin V_cell exp(bδ − b²σ²/2), b = 0.65 + 0.45 · 10^(0.35 (log M − 12.5)).
 *
 * Within a bin log M is uniform, within a cell the position. Bin by bin the total is drawn first, and then
 * the cells, which is the same law as one number a cell.
 *
 * @param options.density δ smoothed, `[n, n, n]`; `number` haloes per (Mpc/h)³.
 */
export function drawHaloes(
  stream: Stream,
  { field, density, number }: {
    readonly field: Pick<DensityField, "box" | "size">;
    readonly density: Float32Array;
    readonly number: number;
  },
): Haloes {
  const { box, size } = field;
  const { lowest, highest, width } = LOG_MASS;
  const bins = Math.round((highest - lowest) / width);
  const centres = Array.from({ length: bins }, (_, b) => lowest + (b + 0.5) * width);
  const weights = centres.map((logM) => 10 ** (-0.9 * (logM - lowest)) * Math.exp(-(10 ** (logM - 14))));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const variance = density.reduce((sum, value) => sum + value * value, 0) / density.length;
  const cumulative = new Float64Array(density.length);
  const positions: number[] = [], logMass: number[] = [];
  centres.forEach((centre, b) => {
    const bias = 0.65 + 0.45 * 10 ** (0.35 * (centre - 12.5));
    const perCell = number * weights[b] / total * (box / size) ** 3 * Math.exp(-bias * bias * variance / 2);
    let sum = 0;
    for (let cell = 0; cell < density.length; cell++) {
      sum += Math.exp(bias * density[cell]);
      cumulative[cell] = sum;
    }
    const count = drawPoisson(stream, { mean: perCell * sum });
    for (let i = 0; i < count; i++) {
      const cell = firstAbove(cumulative, sum * stream.nextUniform());
      const corner = [Math.floor(cell / size ** 2), Math.floor(cell / size) % size, cell % size];
      for (const place of corner) positions.push((place + stream.nextUniform()) * box / size);
      logMass.push(lowest + (b + stream.nextUniform()) * width);
    }
  });
  return { positions: Float64Array.from(positions), logMass: Float64Array.from(logMass) };
}

/** Index of the first entry above a value, in a rising list. */
function firstAbove(rising: Float64Array, value: number): number {
  let low = 0, high = rising.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** R₂₀₀ = (3M/(800π ρ_c))^(1/3), in Mpc/h. */
export function virialRadius(logMass: number): number {
  return (3 * 10 ** logMass / (800 * Math.PI * CRITICAL_DENSITY)) ** (1 / 3);
}

/** Concentration 9 (M/10¹²)^(−0.1). */
export function concentration(logMass: number): number {
  return 9 * 10 ** (-0.1 * (logMass - 12));
}

/** Mass of an NFW halo within x scale radii, up to a factor: ln(1 + x) − x/(1 + x). */
export const enclosedMass = (x: number): number => Math.log1p(x) - x / (1 + x);

/** Draws a radius in (0, 1] virial radii from an NFW profile, by bisection of the enclosed mass. */
export function drawRadius(stream: Stream, { concentration: c }: { readonly concentration: number }): number {
  const wanted = stream.nextUniform() * enclosedMass(c);
  let low = 0, high = c;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (enclosedMass(middle) < wanted) low = middle;
    else high = middle;
  }
  return high / c;
}
