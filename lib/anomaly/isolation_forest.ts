import type { Stream } from "../random/mod.ts";
import type { Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";

/** Options of {@link fitIsolationForest}. */
export interface IsolationForestOptions {
  /** Source of subsamples and splits; tree i uses its split `tree/i`. */
  readonly stream: Stream;
  /** Number of trees. @default 100 */
  readonly trees?: number;
  /** Rows per tree, drawn without replacement; at most N are used. @default 256 */
  readonly samples?: number;
}

/** A binary tree as flat arrays; node 0 is the root. */
interface IsolationTree {
  /** Column split on; −1 in a leaf. */
  readonly column: Int32Array;
  /** Values ≤ threshold go left. In a leaf: the path length, depth + c(rows in the leaf). */
  readonly threshold: Float64Array;
  /** Left child; the right one follows it. */
  readonly child: Int32Array;
}

/**
 * Isolation forest (Liu et al. 2008): 2^(−E[h(x)] / c(ψ)), h the path length in a tree of random splits on ψ
 * rows.
 *
 * Settings as in scikit-learn and PyOD: 100 trees on 256 rows, all columns, each split uniform in column
 * (among those not constant in the node) and in threshold, depth at most ⌈log₂ ψ⌉; a leaf with n rows adds
 * c(n) = 2 (ln(n−1) + γ) − 2 (n−1)/n.
 *
 * @param train `[N, d]` training rows, finite.
 * @returns a detector with scores in (0, 1].
 * @throws {RangeError} If trees or samples is not an integer ≥ 1, there are no rows, or a value is not
 * finite.
 */
export function fitIsolationForest(train: Matrix, options: IsolationForestOptions): Detector {
  const { stream, trees = 100, samples = 256 } = options;
  checkTrainingRows(train, "an isolation forest");
  if (!Number.isInteger(trees) || trees < 1 || !Number.isInteger(samples) || samples < 1) {
    throw new RangeError(
      `Cannot fit an isolation forest as trees and samples must be integers >= 1: ` +
        `current values are ${trees} and ${samples}`,
    );
  }
  const size = Math.min(samples, train.rows);
  const depthLimit = Math.ceil(Math.log2(Math.max(size, 2)));
  const forest = Array.from({ length: trees }, (_, i) => {
    const random = stream.split("tree", String(i));
    return growTree(train, { rows: random.choice(train.rows, { size }), depthLimit, random });
  });
  const normaliser = trees * averagePathLength(size);
  return hostDetector({ columns: train.columns, what: "an isolation forest" }, (rows) => {
    const lengths = new Float64Array(rows.rows);
    for (const tree of forest) addPathLengths(lengths, rows, tree);
    return lengths.map((length) => normaliser === 0 ? 1 : 2 ** (-length / normaliser));
  });
}

function growTree(
  { data, columns }: Matrix,
  { rows, depthLimit, random }: {
    readonly rows: Int32Array;
    readonly depthLimit: number;
    readonly random: Stream;
  },
): IsolationTree {
  const column: number[] = [], threshold: number[] = [], child: number[] = [];
  const lower = new Float64Array(columns), upper = new Float64Array(columns);
  const candidates = new Int32Array(columns);

  /** Grows node `id` over rows[start..end−1]. */
  function grow(id: number, start: number, end: number, depth: number): void {
    column[id] = -1;
    threshold[id] = depth + averagePathLength(end - start);
    child[id] = -1;
    if (depth >= depthLimit || end - start <= 1) return;
    lower.fill(Infinity);
    upper.fill(-Infinity);
    for (let i = start; i < end; i++) {
      for (let j = 0, at = rows[i] * columns; j < columns; j++, at++) {
        if (data[at] < lower[j]) lower[j] = data[at];
        if (data[at] > upper[j]) upper[j] = data[at];
      }
    }
    let varying = 0;
    for (let j = 0; j < columns; j++) if (lower[j] < upper[j]) candidates[varying++] = j;
    if (varying === 0) return;
    const split = candidates[random.nextInteger(varying)];
    let cut = lower[split] + random.nextUniform() * (upper[split] - lower[split]);
    if (cut >= upper[split]) cut = lower[split]; // rounding
    let middle = start;
    for (let i = start; i < end; i++) {
      if (data[rows[i] * columns + split] > cut) continue;
      const row = rows[i];
      rows[i] = rows[middle];
      rows[middle++] = row;
    }
    const left = column.length;
    column[id] = split;
    threshold[id] = cut;
    child[id] = left;
    column.push(-1, -1); // reserves both children
    grow(left, start, middle, depth + 1);
    grow(left + 1, middle, end, depth + 1);
  }
  grow(0, 0, rows.length, 0);
  return {
    column: Int32Array.from(column),
    threshold: Float64Array.from(threshold),
    child: Int32Array.from(child),
  };
}

function addPathLengths(lengths: Float64Array, { data, columns }: Matrix, tree: IsolationTree): void {
  const { column, threshold, child } = tree;
  for (let i = 0; i < lengths.length; i++) {
    let node = 0;
    while (column[node] >= 0) {
      node = data[i * columns + column[node]] <= threshold[node] ? child[node] : child[node] + 1;
    }
    lengths[i] += threshold[node];
  }
}

/** c(n): mean length of an unsuccessful search in a binary search tree of n rows. */
function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + 0.5772156649015329) - 2 * (n - 1) / n;
}
