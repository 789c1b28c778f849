import assert from "node:assert/strict";
import { complexMesh, transformMesh } from "../../../../lib/data/generators/_fft3.ts";
import {
  drawDensityField,
  meshCell,
  powerSpectrum,
  smoothedDensity,
  tidalAxes,
  tidalField,
  topHatVariance,
} from "../../../../lib/data/generators/density_field.ts";
import { stream } from "../../../../lib/random/mod.ts";

const close = (a: number, b: number, tolerance: number, message = "") =>
  assert.ok(Math.abs(a - b) <= tolerance, `${message} ${a} is not ${b} within ${tolerance}`);

Deno.test("transformMesh() agrees with the sum, and its inverse undoes it", () => {
  const size = 4;
  const mesh = complexMesh(size);
  stream(1, "mesh").normal(mesh.data);
  const original = mesh.data.slice();
  transformMesh(mesh);
  for (const [a, b, c] of [[0, 0, 0], [1, 0, 0], [0, 2, 3], [3, 1, 2]]) {
    let real = 0, imaginary = 0;
    for (let x = 0; x < size; x++) {
      for (let y = 0; y < size; y++) {
        for (let z = 0; z < size; z++) {
          const angle = -2 * Math.PI * (a * x + b * y + c * z) / size;
          const at = 2 * ((x * size + y) * size + z);
          real += original[at] * Math.cos(angle) - original[at + 1] * Math.sin(angle);
          imaginary += original[at] * Math.sin(angle) + original[at + 1] * Math.cos(angle);
        }
      }
    }
    const at = 2 * ((a * size + b) * size + c);
    close(mesh.data[at], real, 1e-12);
    close(mesh.data[at + 1], imaginary, 1e-12);
  }
  transformMesh(mesh, { inverse: true });
  mesh.data.forEach((value, i) => close(value, original[i], 1e-14));

  const large = complexMesh(32);
  stream(2, "mesh").normal(large.data);
  const before = large.data.slice();
  transformMesh(large);
  transformMesh(large, { inverse: true });
  large.data.forEach((value, i) => close(value, before[i], 1e-13));
});

Deno.test("complexMesh() refuses sizes that are no powers of two", () => {
  assert.throws(() => complexMesh(96), {
    name: "RangeError",
    message: "Cannot make a mesh as size must be a power of two >= 2: current value is 96",
  });
});

Deno.test("powerSpectrum() has the variance asked for in spheres of 8 Mpc/h", () => {
  const spectrum = powerSpectrum();
  close(Math.sqrt(topHatVariance(spectrum, { radius: 8 })), 0.81, 1e-12);
  // Limits: P ∝ k^0.967 at large scales, and about k^(0.967 − 4) ln²k at small ones.
  const slope = (k: number) => Math.log(spectrum(k * 1.01) / spectrum(k)) / Math.log(1.01);
  close(slope(1e-6), 0.967, 1e-3);
  assert.ok(slope(100) < -2.5 && slope(100) > 0.967 - 4);
  assert.equal(spectrum(0), 0);
});

Deno.test("drawDensityField() has the spectrum's variance: the mean square is Σ P exp(−k²R²)/V", () => {
  const box = 50, size = 32, scale = 2;
  const spectrum = powerSpectrum();
  let expected = 0, noise = 0;
  for (let i = 1 - size / 2; i < size / 2; i++) {
    for (let j = 1 - size / 2; j < size / 2; j++) {
      for (let l = 1 - size / 2; l < size / 2; l++) {
        const k = 2 * Math.PI / box * Math.hypot(i, j, l);
        const power = spectrum(k) * Math.exp(-k * k * scale * scale) / box ** 3;
        expected += power;
        noise += 2 * power ** 2;
      }
    }
  }
  const fields = 20;
  let found = 0;
  for (let seed = 0; seed < fields; seed++) {
    const field = drawDensityField(stream(seed, "field"), { box, size });
    const density = smoothedDensity(field, { scale });
    found += density.reduce((sum, value) => sum + value * value, 0) / size ** 3 / fields;
    close(density.reduce((sum, value) => sum + value, 0) / size ** 3, 0, 1e-7, "mean");
  }
  close(found, expected, 3 * Math.sqrt(noise / fields), "variance");
});

Deno.test("tidalField() has the smoothed density as trace", () => {
  const field = drawDensityField(stream(4, "field"), { box: 40, size: 16 });
  const density = smoothedDensity(field, { scale: 2 });
  const { components: [xx, yy, zz] } = tidalField(field, { scale: 2 });
  density.forEach((value, i) => close(xx[i] + yy[i] + zz[i], value, 1e-6));
});

Deno.test("tidalField() of a plane wave along x has eigenvalues (0, 0, δ) and stretches across x", () => {
  const size = 16, box = 20;
  const modes = complexMesh(size);
  for (let i = 0; i < size ** 3; i++) {
    modes.data[2 * i] = Math.cos(2 * Math.PI * 2 * Math.floor(i / size ** 2) / size);
  }
  transformMesh(modes);
  const field = tidalField({ box, size, modes }, { scale: 0 });
  for (let i = 0; i < size; i++) {
    const delta = Math.cos(2 * Math.PI * 2 * i / size);
    const cell = meshCell({ box, size }, [box * (i + 0.5) / size, 3, 4]);
    const { values, vectors } = tidalAxes(field, cell);
    const expected = [0, 0, delta].sort((a, b) => a - b);
    values.forEach((value, k) => close(value, expected[k], 1e-6));
    // The eigenvector of δ is x; where δ > 0 it is the last, so that both others lie across x.
    if (Math.abs(delta) > 0.1) close(Math.abs(vectors[delta > 0 ? 6 : 0]), 1, 1e-6);
  }
});

Deno.test("tidalAxes() solves T v = λ v with orthonormal v, smallest λ first", () => {
  const field = tidalField(drawDensityField(stream(9, "field"), { box: 30, size: 16 }), { scale: 1 });
  for (let cell = 0; cell < 4096; cell += 97) {
    const [xx, yy, zz, xy, xz, yz] = field.components.map((component) => component[cell]);
    const rows = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]];
    const { values, vectors } = tidalAxes(field, cell);
    assert.ok(values[0] <= values[1] && values[1] <= values[2]);
    for (let a = 0; a < 3; a++) {
      const v = vectors.subarray(3 * a, 3 * a + 3);
      rows.forEach((row, i) => close(row[0] * v[0] + row[1] * v[1] + row[2] * v[2], values[a] * v[i], 1e-12));
      for (let b = 0; b <= a; b++) {
        const w = vectors.subarray(3 * b, 3 * b + 3);
        close(v[0] * w[0] + v[1] * w[1] + v[2] * w[2], a === b ? 1 : 0, 1e-12);
      }
    }
  }
});

Deno.test("meshCell() wraps around the box", () => {
  const mesh = { box: 10, size: 4 };
  assert.equal(meshCell(mesh, [0, 0, 2.5]), 1);
  assert.equal(meshCell(mesh, [-0.1, 10.1, 9.9]), (3 * 4 + 0) * 4 + 3);
  assert.equal(meshCell(mesh, [-1e-18, 0, 0]), 3 * 16);
});
