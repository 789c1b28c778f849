import assert from "node:assert/strict";
import {
  fitIcl,
  iclLosses,
  type IclNetworks,
  type IclStatistics,
  initIcl,
} from "../../../lib/anomaly/mod.ts";
import { compile } from "../../../lib/compile/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { auroc, matrix } from "../../../lib/stats/mod.ts";
import type { HostTensor, Tensor } from "../../../lib/tensor/mod.ts";
import { assertClose } from "../methods/diffusion_time/_check.ts";

const SHAPE = { columns: 5, window: 2, width: 8 };
const WINDOWS = 4;
const BATCH = 3;
const TAU = 0.3;
const x = stream(1, "rows").normal(new Float32Array(BATCH * SHAPE.columns));

/** Losses by the compiled program. */
async function losses(training: boolean) {
  const { networks, statistics } = initIcl(stream(0, "icl"), SHAPE);
  await using program = await compile(
    (networks: IclNetworks, statistics: IclStatistics, rows: Tensor) =>
      iclLosses(rows, { networks, statistics, window: SHAPE.window, temperature: TAU, training }),
    [networks, statistics, hostTensor(x, [BATCH, SHAPE.columns])],
    { executor: "wasm" },
  );
  return await program.run(networks, statistics, hostTensor(x, [BATCH, SHAPE.columns]));
}

/** The same by loops over rows, windows and features. */
function byLoops(training: boolean): number[] {
  const { networks } = initIcl(stream(0, "icl"), SHAPE);
  const layer = (input: number[], { weight, bias }: { weight: HostTensor; bias: HostTensor }) => {
    const outputs = bias.data.length;
    return Array.from(
      { length: outputs },
      (_, o) => input.reduce((sum, value, i) => sum + value * weight.data[i * outputs + o], bias.data[o]),
    );
  };
  const leaky = (v: number) => v > 0 ? v : 0.2 * v;
  /** Of each window over rows and features; at the start γ = 1, β = 0, and running statistics are 0 and 1. */
  const normalise = (h: number[][][]) => {
    for (let w = 0; w < WINDOWS; w++) {
      const all = h.flatMap((row) => row[w]);
      const mean = training ? all.reduce((a, b) => a + b) / all.length : 0;
      const variance = training ? all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length : 1;
      for (const row of h) row[w] = row[w].map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
    }
    return h;
  };
  const each = (h: number[][][], f: (v: number[]) => number[]) => h.map((row) => row.map(f));
  const rows = Array.from({ length: BATCH }, (_, r) => [...x.subarray(r * 5, r * 5 + 5)]);
  const windows = (fits: (w: number, j: number) => boolean) =>
    rows.map((row) => Array.from({ length: WINDOWS }, (_, w) => row.filter((_, j) => fits(w, j))));
  let q = windows((w, j) => j < w || j >= w + 2), p = windows((w, j) => j >= w && j < w + 2);
  q = normalise(each(q, (v) => layer(v, networks.rest[0]).map(Math.tanh)));
  q = normalise(each(q, (v) => layer(v, networks.rest[1]).map(leaky)));
  q = each(q, (v) => layer(v, networks.rest[2]).map(leaky));
  p = normalise(each(p, (v) => layer(v, networks.window[0]).map(leaky)));
  p = each(
    each(p, (v) => layer(v, networks.window[1]).map(leaky)),
    (v) => layer(v, networks.window[2]).map(leaky),
  );
  const lengths = (h: number[][]) => {
    const columns = h[0].map((_, k) => Math.hypot(...h.map((v) => v[k])));
    const over = h.map((v) => v.map((value, k) => value / Math.max(columns[k], 1e-12)));
    return over.map((v) => v.map((value) => value / Math.max(Math.hypot(...v), 1e-12)));
  };
  return rows.map((_, r) => {
    const [own, keys] = [lengths(q[r]), lengths(p[r])];
    const loss = own.map((v, i) => {
      const exp = keys.map((key) => Math.exp(v.reduce((sum, value, k) => sum + value * key[k], 0) / TAU));
      return -Math.log(exp[i] / exp.reduce((a, b) => a + b));
    });
    return loss.reduce((a, b) => a + b) / WINDOWS;
  });
}

for (const training of [true, false]) {
  Deno.test(`iclLosses() are those of loops over windows, ${training ? "training" : "at inference"}`, async () => {
    assertClose((await losses(training)).losses.data, byLoops(training), 1e-5);
  });
}

Deno.test("iclLosses() moves the statistics of all three normalisations in training, and none at inference", async () => {
  const before = initIcl(stream(0, "icl"), SHAPE).statistics;
  const [moved, kept] = [(await losses(true)).statistics, (await losses(false)).statistics];
  before.forEach(({ mean, variance }, i) => {
    assert.notDeepEqual(moved[i].mean.data, mean.data);
    assert.notDeepEqual(moved[i].variance.data, variance.data);
    assert.deepEqual([kept[i].mean.data, kept[i].variance.data], [mean.data, variance.data]);
  });
});

Deno.test("fitIcl() learns to tell windows of dependent features, and finds rows that break the dependence", async () => {
  const random = stream(3, "dependent");
  const draw = (rows: number, broken: boolean) => {
    const along = random.normal(new Float64Array(rows)), off = random.normal(new Float64Array(6 * rows));
    return off.map((e, i) => (broken ? e : along[Math.floor(i / 6)] * (i % 2 === 0 ? 1 : -1)) + 0.1 * e);
  };
  const train = matrix(draw(120, false), { columns: 6 });
  const test = matrix([...draw(60, false), ...draw(60, true)], { columns: 6 });
  const labels = Uint8Array.from({ length: 120 }, (_, i) => i < 60 ? 0 : 1);
  const run = async (epochs: number, learningRate: number) => {
    await using detector = await fitIcl(train, {
      seed: 0,
      width: 16,
      epochs,
      learningRate,
      executor: "wasm",
    });
    return { losses: detector.epochLosses, found: auroc(await detector.score(test), labels) };
  };
  const trained = await run(150, 3e-3);
  assert.ok(
    trained.losses.at(-1)! < 0.6 * trained.losses[0],
    `${trained.losses.at(-1)} ${trained.losses[0]}`,
  );
  assert.ok(trained.found > 0.85, `${trained.found}`);
});

Deno.test("fitIcl() ends below the least loss, and chooses the window by the number of features", async () => {
  const rows = matrix(stream(4, "rows").normal(new Float64Array(20 * 45)), { columns: 45 });
  await using stopped = await fitIcl(rows, {
    seed: 0,
    width: 4,
    epochs: 9,
    leastLoss: 100,
    executor: "wasm",
  });
  assert.equal(stopped.epochLosses.length, 1);
  // 45 features have windows of 10, 36 of them: the loss starts near ln 36.
  assert.ok(Math.abs(stopped.epochLosses[0] - Math.log(36)) < 2);
  for (const window of [0, 45, 2.5]) {
    await assert.rejects(() => fitIcl(rows, { seed: 0, window }), /window must be an integer in \[1, 44\]/);
  }
});
