import { createHash } from "node:crypto";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { LAYER_LIMITS, LAYER_SCALES, sampleOutsideLayer } from "./_ziggurat.ts";

/** Options of {@link Stream.uniform}. */
export interface UniformOptions {
  /** Smallest value. @default 0 */
  readonly low?: number;
  /** Upper bound, not reached. @default 1 */
  readonly high?: number;
}

/** Options of {@link Stream.normal}. */
export interface NormalOptions {
  /** μ. @default 0 */
  readonly mean?: number;
  /** Standard deviation, ≥ 0. @default 1 */
  readonly std?: number;
}

/** Options of {@link Stream.integers}. */
export interface IntegersOptions {
  /** Smallest value. @default 0 */
  readonly low?: number;
  /** One more than the largest value; at most 2³² above `low`. */
  readonly high: number;
}

/** Options of {@link Stream.bernoulli}. */
export interface BernoulliOptions {
  /** Probability of `value`, in [0, 1]; taken to the nearest multiple of 2⁻³². */
  readonly probability: number;
  /** What a success writes (a failure writes 0), e.g. 1/(1−p) for inverted dropout. @default 1 */
  readonly value?: number;
}

/** Options of {@link Stream.choice}. */
export interface ChoiceOptions {
  /** How many to draw. */
  readonly size: number;
  /** Whether an index may come more than once. @default false */
  readonly replace?: boolean;
}

/**
 * Opens the random stream that belongs to a seed and a path of names.
 *
 * The generator is xoroshiro128+ (the low 32 bits of each sum); its 128-bit state is the head of
 * SHA-256 over seed and names, so neighbouring seeds and sibling names give unrelated streams.
 *
 * @param seed any safe integer.
 * @throws {RangeError} If the seed is not a safe integer.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const noise = stream(7, "training").split("noise").normal(new Float32Array(3));
 * assert.deepEqual(noise, stream(7, "training", "noise").normal(new Float32Array(3)));
 * ```
 */
export function stream(seed: number, ...names: readonly string[]): Stream {
  return new Stream(seed, names);
}

/**
 * A seeded, named, splittable stream of random numbers; made by {@link stream}.
 *
 * Drawing changes the stream, splitting does not: a split depends on seed and names only, never on what
 * was drawn before.
 */
export class Stream {
  #generator: { next(): number; getState(): readonly number[] };

  /** Prefer {@link stream}. */
  constructor(readonly seed: number, readonly names: readonly string[] = []) {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(
        `Cannot open a random stream as seed must be an integer: current value is ${seed}`,
      );
    }
    const digest = createHash("sha256").update(JSON.stringify([seed, ...names])).digest();
    // All-zero is the one state that the generator never leaves; the odd last word rules it out.
    this.#generator = xoroshiro128plusFromState([
      digest.readInt32LE(0),
      digest.readInt32LE(4),
      digest.readInt32LE(8),
      digest.readInt32LE(12) | 1,
    ]);
  }

  /** The stream with `names` appended to this one's path, at its beginning. */
  split(...names: readonly string[]): Stream {
    return new Stream(this.seed, [...this.names, ...names]);
  }

  /** How far it has been drawn from; give it back to {@link moveTo} to draw the same numbers again. */
  get position(): readonly number[] {
    return this.#generator.getState();
  }

  /**
   * Goes on from a {@link position} of a stream of the same seed and names.
   *
   * @throws {RangeError} If it is no position.
   */
  moveTo(position: readonly number[]): void {
    if (position.length !== 4 || !position.every(Number.isInteger)) {
      throw new RangeError(
        `Cannot move a stream as a position is four integers: current value is ${position}`,
      );
    }
    this.#generator = xoroshiro128plusFromState(position);
  }

  /** One number, uniform in [0, 1), a multiple of 2⁻⁵³. */
  nextUniform(): number {
    const high = this.#generator.next() >>> 5;
    return (high * 67108864 + (this.#generator.next() >>> 6)) / 9007199254740992;
  }

  /**
   * One integer, uniform in 0..count−1.
   *
   * @param count 1 ≤ count ≤ 2³².
   */
  nextInteger(count: number): number {
    const shift = Math.clz32(count - 1);
    if (shift === 32) return 0;
    for (;;) {
      const value = this.#generator.next() >>> shift;
      if (value < count) return value;
    }
  }

  /**
   * Fills `out` with low + (high − low)·u, u uniform in [0, 1): 24 random bits for float32, 53 for float64.
   *
   * `high` itself occurs only where the sum rounds up to it.
   *
   * @returns `out`.
   */
  uniform<T extends Float32Array | Float64Array>(out: T, options: UniformOptions = {}): T {
    const { low = 0, high = 1 } = options;
    const generator = this.#generator;
    const range = high - low;
    if (out instanceof Float32Array) {
      const scale = range / 16777216;
      for (let i = 0; i < out.length; i++) out[i] = low + scale * (generator.next() >>> 8);
    } else {
      const scale = range / 9007199254740992;
      for (let i = 0; i < out.length; i++) {
        const top = generator.next() >>> 5;
        out[i] = low + scale * (top * 67108864 + (generator.next() >>> 6));
      }
    }
    return out;
  }

  /**
   * Fills `out` with normal numbers by the ziggurat method (256 layers, 53 random bits a number).
   *
   * A float32 array gets the rounded float64 numbers.
   *
   * @returns `out`.
   * @throws {RangeError} If `std` is negative or not finite.
   */
  normal<T extends Float32Array | Float64Array>(out: T, options: NormalOptions = {}): T {
    const { mean = 0, std = 1 } = options;
    if (!(std >= 0 && std < Infinity)) {
      throw new RangeError(`Cannot draw normal numbers as std must be >= 0: current value is ${std}`);
    }
    const generator = this.#generator;
    const signedStd = [std, -std];
    for (let i = 0; i < out.length;) {
      const bits = generator.next();
      const layer = (bits >>> 2) & 255;
      const magnitude = (bits >>> 11) * 4294967296 + (generator.next() >>> 0);
      let x = magnitude * LAYER_SCALES[layer];
      if (magnitude >= LAYER_LIMITS[layer]) {
        x = sampleOutsideLayer(layer, x, this);
        if (x < 0) continue; // rejected
      }
      out[i++] = mean + signedStd[(bits >>> 10) & 1] * x;
    }
    return out;
  }

  /**
   * Fills `out` with integers uniform in low..high−1, without bias (rejection).
   *
   * @returns `out`.
   * @throws {RangeError} If low and high are not integers with 1 ≤ high − low ≤ 2³².
   */
  integers<T extends Int32Array | Uint32Array | Float64Array>(out: T, options: IntegersOptions): T {
    const { low = 0, high } = options;
    const count = high - low;
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || count < 1 || count > 4294967296) {
      throw new RangeError(
        `Cannot draw integers as high must be an integer in ${low} + [1, 2^32]: current value is ${high}`,
      );
    }
    const generator = this.#generator;
    const shift = Math.clz32(count - 1);
    if (shift === 32) return out.fill(low) as T;
    for (let i = 0; i < out.length;) {
      const value = generator.next() >>> shift;
      if (value < count) out[i++] = low + value;
    }
    return out;
  }

  /**
   * Fills `out` with `value` (probability p) and 0 (probability 1 − p).
   *
   * Spends one random bit an entry at p = 1/2, about one byte otherwise.
   *
   * @returns `out`.
   * @throws {RangeError} If p is not in [0, 1].
   */
  bernoulli<T extends Float32Array | Float64Array | Uint8Array | Int32Array>(
    out: T,
    options: BernoulliOptions,
  ): T {
    const { probability, value = 1 } = options;
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(
        `Cannot draw a Bernoulli mask as probability must be in [0, 1]: current value is ${probability}`,
      );
    }
    const threshold = Math.round(probability * 4294967296);
    if (threshold === 0) return out.fill(0) as T;
    if (threshold === 4294967296) return out.fill(value) as T;
    const generator = this.#generator;
    if (threshold === 2147483648) {
      const outcomes = [0, value]; // a table lookup is several times faster here than a product or a branch
      for (let i = 0; i < out.length;) {
        let bits = generator.next();
        for (const end = Math.min(i + 32, out.length); i < end; i++, bits >>= 1) out[i] = outcomes[bits & 1];
      }
      return out;
    }
    // An entry's byte decides unless it equals the threshold's first byte; then 24 further bits do.
    const firstByte = threshold >>> 24, rest = threshold & 0xffffff;
    for (let i = 0; i < out.length;) {
      let bits = generator.next();
      for (const end = Math.min(i + 4, out.length); i < end; i++, bits >>>= 8) {
        const byte = bits & 255;
        // The sign bit of a difference: a branch on random bits would be mispredicted every other time.
        let success = (byte - firstByte) >>> 31;
        if (byte === firstByte) success = ((generator.next() >>> 8) - rest) >>> 31;
        out[i] = success * value;
      }
    }
    return out;
  }

  /**
   * The numbers 0..count−1 in random order (Fisher–Yates).
   *
   * @throws {RangeError} If count is not an integer in [0, 2³¹).
   */
  permutation(count: number): Int32Array {
    return this.choice(count, { size: count });
  }

  /**
   * Draws `size` of the numbers 0..count−1, in random order.
   *
   * @throws {RangeError} If count is no integer in [0, 2³¹), or size is negative, or more than there are.
   */
  choice(count: number, options: ChoiceOptions): Int32Array {
    const { size, replace = false } = options;
    if (!Number.isInteger(count) || count < 0 || count > 0x7fffffff) {
      throw new RangeError(
        `Cannot choose as count must be an integer in [0, 2^31): current value is ${count}`,
      );
    }
    const most = replace && count > 0 ? Infinity : count;
    if (!Number.isInteger(size) || size < 0 || size > most) {
      throw new RangeError(
        `Cannot choose from ${count} as size must be an integer in [0, ${most}]: current value is ${size}`,
      );
    }
    if (replace) return size === 0 ? new Int32Array() : this.integers(new Int32Array(size), { high: count });
    const indices = new Int32Array(count);
    for (let i = 0; i < count; i++) indices[i] = i;
    for (let i = 0; i < size; i++) {
      const j = i + this.nextInteger(count - i);
      const chosen = indices[j];
      indices[j] = indices[i];
      indices[i] = chosen;
    }
    return size === count ? indices : indices.slice(0, size);
  }
}
