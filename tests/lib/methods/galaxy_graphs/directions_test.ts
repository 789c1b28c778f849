import assert from "node:assert/strict";
import {
  CUBE_SYMMETRIES,
  DIRECTIONS,
  directionWeights,
  drawRotation,
  oppositeDirection,
  permuteDirections,
  rotateVectors,
} from "../../../../lib/methods/galaxy_graphs/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

Deno.test("directionWeights() of +x has the closed-form values", () => {
  const weights = directionWeights([1, 0, 0]);
  assert.deepEqual(DIRECTIONS[21], [1, 0, 0]);
  // Weights by the angle between d_f and x: exp(cos)/Σ exp(cos).
  const classes = new Map<string, number>();
  DIRECTIONS.forEach(([x], f) => {
    const key = `${x.toFixed(3)} ${weights[f].toFixed(6)}`;
    classes.set(key, (classes.get(key) ?? 0) + 1);
  });
  assert.deepEqual(Object.fromEntries([...classes].sort()), {
    "-0.577 0.018381": 4,
    "-0.707 0.016144": 4,
    "-1.000 0.012045": 1,
    "0.000 0.032742": 8,
    "0.577 0.058324": 4,
    "0.707 0.066405": 4,
    "1.000 0.089002": 1,
  });
  assert.ok(Math.abs(weights.reduce((sum, w) => sum + w, 0) - 1) < 1e-15);
  assert.equal(directionWeights([0, 0, 0])[3], 1 / 26);
});

Deno.test("directionWeights() of −n are those of n with opposite directions swapped", () => {
  const n = [2 / 3, -1 / 3, 2 / 3];
  const there = directionWeights(n), back = directionWeights(n.map((x) => -x));
  DIRECTIONS.forEach((d, f) => {
    assert.deepEqual(DIRECTIONS[oppositeDirection(f)], d.map((x) => x === 0 ? 0 : -x));
    assert.ok(Math.abs(back[f] - there[oppositeDirection(f)]) < 1e-15);
  });
});

Deno.test("permuteDirections(): q^f(Rn) = q^(π⁻¹(f))(n) for the 48 symmetries of the cube, and no others", () => {
  assert.equal(new Set(CUBE_SYMMETRIES.map(String)).size, 48);
  const n = [0.36, -0.48, 0.8];
  const weights = directionWeights(n);
  for (const symmetry of CUBE_SYMMETRIES) {
    const turned = directionWeights(rotateVectors(Float64Array.from(n), symmetry));
    permuteDirections(symmetry).forEach((image, f) =>
      assert.ok(Math.abs(turned[image] - weights[f]) < 1e-15)
    );
  }
  const generic = drawRotation(stream(1, "rotation"));
  assert.throws(() => permuteDirections(generic), { name: "RangeError" });
  const turned = directionWeights(rotateVectors(Float64Array.from(n), generic));
  assert.ok([...turned].sort().some((w, k) => Math.abs(w - [...weights].sort()[k]) > 1e-3));
});

Deno.test("drawRotation() is orthogonal, proper and uniform", () => {
  const random = stream(2, "rotations");
  const moments = new Float64Array(9), squares = new Float64Array(9);
  const count = 20000;
  let trace = 0, traceSquare = 0;
  for (let k = 0; k < count; k++) {
    const r = drawRotation(random);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const dot = r[3 * a] * r[3 * b] + r[3 * a + 1] * r[3 * b + 1] + r[3 * a + 2] * r[3 * b + 2];
        assert.ok(Math.abs(dot - (a === b ? 1 : 0)) < 1e-12);
      }
    }
    const determinant = r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) +
      r[2] * (r[3] * r[7] - r[4] * r[6]);
    assert.ok(Math.abs(determinant - 1) < 1e-12);
    r.forEach((x, i) => {
      moments[i] += x / count;
      squares[i] += x * x / count;
    });
    trace += (r[0] + r[4] + r[8]) / count;
    traceSquare += (r[0] + r[4] + r[8]) ** 2 / count;
  }
  // Haar measure: ⟨R_ij⟩ = 0, ⟨R_ij²⟩ = 1/3, ⟨tr R⟩ = 0, ⟨(tr R)²⟩ = 1.
  moments.forEach((x) => assert.ok(Math.abs(x) < 4 * Math.sqrt(1 / 3 / count)));
  squares.forEach((x) => assert.ok(Math.abs(x - 1 / 3) < 4 * Math.sqrt(4 / 45 / count)));
  assert.ok(Math.abs(trace) < 4 / Math.sqrt(count) && Math.abs(traceSquare - 1) < 4 * 1.5 / Math.sqrt(count));
});
