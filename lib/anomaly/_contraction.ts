import type { Matrix } from "../stats/mod.ts";

/** A map to few coordinates that never lengthens a Euclidean distance. */
export interface Contraction {
  /** Whether it leaves rows as they are. */
  readonly identity: boolean;
  /** `[n, d]` → `[n, at most 16]`. */
  apply(rows: Matrix): Matrix;
}

const MOST_COLUMNS = 16;
const SAMPLE_ROWS = 512;
const ITERATIONS = 6;

/**
 * Rows with more than 16 columns become their coordinates along 15 leading principal axes, and the norm of
 * what those leave: |‖r_a‖ − ‖r_b‖| ≤ ‖r_a − r_b‖, so distances can only shrink, most of them little.
 *
 * Any orthonormal axes would do; how well these are converged matters to speed only.
 */
export function contraction(rows: Matrix): Contraction {
  if (rows.columns <= MOST_COLUMNS) return { identity: true, apply: (rows) => rows };
  const axes = leadingAxes(rows, MOST_COLUMNS - 1);
  return { identity: false, apply: (rows) => project(rows, axes) };
}

function project({ data, rows, columns }: Matrix, axes: readonly Float64Array[]): Matrix {
  const width = axes.length + 1;
  const out = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    const rest = data.slice(i * columns, (i + 1) * columns);
    axes.forEach((axis, k) => {
      out[i * width + k] = dot(rest, axis);
      addScaled(rest, axis, -out[i * width + k]);
    });
    out[i * width + axes.length] = Math.sqrt(dot(rest, rest));
  }
  return { data: out, rows, columns: width };
}

/** Orthonormal axes by subspace iteration on a sample, started from the columns of largest variance. */
function leadingAxes(rows: Matrix, count: number): Float64Array[] {
  const d = rows.columns;
  const sample = centredSample(rows);
  const variance = new Float64Array(d);
  for (const row of sample) for (let j = 0; j < d; j++) variance[j] += row[j] * row[j];
  const byVariance = Array.from(variance.keys()).sort((a, b) => variance[b] - variance[a] || a - b);
  let axes: Float64Array[] = byVariance.slice(0, count).map((j) => {
    const axis = new Float64Array(d);
    axis[j] = 1;
    return axis;
  });
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const images = axes.map((axis) => {
      const image = new Float64Array(d);
      for (const row of sample) addScaled(image, row, dot(row, axis));
      return image;
    });
    axes = orthonormalise(images);
  }
  return axes;
}

function centredSample({ data, rows, columns }: Matrix): Float64Array[] {
  const count = Math.min(rows, SAMPLE_ROWS);
  const sample = Array.from({ length: count }, (_, s) => {
    const i = Math.floor(s * rows / count);
    return data.slice(i * columns, (i + 1) * columns);
  });
  const mean = new Float64Array(columns);
  for (const row of sample) addScaled(mean, row, 1 / count);
  for (const row of sample) addScaled(row, mean, -1);
  return sample;
}

/** Gram–Schmidt, twice over for full accuracy; dependent vectors are dropped. */
function orthonormalise(vectors: readonly Float64Array[]): Float64Array[] {
  const out: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    for (let pass = 0; pass < 2; pass++) {
      for (const axis of out) addScaled(vector, axis, -dot(vector, axis));
    }
    const norm = Math.sqrt(dot(vector, vector));
    if (norm > 1e-8 * before) out.push(vector.map((value) => value / norm));
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

/** a ← a + factor · b. */
function addScaled(a: Float64Array, b: Float64Array, factor: number): void {
  for (let j = 0; j < a.length; j++) a[j] += factor * b[j];
}
