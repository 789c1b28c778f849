import assert from "node:assert/strict";
import {
  binMiddles,
  clustering,
  differenceOf,
  type Ellipticities,
  type GalaxySample,
  jackknifeCovariance,
  jackknifeErrors,
  logBins,
  meanOf,
  orientationCorrelations,
  projectedCorrelations,
} from "../../../../lib/methods/galaxy_graphs/mod.ts";
import { type Stream, stream } from "../../../../lib/random/mod.ts";

const close = (a: number, b: number, tolerance: number, message = "") =>
  assert.ok(Math.abs(a - b) <= tolerance, `${message}: ${a} is not ${b} within ${tolerance}`);

function directions(random: Stream, count: number): Float64Array {
  const out = random.normal(new Float64Array(3 * count));
  for (let i = 0; i < out.length; i += 3) {
    const length = Math.hypot(out[i], out[i + 1], out[i + 2]);
    for (let k = 0; k < 3; k++) out[i + k] /= length;
  }
  return out;
}

/** Clustered points: half of them near one of the others, some across the border of the box. */
function points(random: Stream, count: number, box: number): { positions: Float64Array; groups: Int32Array } {
  const positions = random.uniform(new Float64Array(3 * count), { high: box });
  const groups = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = Math.floor(count / 2); i < count; i++) {
    const near = random.nextInteger(Math.floor(count / 2));
    groups[i] = near;
    const step = random.normal(new Float64Array(3), { std: 0.5 });
    for (let k = 0; k < 3; k++) {
      positions[3 * i + k] = ((positions[3 * near + k] + step[k]) % box + box) % box;
    }
  }
  return { positions, groups };
}

Deno.test("the cell grid finds the pairs that brute force finds, with counts equal to the bit", () => {
  // Reach from a twentieth of the box to all of it: many cells, and one.
  for (const [box, count, farthest] of [[20, 600, 1], [20, 400, 3.2], [20, 300, 6.6], [20, 200, 10]]) {
    const random = stream(1, "points", String(farthest));
    const { positions, groups } = points(random, count, box);
    const sample: GalaxySample = { box, positions, groups };
    const axes = [directions(random, count), directions(random, count)];
    const oriented = Uint8Array.from({ length: count }, (_, i) => i % 3 === 0 ? 0 : 1);
    const ellipticities = [{
      e1: random.normal(new Float64Array(count)),
      e2: random.normal(new Float64Array(count)),
    }];
    const edges = logBins({ from: 0.05, to: farthest, bins: 8 });
    for (const pairs of ["all", "one-halo", "two-halo"] as const) {
      const options = { edges, pairs, oriented, depth: 5 };
      const [grid, brute] = (["grid", "brute force"] as const).map((search) => [
        ...orientationCorrelations(sample, { ...options, axes, search }).flatMap((
          { omega, eta },
        ) => [omega, eta]),
        ...projectedCorrelations(sample, { ...options, ellipticities, search })
          .flatMap(({ gPlus, gCross, plusPlus }) => [gPlus, gCross, plusPlus]),
        clustering(sample, { ...options, search }),
      ]);
      grid.forEach((statistic, s) => {
        assert.deepEqual(statistic.pairs, brute[s].pairs);
        // Sums are taken in another order.
        const scale = Math.max(1, ...brute[s].value.map((x) => Number.isFinite(x) ? Math.abs(x) : 0));
        statistic.value.forEach((x, b) => {
          if (Number.isFinite(x)) close(x, brute[s].value[b], 1e-10 * scale, `${pairs} ${s} bin ${b}`);
          else assert.equal(x, brute[s].value[b]);
        });
      });
      if (pairs === "all") assert.ok(grid[0].pairs.reduce((a, b) => a + b) > 100);
    }
  }
});

Deno.test("leave-one-out values are what measuring without the region gives", () => {
  const box = 12, count = 250;
  const random = stream(2, "points");
  const { positions, groups } = points(random, count, box);
  const axes = directions(random, count);
  const shapes = { e1: random.normal(new Float64Array(count)), e2: random.normal(new Float64Array(count)) };
  const options = { edges: [0.1, 1, 3, 5], regionsPerSide: 2 };
  const [all] = orientationCorrelations({ box, positions }, { ...options, axes: [axes] });
  const [flat] = projectedCorrelations({ box, positions }, { ...options, depth: 6, ellipticities: [shapes] });
  const xi = clustering({ box, positions }, options);
  for (let region = 0; region < 8; region++) {
    const inside = (i: number) =>
      [0, 1, 2].reduce((code, k) => 2 * code + Math.floor(positions[3 * i + k] / box * 2), 0) === region;
    const kept = [...groups.keys()].filter((i) => !inside(i));
    const take = (values: Float64Array, width: number) =>
      Float64Array.from(kept.flatMap((i) => [...values.subarray(i * width, (i + 1) * width)]));
    const left = { box, positions: take(positions, 3) };
    const [three] = orientationCorrelations(left, { ...options, axes: [take(axes, 3)] });
    all.omega.leaveOneOut[region].forEach((x, b) => close(x, three.omega.value[b], 1e-12, "ω"));
    all.eta.leaveOneOut[region].forEach((x, b) => close(x, three.eta.value[b], 1e-12, "η"));
    const [two] = projectedCorrelations(left, {
      ...options,
      depth: 6,
      ellipticities: [{ e1: take(shapes.e1, 1), e2: take(shapes.e2, 1) }],
    });
    // Measured anew the volume stays the box's; in the jackknife it is that of what is left.
    flat.gPlus.leaveOneOut[region].forEach((x, b) => close(x, two.gPlus.value[b] * 7 / 8, 1e-9, "w_g+"));
    const fewer = clustering(left, options);
    xi.leaveOneOut[region].forEach((x, b) => close(x + 1, (fewer.value[b] + 1) * 7 / 8, 1e-9, "ξ"));
  }
});

Deno.test("ω and η of planted axes", () => {
  const box = 40, count = 300;
  const random = stream(3, "pairs");
  // Pairs along random directions, one apart and far from all others.
  const positions = new Float64Array(6 * count);
  const along = directions(random, count),
    across = new Float64Array(6 * count),
    radial = new Float64Array(6 * count);
  for (let p = 0; p < count; p++) {
    const n = along.subarray(3 * p, 3 * p + 3);
    for (let k = 0; k < 3; k++) {
      const middle = 2 + 4 * (k === 0 ? p % 9 : k === 1 ? Math.floor(p / 9) % 9 : Math.floor(p / 81) % 9);
      positions[6 * p + k] = middle + n[k] / 2;
      positions[6 * p + 3 + k] = middle - n[k] / 2;
    }
    radial.set(n, 6 * p);
    radial.set(n.map((x) => -x), 6 * p + 3);
    const other = directions(random, 1);
    const c = [
      n[1] * other[2] - n[2] * other[1],
      n[2] * other[0] - n[0] * other[2],
      n[0] * other[1] - n[1] * other[0],
    ];
    const length = Math.hypot(...c);
    across.set(c.map((x) => x / length), 6 * p);
    across.set(c.map((x) => x / length), 6 * p + 3);
  }
  const isotropic = directions(random, 2 * count);
  const [radially, perpendicular, randomly] = orientationCorrelations({ box, positions }, {
    edges: [0.9, 1.1],
    axes: [radial, across, isotropic],
  });
  assert.deepEqual([...radially.omega.pairs], [2 * count]);
  close(radially.omega.value[0], 2 / 3, 1e-12, "ω radial");
  close(perpendicular.omega.value[0], -1 / 3, 1e-12, "ω perpendicular");
  close(radially.eta.value[0], 2 / 3, 1e-12, "η of equal axes");
  // The variance of cos² of a random angle is 4/45: 0.298² a pair.
  close(randomly.omega.value[0], 0, 3 * 0.298 / Math.sqrt(2 * count), "ω of random axes");
  close(
    jackknifeErrors(randomly.omega)[0],
    0.298 / Math.sqrt(2 * count),
    0.5 * 0.298 / Math.sqrt(2 * count),
    "its error",
  );
});

Deno.test("w_g+ of planted shapes: sign, symmetry, cross component, normalisation", () => {
  const box = 60, count = 400;
  const random = stream(4, "pairs");
  const positions = new Float64Array(6 * count);
  const point: Ellipticities = { e1: new Float64Array(2 * count), e2: new Float64Array(2 * count) };
  for (let p = 0; p < count; p++) {
    const angle = 2 * Math.PI * random.nextUniform();
    const middle = [3 + 6 * (p % 9), 3 + 6 * (Math.floor(p / 9) % 9), 3 + 9 * Math.floor(p / 81)];
    for (const [end, sign] of [[0, 0.5], [1, -0.5]]) {
      positions.set([
        middle[0] + sign * Math.cos(angle),
        middle[1] + sign * Math.sin(angle),
        middle[2] + (end === 0 ? 0.3 : 0),
      ], 6 * p + 3 * end);
      // Pointing at the other one, with |e| = 0.2.
      point.e1[2 * p + end] = 0.2 * Math.cos(2 * angle);
      point.e2[2 * p + end] = 0.2 * Math.sin(2 * angle);
    }
  }
  const turned = { e1: point.e1.map((x) => -x), e2: point.e2.map((x) => -x) };
  const diagonal = { e1: point.e2.map((x) => -x), e2: point.e1 };
  const edges = [0.9, 1.1], depth = 2;
  const [radial, tangential, crossed] = projectedCorrelations({ box, positions }, {
    edges,
    depth,
    ellipticities: [point, turned, diagonal],
  });
  // 2Π_max · Σe₊ / [N² π(r₂² − r₁²) 2Π_max/V]
  const expected = 0.2 * 2 * count * box ** 3 / ((2 * count) ** 2 * Math.PI * (1.1 ** 2 - 0.9 ** 2));
  assert.deepEqual([...radial.gPlus.pairs], [2 * count]);
  close(radial.gPlus.value[0], expected, 1e-9 * expected, "w_g+");
  close(tangential.gPlus.value[0], -expected, 1e-9 * expected, "w_g+ of turned shapes");
  close(radial.gCross.value[0], 0, 1e-9 * expected, "cross component");
  close(crossed.gPlus.value[0], 0, 1e-9 * expected, "w_g+ of shapes at 45°");
  close(crossed.gCross.value[0], expected, 1e-9 * expected, "cross component of shapes at 45°");
  close(radial.plusPlus.value[0], 0.2 * expected, 1e-9 * expected, "w_++");
  close(tangential.plusPlus.value[0], 0.2 * expected, 1e-9 * expected, "w_++ of turned shapes");
});

Deno.test("clustering() of random points is 0 within Poisson errors", () => {
  const positions = stream(5, "points").uniform(new Float64Array(3 * 4000), { high: 30 });
  const xi = clustering({ box: 30, positions }, { edges: [1, 2, 4, 8] });
  const errors = jackknifeErrors(xi);
  xi.value.forEach((x, b) => {
    const poisson = 1 / Math.sqrt(xi.pairs[b]);
    assert.ok(Math.abs(x) < 4 * poisson, `ξ ${x} in bin ${b}`);
    // In the outer bins the regions' own densities scatter more than pairs do.
    if (b === 0) {
      assert.ok(errors[b] > poisson / 2 && errors[b] < 3 * poisson, `${errors[b]}, Poisson ${poisson}`);
    }
    assert.ok(errors[b] > poisson / 2);
  });
  const total = xi.pairs[2] / (4000 * 3999 / 2 * (4 / 3 * Math.PI * (512 - 64)) / 27000);
  close(xi.value[2], total - 1, 1e-12, "ξ");
});

Deno.test("a sample across the border of the box is the sample moved to its middle", () => {
  const box = 15, count = 120;
  const random = stream(6, "points");
  const { positions } = points(random, count, box);
  const axes = directions(random, count);
  const moved = positions.map((x) => (x + 6.25) % box);
  const of = (positions: Float64Array) =>
    orientationCorrelations({ box, positions }, { edges: [0.1, 1, 4, 7], axes: [axes] })[0].omega;
  assert.deepEqual(of(moved).pairs, of(positions).pairs);
  of(moved).value.forEach((x, b) => close(x, of(positions).value[b], 1e-10));
});

Deno.test("jackknifeCovariance() of a mean is s²/n; differenceOf() and meanOf() act on the replicates", () => {
  const values = Array.from(stream(7, "values").normal(new Float64Array(40)));
  const total = values.reduce((a, b) => a + b);
  const leaveOneOut = values.map((x) => Float64Array.of((total - x) / 39, -(total - x) / 39));
  const [a, b, c, d] = jackknifeCovariance(leaveOneOut);
  const variance = values.reduce((sum, x) => sum + (x - total / 40) ** 2, 0) / 39 / 40;
  close(a, variance, 1e-12, "variance");
  close(b, -variance, 1e-12, "covariance");
  assert.deepEqual([c, d], [b, a]);
  const statistic = {
    edges: [1, 2, 3],
    pairs: new Float64Array(2),
    value: Float64Array.of(1, 2),
    leaveOneOut,
  };
  const difference = differenceOf(statistic, statistic);
  assert.deepEqual([...difference.value], [0, 0]);
  assert.deepEqual([...jackknifeErrors(difference)], [0, 0]);
  assert.deepEqual(meanOf([statistic, statistic]).value, statistic.value);
  assert.deepEqual(binMiddles(statistic), [1.5, 2.5]);
  assert.throws(() => jackknifeCovariance([[1]]), { name: "RangeError" });
});

Deno.test("the correlations refuse what makes no sense", () => {
  const sample = { box: 10, positions: new Float64Array(6) };
  const axes = [new Float64Array(6)];
  assert.throws(() => orientationCorrelations(sample, { axes, edges: [1, 6] }), {
    name: "RangeError",
    message: "Cannot correlate as bins must end within half the box, 5: current value is 6",
  });
  assert.throws(() => orientationCorrelations(sample, { axes, edges: [2, 1] }), { name: "RangeError" });
  assert.throws(() => orientationCorrelations(sample, { axes, edges: [1, 2], pairs: "one-halo" }), {
    name: "TypeError",
    message: "Cannot select one-halo pairs as groups must be given: they are not",
  });
  assert.throws(() => projectedCorrelations(sample, { ellipticities: [], edges: [1, 2], depth: 6 }), {
    name: "RangeError",
    message: "Cannot correlate as depth must be in (0, 5]: current value is 6",
  });
  assert.throws(() => logBins({ from: 0, to: 1, bins: 2 }), { name: "RangeError" });
});

Deno.test("correlations name a position or an axis that is not finite, which they would leave out silently", () => {
  const box = 10, { positions, groups } = points(stream(4, "points"), 20, box);
  const axes = [directions(stream(4, "axes"), 20)], edges = [0.1, 1, 4];
  const broken = (values: Float64Array) => values.map((value, i) => i === 7 ? NaN : value);
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [
      () => clustering({ box, positions: broken(positions) }, { edges }),
      /positions must be finite: current value of galaxy 2 is NaN/,
    ],
    [
      () => clustering({ box: NaN, positions }, { edges }),
      /box must be finite and > 0: current value is NaN/,
    ],
    [
      () => clustering({ box, positions, groups: groups.slice(1) }, { edges, pairs: "one-halo" }),
      /a group for each of 20 galaxies: current value is 19/,
    ],
    [
      () => orientationCorrelations({ box, positions }, { edges, axes: [broken(axes[0])] }),
      /60 finite numbers: current value of set 0 is NaN at 7/,
    ],
    [
      () => orientationCorrelations({ box, positions }, { edges, axes: [axes[0].slice(3)] }),
      /60 finite numbers: current value of set 0 is 57/,
    ],
  ];
  for (const [correlate, message] of cases) {
    assert.throws(correlate, { name: "RangeError", message });
  }
  // A galaxy without an axis needs none.
  const oriented = new Uint8Array(20).fill(1).fill(0, 2, 3);
  const [{ omega }] = orientationCorrelations({ box, positions }, {
    edges,
    axes: [broken(axes[0])],
    oriented,
  });
  assert.ok(omega.value.every(Number.isFinite));
});
