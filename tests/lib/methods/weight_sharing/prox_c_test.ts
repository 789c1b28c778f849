/** The prox in C gives the results of the one in TypeScript, to the last bit. */
import assert from "node:assert/strict";
import { loadCProx } from "../../../../lib/methods/weight_sharing/_prox_c.ts";
import { ProxSolver, type SolveOptions } from "../../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { WITHOUT_C } from "../../compile/_executors.ts";
import { numbers, randomInput } from "./_inputs.ts";

type Options = Omit<SolveOptions<Float32Array>, "out">;

/** What may be asked for, with α beside the weights' spread and beyond all collisions. */
const OPTIONS: readonly Options[] = [
  { alpha: 0 },
  { alpha: 1e-4 },
  { alpha: 0.3 },
  { alpha: 2 },
  { alpha: 1e300 },
  { alpha: 0, l1: 0.05 },
  { alpha: 0.1, l1: 0.05 },
  { alpha: 0.1, rho: 0.3 },
  { alpha: 0.1, rho: 1, factor: 0.5 },
  { alpha: 1e-3, l1: 1e-3, rho: 0.25, factor: 0.1 },
  { alpha: 1e300, l1: 0.01, rho: 0.98, factor: 2 },
];

function withCompiler(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: WITHOUT_C !== undefined, fn });
}

function sameBits(got: Float32Array, wanted: Float32Array, message: string): void {
  const a = new Uint32Array(got.buffer), b = new Uint32Array(wanted.buffer);
  assert.equal(a.length, b.length, message);
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      assert.fail(`${message}: weight ${i} must be ${wanted[i]}: current value is ${got[i]}`);
    }
  }
}

const describe = (options: Options) => JSON.stringify(options);

withCompiler("the prox in C is ProxSolver's, bit for bit, of every kind and number of weights", async () => {
  using inC = await loadCProx();
  const solver = new ProxSolver();
  for (const d of [0, 1, 2, 3, 10, 24, 25, 1000, 999, 40_000, 150_000, 7]) {
    for (const [kind, values] of Object.entries(numbers(d))) {
      const weights = Float32Array.from(values), before = weights.slice();
      for (const options of OPTIONS) {
        const message = `${d} weights, ${kind}, ${describe(options)}`;
        sameBits(inC.solve(weights, options), solver.solve(weights, options), message);
      }
      assert.deepEqual(weights, before);
    }
  }
});

withCompiler("the prox in C is ProxSolver's, bit for bit, of 1.3 million weights", async () => {
  using inC = await loadCProx();
  const solver = new ProxSolver(), options = { alpha: 1e-3, l1: 1e-3, rho: 0.25 };
  for (const [kind, values] of Object.entries(numbers(1_300_000))) {
    const weights = Float32Array.from(values);
    for (const asked of [{ alpha: 3e-4 }, options]) {
      sameBits(inC.solve(weights, asked), solver.solve(weights, asked), `${kind}, ${describe(asked)}`);
    }
  }
});

withCompiler("the prox in C is ProxSolver's, bit for bit, of 2400 random inputs", async () => {
  using inC = await loadCProx();
  const solver = new ProxSolver();
  for (let seed = 0; seed < 2400; seed++) {
    const { w, alpha } = randomInput(seed), weights = Float32Array.from(w);
    const l1 = seed % 3 === 0 ? 0.1 * alpha : 0, rho = seed % 5 === 0 ? 0.7 : 0;
    const options = { alpha, l1, rho };
    sameBits(
      inC.solve(weights, options),
      solver.solve(weights, options),
      `seed ${seed}, ${describe(options)}`,
    );
  }
});

withCompiler("the prox in C is ProxSolver's, bit for bit, in place, step after step", async () => {
  using inC = await loadCProx();
  const solver = new ProxSolver();
  for (const [d, steps] of [[300, 500], [20_000, 60]]) {
    const random = stream(d, "descent"), noise = new Float32Array(d);
    const ours = random.normal(new Float32Array(d)), wanted = ours.slice();
    const options = { alpha: 2 / steps, l1: 1e-4 };
    for (let step = 0; step < steps; step++) {
      // A gradient that is the same for many: clusters stay near each other, or apart.
      random.normal(noise, { std: 1e-4 });
      for (let i = 0; i < d; i++) {
        const move = i % 3 === 0 ? noise[0] : noise[i];
        ours[i] += move;
        wanted[i] += move;
      }
      assert.equal(inC.solve(ours, { ...options, out: ours }), ours);
      solver.solve(wanted, { ...options, out: wanted });
      sameBits(ours, wanted, `${d} weights, step ${step}`);
    }
    assert.ok(new Set(ours).size < d / 2, `${new Set(ours).size} of ${d} are distinct`);
  }
});

withCompiler("the prox in C works on a part of an array, and leaves the rest", async () => {
  using inC = await loadCProx();
  const all = stream(0, "parts").normal(new Float32Array(100)), before = all.slice();
  const part = all.subarray(30, 80);
  inC.solve(part, { alpha: 0.5, out: part });
  const wanted = before.slice();
  wanted.set(new ProxSolver().solve(before.slice(30, 80), { alpha: 0.5 }), 30);
  sameBits(all, wanted, "a part");
});

withCompiler("the prox in C refuses what ProxSolver refuses, and changes nothing", async () => {
  using inC = await loadCProx();
  const solver = new ProxSolver();
  const refused = (weights: Float32Array, options: SolveOptions<Float32Array>) => {
    const before = weights.slice();
    let wanted: unknown;
    assert.throws(() => solver.solve(weights, options), (error) => (wanted = error, true));
    assert.throws(() => inC.solve(weights, options), wanted as Error);
    sameBits(weights, before, "refused");
  };
  const weights = stream(0, "refused").normal(new Float32Array(3000));
  const negative = new Float32Array(Uint32Array.of(0xffc00000).buffer)[0]; // a NaN with a sign
  for (const bad of [NaN, Infinity, -Infinity, negative]) {
    for (const at of [0, 1234, 2999]) {
      const wrong = weights.with(at, bad);
      refused(wrong, { alpha: 1, out: wrong });
    }
    refused(Float32Array.of(bad), { alpha: 1 });
  }
  for (const options of [{ alpha: -1 }, { alpha: NaN }, { alpha: 1, l1: -1 }, { alpha: 1, rho: 1.5 }]) {
    refused(weights, options);
  }
  refused(weights, { alpha: 1, out: new Float32Array(2) });
  refused(new Float64Array(3) as unknown as Float32Array, { alpha: 1, out: new Float32Array(2) });
});
