import assert from "node:assert/strict";
import { prox, PROX_ALGORITHMS } from "../../../../lib/methods/weight_sharing/mod.ts";

Deno.test("prox() gives the mean for any alpha beyond the last collision, by all algorithms alike", () => {
  for (const algorithm of PROX_ALGORITHMS) {
    for (const alpha of [1, 1e6, 1e12, 1e14, 1e16, 1e17, 1e200, 1e308]) {
      for (const value of prox(Float64Array.of(0.1, 0.25, 0.4, 0.05), { alpha, algorithm })) {
        assert.ok(Math.abs(value - 0.2) < 1e-13, `${algorithm}, ${alpha}: ${value}`);
      }
      const equal = prox(Float64Array.of(0.3, 0.3, 0.3), { alpha, algorithm });
      assert.ok(equal.every((value) => Math.abs(value - 0.3) < 1e-13), `${algorithm}, ${alpha}: ${equal}`);
      assert.deepEqual([...prox(Float64Array.of(7), { alpha, algorithm })], [7]);
      // Large weights need as large an alpha to meet.
      const far = prox(Float64Array.of(-1e300, 1e300), { alpha: 1e299, algorithm });
      assert.deepEqual([...far], [-9e299, 9e299]);
    }
    const shrunk = prox(Float64Array.of(0.1, 0.3), { alpha: 1e18, l1: 0.15, algorithm });
    assert.ok(shrunk.every((value) => Math.abs(value - 0.05) < 1e-15));
  }
});

Deno.test("prox() refuses weights that are no floats", () => {
  for (const weights of [Int32Array.of(0, 1, 4), Uint8Array.of(1, 2), new Float16Array([1, 2]), [1, 2]]) {
    assert.throws(() => prox(weights as unknown as Float64Array, { alpha: 0.5 }), {
      name: "TypeError",
      message:
        /weights must be a Float32Array or Float64Array: current value is (Int32|Uint8|Float16)?Array$/,
    });
  }
});
