import assert from "node:assert/strict";
import {
  clustersByValue,
  projectOnClusters,
  prox,
  releasedUpdate,
  type ReleasedUpdateOptions,
} from "../../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { distance, solveProx } from "./_inputs.ts";

const normal = (d: number) => stream(d, "released").normal(new Float64Array(d));

/** The card's description of the released update, line by line. */
function literal(w: Float64Array, options: Required<Omit<ReleasedUpdateOptions, "algorithm">>): Float64Array {
  const { sharing, l1, learningRate, scaleByLearningRate, rho } = options;
  const d = w.length,
    shift = scaleByLearningRate ? sharing : sharing * learningRate,
    factor = scaleByLearningRate ? learningRate : 1;
  const { clusters } = solveProx(w, { alpha: shift });
  const order = Array.from(w.keys()).sort((a, b) => w[a] - w[b]);
  const result = new Float64Array(d);
  let first = 0;
  for (const size of clusters.sizes) {
    const members = order.slice(first, first + size);
    let x = members.reduce((sum, i) => sum + w[i] / size, 0);
    let v = members.reduce((sum, _, r) => sum + shift * (d - 1 - 2 * (first + r)) / (d - 1) / size, 0);
    const zero = Math.abs(x + v) < l1;
    v -= Math.sign(x + v) * l1;
    if (zero) x = v = 0;
    x += (1 - rho) * v * factor;
    for (const i of members) result[i] = x;
    first += size;
  }
  return result;
}

Deno.test("releasedUpdate() is the released code's update, for all of rho, use_trick and l1", () => {
  for (const rho of [0, 0.3, 0.98, 1]) {
    for (const scaleByLearningRate of [false, true]) {
      for (const l1 of [0, 0.2]) {
        for (const sharing of [0, 0.5, 4]) {
          const w = normal(60), options = { sharing, l1, learningRate: 0.4, scaleByLearningRate, rho };
          const { weights } = releasedUpdate(w, options);
          assert.ok(distance(weights, literal(w, options)) < 1e-14 * 10, JSON.stringify(options));
        }
      }
    }
  }
});

Deno.test("releasedUpdate() with rho = 0 is the prox; rho → 1 keeps the ties and shrinks less", () => {
  const w = normal(80), options = { sharing: 1, learningRate: 1, l1: 0.1 };
  const plain = releasedUpdate(w, options), biasFree = releasedUpdate(w, { ...options, rho: 1 });
  assert.ok(distance(plain.weights, prox(w, { alpha: 1, l1: 0.1 })) < 1e-14);
  assert.deepEqual(plain.clusters, biasFree.clusters);
  const size = (x: Float64Array) => x.reduce((sum, value) => sum + Math.abs(value), 0);
  assert.ok(size(biasFree.weights) > 1.5 * size(plain.weights));
  const zeros = (x: Float64Array) => x.filter((value) => value === 0).length;
  assert.ok(zeros(plain.weights) > 0 && zeros(plain.weights) === zeros(biasFree.weights));
  assert.equal(zeros(releasedUpdate(w, { ...options, l1: 0 }).weights), 0);
});

Deno.test("projectOnClusters() is the nearest vector with the pattern, and keeps one that has it", () => {
  const w = normal(50), { weights, clusters } = solveProx(w, { alpha: 0.7 });
  const noisy = weights.map((x, i) => x + 0.1 * w[(i + 7) % 50]);
  const projected = projectOnClusters(noisy, clusters);
  assert.deepEqual(clustersByValue(projected).count, clusters.count);
  assert.deepEqual(projectOnClusters(projected, clusters), projected);
  for (let c = 0; c < clusters.count; c++) {
    const residual = noisy.reduce(
      (sum, x, i) => clusters.clusterOf[i] === c ? sum + x - projected[i] : sum,
      0,
    );
    assert.ok(Math.abs(residual) < 1e-12);
  }
  assert.throws(
    () => projectOnClusters(new Float64Array(3), clusters),
    /number must be 50: current value is 3/,
  );
});
