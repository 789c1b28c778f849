import type { Weights } from "./types.ts";

/**
 * From this many numbers on, four passes by 8 bits are faster than three by 11: the 2¹¹ places that a pass writes to in turn
 * stay in the nearest cache no longer.
 */
const MANY = 1 << 17;

/** Below this many moves per number, insertion is faster than sorting by the lower halves too. */
const MOVES = 32;

/**
 * Sorts numbers and remembers where each came from, by radix sort (least significant digit first) on the bits of the
 * floats, mapped to unsigned integers of the same order: negative numbers are inverted, the others get the top bit. Stable;
 * −0 comes before 0. Memory is kept from call to call and grows as needed: 16 bytes per number, 24 for float64.
 *
 * A pass moves each key and its index together, as the halves of a float64, which takes one read and one write. float64 is
 * sorted by its upper 32 bits first; runs that agree in them are finished by insertion, or, where that takes many moves,
 * everything is sorted again by all 64 bits.
 */
export class Sorter {
  /** The numbers in ascending order. Overwritten by the next sort. */
  sorted: Weights = new Float64Array();
  /** `order[k]` is the index that `sorted[k]` had. Overwritten by the next sort. */
  order: Int32Array = new Int32Array();

  /** Pairs to start from, and to move to. */
  #sides: [Pairs, Pairs] = [pairsOf(0), pairsOf(0)];
  #doubles = new Float64Array();
  #counts: [Int32Array, Int32Array] = [new Int32Array(1 << 11), new Int32Array(1 << 11)];

  /** Sorts numbers (infinities and NaN end up at the two ends); the result is in {@link sorted} and {@link order}. */
  sort(weights: Weights): void {
    const d = weights.length, capacity = this.#sides[0].pairs.length;
    if (d > capacity) {
      const size = Math.max(d, Math.min(2 * capacity, 2 ** 26));
      this.#sides = [pairsOf(size), pairsOf(size)];
    }
    if (weights instanceof Float32Array) this.#sortSingle(weights);
    else this.#sortDouble(weights);
  }

  #sortSingle(weights: Float32Array): void {
    const d = weights.length;
    this.sorted = this.#sortKeys({
      bits: new Uint32Array(weights.buffer, weights.byteOffset, d),
      stride: 1,
      offset: 0,
    }, d);
  }

  #sortDouble(weights: Float64Array): void {
    const d = weights.length;
    if (this.#doubles.length < d) this.#doubles = new Float64Array(this.#sides[0].pairs.length);
    const bits = new Uint32Array(weights.buffer, weights.byteOffset, 2 * d);
    const upper = { bits, stride: 2, offset: HIGH };
    const sorted = this.sorted = this.#doubles.subarray(0, d);
    this.#sortKeys(upper, d);
    gather(weights, this.order, sorted);
    if (finishRuns(sorted, this.order)) return;
    // By the lower halves first, inverted where the number is negative, then stably by the upper ones.
    const lower = new Uint32Array(d);
    for (let i = 0; i < d; i++) lower[i] = bitsOf(bits[2 * i + LOW] ^ (bits[2 * i + HIGH] >> 31));
    this.#sortKeys({ bits: lower, stride: 1, offset: 0 }, d);
    this.#sortKeys({ ...upper, order: this.order.slice() }, d);
    gather(weights, this.order, sorted);
  }

  /** Sorts by keys; sets {@link order} and returns the keys as float32 numbers. */
  #sortKeys(source: Source, d: number): Float32Array {
    const bits = d < MANY ? 11 : 8, lastShift = d < MANY ? 22 : 24;
    let [to, from] = this.#sides, [starts, next] = this.#counts;
    countDigits(source, starts.fill(0), { d, bits });
    startsOf(starts);
    firstPass(source, to, { starts, next: next.fill(0), d, shift: 0, bits });
    for (let shift = bits; shift < lastShift; shift += bits) {
      [from, to, starts, next] = [to, from, startsOf(next), starts];
      movePairs(from, to, { starts, next: next.fill(0), d, shift, bits });
    }
    const { buffer } = from.words;
    this.order = new Int32Array(buffer, 4 * d, d);
    splitPairs(to, { sorted: new Uint32Array(buffer, 0, d), order: this.order }, {
      starts: startsOf(next),
      shift: lastShift,
    });
    return new Float32Array(buffer, 0, d);
  }
}

/** Where the keys are: number i has {@link keyOf}(bits[stride · i + offset]). */
interface Source {
  readonly bits: Uint32Array;
  readonly stride: number;
  readonly offset: number;
  /** Absent: 0, 1, 2, … */
  readonly order?: Int32Array;
}

/** Keys and indices side by side, as two words or as one number to move. */
interface Pairs {
  readonly pairs: Float64Array;
  readonly words: Uint32Array;
}

function pairsOf(size: number): Pairs {
  const pairs = new Float64Array(size);
  return { pairs, words: new Uint32Array(pairs.buffer) };
}

/** Which 32-bit half of a float64 comes first in memory. An index as the upper half makes no NaN. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[1] !== 0 ? 1 : 0, LOW = 1 - HIGH;

/** An unsigned integer of the order of the float32 with these bits, or of the float64 with this upper half. */
const keyOf = (bits: number) => bits ^ ((bits >> 31) | 0x80000000);

/** Undoes {@link keyOf}. */
const bitsOf = (key: number) => key ^ (~(key >> 31) | 0x80000000);

/** Counts the lowest digits. */
function countDigits(
  { bits: from, stride, offset }: Source,
  counts: Int32Array,
  { d, bits }: { readonly d: number; readonly bits: number },
): void {
  const mask = (1 << bits) - 1;
  for (let i = 0, at = offset; i < d; i++, at += stride) counts[keyOf(from[at]) & mask]++;
}

/** Turns counts into where each digit starts, in place. */
function startsOf(counts: Int32Array): Int32Array {
  let sum = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit];
    counts[digit] = sum;
    sum += count;
  }
  return counts;
}

/** The first pass, which makes the pairs; counts the next digits on the way. */
function firstPass(
  { bits: from, stride, offset, order }: Source,
  { words: to }: Pairs,
  { starts, next, d, bits }: Pass,
): void {
  const mask = (1 << bits) - 1;
  for (let k = 0; k < d; k++) {
    const i = order === undefined ? k : order[k];
    const key = keyOf(from[stride * i + offset]);
    next[(key >>> bits) & mask]++;
    const at = 2 * starts[key & mask]++;
    to[at + LOW] = key;
    to[at + HIGH] = i;
  }
}

/** One pass; counts the next digits on the way. */
function movePairs(
  { pairs, words }: Pairs,
  { pairs: to }: Pairs,
  { starts, next, d, shift, bits }: Pass,
): void {
  const mask = (1 << bits) - 1, nextShift = shift + bits;
  for (let i = 0; i < d; i++) {
    const key = words[2 * i + LOW];
    next[(key >>> nextShift) & mask]++;
    to[starts[(key >>> shift) & mask]++] = pairs[i];
  }
}

interface Pass {
  readonly starts: Int32Array;
  readonly next: Int32Array;
  readonly d: number;
  readonly shift: number;
  readonly bits: number;
}

/** The last pass: keys, as bits of floats again, and indices apart. */
function splitPairs(
  { words }: Pairs,
  { sorted, order }: { readonly sorted: Uint32Array; readonly order: Int32Array },
  { starts, shift }: { readonly starts: Int32Array; readonly shift: number },
): void {
  for (let i = 0; i < order.length; i++) {
    const key = words[2 * i + LOW];
    const at = starts[key >>> shift]++;
    sorted[at] = bitsOf(key);
    order[at] = words[2 * i + HIGH];
  }
}

function gather(weights: Float64Array, order: Int32Array, sorted: Float64Array): void {
  for (let k = 0; k < order.length; k++) sorted[k] = weights[order[k]];
}

/** Sorts short runs that are out of order by insertion; false if that takes too many moves. */
function finishRuns(sorted: Float64Array, order: Int32Array): boolean {
  let moves = MOVES * sorted.length;
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
