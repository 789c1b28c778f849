import assert from "node:assert/strict";
import { stickyParticles } from "../../../../lib/methods/weight_sharing/mod.ts";
import { distance, noVectors, proxOf, randomInput, scaleOf, solveProx, VECTORS } from "./_inputs.ts";

Deno.test("stickyParticles() is the prox at many times, clusters included", () => {
  for (let seed = 0; seed < 150; seed++) {
    const { w, alpha } = randomInput(seed);
    const system = stickyParticles(w);
    const times = Array.from({ length: 21 }, (_, i) => i / 20 * 1.2 * (system.end || alpha));
    for (const time of times) {
      const limit = Math.max(1e-12 * scaleOf(w, time), 1e-320);
      assert.ok(distance(system.positions(time), proxOf(w, time)) <= limit, `seed ${seed} at ${time}`);
    }
  }
  const { w } = randomInput(0);
  const system = stickyParticles(w);
  for (const time of [0, 0.1, 0.5, 2]) {
    assert.deepEqual(system.clusters(time), solveProx(w, { alpha: time }).clusters);
  }
});

Deno.test("stickyParticles() makes continuous world lines that keep mass and momentum", () => {
  for (let seed = 0; seed < 60; seed++) {
    const { w } = randomInput(8 * seed); // the normal ones
    const { worldLines, collisions, size, end, order } = stickyParticles(w);
    assert.equal(worldLines.length, 2 * size - 1);
    assert.equal(collisions.length, size - 1);
    assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: size }, (_, i) => i));
    collisions.forEach(({ time, position, first, split, last }, c) => {
      assert.ok(time >= (collisions[c - 1]?.time ?? 0) && time <= end);
      const born = worldLines[size + c];
      assert.deepEqual([born.first, born.last, born.from], [first, last, time]);
      const parents = worldLines.filter((line) =>
        line.to === time && line.first >= first && line.last <= last
      );
      const left = parents.find((line) => line.first === first && line.last === split - 1)!;
      const right = parents.find((line) => line.first === split && line.last === last)!;
      for (const { centre, velocity } of [left, right, born]) {
        assert.ok(Math.abs(centre + time * velocity - position) < 1e-12);
      }
      const mass = ({ first, last }: { first: number; last: number }) => last - first + 1;
      const momentum = mass(left) * left.velocity + mass(right) * right.velocity;
      assert.ok(Math.abs(mass(born) * born.velocity - momentum) < 1e-12);
    });
  }
});

Deno.test("stickyParticles() of none, one and equal particles", () => {
  assert.deepEqual([...stickyParticles(new Float64Array()).positions(1)], []);
  const one = stickyParticles(Float64Array.of(3));
  assert.deepEqual([[...one.positions(5)], one.end, one.collisions.length], [[3], 0, 0]);
  const equal = stickyParticles(Float64Array.of(2, 2, 2));
  assert.deepEqual(equal.collisions.map(({ time }) => time), [0, 0]);
  assert.deepEqual([...equal.positions(7)], [2, 2, 2]);
  assert.throws(
    () => stickyParticles(Float64Array.of(1, NaN)),
    /weight 1 must be finite: current value is NaN/,
  );
});

Deno.test({
  name: "stickyParticles() agrees with the exact vectors (REFIGURE_DATA)",
  ignore: noVectors,
  fn() {
    for (const { name, w, alpha, prox_R_only, cluster_sizes_sorted } of VECTORS) {
      const system = stickyParticles(Float64Array.from(w));
      assert.ok(
        distance(system.positions(alpha), prox_R_only) <= 1e-12 * Math.max(1, scaleOf(w, alpha)),
        name,
      );
      // Where particles meet exactly at α, rounding decides whether the collision is before or after.
      const count = system.clusters(alpha * (1 + 1e-12)).count;
      assert.equal(count, cluster_sizes_sorted.length, name);
    }
  },
});
