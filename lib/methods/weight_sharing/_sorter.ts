import type { Weights } from "./types.ts";

const BITS = 11, RADIX = 1 << BITS, DIGIT = RADIX - 1;

/** Below this many numbers a comparison sort of runs with equal upper halves is faster than three more passes. */
const LONGEST_RUN = 32;

/**
 * Sorts numbers and remembers where each came from, by radix sort (least significant digit first, 11 bits at a time) on
 * the bits of the floats, mapped to unsigned integers of the same order: negative numbers are inverted, the others get
 * the top bit. Stable; −0 comes before 0. Buffers are kept from call to call and grow as needed.
 *
 * Three passes for float32. float64 is sorted by its upper 32 bits first; runs that agree in them are finished by
 * insertion, or, where one is long, everything is sorted again by all 64 bits.
 */
export class Sorter {
  /** The numbers in ascending order. Overwritten by the next sort. */
  sorted: Weights = new Float64Array();
  /** `order[k]` is the index that `sorted[k]` had. Overwritten by the next sort. */
  order: Int32Array = new Int32Array();

  #capacity = 0;
  #keys: [Uint32Array, Uint32Array] = [new Uint32Array(), new Uint32Array()];
  #orders: [Int32Array, Int32Array] = [new Int32Array(), new Int32Array()];
  #doubles = new Float64Array();
  readonly #histograms = new Int32Array(3 * RADIX);

  /** Sorts numbers (infinities and NaN end up at the two ends); the result is in {@link sorted} and {@link order}. */
  sort(weights: Weights): void {
    const d = weights.length;
    if (d > this.#capacity) this.#reserve(Math.max(d, Math.min(2 * this.#capacity, 2 ** 26)));
    if (weights instanceof Float32Array) this.#sortSingle(weights);
    else this.#sortDouble(weights);
  }

  #reserve(capacity: number): void {
    this.#capacity = capacity;
    this.#keys = [new Uint32Array(capacity), new Uint32Array(capacity)];
    this.#orders = [new Int32Array(capacity), new Int32Array(capacity)];
  }

  #sortSingle(weights: Float32Array): void {
    const d = weights.length;
    const bits = new Uint32Array(weights.buffer, weights.byteOffset, d);
    const histograms = this.#histograms.fill(0);
    for (let i = 0; i < d; i++) {
      const b = bits[i];
      const key = (b ^ ((-(b >>> 31)) | 0x80000000)) >>> 0;
      histograms[key & DIGIT]++;
      histograms[RADIX + ((key >>> BITS) & DIGIT)]++;
      histograms[2 * RADIX + (key >>> 2 * BITS)]++;
    }
    scatterBits(bits, { keys: this.#keys[1], order: this.#orders[1] }, starts(histograms.subarray(0, RADIX)));
    const side = this.#sortDigits(d, { side: 1, pass: 1, numbered: true });
    const sorted = this.#keys[side];
    for (let k = 0; k < d; k++) {
      const key = sorted[k];
      sorted[k] = key ^ (((key >>> 31) - 1) | 0x80000000);
    }
    this.sorted = new Float32Array(sorted.buffer, 0, d);
    this.order = this.#orders[side].subarray(0, d);
  }

  #sortDouble(weights: Float64Array): void {
    const d = weights.length;
    if (this.#doubles.length < d) this.#doubles = new Float64Array(this.#capacity);
    const words = new Uint32Array(weights.buffer, weights.byteOffset, 2 * d);
    const side = this.#sortUpper(words, d, false);
    const sorted = this.#doubles.subarray(0, d);
    this.sorted = sorted;
    this.order = this.#orders[side].subarray(0, d);
    this.#gather(weights);
    if (this.#finishRuns()) return;
    // A long run agrees in its upper halves: sort by the lower halves first, then stably by the upper ones.
    const [keys] = this.#keys;
    for (let i = 0; i < d; i++) keys[i] = words[2 * i + LOW] ^ -(words[2 * i + HIGH] >>> 31);
    const lower = this.#sortKeys(d, false);
    if (lower === 1) this.#orders[0].set(this.#orders[1].subarray(0, d));
    this.order = this.#orders[this.#sortUpper(words, d, true)].subarray(0, d);
    this.#gather(weights);
  }

  /** Sorts by the upper halves; returns the side the result is on. */
  #sortUpper(words: Uint32Array, d: number, ordered: boolean): 0 | 1 {
    const [keys] = this.#keys, [order] = this.#orders;
    for (let k = 0; k < d; k++) {
      const b = words[2 * (ordered ? order[k] : k) + HIGH];
      keys[k] = b ^ ((-(b >>> 31)) | 0x80000000);
    }
    return this.#sortKeys(d, ordered);
  }

  #gather(weights: Float64Array): void {
    const { sorted, order } = this;
    for (let k = 0; k < order.length; k++) sorted[k] = weights[order[k]];
  }

  /** Sorts short runs that are out of order by insertion; false if one is long. */
  #finishRuns(): boolean {
    const { sorted, order } = this;
    let moves = LONGEST_RUN * sorted.length;
    for (let k = 1; k < sorted.length; k++) {
      const x = sorted[k], from = order[k];
      if (sorted[k - 1] <= x) continue;
      let at = k;
      while (at > 0 && sorted[at - 1] > x) {
        sorted[at] = sorted[at - 1];
        order[at] = order[at - 1];
        at--;
      }
      sorted[at] = x;
      order[at] = from;
      if ((moves -= k - at) < 0) return false;
    }
    return true;
  }

  /**
   * Sorts the keys on side 0, with their indices (`ordered`: the order on side 0, else 0, 1, 2, …). A digit that all keys
   * share costs nothing.
   */
  #sortKeys(d: number, ordered: boolean): 0 | 1 {
    const histograms = this.#histograms.fill(0);
    const start = this.#keys[0];
    for (let i = 0; i < d; i++) {
      const key = start[i];
      histograms[key & DIGIT]++;
      histograms[RADIX + ((key >>> BITS) & DIGIT)]++;
      histograms[2 * RADIX + (key >>> 2 * BITS)]++;
    }
    return this.#sortDigits(d, { side: 0, pass: 0, numbered: ordered });
  }

  /** The passes from `pass` on, given the histograms; returns the side the result is on. */
  #sortDigits(
    d: number,
    { side, pass, numbered }: { side: 0 | 1; pass: number; numbered: boolean },
  ): 0 | 1 {
    for (; pass < 3; pass++) {
      const counts = this.#histograms.subarray(pass * RADIX, (pass + 1) * RADIX);
      const shift = pass * BITS;
      if (d === 0 || counts[(this.#keys[side][0] >>> shift) & DIGIT] === d) continue;
      const other = 1 - side as 0 | 1;
      const from = { keys: this.#keys[side], order: this.#orders[side] };
      const to = { keys: this.#keys[other], order: this.#orders[other] };
      if (numbered) scatter(from, to, starts(counts), { d, shift });
      else scatterNumbered(from.keys, to, starts(counts), { d, shift });
      numbered = true;
      side = other;
    }
    if (!numbered) { for (let i = 0; i < d; i++) this.#orders[side][i] = i; }
    return side;
  }
}

/** Turns counts into where each digit starts, in place. */
function starts(counts: Int32Array): Int32Array {
  let sum = 0;
  for (let digit = 0; digit < RADIX; digit++) {
    const count = counts[digit];
    counts[digit] = sum;
    sum += count;
  }
  return counts;
}

/** The first pass on float32 bits, which makes the keys. */
function scatterBits(bits: Uint32Array, { keys, order }: Side, counts: Int32Array): void {
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i];
    const key = b ^ ((-(b >>> 31)) | 0x80000000);
    const at = counts[key & DIGIT]++;
    keys[at] = key;
    order[at] = i;
  }
}

interface Side {
  readonly keys: Uint32Array;
  readonly order: Int32Array;
}

function scatter(from: Side, to: Side, counts: Int32Array, { d, shift }: { d: number; shift: number }): void {
  const { keys, order } = from, { keys: keysTo, order: orderTo } = to;
  for (let i = 0; i < d; i++) {
    const key = keys[i];
    const at = counts[(key >>> shift) & DIGIT]++;
    keysTo[at] = key;
    orderTo[at] = order[i];
  }
}

/** The first pass: the index of a key is where it stands. */
function scatterNumbered(
  keys: Uint32Array,
  { keys: keysTo, order: orderTo }: Side,
  counts: Int32Array,
  { d, shift }: { d: number; shift: number },
): void {
  for (let i = 0; i < d; i++) {
    const key = keys[i];
    const at = counts[(key >>> shift) & DIGIT]++;
    keysTo[at] = key;
    orderTo[at] = i;
  }
}

/** Which 32-bit half of a float64 comes first in memory. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[1] !== 0 ? 1 : 0, LOW = 1 - HIGH;
