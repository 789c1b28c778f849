/** Runs every kernel case, and a training loop, on `webgpu`; prints what went wrong as a JSON list. */
import assert from "node:assert/strict";
import { compile, compileLoop, type HostTensor } from "../../../lib/compile/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import { assertTensor, floats, spread } from "./_host.ts";
import { trace } from "../../../lib/compile/_backend.ts";
import { type Case, CASES } from "./_kernel_cases.ts";

/** WGSL allows sine and cosine an absolute error of 2⁻¹¹; the software driver stays within 4e-5. */
const TOLERANCE = 5e-5;

const failures: string[] = [];
async function attempt(name: string, task: () => void | Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    failures.push(`${name}: ${(error as Error).message}`);
  }
}

/**
 * onnxruntime's WebGPU provider has no max pooling with indices, which overlapping windows need for their
 * gradient.
 */
const needsIndices = ({ kernel, f, inputs }: Case) => {
  if (!kernel.startsWith("MaxPool")) return false;
  const { graph } = trace((tensors) => [f(...tensors)].flat(), { types: inputs, name: kernel });
  return graph.nodes.some(({ op, outputs }) => op === "MaxPool" && outputs.length === 2);
};

/** onnxruntime 1.30's WebGPU provider computes these wrong. */
const FAULTS = ["DepthwiseConv2dNativeBackpropInput pointwise"];

// One session for all: opening one takes a tenth of a second.
const cases = CASES.filter((item) => !needsIndices(item) && !FAULTS.includes(`${item.kernel} ${item.note}`));
const inputs = cases.map((item) => [...item.inputs]);
const program = (...tensors: Tensor[][]) => cases.map(({ f }, i) => [f(...tensors[i])].flat());
const [expected, actual] = await Promise.all((["eager", "webgpu"] as const).map(async (executor) => {
  const compiled = await compile(program, inputs, { executor, name: "all kernels" });
  const outputs = await compiled.run(...inputs) as unknown as HostTensor[][];
  await compiled.dispose();
  return outputs;
}));
for (const [i, { kernel, note = "" }] of cases.entries()) {
  await attempt(`${kernel} ${note}`, () => {
    expected[i].forEach((value, k) => assertTensor(actual[i][k], value, TOLERANCE));
  });
}

await attempt("training loop", async () => {
  const step = (state: Tensor, batch: Tensor) => {
    const { value, grads } = valueAndGrad(
      (kernel: Tensor) => tf.mean(tf.square(tf.sub(tf.tanh(tf.matMul(batch, kernel)), 0.5))),
      state,
    );
    return { state: tf.sub(state, tf.mul(0.5, grads)), metrics: value };
  };
  const batch = spread([16, 8]);
  const batches = floats(Array.from({ length: 10 }, () => [...batch.data]).flat(), [10, 16, 8]);
  const [expected, actual] = await Promise.all((["native", "webgpu"] as const).map(async (executor) => {
    const loop = await compileLoop(step, { state: spread([8, 4]), batch }, { executor });
    const [first, second] = [await loop.run(batches) as HostTensor, await loop.run(batches) as HostTensor];
    const state = await loop.readState() as HostTensor;
    await loop.dispose();
    return [first, second, state];
  }));
  expected.forEach((value, i) => assertTensor(actual[i], value, TOLERANCE));
  assert.ok(actual[1].data[9] < actual[0].data[0], `the loss must fall from ${actual[0].data[0]}`);
});

await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify({ cases: cases.length, failures })}\n`));
