import assert from "node:assert/strict";
import {
  type Detector,
  fitCblof,
  fitCopod,
  fitEcod,
  fitHbos,
  fitIsolationForest,
  fitKnn,
  fitLof,
  fitMcd,
  fitOcsvm,
  fitPca,
} from "../../../lib/anomaly/mod.ts";
import { fitNonParametric } from "../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { auroc, fitStandardiser, type Matrix, matrix, selectRows } from "../../../lib/stats/mod.ts";

interface Case {
  readonly name: string;
  fit(train: Matrix): Detector;
  /** Relative tolerance where equality is up to rounding or a solver's tolerance. @default 1e-9 */
  readonly tolerance?: number;
  /** Whether scores stay the same under rotations of feature space. @default true */
  readonly rotates?: boolean;
  /** Whether scores depend on the order of training rows through random draws. @default false */
  readonly random?: boolean;
  /** Whether a row's score depends on what it is scored with. @default false */
  readonly stacked?: boolean;
  /** Whether a far value may score as a near one when there is a single column. @default false */
  readonly blindAlone?: boolean;
  /** Whether a constant column makes every score NaN. @default false */
  readonly needsVariation?: boolean;
}

const CASES: readonly Case[] = [
  { name: "KNN", fit: (train) => fitKnn(train) },
  { name: "KNN (mean)", fit: (train) => fitKnn(train, { statistic: "mean" }) },
  { name: "DTE-NP", fit: (train) => fitNonParametric(train, { readout: "mode" }) },
  { name: "LOF", fit: (train) => fitLof(train) },
  { name: "OCSVM", fit: (train) => fitOcsvm(train, { tolerance: 1e-8 }), tolerance: 1e-5 },
  { name: "ECOD", fit: fitEcod, rotates: false, stacked: true, needsVariation: true },
  { name: "COPOD", fit: fitCopod, rotates: false, stacked: true, needsVariation: true },
  { name: "HBOS", fit: (train) => fitHbos(train), rotates: false, blindAlone: true },
  // Standardises, and takes axes as points: both depend on the coordinates.
  { name: "PCA", fit: (train) => fitPca(train), rotates: false },
  { name: "PCA (Mahalanobis)", fit: (train) => fitPca(train, { score: "mahalanobis" }) },
  // One axis holds all of a single column: nothing is left over.
  {
    name: "PCA (reconstruction)",
    fit: (train) => fitPca(train, { score: "reconstruction" }),
    rotates: false,
    blindAlone: true,
  },
  {
    name: "isolation forest",
    fit: (train) => fitIsolationForest(train, { stream: stream(0, "forest") }),
    rotates: false,
    random: true,
  },
  { name: "MCD", fit: (train) => fitMcd(train, { stream: stream(0, "mcd") }), random: true },
  { name: "CBLOF", fit: (train) => fitCblof(train, { stream: stream(0, "cblof") }), random: true },
];

const d = 4;

/** Correlated normal rows, standardised, and test rows of which the last 20 are far out. */
function example(seed = 0): { train: Matrix; rows: Matrix; labels: Uint8Array } {
  const make = (name: string, count: number, std = 1) => {
    const values = stream(seed, name).normal(new Float64Array(count * d), { std });
    return values.map((value, at) => at % d === 0 ? value : value + 0.6 * values[at - at % d]);
  };
  const standardiser = fitStandardiser(matrix(make("train", 300), { columns: d }));
  const train = standardiser.apply(matrix(make("train", 300), { columns: d }));
  const rows = standardiser.apply(matrix([...make("normal", 60), ...make("far", 20, 4)], { columns: d }));
  return { train, rows, labels: Uint8Array.from({ length: 80 }, (_, i) => i >= 60 ? 1 : 0) };
}

/** Turns feature space by Givens rotations of neighbouring columns. */
function rotate(table: Matrix): Matrix {
  const data = table.data.slice();
  for (let i = 0; i < data.length; i += d) {
    for (let j = 1; j < d; j++) {
      const angle = 0.4 * j, a = data[i + j - 1], b = data[i + j];
      data[i + j - 1] = Math.cos(angle) * a - Math.sin(angle) * b;
      data[i + j] = Math.sin(angle) * a + Math.cos(angle) * b;
    }
  }
  return { ...table, data };
}

function assertNear(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  const size = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  expected.forEach((value, i) => {
    assert(Math.abs(actual[i] - value) <= tolerance * size, `score ${i} is ${actual[i]}, not ${value}`);
  });
}

for (
  const {
    name,
    fit,
    tolerance = 1e-9,
    rotates = true,
    random = false,
    stacked = false,
    needsVariation = false,
    blindAlone = false,
  } of CASES
) {
  Deno.test(`${name} tells far rows from normal ones`, async () => {
    const { train, rows, labels } = example();
    const scores = await fit(train).score(rows);
    assert(scores instanceof Float64Array && scores.every(Number.isFinite));
    assert(auroc(scores, labels) > 0.85, String(auroc(scores, labels)));
    // The far rows' labels are what it finds, not something in their order.
    assert(Math.abs(auroc(scores, labels.map((_, i) => i % 4 === 0 ? 1 : 0)) - 0.5) < 0.2);
  });

  Deno.test(`${name} gives the same scores again and leaves its input as it is`, async () => {
    const { train, rows } = example();
    const before = structuredClone({ train, rows });
    const detector = fit(train);
    const first = await detector.score(rows);
    assert.deepEqual(await detector.score(rows), first);
    assert.deepEqual(await fit(train).score(rows), first);
    assert.deepEqual({ train, rows }, before);
  });

  Deno.test(`${name} scores one row, no rows, and a single column`, async () => {
    const { train, rows } = example();
    const detector = fit(train);
    const all = await detector.score(rows);
    const alone = await detector.score(selectRows(rows, [7]));
    if (!stacked) assertNear(alone, all.subarray(7, 8), 1e-12);
    assert.equal(alone.length, 1);
    assert.equal((await detector.score(matrix([], { columns: d }))).length, 0);
    const column = matrix(train.data.slice(0, 100), { columns: 1 });
    const [near, far] = await fit(column).score(matrix([0, 30], { columns: 1 }));
    assert(blindAlone ? far >= near : far > near, `${near}, ${far}`);
  });

  Deno.test(`${name} scores copies alike, also when training rows are copies`, async () => {
    const { train, rows } = example();
    const copies = selectRows(train, Array.from({ length: 400 }, (_, i) => i % 40));
    const scores = await fit(copies).score(selectRows(rows, [3, 70, 3, 70]));
    assert(scores.every(Number.isFinite));
    assert.deepEqual([scores[0], scores[1]], [scores[2], scores[3]]);
  });

  Deno.test(`${name} ${needsVariation ? "has no score" : "keeps finite scores"} when a column is constant`, async () => {
    const { train, rows } = example();
    const flat = (table: Matrix): Matrix => ({
      ...table,
      data: table.data.map((value, at) => at % d === 2 ? 1.5 : value),
    });
    const scores = await fit(flat(train)).score(flat(rows));
    assert(scores.every(needsVariation ? Number.isNaN : Number.isFinite), String(scores));
  });

  Deno.test(`${name} ${random ? "changes little" : "does not change"} when training rows are shuffled`, async () => {
    const { train, rows, labels } = example();
    const shuffled = selectRows(train, stream(1).permutation(train.rows));
    const [before, after] = [await fit(train).score(rows), await fit(shuffled).score(rows)];
    if (random) assert(Math.abs(auroc(before, labels) - auroc(after, labels)) < 0.05);
    else assertNear(after, before, tolerance);
  });

  Deno.test(`${name} ${rotates ? "does not change" : "changes"} when feature space is rotated`, async () => {
    const { train, rows } = example();
    const before = await fit(train).score(rows);
    // The Mahalanobis distance of rows standardised anew is that of the rotated rows, whatever their scale.
    const after = await fit(rotate(train)).score(rotate(rows));
    if (rotates) assertNear(after, before, Math.max(tolerance, 1e-9));
    else assert.throws(() => assertNear(after, before, 1e-3));
  });

  Deno.test(`${name} refuses other widths and values that are not finite`, async () => {
    const { train } = example();
    const detector = fit(train);
    await assert.rejects(detector.score(matrix([1, 2, 3], { columns: 3 })), {
      name: "TypeError",
      message: /must have 4 columns/,
    });
    await assert.rejects(detector.score(matrix([1, 2, NaN, 4], { columns: 4 })), {
      name: "RangeError",
      message: /row 0, column 2 is NaN/,
    });
    await assert.rejects(detector.score({ data: new Float64Array(3), rows: 1, columns: 4 }), TypeError);
    assert.throws(() => fit(matrix([], { columns: 4 })), RangeError);
    assert.throws(() => fit(matrix([1, 2, Infinity, 4], { columns: 4 })), RangeError);
  });
}

const { train } = example();
const random = stream(0);
const WRONG_OPTIONS: readonly [string, () => unknown][] = [
  ["fitKnn k = 0", () => fitKnn(train, { k: 0 })],
  ["fitKnn k > N", () => fitKnn(train, { k: 301 })],
  ["fitNonParametric k > N", () => fitNonParametric(train, { k: 301 })],
  ["fitNonParametric steps = 0", () => fitNonParametric(train, { steps: 0 })],
  ["fitLof k = 0", () => fitLof(train, { k: 0 })],
  ["fitLof one row", () => fitLof(matrix([1], { columns: 1 }))],
  ["fitOcsvm nu = 0", () => fitOcsvm(train, { nu: 0 })],
  ["fitOcsvm gamma = NaN", () => fitOcsvm(train, { gamma: NaN })],
  ["fitHbos bins = 1", () => fitHbos(train, { bins: 1 })],
  ["fitPca variance = 0", () => fitPca(train, { variance: 0 })],
  ["fitPca one row", () => fitPca(matrix([1], { columns: 1 }))],
  ["fitIsolationForest trees = 0", () => fitIsolationForest(train, { stream: random, trees: 0 })],
  ["fitMcd starts = 0", () => fitMcd(train, { stream: random, starts: 0 })],
  ["fitMcd one row", () => fitMcd(matrix([1], { columns: 1 }), { stream: random })],
  ["fitCblof alpha = 0.2", () => fitCblof(train, { stream: random, alpha: 0.2 })],
  ["fitCblof clusters = 0", () => fitCblof(train, { stream: random, clusters: 0 })],
];

for (const [name, call] of WRONG_OPTIONS) {
  Deno.test(`${name} is refused`, () => {
    assert.throws(call, { name: "RangeError", message: /^Cannot .* as .*: current values? (is|are) / });
  });
}
