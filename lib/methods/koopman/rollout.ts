import { scan } from "../../compile/mod.ts";
import { differentiable, type Tensor, tf } from "../../tensor/mod.ts";
import { add, type Complex, conjugate, exponential, mapParts, multiply } from "./complex.ts";

/**
 * How a roll-out is computed; all agree up to rounding.
 *
 * - `recurrence`: one step after the other (a scan), O(τ m) work in τ steps.
 * - `doubling`: y[k] += λ̄^s y[k − s] for s = 1, 2, 4, … (Hillis & Steele 1986), O(τ log τ · m) in log τ
 *   steps; its gradient
 *   is the same scan backwards in time with the conjugate of λ̄.
 * - `toeplitz`: a lower triangular matrix of powers of λ̄ for each mode (the Vandermonde form), O(τ² m) in
 *   one step.
 * - `fft`: a causal convolution with the powers of λ̄ by Fourier transforms of length ≥ 2τ, which are
 *   products with
 *   constant matrices here.
 */
export type RolloutMethod = "recurrence" | "doubling" | "toeplitz" | "fft";

/** All methods. */
export const ROLLOUT_METHODS = [
  "recurrence",
  "doubling",
  "toeplitz",
  "fft",
] as const satisfies RolloutMethod[];

/** A linear system in m decoupled complex modes, driven over τ steps. */
export interface ModalSystem {
  /** z `[m]` with λ̄ = e^z: Δt λ of the continuous system. */
  readonly exponent: Complex;
  /** x_t `[batch, m]`. */
  readonly start: Complex;
  /** c_t, …, c_{t+τ−1} `[τ, batch, m]`. */
  readonly inputs: Complex;
}

/** Options of {@link rollout}. */
export interface RolloutOptions {
  /**
   * On one thread of a processor the recurrence is the fastest from 10 steps on, 5 times at 100 (32 modes,
   * batch 32, with gradient); the others need more memory traffic, and are for many cores. @default
   * "recurrence"
   */
  readonly method?: RolloutMethod;
}

/**
 * Rolls a diagonal linear system out over all steps at once:
 * x_{t+k} = λ̄^k x_t + Σ_{j<k} λ̄^{k−1−j} c_{t+j}, k = 1 … τ, for each mode (Mondal et al. 2024, Sec. 3.2).
 *
 * Time is the first axis here, as a scan wants it.
 *
 * @returns x_{t+1}, …, x_{t+τ} `[τ, batch, m]`.
 *
 * @example
 * ```ts
 * import { rollout } from "@refigure/refigure/koopman";
 * import { tf } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * // λ̄ = 1/2, x_t = 8, no input.
 * const zero = (...shape: number[]) => ({ re: tf.zeros(shape), im: tf.zeros(shape) });
 * const { re } = rollout({
 *   exponent: { re: tf.tensor1d([-Math.LN2]), im: tf.zeros([1]) },
 *   start: { re: tf.tensor2d([[8]]), im: tf.zeros([1, 1]) },
 *   inputs: zero(3, 1, 1),
 * });
 * assert.deepEqual([...re.dataSync()].map(Math.round), [4, 2, 1]);
 * ```
 */
export function rollout(
  { exponent, start, inputs }: ModalSystem,
  { method = "recurrence" }: RolloutOptions = {},
): Complex {
  // With λ̄ x_t + c_t for the first input the state starts at zero.
  const first = multiply(exponential(exponent), start);
  const steps = inputs.re.shape[0];
  const joined = (part: Tensor, whole: Tensor) => {
    const head = tf.add(tf.slice(whole, 0, 1), tf.expandDims(part, 0));
    return steps === 1 ? head : tf.concat([head, tf.slice(whole, 1)], 0);
  };
  const driven = { re: joined(first.re, inputs.re), im: joined(first.im, inputs.im) };
  return METHODS[method](exponent, driven);
}

/** y[k] = Σ_{j≤k} λ̄^{k−j} c[j] along the first axis. */
type Recurrence = (exponent: Complex, c: Complex) => Complex;

const METHODS: Readonly<Record<RolloutMethod, Recurrence>> = { recurrence, doubling, toeplitz, fft };

function recurrence(exponent: Complex, c: Complex): Complex {
  const zero = tf.zeros(c.re.shape.slice(1));
  const { outputs } = scan(
    (y: Complex, entry: Complex, factor: Complex) => {
      const carry = add(multiply(factor, y), entry);
      return { carry, output: carry };
    },
    { carry: { re: zero, im: zero }, inputs: c, parameters: exponential(exponent) },
  );
  return outputs;
}

function doubling(exponent: Complex, c: Complex): Complex {
  const [re, im] = differentiable({
    inputs: [exponent.re, exponent.im, c.re, c.im],
    forward: () => {
      const y = doublingPass(exponent, c);
      return [y.re, y.im];
    },
    backward([dyRe, dyIm], [zRe, zIm, cRe, cIm]) {
      const z = { re: zRe, im: zIm };
      const dc = adjoint(z, { re: dyRe, im: dyIm });
      // y_k depends on z by e^z y_{k−1}: dz = Σ_k conj(e^z y_{k−1}) dc_k.
      const steps = cRe.shape[0];
      if (steps === 1) return [tf.zerosLike(zRe), tf.zerosLike(zIm), dc.re, dc.im];
      const y = doubling(z, { re: cRe, im: cIm });
      const before = multiply(exponential(z), mapParts(y, (part) => tf.slice(part, 0, steps - 1)));
      const after = mapParts(dc, (part) => tf.slice(part, 1));
      const dz = mapParts(multiply(conjugate(before), after), (part) => tf.sum(part, [0, 1]));
      return [dz.re, dz.im, dc.re, dc.im];
    },
  });
  return { re, im };
}

/** The gradient of c: g_k = dy_k + conj(λ̄) g_{k+1}, the same recurrence backwards in time. */
function adjoint(exponent: Complex, dy: Complex): Complex {
  const backwards = (part: Tensor) => tf.reverse(part, 0);
  return mapParts(doubling(conjugate(exponent), mapParts(dy, backwards)), backwards);
}

function doublingPass(exponent: Complex, c: Complex): Complex {
  const steps = c.re.shape[0];
  let y = c;
  for (let shift = 1; shift < steps; shift *= 2) {
    const factor = exponential(mapParts(exponent, (part) => tf.mul(part, shift)));
    const moved = multiply(factor, mapParts(y, (part) => tf.slice(part, 0, steps - shift)));
    const extended = (part: Tensor, by: Tensor) =>
      tf.concat([tf.slice(part, 0, shift), tf.add(tf.slice(part, shift), by)], 0);
    y = { re: extended(y.re, moved.re), im: extended(y.im, moved.im) };
  }
  return y;
}

/** λ̄^k for k = 0 … τ − 1, `[τ, m]`, from the exponents and not by repeated products. */
export function powers(exponent: Complex, steps: number): Complex {
  const k = tf.reshape(tf.tensor1d(Float32Array.from({ length: steps }, (_, i) => i)), [steps, 1]);
  return exponential(mapParts(exponent, (part) => tf.mul(k, part)));
}

function toeplitz(exponent: Complex, c: Complex): Complex {
  const [steps, batch, modes] = c.re.shape;
  // Row k, column j: λ̄^{k−j}, 0 above the diagonal.
  const lags = Int32Array.from({ length: steps * steps }, (_, i) => Math.floor(i / steps) - i % steps);
  const below = tf.tensor(Float32Array.from(lags, (lag) => lag >= 0 ? 1 : 0), [steps, steps, 1]);
  const indices = tf.tensor1d(lags.map((lag) => Math.max(lag, 0)), "int32");
  const matrices = mapParts(
    powers(exponent, steps),
    (part) =>
      tf.transpose(tf.mul(tf.reshape(tf.gather(part, indices), [steps, steps, modes]), below), [2, 0, 1]),
  );
  const columns = mapParts(c, (part) => tf.transpose(part, [2, 0, 1]));
  const times = (a: Tensor, b: Tensor) => tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D);
  const y = {
    re: tf.sub(times(matrices.re, columns.re), times(matrices.im, columns.im)),
    im: tf.add(times(matrices.re, columns.im), times(matrices.im, columns.re)),
  };
  return mapParts(y, (part) => tf.reshape(tf.transpose(part, [1, 2, 0]), [steps, batch, modes]));
}

/**
 * cos and −sin of 2π f k/N, `[N, columns]` with f down and k across; for the inverse divide by N and
 * conjugate.
 */
function fourierMatrix(length: number, columns: number): Complex {
  const angle = (i: number) => 2 * Math.PI * ((Math.floor(i / columns) * (i % columns)) % length) / length;
  const entries = (f: (angle: number) => number) =>
    tf.tensor2d(Float32Array.from({ length: length * columns }, (_, i) => f(angle(i))), [length, columns]);
  return { re: entries(Math.cos), im: entries((a) => -Math.sin(a)) };
}

function fft(exponent: Complex, c: Complex): Complex {
  const [steps, batch, modes] = c.re.shape;
  const length = 2 ** Math.ceil(Math.log2(2 * steps));
  const matrix = fourierMatrix(length, steps);
  const transform = (x: Complex): Complex => {
    const flat = mapParts(x, (part) => tf.reshape(part, [steps, -1]));
    const times = (a: Tensor, b: Tensor) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
    return {
      re: tf.sub(times(matrix.re, flat.re), times(matrix.im, flat.im)),
      im: tf.add(times(matrix.re, flat.im), times(matrix.im, flat.re)),
    };
  };
  const kernel = mapParts(transform(powers(exponent, steps)), (part) => tf.reshape(part, [length, 1, modes]));
  const spectrum = mapParts(transform(c), (part) => tf.reshape(part, [length, batch, modes]));
  const product = mapParts(multiply(kernel, spectrum), (part) => tf.reshape(part, [length, -1]));
  // The first τ rows of the inverse transform, Fᴴ/N.
  const back = (a: Tensor, b: Tensor) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true);
  const y = {
    re: tf.add(back(matrix.re, product.re), back(matrix.im, product.im)),
    im: tf.sub(back(matrix.re, product.im), back(matrix.im, product.re)),
  };
  return mapParts(y, (part) => tf.reshape(tf.div(part, length), [steps, batch, modes]));
}
