import assert from "node:assert/strict";
import {
  cyclicTeacher,
  linearRegression,
  type LinearRegressionData,
  type RegressionRows,
} from "../../../../lib/data/mod.ts";

/** Root of the mean square of y − x W: the noise that was added. */
function noiseOf({ x, y }: RegressionRows, weights: LinearRegressionData["weights"]): number {
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < y.columns; j++) {
      let value = y.data[i * y.columns + j];
      for (let k = 0; k < x.columns; k++) {
        value -= x.data[i * x.columns + k] * weights.data[k * y.columns + j];
      }
      sum += value * value;
    }
  }
  return Math.sqrt(sum / (y.rows * y.columns));
}

Deno.test("linearRegression() is y = x W + 0.1 ε of the released sizes", () => {
  for (const kind of ["normal", "shared"] as const) {
    const { train, validation, weights } = linearRegression({ seed: 1, kind });
    assert.deepEqual([train.x.rows, train.x.columns, train.y.columns, validation.x.rows], [
      1000,
      100,
      10,
      200,
    ]);
    for (const rows of [train, validation]) {
      const noise = noiseOf(rows, weights);
      assert.ok(Math.abs(noise - 0.1) < 0.005, `${kind}: ${noise}`);
    }
    const distinct = new Set(weights.data).size;
    if (kind === "normal") assert.equal(distinct, 1000);
    else {
      assert.ok(distinct < 500 && weights.data.every((w) => Math.abs(100 * w - Math.round(100 * w)) < 1e-9));
    }
  }
});

Deno.test("linearRegression() depends on the seed and on nothing else", () => {
  const make = (seed: number) => linearRegression({ seed, kind: "shared", rows: 5, inputs: 4, outputs: 2 });
  assert.deepEqual(make(3), make(3));
  assert.notDeepEqual(make(3).weights, make(4).weights);
});

Deno.test("cyclicTeacher() is a circulant matrix with taps + 1 values", () => {
  const { train, weights } = cyclicTeacher({ seed: 2 });
  assert.deepEqual([train.x.rows, train.x.columns, weights.rows], [24, 16, 16]);
  assert.equal(new Set(weights.data).size, 4);
  for (let k = 0; k < 16; k++) {
    for (let p = 0; p < 16; p++) {
      assert.equal(weights.data[k * 16 + p], weights.data[((k + 1) % 16) * 16 + (p + 1) % 16]);
    }
  }
  assert.ok(Math.abs(noiseOf(train, weights) - 0.1) < 0.02);
});
