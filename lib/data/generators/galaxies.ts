import { type Stream, stream } from "../../random/mod.ts";
import { drawPerpendicular, drawWatson, watsonConcentration } from "../../stats/mod.ts";
import type { GalaxyCatalogue, GalaxyShapes } from "../galaxy_catalogue.ts";
import { concentration, drawHaloes, drawPoisson, drawRadius, virialRadius } from "./_haloes.ts";
import {
  type DensityField,
  drawDensityField,
  meshCell,
  smoothedDensity,
  tidalAxes,
  type TidalField,
  tidalField,
} from "./density_field.ts";

/** Strengths μ of the Dimroth–Watson laws of a synthetic catalogue, each in (−1, 1). */
export interface AlignmentStrengths {
  /** μ_t: the host halo's axis about the stretching axis of the tidal field. */
  readonly tidal: number;
  /** μ_c: a central's major axis about its host's. */
  readonly central: number;
  /** μ_s: a satellite's major axis about the direction to its central. */
  readonly satellite: number;
}

/**
 * `strong` alignments can be learned and measured in a small box; `tng-like` ones are as weak as in
 * simulations.
 */
export const ALIGNMENTS = {
  strong: { tidal: 0.95, central: 0.9, satellite: 0.8 },
  "tng-like": { tidal: 0.6, central: 0.755, satellite: 0.5 },
} as const satisfies Record<string, AlignmentStrengths>;

/** Options of {@link generateGalaxies}. */
export interface GalaxyOptions {
  /** Seeds all random numbers. */
  readonly seed: number;
  /** L, Mpc/h. @default 75 */
  readonly box?: number;
  /** Mesh points along a side, a power of two. @default 128 */
  readonly mesh?: number;
  /** Haloes (so also centrals) per (Mpc/h)³. @default 0.02 */
  readonly number?: number;
  /** How strongly shapes follow the tides and the host. @default the `strong` preset */
  readonly strengths?: AlignmentStrengths;
  /** Axis ratio q_h of the satellites' distribution, in (0, 1]. @default 0.6 */
  readonly haloRatio?: number;
  /** Smoothing scales R of the tidal inputs, Mpc/h; the first one aligns the haloes. @default [2] */
  readonly tidalScales?: readonly number[];
}

/** A catalogue with what it was made from. */
export interface SyntheticGalaxies {
  /** The galaxies. */
  readonly catalogue: GalaxyCatalogue;
  /** How strongly their shapes follow the tides and the host. */
  readonly strengths: AlignmentStrengths;
  /** Axis of each halo, `[groups, 3]`. */
  readonly hostAxes: Float64Array;
  /** The density field that they were placed in. */
  readonly density: DensityField;
  /** One a scale. */
  readonly tidalFields: readonly TidalField[];
}

/** Mean number of satellites (M − 10^11.8)/10^12.6, or 0. */
const meanSatellites = (logMass: number) => Math.max((10 ** logMass - 10 ** 11.8) / 10 ** 12.6, 0);
/** Radius within which δ is averaged for the haloes' bias, Mpc/h. */
const BIAS_SCALE = 1;

/**
 * Makes a *synthetic* galaxy catalogue with known alignments: a Gaussian density field, its tidal tensor,
 * biased haloes, NFW satellites, and axes from Dimroth–Watson laws. It stands in for the catalogue of
 * IllustrisTNG-100 which Jagvaral et al. (2022) train on and which is not public; a halo model of this kind
 * is what the authors' later demonstrations use.
 *
 * With S(μ) the order parameter of the law ({@link watsonOrder}), the truth is known in closed form:
 * a satellite's axis against the direction to its central, ⟨cos²⟩ − 1/3 = ⅔ S(μ_s) at every distance; a
 * central's axis against the tidal field's stretching axis, ⟨P₂⟩ = S(μ_c) S(μ_t); a central's axis against
 * the directions to its satellites, ⟨cos²⟩ − 1/3 = ⅔ S(μ_c) P₂(q_h).
 *
 * @throws {RangeError} If `mesh` is no power of two, or a strength is not in (−1, 1).
 *
 * @example
 * ```ts
 * import { generateGalaxies } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const { catalogue } = generateGalaxies({ seed: 1, box: 30, mesh: 32, number: 0.01 });
 * assert.ok(catalogue.galaxies > 200);
 * assert.equal(catalogue.central[0], 1);
 * ```
 */
export function generateGalaxies(options: GalaxyOptions): SyntheticGalaxies {
  const { seed, box = 75, mesh = 128, number = 0.02, haloRatio = 0.6, tidalScales = [2] } = options;
  const { strengths = ALIGNMENTS.strong } = options;
  const random = stream(seed, "galaxies");
  const density = drawDensityField(random.split("field"), { box, size: mesh });
  const tidalFields = tidalScales.map((scale) => tidalField(density, { scale }));
  const smoothed = smoothedDensity(density, { scale: BIAS_SCALE });
  const haloes = drawHaloes(random.split("haloes"), { field: density, density: smoothed, number });
  const hostAxes = drawHostAxes(random.split("hosts"), {
    positions: haloes.positions,
    tides: tidalFields[0],
    kappa: watsonConcentration(strengths.tidal),
  });
  const members = drawMembers(random.split("satellites"), { box, ...haloes, hostAxes, haloRatio });
  const galaxies = members.groups.length;
  const tides = tidalFields.map((field) => {
    const values = new Float64Array(galaxies * 3), vectors = new Float64Array(galaxies * 9);
    for (let i = 0; i < galaxies; i++) {
      const at = tidalAxes(field, meshCell(field, members.positions.subarray(3 * i, 3 * i + 3)));
      values.set(at.values, 3 * i);
      vectors.set(at.vectors, 9 * i);
    }
    return { scale: field.scale, values, vectors };
  });
  const shapes = drawShapes(random.split("shapes"), { ...members, box, hostAxes, strengths });
  const stellar = random.split("stars").normal(new Float64Array(galaxies), { std: 0.3 });
  const logStellarMass = members.logSubhaloMass.map((logMass, i) => logMass - 1.6 + stellar[i]);
  const catalogue = { box, galaxies, ...members, logStellarMass, shapes, tides };
  return { catalogue, strengths, hostAxes, density, tidalFields };
}

/**
 * Draws new shapes for the galaxies of a synthetic catalogue, from the same laws and about the same hosts:
 * what a perfect generative model would do, so its scatter is the noise that no model can be below.
 *
 * @example
 * ```ts
 * import { generateGalaxies, redrawShapes } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const synthetic = generateGalaxies({ seed: 1, box: 30, mesh: 32, number: 0.01 });
 * const { axes } = redrawShapes(synthetic, { seed: 2 });
 * assert.notDeepEqual(axes, synthetic.catalogue.shapes.axes);
 * ```
 */
export function redrawShapes(
  { catalogue, hostAxes, strengths }: SyntheticGalaxies,
  options: { readonly seed: number; readonly strengths?: AlignmentStrengths },
): GalaxyShapes {
  const random = stream(options.seed, "galaxies", "new shapes");
  return drawShapes(random, { ...catalogue, hostAxes, strengths: options.strengths ?? strengths });
}

function drawHostAxes(
  random: Stream,
  { positions, tides, kappa }: {
    readonly positions: Float64Array;
    readonly tides: TidalField;
    readonly kappa: number;
  },
): Float64Array {
  const hostAxes = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const { vectors } = tidalAxes(tides, meshCell(tides, positions.subarray(i, i + 3)));
    drawWatson(random, { axis: vectors, kappa, out: hostAxes.subarray(i, i + 3) });
  }
  return hostAxes;
}

/** Centrals in the haloes' middles, each followed by its satellites. */
function drawMembers(
  random: Stream,
  { box, positions: centres, logMass, hostAxes, haloRatio }: {
    readonly box: number;
    readonly positions: Float64Array;
    readonly logMass: Float64Array;
    readonly hostAxes: Float64Array;
    readonly haloRatio: number;
  },
): Pick<GalaxyCatalogue, "positions" | "groups" | "central" | "logGroupMass" | "logSubhaloMass"> {
  const positions: number[] = [], groups: number[] = [], central: number[] = [];
  const logGroupMass: number[] = [], logSubhaloMass: number[] = [];
  const add = (group: number, place: readonly number[], kind: { central: number; logMass: number }) => {
    positions.push(...place.map((x) => wrapped(x, box)));
    groups.push(group);
    central.push(kind.central);
    logGroupMass.push(logMass[group]);
    logSubhaloMass.push(kind.logMass);
  };
  for (let g = 0; g < logMass.length; g++) {
    const centre = Array.from(centres.subarray(3 * g, 3 * g + 3));
    const axis = hostAxes.subarray(3 * g, 3 * g + 3);
    add(g, centre, { central: 1, logMass: logMass[g] });
    const count = drawPoisson(random, { mean: meanSatellites(logMass[g]) });
    for (let i = 0; i < count; i++) {
      const radius = virialRadius(logMass[g]) *
        drawRadius(random, { concentration: concentration(logMass[g]) });
      const direction = drawFlattened(random, { axis, ratio: haloRatio });
      const logMassOfSubhalo = drawSubhaloMass(random, { largest: 0.3 * 10 ** logMass[g] });
      add(g, centre.map((x, k) => x + radius * direction[k]), { central: 0, logMass: logMassOfSubhalo });
    }
  }
  return {
    positions: Float64Array.from(positions),
    groups: Int32Array.from(groups),
    central: Uint8Array.from(central),
    logGroupMass: Float64Array.from(logGroupMass),
    logSubhaloMass: Float64Array.from(logSubhaloMass),
  };
}

/** An isotropic direction with its part across the axis shrunk, and normalised again. */
function drawFlattened(
  random: Stream,
  { axis, ratio }: { readonly axis: Float64Array; readonly ratio: number },
): Float64Array {
  const v = random.normal(new Float64Array(3));
  const along = v[0] * axis[0] + v[1] * axis[1] + v[2] * axis[2];
  for (let k = 0; k < 3; k++) v[k] = along * axis[k] + ratio * (v[k] - along * axis[k]);
  const length = Math.hypot(v[0], v[1], v[2]);
  return v.map((x) => x / length);
}

/** log₁₀ of a mass from p(m) ∝ m^(−1.9) on [10⁹, largest]. */
function drawSubhaloMass(random: Stream, { largest }: { readonly largest: number }): number {
  const u = random.nextUniform();
  return Math.log10(((1 - u) * 1e9 ** -0.9 + u * largest ** -0.9) ** (-1 / 0.9));
}

/** Major axes from the Dimroth–Watson laws, secondary axes at random; b/a and c/b from Beta(6, 3). */
function drawShapes(
  random: Stream,
  { box, positions, groups, central, hostAxes, strengths }:
    & Pick<GalaxyCatalogue, "box" | "positions" | "groups" | "central">
    & { readonly hostAxes: Float64Array; readonly strengths: AlignmentStrengths },
): GalaxyShapes {
  const galaxies = groups.length;
  const axes = new Float64Array(9 * galaxies);
  const intermediateRatio = new Float64Array(galaxies), minorRatio = new Float64Array(galaxies);
  const centralKappa = watsonConcentration(strengths.central);
  const satelliteKappa = watsonConcentration(strengths.satellite);
  const radial = new Float64Array(3);
  let centre = 0;
  for (let i = 0; i < galaxies; i++) {
    if (central[i]) centre = i;
    const [a, b, c] = [0, 3, 6].map((from) => axes.subarray(9 * i + from, 9 * i + from + 3));
    if (central[i]) {
      const axis = hostAxes.subarray(3 * groups[i], 3 * groups[i] + 3);
      drawWatson(random, { axis, kappa: centralKappa, out: a });
    } else {
      for (let k = 0; k < 3; k++) {
        radial[k] = nearest(positions[3 * i + k] - positions[3 * centre + k], box);
      }
      const length = Math.hypot(radial[0], radial[1], radial[2]);
      const axis = radial.map((x) => x / length);
      drawWatson(random, { axis, kappa: satelliteKappa, out: a });
    }
    drawPerpendicular(random, { axis: a, out: b });
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
    intermediateRatio[i] = drawBeta63(random);
    minorRatio[i] = intermediateRatio[i] * drawBeta63(random);
  }
  return { axes, intermediateRatio, minorRatio };
}

/** Beta(6, 3): the sixth of eight uniform numbers in rising order. */
const drawBeta63 = (random: Stream) => random.uniform(new Float64Array(8)).sort()[5];

/** A coordinate brought into [0, L). */
function wrapped(x: number, box: number): number {
  const inside = x - box * Math.floor(x / box);
  // A tiny negative x rounds up to L.
  return inside < box ? inside : 0;
}

/** A difference of coordinates brought into [−L/2, L/2]. */
const nearest = (d: number, box: number) => d > box / 2 ? d - box : d < -box / 2 ? d + box : d;
