import { flattenTree, type HostTensor, type HostTree, type Tensor, unflattenTree } from "../tensor/mod.ts";
import { trace } from "./_backend.ts";
import { type GraphEngine, loadEngine } from "./_executors.ts";
import { fromEngine, leafTypes } from "./_host.ts";
import { encodeProgram } from "./_onnx.ts";
import { optimise } from "./_optimise.ts";
import { openSession } from "./_sessions.ts";
import { disposable, type NativeResource } from "./disposal.ts";
import type { CompileOptions, ExecutorName } from "./types.ts";

/** Somebody's model, ready to run. */
export interface OnnxModel extends NativeResource {
  /** Names of the inputs and outputs, in the model's order. */
  readonly inputs: readonly string[];
  /** Names of the outputs, in the model's order. */
  readonly outputs: readonly string[];
  /** Runs the model once. @param feeds One tensor per input. @returns the outputs by name. */
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
}

/**
 * Opens an ONNX model from elsewhere, to be run as it is: nothing of it can be trained, and no gradient goes
 * through it.
 *
 * @param model The bytes of the `.onnx` file.
 * @throws {TypeError} If the executor runs no ONNX graphs (`eager`, `tensorflow`).
 * @throws {Error} If the engine refuses the model.
 *
 * @example
 * ```ts
 * import { hostTensor, type tf } from "@refigure/refigure";
 * import { exportOnnx, openOnnx } from "@refigure/refigure/compile";
 * import assert from "node:assert/strict";
 *
 * const file = exportOnnx((x: tf.Tensor) => x.square(), [hostTensor([1, 2])]);
 * await using model = await openOnnx(file);
 * const { output0 } = await model.run({ [model.inputs[0]]: hostTensor([3, 4]) });
 * assert.deepEqual([...output0.data], [9, 16]);
 * ```
 */
export async function openOnnx(
  model: Uint8Array,
  { executor = "native", name = "model" }: CompileOptions = {},
): Promise<OnnxModel> {
  const engine = await graphEngine(executor, name);
  const session = await openSession(engine, model, name);
  const { inputNames: inputs, outputNames: outputs } = session;
  return {
    inputs,
    outputs,
    async run(feeds) {
      const missing = inputs.find((input) => feeds[input] === undefined);
      if (missing !== undefined) {
        throw new TypeError(
          `Cannot run "${name}" as its inputs are ${inputs.join(", ")}: current value has no ${missing}`,
        );
      }
      const fetched = await session.run(
        Object.fromEntries(inputs.map((input) => [input, engine.tensor(feeds[input])])),
      );
      return Object.fromEntries(outputs.map((output) => [output, fromEngine(fetched[output])]));
    },
    ...disposable(() => session.release()),
  };
}

async function graphEngine(executor: ExecutorName, name: string): Promise<GraphEngine> {
  const engine = await loadEngine(executor);
  if (engine.kind === "graph") return engine;
  throw new TypeError(`Cannot run "${name}" as executor must run ONNX graphs: current value is ${executor}`);
}

/**
 * Writes a program as an ONNX model, for other engines or for {@link openOnnx}. Inputs are called `input0`,
 * `input1`, … in the order of the arguments' leaves, outputs `output0`, ….
 *
 * @param program As for `compile`.
 * @param exampleArgs As for `compile`; their shapes become the model's.
 * @returns the bytes of the file (opset 18).
 */
export function exportOnnx<Args extends readonly unknown[]>(
  program: (...args: Args) => unknown,
  exampleArgs: { [K in keyof Args]: HostTree<Args[K]> },
  { name = "program" }: Pick<CompileOptions, "name"> = {},
): Uint8Array {
  const types = leafTypes("", exampleArgs);
  const form = unflattenTree(exampleArgs, types);
  const traced = trace(
    (tensors) => flattenTree<Tensor>(program(...unflattenTree<Args>(form, tensors))).leaves,
    { types, name },
  );
  optimise(traced);
  return encodeProgram(name, traced);
}
