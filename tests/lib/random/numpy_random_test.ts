import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { NumpyRandom } from "../../../lib/random/mod.ts";
import { developmentFile } from "../../_development_data.ts";

// Values come from NumPy 2.4.6, `numpy.random.RandomState(seed)`.

Deno.test("NumpyRandom draws the 32-bit numbers of MT19937", () => {
  const random = new NumpyRandom(0);
  const first = Array.from({ length: 5 }, () => random.nextUint32());
  assert.deepEqual(first, [2357136044, 2546248239, 3071714933, 3626093760, 2588848963]);
});

Deno.test("NumpyRandom.randomSample() and standardNormal() equal NumPy's", () => {
  assert.deepEqual([...new NumpyRandom(2 ** 32 - 1).randomSample(2)], [
    0.0976320289940138,
    0.9123828453026218,
  ]);
  const normals = new NumpyRandom(0).standardNormal(6);
  const expected = [
    1.764052345967664,
    0.4001572083672233,
    0.9787379841057392,
    2.240893199201458,
    1.8675579901499675,
    -0.977277879876411,
  ];
  expected.forEach((value, i) => assert(Math.abs(normals[i] - value) < 1e-15, `${i}: ${normals[i]}`));
});

Deno.test("NumpyRandom keeps NumPy's state through mixed draws, the cached normal included", () => {
  const random = new NumpyRandom(5);
  assert(Math.abs(random.standardNormal(1)[0] - 0.44122748688504143) < 1e-15);
  assert.deepEqual([...random.choice(10, { size: 5 })], [6, 6, 0, 9, 8]);
  assert(Math.abs(random.standardNormal(1)[0] + 0.33087015189408764) < 1e-15);
  assert.deepEqual([...random.permutation(6)], [1, 5, 2, 0, 3, 4]);
  assert.deepEqual([...random.choice(7, { size: 3, replace: false })], [2, 5, 6]);
  assert.deepEqual([...random.randomSample(2)], [0.1583098677126512, 0.8799370312012789]);
});

Deno.test("NumpyRandom.interval(0) and permutations of 0 and 1 draw nothing", () => {
  const random = new NumpyRandom(0);
  assert.equal(random.interval(0), 0);
  assert.deepEqual([...random.permutation(0), ...random.permutation(1)], [0]);
  assert.equal(random.nextUint32(), 2357136044);
});

Deno.test("NumpyRandom refuses wrong arguments", () => {
  for (const seed of [-1, 0.5, 2 ** 32, NaN]) assert.throws(() => new NumpyRandom(seed), RangeError);
  const random = new NumpyRandom(0);
  assert.throws(() => random.interval(2 ** 32), RangeError);
  assert.throws(() => random.permutation(-1), RangeError);
  assert.throws(() => random.choice(3, { size: 4, replace: false }), RangeError);
  assert.throws(() => random.choice(0, { size: 1 }), RangeError);
});

interface IndexFixture {
  readonly n?: number;
  readonly n_anomalies?: number;
  readonly first8: number[];
  readonly sha256_int32le: string;
}

const fixtureFile = developmentFile("adbench-oracle/paper-parity.json");

Deno.test({
  name: "NumpyRandom gives the paper's index lists (needs REFIGURE_DATA)",
  ignore: fixtureFile === undefined,
  fn() {
    const fixtures = JSON.parse(Deno.readTextFileSync(fixtureFile!)).numpy_legacy_rng as {
      duplicate_indices_choice_n_1000: Record<string, IndexFixture>;
      bootstrap_indices_unsup: Record<string, IndexFixture>;
      subsample_50000: Record<string, IndexFixture>;
    };
    let checked = 0;
    const check = (indices: Int32Array, fixture: IndexFixture, name: string) => {
      assert.deepEqual([...indices.subarray(0, 8)], fixture.first8, name);
      const digest = createHash("sha256").update(new Uint8Array(indices.buffer, 0, indices.byteLength))
        .digest("hex");
      assert.equal(digest, fixture.sha256_int32le, name);
      checked++;
    };
    const seedOf = (name: string) => Number(name.match(/seed(\d+)$/)![1]);
    for (const [name, fixture] of Object.entries(fixtures.duplicate_indices_choice_n_1000)) {
      const n = Number(name.match(/^n(\d+)_/)![1]);
      check(new NumpyRandom(seedOf(name)).choice(n, { size: 1000 }), fixture, name);
    }
    for (const [name, fixture] of Object.entries(fixtures.bootstrap_indices_unsup)) {
      const random = new NumpyRandom(seedOf(name));
      if (name.startsWith("14_glass")) random.choice(214, { size: 1000 });
      random.permutation(fixture.n_anomalies!);
      check(random.choice(fixture.n!, { size: fixture.n! }), fixture, name);
    }
    for (const [name, fixture] of Object.entries(fixtures.subsample_50000)) {
      const indices = new NumpyRandom(seedOf(name)).choice(fixture.n!, { size: 50000, replace: false });
      check(indices, fixture, name);
    }
    assert(checked > 80, `only ${checked} fixtures`);
  },
});

Deno.test("NumpyRandom.skipNormal() leaves the stream where drawing would leave it", () => {
  for (const [before, count] of [[0, 0], [0, 1], [1, 1], [0, 8], [1, 8], [3, 7], [2, 1470]]) {
    const [drawn, skipped] = [new NumpyRandom(43), new NumpyRandom(43)];
    for (const random of [drawn, skipped]) random.standardNormal(before);
    drawn.standardNormal(count);
    skipped.skipNormal(count);
    assert.deepEqual(skipped.standardNormal(3), drawn.standardNormal(3), `${before} drawn, ${count} skipped`);
    assert.deepEqual(skipped.randomSample(2), drawn.randomSample(2));
  }
});
