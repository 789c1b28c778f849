/** Columns as other people have them: constant, huge, in nanoseconds, with an infinity. */
import assert from "node:assert/strict";
import {
  type Detector,
  fitCopod,
  fitEcod,
  fitHbos,
  fitKnn,
  fitLof,
  fitOcsvm,
  fitPca,
  fitPlanarFlow,
  fitVae,
  semiSupervisedSplit,
  unsupervisedSplit,
} from "../../../lib/anomaly/mod.ts";
import { fitDdpm, fitDteCategorical, fitNonParametric } from "../../../lib/methods/diffusion_time/mod.ts";
import { type Matrix, matrix } from "../../../lib/stats/mod.ts";

type Fit = (rows: Matrix) => Detector | Promise<Detector>;
const HOST: Readonly<Record<string, Fit>> = {
  fitKnn,
  fitLof,
  fitHbos,
  fitEcod,
  fitCopod,
  fitOcsvm,
  fitPca,
  "fitPca, reconstruction": (rows) => fitPca(rows, { score: "reconstruction" }),
  fitNonParametric,
};
const NETWORKS: Readonly<Record<string, Fit>> = {
  fitDdpm: (rows) => fitDdpm(rows, { seed: 0, epochs: 1 }),
  fitDteCategorical: (rows) => fitDteCategorical(rows, { seed: 0, epochs: 1 }),
  fitVae: (rows) => fitVae(rows, { seed: 0, epochs: 1 }),
  fitPlanarFlow: (rows) => fitPlanarFlow(rows, { seed: 0, epochs: 1 }),
};
const wave = (n: number, f: (i: number) => number) =>
  matrix(Float64Array.from({ length: 2 * n }, (_, i) => f(i)), { columns: 2 });

for (const [name, fit] of Object.entries({ ...HOST, ...NETWORKS })) {
  Deno.test(`${name} names row and column of what it cannot take`, async () => {
    for (const bad of [Infinity, -Infinity, NaN, 1e200]) {
      const rows = wave(80, (i) => i === 101 ? bad : Math.sin(i));
      await assert.rejects(async () => await fit(rows), {
        name: "RangeError",
        message: new RegExp(`row 50, column 1 is ${String(bad).replace("+", "\\+")}`),
      }, `${bad}`);
    }
  });
}

for (const [name, fit] of Object.entries(HOST)) {
  Deno.test(`${name} scores finite numbers after constant rows, and an outlier no less`, async () => {
    for (const constant of [0, 3, 2 ** 53]) {
      await using detector = await fit(wave(60, () => constant));
      const [inside, outside] = await detector.score(wave(2, (i) => i < 2 ? constant : 2 * constant + 5));
      assert.ok(
        Number.isFinite(inside) && Number.isFinite(outside) && outside >= inside,
        `${inside}, ${outside}`,
      );
    }
  });
}

Deno.test("fitPca() with Mahalanobis distances says that the rows must differ", () => {
  assert.throws(
    () => fitPca(wave(3, () => 1), { score: "mahalanobis" }),
    /rows must differ: all 3 are equal/,
  );
});

Deno.test("fitHbos() keeps the other columns beside one whose spread vanishes", async () => {
  const one = (values: readonly number[]) => fitHbos(matrix(values, { columns: 1 }));
  const c = 2 ** 53, own = [0, 1, 2, 3];
  const scores = async (detector: Detector, rows: Matrix) => [...await detector.score(rows)];
  const alone = await scores(one(own), matrix([1, 9], { columns: 1 }));
  const columns: [string, number[]][] = [
    ["constant", [c, c, c, c]],
    ["two neighbours", [c, c + 2, c, c + 2]],
    ["nothing but 0 and the least number", [0, 5e-324, 0, 5e-324]],
    ["nanoseconds within a microsecond", [1.7e18, 1.7e18 + 256, 1.7e18 + 512, 1.7e18 + 768]],
  ];
  for (const [what, column] of columns) {
    const rows = matrix(column.flatMap((value, i) => [value, own[i]]), { columns: 2 });
    const [inside, outside] = await scores(
      fitHbos(rows),
      matrix([column[0], 1, column[0], 9], { columns: 2 }),
    );
    assert.ok(Math.abs((outside - inside) - (alone[1] - alone[0])) < 1e-9, `${what}: ${inside}, ${outside}`);
  }
  // As before where bins are wide enough: all of the density is in a bin of a tenth.
  const [near, far] = await scores(one([5, 5, 5]), matrix([5.05, 7], { columns: 1 }));
  assert.ok(Math.abs(near + Math.log2(10.1)) < 1e-12 && far === -Math.log2(0.1));
});

Deno.test("the splits name row and column of an infinity in the rows as given", () => {
  const labels = Uint8Array.from({ length: 1200 }, (_, i) => i % 6 === 0 ? 1 : 0);
  for (
    const [split, n] of [[semiSupervisedSplit, 1200], [unsupervisedSplit, 1200], [
      semiSupervisedSplit,
      600,
    ]] as const
  ) {
    const rows = wave(n, (i) => i === 1001 ? Infinity : Math.sin(i));
    assert.throws(() => split({ rows, labels: labels.subarray(0, n) }, 0), {
      name: "RangeError",
      message: /row 500, column 1 is Infinity/,
    });
  }
});

Deno.test("a column's unit does not change what the protocol scores", async () => {
  const labels = Uint8Array.from({ length: 1200 }, (_, i) => i % 6 === 0 ? 1 : 0);
  const scores = async (unit: number) => {
    const rows = wave(1200, (i) => (i % 2 ? unit : 1) * Math.sin(i * i));
    const { train, test } = semiSupervisedSplit({ rows, labels }, 0);
    return await fitKnn(train).score(test);
  };
  const wanted = await scores(1);
  for (const unit of [1e200, 1e-200]) {
    (await scores(unit)).forEach((score, i) => assert.ok(Math.abs(score - wanted[i]) < 1e-9));
  }
});
