/**
 * The roll-out in float64 on the host, one step after the other: what all implementations are compared with.
 */

/** Complex numbers as two arrays. */
export interface ComplexArrays {
  /** Real parts. */
  readonly re: Float64Array;
  /** Imaginary parts. */
  readonly im: Float64Array;
}

/** A driven system of m modes, for one sequence. */
export interface ReferenceSystem {
  /** z `[m]`, λ̄ = e^z. */
  readonly exponent: ComplexArrays;
  /** `[m]` */
  readonly start: ComplexArrays;
  /** `[τ, m]` */
  readonly inputs: ComplexArrays;
}

/** x_k = λ̄ x_{k−1} + c_{k−1}, `[τ, m]`. */
export function referenceRollout({ exponent, start, inputs }: ReferenceSystem): ComplexArrays {
  const modes = start.re.length, steps = inputs.re.length / modes;
  const out = { re: new Float64Array(steps * modes), im: new Float64Array(steps * modes) };
  for (let j = 0; j < modes; j++) {
    const modulus = Math.exp(exponent.re[j]);
    const re = modulus * Math.cos(exponent.im[j]), im = modulus * Math.sin(exponent.im[j]);
    let x = start.re[j], y = start.im[j];
    for (let k = 0; k < steps; k++) {
      const i = k * modes + j;
      [x, y] = [re * x - im * y + inputs.re[i], re * y + im * x + inputs.im[i]];
      out.re[i] = x;
      out.im[i] = y;
    }
  }
  return out;
}

/**
 * The same by a causal convolution: circular, of a length of 2τ, by the discrete Fourier transform as its sum
 * says.
 */
export function referenceConvolution({ exponent, start, inputs }: ReferenceSystem): ComplexArrays {
  const modes = start.re.length, steps = inputs.re.length / modes, length = 2 * steps;
  const out = { re: new Float64Array(steps * modes), im: new Float64Array(steps * modes) };
  const transform = ({ re, im }: ComplexArrays, sign: 1 | -1): ComplexArrays => {
    const [fRe, fIm] = [new Float64Array(length), new Float64Array(length)];
    for (let f = 0; f < length; f++) {
      for (let k = 0; k < re.length; k++) {
        const angle = sign * 2 * Math.PI * ((f * k) % length) / length;
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        fRe[f] += re[k] * cos - im[k] * sin;
        fIm[f] += re[k] * sin + im[k] * cos;
      }
    }
    return { re: fRe, im: fIm };
  };
  for (let j = 0; j < modes; j++) {
    const power = (k: number) => {
      const modulus = Math.exp(k * exponent.re[j]), angle = k * exponent.im[j];
      return [modulus * Math.cos(angle), modulus * Math.sin(angle)];
    };
    const kernel = { re: new Float64Array(steps), im: new Float64Array(steps) };
    const driven = { re: new Float64Array(steps), im: new Float64Array(steps) };
    for (let k = 0; k < steps; k++) {
      [kernel.re[k], kernel.im[k]] = power(k);
      [driven.re[k], driven.im[k]] = [inputs.re[k * modes + j], inputs.im[k * modes + j]];
    }
    const [p, q] = [transform(kernel, -1), transform(driven, -1)];
    const y = transform({
      re: p.re.map((re, f) => re * q.re[f] - p.im[f] * q.im[f]),
      im: p.re.map((re, f) => re * q.im[f] + p.im[f] * q.re[f]),
    }, 1);
    for (let k = 0; k < steps; k++) {
      const [re, im] = power(k + 1);
      out.re[k * modes + j] = y.re[k] / length + re * start.re[j] - im * start.im[j];
      out.im[k * modes + j] = y.im[k] / length + re * start.im[j] + im * start.re[j];
    }
  }
  return out;
}
