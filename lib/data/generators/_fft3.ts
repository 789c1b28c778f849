import FFT from "fft.js";

/** Lines that are transformed together when an axis is not contiguous: their entries share cache lines. */
const TOGETHER = 8;

/** A complex field on a cubic mesh of n³ points, `[n, n, n, 2]`: real and imaginary part are neighbours. */
export interface ComplexMesh {
  /** Points along a side, a power of two ≥ 2. */
  readonly size: number;
  /** The numbers, `[n, n, n, 2]`. */
  readonly data: Float64Array;
}

/** A mesh of zeros. */
export function complexMesh(size: number): ComplexMesh {
  if (!(size >= 2 && Number.isInteger(Math.log2(size)))) {
    throw new RangeError(`Cannot make a mesh as size must be a power of two >= 2: current value is ${size}`);
  }
  return { size, data: new Float64Array(2 * size ** 3) };
}

/**
 * Discrete Fourier transform of a mesh in place: F(k) = Σ_x f(x) exp(−2πi k·x/n), or with `inverse`
 * f(x) = n⁻³ Σ_k F(k) exp(2πi k·x/n).
 */
export function transformMesh({ size, data }: ComplexMesh, { inverse = false } = {}): void {
  const fft = new FFT(size);
  const input = new Float64Array(2 * size), output = new Float64Array(2 * size);
  const transform = inverse ? () => fft.inverseTransform(output, input) : () => fft.transform(output, input);
  // Last axis: lines lie one after the other.
  for (let start = 0; start < data.length; start += 2 * size) {
    input.set(data.subarray(start, start + 2 * size));
    transform();
    data.set(output, start);
  }
  const block = new Float64Array(2 * size * TOGETHER);
  const together = Math.min(TOGETHER, size);
  for (const stride of [2 * size, 2 * size * size]) {
    for (let outer = 0; outer < data.length; outer += stride * size) {
      for (let inner = 0; inner < stride; inner += 2 * together) {
        for (let i = 0; i < size; i++) {
          const from = outer + inner + i * stride;
          for (let t = 0; t < together; t++) {
            block[2 * (t * size + i)] = data[from + 2 * t];
            block[2 * (t * size + i) + 1] = data[from + 2 * t + 1];
          }
        }
        for (let t = 0; t < together; t++) {
          input.set(block.subarray(2 * t * size, 2 * (t + 1) * size));
          transform();
          block.set(output, 2 * t * size);
        }
        for (let i = 0; i < size; i++) {
          const to = outer + inner + i * stride;
          for (let t = 0; t < together; t++) {
            data[to + 2 * t] = block[2 * (t * size + i)];
            data[to + 2 * t + 1] = block[2 * (t * size + i) + 1];
          }
        }
      }
    }
  }
}
