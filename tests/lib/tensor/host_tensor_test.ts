import assert from "node:assert/strict";
import { matrix } from "../../../lib/stats/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";

const CASES = [
  { of: "a number", made: hostTensor(5), shape: [], data: Float32Array.of(5) },
  { of: "a list", made: hostTensor([1, 2, 3]), shape: [3], data: Float32Array.of(1, 2, 3) },
  { of: "no numbers", made: hostTensor([]), shape: [0], data: new Float32Array() },
  { of: "empty rows", made: hostTensor([[], []]), shape: [2, 0], data: new Float32Array() },
  {
    of: "rows",
    made: hostTensor([[1, 2, 3], [4, 5, 6]]),
    shape: [2, 3],
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
  },
  {
    of: "three levels",
    made: hostTensor([[[1], [2]], [[3], [4]]]),
    shape: [2, 2, 1],
    data: Float32Array.of(1, 2, 3, 4),
  },
  {
    of: "a matrix",
    made: hostTensor(matrix([1, 2, 3, 4], { columns: 2 })),
    shape: [2, 2],
    data: Float32Array.of(1, 2, 3, 4),
  },
  {
    of: "bytes",
    made: hostTensor(Uint8Array.of(1, 0), [2, 1]),
    shape: [2, 1],
    data: Uint8Array.of(1, 0),
    dtype: "bool",
  },
  { of: "integers", made: hostTensor(Int32Array.of(7)), shape: [1], data: Int32Array.of(7), dtype: "int32" },
];

for (const { of, made, shape, data, dtype = "float32" } of CASES) {
  Deno.test(`hostTensor() makes a tensor of ${of}`, () => assert.deepEqual(made, { dtype, shape, data }));
}

Deno.test("hostTensor() keeps a typed array, and copies a matrix", () => {
  const data = Float32Array.of(1, 2), rows = matrix(Float64Array.of(1, 2), { columns: 1 });
  assert.equal(hostTensor(data).data, data);
  assert.notEqual(hostTensor(rows).data.buffer, rows.data.buffer);
});

Deno.test("hostTensor() refuses what has no shape", () => {
  assert.throws(() => hostTensor(Float32Array.of(1, 2), [3]), {
    name: "RangeError",
    message: "Cannot make a tensor as the length must be 3 for shape [3]: current value is 2",
  });
  assert.throws(() => hostTensor([[1, 2], [3]]), {
    name: "TypeError",
    message:
      "Cannot make a tensor as every entry at depth 1 must be a list of 2: current value is a list of 1",
  });
  assert.throws(() => hostTensor([1, [2]]), /depth 1 must be a number: current value is a list of 1/);
  assert.throws(() => hostTensor([[1], 2]), /depth 1 must be a list of 1: current value is a number/);
});
