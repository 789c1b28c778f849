import assert from "node:assert/strict";
import { BUNDLED_EXECUTORS, compile, type HostTensor } from "../../../../lib/compile/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import {
  type EigenvalueParameters,
  koopmanDynamics,
  powers,
  referenceConvolution,
  referenceRollout,
  ROLLOUT_METHODS,
} from "../../../../lib/methods/koopman/mod.ts";
import { andC } from "../../compile/_executors.ts";
import { needs, sharedText } from "../../environments/_shared_data.ts";
import { far, LAST, M, randomSystem, referenceRow, run, type System, vectorSystem } from "./_systems.ts";

Deno.test("referenceRollout() and referenceConvolution() give the vector, and agree to 1e-12", () => {
  const system = vectorSystem();
  const one = referenceRollout(system), two = referenceConvolution(system);
  for (const part of ["re", "im"] as const) {
    assert.ok(far(one[part].slice(-M), LAST[part]) < 1e-8);
    assert.ok(far(one[part], two[part]) < 1e-12);
  }
});

const text = sharedText("koopman-vectors/vectors.json");
const vectors = text === undefined ? undefined : JSON.parse(text).rollout as {
  lambda_bar: { re: number[]; im: number[] };
  input_factor: { re: number[]; im: number[] };
  x: { re: number[][]; im: number[][] };
};

Deno.test({
  name: `referenceRollout() equals the golden roll-out to 1e-12${needs(vectors)}`,
  ignore: vectors === undefined,
  fn() {
    const system = vectorSystem();
    const x = referenceRollout(system);
    assert.ok(far(x.re, vectors!.x.re.flat()) < 1e-12 && far(x.im, vectors!.x.im.flat()) < 1e-12);
  },
});

for (const method of ROLLOUT_METHODS) {
  for (const executor of andC(...BUNDLED_EXECUTORS)) {
    Deno.test(`rollout() by ${method} on ${executor} equals the float64 recurrence to 1e-5`, async () => {
      for (const steps of executor === "eager" ? [7] : [1, 2, 7, 64, 100]) {
        const system = randomSystem(steps);
        const x = await run(system, method, executor);
        for (const row of [0, 1]) {
          const wanted = referenceRow(system, row);
          const largest = Math.max(...wanted.re.map(Math.abs), ...wanted.im.map(Math.abs));
          for (const part of ["re", "im"] as const) {
            wanted[part].forEach((value, i) => {
              const at = (Math.floor(i / 5) * 2 + row) * 5 + i % 5;
              assert.ok(Math.abs(x[part][at] - value) <= 1e-5 * largest, `${steps} steps, ${part} ${i}`);
            });
          }
        }
      }
    });
  }
}

Deno.test("rollout() is linear, composes in time and shifts with its input", async () => {
  const [one, two] = [randomSystem(12), {
    ...randomSystem(12, { seed: 2 }),
    exponent: randomSystem(12).exponent,
  }];
  const sum = (a: HostTensor, b: HostTensor) =>
    hostTensor(Float32Array.from(a.data, (x, i) => x + b.data[i]), a.shape);
  const added = (key: "start" | "inputs") => ({
    re: sum(one[key].re, two[key].re),
    im: sum(one[key].im, two[key].im),
  });
  const x = await run(one, "doubling"), y = await run(two, "doubling");
  const both = await run(
    { exponent: one.exponent, start: added("start"), inputs: added("inputs") },
    "doubling",
  );
  assert.ok(far(both.re, x.re.map((value, i) => value + y.re[i])) < 1e-4);

  // Rolling 5 and then 7 steps is rolling 12.
  const cut = (z: System["inputs"], from: number, to: number) => ({
    re: hostTensor(Float32Array.from(z.re.data.slice(from * 10, to * 10)), [to - from, 2, 5]),
    im: hostTensor(Float32Array.from(z.im.data.slice(from * 10, to * 10)), [to - from, 2, 5]),
  });
  const head = await run({ ...one, inputs: cut(one.inputs, 0, 5) }, "toeplitz");
  const middle = { re: hostTensor(head.re.slice(40), [2, 5]), im: hostTensor(head.im.slice(40), [2, 5]) };
  const tail = await run({ ...one, start: middle, inputs: cut(one.inputs, 5, 12) }, "fft");
  assert.ok(far(tail.re, x.re.slice(50)) < 1e-4 && far(tail.im, x.im.slice(50)) < 1e-4);

  // From rest, an input three steps later does the same three steps later.
  const zero = { re: hostTensor(new Float32Array(10), [2, 5]), im: hostTensor(new Float32Array(10), [2, 5]) };
  const late = (part: HostTensor) => {
    const data = new Float32Array(120);
    data.set(part.data.slice(0, 90), 30);
    return hostTensor(data, [12, 2, 5]);
  };
  const now = await run({ ...one, start: zero }, "doubling");
  const later = await run(
    { ...one, start: zero, inputs: { re: late(one.inputs.re), im: late(one.inputs.im) } },
    "doubling",
  );
  assert.ok(far(later.re.slice(30), now.re.slice(0, 90)) < 1e-5);
  assert.ok(later.re.slice(0, 30).every((value) => value === 0));
});

Deno.test("rollout(): a later input changes nothing earlier", async () => {
  for (const method of ROLLOUT_METHODS) {
    const system = randomSystem(8);
    const before = await run(system, method);
    const data = Float32Array.from(system.inputs.re.data);
    data.fill(9, 5 * 10);
    const after = await run(
      { ...system, inputs: { ...system.inputs, re: hostTensor(data, [8, 2, 5]) } },
      method,
    );
    // The Fourier transform mixes all times: there, only up to rounding.
    assert.ok(far(before.re.slice(0, 50), after.re.slice(0, 50)) <= (method === "fft" ? 2e-5 : 0), method);
    assert.ok(far(before.re.slice(50), after.re.slice(50)) > 1, method);
  }
});

Deno.test("A dense diagonalisable matrix rolls out as its modes do", () => {
  // A = V D V⁻¹ with D of a rotation and two decays: coordinates (V⁻¹ x) follow the diagonal recurrence.
  const [a, b] = [-0.1, 0.7];
  const V = [[1, 0.3, -0.2, 0.1], [0.2, 1, 0.4, 0], [-0.1, 0.2, 1, 0.3], [0.3, -0.4, 0.1, 1]];
  const inverse = invert(V);
  const growth = Math.exp(a), [c, s] = [growth * Math.cos(b), growth * Math.sin(b)];
  const D = [[c, -s, 0, 0], [s, c, 0, 0], [0, 0, Math.exp(-0.3), 0], [0, 0, 0, Math.exp(0.02)]];
  const A = product(product(V, D), inverse);
  const apply = (m: number[][], x: number[]) =>
    m.map((row) => row.reduce((sum, value, i) => sum + value * x[i], 0));
  let x = [1, -0.5, 0.25, 2];
  const inputs = Array.from({ length: 20 }, (_, t) => [0, 1, 2, 3].map((i) => Math.cos(3 * t + i) / 4));
  const start = apply(inverse, x), driven = inputs.map((u) => apply(inverse, u));
  const arrays = (re: number[], im: number[]) => ({ re: Float64Array.from(re), im: Float64Array.from(im) });
  // The rotation is one complex mode, coordinates (0, 1) as real and imaginary part; the decays are real
  // modes.
  const modes = referenceRollout({
    exponent: arrays([a, -0.3, 0.02], [b, 0, 0]),
    start: arrays([start[0], start[2], start[3]], [start[1], 0, 0]),
    inputs: arrays(driven.flatMap((u) => [u[0], u[2], u[3]]), driven.flatMap((u) => [u[1], 0, 0])),
  });
  for (let t = 0; t < 20; t++) {
    x = apply(A, x).map((value, i) => value + inputs[t][i]);
    const [re, im] = [modes.re.slice(3 * t, 3 * t + 3), modes.im.slice(3 * t, 3 * t + 3)];
    assert.ok(far(apply(V, [re[0], im[0], re[1], re[2]]), x) < 1e-12);
  }
});

function product(a: number[][], b: number[][]): number[][] {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

/** Gauss–Jordan. */
function invert(matrix: number[][]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let i = 0; i < n; i++) {
    const pivot = rows[i][i];
    rows[i] = rows[i].map((value) => value / pivot);
    rows.forEach((row, k) => {
      if (k !== i) rows[k] = row.map((value, j) => value - row[i] * rows[i][j]);
    });
  }
  return rows.map((row) => row.slice(n));
}

Deno.test("powers() are those of e^z, also late", () => {
  tf.tidy(() => {
    const { re, im } = powers({ re: tf.tensor1d([-0.01]), im: tf.tensor1d([0.5]) }, 100);
    const [a, b] = [Math.exp(-0.99) * Math.cos(49.5), Math.exp(-0.99) * Math.sin(49.5)];
    assert.ok(Math.abs(re.dataSync()[99] - a) < 1e-6 && Math.abs(im.dataSync()[99] - b) < 1e-6);
  });
});

Deno.test("blockRollout() equals the recurrence to 1e-5, with its gradient", async () => {
  const modes = 5, steps = 12, draws = stream(3, "blocks");
  const options = { modes, timeStep: 0.1, real: { start: -0.2 } } as const;
  const normal = (...shape: number[]) =>
    hostTensor(draws.normal(new Float32Array(shape.reduce((size, n) => size * n))), shape);
  const input = {
    parameters: koopmanDynamics(options).init(stream(1)),
    start: normal(2, 2 * modes),
    actions: normal(steps, 2, 2 * modes),
  };
  type Input = { parameters: EigenvalueParameters; start: Tensor; actions: Tensor };
  const [one, other] = await Promise.all((["recurrence", "blocks"] as const).map(async (method) => {
    const dynamics = koopmanDynamics({ ...options, method });
    const states = (x: Input) => dynamics.rollout(x.parameters, x);
    await using program = await compile(
      (x: Input) => ({
        states: states(x),
        slope: valueAndGrad((x: Input) => tf.mean(tf.square(tf.sin(states(x)))), x).grads as Input,
      }),
      [input],
    );
    const { states: found, slope } = await program.run(input);
    const { parameters: { frequency, real, logTimeStep }, start, actions } = slope;
    return [found, frequency, real!, logTimeStep, start, actions].map(({ data }) => data);
  }));
  one.forEach((leaf, i) => {
    const scale = Math.max(...Array.from(leaf, Math.abs));
    assert.ok(
      scale > 0 && far(other[i], leaf) < 2e-5 * Math.max(scale, 0.1),
      `leaf ${i}: ${far(other[i], leaf)}`,
    );
  });
});
