import assert from "node:assert/strict";
import { compile, exportOnnx, onnxMetadata, openOnnx } from "../../../lib/compile/mod.ts";
import { andC } from "./_executors.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

type Pair = { readonly a: Tensor; readonly b: Tensor };

/** Row by row, with a constant, an int32 output and one of three axes. */
const program = ({ a, b }: Pair) => ({
  sum: tf.add(tf.sum(a, 1), b),
  place: tf.argMax(a, 1),
  outer: tf.mul(tf.reshape(a, [-1, 2, 1]), tf.tensor([1, 10, 100])),
});
const example = (rows: number) => ({
  a: hostTensor(new Float32Array(2 * rows), [rows, 2]),
  b: hostTensor(new Float32Array(rows)),
});

for (const executor of ["native", "wasm"] as const) {
  Deno.test(`exportOnnx() by rows takes any number of them: ${executor}`, async () => {
    const file = exportOnnx(program, [example(4)], { byRows: true, byName: true });
    await using model = await openOnnx(file, { executor });
    assert.deepEqual([model.inputs, model.outputs], [["a", "b"], ["outer", "place", "sum"]]);
    for (const rows of [1, 3, 4, 5, 8, 9, 1000]) {
      const a = Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(i)), b = a.slice(0, rows);
      const { outer, place, sum } = await model.run({ a: hostTensor(a, [rows, 2]), b: hostTensor(b) });
      assert.deepEqual([outer.shape, place.shape, sum.shape], [[rows, 2, 3], [rows], [rows]]);
      for (let row = 0; row < rows; row++) {
        const [x, y] = a.subarray(2 * row);
        assert.equal(sum.data[row], Math.fround(Math.fround(x + y) + b[row]));
        assert.equal(place.data[row], y > x ? 1 : 0);
        assert.deepEqual(
          [...outer.data.subarray(6 * row + 3, 6 * row + 6)],
          [1, 10, 100].map((k) => Math.fround(k * y)),
        );
      }
    }
  });

  Deno.test(`exportOnnx() scales in float64 before it rounds: ${executor}`, async () => {
    const file = exportOnnx(({ x }: { x: Tensor }) => ({ y: tf.neg(x) }), [{ x: hostTensor([[0, 0]]) }], {
      byName: true,
      byRows: true,
      scaling: { x: { mean: Float64Array.of(1e9, 0), std: Float64Array.of(0.25, 2), limit: 5 } },
    });
    await using model = await openOnnx(file, { executor });
    const data = Float64Array.of(1e9 + 0.5, 3, 1e9 - 0.25, -40);
    const { y } = await model.run({ x: { dtype: "float64", shape: [2, 2], data } });
    assert.deepEqual([...y.data], [-2, -1.5, 1, 5]);
  });
}

Deno.test("toOnnx() writes what a compiled program computes, on every executor", async () => {
  const x = hostTensor([[1, 2], [3, 4]]);
  for (const executor of andC("native", "wasm", "eager")) {
    await using squares = await compile((x: Tensor) => ({ sum: tf.sum(tf.square(x)) }), [x], {
      executor,
      name: "squares",
    });
    const file = squares.toOnnx({ inputs: ["x"], outputs: ["sum"], metadata: { made: "here" } });
    assert.deepEqual(onnxMetadata(file), { made: "here" });
    await using model = await openOnnx(file);
    assert.equal((await model.run({ x })).sum.data[0], (await squares.run(x)).sum.data[0]);
  }
});

Deno.test("openOnnx() refuses executors that run programs, not files", async () => {
  const file = exportOnnx((x: Tensor) => tf.square(x), [hostTensor([1, 2])]);
  for (const executor of andC("eager")) {
    await assert.rejects(openOnnx(file, { executor, name: "squares" }), {
      name: "TypeError",
      message: `Cannot run "squares" as executor must run ONNX graphs: current value is ${executor}`,
    });
  }
});

Deno.test("exportOnnx() tells what does not fit", () => {
  const rows = (f: (x: Pair) => Record<string, Tensor>) => () =>
    exportOnnx(f, [example(4)], { byRows: true });
  assert.throws(
    rows(({ a }) => ({ all: tf.sum(a) })),
    /TypeError: Cannot export "program" by rows as the leading axis of output0 must be that of the first input, >= 1: current shape is \[\]/,
  );
  const x = hostTensor([1, 2]);
  const named = (inputs: string[]) => () =>
    exportOnnx((x: Tensor, y: Tensor) => tf.add(x, y), [x, x], { inputs });
  assert.throws(
    named(["x"]),
    /RangeError: Cannot name inputs as there must be 2 different names .*: current value is x$/,
  );
  assert.throws(named(["x", "x"]), /different names/);
  assert.throws(named(["x", "a/b"]), /different names/);
  const scaled = (mean: Float64Array) => () =>
    exportOnnx(({ a, b }: Pair) => ({ y: tf.add(tf.sum(a, 1), b) }), [example(4)], {
      ...{ byName: true, byRows: true },
      scaling: { a: { mean } },
    });
  assert.throws(
    scaled(Float64Array.of(1)),
    /TypeError: Cannot scale a as it must be .* each of its 2 columns/,
  );
});
