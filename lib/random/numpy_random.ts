import { mersenne } from "pure-rand/generator/mersenne";

/** Options of {@link NumpyRandom.choice}. */
export interface NumpyChoiceOptions {
  /** How many to draw. */
  readonly size: number;
  /** Whether an element may be drawn again. @default true (as NumPy) */
  readonly replace?: boolean;
}

/**
 * NumPy's legacy random stream, `numpy.random.RandomState(seed)`, bit for bit: MT19937 started by
 * `init_genrand(seed)`, masked rejection for integers, 53-bit doubles, polar normals.
 *
 * It exists so that data splits equal those that papers made with `numpy.random.seed`. New randomness
 * comes from `stream`. Normals go through `Math.log`, whose last bit may differ from the C library's.
 *
 * @example
 * ```ts
 * import { NumpyRandom } from "@refigure/refigure/random";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...new NumpyRandom(0).permutation(10)], [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
 * ```
 */
export class NumpyRandom {
  readonly #generator: { next(): number };
  #cachedNormal: number | undefined;

  /**
   * A generator as `numpy.random.RandomState(seed)` is.
   *
   * @param seed An integer from 0 to 2³² − 1.
   * @throws {RangeError} If it is not.
   */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new RangeError(
        `Cannot seed NumPy's stream as seed must be an integer in [0, 2^32): current value is ${seed}`,
      );
    }
    this.#generator = mersenne(seed);
  }

  /** The next 32 random bits, as an integer in [0, 2³²). */
  nextUint32(): number {
    return this.#generator.next() >>> 0;
  }

  /**
   * An integer uniform in 0..max: draws `next & mask` (mask = the smallest 2^k − 1 ≥ max) until it is ≤ max;
   * max = 0 draws nothing.
   *
   * @throws {RangeError} If max is not an integer in [0, 2³²).
   */
  interval(max: number): number {
    if (!Number.isInteger(max) || max < 0 || max > 0xffffffff) {
      throw new RangeError(
        `Cannot draw from an interval as max must be an integer in [0, 2^32): current value is ${max}`,
      );
    }
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.#generator.next() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /**
   * `numpy.random.permutation(count)`: 0..count−1, for i = count−1..1 entry i swapped with entry interval(i).
   *
   * @throws {RangeError} If count is not an integer in [0, 2³¹).
   */
  permutation(count: number): Int32Array {
    checkCount(count);
    const indices = new Int32Array(count);
    for (let i = 0; i < count; i++) indices[i] = i;
    for (let i = count - 1; i >= 1; i--) {
      const j = this.interval(i);
      const held = indices[i];
      indices[i] = indices[j];
      indices[j] = held;
    }
    return indices;
  }

  /**
   * `numpy.random.choice(count, size, replace)`: with replacement `size` draws of interval(count − 1);
   * without, the first `size` of a permutation (which is drawn even when `size` is 0).
   *
   * @throws {RangeError} If count is no integer in [0, 2³¹), or size is negative, or more than there are.
   */
  choice(count: number, options: NumpyChoiceOptions): Int32Array {
    const { size, replace = true } = options;
    checkCount(count);
    const most = replace && count > 0 ? Infinity : count;
    if (!Number.isInteger(size) || size < 0 || size > most) {
      throw new RangeError(
        `Cannot choose from ${count} as size must be an integer in [0, ${most}]: current value is ${size}`,
      );
    }
    if (!replace) return this.permutation(count).slice(0, size);
    const indices = new Int32Array(size);
    for (let i = 0; i < size; i++) indices[i] = this.interval(count - 1);
    return indices;
  }

  /** `numpy.random.random_sample(size)`: uniform in [0, 1), multiples of 2⁻⁵³. */
  randomSample(size: number): Float64Array {
    checkCount(size);
    const out = new Float64Array(size);
    for (let i = 0; i < size; i++) out[i] = this.#nextDouble();
    return out;
  }

  /**
   * `numpy.random.standard_normal(size)`: polar method; the second number of a pair is kept for the next
   * draw.
   */
  standardNormal(size: number): Float64Array {
    checkCount(size);
    const out = new Float64Array(size);
    for (let i = 0; i < size; i++) out[i] = this.#nextNormal();
    return out;
  }

  /**
   * Goes over `count` standard normals as if they had been drawn, at a fraction of the time: the logarithm
   * and root of a pair are left out, except for the pair whose second number stays for the next draw.
   */
  skipNormal(count: number): void {
    checkCount(count);
    let left = count;
    if (left > 0 && this.#cachedNormal !== undefined) {
      this.#cachedNormal = undefined;
      left--;
    }
    for (; left >= 2; left -= 2) {
      for (;;) {
        const x = 2 * this.#nextDouble() - 1;
        const y = 2 * this.#nextDouble() - 1;
        const radiusSquared = x * x + y * y;
        if (radiusSquared < 1 && radiusSquared !== 0) break;
      }
    }
    if (left === 1) this.#nextNormal();
  }

  #nextDouble(): number {
    const high = this.#generator.next() >>> 5;
    return (high * 67108864 + (this.#generator.next() >>> 6)) / 9007199254740992;
  }

  #nextNormal(): number {
    if (this.#cachedNormal !== undefined) {
      const cached = this.#cachedNormal;
      this.#cachedNormal = undefined;
      return cached;
    }
    for (;;) {
      const x = 2 * this.#nextDouble() - 1;
      const y = 2 * this.#nextDouble() - 1;
      const radiusSquared = x * x + y * y;
      if (radiusSquared >= 1 || radiusSquared === 0) continue;
      const factor = Math.sqrt(-2 * Math.log(radiusSquared) / radiusSquared);
      this.#cachedNormal = factor * x;
      return factor * y;
    }
  }
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > 0x7fffffff) {
    throw new RangeError(
      `Cannot draw from NumPy's stream as the count must be an integer in [0, 2^31): current value is ${count}`,
    );
  }
}
