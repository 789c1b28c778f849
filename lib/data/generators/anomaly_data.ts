import { stream } from "../../random/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { addMapped, randomLinearMap } from "./linear_map.ts";

/** Rows for anomaly detection with what is known about each. */
export interface AnomalyData {
  /** Features, [n, d], as published (not standardised). */
  readonly rows: Matrix;
  /** [n]; 1 for an anomaly, 0 for a normal row. */
  readonly labels: Uint8Array;
}

/** What {@link anomalyStandIn} imitates. */
export interface AnomalyStandInOptions {
  /** Seeds the generator: each name has its own data. */
  readonly name: string;
  /** n of the published set. */
  readonly rows: number;
  /** d of the published set. */
  readonly columns: number;
  /** Anomalies in the published set. */
  readonly anomalies: number;
}

const MAX_ROWS = 600;
const MIN_ANOMALIES = 6;
const COMPONENTS = 3;
const CENTRE_SPREAD = 2.5;
const NOISE = 0.4;
/** Standard deviation of the logarithm of a row's noise level. */
const NOISE_VARIATION = 0.35;
const OFF_MANIFOLD_FACTOR = 2.2;

/**
 * Makes data of a published set's kind from its name: the same d, min(n, 600) rows, and the same fraction of
 * anomalies (at least 6 of them), spread evenly over the rows.
 *
 * Normal rows: x = z·W + s·ε with z from a mixture of 3 Gaussians in min(8, ⌈d/2⌉) dimensions, W a random
 * linear map, ε ~ N(0, I), and a noise level s = 0.4·exp(0.35·N(0, 1)) per row. Anomalies alternate between
 * two kinds: off the manifold (s is 2.2 times larger), and scattered on it (z from one broad Gaussian over
 * the mixture). Every feature then gets its own scale and shift. Detectors find most of the anomalies but not
 * all, and differ.
 *
 * Results on it say nothing about the published set.
 *
 * @returns n = min(rows, 600).
 */
export function anomalyStandIn(options: AnomalyStandInOptions): AnomalyData {
  const { name, columns } = options;
  const n = Math.min(options.rows, MAX_ROWS);
  const anomalies = Math.max(MIN_ANOMALIES, Math.round(n * options.anomalies / options.rows));
  const latent = Math.min(8, Math.ceil(columns / 2));
  const random = stream(0, "stand-in", name);
  const normals = (count: number, std = 1) => random.normal(new Float64Array(count), { std });

  const map = randomLinearMap(random, latent, columns);
  const centres = normals(COMPONENTS * latent);
  const spreads = normals(COMPONENTS, 0.3).map(Math.exp);
  const scale = normals(columns).map(Math.exp);
  const shift = normals(columns);

  const data = new Float64Array(n * columns);
  const labels = new Uint8Array(n);
  let made = 0;
  for (let i = 0; i < n; i++) {
    const anomaly = Math.floor((i + 1) * anomalies / n) > made;
    const scattered = anomaly && made % 2 === 1;
    if (anomaly) made++;
    labels[i] = anomaly ? 1 : 0;

    const component = i % COMPONENTS;
    const z = normals(latent).map((e, k) =>
      scattered ? CENTRE_SPREAD * e : CENTRE_SPREAD * centres[component * latent + k] + spreads[component] * e
    );
    const level = NOISE * Math.exp(normals(1, NOISE_VARIATION)[0]);
    const row = normals(columns, anomaly && !scattered ? OFF_MANIFOLD_FACTOR * level : level);
    addMapped(row, z, map);
    for (let j = 0; j < columns; j++) data[i * columns + j] = shift[j] + scale[j] * row[j];
  }
  return { rows: { data, rows: n, columns }, labels };
}
