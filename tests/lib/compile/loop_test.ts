import assert from "node:assert/strict";
import {
  BUNDLED_EXECUTORS,
  compile,
  compileLoop,
  type ExecutorName,
  type HostTensor,
} from "../../../lib/compile/mod.ts";
import { type Tensor, tf, valueAndGrad, zipTrees } from "../../../lib/tensor/mod.ts";
import { andC } from "./_executors.ts";
import { assertTensor, floats, ints, spread } from "./_host.ts";

interface State {
  params: { weight: Tensor; bias: Tensor };
  momentum: { weight: Tensor; bias: Tensor };
  count: Tensor;
  fixed: Tensor;
}
interface Batch {
  x: Tensor;
  y: Tensor;
}

/** A step of gradient descent with momentum on a small regression. */
function step(state: State, { x, y }: Batch) {
  const { value, grads, aux } = valueAndGrad((params: State["params"]) => {
    const out = tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, params.weight as tf.Tensor2D), params.bias));
    return { value: out.sub(y).square().mean(), aux: out.mean(0) };
  }, state.params);
  const momentum = zipTrees<State["params"], Tensor>(
    [state.momentum, grads],
    ([m, g]) => tf.add(tf.mul(m, 0.9), g),
  );
  const params = zipTrees<State["params"], Tensor>(
    [state.params, momentum],
    ([p, m]) => tf.sub(p, tf.mul(m, state.fixed)),
  );
  const next: State = { params, momentum, count: state.count.add(tf.scalar(1, "int32")), fixed: state.fixed };
  return { state: next, metrics: { loss: value, means: [aux], count: next.count, batch: x } };
}

const initial = {
  params: { weight: spread([3, 2]), bias: floats([0, 0.1]) },
  momentum: { weight: floats([0, 0, 0, 0, 0, 0], [3, 2]), bias: floats([0, 0]) },
  count: ints([0], []),
  fixed: floats([0.1], []),
};
const example = { state: initial, batch: { x: spread([4, 3]), y: spread([4, 2]) } };
const STEPS = 7;
const batches = {
  x: spread([STEPS, 4, 3], { phase: 1 }),
  y: spread([STEPS, 4, 2], { phase: 2, low: -0.5, high: 0.5 }),
};

/** Entries `from` to `to` of stacked batches. */
function part({ dtype, shape, data }: HostTensor, from: number, to: number): HostTensor {
  const size = data.length / shape[0];
  return {
    dtype,
    shape: [to - from, ...shape.slice(1)],
    data: data.slice(from * size, to * size),
  } as HostTensor;
}

async function train(executor: ExecutorName) {
  const loop = await compileLoop(step, example, { executor });
  const metrics = await loop.run(batches);
  const state = await loop.readState();
  await loop.dispose();
  return { metrics, state };
}

for (const executor of andC(...BUNDLED_EXECUTORS)) {
  Deno.test(`compileLoop() on ${executor} equals single steps of compile()`, async () => {
    const before = tf.memory().numTensors;
    const { metrics, state } = await train(executor);
    const single = await compile(step, [initial, example.batch], { executor });
    let expected = initial as unknown as Awaited<ReturnType<typeof single.run>>["state"];
    for (let i = 0; i < STEPS; i++) {
      const batch = { x: part(batches.x, i, i + 1), y: part(batches.y, i, i + 1) };
      const result = await single.run(expected, {
        x: { ...batch.x, shape: [4, 3] } as HostTensor,
        y: { ...batch.y, shape: [4, 2] } as HostTensor,
      });
      expected = result.state;
      assertTensor(part(metrics.loss, i, i + 1), { ...result.metrics.loss, shape: [1] } as HostTensor, 1e-6);
      assert.equal(metrics.count.data[i], i + 1);
    }
    assertTensor(state.params.weight, expected.params.weight, 1e-6);
    assertTensor(state.momentum.bias, expected.momentum.bias, 1e-6);
    assert.deepEqual(state.count, ints([STEPS], []));
    assert.deepEqual(metrics.means[0].shape, [STEPS, 2]);
    assert.deepEqual(metrics.batch, batches.x);
    await single.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  Deno.test(`compileLoop() on ${executor} gives the same bytes however the steps are cut into calls`, async () => {
    const whole = await train(executor);
    const loop = await compileLoop(step, example, { executor });
    const losses: number[] = [];
    // Calls that are not awaited one by one still run in turn.
    const runs = [[0, 3], [3, 4], [4, STEPS]].map(([from, to]) =>
      loop.run({ x: part(batches.x, from, to), y: part(batches.y, from, to) })
    );
    for (const { loss } of await Promise.all(runs)) losses.push(...loss.data);
    assert.deepEqual(losses, Array.from(whole.metrics.loss.data));
    assert.deepEqual(await loop.readState(), whole.state);
    await loop.dispose();
  });

  Deno.test(`writeState() and readState() on ${executor} round-trip copies`, async () => {
    const loop = await compileLoop(step, example, { executor });
    assert.deepEqual(await loop.readState(), initial);
    const first = await loop.run(batches);
    const read = await loop.readState();
    read.params.weight.data.fill(7);
    assert.notDeepEqual(await loop.readState(), read);
    const written = structuredClone(initial) as unknown as typeof read;
    await loop.writeState(written);
    written.params.weight.data.fill(7);
    assert.deepEqual(await loop.readState(), initial);
    assert.deepEqual((await loop.run(batches)).loss, first.loss);
    await assert.rejects(loop.writeState({ ...read, count: floats([0], []) }), {
      name: "TypeError",
      message:
        'Cannot write the state of "loop" as leaf "state.count" must be int32 []: current value is float32 []',
    });
    await loop.dispose();
  });

  Deno.test(`updateLeaves() on ${executor} changes leaves in place and leaves the rest`, async () => {
    const loop = await compileLoop(step, example, { executor });
    const weight = spread([3, 2], { phase: 3 });
    const untouched = structuredClone(initial);
    const rewrite = (runs: number) =>
      loop.updateLeaves(["state.momentum.bias", "state.params.weight"], (leaves) => {
        assert.deepEqual(leaves.map(({ shape }) => shape), [[2], [3, 2]], `after ${runs} runs`);
        leaves[0].data[0] += 1;
        (leaves[1].data as Float32Array).set(weight.data);
      });
    // Before the first run, where the state is what it was compiled with, and later.
    for (const runs of [0, 1]) {
      const before = await loop.readState();
      await rewrite(runs);
      const expected = structuredClone(before) as unknown as typeof before;
      expected.momentum.bias.data[0] += 1;
      (expected.params.weight.data as Float32Array).set(weight.data);
      assert.deepEqual(await loop.readState(), expected);
      assert.deepEqual(initial, untouched);

      // The next steps start from what was written.
      const after = await loop.run(batches);
      await loop.writeState(expected);
      assert.deepEqual(await loop.run(batches), after);
    }
    await assert.rejects(loop.updateLeaves(["params.weight"], () => {}), {
      name: "RangeError",
      message: 'Cannot update leaves of "loop" as path must be one of state.count, state.fixed, ' +
        "state.momentum.bias, state.momentum.weight, state.params.bias, state.params.weight: " +
        "current value is params.weight",
    });
    await assert.rejects(
      loop.updateLeaves([], () => {
        throw new Error("no");
      }),
      { message: "no" },
    );
    await loop.dispose();
  });

  Deno.test(`compileLoop() on ${executor} throws when a step changes the form of its state`, async () => {
    const state = { w: floats([1, 2]) };
    const attempt = async (next: (w: Tensor) => Record<string, Tensor>) => {
      const loop = await compileLoop(
        (state: { w: Tensor }, _batch: Tensor) => ({ state: next(state.w) as { w: Tensor }, metrics: {} }),
        { state, batch: floats([0]) },
        { executor, name: "wrong" },
      );
      await loop.run(floats([0], [1, 1]));
    };
    const start = 'Cannot carry the state of "wrong" to its next step as leaf "state.';
    await assert.rejects(attempt((w) => ({ w: w.sum() })), {
      name: "TypeError",
      message: `${start}w" must be float32 [2]: current value is float32 []`,
    });
    await assert.rejects(attempt((w) => ({ w: w.cast("int32") })), {
      message: `${start}w" must be float32 [2]: current value is int32 [2]`,
    });
    await assert.rejects(attempt((w) => ({ w, v: w })), {
      message: `${start}v" must be absent: current value is float32 [2]`,
    });
    await assert.rejects(attempt(() => ({})), {
      message: `${start}w" must be float32 [2]: current value is absent`,
    });
  });

  Deno.test(`run() on ${executor} throws when batches do not fit`, async () => {
    const loop = await compileLoop(step, example, { executor });
    await assert.rejects(loop.run({ ...batches, y: part(batches.y, 0, 3) }), {
      name: "TypeError",
      message:
        'Cannot run "loop" as leaf "batch.y" must be float32 [7,4,2]: current value is float32 [3,4,2]',
    });
    await assert.rejects(loop.run({ x: part(batches.x, 0, 0), y: part(batches.y, 0, 0) }), {
      name: "TypeError",
      message:
        'Cannot run "loop" as the batches\' leading axis must hold at least 1 step: current value is 0',
    });
    // A refused call leaves the loop as it was.
    assert.deepEqual(await loop.readState(), initial);
    await loop.dispose();
  });
}

Deno.test("compileLoop() throws when the batch has no leaf", async () => {
  const empty = (state: { w: Tensor }, _batch: Record<string, Tensor>) => ({ state, metrics: {} });
  await assert.rejects(compileLoop(empty, { state: { w: floats([1]) }, batch: {} }), {
    name: "TypeError",
    message: 'Cannot compile "loop" as the batch must have at least one leaf: it has none',
  });
});

Deno.test("compileLoop() carries constants, swapped leaves and leaves it does not touch", async () => {
  const swap = ({ a, b, c, d }: Record<"a" | "b" | "c" | "d", Tensor>, x: Tensor) => ({
    state: { a: b, b: a, c: tf.scalar(5), d },
    metrics: { a, c, five: tf.scalar(5), sum: d.add(x) },
  });
  const state = { a: floats([1], []), b: floats([2], []), c: floats([3], []), d: floats([4], []) };
  for (const executor of andC(...BUNDLED_EXECUTORS)) {
    const loop = await compileLoop(swap, { state, batch: floats([0], []) }, { executor });
    const metrics = await loop.run(floats([10, 20, 30]));
    assert.deepEqual(metrics, {
      a: floats([1, 2, 1]),
      c: floats([3, 5, 5]),
      five: floats([5, 5, 5]),
      sum: floats([14, 24, 34]),
    });
    assert.deepEqual(await loop.readState(), { ...state, a: state.b, b: state.a, c: floats([5], []) });
    await loop.dispose();
  }
});

Deno.test("native, wasm, eager and c agree", async () => {
  const [native, ...others] = await Promise.all(andC(...BUNDLED_EXECUTORS).map(train));
  for (const other of others) {
    assertTensor(other.metrics.loss, native.metrics.loss, 1e-6);
    assertTensor(other.state.params.weight, native.state.params.weight, 1e-6);
  }
});

Deno.test("wasm gives the same bytes in two runs", async () => {
  assert.deepEqual(await train("wasm"), await train("wasm"));
});
