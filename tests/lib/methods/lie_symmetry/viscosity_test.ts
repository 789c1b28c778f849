import assert from "node:assert/strict";
import {
  coleHopf,
  fourierSeries,
  regularGrid,
  solveBurgers,
} from "../../../../lib/methods/lie_symmetry/mod.ts";

Deno.test("the solvers of Burgers' equation refuse a viscosity that is not positive", () => {
  const series = fourierSeries([[{ amplitude: 1, mode: 1, phaseRad: 0 }]], { length: 2, modes: 1 });
  const grid = regularGrid({ length: 2, duration: 0.01, positions: 16, times: 2 });
  for (const solve of [solveBurgers, coleHopf]) {
    for (const nu of [0, -0, -0.1, NaN, Infinity, -Infinity]) {
      assert.throws(() => solve(series, { nu, grid }), {
        name: "RangeError",
        message: /nu must be finite and > 0/,
      });
    }
    assert.ok(solve(series, { nu: 0.1, grid }).values.every(Number.isFinite));
  }
});
