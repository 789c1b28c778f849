import assert from "node:assert/strict";
import { trace } from "../../../lib/compile/_backend.ts";
import { operands } from "../../../lib/compile/_graph.ts";
import { optimise } from "../../../lib/compile/_optimise.ts";
import {
  BUNDLED_EXECUTORS,
  compile,
  compileLoop,
  type HostTensor,
  scan,
  type ScanStep,
} from "../../../lib/compile/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import { andC } from "./_executors.ts";
import { assertTensor, floats, ints, spread } from "./_host.ts";

interface Weights {
  readonly input: Tensor;
  readonly hidden: Tensor;
}

/** A gated step with what gradients find hard: saved outputs, broadcasts, a parameter used twice. */
function step(h: Tensor, x: Tensor, { input, hidden }: Weights): ScanStep<Tensor, { y: Tensor }> {
  const gate = tf.sigmoid(tf.add(tf.matMul(h as tf.Tensor2D, hidden as tf.Tensor2D), x));
  const fresh = tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, input as tf.Tensor2D), tf.mul(gate, h)));
  const carry = tf.add(tf.mul(gate, h), tf.mul(tf.sub(1, gate), fresh));
  return {
    carry,
    output: { y: tf.add(tf.square(carry), tf.matMul(fresh as tf.Tensor2D, hidden as tf.Tensor2D)) },
  };
}

/** The same steps one after the other, without {@link scan}. */
function unrolled(h: Tensor, x: Tensor, { reverse, ...weights }: Weights & { reverse: boolean }) {
  const entries = tf.unstack(x);
  const ys: Tensor[] = [];
  let carry = h;
  for (let i = 0; i < entries.length; i++) {
    const k = reverse ? entries.length - 1 - i : i;
    const made = step(carry, entries[k], weights);
    carry = made.carry;
    ys[k] = made.output.y;
  }
  return { carry, outputs: { y: tf.stack(ys) } };
}

const scanned = (h: Tensor, x: Tensor, { reverse, ...parameters }: Weights & { reverse: boolean }) =>
  scan(step, { carry: h, inputs: x, parameters, reverse });

type Roll = typeof scanned;

const H = spread([2, 3]), X = spread([5, 2, 3], { phase: 1 });
const INPUT = spread([3, 3], { phase: 2 }), HIDDEN = spread([3, 3], { phase: 3 });
const ARGS: [HostTensor, HostTensor, HostTensor, HostTensor] = [H, X, INPUT, HIDDEN];

const value = (roll: Roll, reverse: boolean) => (h: Tensor, x: Tensor, input: Tensor, hidden: Tensor) => {
  const { carry, outputs } = roll(h, x, { input, hidden, reverse });
  return { carry, y: outputs.y };
};

/** A loss of everything that a scan returns. */
const loss = (roll: Roll, reverse: boolean) => (leaves: readonly Tensor[]): Tensor => {
  const [h, x, input, hidden] = leaves;
  const { carry, outputs } = roll(h, x, { input, hidden, reverse });
  return tf.add(tf.sum(tf.mul(carry, tf.cos(outputs.y))), tf.mean(tf.square(outputs.y)));
};

const first = (roll: Roll, reverse: boolean) => (...leaves: Tensor[]) =>
  valueAndGrad(loss(roll, reverse), leaves).grads as unknown as Tensor[];

/** The gradient of a squared gradient. */
const second = (roll: Roll, reverse: boolean) => (...leaves: Tensor[]) =>
  valueAndGrad((variables: Tensor[]) => {
    const grads = valueAndGrad(loss(roll, reverse), variables).grads as unknown as Tensor[];
    return grads.map((g) => tf.sum(tf.square(g))).reduce((sum, term) => tf.add(sum, term));
  }, leaves).grads as unknown as Tensor[];

for (const executor of andC(...BUNDLED_EXECUTORS)) {
  // Second gradients sum terms of up to 52, so that near zero the rounding of two engines differs by 1e-5.
  const other = executor === "eager" ? "native" : executor;
  for (const reverse of [false, true]) {
    const name = `scan() ${reverse ? "backwards" : "forwards"} on ${executor}`;
    for (const [what, program] of Object.entries({ first, second })) {
      Deno.test(`${name}: ${what} gradients equal those of unrolled steps`, async () => {
        const [ours, plain] = await Promise.all([
          compile(program(scanned, reverse), ARGS, { executor }),
          compile(program(unrolled, reverse), ARGS, { executor: other }),
        ]);
        const [got, wanted] = [
          await ours.run(...ARGS),
          await plain.run(...ARGS),
        ] as unknown as HostTensor[][];
        await Promise.all([ours.dispose(), plain.dispose()]);
        wanted.forEach((tensor, i) => assertTensor(got[i], tensor, what === "first" ? 1e-6 : 1e-5));
      });
    }
    Deno.test(`${name} equals unrolled steps`, async () => {
      const [ours, plain] = await Promise.all([
        compile(value(scanned, reverse), ARGS, { executor }),
        compile(value(unrolled, reverse), ARGS),
      ]);
      const [got, wanted] = [await ours.run(...ARGS), await plain.run(...ARGS)];
      await Promise.all([ours.dispose(), plain.dispose()]);
      assertTensor(got.carry, wanted.carry, 1e-6);
      assertTensor(got.y, wanted.y, 1e-6);
    });
  }

  Deno.test(`scan() on ${executor}: no outputs, no carry, whole numbers`, async () => {
    const counts = await compile(
      (start: Tensor, x: Tensor) => {
        const { carry, outputs } = scan(
          ({ n, sum }: { n: Tensor; sum: Tensor }, entry: Tensor) => ({
            carry: { n: tf.add(n, tf.scalar(1, "int32")), sum: tf.add(sum, entry) },
            output: tf.cast(n, "float32"),
          }),
          { carry: { n: start, sum: tf.scalar(0) }, inputs: x },
        );
        const { grads } = valueAndGrad(({ x }) => {
          const { carry } = scan((sum: Tensor, entry: Tensor) => ({
            carry: tf.add(tf.mul(sum, 2), tf.square(entry)),
            output: {},
          }), { carry: tf.scalar(0), inputs: x });
          return carry;
        }, { x });
        return { n: carry.n, outputs, slope: grads.x };
      },
      [ints([4], []), floats([1, 2, 3])],
      { executor },
    );
    const { n, outputs, slope } = await counts.run(ints([4], []), floats([1, 2, 3]));
    await counts.dispose();
    assert.deepEqual([...n.data], [7]);
    assert.deepEqual([...outputs.data], [4, 5, 6]);
    // d/dx of 4 x₁² + 2 x₂² + x₃².
    assert.deepEqual([...slope.data], [8, 8, 6]);
  });

  Deno.test(`scan() on ${executor}: carried values that change places, are the same, or are read elsewhere`, async () => {
    const program = await compile(
      (x: Tensor, entries: Tensor) => {
        // What is carried at first is computed, and read in the body and behind the loop, too.
        const start = tf.mul(x, 2);
        const { carry: [a, b, c, d], outputs } = scan(
          ([a, b, c]: readonly Tensor[], entry: Tensor, first: Tensor) => {
            const sum = tf.add(tf.add(a, b), tf.mul(entry, first));
            return { carry: [b, sum, sum, tf.sub(c, a)], output: { old: a, fresh: sum } };
          },
          { carry: [start, start, start, start], inputs: entries, parameters: start },
        );
        return { a, b, c, d, outputs, twice: tf.add(start, start) };
      },
      [floats([1, 2]), floats([0, 1, 0])],
      { executor },
    );
    const { a, b, c, d, outputs, twice } = await program.run(floats([1, 2]), floats([0, 1, 1]));
    await program.dispose();
    // With s = (2, 4): s s | s 2s | 2s 4s | 4s 7s, where s is added from the second step on.
    assert.deepEqual([...a.data], [8, 16]);
    assert.deepEqual([...b.data], [14, 28]);
    assert.deepEqual([...c.data], [14, 28]);
    assert.deepEqual([...(d as HostTensor).data], [4, 8]);
    assert.deepEqual([...outputs.old.data], [2, 4, 2, 4, 4, 8]);
    assert.deepEqual([...outputs.fresh.data], [4, 8, 8, 16, 14, 28]);
    assert.deepEqual([...twice.data], [4, 8]);
  });

  Deno.test(`scan() on ${executor} works within a loop and within another scan`, async () => {
    // Σ_i Σ_j x_ij as a scan of scans, inside a training loop that counts.
    const total = (x: Tensor, weight: Tensor) =>
      scan((sum: Tensor, row: Tensor, w: Tensor) => {
        const inner = scan(
          (part: Tensor, entry: Tensor, w: Tensor) => {
            const carry = tf.add(part, tf.mul(w, tf.square(entry)));
            return { carry, output: carry };
          },
          { carry: sum, inputs: row, parameters: w },
        );
        return { carry: inner.carry, output: tf.mean(inner.outputs) };
      }, { carry: tf.scalar(0), inputs: x, parameters: weight });
    const loop = await compileLoop(
      (w: Tensor, x: Tensor) => {
        const { value, grads } = valueAndGrad(({ w }) => total(x, w).carry, { w });
        return { state: tf.add(w, 1), metrics: { value, slope: grads.w } };
      },
      { state: floats([1], []), batch: spread([2, 3]) },
      { executor },
    );
    const x = floats([1, 2, 3, 4, 5, 6, 1, 0, 0, 0, 0, 1], [2, 2, 3]);
    const { value, slope } = await loop.run(x);
    await loop.dispose();
    assert.deepEqual([...value.data], [91, 4]);
    assert.deepEqual([...slope.data], [91, 2]);
  });
}

Deno.test("scan() works over known inputs that are all the same", async () => {
  const program = await compile(
    (x: Tensor) =>
      scan((sum: Tensor, one: Tensor) => ({ carry: tf.add(sum, one), output: {} }), {
        carry: x,
        inputs: tf.ones([4]),
      }).carry,
    [floats([1, 2])],
  );
  assert.deepEqual([...(await program.run(floats([1, 2]))).data], [5, 6]);
  await program.dispose();
});

Deno.test("scan() equals its finite differences", async () => {
  const program = await compile((...leaves: Tensor[]) => loss(scanned, false)(leaves), ARGS);
  const slopes = await compile(first(scanned, false), ARGS);
  const grads = await slopes.run(...ARGS) as unknown as HostTensor[];
  for (const [leaf, index] of [[0, 1], [1, 7], [2, 4], [3, 8]]) {
    const shifted = async (by: number) => {
      const args = ARGS.map((arg, i) => {
        const data = Float32Array.from(arg.data);
        if (i === leaf) data[index] += by;
        return { ...arg, data } as HostTensor;
      }) as typeof ARGS;
      return (await program.run(...args)).data[0];
    };
    const difference = (await shifted(1e-2) - await shifted(-1e-2)) / 2e-2;
    assert.ok(Math.abs(difference - grads[leaf].data[index]) < 2e-3, `leaf ${leaf}: ${difference}`);
  }
  await Promise.all([program.dispose(), slopes.dispose()]);
});

Deno.test("scan(): the gradient reads what the forward pass computed, and nothing unused stays", () => {
  const types = ARGS.map(({ shape }) => ({ dtype: "float32" as const, shape }));
  const traced = trace((leaves) => first(scanned, false)(...leaves), { types, name: "test" });
  optimise(traced);
  const scans = traced.graph.nodes.filter(({ op }) => op === "Scan");
  assert.equal(scans.length, 2);
  const [forward, backward] = scans.map(({ body }) => body!.graph.nodes.map(({ op }) => op));
  for (const op of ["Sigmoid", "Tanh"]) {
    assert.ok(forward.includes(op), `forward has ${op}`);
    assert.ok(!backward.includes(op), `backward repeats ${op}`);
  }
  for (const node of scans) {
    const body = node.body!;
    const read = new Set([...body.graph.nodes.flatMap(operands), ...body.outputs]);
    assert.ok(body.inputs.every((input) => read.has(input)), "every entry is read");
  }
});

Deno.test("scan(): one program holds one step, however many there are", () => {
  const nodes = (steps: number) => {
    const types = [[2, 3], [steps, 2, 3], [3, 3], [3, 3]].map((shape) => ({
      dtype: "float32" as const,
      shape,
    }));
    const traced = trace((leaves) => first(scanned, false)(...leaves), { types, name: "test" });
    optimise(traced);
    return traced.graph.nodes.reduce((sum, { body }) => sum + 1 + (body?.graph.nodes.length ?? 0), 0);
  };
  assert.equal(nodes(100), nodes(2));
});

Deno.test("scan() refuses unequal axes, a changed carry and hidden tensors", async () => {
  const run = (program: (x: Tensor) => Tensor) => compile(program, [floats([1, 2, 3])]);
  const add = (sum: Tensor, entry: Tensor) => ({ carry: tf.add(sum, entry), output: {} });
  await assert.rejects(
    run((x) =>
      scan((c: Tensor, [a]: Tensor[]) => add(c, a), { carry: tf.scalar(0), inputs: [x, tf.zeros([2])] }).carry
    ),
    /same leading axis.*current lengths are \[3,2\]/,
  );
  await assert.rejects(
    run((x) =>
      scan(add, { carry: tf.zeros([2, 1]), inputs: tf.reshape(x, [3, 1, 1]).tile([1, 1, 2]) }).carry
    ),
    /"carry" must be float32 \[2,1\]: current value is float32 \[2,2\]/,
  );
  await assert.rejects(
    run((x) => {
      const hidden = tf.sum(x);
      return scan((c: Tensor, e: Tensor) => add(c, tf.mul(e, hidden)), { carry: tf.scalar(0), inputs: x })
        .carry;
    }),
    /from outside in the body of a scan.*scan_test\.ts.*pass it in the scan's parameters/,
  );
});

Deno.test("scan() off the compiler keeps no tensors", () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const leaves = ARGS.map(({ data, shape }) => tf.tensor(data as Float32Array, [...shape]));
    first(scanned, false)(...leaves);
  });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("compile() of a scan keeps no tensors", async () => {
  const before = tf.memory().numTensors;
  const program = await compile(second(scanned, false), ARGS);
  await program.dispose();
  assert.equal(tf.memory().numTensors, before);
});
