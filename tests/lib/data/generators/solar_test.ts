import assert from "node:assert/strict";
import {
  generateSolar,
  loadDataSet,
  SOLAR_15,
  SOLAR_31,
  SOLAR_START_DAYS,
  type SolarData,
  type SolarSamples,
  solarStates,
} from "../../../../lib/data/mod.ts";
import { mean } from "../../../../lib/stats/mod.ts";
import { developmentFile } from "../../../_development_data.ts";

const norm = (vector: ArrayLike<number>) => Math.hypot(...Array.from(vector));
const subtract = (a: Float64Array, b: Float64Array) => a.map((x, i) => x - b[i]);
const indexIn = (bodies: readonly { name: string }[], name: string) =>
  bodies.findIndex((body) => body.name === name);

/** Σ |x + c·v − y|² / |x − y|², averaged over samples and bodies: the paper's loss of a constant velocity. */
function constantVelocity({ position, velocity, target }: SolarSamples, days: number): number {
  let sum = 0;
  for (let k = 0; k < target.length; k += 3) {
    let error = 0, displacement = 0;
    for (let axis = k; axis < k + 3; axis++) {
      error += (position[axis] + days * velocity[axis] - target[axis]) ** 2;
      displacement += (position[axis] - target[axis]) ** 2;
    }
    sum += error / displacement;
  }
  return sum / (target.length / 3);
}

const statesFile = developmentFile("solar-golden/astronomy_engine_states.json");

Deno.test({
  name: "solarStates() equals the golden states to 1e-9 of their size (needs REFIGURE_DATA)",
  ignore: statesFile === undefined,
  fn() {
    const { names, epochs } = JSON.parse(Deno.readTextFileSync(statesFile!)) as {
      names: string[];
      epochs: { tt: number; states: number[][] }[];
    };
    assert.deepEqual(SOLAR_15.map(({ name }) => name), names);
    assert.equal(epochs.length, 7);
    for (const { tt, states } of epochs) {
      const found = solarStates(SOLAR_15, tt);
      states.forEach((state, i) => {
        for (const [from, to] of [[0, 3], [3, 6]]) {
          const wanted = Float64Array.from(state.slice(from, to));
          const gap = norm(subtract(found.subarray(6 * i + from, 6 * i + to), wanted));
          assert.ok(gap <= 1e-9 * norm(wanted), `${names[i]} at ${tt}: ${gap}`);
        }
      });
    }
  },
});

const jplFile = developmentFile("solar-golden/jpl_check.json");

Deno.test({
  name: "solarStates() is within 2e-5 AU and 4e-6 AU/day of JPL's ephemeris (needs REFIGURE_DATA)",
  ignore: jplFile === undefined,
  fn() {
    const { states } = JSON.parse(Deno.readTextFileSync(jplFile!)) as { states: Record<string, number[]> };
    assert.equal(Object.keys(states).length, 4);
    const found = solarStates(SOLAR_15, -7298.5);
    for (const [name, state] of Object.entries(states)) {
      const own = found.subarray(6 * indexIn(SOLAR_15, name), 6 * indexIn(SOLAR_15, name) + 6);
      const difference = subtract(own, Float64Array.from(state));
      assert.ok(norm(difference.subarray(0, 3)) < 2e-5, name);
      assert.ok(norm(difference.subarray(3)) < 4e-6, name);
    }
  },
});

Deno.test("velocities are the derivatives of positions", () => {
  const h = 1e-3;
  const [before, now, after] = [-h, 0, h].map((days) => solarStates(SOLAR_31, SOLAR_START_DAYS + 3 + days));
  SOLAR_31.forEach(({ name }, i) => {
    const slope = subtract(after.subarray(6 * i, 6 * i + 3), before.subarray(6 * i, 6 * i + 3))
      .map((x) => x / (2 * h));
    const gap = norm(subtract(now.subarray(6 * i + 3, 6 * i + 6), slope));
    assert.ok(gap < 5e-6, `${name}: ${gap} AU/day`);
  });
});

/** Days that a moon needs to come around its planet, from the angle it has swept. */
function period(moon: string, planet: string, days: number): number {
  const relative = (t: number) => {
    const states = solarStates(SOLAR_31, t);
    const [a, b] = [moon, planet].map((name) => 6 * indexIn(SOLAR_31, name));
    return subtract(states.slice(a, a + 3), states.slice(b, b + 3));
  };
  let swept = 0;
  const steps = Math.ceil(days / 0.1);
  let last = relative(SOLAR_START_DAYS);
  for (let i = 1; i <= steps; i++) {
    const next = relative(SOLAR_START_DAYS + i * days / steps);
    const cosine = last.reduce((sum, x, k) => sum + x * next[k], 0) / (norm(last) * norm(next));
    swept += Math.acos(Math.min(1, cosine));
    last = next;
  }
  return 2 * Math.PI * days / swept;
}

Deno.test("moons have their known periods", () => {
  for (
    const [moon, planet, days, expected, tolerance] of [
      ["Io", "Jupiter", 17.69, 1.769, 2e-3],
      ["Europa", "Jupiter", 17.76, 3.551, 2e-3],
      ["Ganymede", "Jupiter", 14.31, 7.155, 2e-3],
      ["Callisto", "Jupiter", 16.69, 16.689, 2e-3],
      ["Moon", "Earth", 27.32, 27.32, 0.02],
      // The model's elements are good to about 1 %.
      ["Titan", "Saturn", 15.945, 15.945, 0.01],
      ["Miranda", "Uranus", 7.067, 1.4135, 0.01],
      ["Triton", "Neptune", 5.877, 5.877, 0.01],
    ] as const
  ) {
    const found = period(moon, planet, days);
    assert.ok(Math.abs(found / expected - 1) < tolerance, `${moon}: ${found} days`);
  }
});

Deno.test("31 bodies: the paper's list, 17 of them labelled a model; retrograde moons run backwards", () => {
  assert.equal(SOLAR_31.length, 31);
  assert.equal(SOLAR_31.filter(({ source }) => source === "Keplerian model").length, 17);
  assert.ok(SOLAR_15.every(({ source, massKg }) => source === "ephemeris" && massKg > 0));
  const states = solarStates(SOLAR_31, SOLAR_START_DAYS);
  const spin = (moon: string, planet: string) => {
    const [a, b] = [moon, planet].map((name) => 6 * indexIn(SOLAR_31, name));
    const [x, y, , vx, vy] = subtract(states.slice(a, a + 6), states.slice(b, b + 6));
    return Math.sign(x * vy - y * vx);
  };
  assert.deepEqual([spin("Titan", "Saturn"), spin("Phoebe", "Saturn"), spin("Triton", "Neptune")], [
    1,
    -1,
    -1,
  ]);
});

Deno.test("solar/15 has the constant-velocity losses on the full year", async () => {
  const { value: { train, valid, test, horizonDays }, source } = await loadDataSet<SolarData>(
    "solar/15",
    "real",
  );
  assert.equal(source, "generated");
  assert.deepEqual([train.rows, valid.rows, test.rows], [13016, 752, 752]);
  for (
    const [days, expected] of [
      [13.5, [0.27451443, 0.28349101, 0.26833437]],
      [horizonDays, [0.34113321, 0.35667058, 0.33812409]],
    ] as const
  ) {
    [train, valid, test].forEach((samples, i) =>
      assert.ok(Math.abs(constantVelocity(samples, days) - expected[i]) < 1e-4, `${days} ${i}`)
    );
  }
});

Deno.test("a sparse set holds samples of the full one, and splits do not overlap", () => {
  const spec = { bodies: SOLAR_15.slice(0, 2), steps: [60, 20, 20], horizon: 10 } as const;
  const full = generateSolar({ ...spec, strides: [1, 1, 1] });
  const sparse = generateSolar({ ...spec, strides: [8, 3, 4] });
  assert.deepEqual([full.train.rows, full.valid.rows, full.test.rows], [50, 10, 10]);
  assert.deepEqual([sparse.train.rows, sparse.valid.rows, sparse.test.rows], [7, 4, 3]);
  assert.deepEqual(sparse.valid.target.subarray(6, 12), full.valid.target.subarray(18, 24));
  // The last target of a split is the state just before the next split's first input.
  const last = full.train.target.subarray(-6), next = full.valid.position.subarray(0, 6);
  assert.ok(norm(subtract(last, next)) > 0);
  assert.throws(() => generateSolar({ ...spec, horizon: 20, strides: [1, 1, 1] }), /longer than the horizon/);
});

Deno.test("solar/short and solar/31-sparse are stand-ins", async () => {
  for (const [name, bodies, rows] of [["short", 15, 65], ["31-sparse", 31, 543]] as const) {
    const { value, source } = await loadDataSet<SolarData>(`solar/${name}`, "real");
    assert.equal(source, "stand-in");
    assert.equal(value.bodies.length, bodies);
    assert.equal(value.train.rows, rows);
    assert.ok(Number.isFinite(mean(value.train.target)));
  }
});
