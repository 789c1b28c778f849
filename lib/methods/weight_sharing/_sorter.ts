import { FEW, finishRuns, sortByCells, startsOf } from "./_cell_sort.ts";
import type { Weights } from "./types.ts";

/** How many sorts do without cells after cells were too coarse. */
const PAUSE = 15;

/**
 * Sorts numbers and remembers where each came from. Equal numbers keep their order, but −0 may come before 0.
 * Memory is kept from call to call and grows as needed: 16 bytes per number, 24 for float64.
 *
 * The general way is a radix sort (least significant digit first) on the bits of the floats, mapped to
 * unsigned integers of the same order: negative numbers are inverted, the others get the top bit. A pass
 * moves each key and its index together, as the halves of a float64, which takes one read and one write.
 * float64 is sorted by its upper 32 bits first; runs that agree in them are finished by insertion, or, where
 * that takes many moves, everything is sorted again by all 64 bits.
 *
 * Up to {@link FEW} float32 numbers are first tried with {@link sortByCells}, which takes a pass less.
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
  /** Sorts that still have to do without cells. */
  #pause = 0;

  /**
   * Sorts numbers (infinities and NaN end up at the two ends); the result is in {@link sorted} and
   * {@link order}.
   */
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
    if (this.#pause > 0) this.#pause--;
    else if (d <= FEW) {
      const { buffer } = this.#sides[0].words;
      this.sorted = new Float32Array(buffer, 0, d);
      this.order = new Int32Array(buffer, 4 * d, d);
      if (sortByCells(weights, this.sorted, this.order)) return;
      this.#pause = PAUSE;
    }
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
    const bits = d <= FEW ? 11 : 8, lastShift = d <= FEW ? 22 : 24;
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

/**
 * An unsigned integer of the order of the float32 with these bits, or of the float64 with this upper half.
 */
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
