import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Stream } from "../../random/mod.ts";
import { type ComplexMesh, complexMesh, transformMesh } from "./_fft3.ts";

/** A power spectrum of cold dark matter. */
export interface PowerSpectrumOptions {
  /** Standard deviation of δ in spheres of 8 Mpc/h. @default 0.81 */
  readonly sigma8?: number;
  /** Shape parameter Γ, in h/Mpc. @default 0.2 */
  readonly shape?: number;
  /** Slope n_s of the primordial spectrum. @default 0.967 */
  readonly tilt?: number;
}

/**
 * The linear power spectrum P(k) = A k^n T²(k) with the transfer function of Bardeen et al. (1986),
 * T = ln(1 + 2.34q)/(2.34q) [1 + 3.89q + (16.1q)² + (5.46q)³ + (6.71q)⁴]^(−1/4), q = k/Γ; A follows from σ₈.
 *
 * @returns P in (Mpc/h)³ as a function of k ≥ 0 in h/Mpc; P(0) = 0.
 *
 * @example
 * ```ts
 * import { powerSpectrum } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const spectrum = powerSpectrum({ sigma8: 0.81 });
 * // Twice σ₈ is four times the power.
 * const ratio = powerSpectrum({ sigma8: 1.62 })(0.1) / spectrum(0.1);
 * assert.ok(Math.abs(ratio - 4) < 1e-9);
 * ```
 */
export function powerSpectrum(options: PowerSpectrumOptions = {}): (k: number) => number {
  const { sigma8 = 0.81, shape = 0.2, tilt = 0.967 } = options;
  const raw = (k: number) => {
    if (k === 0) return 0;
    const q = k / shape;
    const transfer = Math.log(1 + 2.34 * q) / (2.34 * q) *
      (1 + 3.89 * q + (16.1 * q) ** 2 + (5.46 * q) ** 3 + (6.71 * q) ** 4) ** -0.25;
    return k ** tilt * transfer ** 2;
  };
  const amplitude = sigma8 ** 2 / topHatVariance(raw, { radius: 8 });
  return (k) => amplitude * raw(k);
}

/**
 * Variance of δ averaged in spheres: σ² = ∫ k³ P(k)/(2π²) W²(kR) d ln k, W(x) = 3 (sin x − x cos x)/x³.
 *
 * @param options.radius R in Mpc/h.
 */
export function topHatVariance(
  spectrum: (k: number) => number,
  { radius }: { readonly radius: number },
): number {
  const step = 0.005;
  let sum = 0;
  for (let logK = -12; logK <= 6; logK += step) {
    const k = Math.exp(logK), x = k * radius;
    // The closed form cancels at small x.
    const window = x < 1e-2 ? 1 - x * x / 10 : 3 * (Math.sin(x) - x * Math.cos(x)) / x ** 3;
    sum += step * k ** 3 * spectrum(k) * window ** 2 / (2 * Math.PI ** 2);
  }
  return sum;
}

/** A Gaussian random field in a periodic box, by its Fourier modes. */
export interface DensityField {
  /** Side L of the box, Mpc/h. */
  readonly box: number;
  /** Mesh points along a side. */
  readonly size: number;
  /** δ_k, unsmoothed; without the mean and without modes at the Nyquist frequency. */
  readonly modes: ComplexMesh;
}

/** Options of {@link drawDensityField}. */
export interface DensityFieldOptions extends PowerSpectrumOptions {
  /** L, Mpc/h. */
  readonly box: number;
  /** Mesh points along a side, a power of two. */
  readonly size: number;
}

/**
 * Draws a Gaussian density field: white noise times √(P(k) n³/V), so that Var δ = Σ_k P(k)/V.
 *
 * @throws {RangeError} If `size` is not a power of two, or `box` not positive.
 */
export function drawDensityField(stream: Stream, options: DensityFieldOptions): DensityField {
  const { box, size } = options;
  if (!(box > 0)) {
    throw new RangeError(`Cannot draw a density field as box must be > 0: current value is ${box}`);
  }
  const modes = complexMesh(size);
  const noise = stream.normal(new Float64Array(size ** 3));
  for (let i = 0; i < noise.length; i++) modes.data[2 * i] = noise[i];
  transformMesh(modes);
  const spectrum = powerSpectrum(options);
  const factor = (k: number) => Math.sqrt(spectrum(k) * size ** 3 / box ** 3);
  // |k|² takes few values on a mesh.
  const byIndex = new Map<number, number>();
  const { data } = modes;
  eachMode({ box, size }, (at, _k, index) => {
    const square = index[0] ** 2 + index[1] ** 2 + index[2] ** 2;
    let scale = byIndex.get(square);
    if (scale === undefined) byIndex.set(square, scale = factor(2 * Math.PI / box * Math.sqrt(square)));
    if (index.includes(-size / 2)) scale = 0;
    data[at] *= scale;
    data[at + 1] *= scale;
  });
  return { box, size, modes };
}

type Triple = [number, number, number];

/** Visits all modes: where a mode's two numbers start, k in h/Mpc, and its integers in −n/2 … n/2 − 1. */
function eachMode(
  { box, size }: Pick<DensityField, "box" | "size">,
  visit: (at: number, k: Readonly<Triple>, index: Readonly<Triple>) => void,
): void {
  const unit = 2 * Math.PI / box;
  const signed = (i: number) => i < size / 2 ? i : i - size;
  const k: Triple = [0, 0, 0], index: Triple = [0, 0, 0];
  let at = 0;
  for (let i = 0; i < size; i++) {
    index[0] = signed(i);
    k[0] = unit * index[0];
    for (let j = 0; j < size; j++) {
      index[1] = signed(j);
      k[1] = unit * index[1];
      for (let l = 0; l < size; l++, at += 2) {
        index[2] = signed(l);
        k[2] = unit * index[2];
        visit(at, k, index);
      }
    }
  }
}

/** exp(−k²R²/2) δ_k. */
function smoothedModes({ box, size, modes }: DensityField, scale: number): ComplexMesh {
  const data = modes.data.slice();
  // The Gaussian is a product of one factor an axis.
  const factors = Float64Array.from({ length: size }, (_, i) => {
    const k = 2 * Math.PI / box * (i < size / 2 ? i : i - size);
    return Math.exp(-0.5 * k * k * scale * scale);
  });
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const outer = factors[i] * factors[j];
      for (let l = 0; l < size; l++, at += 2) {
        data[at] *= outer * factors[l];
        data[at + 1] *= outer * factors[l];
      }
    }
  }
  return { size, data };
}

/** The real (0) or imaginary (1) parts. */
function partOf({ size, data }: ComplexMesh, part: 0 | 1): Float32Array {
  const out = new Float32Array(size ** 3);
  for (let i = 0; i < out.length; i++) out[i] = data[2 * i + part];
  return out;
}

/**
 * δ smoothed by a Gaussian, exp(−k²R²/2) δ_k.
 *
 * @param options.scale R in Mpc/h.
 * @returns `[n, n, n]`.
 */
export function smoothedDensity(field: DensityField, { scale }: { readonly scale: number }): Float32Array {
  const mesh = smoothedModes(field, scale);
  transformMesh(mesh, { inverse: true });
  return partOf(mesh, 0);
}

/** The smoothed tidal tensor on the mesh. */
export interface TidalField {
  /** Side of the periodic box, Mpc/h. */
  readonly box: number;
  /** Cells along a side of the mesh. */
  readonly size: number;
  /** R, Mpc/h. */
  readonly scale: number;
  /** T_xx, T_yy, T_zz, T_xy, T_xz, T_yz, `[n, n, n]` each. */
  readonly components: readonly Float32Array[];
}

/**
 * The tidal tensor T_ij(k) = (k_i k_j/k²) exp(−k²R²/2) δ_k, the Hessian of the potential in units in which
 * its trace is δ.
 *
 * @param options.scale R in Mpc/h.
 */
export function tidalField(field: DensityField, { scale }: { readonly scale: number }): TidalField {
  const { box, size } = field;
  const modes = smoothedModes(field, scale);
  /** Two components at once: the inverse transform of a_k + i b_k is a + ib where a and b are real. */
  const pair = ([i, j]: readonly [number, number], [l, m]: readonly [number, number]) => {
    const mesh = complexMesh(size);
    eachMode(field, (at, k) => {
      const square = k[0] * k[0] + k[1] * k[1] + k[2] * k[2];
      if (square === 0) return;
      const a = k[i] * k[j] / square, b = k[l] * k[m] / square;
      const real = modes.data[at], imaginary = modes.data[at + 1];
      mesh.data[at] = a * real - b * imaginary;
      mesh.data[at + 1] = a * imaginary + b * real;
    });
    transformMesh(mesh, { inverse: true });
    return [partOf(mesh, 0), partOf(mesh, 1)];
  };
  const components = [
    ...pair([0, 0], [1, 1]),
    ...pair([2, 2], [0, 1]),
    ...pair([0, 2], [1, 2]),
  ];
  return { box, size, scale, components };
}

/** Eigenvalues and eigenvectors of a tidal tensor. */
export interface TidalAxes {
  /** λ₁ ≤ λ₂ ≤ λ₃. */
  readonly values: Float64Array;
  /**
   * Unit vectors, one after the other; the first is the axis of stretching, along a filament. Signs mean
   * nothing.
   */
  readonly vectors: Float64Array;
}

/**
 * The mesh cell that holds a point.
 *
 * @param position Three coordinates in Mpc/h, in the box or outside (it is periodic).
 */
export function meshCell(
  { box, size }: { readonly box: number; readonly size: number },
  position: ArrayLike<number>,
): number {
  let cell = 0;
  for (let axis = 0; axis < 3; axis++) {
    const place = Math.floor(position[axis] / box * size) % size;
    cell = cell * size + (place < 0 ? place + size : place);
  }
  return cell;
}

/** The tidal eigen-system in a cell of the mesh, see {@link meshCell}. */
export function tidalAxes({ components }: TidalField, cell: number): TidalAxes {
  const [xx, yy, zz, xy, xz, yz] = components.map((component) => component[cell]);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    new Matrix([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]),
    { assumeSymmetric: true },
  );
  const order = [0, 1, 2].sort((a, b) => realEigenvalues[a] - realEigenvalues[b]);
  return {
    values: Float64Array.from(order, (i) => realEigenvalues[i]),
    vectors: Float64Array.from(order.flatMap((i) => eigenvectorMatrix.getColumn(i))),
  };
}
