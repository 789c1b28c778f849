import type { Stream } from "../random/mod.ts";
import { argsort, chiSquaredTailInverse, type Matrix, quantile, selectRows } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";
import { type Metric, metricOf, type Scatter, scatterOf } from "./_scatter.ts";

/** Options of {@link fitMcd}. */
export interface McdOptions {
  /** Source of the starting subsets. */
  readonly stream: Stream;
  /**
   * Number of random starts (scikit-learn: 30 for N ≤ 500, about 500 beyond; AUROC was not seen to depend on
   * it).
   * @default 30
   */
  readonly starts?: number;
}

/** Sets of at most this many rows are searched whole, larger ones first in parts. */
const WHOLE_ROWS = 500;
const PART_ROWS = 300;
const MERGED_ROWS = 1500;
const KEPT = 10;
const FIRST_STEPS = 2;
const MOST_STEPS = 30;

/** A scatter estimate with what a concentration step needs of it. */
interface Candidate extends Metric {
  readonly scatter: Scatter;
}

/**
 * MCD: squared Mahalanobis distance under the minimum covariance determinant estimate (Rousseeuw 1984), found
 * by FastMCD (Rousseeuw & Van Driessen 1999).
 *
 * A concentration step takes location and covariance over the h = ⌈(N + d + 1)/2⌉ rows at the smallest
 * distances. From random starts, steps are taken while the determinant falls: two in parts of about 300 rows,
 * from the best fifth two in a pool of 1500 rows, from the ten best of these to the end in all rows (sets of
 * at most 500 rows are not parted). The best estimate is scaled to the median of a χ²_d variable, and
 * location and covariance are refitted on the rows below its 97.5 % quantile. A singular covariance ends the
 * steps; distances under it use the pseudo-inverse.
 *
 * Settings as in PyOD and scikit-learn, except for fewer starts, a shorter search in the pool, and no
 * constant consistency factor at the end (recent scikit-learn has one; it does not change the ranking).
 *
 * @param train `[N, d]` training rows, finite; N ≥ 2.
 * @throws {RangeError} If starts is not an integer ≥ 1, N < 2, or a value is not finite.
 */
export function fitMcd(train: Matrix, options: McdOptions): Detector {
  const { stream, starts = 30 } = options;
  checkTrainingRows(train, "MCD");
  if (!Number.isInteger(starts) || starts < 1 || train.rows < 2) {
    throw new RangeError(
      `Cannot fit MCD as starts must be an integer >= 1 and there must be >= 2 rows: ` +
        `current values are ${starts} and ${train.rows}`,
    );
  }
  const { rows: n, columns: d } = train;
  const raw = minimumDeterminant(train, { stream, starts }).distances(train);
  const scale = quantile(raw, 0.5) / chiSquaredTailInverse(0.5, d);
  const cut = chiSquaredTailInverse(0.025, d) * scale;
  // If half of the rows have distance 0 there is no scale: all rows are used.
  const inliers = Int32Array.from({ length: n }, (_, i) => i).filter((i) => raw[i] < cut || scale === 0);
  const metric = metricOf(scatterOf(train, inliers));
  return hostDetector({ columns: d, what: "MCD" }, (rows) => {
    return metric.distances(rows);
  });
}

/** FastMCD's search. */
function minimumDeterminant(
  train: Matrix,
  { stream, starts }: { readonly stream: Stream; readonly starts: number },
): Candidate {
  const n = train.rows;
  const share = Math.min(n, Math.ceil((n + train.columns + 1) / 2)) / n;
  const keep = (rows: Matrix) => Math.min(rows.rows, Math.ceil(share * rows.rows));
  const order = stream.split("parts").permutation(n);
  const parts = n <= WHOLE_ROWS ? [train] : splitRows(train, order, Math.floor(n / PART_ROWS));
  const found = parts.flatMap((part, p) => {
    const h = keep(part);
    const random = stream.split("part", String(p));
    const candidates = Array.from(
      { length: Math.ceil(starts / parts.length) },
      () =>
        concentrate(part, candidateOf(part, random.choice(part.rows, { size: h })), {
          h,
          steps: FIRST_STEPS,
        }),
    );
    return best(candidates, parts.length === 1 ? KEPT : Math.ceil(candidates.length / 5));
  });
  const finish = { h: keep(train), steps: MOST_STEPS };
  if (parts.length === 1) return best(found.map((start) => concentrate(train, start, finish)), 1)[0];
  const [pool] = splitRows(train, order.subarray(0, MERGED_ROWS), 1);
  const pooled = found.map((start) => transfer(pool, start, { h: keep(pool), steps: FIRST_STEPS }));
  return best(best(pooled, n > MERGED_ROWS ? KEPT : 1).map((start) => transfer(train, start, finish)), 1)[0];
}

/** Concentration steps while the determinant falls; none from a singular covariance. */
function concentrate(
  rows: Matrix,
  start: Candidate,
  { h, steps }: { readonly h: number; readonly steps: number },
): Candidate {
  let current = start;
  for (let step = 0; step < steps && current.logDeterminant > -Infinity; step++) {
    const next = candidateOf(rows, smallest(current.distances(rows), h));
    if (next.logDeterminant >= current.logDeterminant) break;
    current = next;
  }
  return current;
}

/** The same from a candidate that stems from other rows: it first chooses its h rows here. */
function transfer(
  rows: Matrix,
  start: Candidate,
  options: { readonly h: number; readonly steps: number },
): Candidate {
  return concentrate(rows, candidateOf(rows, smallest(start.distances(rows), options.h)), options);
}

function candidateOf(rows: Matrix, chosen: Int32Array): Candidate {
  const scatter = scatterOf(rows, chosen);
  return { scatter, ...metricOf(scatter) };
}

/**
 * The `count` candidates with the least determinants; of equal ones, which are the same rows again, the
 * first.
 */
function best(candidates: readonly Candidate[], count: number): Candidate[] {
  const seen = new Set<number>();
  return candidates
    .filter(({ logDeterminant }) =>
      logDeterminant === -Infinity || (!seen.has(logDeterminant) && seen.add(logDeterminant))
    )
    .sort((a, b) => a.logDeterminant === b.logDeterminant ? 0 : a.logDeterminant - b.logDeterminant)
    .slice(0, count);
}

/** Indices of the h smallest values. */
function smallest(values: Float64Array, h: number): Int32Array {
  return argsort(values).subarray(0, h);
}

/** Deals rows in the given order into parts of about equal size. */
function splitRows(rows: Matrix, order: Int32Array, parts: number): Matrix[] {
  const cut = (p: number) => Math.floor(p * order.length / parts);
  return Array.from({ length: parts }, (_, p) => selectRows(rows, order.subarray(cut(p), cut(p + 1))));
}
