import assert from "node:assert/strict";
import { developmentFile } from "../../../_development_data.ts";
import {
  chargedParticles,
  driftPredictor,
  type DynamicsData,
  fitAffine,
  fitDrift,
  scoreDynamics,
} from "../../../../lib/nn/graphs/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

/** A file of the regenerated benchmark: 50 float32 numbers a row, x, v, y (5 × 3 each) and charges. */
function benchmark(name: string): DynamicsData {
  const numbers = new Float32Array(
    Deno.readFileSync(developmentFile(`nbody-small-seed43/${name}.f32`)!).buffer,
  );
  const part = (from: number, count: number) => {
    const out = new Float32Array(numbers.length / 50 * count);
    for (let row = 0; row < numbers.length / 50; row++) {
      out.set(numbers.subarray(row * 50 + from, row * 50 + from + count), row * count);
    }
    return out;
  };
  return chargedParticles(
    { nodes: 5, positions: part(0, 15), velocities: part(15, 15), targets: part(30, 15) },
    part(45, 5),
  );
}

Deno.test({
  name:
    "linear baselines score on the charged 5-body benchmark what an independent fit does (needs REFIGURE_DATA)",
  ignore: developmentFile("nbody-small-seed43/test.f32") === undefined,
  fn() {
    const [train, valid, test] = ["train", "valid", "test"].map(benchmark);
    const close = (actual: number, wanted: number) =>
      assert.ok(Math.abs(actual - wanted) < 6e-6, `${actual} instead of ${wanted}`);
    const loss = (predictor: ReturnType<typeof driftPredictor>, data: DynamicsData) =>
      scoreDynamics(predictor(data), { data, loss: "meanSquared" }).loss;
    const coefficient = fitDrift(train);
    assert.ok(Math.abs(coefficient - 0.7237) < 5e-5);
    close(loss(driftPredictor(coefficient), test), 0.08470);
    close(loss(driftPredictor(coefficient), valid), 0.08255);
    close(loss(driftPredictor(0), test), 0.27147);
    close(loss(fitAffine(train), test), 0.06902);
  },
});

Deno.test("fitAffine() finds an affine map", () => {
  const random = stream(0, "affine");
  const positions = random.normal(new Float64Array(60)), velocities = random.normal(new Float64Array(60));
  const targets = positions.map((_, k) => {
    const first = k - k % 3;
    return 2 * positions[k] - velocities[first + (k + 1) % 3] + k % 3;
  });
  const data = chargedParticles({ nodes: 4, positions, velocities, targets }, Array(20).fill(1));
  assert.ok(scoreDynamics(fitAffine(data)(data), { data, loss: "meanSquared" }).loss < 1e-10);
});

Deno.test("linear baselines refuse what they cannot fit", () => {
  const still = chargedParticles(
    { nodes: 1, positions: [1, 2, 3], velocities: [0, 0, 0], targets: [1, 2, 3] },
    [1],
  );
  assert.throws(() => fitDrift(still), /velocities must not all be 0/);
  assert.throws(() => fitAffine(still), /positions and velocities must span all directions/);
  assert.throws(
    () => chargedParticles({ nodes: 2, positions: [1, 2, 3], velocities: [], targets: [] }, []),
    TypeError,
  );
  assert.throws(() => scoreDynamics([1], { data: still, loss: "meanSquared" }), /there must be 3 numbers/);
});
