import assert from "node:assert/strict";
import { tf } from "../../../lib/tensor/mod.ts";

Deno.test("a buffer's elements are read where they lie, row by row, and none beyond", () => {
  for (const shape of [[], [4], [2, 3], [2, 3, 4], [2, 1, 3, 2], [2, 3, 1, 2, 2], [2, 1, 2, 1, 2, 3]]) {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = Float32Array.from({ length: size }, (_, i) => i + 0.5);
    const buffer = tf.buffer(shape, "float32", values);
    for (let i = 0; i < size; i++) {
      const at: number[] = [];
      shape.reduceRight((rest, length) => (at.unshift(rest % length), Math.floor(rest / length)), i);
      assert.equal(buffer.get(...at), i + 0.5, `[${shape}] at ${at}`);
    }
    shape.forEach((length, axis) => {
      for (const place of [-1, length]) {
        const at = shape.map((_, other) => other === axis ? place : 0);
        assert.throws(() => buffer.get(...at), /out of range element at/, `[${shape}] at ${at}`);
      }
    });
  }
});
