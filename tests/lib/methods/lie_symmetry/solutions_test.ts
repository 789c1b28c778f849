import assert from "node:assert/strict";
import {
  coleHopf,
  evaluateSeries,
  type FourierSeries,
  fourierSeries,
  regularGrid,
  sampleInitialConditions,
  selectFunctions,
  solveAdvection,
  solveBurgers,
  solveHeat,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { matrix } from "../../../../lib/stats/mod.ts";

const LENGTH = 2 * Math.PI;
const POSITIONS = Float64Array.from({ length: 8 }, (_, j) => LENGTH * j / 8);

/** The function of the golden values: amplitudes, modes and phases. */
const GOLDEN: FourierSeries = fourierSeries([[
  { amplitude: 0.3, mode: 1, phaseRad: 0.5 },
  { amplitude: -0.45, mode: 2, phaseRad: 1.7 },
  { amplitude: 0.2, mode: 3, phaseRad: 4.0 },
]], { length: LENGTH, modes: 3 });

/**
 * Golden values from independent code (NumPy, float64): the heat equation's closed form; for Burgers'
 * equation a pseudospectral solver with 1024 points and a Cole–Hopf quadrature that agree to all digits
 * shown.
 */
const GOLDEN_VALUES = {
  heat: [
    -0.1486034591,
    0.2793312116,
    0.4906250262,
    -0.0058580950,
    -0.3220041485,
    -0.2181863584,
    -0.0200174187,
    -0.0552867582,
  ],
  burgers: [
    -0.0919031323,
    0.0912388998,
    0.3021186571,
    0.2076444861,
    -0.2195899119,
    -0.1317869685,
    -0.0410368994,
    -0.1030136443,
  ],
  thin: [
    -0.17034239,
    0.07428981,
    0.32561143,
    0.57376502,
    -0.26892701,
    -0.14110648,
    0.02267770,
    -0.33447041,
  ],
};

const at = (time: number) => ({ positions: POSITIONS, times: Float64Array.of(time) });

function assertNear(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, wanted.length);
  Array.from(
    actual,
    (value, i) =>
      assert.ok(Math.abs(value - wanted[i]) <= tolerance, `[${i}]: ${value} instead of ${wanted[i]}`),
  );
}

Deno.test("solveHeat() gives the golden values", () => {
  assertNear(solveHeat(GOLDEN, { nu: 0.01, grid: at(16) }).values, GOLDEN_VALUES.heat, 5.1e-11);
});

for (
  const [length, wanted] of [[LENGTH, [0.852144, 0.527292, 0.236928]], [6, [
    0.839071,
    0.495673,
    0.206153,
  ]]] as const
) {
  Deno.test(`solveHeat() damps modes by the known factors for L = ${length.toFixed(2)}`, () => {
    wanted.forEach((factor, i) => {
      const mode = i + 1;
      const series = fourierSeries([[{ amplitude: 1, mode, phaseRad: 0 }]], { length, modes: 3 });
      const peak = { positions: Float64Array.of(length / 4 / mode), times: Float64Array.of(0, 16) };
      assertNear(solveHeat(series, { nu: 0.01, grid: peak }).values, [1, factor], 5.1e-7);
    });
  });
}

Deno.test("solveBurgers() and coleHopf() give the golden values at ν = 0.1", () => {
  const options = { nu: 0.1, grid: at(2.475) };
  assertNear(solveBurgers(GOLDEN, options).values, GOLDEN_VALUES.burgers, 6e-11);
  assertNear(coleHopf(GOLDEN, options).values, GOLDEN_VALUES.burgers, 6e-11);
});

Deno.test("solveBurgers() with 1024 points and coleHopf() give the golden values at ν = 0.01; 256 points do not", () => {
  const options = { nu: 0.01, grid: at(2.475) };
  assertNear(coleHopf(GOLDEN, options).values, GOLDEN_VALUES.thin, 6e-9);
  assertNear(solveBurgers(GOLDEN, { ...options, points: 1024 }).values, GOLDEN_VALUES.thin, 6e-9);
  const coarse = solveBurgers(GOLDEN, options).values;
  assert.ok(Math.max(...coarse.map((value, i) => Math.abs(value - GOLDEN_VALUES.thin[i]))) > 1e-5);
});

Deno.test("solveBurgers() agrees with a closed form", () => {
  // u = 2ν e^{−νt} sin x/(a + e^{−νt} cos x); its Fourier coefficients at t = 0 fall by q = a − √(a² − 1) a
  // mode.
  const nu = 0.1, a = 2, modes = 40, q = a - Math.sqrt(a * a - 1);
  const coefficients = new Float64Array(1 + 2 * modes);
  for (let l = 1; l <= modes; l++) coefficients[2 * l - 1] = -4 * nu * (-q) ** l;
  const series = { length: LENGTH, modes, coefficients: matrix(coefficients, { columns: 1 + 2 * modes }) };
  const exact = (x: number, t: number) =>
    2 * nu * Math.exp(-nu * t) * Math.sin(x) / (a + Math.exp(-nu * t) * Math.cos(x));
  assertNear(evaluateSeries(series, POSITIONS).data, POSITIONS.map((x) => exact(x, 0)), 1e-14);
  const { values } = solveBurgers(series, { nu, grid: at(2) });
  assertNear(values, POSITIONS.map((x) => exact(x, 2)), 1e-12);
});

Deno.test("solveBurgers() keeps the mean and lowers energy and maximum", () => {
  const initial = sampleInitialConditions(stream(3, "functions"), { count: 2 });
  // A mean other than 0 moves the waves, and is kept as well.
  initial.coefficients.data[0] = 0.2;
  const grid = regularGrid({ length: LENGTH, duration: 2.475, positions: 256, times: 12 });
  const { values } = solveBurgers(initial, { nu: 0.1, grid, timeStep: 5e-3 });
  for (let k = 0; k < 2; k++) {
    let energy = Infinity, largest = Infinity;
    for (let i = 0; i < 12; i++) {
      const row = values.subarray((k * 12 + i) * 256, (k * 12 + i + 1) * 256);
      const mean = row.reduce((sum, value) => sum + value, 0) / 256;
      assert.ok(Math.abs(mean - (k === 0 ? 0.2 : 0)) < 1e-13, `mean ${mean}`);
      const nowEnergy = row.reduce((sum, value) => sum + value * value, 0) / 2;
      // The maximum over a grid may rise by what lies between its points.
      const nowLargest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(nowEnergy < energy && nowLargest < largest * (1 + 1e-4));
      [energy, largest] = [nowEnergy, nowLargest];
    }
  }
});

Deno.test("solveAdvection() moves the functions", () => {
  const moved = solveAdvection(GOLDEN, { speed: 2, grid: at(LENGTH / 16) });
  const start = evaluateSeries(GOLDEN, POSITIONS).data;
  assertNear(moved.values, [start[7], ...start.subarray(0, 7)], 1e-14);
});

Deno.test("sampleInitialConditions() draws zero-mean functions of variance K/24 from a stream", () => {
  const series = sampleInitialConditions(stream(1, "functions"), { count: 4000 });
  const again = sampleInitialConditions(stream(1, "functions"), { count: 4000 });
  assert.deepEqual(series, again);
  const { data } = evaluateSeries(series, [0.7]);
  const mean = data.reduce((sum, value) => sum + value, 0) / 4000;
  const variance = data.reduce((sum, value) => sum + value * value, 0) / 4000 - mean ** 2;
  // Standard errors: √(0.417/4000) = 0.01 of the mean, about 0.417·√(2/4000) = 0.009 of the variance.
  assert.ok(Math.abs(mean) < 0.04 && Math.abs(variance - 10 / 24) < 0.04, `${mean}, ${variance}`);
  const few = selectFunctions(series, [5, 2]);
  assert.deepEqual(evaluateSeries(few, [0.7]).data, Float64Array.of(data[5], data[2]));
});

Deno.test("wrong input is refused", () => {
  const grid = at(1);
  assert.throws(
    () => sampleInitialConditions(stream(1), { count: 0 }),
    /count must be an integer >= 1: current value is 0/,
  );
  assert.throws(
    () => fourierSeries([[{ amplitude: 1, mode: 4, phaseRad: 0 }]], { length: 1, modes: 3 }),
    /1\.\.3/,
  );
  assert.throws(() => fourierSeries([], { length: -1, modes: 3 }), /length must be > 0/);
  assert.throws(() => solveBurgers(GOLDEN, { nu: 0.1, grid, points: 100 }), RangeError);
  assert.throws(() => solveBurgers(GOLDEN, { nu: 0.1, grid, points: 12 }), /divisor of 12/);
  assert.throws(
    () => regularGrid({ length: 1, duration: 1, positions: 1, times: 2 }),
    /positions must be an integer >= 2/,
  );
  const lifted = {
    ...GOLDEN,
    coefficients: matrix(GOLDEN.coefficients.data.map((c, i) => i === 0 ? 1 : c), { columns: 7 }),
  };
  assert.throws(() => coleHopf(lifted, { nu: 0.1, grid }), /mean must be 0/);
});
