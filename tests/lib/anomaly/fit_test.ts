import assert from "node:assert/strict";
import { type Detector, fit, fitIsolationForest, fitKnn } from "../../../lib/anomaly/mod.ts";
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
