import assert from "node:assert/strict";
import { stream } from "../../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../../lib/tensor/mod.ts";
import { initValueNetwork, orthogonalMatrix, valueOf } from "../../../../../lib/methods/koopman/mod.ts";
import { ACTION, DYNAMICS, largest, once, table } from "./_models.ts";

Deno.test("orthogonalMatrix() has orthonormal rows or columns, whichever are fewer", () => {
  for (const [rows, columns] of [[4, 9], [9, 4], [6, 6]]) {
    const q = orthogonalMatrix(stream(1), { rows, columns });
    const few = Math.min(rows, columns);
    const entry = (i: number, k: number) => rows <= columns ? q[i * columns + k] : q[k * columns + i];
    for (let i = 0; i < few; i++) {
      for (let j = 0; j < few; j++) {
        let dot = 0;
        for (let k = 0; k < Math.max(rows, columns); k++) dot += entry(i, k) * entry(j, k);
        assert.ok(Math.abs(dot - Number(i === j)) < 1e-6, `${rows} x ${columns}: ${i}, ${j}`);
      }
    }
  }
});

Deno.test("valueOf() is 0 at the start, and the last bias where only that is set", async () => {
  const network = initValueNetwork(stream(1), { inputs: 3, width: 4 });
  const x = table([5, 3], (i) => Math.sin(i));
  const value = (n: typeof network) => once((n: never, x: Tensor) => valueOf(n, x), n as never, x as never);
  const at = async () => Array.from((await value(network) as unknown as { data: Float32Array }).data);
  assert.deepEqual(await at(), [0, 0, 0, 0, 0]);
  network.layers[2].bias.data[0] = 1.5;
  assert.deepEqual(await at(), new Array(5).fill(1.5));
});

Deno.test("a roll-out is as many single steps, for both dynamics", async () => {
  for (const dynamics of DYNAMICS) {
    const parameters = dynamics.init(stream(2));
    const start = table([3, 6], (i) => Math.cos(i)), actions = table([7, 3, ACTION], (i) => Math.sin(3 * i));
    const { all, one } = await once(
      (p: Tensor, start: Tensor, actions: Tensor) => {
        const states: Tensor[] = [];
        for (const action of tf.unstack(actions)) {
          states.push(dynamics.step(p, states.at(-1) ?? start, action));
        }
        return { all: dynamics.rollout(p, { start, actions }) as Tensor, one: tf.stack(states) as Tensor };
      },
      ...[parameters, start, actions] as never as [never, never, never],
    ) as unknown as Record<"all" | "one", { data: Float32Array; shape: number[] }>;
    assert.deepEqual(all.shape, [7, 3, 6]);
    assert.ok(largest(all.data.map((x, i) => x - one.data[i])) < 1e-5, dynamics.name);
    assert.ok(largest(all.data) > 0.1);
  }
});

Deno.test("the Koopman model alone is linear in state and encoded action", async () => {
  const [mlp, koopman] = await Promise.all(DYNAMICS.map(async (dynamics) => {
    const parameters = dynamics.init(stream(2));
    const actions = table([7, 1, ACTION], (i) => Math.sin(3 * i));
    const from = async (f: (i: number) => number) =>
      (await once(
        (p: Tensor, start: Tensor, actions: Tensor) => dynamics.rollout(p, { start, actions }) as Tensor,
        ...[parameters, table([1, 6], f), actions] as never as [never, never, never],
      ) as unknown as { data: Float32Array }).data;
    const [a, b, both, zero] = await Promise.all(
      [Math.cos, Math.sin, (i: number) => Math.cos(i) + Math.sin(i), () => 0].map(from),
    );
    return largest(a.map((x, i) => x + b[i] - both[i] - zero[i]));
  }));
  assert.ok(koopman < 1e-5, `${koopman}`);
  assert.ok(mlp > 1e-2, `${mlp}`);
});
