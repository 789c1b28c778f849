import { flattenTree, type HostTensor, type HostTree, type Tensor, unflattenTree } from "../tensor/mod.ts";
import { trace } from "./_backend.ts";
import { type GraphEngine, loadEngine } from "./_executors.ts";
import { fromEngine, leafTypes } from "./_host.ts";
import { decodeMetadata, encodeProgram } from "./_onnx.ts";
import { encodeRows, type InputScaling } from "./_onnx_rows.ts";
import { optimise } from "./_optimise.ts";
import { openSession } from "./_sessions.ts";
import { disposable, type NativeResource } from "./disposal.ts";
import type { CompileOptions, ExecutorName } from "./types.ts";

export type { InputScaling };

/** A float64 input of a model. */
export interface Float64Tensor {
  /** Tells it from a {@link HostTensor}. */
  readonly dtype: "float64";
  /** Its extents. */
  readonly shape: readonly number[];
  /** Its numbers, row by row. */
  readonly data: Float64Array;
}

/** Somebody's model, ready to run. */
export interface OnnxModel extends NativeResource {
  /** Names of the inputs and outputs, in the model's order. */
  readonly inputs: readonly string[];
  /** Names of the outputs, in the model's order. */
  readonly outputs: readonly string[];
  /** Runs the model once. @param feeds One tensor per input. @returns the outputs by name. */
  run(feeds: Readonly<Record<string, HostTensor | Float64Tensor>>): Promise<Record<string, HostTensor>>;
}

/**
 * Opens an ONNX model from elsewhere, to be run as it is: nothing of it can be trained, and no gradient goes
 * through it.
 *
 * @param model The bytes of the `.onnx` file.
 * @throws {TypeError} If the executor runs no ONNX graphs (`c`, `eager`, `tensorflow`).
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
        Object.fromEntries(inputs.map((input) => [input, engine.tensor(feeds[input] as HostTensor)])),
      );
      return Object.fromEntries(outputs.map((output) => [output, fromEngine(fetched[output])]));
    },
    ...disposable(() => session.release()),
  };
}

async function graphEngine(executor: ExecutorName, name: string): Promise<GraphEngine> {
  const engine = await loadEngine(executor);
  if (engine.kind === "graph" && executor !== "c") return engine;
  throw new TypeError(`Cannot run "${name}" as executor must run ONNX graphs: current value is ${executor}`);
}

/** How {@link exportOnnx} writes a program. */
export interface OnnxOptions {
  /** Name of the graph. @default "program" */
  readonly name?: string;
  /** Names of the inputs, in the order of the arguments' leaves. @default `input0`, `input1`, … */
  readonly inputs?: readonly string[];
  /** Names of the outputs, in the order of the output's leaves. @default `output0`, `output1`, … */
  readonly outputs?: readonly string[];
  /** Inputs and outputs have the names of the entries of the one argument, a record, and of the output's. */
  readonly byName?: boolean;
  /**
   * All inputs and outputs have a leading axis of rows, none of which depends on another: the model then
   * takes any number of them, and computes as many at once as the example has. @default false
   */
  readonly byRows?: boolean;
  /** With `byRows`, by input `[rows, columns]`: the model takes it as float64, and scales it in float64. */
  readonly scaling?: Readonly<Record<string, InputScaling>>;
  /** What the file says about itself, for `onnxMetadata` or any reader of ONNX. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What an ONNX model says about itself. @throws {Error} If these bytes are no model. */
export function onnxMetadata(model: Uint8Array): Record<string, string> {
  return decodeMetadata(model);
}

/**
 * Writes a program as an ONNX model, for other engines or for {@link openOnnx}.
 *
 * @param program As for `compile`.
 * @param exampleArgs As for `compile`; their shapes become the model's.
 * @returns the bytes of the file (opset 18).
 * @throws {TypeError} If it is to be exported by rows and a leading axis differs.
 *
 * @example
 * ```ts
 * import { hostTensor, type tf } from "@refigure/refigure";
 * import { exportOnnx, openOnnx } from "@refigure/refigure/compile";
 * import assert from "node:assert/strict";
 *
 * const file = exportOnnx((x: tf.Tensor) => x.square().sum(1), [hostTensor([[1, 2], [3, 4]])], {
 *   inputs: ["points"],
 *   outputs: ["lengths"],
 *   byRows: true,
 * });
 * await using model = await openOnnx(file);
 * const { lengths } = await model.run({ points: hostTensor([[1, 0], [1, 1], [3, 4]]) });
 * assert.deepEqual([...lengths.data], [1, 2, 25]);
 * ```
 */
export function exportOnnx<Args extends readonly unknown[]>(
  program: (...args: Args) => unknown,
  exampleArgs: { [K in keyof Args]: HostTree<Args[K]> },
  { name = "program", byRows = false, byName = false, scaling, ...options }: OnnxOptions = {},
): Uint8Array {
  const types = leafTypes("", exampleArgs);
  const form = unflattenTree(exampleArgs, types);
  let outputs: readonly string[] = [];
  const traced = trace(
    (tensors) => {
      const { leaves, paths } = flattenTree<Tensor>(program(...unflattenTree<Args>(form, tensors)));
      outputs = paths;
      return leaves;
    },
    { types, name },
  );
  optimise(traced);
  const ports = byName ? { ...options, inputs: flattenTree(exampleArgs[0]).paths, outputs } : options;
  return byRows ? encodeRows(name, traced, { ...ports, scaling }) : encodeProgram(name, traced, ports);
}
