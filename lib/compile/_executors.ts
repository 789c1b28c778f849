/** The executor table: one row per executor. Engines are loaded only when asked for. */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { ExecutorName, HostTensor } from "./types.ts";

/** Tensors on the engine's side, by port name. */
export type Feeds = Readonly<Record<string, OrtTensor>>;

/** An engine that runs ONNX graphs. */
export interface GraphEngine {
  readonly kind: "graph";
  readonly versions: Readonly<Record<string, string>>;
  /** Loads a model; `name` is for errors. */
  open(model: Uint8Array, name: string): Promise<GraphSession>;
  tensor(host: HostTensor): OrtTensor;
}

/** A model that is loaded. */
export interface GraphSession {
  run(feeds: Feeds): Promise<Feeds>;
  release(): Promise<void>;
}

/** An engine that runs programs as they are, on a TensorFlow.js backend. */
export interface EagerEngine {
  readonly kind: "eager";
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: string;
}

/** A row of the table. */
export interface ExecutorRow {
  /** What it is, for `deno task doctor`. */
  readonly title: string;
  readonly load: () => Promise<GraphEngine | EagerEngine>;
}

/** What the packages of onnxruntime have in common. */
interface Ort {
  readonly env: typeof import("onnxruntime-node").env;
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: typeof OrtTensor;
}

function graphEngine(
  ort: Ort,
  versions: Readonly<Record<string, string>>,
  options: InferenceSession.SessionOptions,
): GraphEngine {
  return {
    kind: "graph",
    versions,
    async open(model, name) {
      try {
        const session = await ort.InferenceSession.create(model, {
          graphOptimizationLevel: "all",
          logSeverityLevel: 3,
          ...options,
        });
        return { run: (feeds) => session.run(feeds) as Promise<Feeds>, release: () => session.release() };
      } catch (cause) {
        const { message } = cause as Error;
        throw new Error(`Cannot compile "${name}" as the engine refuses its graph: ${message}`, { cause });
      }
    },
    // The package's own typing wants one overload per element type.
    tensor: ({ dtype, data, shape }) => new ort.Tensor(dtype as "float32", data as Float32Array, shape),
  };
}

const TABLE: Readonly<Record<ExecutorName, ExecutorRow>> = {
  native: {
    title: "onnxruntime-node, CPU, one thread",
    async load() {
      const ort = await import("onnxruntime-node");
      ort.env.logLevel = "error";
      const version = ort.env.versions.node ?? ort.env.versions.common;
      return graphEngine(ort, { "onnxruntime-node": version }, {
        executionProviders: ["cpu"],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
      });
    },
  },
  wasm: {
    title: "onnxruntime-web, WebAssembly, one thread",
    async load() {
      const ort = await import("onnxruntime-web/wasm");
      ort.env.logLevel = "error";
      // Deno refuses the worker (from a blob URL) that more threads would need.
      ort.env.wasm.numThreads = 1;
      const version = ort.env.versions.web ?? ort.env.versions.common;
      return graphEngine(ort, { "onnxruntime-web": version }, { executionProviders: ["wasm"] });
    },
  },
  eager: {
    title: "TensorFlow.js cpu backend, for reference and debugging",
    load: () => Promise.resolve({ kind: "eager", versions: {}, backend: "cpu" }),
  },
};

const loaded = new Map<ExecutorName, Promise<GraphEngine | EagerEngine>>();

/** The row of an executor. @throws {RangeError} If there is none of that name. */
export function executorRow(name: ExecutorName): ExecutorRow {
  const row = Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
  if (row === undefined) {
    const names = Object.keys(TABLE).join(", ");
    throw new RangeError(`Cannot compile as executor must be one of ${names}: current value is ${name}`);
  }
  return row;
}

/** Loads an executor's engine (once). */
export function loadEngine(name: ExecutorName): Promise<GraphEngine | EagerEngine> {
  let engine = loaded.get(name);
  if (engine === undefined) loaded.set(name, engine = executorRow(name).load());
  return engine;
}
