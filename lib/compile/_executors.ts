/** The executor table: one row per executor. Engines are loaded only when asked for. */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { type HostTensor, loadNativeBackend } from "../tensor/mod.ts";
import type { Traced } from "./_backend.ts";
import { type ExecutorName, EXECUTORS } from "./types.ts";

/** Tensors on the engine's side, by port name. */
export type Feeds = Readonly<Record<string, OrtTensor>>;

/** An engine that runs ONNX graphs. */
export interface GraphEngine {
  readonly kind: "graph";
  readonly versions: Readonly<Record<string, string>>;
  /** Whether it convolves images as they lie, by nodes that are not ONNX's. */
  readonly convolves?: boolean;
  /** Loads a model; `name` is for errors. An engine of our own takes what the model was made of. */
  open(model: Uint8Array, name: string, program?: TracedProgram): Promise<GraphSession>;
  tensor(host: HostTensor): OrtTensor;
}

/** What a model was made of. */
export interface TracedProgram {
  readonly traced: Traced;
  /** Of a loop: how many of the first inputs and outputs are the state. */
  readonly stateLeaves?: number;
}

/** A model that is loaded. */
export interface GraphSession {
  /** Names of the model's ports, in its order. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
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

/** What to do where an executor's driver or library is missing. */
interface Missing {
  /** Matches the engine's own message. */
  readonly sign: RegExp;
  readonly advice: string;
}

function graphEngine(
  ort: Ort,
  versions: Readonly<Record<string, string>>,
  options: InferenceSession.SessionOptions | (() => InferenceSession.SessionOptions),
  missing?: Missing,
): GraphEngine {
  return {
    kind: "graph",
    versions,
    async open(model, name) {
      try {
        const session = await ort.InferenceSession.create(model, {
          graphOptimizationLevel: "all",
          logSeverityLevel: 3,
          ...typeof options === "function" ? options() : options,
          ...profiles !== undefined && {
            enableProfiling: true,
            profileFilePrefix: `${profiles}/${profileNumber++}`,
          },
        });
        const { inputNames, outputNames } = session;
        const profiled = profiles !== undefined;
        return {
          inputNames,
          outputNames,
          run: (feeds) => session.run(feeds) as Promise<Feeds>,
          release() {
            if (profiled) session.endProfiling();
            return session.release();
          },
        };
      } catch (cause) {
        const { message } = cause as Error;
        if (missing?.sign.test(message)) {
          throw new Error(`Cannot run "${name}" as ${missing.advice}`, { cause });
        }
        throw new Error(`Cannot compile "${name}" as the engine refuses its graph: ${message}`, { cause });
      }
    },
    // The package's own typing wants one overload per element type.
    tensor: ({ dtype, data, shape }) => new ort.Tensor(dtype as "float32", data as Float32Array, shape),
  };
}

/** Where programs leave their profiles, if they shall. */
let profiles: string | undefined;
let profileNumber = 0;

/**
 * Has programs that are compiled from now on in this process write a profile of the engine's when they are
 * disposed of: a file of JSON each in that folder, with the time of every node.
 */
export function profileTo(folder: string): void {
  profiles = folder;
}

/** Of one program on `native`. */
let threads = 1;

/**
 * Lets programs that are compiled from now on in this process run on several threads each, where the executor
 * is `native` (or hands nodes to the CPU). Large ones get faster, small ones slower; results agree with those
 * of one thread to rounding, as sums are cut in another way.
 *
 * @throws {RangeError} If it is no integer >= 1.
 */
export function useThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(
      `Cannot use threads as their number must be an integer >= 1: current value is ${count}`,
    );
  }
  threads = count;
}

/** Our own translation to C, built by the compiler that is installed. */
async function cEngine(): Promise<GraphEngine> {
  // deno-lint-ignore refigure/through-doors -- a door that is loaded on demand counts whole in module graphs
  const { loadCEngine } = await import("./_c/engine.ts");
  const { versions, open } = await loadCEngine();
  return {
    kind: "graph",
    versions,
    convolves: true,
    async open(_model, name, program) {
      if (program === undefined) {
        throw new Error(
          `Cannot load "${name}" on c as it compiles programs, not models from files: use native`,
        );
      }
      try {
        const session = await open(program.traced, program) as unknown as GraphSession;
        return {
          ...session,
          run: (feeds) =>
            session.run(feeds).catch((error: Error) => {
              throw error instanceof RangeError
                ? new RangeError(`Cannot run "${name}" as ${error.message}`)
                : error;
            }),
        };
      } catch (cause) {
        throw new Error(`Cannot compile "${name}" on c: ${(cause as Error).message}`, { cause });
      }
    },
    tensor: ({ dtype, data, shape }) => ({ type: dtype, dims: shape, data }) as unknown as OrtTensor,
  };
}

/** onnxruntime-node with an execution provider; nodes that the provider has no kernel for run on the CPU. */
async function nodeEngine(provider: string, missing?: Missing): Promise<GraphEngine> {
  const ort = await import("onnxruntime-node");
  ort.env.logLevel = "fatal"; // errors are thrown as well
  const version = ort.env.versions.node ?? ort.env.versions.common;
  return graphEngine(
    ort,
    { "onnxruntime-node": version },
    () => ({ executionProviders: [provider], intraOpNumThreads: threads, interOpNumThreads: 1 }),
    missing,
  );
}

const TABLE: Readonly<Record<ExecutorName, ExecutorRow>> = {
  native: {
    title: "onnxruntime-node, CPU, one thread unless more are asked for",
    load: () => nodeEngine("cpu"),
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
  webgpu: {
    title: "onnxruntime-node, GPU through WebGPU (Vulkan, Metal or Direct3D)",
    load: () =>
      nodeEngine("webgpu", {
        sign: /WebGPU|not supported|backend not found/i,
        advice:
          "no WebGPU adapter was found: install the GPU's Vulkan driver and the loader (Debian: mesa-vulkan-drivers " +
          "and libvulkan1). Without a GPU, the driver in Debian's chromium package works, slowly, with libvulkan1 " +
          "installed and VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json",
      }),
  },
  cuda: {
    title: "onnxruntime-node, NVIDIA GPU through CUDA",
    load: () =>
      nodeEngine("cuda", {
        sign: /cuda|not supported|backend not found|shared library/i,
        advice: "onnxruntime's CUDA provider cannot be loaded: install it with " +
          "`deno install --allow-scripts=npm:onnxruntime-node` (Linux x86-64; it downloads some 200 MB), and have " +
          "CUDA 12 and cuDNN 9 where the loader finds them (ldconfig -p)",
      }),
  },
  c: {
    title: "C of our own, built for this processor by the machine's compiler (cc), one thread",
    load: cEngine,
  },
  eager: {
    title: "TensorFlow.js cpu backend, for reference and debugging",
    load: () => Promise.resolve({ kind: "eager", versions: {}, backend: "cpu" }),
  },
  tensorflow: {
    title: "TensorFlow.js on libtensorflow (native add-on), program by program as on eager",
    load: async () => ({ kind: "eager", ...await loadNativeBackend() }),
  },
};

const loaded = new Map<ExecutorName, Promise<GraphEngine | EagerEngine>>();

/** The row of an executor. @throws {RangeError} If there is none of that name. */
export function executorRow(name: ExecutorName): ExecutorRow {
  const row = Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
  if (row === undefined) {
    const names = EXECUTORS.join(", ");
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
