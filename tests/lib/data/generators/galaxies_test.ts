import assert from "node:assert/strict";
import {
  concentration,
  drawHaloes,
  drawPoisson,
  drawRadius,
  enclosedMass,
  virialRadius,
} from "../../../../lib/data/generators/_haloes.ts";
import {
  drawDensityField,
  meshCell,
  smoothedDensity,
} from "../../../../lib/data/generators/density_field.ts";
import { ALIGNMENTS, generateGalaxies, redrawShapes } from "../../../../lib/data/generators/galaxies.ts";
import { groupStarts, selectGroups } from "../../../../lib/data/galaxy_catalogue.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { watsonOrder } from "../../../../lib/stats/mod.ts";

/** Mean with its standard error, by clusters of values that are not independent of one another. */
function clusteredMean(
  values: readonly number[],
  clusters: readonly number[],
): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const residuals = new Map<number, number>();
  values.forEach((value, i) => residuals.set(clusters[i], (residuals.get(clusters[i]) ?? 0) + value - mean));
  const square = [...residuals.values()].reduce((sum, value) => sum + value * value, 0);
  return { mean, error: Math.sqrt(square) / values.length };
}

const within3Sigma = ({ mean, error }: { mean: number; error: number }, truth: number, what: string) =>
  assert.ok(Math.abs(mean - truth) < 3 * error, `${what}: ${mean} ± ${error} is not ${truth}`);

const cosineSquare = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) ** 2 / (b[0] ** 2 + b[1] ** 2 + b[2] ** 2);

for (const preset of ["strong", "tng-like"] as const) {
  Deno.test(`generateGalaxies() has the closed-form alignments, ${preset}`, () => {
    const strengths = ALIGNMENTS[preset];
    const tidal: number[] = [], tidalGroups: number[] = [];
    const satellite: number[] = [], central: number[] = [], groups: number[] = [];
    for (const seed of [1, 2]) {
      const { catalogue } = generateGalaxies({ seed, mesh: 64, strengths });
      const { positions, box, shapes: { axes }, tides: [{ vectors }] } = catalogue;
      let centre = 0;
      for (let i = 0; i < catalogue.galaxies; i++) {
        const axis = axes.subarray(9 * i, 9 * i + 3);
        const group = seed * 1e6 + catalogue.groups[i];
        if (catalogue.central[i]) {
          centre = i;
          tidal.push(1.5 * cosineSquare(axis, vectors.subarray(9 * i, 9 * i + 3)) - 0.5);
          tidalGroups.push(group);
        } else {
          const apart = [0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * centre + k])
            .map((d) => d - box * Math.round(d / box));
          satellite.push(cosineSquare(axis, apart) - 1 / 3);
          central.push(cosineSquare(axes.subarray(9 * centre, 9 * centre + 3), apart) - 1 / 3);
          groups.push(group);
        }
      }
    }
    // q_h = 0.6: ⟨c²⟩ = [1 − (q/√(1−q²)) arctan(√(1−q²)/q)]/(1−q²)
    const q = 0.6, e = Math.sqrt(1 - q * q);
    const orderOfHost = 1.5 * (1 - q / e * Math.atan(e / q)) / (e * e) - 0.5;
    assert.equal(orderOfHost.toFixed(6), "0.213739");
    const [t, c, s] = [strengths.tidal, strengths.central, strengths.satellite].map(watsonOrder);
    within3Sigma(clusteredMean(tidal, tidalGroups), c * t, "central · tide");
    within3Sigma(clusteredMean(satellite, groups), 2 / 3 * s, "satellite · radius");
    within3Sigma(
      clusteredMean(central, groups),
      2 / 3 * c * orderOfHost,
      "central · directions to satellites",
    );
  });
}

Deno.test("generateGalaxies() makes a sound catalogue, the same for the same seed", () => {
  const options = { seed: 3, box: 30, mesh: 32, number: 0.01, tidalScales: [2, 4] };
  const { catalogue } = generateGalaxies(options);
  assert.deepEqual(generateGalaxies(options).catalogue, catalogue);
  assert.notDeepEqual(generateGalaxies({ ...options, seed: 4 }).catalogue.positions, catalogue.positions);
  assert.deepEqual(catalogue.tides.map(({ scale }) => scale), [2, 4]);
  assert.ok(catalogue.positions.every((x) => x >= 0 && x < 30));
  const starts = groupStarts(catalogue);
  assert.equal(starts.at(-1), catalogue.galaxies);
  for (let g = 0; g + 1 < starts.length; g++) {
    for (let i = starts[g]; i < starts[g + 1]; i++) {
      assert.equal(catalogue.groups[i], g);
      assert.equal(catalogue.central[i], i === starts[g] ? 1 : 0);
      assert.ok(catalogue.logSubhaloMass[i] <= catalogue.logGroupMass[i]);
    }
  }
  const { axes, intermediateRatio, minorRatio } = catalogue.shapes;
  for (let i = 0; i < catalogue.galaxies; i++) {
    const frame = axes.subarray(9 * i, 9 * i + 9);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const dot = [0, 1, 2].reduce((sum, k) => sum + frame[3 * a + k] * frame[3 * b + k], 0);
        assert.ok(Math.abs(dot - (a === b ? 1 : 0)) < 1e-12);
      }
    }
    assert.ok(0 < minorRatio[i] && minorRatio[i] <= intermediateRatio[i] && intermediateRatio[i] < 1);
  }
});

Deno.test("redrawShapes() draws other shapes with the same alignment", () => {
  const synthetic = generateGalaxies({ seed: 5, mesh: 32 });
  const { axes, intermediateRatio } = redrawShapes(synthetic, { seed: 1 });
  const values: number[] = [];
  for (let i = 0; i < synthetic.catalogue.galaxies; i++) {
    const at = 3 * synthetic.catalogue.groups[i];
    if (!synthetic.catalogue.central[i]) continue;
    values.push(
      1.5 * cosineSquare(axes.subarray(9 * i, 9 * i + 3), synthetic.hostAxes.subarray(at, at + 3)) - 0.5,
    );
  }
  within3Sigma(clusteredMean(values, values.map((_, i) => i)), watsonOrder(0.9), "central · host");
  const ratios = [...intermediateRatio];
  within3Sigma(clusteredMean(ratios, ratios.map((_, i) => i)), 6 / 9, "b/a");
});

Deno.test("selectGroups() keeps galaxies together and numbers groups anew", () => {
  const { catalogue } = generateGalaxies({ seed: 6, box: 30, mesh: 32, number: 0.01 });
  const starts = groupStarts(catalogue);
  const picked = selectGroups(catalogue, [5, 2]);
  assert.equal(picked.galaxies, starts[6] - starts[5] + starts[3] - starts[2]);
  assert.deepEqual(
    picked.positions.subarray(0, 3),
    catalogue.positions.subarray(3 * starts[5], 3 * starts[5] + 3),
  );
  assert.equal(picked.groups[0], 0);
  assert.equal(picked.groups.at(-1), 1);
  const last = picked.galaxies - 1, row = starts[3] - 1;
  assert.deepEqual(
    picked.shapes.axes.subarray(9 * last),
    catalogue.shapes.axes.subarray(9 * row, 9 * row + 9),
  );
  assert.deepEqual(
    picked.tides[0].vectors.subarray(9 * last),
    catalogue.tides[0].vectors.subarray(9 * row, 9 * row + 9),
  );
});

Deno.test("drawPoisson() has mean and variance λ", () => {
  for (const mean of [0, 0.3, 7, 900]) {
    const random = stream(1, "poisson");
    const count = 4000;
    const draws = Array.from({ length: count }, () => drawPoisson(random, { mean }));
    const average = draws.reduce((sum, n) => sum + n, 0) / count;
    const variance = draws.reduce((sum, n) => sum + (n - average) ** 2, 0) / count;
    assert.ok(Math.abs(average - mean) <= 3.5 * Math.sqrt(mean / count), `mean ${average} for ${mean}`);
    const error = Math.sqrt((mean + 2 * mean ** 2) / count);
    assert.ok(Math.abs(variance - mean) <= 3.5 * error, `variance ${variance} for ${mean}`);
  }
});

Deno.test("drawHaloes() has the density asked for, and haloes sit where δ is b σ² on average", () => {
  const box = 60, size = 64, number = 0.05;
  const field = drawDensityField(stream(2, "field"), { box, size });
  const density = smoothedDensity(field, { scale: 1 });
  const variance = density.reduce((sum, value) => sum + value * value, 0) / density.length;
  const { positions, logMass } = drawHaloes(stream(2, "haloes"), { field, density, number });
  const expected = number * box ** 3;
  // The one field at hand makes the expected number scatter, too: of the order of bσ(box).
  assert.ok(Math.abs(logMass.length / expected - 1) < 0.05, `${logMass.length} of ${expected} haloes`);
  const excess = [...logMass].map((logM, i) => {
    // The bias is that of the bin's middle.
    const centre = Math.floor((logM - 11.2) * 10) / 10 + 11.25;
    const cell = meshCell({ box, size }, positions.subarray(3 * i, 3 * i + 3));
    return density[cell] - (0.65 + 0.45 * 10 ** (0.35 * (centre - 12.5))) * variance;
  });
  const average = excess.reduce((sum, x) => sum + x, 0) / excess.length;
  // Without bias the average is 0, so the excess would be −b σ², several times σ².
  assert.ok(Math.abs(average) < 0.05 * variance, `excess ${average}, σ² ${variance}`);
  const heavy = [...logMass].filter((logM) => logM >= 12.2).length / logMass.length;
  let light = 0, all = 0;
  for (let b = 0; b < 32; b++) {
    const logM = 11.25 + b / 10;
    const weight = 10 ** (-0.9 * (logM - 11.2)) * Math.exp(-(10 ** (logM - 14)));
    all += weight;
    if (logM < 12.2) light += weight;
  }
  assert.ok(
    Math.abs(heavy - (1 - light / all)) < 4 * Math.sqrt(0.12 * 0.88 / logMass.length),
    `heavy ${heavy}`,
  );
});

Deno.test("drawRadius() has the NFW profile's enclosed mass", () => {
  const random = stream(3, "radii");
  const c = concentration(13);
  assert.equal(concentration(12), 9);
  const radii = Array.from({ length: 5000 }, () => drawRadius(random, { concentration: c })).sort((a, b) =>
    a - b
  );
  let distance = 0;
  radii.forEach((r, i) => {
    const expected = enclosedMass(c * r) / enclosedMass(c);
    distance = Math.max(distance, Math.abs(expected - i / 5000), Math.abs(expected - (i + 1) / 5000));
  });
  // Kolmogorov's 99 % quantile
  assert.ok(distance < 1.63 / Math.sqrt(5000), `distance ${distance}`);
  // 200 times the critical density within R200
  const radius = virialRadius(14);
  assert.ok(Math.abs(1e14 / (4 / 3 * Math.PI * radius ** 3) / 2.775e11 - 200) < 1e-9);
});
