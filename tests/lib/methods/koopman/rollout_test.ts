import assert from "node:assert/strict";
import { BUNDLED_EXECUTORS, compile, type HostTensor } from "../../../../lib/compile/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import {
  type Complex,
  discreteEigenvalues,
  gradientFactor,
  powers,
  referenceConvolution,
  referenceRollout,
  rollout,
  ROLLOUT_METHODS,
  type RolloutMethod,
  zeroOrderHold,
} from "../../../../lib/methods/koopman/mod.ts";
import { needs, sharedText } from "../../environments/_shared_data.ts";

/** The vector of the paper's card, by its rules. */
const M = 4, T = 8, STEP = 0.05;
const MU = [-0.2, -0.2, -0.2, -0.2], OMEGA = [1, 2, 3, 4].map((j) => j * Math.PI);
const START = { re: [1, -0.3, 0.25, 0.7], im: [0.5, 0.2, -1, 0] };
const DRIVE = {
  re: Array.from({ length: T * M }, (_, i) => ((3 * Math.floor(i / M) + 5 * (i % M)) % 7 - 3) / 3),
  im: Array.from({ length: T * M }, (_, i) => ((2 * Math.floor(i / M) + (i % M)) % 5 - 2) / 2),
};
const LAST = {
  re: [-0.16451675, 0.16339924, -0.79704531, 0.20040983],
  im: [1.02758292, -0.32682055, 0.56322024, -0.57584789],
};

/** (e^z − 1)/λ and z in float64. */
function discretised(j: number) {
  const [a, b] = [STEP * MU[j], STEP * OMEGA[j]];
  const growth = Math.exp(a), re = growth * Math.cos(b) - 1, im = growth * Math.sin(b);
  const squared = MU[j] ** 2 + OMEGA[j] ** 2;
  return {
    z: [a, b],
    factor: [(re * MU[j] + im * OMEGA[j]) / squared, (im * MU[j] - re * OMEGA[j]) / squared],
  };
}

function vectorSystem() {
  const exponent = { re: new Float64Array(M), im: new Float64Array(M) };
  const inputs = { re: new Float64Array(T * M), im: new Float64Array(T * M) };
  for (let i = 0; i < T * M; i++) {
    const { z, factor: [re, im] } = discretised(i % M);
    [exponent.re[i % M], exponent.im[i % M]] = z;
    inputs.re[i] = re * DRIVE.re[i] - im * DRIVE.im[i];
    inputs.im[i] = re * DRIVE.im[i] + im * DRIVE.re[i];
  }
  const start = { re: Float64Array.from(START.re), im: Float64Array.from(START.im) };
  return { exponent, start, inputs };
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));

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

const number = (values: ArrayLike<number>, shape?: number[]) => hostTensor(Float32Array.from(values), shape);

Deno.test("zeroOrderHold() gives λ̄ and the input factor of the vector", async () => {
  const program = await compile((real: Tensor, frequency: Tensor) => {
    const eigenvalues = { lambda: { re: real, im: frequency }, timeStep: tf.scalar(STEP) };
    return { discrete: discreteEigenvalues(eigenvalues), factor: zeroOrderHold(eigenvalues).inputFactor };
  }, [number(MU), number(OMEGA)]);
  const { discrete, factor } = await program.run(number(MU), number(OMEGA));
  await program.dispose();
  assert.ok(far(discrete.re.data, [0.97786068, 0.94159335, 0.88214086, 0.80096714]) < 1e-6);
  assert.ok(far(discrete.im.data, [0.15487791, 0.30594222, 0.44947322, 0.58193669]) < 1e-6);
  assert.ok(far(factor.re.data, [0.049547, 0.04893852, 0.04793437, 0.04654934]) < 1e-7);
  assert.ok(far(factor.im.data, [0.00389291, 0.00773795, 0.01148804, 0.01509768]) < 1e-7);
});

Deno.test("zeroOrderHold(): the factor tends to Δt, also at λ = 0, with a finite gradient", () => {
  tf.tidy(() => {
    for (const timeStep of [1e-1, 1e-3, 1e-6]) {
      const lambda = { re: tf.tensor1d([0, -0.2, 0]), im: tf.tensor1d([0, 0, 3]) };
      const { inputFactor } = zeroOrderHold({ lambda, timeStep: tf.scalar(timeStep) });
      // Next order: Δt (1 + z/2).
      [...inputFactor.re.dataSync()].forEach((re, j) =>
        assert.ok(Math.abs(re / timeStep - 1) < 2 * timeStep * (j === 0 ? 0 : 1) + 1e-6, `${j}: ${re}`)
      );
    }
    const { grads } = valueAndGrad(({ re, im }) => {
      const { inputFactor } = zeroOrderHold({ lambda: { re, im }, timeStep: tf.scalar(0.1) });
      return tf.add(tf.sum(inputFactor.re), tf.sum(inputFactor.im));
    }, { re: tf.tensor1d([0, -0.2]), im: tf.tensor1d([0, 1]) });
    for (const part of [grads.re, grads.im]) assert.ok([...part.dataSync()].every(Number.isFinite));
  });
});

Deno.test("A constant input brings the state to −(L e)/λ where μ < 0", () => {
  const steps = 4000;
  const { z: [a, b], factor: [re, im] } = discretised(0);
  const x = referenceRollout({
    exponent: { re: Float64Array.of(a), im: Float64Array.of(b) },
    start: { re: Float64Array.of(3), im: Float64Array.of(-1) },
    inputs: { re: new Float64Array(steps).fill(re), im: new Float64Array(steps).fill(im) },
  });
  // −1/λ = −conj(λ)/|λ|².
  const squared = MU[0] ** 2 + OMEGA[0] ** 2;
  assert.ok(Math.abs(x.re.at(-1)! + MU[0] / squared) < 1e-12);
  assert.ok(Math.abs(x.im.at(-1)! - OMEGA[0] / squared) < 1e-12);
});

/** A random system of some size, batch 2. */
function randomSystem(steps: number, { modes = 5, seed = 1 } = {}) {
  const draws = stream(seed, "system");
  const normal = (n: number) => draws.normal(new Float32Array(n));
  return {
    exponent: {
      re: hostTensor(draws.uniform(new Float32Array(modes), { low: -0.1, high: 0.01 })),
      im: hostTensor(draws.uniform(new Float32Array(modes), { low: -1, high: 1 })),
    },
    start: { re: hostTensor(normal(2 * modes), [2, modes]), im: hostTensor(normal(2 * modes), [2, modes]) },
    inputs: {
      re: hostTensor(normal(steps * 2 * modes), [steps, 2, modes]),
      im: hostTensor(normal(steps * 2 * modes), [steps, 2, modes]),
    },
  };
}
type System = ReturnType<typeof randomSystem>;
type Traced = { exponent: Complex; start: Complex; inputs: Complex };

const run = async (
  system: System,
  method: RolloutMethod,
  executor: "native" | "wasm" | "eager" = "native",
) => {
  const program = await compile((s: Traced) => rollout(s, { method }), [system], { executor });
  const x = await program.run(system);
  await program.dispose();
  return { re: x.re.data as Float32Array, im: x.im.data as Float32Array };
};

/** The reference of one row of a random system, `[steps, modes]`. */
function referenceRow({ exponent, start, inputs }: System, row: number) {
  const modes = exponent.re.data.length;
  const pick = (x: HostTensor) =>
    Float64Array.from(
      { length: x.data.length / 2 },
      (_, i) => x.data[(Math.floor(i / modes) * 2 + row) * modes + i % modes],
    );
  const both = ({ re, im }: { re: HostTensor; im: HostTensor }) => ({ re: pick(re), im: pick(im) });
  const plain = { re: Float64Array.from(exponent.re.data), im: Float64Array.from(exponent.im.data) };
  return referenceRollout({ exponent: plain, start: both(start), inputs: both(inputs) });
}

for (const method of ROLLOUT_METHODS) {
  for (const executor of BUNDLED_EXECUTORS) {
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

const loss = (s: Traced, method: RolloutMethod) => {
  const { re, im } = rollout(s, { method });
  return tf.add(tf.mean(tf.square(tf.sin(re))), tf.mean(tf.mul(re, tf.cos(im))));
};
const gradient = (s: Traced, method: RolloutMethod) =>
  valueAndGrad((s: Traced) => loss(s, method), s).grads as Traced;

Deno.test("rollout(): first and second gradients of all methods are those of the recurrence", async () => {
  const system = randomSystem(13);
  const second = (s: Traced, method: RolloutMethod) =>
    valueAndGrad((s: Traced) => {
      const { exponent, start, inputs } = gradient(s, method);
      return tf.addN(
        [exponent, start, inputs].flatMap(({ re, im }) => [tf.sum(tf.square(re)), tf.sum(tf.mul(im, 2))]),
      );
    }, s).grads as Traced;
  for (const derivative of [gradient, second]) {
    const results = await Promise.all(ROLLOUT_METHODS.map(async (method) => {
      const program = await compile((s: Traced) => derivative(s, method), [system]);
      const found = await program.run(system);
      await program.dispose();
      return [found.exponent, found.start, found.inputs].flatMap(({ re, im }) => [re.data, im.data]);
    }));
    for (const other of results.slice(1)) {
      other.forEach((leaf, i) => {
        const scale = Math.max(...Array.from(results[0][i], Math.abs));
        assert.ok(
          far(leaf, results[0][i]) <= 2e-5 * scale,
          `leaf ${i}: ${far(leaf, results[0][i])} of ${scale}`,
        );
      });
    }
  }
});

Deno.test("rollout(): the gradient on TensorFlow.js is that of the compiled program, and keeps no tensors", async () => {
  const system = randomSystem(9);
  const before = tf.memory().numTensors;
  for (const method of ROLLOUT_METHODS) {
    const [eager, native] = await Promise.all((["eager", "native"] as const).map(async (executor) => {
      const program = await compile((s: Traced) => gradient(s, method), [system], { executor });
      const found = await program.run(system);
      await program.dispose();
      return [found.exponent, found.start, found.inputs].flatMap(({ re, im }) => [re.data, im.data]);
    }));
    eager.forEach((leaf, i) => assert.ok(far(leaf, native[i]) < 1e-5, `${method}, leaf ${i}`));
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("rollout(): the gradient equals finite differences", async () => {
  const system = randomSystem(9);
  const value = await compile((s: Traced) => loss(s, "doubling"), [system]);
  const slope = await compile((s: Traced) => gradient(s, "doubling"), [system]);
  const found = await slope.run(system);
  for (const name of ["exponent", "start", "inputs"] as const) {
    for (const part of ["re", "im"] as const) {
      const shifted = async (by: number) => {
        const data = Float32Array.from(system[name][part].data);
        data[3] += by;
        const tensor = hostTensor(data, system[name][part].shape);
        return (await value.run({ ...system, [name]: { ...system[name], [part]: tensor } })).data[0];
      };
      const difference = (await shifted(2e-3) - await shifted(-2e-3)) / 4e-3;
      const got = found[name][part].data[3];
      assert.ok(
        Math.abs(got - difference) < 1e-3 * (1 + Math.abs(got)),
        `${name}.${part}: ${got}, ${difference}`,
      );
    }
  }
  await Promise.all([value.dispose(), slope.dispose()]);
});

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

Deno.test("Theorem: gradients change by e^{kΔtμ} in modulus, for each mode, variant and method", async () => {
  const timeStep = 0.05, steps = 100, modes = 3;
  const target = stream(3, "target").normal(new Float32Array(2 * modes));
  for (const mu of [[-0.2, -0.2, -0.2], [0, 0, 0], [-0.3, -0.1, 0.1]]) {
    for (const method of ROLLOUT_METHODS) {
      // L_k = Re⟨w, x̂_k⟩ has the gradient w at x̂_k.
      const program = await compile((start: Complex, inputs: Complex) => {
        const exponent = {
          re: tf.tensor1d(mu.map((value) => value * timeStep)),
          im: tf.tensor1d([1, 2, 3].map((j) => j * Math.PI * timeStep)),
        };
        const weight = {
          re: tf.tensor2d(target.slice(0, modes), [1, modes]),
          im: tf.tensor2d(target.slice(modes), [1, modes]),
        };
        return [1, 10, 100].map((k) =>
          valueAndGrad((leaves: { start: Complex; inputs: Complex }) => {
            const { re, im } = rollout({ exponent, ...leaves }, { method });
            const at = (part: Tensor) => tf.squeeze(tf.slice(part, k - 1, 1), [0]);
            return tf.add(tf.sum(tf.mul(at(re), weight.re)), tf.sum(tf.mul(at(im), weight.im)));
          }, { start, inputs }).grads as { start: Complex; inputs: Complex }
        );
      }, [zeros(1, modes), zeros(steps, 1, modes)]);
      const found = await program.run(zeros(1, modes), zeros(steps, 1, modes));
      await program.dispose();
      [1, 10, 100].forEach((k, i) => {
        for (let j = 0; j < modes; j++) {
          const size = Math.hypot(target[j], target[modes + j]);
          const { start, inputs } = found[i];
          const ratio = Math.hypot(start.re.data[j], start.im.data[j]) / size;
          const wanted = gradientFactor({ real: mu[j], timeStep, steps: k });
          assert.ok(
            Math.abs(ratio / wanted - 1) < 1e-5,
            `${method}, μ = ${mu[j]}, k = ${k}: ${ratio / wanted - 1}`,
          );
          for (const l of [1, Math.ceil(k / 2), k]) {
            const at = (l - 1) * modes + j;
            const of = Math.hypot(inputs.re.data[at], inputs.im.data[at]) / size;
            const factor = gradientFactor({ real: mu[j], timeStep, steps: k - l });
            assert.ok(Math.abs(of / factor - 1) < 1e-5, `${method}, c_${l} at k = ${k}: ${of / factor - 1}`);
          }
        }
      });
    }
  }
});

function zeros(...shape: number[]): { re: HostTensor; im: HostTensor } {
  const part = () => hostTensor(new Float32Array(shape.reduce((size, n) => size * n, 1)), shape);
  return { re: part(), im: part() };
}

Deno.test("powers() are those of e^z, also late", () => {
  tf.tidy(() => {
    const { re, im } = powers({ re: tf.tensor1d([-0.01]), im: tf.tensor1d([0.5]) }, 100);
    const [a, b] = [Math.exp(-0.99) * Math.cos(49.5), Math.exp(-0.99) * Math.sin(49.5)];
    assert.ok(Math.abs(re.dataSync()[99] - a) < 1e-6 && Math.abs(im.dataSync()[99] - b) < 1e-6);
  });
});
