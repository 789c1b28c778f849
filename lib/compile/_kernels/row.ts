import type { Graph, Value } from "../_graph.ts";

/** One call of a TensorFlow.js kernel while tracing. */
export interface KernelCall {
  readonly graph: Graph;
  /** Inputs by TensorFlow.js's own names (list inputs by index). */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Attributes exactly as TensorFlow.js passes them. */
  // deno-lint-ignore no-explicit-any -- each kernel has its own; see the kernel's *Attrs interface in tfjs-core
  readonly attributes: Readonly<Record<string, any>>;
}

/** How one TensorFlow.js kernel becomes ONNX nodes. */
export interface KernelRow {
  /** Adds the nodes and returns the output (or outputs). */
  readonly lower: (call: KernelCall) => Value | readonly Value[];
  /**
   * Each output element depends on the input elements at the same place only (repeated constants stay
   * repeated).
   */
  readonly elementwise?: boolean;
}

/** Rows by kernel name. */
export type KernelRows = Readonly<Record<string, KernelRow>>;
