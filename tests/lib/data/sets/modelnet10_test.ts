/** ModelNet10 as clouds of points. */
import assert from "node:assert/strict";
import { loadDataSet, MODELNET10, type PointSplit } from "../../../../lib/data/mod.ts";
import { developmentFile } from "../../../_development_data.ts";

Deno.test({
  name:
    "modelnet10/points has the counts, the first points and the extents of its description (needs REFIGURE_DATA)",
  ignore: developmentFile("modelnet10-points/index.json") === undefined,
  async fn() {
    const { value: { train, test } } = await loadDataSet<PointSplit>("modelnet10/points", "real");
    assert.deepEqual([train.shapes, test.shapes, train.points], [1186, 908, 1024]);
    assert.equal(train.classes[9], "toilet");
    const counts = (labels: Uint8Array) =>
      train.classes.map((_, k) => labels.filter((label) => label === k).length);
    assert.deepEqual(counts(test.labels), [50, 100, 100, 86, 86, 100, 86, 100, 100, 100]);
    assert.deepEqual(counts(train.labels), [106, ...Array(9).fill(120)]);
    const first = (data: Float32Array) =>
      Array.from(data.subarray(0, 3), (value) => Math.round(32767 * value));
    assert.deepEqual(first(train.coordinates), [8083, 17531, 5960]);
    assert.deepEqual(first(test.coordinates), [1454, 11449, -10415]);
    // Mean extents (x, y, z) of the training chairs: 0.94 1.04 1.45.
    const extents = [0, 0, 0];
    let chairs = 0;
    train.labels.forEach((label, shape) => {
      if (label !== 2) return;
      chairs++;
      for (let axis = 0; axis < 3; axis++) {
        const values = Array.from(
          { length: 1024 },
          (_, i) => train.coordinates[(shape * 1024 + i) * 3 + axis],
        );
        extents[axis] += Math.max(...values) - Math.min(...values);
      }
    });
    assert.deepEqual(extents.map((sum) => (sum / chairs).toFixed(2)), ["0.94", "1.04", "1.45"]);
  },
});

Deno.test("modelnet10/points refuses files of another length", async () => {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const split = { shapes: 1, labels: [0] };
  const index = encode({ classes: ["a"], points: 2, train: split, test: split });
  const parse = async (bytes: Uint8Array) => await MODELNET10[0].parse!([index, bytes, bytes]);
  assert.equal((await parse(new Uint8Array(12))).train.shapes, 1);
  await assert.rejects(parse(new Uint8Array(10)), SyntaxError);
});
