import type { Stream } from "../random/mod.ts";
import { distinctRows, type Matrix } from "../stats/mod.ts";

/** Options of {@link kMeans}. */
export interface KMeansOptions {
  /** Source of the starting centres; restart i uses its split `restart/i`. */
  readonly stream: Stream;
  /** Number of clusters; at most the number of distinct rows is made. @default 8 */
  readonly clusters?: number;
  /** Runs from different starts, of which the one with the least inertia is kept. @default 10 */
  readonly restarts?: number;
  /** Most iterations of a start. @default 300 */
  readonly iterations?: number;
  /**
   * A run ends when the centres' squared moves sum to at most this times the columns' mean variance. @default
   * 1e-4
   */
  readonly tolerance?: number;
}

/** Outcome of {@link kMeans}. */
export interface KMeans {
  /** `[clusters, d]`. */
  readonly centres: Matrix;
  /** `[clusters]`, number of rows. */
  readonly sizes: Float64Array;
  /** Σ squared distances of rows to their centre. */
  readonly inertia: number;
}

/** Distinct rows with how often each occurs. */
interface WeightedRows {
  readonly rows: Matrix;
  readonly weights: Int32Array;
}

/**
 * k-means by Lloyd's iterations from greedy k-means++ starts (Arthur & Vassilvitskii 2007; each centre the
 * best of 2 + ⌊ln k⌋ draws), with scikit-learn's defaults. An empty cluster takes over the row farthest from
 * its centre.
 *
 * @param table `[N, d]` finite rows.
 * @throws {RangeError} If clusters, restarts or iterations is not an integer ≥ 1, or there are no rows.
 */
export function kMeans(table: Matrix, options: KMeansOptions): KMeans {
  const { stream, clusters = 8, restarts = 10, iterations = 300, tolerance = 1e-4 } = options;
  for (const value of [clusters, restarts, iterations, table.rows]) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot run k-means as clusters, restarts, iterations and rows must be integers >= 1: current value is ${value}`,
      );
    }
  }
  const { rows, counts: weights } = distinctRows(table);
  const count = Math.min(clusters, rows.rows);
  const leastMove = tolerance * meanVariance({ rows, weights });
  let best: KMeans | undefined;
  for (let i = 0; i < restarts; i++) {
    const start = chooseStart({ rows, weights }, { count, random: stream.split("restart", String(i)) });
    const run = lloyd({ rows, weights }, { start, iterations, leastMove });
    if (best === undefined || run.inertia < best.inertia) best = run;
  }
  return best!;
}

/** Greedy k-means++. */
function chooseStart(
  { rows, weights }: WeightedRows,
  { count, random }: { readonly count: number; readonly random: Stream },
): Float64Array {
  const { data, rows: n, columns: d } = rows;
  const trials = 2 + Math.floor(Math.log(count));
  const centres = new Float64Array(count * d);
  let nearest = new Float64Array(n).fill(1); // the first centre is drawn by weight alone
  for (let c = 0; c < count; c++) {
    const cumulative = new Float64Array(n);
    let total = 0;
    for (let i = 0; i < n; i++) cumulative[i] = total += nearest[i] * weights[i];
    let best = Infinity, bestNearest = nearest;
    for (let trial = 0; trial < (c === 0 ? 1 : trials); trial++) {
      const target = random.nextUniform() * total;
      let row = cumulative.findIndex((sum) => sum > target);
      if (row < 0) row = n - 1;
      const candidate = new Float64Array(n);
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const square = squaredDistance(data, i * d, data, row * d, d);
        candidate[i] = c === 0 ? square : Math.min(square, nearest[i]);
        sum += candidate[i] * weights[i];
      }
      if (sum < best) {
        best = sum;
        bestNearest = candidate;
        centres.set(data.subarray(row * d, (row + 1) * d), c * d);
      }
    }
    nearest = bestNearest;
  }
  return centres;
}

/**
 * Lloyd's iterations, sparing the search where distance bounds rule out a change of cluster (Hamerly 2010).
 */
function lloyd(
  { rows, weights }: WeightedRows,
  options: { readonly start: Float64Array; readonly iterations: number; readonly leastMove: number },
): KMeans {
  const { data, rows: n, columns: d } = rows;
  const k = options.start.length / d;
  const labels = new Int32Array(n);
  // Distance to the own centre is at most `upper`, to any other at least `lower`.
  const upper = new Float64Array(n).fill(Infinity), lower = new Float64Array(n);
  let centres = options.start, sizes = new Float64Array(k);

  function assign(): boolean {
    let changed = false;
    const gap = halfGaps(centres, k);
    for (let i = 0; i < n; i++) {
      const safe = Math.max(lower[i], gap[labels[i]]);
      if (upper[i] <= safe) continue;
      upper[i] = Math.sqrt(squaredDistance(data, i * d, centres, labels[i] * d, d));
      if (upper[i] <= safe) continue;
      let best = Infinity, second = Infinity, label = 0;
      for (let c = 0; c < k; c++) {
        const square = squaredDistance(data, i * d, centres, c * d, d);
        if (square < best) {
          second = best;
          best = square;
          label = c;
        } else if (square < second) second = square;
      }
      upper[i] = Math.sqrt(best);
      lower[i] = Math.sqrt(second);
      if (labels[i] !== label) changed = true;
      labels[i] = label;
    }
    return changed;
  }

  function update(): number {
    const moved = new Float64Array(k * d);
    sizes = new Float64Array(k);
    const add = (i: number, label: number, weight: number) => {
      for (let j = 0; j < d; j++) moved[label * d + j] += weight * data[i * d + j];
      sizes[label] += weight;
    };
    for (let i = 0; i < n; i++) add(i, labels[i], weights[i]);
    for (let c = 0; c < k; c++) {
      if (sizes[c] > 0) continue;
      const far = farthestRow();
      add(far, labels[far], -weights[far]);
      add(far, c, weights[far]);
      labels[far] = c;
      upper[far] = Infinity;
    }
    let total = 0, longest = 0;
    const shift = new Float64Array(k);
    for (let c = 0; c < k; c++) {
      for (let j = c * d; j < (c + 1) * d; j++) moved[j] /= sizes[c];
      const square = squaredDistance(moved, c * d, centres, c * d, d);
      total += square;
      shift[c] = Math.sqrt(square);
      longest = Math.max(longest, shift[c]);
    }
    for (let i = 0; i < n; i++) {
      upper[i] += shift[labels[i]];
      lower[i] -= longest;
    }
    centres = moved;
    return total;
  }

  /** Among clusters of more than one row, so that none falls empty by giving it away. */
  function farthestRow(): number {
    let far = -1, most = -1;
    for (let i = 0; i < n; i++) {
      const square = squaredDistance(data, i * d, centres, labels[i] * d, d);
      if (square > most && sizes[labels[i]] > weights[i]) {
        most = square;
        far = i;
      }
    }
    return far;
  }

  assign();
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    const move = update();
    if (!assign() || move <= options.leastMove) break;
  }
  sizes = new Float64Array(k);
  let inertia = 0;
  for (let i = 0; i < n; i++) {
    sizes[labels[i]] += weights[i];
    inertia += weights[i] * squaredDistance(data, i * d, centres, labels[i] * d, d);
  }
  return { centres: { data: centres, rows: k, columns: d }, sizes, inertia };
}

/** Half of each centre's distance to the nearest other one: closer rows cannot belong elsewhere. */
function halfGaps(centres: Float64Array, k: number): Float64Array {
  const d = centres.length / k;
  return Float64Array.from({ length: k }, (_, a) => {
    let least = Infinity;
    for (let b = 0; b < k; b++) {
      if (b !== a) least = Math.min(least, squaredDistance(centres, a * d, centres, b * d, d));
    }
    return Math.sqrt(least) / 2;
  });
}

function meanVariance({ rows, weights }: WeightedRows): number {
  const { data, rows: n, columns: d } = rows;
  let total = 0, variance = 0;
  for (let i = 0; i < n; i++) total += weights[i];
  for (let j = 0; j < d; j++) {
    let mean = 0, squares = 0;
    for (let i = 0; i < n; i++) mean += weights[i] * data[i * d + j] / total;
    for (let i = 0; i < n; i++) squares += weights[i] * (data[i * d + j] - mean) ** 2;
    variance += squares / total;
  }
  return variance / d;
}

function squaredDistance(a: Float64Array, aAt: number, b: Float64Array, bAt: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) {
    const difference = a[aAt + j] - b[bAt + j];
    sum += difference * difference;
  }
  return sum;
}
