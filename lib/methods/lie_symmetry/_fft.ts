/**
 * A radix-2 fast Fourier transform in float64 for the pseudospectral solver (onnxruntime and TensorFlow.js
 * have float32).
 */
export class Fft {
  readonly #reversed: Uint32Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @param size A power of two ≥ 2. */
  constructor(readonly size: number) {
    if (!(size >= 2 && Number.isInteger(Math.log2(size)))) {
      throw new RangeError(`Cannot transform as size must be a power of two >= 2: current value is ${size}`);
    }
    const bits = Math.log2(size);
    this.#reversed = Uint32Array.from({ length: size }, (_, i) => {
      let reversed = 0;
      for (let b = 0; b < bits; b++) reversed |= ((i >> b) & 1) << (bits - 1 - b);
      return reversed;
    });
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos(2 * Math.PI * k / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin(2 * Math.PI * k / size));
  }

  /** In place: X_k = Σ_j x_j e^{∓2πijk/n}; the inverse (upper sign +) is not divided by n. */
  transform(re: Float64Array, im: Float64Array, { inverse = false }: { inverse?: boolean } = {}): void {
    const n = this.size;
    for (let i = 0; i < n; i++) {
      const j = this.#reversed[i];
      if (j <= i) continue;
      const a = re[i], b = im[i];
      re[i] = re[j], im[i] = im[j];
      re[j] = a, im[j] = b;
    }
    const sign = inverse ? 1 : -1;
    for (let half = 1; half < n; half *= 2) {
      const stride = n / (2 * half);
      for (let k = 0; k < half; k++) {
        const c = this.#cos[k * stride], s = sign * this.#sin[k * stride];
        for (let i = k; i < n; i += 2 * half) {
          const j = i + half;
          const a = re[j] * c - im[j] * s, b = re[j] * s + im[j] * c;
          re[j] = re[i] - a, im[j] = im[i] - b;
          re[i] += a, im[i] += b;
        }
      }
    }
  }
}
