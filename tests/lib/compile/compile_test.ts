import assert from "node:assert/strict";
import { BUNDLED_EXECUTORS, compile, type HostTensor, TraceError } from "../../../lib/compile/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import { jet, nested, POINTS } from "../tensor/_mlp.ts";
import { andC } from "./_executors.ts";
import { assertTensor, bools, floats, ints, spread } from "./_host.ts";

const x = spread([2, 3]);

for (const executor of andC(...BUNDLED_EXECUTORS)) {
  Deno.test(`compile() on ${executor} returns the program's tree, whatever its leaves are made of`, async () => {
    const before = tf.memory().numTensors;
    const outside = tf.tensor1d([10, 20, 30]);
    const program = await compile(
      ({ x, list: [flag] }: { x: Tensor; list: Tensor[] }, count: Tensor) => ({
        input: x,
        again: [x, x.add(0)],
        constant: tf.tensor2d([[1, 2]], undefined, "int32"),
        captured: x.add(outside),
        flag: flag.logicalNot(),
        count: count.add(tf.scalar(1, "int32")),
        nothing: {},
      }),
      [{ x, list: [bools([1, 0])] }, ints([5], [])],
      { executor },
    );
    for (let run = 0; run < 2; run++) {
      const output = await program.run({ x, list: [bools([1, 0])] }, ints([5 + run], []));
      assert.deepEqual(output.input, x);
      assert.deepEqual(output.again, [x, x]);
      assert.deepEqual(output.constant, ints([1, 2], [1, 2]));
      const sums = Array.from(x.data, (value, i) => value + [10, 20, 30][i % 3]);
      assertTensor(output.captured, floats(sums, [2, 3]), 1e-7);
      assert.deepEqual(output.flag, bools([0, 1]));
      assert.deepEqual(output.count, ints([6 + run], []));
      assert.deepEqual(output.nothing, {});
    }
    await program.dispose();
    assert.deepEqual(Array.from(outside.dataSync()), [10, 20, 30]);
    outside.dispose();
    assert.equal(tf.memory().numTensors, before);
    assert.equal(tf.getBackend(), "cpu");
  });

  Deno.test(`compile() on ${executor} differentiates three times inside a program`, async () => {
    const points = [0, 1].map((place) => floats(POINTS.map((point) => point[place])));
    const program = await compile(nested, [points[0], points[1]], { executor });
    const derivatives = await program.run(points[0], points[1]);
    const jets = POINTS.map(jet);
    derivatives.forEach((values, order) => {
      assertTensor(values, floats(jets.map((jet) => jet[order])), 3e-6);
    });
    await program.dispose();
  });

  Deno.test(`run() on ${executor} throws when an argument's type or shape differs, naming the leaf`, async () => {
    const program = await compile(({ w }: { w: Tensor[] }) => w[0].add(1), [{ w: [x] }], {
      executor,
      name: "sum",
    });
    const rejects = (argument: unknown, message: string) =>
      assert.rejects(program.run(argument as { w: HostTensor[] }), { name: "TypeError", message });
    await rejects(
      { w: [floats([1, 2])] },
      'Cannot run "sum" as leaf "[0].w[0]" must be float32 [2,3]: current value is float32 [2]',
    );
    await rejects(
      { w: [ints([1, 2, 3, 4, 5, 6], [2, 3])] },
      'Cannot run "sum" as leaf "[0].w[0]" must be float32 [2,3]: current value is int32 [2,3]',
    );
    await rejects(
      { w: [] },
      'Cannot run "sum" as leaf "[0].w[0]" must be float32 [2,3]: current value is absent',
    );
    await rejects(
      { w: [x, x] },
      'Cannot run "sum" as leaf "[0].w[1]" must be absent: current value is float32 [2,3]',
    );
    await rejects(
      { w: [floats([1, 2], [2, 3])] },
      'Cannot run "sum" as the data of leaf "[0].w[0]" must be a Float32Array of length 6: ' +
        "current value is a Float32Array of length 2",
    );
    await program.dispose();
  });
}

const HERE = /compile_test\.ts:\d+:\d+/;

Deno.test("compile() throws when a program reads a tensor, naming the operation and the place", async () => {
  const before = tf.memory().numTensors;
  const branch = (x: Tensor) => x.mean().dataSync()[0] > 0 ? x : x.neg();
  await assert.rejects(compile(branch, [x], { name: "branch" }), (error: Error) => {
    assert.ok(error instanceof TraceError);
    assert.match(
      error.message,
      /^Cannot read a tensor while tracing "branch" as its values are not known before/,
    );
    assert.match(error.message, /the output of Mean, shape \[\]/);
    assert.match(error.message, HERE);
    return true;
  });
  const inGradient = (x: Tensor) =>
    valueAndGrad((x: Tensor) => ({ value: tf.exp(x).sum().mul(x.arraySync() as number), aux: x }), x).value;
  await assert.rejects(compile(inGradient, [floats([1], [])]), TraceError);
  assert.equal(tf.memory().numTensors, before);
  assert.equal(tf.getBackend(), "cpu");
});

Deno.test("compile() lets a program read what does not depend on its inputs", async () => {
  const program = await compile((x: Tensor) => x.mul(tf.scalar(2).add(1).dataSync()[0]), [floats([2])]);
  assert.deepEqual(await program.run(floats([2])), floats([6]));
  await program.dispose();
});

Deno.test("compile() throws on a kernel without a row, naming it, the place and what to do", async () => {
  await assert.rejects(compile((x: Tensor) => tf.unique(x).values, [floats([1, 2])]), (error: Error) => {
    assert.ok(error instanceof TraceError);
    assert.match(
      error.message,
      /uses the kernel Unique, which has no lowering to ONNX: called by tf\.unique at /,
    );
    assert.match(error.message, HERE);
    assert.match(error.message, /add a row Unique: \{ lower: … \} to lib\/compile\/_kernels\//);
    return true;
  });
});

Deno.test("compile() throws when a program draws random numbers", async () => {
  for (const operation of ["randomNormal", "randomUniform", "truncatedNormal"] as const) {
    await assert.rejects(compile((x: Tensor) => x.add(tf[operation]([2, 3])), [x]), (error: Error) => {
      assert.ok(error instanceof TraceError);
      assert.match(error.message, /^Cannot trace "program" as it draws random numbers/);
      assert.ok(error.message.includes(`called by tf.${operation}`), error.message);
      assert.match(error.message, HERE);
      return true;
    });
  }
});

Deno.test("compile() throws when the shape of a result would depend on values, naming operation and place", async () => {
  const programs = {
    where: (x: Tensor) => tf.whereAsync(x.greater(0)) as unknown as Tensor,
    unique: (x: Tensor) => tf.unique(x.flatten()).values,
    "moments of what is read": (x: Tensor) =>
      tf.moments(x.slice([0, 0], [x.argMax(1).dataSync()[0], 1])).mean,
    "non-maximum suppression": (x: Tensor) =>
      tf.image.nonMaxSuppression(x as tf.Tensor2D, x.sum(1) as tf.Tensor1D, 1),
    "complex numbers": (x: Tensor) => tf.abs(tf.spectral.rfft(x)),
  };
  for (const [what, program] of Object.entries(programs)) {
    await assert.rejects(compile(program, [spread([3, 4])]), (error: Error) => {
      assert.ok(error instanceof TraceError || error instanceof TypeError, `${what}: ${error}`);
      if (what !== "where") assert.match(error.message, HERE, what);
      return true;
    });
  }
});

Deno.test("compile() throws when the program is asynchronous or returns something else than tensors", async () => {
  for (const executor of andC(...BUNDLED_EXECUTORS)) {
    const asynchronous = async (x: Tensor) => (await x.data()).length;
    await assert.rejects(async () => (await compile(asynchronous, [x], { executor })).run(x), {
      name: "TypeError",
      message: 'Cannot compile "program" as the program must be synchronous: it returned a promise',
    });
    await assert.rejects(
      async () => (await compile((x: Tensor) => ({ x, rate: 3 }), [x], { executor })).run(x),
      {
        name: "TypeError",
        message: 'Cannot read the tree as its leaf "rate" must be a tensor: current value is 3',
      },
    );
  }
});

Deno.test("compile() throws on an unknown executor and lists the known ones", async () => {
  await assert.rejects(compile((x: Tensor) => x, [x], { executor: "abacus" as "native" }), {
    name: "RangeError",
    message:
      "Cannot compile as executor must be one of native, c, wasm, webgpu, cuda, eager, tensorflow: current value is abacus",
  });
});

Deno.test("compile() passes on what a program throws, and the next program is not affected", async () => {
  const failing = (_x: Tensor) => {
    throw new Error("mine");
  };
  await assert.rejects(compile(failing, [x]), { message: "mine" });
  assert.equal(tf.getBackend(), "cpu");
  const program = await compile((x: Tensor) => x.square(), [floats([3])]);
  assert.deepEqual(await program.run(floats([3])), floats([9]));
  await program.dispose();
});
