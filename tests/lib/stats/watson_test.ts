import assert from "node:assert/strict";
import {
  drawPerpendicular,
  drawWatson,
  drawWatsonCosine,
  watsonConcentration,
  watsonDensity,
  watsonMeanSquare,
  watsonOrder,
} from "../../../lib/stats/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** μ, ⟨c²⟩, S: by SciPy's adaptive quadrature of the density. */
const TABLE = [
  [0.1, 0.347620, 0.021429],
  [0.279, 0.376718, 0.065076],
  [0.5, 0.429231, 0.143846],
  [0.572, 0.455325, 0.182987],
  [0.64, 0.488091, 0.232137],
  [0.755, 0.577387, 0.366080],
  [0.8, 0.632942, 0.449413],
  [0.9, 0.818660, 0.727990],
  [0.95, 0.917272, 0.875909],
  [0.99, 0.984162, 0.976243],
] as const;

Deno.test("watsonMeanSquare() and watsonOrder() agree with the table", () => {
  for (const [strength, meanSquare, order] of TABLE) {
    assert.equal(watsonMeanSquare(watsonConcentration(strength)).toFixed(6), meanSquare.toFixed(6));
    assert.equal(watsonOrder(strength).toFixed(6), order.toFixed(6));
  }
  assert.ok(Math.abs(watsonConcentration(0.5) - 1) < 1e-15);
});

Deno.test("watsonMeanSquare() and watsonDensity() agree with quadrature, on either side of 0", () => {
  for (const kappa of [-50, -3, -0.5, -0.002, -0.0009, 0, 0.0009, 0.002, 0.5, 3, 50, 600]) {
    // Simpson's rule
    const intervals = 100000;
    let norm = 0, square = 0;
    for (let k = 0; k <= intervals; k++) {
      const c = k / intervals;
      const weight = (k === 0 || k === intervals ? 1 : k % 2 === 1 ? 4 : 2) / (3 * intervals);
      norm += weight * watsonDensity(c, { kappa });
      square += weight * c * c * watsonDensity(c, { kappa });
    }
    assert.ok(Math.abs(norm - 1) < 1e-8, `norm at κ = ${kappa}: ${norm}`);
    assert.ok(Math.abs(watsonMeanSquare(kappa) - square) < 1e-8, `⟨c²⟩ at κ = ${kappa}`);
  }
});

Deno.test("drawWatsonCosine() has the law's second moment and distribution", () => {
  for (const kappa of [-20, -2.5, -1, 0, 1e-3, 1, watsonConcentration(0.8), watsonConcentration(0.95), 500]) {
    const random = stream(3, "cosines", String(kappa));
    const count = 1e5;
    let sum = 0, sumSquare = 0;
    const bins = new Float64Array(10);
    for (let i = 0; i < count; i++) {
      const c = drawWatsonCosine(random, { kappa });
      sum += c * c;
      sumSquare += c ** 4;
      bins[Math.min(Math.floor(10 * c), 9)]++;
    }
    const mean = sum / count, error = Math.sqrt((sumSquare / count - mean ** 2) / count);
    assert.ok(Math.abs(mean - watsonMeanSquare(kappa)) < 3.5 * error, `⟨c²⟩ at κ = ${kappa}: ${mean}`);
    bins.forEach((found, b) => {
      let expected = 0;
      for (let k = 0; k < 1000; k++) {
        expected += count * watsonDensity((b + (k + 0.5) / 1000) / 10, { kappa }) / 1e4;
      }
      assert.ok(Math.abs(found - expected) < 5 * Math.sqrt(expected + 1), `bin ${b} at κ = ${kappa}`);
    });
  }
});

Deno.test("drawWatson() is axisymmetric about any axis, and drawPerpendicular() perpendicular", () => {
  const kappa = watsonConcentration(0.8);
  for (const axis of [[0, 0, 1], [0, 0, -1], [0.6, -0.8, 0], [-2 / 3, 1 / 3, -2 / 3]]) {
    const random = stream(5, "axes", String(axis));
    const count = 2e4;
    const tensor = new Float64Array(9);
    for (let i = 0; i < count; i++) {
      const v = drawWatson(random, { axis, kappa });
      for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) tensor[3 * a + b] += v[a] * v[b] / count;
      const p = drawPerpendicular(random, { axis });
      assert.ok(Math.abs(p[0] * axis[0] + p[1] * axis[1] + p[2] * axis[2]) < 1e-12);
      assert.ok(Math.abs(Math.hypot(...p) - 1) < 1e-12);
    }
    // ⟨v vᵀ⟩ = ⟨c²⟩ a aᵀ + (1 − ⟨c²⟩)/2 (1 − a aᵀ)
    const along = watsonMeanSquare(kappa), across = (1 - along) / 2;
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const expected = (a === b ? across : 0) + (along - across) * axis[a] * axis[b];
        assert.ok(Math.abs(tensor[3 * a + b] - expected) < 4 * 0.33 / Math.sqrt(count), `${axis}: ${a}${b}`);
      }
    }
  }
});

Deno.test("watsonConcentration() refuses strengths outside (-1, 1)", () => {
  assert.throws(() => watsonConcentration(1), {
    name: "RangeError",
    message: "Cannot take a concentration as strength must be in (-1, 1): current value is 1",
  });
});
