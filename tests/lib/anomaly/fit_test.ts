import assert from "node:assert/strict";
import { extrapolate } from "../../../lib/anomaly/_expected_time.ts";
import { type Detector, fit, fitIsolationForest, fitKnn, hostDetector } from "../../../lib/anomaly/mod.ts";
import { fitNonParametric } from "../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { fitStandardiser, type Matrix, matrix } from "../../../lib/stats/mod.ts";

/** Rows of three columns on very different scales. */
const SCALES = [1000, 1, 0.01];
const cloud = (count: number, name = "rows"): Matrix =>
  matrix(stream(0, name).normal(new Float64Array(3 * count)).map((z, i) => 5 + SCALES[i % 3] * z), {
    columns: 3,
  });

Deno.test("fit() scores as the detector does on standardised rows", async () => {
  const [train, test] = [cloud(200), cloud(20, "test")];
  const standardiser = fitStandardiser(train);
  await using whole = await fit(train);
  await using bare = fitKnn(standardiser.apply(train));
  assert.deepEqual(await whole.score(test), await bare.score(standardiser.apply(test)));
  // Without it the first column would decide alone.
  await using unscaled = fitKnn(train);
  assert.notDeepEqual([...await unscaled.score(test)], [...await bare.score(test)]);
});

Deno.test("fit() puts the column's mean in place of what is missing, in training and in scored rows", async () => {
  const train = cloud(200);
  train.data[4] = NaN;
  await using detector = await fit(train);
  const row = (second: number) => matrix([5, second, 5], { columns: 3 });
  const { mean } = fitStandardiser(train);
  assert.deepEqual([...await detector.score(row(NaN))], [...await detector.score(row(mean[1]))]);
  await assert.rejects(() => fit(matrix([1, Infinity], { columns: 1 })), /row 1, column 0/);
});

Deno.test("fit() calls the share of training rows anomalies that contamination says", async () => {
  const train = cloud(400);
  for (const contamination of [0, 0.05, 0.25]) {
    await using detector = await fit(train, {
      contamination,
      detector: (rows) => fitIsolationForest(rows, { stream: stream(1, "forest") }),
    });
    const called = (await detector.predict(train)).reduce((sum, one) => sum + one, 0);
    assert.ok(Math.abs(called - 400 * contamination) <= 1, `${contamination}: ${called}`);
  }
  for (const contamination of [-0.1, 0.6, NaN]) {
    await assert.rejects(() => fit(train, { contamination }), /contamination must be in \[0, 0.5\]/);
  }
});

Deno.test("fit() attributes a score to the feature that is odd", async () => {
  await using detector = await fit(cloud(300));
  for (let odd = 0; odd < 3; odd++) {
    const row = SCALES.map((scale, j) => j === odd ? 5 + 8 * scale : 5);
    const { data } = await detector.attributions(matrix(row, { columns: 3 }));
    data.forEach((share, j) =>
      assert.ok(j === odd ? share > 4 : Math.abs(share) < 1, `${odd} ${j} ${share}`)
    );
  }
});

Deno.test("fit() takes a random choice of at most mostRows rows, and scales by all", async () => {
  const train = cloud(500);
  const fitted: Matrix[] = [];
  const detector = (rows: Matrix): Detector => {
    fitted.push(rows);
    return fitKnn(rows);
  };
  await using _few = await fit(train, { detector, mostRows: 100 });
  await using _all = await fit(train, { detector, mostRows: 500 });
  assert.deepEqual(fitted.map(({ rows }) => rows), [100, 500]);
  const all = new Set(Array.from({ length: 500 }, (_, i) => fitted[1].data.slice(3 * i, 3 * i + 3).join()));
  const chosen = Array.from({ length: 100 }, (_, i) => fitted[0].data.slice(3 * i, 3 * i + 3).join());
  assert.ok(chosen.every((row) => all.has(row)) && new Set(chosen).size === 100);
  await assert.rejects(() => fit(train, { mostRows: 0 }), /mostRows must be >= 1/);
});

Deno.test("fit() disposes of the detector", async () => {
  let freed = 0;
  const detector = await fit(cloud(30), {
    detector: (rows) => ({ ...fitKnn(rows), dispose: () => Promise.resolve(void freed++) }),
  });
  await detector.dispose();
  await detector.dispose();
  assert.equal(freed, 1);
});

Deno.test("fit() takes the exact attributions of a detector that has them, of rows as it scores them", async () => {
  const train = cloud(200), rows = cloud(10, "test");
  rows.data[4] = NaN;
  await using detector = await fit(train, {
    detector: (rows) => fitNonParametric(rows, { readout: "mode" }),
  });
  const [score, { data }] = [await detector.score(rows), await detector.attributions(rows)];
  score.forEach((value, i) => {
    const sum = data.subarray(3 * i, 3 * i + 3).reduce((total, share) => total + share);
    assert.ok(Math.abs(sum - value) < 1e-12 * value, `${sum} ${value}`);
  });
});

/** Rows of one column, all alike. */
const flat = (rows: number): Matrix => ({ data: new Float64Array(rows), rows, columns: 1 });

/** A detector that takes seconds by rows squared for its fit, and by rows for a score. */
const slow = ({ fitting = 0, scoring = 0 }: { fitting?: number; scoring?: number }, seen: number[] = []) => {
  const wait = (seconds: number) => {
    const end = performance.now() + 1000 * seconds;
    while (performance.now() < end);
  };
  return (train: Matrix): Detector => {
    seen.push(train.rows);
    wait(fitting * (train.rows / 1000) ** 2);
    return hostDetector({ columns: 1, what: "a slow detector" }, (rows) => {
      wait(scoring * rows.rows / 1000);
      return new Float64Array(rows.rows);
    });
  };
};

Deno.test("fit() says at once that it would take too long, and which number of rows would not", async () => {
  const seen: number[] = [];
  const start = performance.now();
  await assert.rejects(
    () => fit(flat(1_000_000), { detector: slow({ fitting: 0.1 }, seen), mostSeconds: 60 }),
    /Cannot fit a detector to 1000000 rows and score them as it must take <= 60 s: about \d.* are expected; give mostRows/,
  );
  assert.ok(performance.now() - start < 5000);
  assert.ok(seen.length >= 2 && Math.max(...seen) <= 8000, `${seen}`);
});

Deno.test("fit() does not try out what it has time for, nor few rows, nor without a limit", async () => {
  for (
    const [rows, options, sizes] of [
      [20_000, { mostSeconds: 60 }, [20_000]],
      [30_000, { mostSeconds: Infinity }, [30_000]],
      [30_000, { mostSeconds: 60, mostRows: 10_000 }, [10_000]],
    ] as const
  ) {
    const seen: number[] = [];
    await using _ = await fit(flat(rows), { ...options, detector: slow({}, seen) });
    assert.deepEqual(seen, sizes);
  }
  await assert.rejects(() => fit(flat(10), { mostSeconds: 0 }), /mostSeconds must be > 0/);
});

Deno.test("fit() says at once that scoring would take too long", async () => {
  await using detector = await fit(flat(1000), { detector: slow({ scoring: 0.05 }), mostSeconds: 1 });
  assert.equal((await detector.score(flat(2000))).length, 2000);
  await assert.rejects(
    () => detector.score(flat(100_000)),
    /Cannot score 100000 rows as it must take <= 1 s: about .* s are expected; score fewer at a time/,
  );
  await assert.rejects(() => detector.predict(flat(100_000)), /score fewer/);
});

Deno.test("what takes time by a power of the rows is extrapolated by that power, from 1 to 3", () => {
  const tried = (power: number) =>
    [1000, 2000].map((size) => ({ size, seconds: 0.1 * (size / 1000) ** power }));
  for (const [power, taken] of [[0.2, 1], [1, 1], [2, 2], [2.5, 2.5], [5, 3]]) {
    const last = 0.1 * 2 ** power;
    const { seconds, rowsWithin } = extrapolate(tried(power), 200_000);
    assert.ok(Math.abs(seconds / (last * 100 ** taken) - 1) < 1e-12, `${power}`);
    assert.ok(Math.abs(rowsWithin(seconds) - 200_000) <= 1);
  }
});
