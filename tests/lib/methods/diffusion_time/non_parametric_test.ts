import assert from "node:assert/strict";
import {
  diffusionSchedule,
  fitNonParametric,
  modeIndex,
  nonParametricTimePosterior,
} from "../../../../lib/methods/diffusion_time/mod.ts";
import { fitKnn } from "../../../../lib/anomaly/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { matrix, spearman } from "../../../../lib/stats/mod.ts";

const normals = (seed: number, rows: number, columns: number) =>
  matrix(stream(seed, "rows").normal(new Float64Array(rows * columns)), { columns });

Deno.test("modeIndex() has the values computed from the density directly", () => {
  const { variances } = diffusionSchedule(300);
  const at = (dimension: number, m: number) => modeIndex(m, { dimension, variances });
  assert.deepEqual([at(6, 1.5), at(6, 3), at(10, 2), at(3, 0.3)], [128, 201, 113, 76]);
  assert.deepEqual([at(6, 0), at(6, 6 * variances[299]), at(6, 1e6)], [0, 299, 299]);
});

Deno.test("modeIndex() is the first maximum of the posterior over the whole grid", () => {
  for (const [dimension, steps] of [[1, 300], [2, 50], [21, 1000]]) {
    const schedule = diffusionSchedule(steps);
    for (const m of stream(0, String(steps)).uniform(new Float64Array(200), { high: 1.2 * dimension })) {
      const posterior = nonParametricTimePosterior(m, { dimension, schedule });
      const likeliest = posterior.indexOf(posterior.reduce((a, b) => Math.max(a, b)));
      assert.equal(modeIndex(m, { dimension, variances: schedule.variances }), likeliest);
    }
  }
});

Deno.test("fitNonParametric() ranks like the mean squared distance, up to the grid", async () => {
  const train = normals(0, 200, 8), rows = normals(1, 100, 8);
  const squares = await fitKnn(train, { statistic: "meanSquared" }).score(rows);
  const mode = await fitNonParametric(train, { readout: "mode" }).score(rows);
  assert.deepEqual([...mode], Array.from(squares, (square) => square / 8));
  const index = await fitNonParametric(train, { steps: 1000 }).score(rows);
  const order = Array.from(squares.keys()).sort((a, b) => squares[a] - squares[b]);
  for (let i = 1; i < order.length; i++) assert(index[order[i]] >= index[order[i - 1]]);
  assert(
    spearman(
      await fitKnn(train).score(rows),
      await fitNonParametric(train, { distances: "plain", readout: "distance" }).score(rows),
    ) > 0.95,
  );
});

Deno.test("fitNonParametric() with plain distances is mean-distance kNN, as the reported tables", async () => {
  const train = normals(2, 100, 3), rows = normals(3, 20, 3);
  const score = await fitNonParametric(train, { k: 32, distances: "plain", readout: "distance" }).score(rows);
  assert.deepEqual(score, await fitKnn(train, { k: 32, statistic: "mean" }).score(rows));
});

Deno.test("fitNonParametric() keeps its mode when every feature is doubled", async () => {
  const double = (table: ReturnType<typeof normals>) =>
    matrix(Array.from({ length: 2 * table.data.length }, (_, i) => table.data[Math.floor(i / 2)]), {
      columns: 2 * table.columns,
    });
  const train = normals(4, 80, 5), rows = normals(5, 30, 5);
  const plain = await fitNonParametric(train, { readout: "mode" }).score(rows);
  const doubled = await fitNonParametric(double(train), { readout: "mode" }).score(double(rows));
  plain.forEach((value, i) => assert(Math.abs(doubled[i] - value) < 1e-13 * value));
});

Deno.test("fitNonParametric() ties all rows beyond the grid, where the closed form still ranks them", async () => {
  const train = normals(6, 50, 4);
  const rows = matrix([9, 9, 9, 9, 20, 20, 20, 20], { columns: 4 });
  assert.deepEqual([...await fitNonParametric(train).score(rows)], [299, 299]);
  const [near, far] = await fitNonParametric(train, { readout: "mode" }).score(rows);
  assert(far > near);
});

Deno.test("attributions() of DTE-NP add up to the score, and are those of the scan over all rows", async () => {
  const train = normals(7, 60, 4), rows = normals(8, 15, 4);
  for (const distances of ["squared", "plain"] as const) {
    for (const readout of ["mode", "distance"] as const) {
      const detector = fitNonParametric(train, { k: 3, distances, readout });
      const [score, { data }] = [await detector.score(rows), await detector.attributions(rows)];
      for (let i = 0; i < rows.rows; i++) {
        const x = rows.data.subarray(4 * i, 4 * i + 4);
        const nearest = Array.from(
          { length: 60 },
          (_, t) => x.map((value, j) => (value - train.data[4 * t + j]) ** 2),
        )
          .sort((a, b) => a.reduce((s, v) => s + v) - b.reduce((s, v) => s + v)).slice(0, 3);
        const shares = [0, 1, 2, 3].map((j) =>
          nearest.reduce((sum, squares) => {
            const distance = Math.sqrt(squares.reduce((s, v) => s + v));
            return sum + squares[j] / (distances === "plain" ? distance : 1);
          }, 0) / (readout === "mode" ? 12 : 3)
        );
        const own = data.subarray(4 * i, 4 * i + 4);
        own.forEach((share, j) => assert(Math.abs(share - shares[j]) < 1e-14 * score[i]));
        assert(Math.abs(own.reduce((sum, share) => sum + share) - score[i]) < 1e-14 * score[i]);
      }
    }
  }
});

Deno.test("attributions() of DTE-NP on the grid are of the mode; a copy of training rows has none", async () => {
  const train = normals(9, 40, 3), rows = normals(10, 5, 3);
  const [grid, mode] = [fitNonParametric(train), fitNonParametric(train, { readout: "mode" })];
  assert.deepEqual(await grid.attributions(rows), await mode.attributions(rows));
  const twice = matrix([1, 2, 1, 2, 5, 5], { columns: 2 });
  for (const distances of ["squared", "plain"] as const) {
    const detector = fitNonParametric(twice, { k: 2, distances, readout: "distance" });
    assert.deepEqual([...(await detector.attributions(matrix([1, 2], { columns: 2 }))).data], [0, 0]);
  }
  await assert.rejects(() => mode.attributions(matrix([1, 2], { columns: 2 })), /must have 3 columns/);
  await assert.rejects(() => mode.attributions(matrix([1, 2, NaN], { columns: 3 })), /finite/);
});
