import type { Found, FoundClusters, Particles } from "./_finder.ts";
import { initialVelocities } from "./_velocity.ts";

/** Particles in slots; a slot of mass 0 is empty, whatever else it holds. */
interface Slots {
  readonly x: Float64Array;
  readonly v: Float64Array;
  readonly mass: Int32Array;
}

/**
 * SearchCollisions, the paper's new algorithm, sequentially: blocks of 2, 4, 8, … slots whose halves are
 * solved already. Only one new cluster can straddle the middle of a block. It starts at the first particle i
 * of the left half whose cluster reaches the right half, which bisection finds, as "i's cluster reaches the
 * right half" is monotone in i.
 *
 * All blocks of a level are independent, and where a cluster ends is one prefix sum and one arg-min, so the
 * depth on enough processors is levels × bisection steps × log s = O(log³ d). The work is O(d log² d).
 */
export function searchCollisions(
  { x: sorted }: Particles,
  alpha: number,
  { firsts, masses, positions }: FoundClusters,
): Found {
  const d = sorted.length;
  const levels = Math.ceil(Math.log2(d));
  const size = 2 ** levels;
  // Padding on the right has mass 0.
  const slots: Slots = {
    x: new Float64Array(size),
    v: new Float64Array(size),
    mass: new Int32Array(size).fill(1, 0, d),
  };
  slots.x.set(sorted);
  slots.v.set(initialVelocities(d, alpha));
  const bisections: number[] = [];
  for (let level = 1; level <= levels; level++) {
    const width = 2 ** level;
    for (let begin = 0; begin < d; begin += width) mergeBlock(slots, begin, level);
    bisections.push(level - 1);
  }
  let found = 0;
  // A cluster may be in a slot after that of its first particle.
  for (let i = 0, first = 0; i < d; first += slots.mass[i++]) {
    if (slots.mass[i] < 2) continue;
    firsts[found] = first;
    masses[found] = slots.mass[i];
    positions[found++] = slots.x[i] + slots.v[i];
  }
  // A level asks once per bisection step, and once more where the cluster ends.
  return { found, rounds: bisections.reduce((sum, steps) => sum + steps + 1, 0), bisections };
}

/** Joins the solved halves of the block of 2^level slots that starts at `begin`. */
function mergeBlock(slots: Slots, begin: number, level: number): void {
  const middle = begin + 2 ** (level - 1), end = begin + 2 ** level;
  let low = begin, high = middle;
  for (let step = 1; step < level; step++) {
    const candidate = Math.floor((low + high - 1) / 2);
    if (clusterEnd(slots, candidate, end) >= middle) high = candidate + 1;
    else low = candidate + 1;
  }
  const last = clusterEnd(slots, low, end);
  if (last < middle || low >= middle) return;
  const { x, v, mass } = slots;
  let total = 0, sumX = 0, sumV = 0;
  for (let i = low; i <= last; i++) {
    total += mass[i];
    sumX += mass[i] * x[i];
    sumV += mass[i] * v[i];
    mass[i] = 0;
  }
  mass[low] = total;
  x[low] = sumX / total;
  v[low] = sumV / total;
}

/**
 * The last particle that the cluster of slot `i` ever contains: where the mean of z = x + v from i on is
 * least.
 */
function clusterEnd({ x, v, mass }: Slots, i: number, end: number): number {
  let total = 0, sum = 0, least = Infinity, last = i;
  for (let j = i; j < end; j++) {
    if (mass[j] === 0) continue;
    total += mass[j];
    sum += mass[j] * (x[j] + v[j]);
    const mean = sum / total;
    if (mean <= least) {
      least = mean;
      last = j;
    }
  }
  return last;
}
