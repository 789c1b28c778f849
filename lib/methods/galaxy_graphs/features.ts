import type { GalaxyCatalogue } from "../../data/mod.ts";
import { quantile } from "../../stats/mod.ts";
import type { Matrix3 } from "./directions.ts";
import { rotateVectors } from "./rotation.ts";

/**
 * How the tidal field's axes are told to a network: `vectors`, its eigenvectors (the released code's inputs,
 * whose signs mean nothing), `products`, the products v vᵀ of the first and the last, which have no sign; or
 * `none`, with the eigenvalues left out as well.
 */
export type TideInputs = "vectors" | "products" | "none";

/** Robust scaling of one column: (x − median)/IQR, cut off at ±5. */
export interface RobustScale {
  /** Of the column. */
  readonly median: number;
  /** Difference of the quartiles; 1 where they agree. */
  readonly range: number;
}

/** What {@link fitFeatures} found, for {@link conditionsOf} of any catalogue with the same columns. */
export interface FeatureScaling {
  /** In which form the tides are given. */
  readonly tides: TideInputs;
  /** One per scaled scalar. */
  readonly columns: readonly RobustScale[];
}

/** Largest size of a scaled scalar. */
const LIMIT = 5;

/** Scalars that are scaled: masses, then the tidal eigenvalues scale by scale. */
function scalars(catalogue: GalaxyCatalogue, tides: TideInputs): Float64Array[] {
  const eigenvalues = tides === "none"
    ? []
    : catalogue.tides.flatMap(({ values }) =>
      [0, 1, 2].map((k) => Float64Array.from({ length: catalogue.galaxies }, (_, i) => values[3 * i + k]))
    );
  return [catalogue.logStellarMass, catalogue.logGroupMass, catalogue.logSubhaloMass, ...eigenvalues];
}

/**
 * Fits the scaling of the inputs; do so on the training half only.
 *
 * @example
 * ```ts
 * import { generateGalaxies } from "@refigure/refigure/data";
 * import { conditionsOf, fitFeatures } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const { catalogue } = generateGalaxies({ seed: 1, box: 30, mesh: 32, number: 0.01 });
 * const { channels } = conditionsOf(catalogue, fitFeatures(catalogue));
 * assert.equal(channels, 7 + 9); // 3 masses, the flag, 3 eigenvalues; 3 eigenvectors
 * ```
 */
export function fitFeatures(
  catalogue: GalaxyCatalogue,
  { tides = "vectors" }: { readonly tides?: TideInputs } = {},
): FeatureScaling {
  const columns = scalars(catalogue, tides).map((column) => {
    const range = quantile(column, 0.75) - quantile(column, 0.25);
    return { median: quantile(column, 0.5), range: range > 0 ? range : 1 };
  });
  return { tides, columns };
}

/** Inputs of the networks, ready to be rotated. */
export interface Conditions {
  /** In which form the tides are given. */
  readonly tides: TideInputs;
  /** Numbers for each galaxy. */
  readonly channels: number;
  /** Flag of the central, then scaled scalars `[N, s]`. */
  readonly scalars: Float32Array;
  /** s. */
  readonly scalarCount: number;
  /** Eigenvectors `[N, v, 3]`: three a scale. */
  readonly vectors: Float64Array;
  /** v. */
  readonly vectorCount: number;
}

/**
 * The inputs that a model is conditioned on: stellar, group and subhalo mass, the flag of the central, and
 * the tidal field's eigenvalues and axes on each scale. Never the direction to the central: that the graph
 * has to find.
 *
 * Jagvaral et al. 2022, released code, without its auxiliary predicted axis of centrals, whose making is not
 * described.
 *
 * @throws {TypeError} If the catalogue has another number of tidal scales than the one that the scaling was
 *   fitted on.
 */
export function conditionsOf(catalogue: GalaxyCatalogue, scaling: FeatureScaling): Conditions {
  const { tides, columns } = scaling;
  const raw = scalars(catalogue, tides);
  if (raw.length !== columns.length) {
    throw new TypeError(
      `Cannot make inputs as the catalogue must have ${(columns.length - 3) / 3} tidal scales: ` +
        `current value is ${catalogue.tides.length}`,
    );
  }
  const scalarCount = columns.length + 1;
  const scaled = new Float32Array(catalogue.galaxies * scalarCount);
  for (let i = 0; i < catalogue.galaxies; i++) {
    scaled[i * scalarCount] = catalogue.central[i];
    columns.forEach(({ median, range }, c) => {
      const x = (raw[c][i] - median) / range;
      scaled[i * scalarCount + c + 1] = Math.min(Math.max(x, -LIMIT), LIMIT);
    });
  }
  const scales = tides === "none" ? [] : catalogue.tides;
  const vectorCount = 3 * scales.length;
  const vectors = new Float64Array(catalogue.galaxies * vectorCount * 3);
  scales.forEach((scale, s) => {
    for (let i = 0; i < catalogue.galaxies; i++) {
      vectors.set(scale.vectors.subarray(9 * i, 9 * i + 9), (i * vectorCount + 3 * s) * 3);
    }
  });
  const channels = scalarCount + (tides === "products" ? 4 * vectorCount : 3 * vectorCount);
  return { tides, channels, scalars: scaled, scalarCount, vectors, vectorCount };
}

/**
 * The six different products of a vector's components, (xx, yy, zz, √2 xy, √2 xz, √2 yz): as long as |v|²,
 * and the same for v and −v.
 */
export function axisProducts(v: ArrayLike<number>): [number, number, number, number, number, number] {
  const [x, y, z] = [v[0], v[1], v[2]];
  return [x * x, y * y, z * z, Math.SQRT2 * x * y, Math.SQRT2 * x * z, Math.SQRT2 * y * z];
}

/** Writes one galaxy's inputs, with its vectors rotated. */
export function writeConditions(
  conditions: Conditions,
  { galaxy, rotation, out }: {
    readonly galaxy: number;
    readonly rotation?: Matrix3;
    /** `[channels]`. */
    readonly out: Float32Array;
  },
): void {
  const { tides, scalars, scalarCount, vectors, vectorCount } = conditions;
  out.set(scalars.subarray(galaxy * scalarCount, (galaxy + 1) * scalarCount));
  const turned = vectors.slice(3 * galaxy * vectorCount, 3 * (galaxy + 1) * vectorCount);
  if (rotation !== undefined) rotateVectors(turned, rotation);
  if (tides === "vectors") out.set(turned, scalarCount);
  if (tides === "products") {
    for (let v = 0, to = scalarCount; v < vectorCount; v++) {
      if (v % 3 === 1) continue; // v₁v₁ᵀ + v₂v₂ᵀ + v₃v₃ᵀ = 1: the middle one tells nothing new
      out.set(axisProducts(turned.subarray(3 * v, 3 * v + 3)), to);
      to += 6;
    }
  }
}
