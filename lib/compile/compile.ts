import { flattenTree, type HostTensor, type HostTree, type Tensor, unflattenTree } from "../tensor/mod.ts";
import { trace } from "./_backend.ts";
import { loadEngine } from "./_executors.ts";
import { checkedLeaves, checkedOutput, fromEngine, leafTypes, onBackend, toHost, toTensor } from "./_host.ts";
import { encodeProgram } from "./_onnx.ts";
import { optimise } from "./_optimise.ts";
import { openSession } from "./_sessions.ts";
import { disposable } from "./disposal.ts";
import { exportOnnx, type OnnxOptions } from "./onnx_file.ts";
import type { CompiledProgram, CompileOptions } from "./types.ts";
import { interruption } from "./interruption.ts";
import { tallyOf } from "./work.ts";

/**
 * Compiles a pure program for the shapes of its example arguments.
 *
 * The program runs once on a tracing backend that records its operations as one ONNX graph, gradients
 * included; the graph then runs on the executor. On `eager` the program itself runs on TensorFlow.js every
 * time.
 *
 * @param program Synchronous function from trees of tensors to a tree of tensors. It must not read tensors,
 *   nor depend on anything that changes: what it computes from other values is fixed at this call.
 * @param exampleArgs One tree of host tensors per argument; only types and shapes matter.
 * @throws {TraceError} If the program reads a tensor or uses a kernel without a lowering.
 * @throws {TypeError} If the program is asynchronous or its output holds something else than tensors.
 *
 * @example
 * ```ts
 * import { compile, hostTensor, type tf } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const x = hostTensor([1, 2, 3]);
 * await using squares = await compile((x: tf.Tensor) => ({ sum: x.square().sum() }), [x]);
 * const { sum } = await squares.run(x);
 * assert.equal(sum.data[0], 14);
 * ```
 */
export async function compile<Args extends readonly unknown[], Output>(
  program: (...args: Args) => Output,
  exampleArgs: { [K in keyof Args]: HostTree<Args[K]> },
  options: CompileOptions = {},
): Promise<CompiledProgram<Args, Output>> {
  const { executor = "native", name = "program" } = options;
  const engine = await loadEngine(executor);
  const action = `run "${name}"`;
  const types = leafTypes("", exampleArgs);
  const form = unflattenTree(exampleArgs, types);
  const call = (tensors: readonly Tensor[]): Output =>
    checkedOutput(name, program(...unflattenTree<Args>(form, tensors)));
  const result = (output: unknown, leaves: readonly HostTensor[]) =>
    unflattenTree<HostTree<Output>>(output, leaves);

  const toOnnx = (options: OnnxOptions = {}) => exportOnnx(program, exampleArgs, { name, ...options });

  if (engine.kind === "eager") {
    return {
      toOnnx,
      // deno-lint-ignore require-await -- errors must reject, as on the other executors
      run: async (...args) => {
        const leaves = checkedLeaves(action, types, "", args);
        return onBackend(engine, () => {
          const output = call(leaves.map(toTensor));
          return result(output, flattenTree<Tensor>(output).leaves.map(toHost));
        });
      },
      ...disposable(() => Promise.resolve()),
    };
  }

  let outputForm: unknown;
  const traced = trace((tensors) => {
    const tree = call(tensors);
    const { leaves } = flattenTree<Tensor>(tree);
    outputForm = unflattenTree(tree, leaves.map(({ dtype, shape }) => ({ dtype, shape })));
    return leaves;
  }, { types, name, convolves: engine.convolves });
  optimise(traced);
  const tally = tallyOf(traced, { loop: false });
  const session = await openSession(engine, encodeProgram(name, traced), name, { traced });
  const outputs = traced.outputs.map((_, i) => `output${i}`);
  return {
    toOnnx,
    async run(...args) {
      const leaves = checkedLeaves(action, types, "", args);
      const feeds = Object.fromEntries(leaves.map((leaf, i) => [`input${i}`, engine.tensor(leaf)]));
      const signal = interruption();
      const fetched = await session.run(feeds);
      signal.throwIfAborted();
      tally(1);
      return result(outputForm, outputs.map((port) => fromEngine(fetched[port])));
    },
    ...disposable(() => session.release()),
  };
}
