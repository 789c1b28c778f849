import type { HostTree } from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { Complex } from "./complex.ts";
import { exponential, mapParts, multiply } from "./complex.ts";

/**
 * How the real parts μ of the eigenvalues are treated (Mondal et al. 2024, ablation of the initialisation):
 * - `{ fixed: −0.2 }`: constant, the paper's best; `{ fixed: 0 }` is unitary;
 * - `{ start, range }`: learned within a range, μ = middle + half · tanh(θ) (the paper clips to [−0.3,
 *   −0.1]);
 * - `{ start }`: learned without limits.
 *
 * `start` is one number for all modes or one for each.
 */
export type RealParts =
  | { readonly fixed: number }
  | { readonly start: number | readonly number[]; readonly range?: readonly [number, number] };

/**
 * How the frequencies ω start: jπ for j = 1 … m (the spacing of S4D-Lin), π N(0, 1), or 0, where they stay if
 * the inputs' imaginary parts do not move them. They are learned.
 */
export type Frequencies = "spaced" | "random" | "zero";

/** Options of {@link initEigenvalues}. */
export interface EigenvalueOptions {
  /** m. */
  readonly modes: number;
  /** How the real parts begin, and whether they are trained. @default { fixed: -0.2 } */
  readonly real?: RealParts;
  /** How the imaginary parts begin. @default "spaced" */
  readonly frequencies?: Frequencies;
  /**
   * Δt at the start; it is learned, one for all modes. Must be small against 1/m, as with Δt = 1 spaced
   * frequencies are all real (not stated by the paper). @default 1/(2m)
   */
  readonly timeStep?: number;
}

/** Learned parts of the eigenvalues λ_j = μ_j + iω_j. */
export interface EigenvalueParameters {
  /** ω `[m]`. */
  readonly frequency: Tensor;
  /** ln Δt, a scalar. */
  readonly logTimeStep: Tensor;
  /** μ `[m]`, or θ where μ has a range; absent where μ is fixed. */
  readonly real?: Tensor;
}

const middle = ([low, high]: readonly [number, number]) => [(low + high) / 2, (high - low) / 2];

/**
 * The eigenvalues that training starts from.
 *
 * @throws {RangeError} If the start of the real parts is not inside their range, or a number is out of its
 *   domain.
 *
 * @example
 * ```ts
 * import { initEigenvalues } from "@refigure/refigure/koopman";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const { frequency, real } = initEigenvalues(stream(1), { modes: 2 });
 * assert.deepEqual([...frequency.data], [Math.PI, 2 * Math.PI].map(Math.fround));
 * assert.equal(real, undefined);
 * ```
 */
export function initEigenvalues(stream: Stream, options: EigenvalueOptions): HostTree<EigenvalueParameters> {
  const { modes, real = { fixed: -0.2 }, frequencies = "spaced", timeStep = 1 / (2 * modes) } = options;
  if (!Number.isInteger(modes) || modes < 1) {
    throw new RangeError(
      `Cannot start the eigenvalues as modes must be an integer >= 1: current value is ${modes}`,
    );
  }
  if (!(timeStep > 0)) {
    throw new RangeError(
      `Cannot start the eigenvalues as timeStep must be > 0: current value is ${timeStep}`,
    );
  }
  const frequency = frequencies === "random"
    ? stream.split("frequencies").normal(new Float32Array(modes), { std: Math.PI })
    : Float32Array.from({ length: modes }, (_, j) => frequencies === "zero" ? 0 : (j + 1) * Math.PI);
  const learned = {
    frequency: hostTensor(frequency),
    logTimeStep: hostTensor(Float32Array.of(Math.log(timeStep)), []),
  };
  if ("fixed" in real) return learned;
  return { ...learned, real: hostTensor(Float32Array.from({ length: modes }, (_, j) => startOf(real, j))) };
}

function startOf({ start, range }: Exclude<RealParts, { fixed: number }>, mode: number): number {
  const first = typeof start === "number" ? start : start[mode];
  if (!Number.isFinite(first)) {
    throw new RangeError(
      `Cannot start the eigenvalues as start must have a number for mode ${mode}: current value is ${first}`,
    );
  }
  if (range === undefined) return first;
  const [centre, half] = middle(range);
  if (!(Math.abs(first - centre) < half)) {
    throw new RangeError(
      `Cannot start the eigenvalues as start must be inside (${range}): current value is ${first}`,
    );
  }
  return Math.atanh((first - centre) / half);
}

/** The discretised system: λ̄ = e^z and what an input is multiplied by. */
export interface Discretised {
  /** z = Δt λ, `[m]`. */
  readonly exponent: Complex;
  /** (λ̄ − 1)/λ, `[m]`: c = factor · L f(u). */
  readonly inputFactor: Complex;
}

/** The continuous eigenvalues and time step. */
export interface Eigenvalues {
  /** λ `[m]`. */
  readonly lambda: Complex;
  /** Δt, a scalar. */
  readonly timeStep: Tensor;
}

/** λ and Δt from their parameters. */
export function eigenvaluesOf(
  { frequency, logTimeStep, real }: EigenvalueParameters,
  { real: kind = { fixed: -0.2 } }: Pick<EigenvalueOptions, "real">,
): Eigenvalues {
  const timeStep = tf.exp(logTimeStep);
  if ("fixed" in kind) {
    return { lambda: { re: tf.fill(frequency.shape, kind.fixed), im: frequency }, timeStep };
  }
  if (kind.range === undefined) return { lambda: { re: real!, im: frequency }, timeStep };
  const [centre, half] = middle(kind.range);
  return { lambda: { re: tf.add(tf.mul(tf.tanh(real!), half), centre), im: frequency }, timeStep };
}

/** Eigenvalues as numbers. */
export interface EigenvalueNumbers {
  /** μ in 1/s. */
  readonly real: readonly number[];
  /** ω in rad/s. */
  readonly imaginary: readonly number[];
  /** Δt. */
  readonly timeStep: number;
}

/** What {@link eigenvaluesOf} computes, of trained parameters on the host. */
export function readEigenvalues(
  { frequency, logTimeStep, real }: HostTree<EigenvalueParameters>,
  { real: kind = { fixed: -0.2 } }: Pick<EigenvalueOptions, "real">,
): EigenvalueNumbers {
  const learned = Array.from(real?.data ?? []);
  const mu = () => {
    if ("fixed" in kind) return new Array<number>(frequency.data.length).fill(kind.fixed);
    if (kind.range === undefined) return learned;
    const [centre, half] = middle(kind.range);
    return learned.map((theta) => centre + half * Math.tanh(theta));
  };
  return { real: mu(), imaginary: Array.from(frequency.data), timeStep: Math.exp(logTimeStep.data[0]) };
}

/**
 * Zero-order hold: z = Δt λ and the input factor (e^z − 1)/λ = Δt (e^z − 1)/z, which is Δt where λ = 0.
 *
 * e^z − 1 is computed without cancellation: its real part is expm1(a) cos b − 2 sin²(b/2) for z = a + ib,
 * with expm1(a) = tanh(a/2)(e^a + 1).
 */
export function zeroOrderHold({ lambda, timeStep }: Eigenvalues): Discretised {
  const z = mapParts(lambda, (part) => tf.mul(part, timeStep));
  const { re: a, im: b } = z;
  const growth = tf.exp(a);
  const expm1 = tf.mul(tf.tanh(tf.mul(a, 0.5)), tf.add(growth, 1));
  const numerator = {
    re: tf.sub(tf.mul(expm1, tf.cos(b)), tf.mul(tf.square(tf.sin(tf.mul(b, 0.5))), 2)),
    im: tf.mul(growth, tf.sin(b)),
  };
  const squared = tf.add(tf.square(a), tf.square(b));
  const tiny = tf.less(squared, 1e-12);
  const safe = tf.where(tiny, tf.onesLike(squared), squared);
  // n/z = n conj(z)/|z|²; near zero it is 1.
  const quotient = multiply(numerator, { re: tf.div(a, safe), im: tf.neg(tf.div(b, safe)) });
  const factor = {
    re: tf.where(tiny, tf.onesLike(a), quotient.re),
    im: tf.where(tiny, tf.zerosLike(b), quotient.im),
  };
  return { exponent: z, inputFactor: mapParts(factor, (part) => tf.mul(part, timeStep)) };
}

/** λ̄ = e^{Δt λ}. */
export function discreteEigenvalues(eigenvalues: Eigenvalues): Complex {
  return exponential(zeroOrderHold(eigenvalues).exponent);
}

/**
 * The factor by which the modulus of a gradient changes over k steps: e^{kΔtμ} (Mondal et al. 2024, Theorem
 * on gradients). Exact, as the map is a multiplication by λ̄^k: |∂L/∂x_t| = e^{kΔtμ} |∂L/∂x_{t+k}|.
 */
export function gradientFactor(
  { real, timeStep, steps }: { readonly real: number; readonly timeStep: number; readonly steps: number },
): number {
  return Math.exp(steps * timeStep * real);
}
