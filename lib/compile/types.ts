import type { HostTensor, HostTree } from "../tensor/mod.ts";
import type { NativeResource } from "./disposal.ts";
import type { OnnxOptions } from "./onnx_file.ts";

/** Where a compiled program runs (see `deno task doctor` for what this machine has). */
export type ExecutorName = "native" | "c" | "wasm" | "webgpu" | "cuda" | "eager" | "tensorflow";

/** The executors that work on every machine. */
export const BUNDLED_EXECUTORS = ["native", "wasm", "eager"] as const satisfies readonly ExecutorName[];

/** All executors, the default first. Those that need a driver or an add-on say so where it is missing. */
export const EXECUTORS: readonly ExecutorName[] = [
  "native",
  "c",
  "wasm",
  "webgpu",
  "cuda",
  "eager",
  "tensorflow",
];

/** Options of `compile` and `compileLoop`. */
export interface CompileOptions {
  /** Where the program runs. @default "native" */
  readonly executor?: ExecutorName;
  /** Shown in errors and in the ONNX file. @default "program" */
  readonly name?: string;
}

/** A pure program compiled for the shapes of its example arguments. */
export interface CompiledProgram<Args extends readonly unknown[], Output> extends NativeResource {
  /**
   * Runs the program once.
   *
   * @throws {TypeError} If a shape or dtype differs from the example's (the message names the leaf).
   */
  run(...args: { [K in keyof Args]: HostTree<Args[K]> }): Promise<HostTree<Output>>;
  /** The program as an ONNX model for other engines, see `exportOnnx`. @returns the bytes of the file. */
  toOnnx(options?: OnnxOptions): Uint8Array;
}

/**
 * A step `(state, batch) → { state, metrics }` compiled so that many steps run in one call: the state stays
 * inside between calls, and a call's batches are stacked along a new leading axis.
 */
export interface CompiledLoop<State, Batch, Metrics> extends NativeResource {
  /** SHA-256 of the compiled step; where steps run as they are (`eager`), of the shapes alone. */
  readonly digest: string;
  /**
   * Runs one step per entry of the leading axis of `batches` (any count ≥ 1, the same for every leaf).
   *
   * @returns the metrics, stacked along a leading axis of the same length.
   */
  run(batches: HostTree<Batch>): Promise<HostTree<Metrics>>;
  /** Copies the state to the host. */
  readState(): Promise<HostTree<State>>;
  /** Replaces the state. */
  writeState(state: HostTree<State>): Promise<void>;
  /**
   * Changes leaves of the state in place, without copying them: for what happens on the host between steps,
   * such as a proximal step or a projection.
   *
   * @param paths The leaves' names as errors name them, e.g. `state.layers[0].weight`.
   * @param change Writes to the data of the leaves, one per path, and keeps none of them. What it has written
   * stays if it throws.
   * @throws {RangeError} If the state has no leaf of such a name.
   */
  updateLeaves(paths: readonly string[], change: (leaves: readonly HostTensor[]) => void): Promise<void>;
}
