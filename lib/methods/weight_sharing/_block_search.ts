/** The data-parallel core of SearchCollisions: isotonic regression of 2^p numbers, level by level. */
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { Depth } from "./_depth.ts";

/**
 * Sums and prefix sums are taken within pieces of this many numbers, then over the pieces: short chains of
 * roundings.
 */
const PIECE = 32;

/** Newton steps after the bisection; the first already leaves rounding errors only. */
const POLISHING = 2;

/**
 * Isotonic regression of z.
 *
 * @param z `[2^p]`.
 * @param depth Adds what it takes.
 * @returns `[2^p]`.
 */
export function solveBlocks(z: Tensor, depth: Depth): Tensor {
  const size = z.shape[0];
  let u = z;
  for (let width = 2; width <= size; width *= 2) {
    u = tf.reshape(mergeHalves(tf.reshape(u, [size / width, width]), depth), [size]);
  }
  return u;
}

/**
 * Joins the halves of all blocks. With the middle as origin, l(i) = Σ_{i ≤ k < s/2} (u_k − c), r(j) = Σ_{s/2
 * ≤ k ≤ j} (u_k − c) and c the block's last left number, the mean of u_i … u_j is c + (l(i) + r(j))/(j − i +
 * 1).
 *
 * @param u `[blocks, s]`, each half in order.
 * @returns `[blocks, s]` in order.
 */
function mergeHalves(u: Tensor, depth: Depth): Tensor {
  const [blocks, width] = u.shape as [number, number];
  const half = width / 2;
  const centre = tf.slice(u, [0, half - 1], [blocks, 1]);
  const offsets = tf.sub(u, centre);
  const left = tf.slice(offsets, [0, 0], [blocks, half]);
  const right = tf.slice(offsets, [0, half], [blocks, half]);
  // Both scans run side by side.
  const fromLeft = prefixSum(left, true);
  const fromRight = prefixSum(right);
  depth.elementwise(2);
  depth.combine(half);
  const counts = tf.range(1, half + 1, 1, "float32");

  // Bisection: the first i of the left half whose cluster reaches the right half, in every block at once.
  const rows = tf.reshape(tf.range(0, blocks * half, half, "int32"), [blocks, 1]);
  const flatLeft = tf.reshape(left, [-1]), flatSums = tf.reshape(fromLeft, [-1]);
  let low = tf.zeros([blocks, 1], "int32");
  // After t steps half/2^t candidates remain, from `low` on: the first of them that reaches, if any does.
  for (let remaining = half; remaining > 1; remaining /= 2) {
    const candidate = tf.add(low, tf.scalar(remaining / 2 - 1, "int32"));
    const place = tf.add(rows, candidate);
    const start = tf.gather(flatLeft, place), sum = tf.gather(flatSums, place);
    const mass = tf.sub(half, tf.cast(candidate, "float32"));
    // min_j Σ_{i..j} (u − u_i) = l(i) − mass·u_i + min_j (r(j) − count_j·u_i)
    const ahead = tf.min(tf.sub(fromRight, tf.mul(start, counts)), 1, true);
    const reaches = tf.lessEqual(tf.add(tf.sub(sum, tf.mul(mass, start)), ahead), 0);
    low = tf.where(reaches, low, tf.add(low, tf.scalar(remaining / 2, "int32")));
    // candidate, place, gather, multiply, subtract; the minimum; add, compare, select.
    depth.elementwise(5);
    depth.combine(half);
    depth.elementwise(3);
  }

  const place = tf.add(rows, low);
  const sum = tf.gather(flatSums, place), mass = tf.sub(half, tf.cast(low, "float32"));
  let position = tf.min(tf.div(tf.add(sum, fromRight), tf.add(mass, counts)), 1, true);
  // place, gather, add, divide; the minimum.
  depth.elementwise(4);
  depth.combine(half);
  for (let step = 0; step < POLISHING; step++) position = polished(position, { left, right }, depth);
  const value = tf.add(centre, position);
  const joined = tf.concat([
    tf.minimum(tf.slice(u, [0, 0], [blocks, half]), value),
    tf.maximum(tf.slice(u, [0, half], [blocks, half]), value),
  ], 1);
  const overlap = tf.greater(centre, tf.slice(u, [0, half], [blocks, 1]));
  // add, minimum or maximum, select.
  depth.elementwise(3);
  return tf.where(overlap, joined, u);
}

/**
 * One Newton step towards the m at which f(m) = Σ_left (u − m)₊ − Σ_right (m − u)₊ vanishes.
 *
 * That m is where the cluster across the middle ends up: its members are the left numbers above m and the
 * right ones below. The mean at the bisection's end is within rounding of it, but as a running mean is flat
 * around its minimum, the rounding moves the *ends* of the cluster by many numbers. Sums of differences from
 * m do not suffer from that.
 */
function polished(m: Tensor, { left, right }: { left: Tensor; right: Tensor }, depth: Depth): Tensor {
  const above = tf.sub(left, m), below = tf.sub(m, right);
  const excess = tf.sub(sumInPieces(tf.relu(above)), sumInPieces(tf.relu(below)));
  const count = (x: Tensor) => tf.sum(tf.cast(tf.greater(x, 0), "float32"), 1, true);
  const members = tf.maximum(tf.add(count(above), count(below)), 1);
  // subtract, relu; the sums, those of counts beside them; subtract, divide, add.
  depth.elementwise(2);
  depth.combine(left.shape[1]!);
  depth.elementwise(3);
  return tf.add(m, tf.div(excess, members));
}

/** Sums along the last axis of `[rows, n]`, in pieces; `[rows, 1]`. */
function sumInPieces(x: Tensor): Tensor {
  const [rows, n] = x.shape as [number, number];
  if (n <= PIECE) return tf.sum(x, 1, true);
  return sumInPieces(tf.reshape(tf.sum(tf.reshape(x, [rows * n / PIECE, PIECE]), 1), [rows, n / PIECE]));
}

/**
 * Inclusive prefix sums along the last axis of `[rows, n]`, n a power of 2, in pieces; `reverse`: from the
 * right.
 */
function prefixSum(x: Tensor, reverse = false): Tensor {
  const [rows, n] = x.shape as [number, number];
  if (n <= PIECE) return tf.cumsum(x, 1, false, reverse);
  const pieces = n / PIECE;
  const within = tf.cumsum(tf.reshape(x, [rows * pieces, PIECE]), 1, false, reverse);
  const totals = tf.slice(within, [0, reverse ? 0 : PIECE - 1], [rows * pieces, 1]);
  // What lies before each piece: the sums of the pieces, one place on.
  const sums = prefixSum(tf.reshape(totals, [rows, pieces]), reverse);
  const zeros = tf.zeros([rows, 1]);
  const before = reverse
    ? tf.concat([tf.slice(sums, [0, 1], [rows, pieces - 1]), zeros], 1)
    : tf.concat([zeros, tf.slice(sums, [0, 0], [rows, pieces - 1])], 1);
  return tf.reshape(tf.add(within, tf.reshape(before, [rows * pieces, 1])), [rows, n]);
}
