/**
 * The tracing backend: a TensorFlow.js backend whose kernels record nodes into a {@link Graph} instead of
 * computing.
 */
import { onFreshTape, type Tensor, tf } from "../tensor/mod.ts";
import {
  broadcastShape,
  type ConstantData,
  type ElementType,
  Graph,
  isSplat,
  sizeOf,
  type Value,
} from "./_graph.ts";
import { KERNELS } from "./_kernels/registry.ts";
import { scanNode } from "./_scan_node.ts";

const BACKEND = "refigure-trace";

/** Constants with more elements than this are left to the executor to fold. */
const FOLD_LIMIT = 65_536;

/** Thrown when a program cannot be traced; the message names the operation and the call site. */
export class TraceError extends Error {
  /** The class's name, as messages show it. */
  override readonly name = "TraceError";
}

type DataId = object;
type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;

/** Folders whose stack frames are not the caller's. */
const OWN = [new URL("./", import.meta.url).href, new URL("../tensor/", import.meta.url).href];

/** The first stack frame outside TensorFlow.js, `lib/tensor` and `lib/compile`. */
function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const frames = new Error().stack?.split("\n").slice(1) ?? [];
  Error.stackTraceLimit = limit;
  const outside = frames.find((frame) =>
    /:\d+:\d+\)?$/.test(frame) && !/@tensorflow|ext:/.test(frame) &&
    !OWN.some((folder) => frame.includes(folder))
  );
  return outside?.trim().replace(/^at (?:.*\((.*)\)|(.*))$/, "$1$2") ?? "(unknown place)";
}

/** Marks the scopes that TensorFlow.js opens for its operations. */
const OPERATION_SUFFIX = "__op";

/** The TensorFlow.js operations under way, e.g. " by tf.moments > tf.mean"; empty inside a gradient. */
function operations(): string {
  const { state: { scopeStack } } = tf.engine() as unknown as { state: { scopeStack: { name: string }[] } };
  const names = scopeStack.map(({ name }) => name).filter((name) => name.endsWith(OPERATION_SUFFIX));
  if (names.length === 0) return "";
  return ` by ${names.map((name) => `tf.${name.slice(0, -OPERATION_SUFFIX.length)}`).join(" > ")}`;
}

/** Operations that draw numbers: a trace would draw once and repeat them in every run. */
const DRAWS = /tf\.(random|truncatedNormal|multinomial|dropout)/;

/** @throws {TraceError} If the operation under way draws random numbers. */
function refuseDraws(): void {
  const operation = operations();
  if (!DRAWS.test(operation)) return;
  throw new TraceError(
    `Cannot trace "${active().name}" as it draws random numbers, which would be the same in every run: called` +
      `${operation} at ${callSite()} (draw on the host with lib/random and feed the numbers in)`,
  );
}

/** What the trace under way has recorded. */
interface Trace {
  readonly name: string;
  readonly graph: Graph;
  readonly values: WeakMap<DataId, Value>;
  /** The trace around the body of a loop. */
  readonly outer?: Trace;
}

let current: Trace | undefined;

function active(): Trace {
  if (current === undefined) throw new TraceError("Cannot use a traced tensor as its trace has ended");
  return current;
}

class TracingBackend extends tf.KernelBackend {
  override write(data: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    const { graph, values } = active();
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
      throw new TraceError(`Cannot trace a ${dtype} tensor: made${operations()} at ${callSite()}`);
    }
    refuseDraws();
    const dataId = {};
    graph.kernel = "constant";
    values.set(dataId, graph.constant(typedArray(data as Float32Array, dtype), { dtype, shape }));
    return dataId;
  }

  override readSync(dataId: DataId): tf.BackendValues {
    const value = valueOf(dataId);
    if (value.data !== undefined) return elements(value);
    throw new TraceError(
      `Cannot read a tensor while tracing "${active().name}" as its values are not known before the program runs: ` +
        `the output of ${value.kernel}, shape [${value.shape}], is read${operations()} at ${callSite()} ` +
        `(use tf.where instead of a branch, or return the tensor and read it after the run)`,
    );
  }

  override read(dataId: DataId): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(): boolean {
    return true;
  }
  override incRef(): void {}
  override refCount(): number {
    return 1;
  }
  override numDataIds(): number {
    return 0;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {}
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

function typedArray(data: ArrayLike<number>, dtype: keyof typeof ARRAYS): ConstantData {
  return ARRAYS[dtype].from(data);
}

/** All elements of a constant. */
function elements(value: Value): Float32Array | Int32Array | Uint8Array {
  const { data, dtype, shape } = value as Value & { data: Float32Array; dtype: keyof typeof ARRAYS };
  return isSplat(value) ? new ARRAYS[dtype](sizeOf(shape)).fill(data[0]) : data;
}

/** The value of a tensor made outside the body that is being traced. */
function outsideBody(dataId: DataId, outer: Trace | undefined): Value | undefined {
  const value = outer?.values.get(dataId) ?? (outer && outsideBody(dataId, outer.outer));
  if (value === undefined || value.data !== undefined) return value;
  throw new TraceError(
    `Cannot use a tensor from outside in the body of a scan, as it would get no gradient: used${operations()} at ` +
      `${callSite()} (pass it in the scan's parameters)`,
  );
}

/** The value behind a tensor; a tensor of another backend (captured from outside) becomes a constant. */
function valueOf(dataId: DataId): Value {
  const { graph, values, outer } = active();
  let value = values.get(dataId);
  if (value === undefined) value = outsideBody(dataId, outer);
  if (value === undefined) {
    const { state: { tensorInfo } } = tf.engine() as unknown as {
      state: {
        tensorInfo: WeakMap<DataId, { backend: tf.KernelBackend; shape: number[]; dtype: ElementType }>;
      };
    };
    const { backend, shape, dtype } = tensorInfo.get(dataId)!;
    if (backend instanceof TracingBackend) {
      throw new TraceError(`Cannot use a tensor of another trace: used at ${callSite()}`);
    }
    const data = typedArray(backend.readSync(dataId) as Float32Array, dtype as keyof typeof ARRAYS);
    values.set(dataId, value = graph.constant(data, { dtype, shape }));
  }
  return value;
}

function infoOf(value: Value): tf.TensorInfo {
  const dataId = {};
  active().values.set(dataId, value);
  return { dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType };
}

/** TensorFlow.js wants a list from kernels with any number of outputs, even if there is one. */
function infosOf(output: Value | readonly Value[]): tf.TensorInfo | tf.TensorInfo[] {
  return Array.isArray(output) ? output.map(infoOf) : infoOf(output as Value);
}

/** The TensorFlow.js `cpu` backend, as far as folding needs it. */
interface CpuBackend extends tf.KernelBackend {
  makeTensorInfo(shape: readonly number[], dtype: string, values: ConstantData): tf.TensorInfo;
  disposeIntermediateTensorInfo(info: tf.TensorInfo): void;
}

/** Runs a kernel on constants, on the TensorFlow.js `cpu` backend. */
function fold(
  kernel: string,
  inputs: Readonly<Record<string, Value>>,
  attrs: tf.NamedAttrMap,
): Value | Value[] {
  const { graph } = active();
  const backend = tf.engine().findBackend("cpu") as CpuBackend;
  // Where every operand repeats one element so does the result: compute it once.
  const operands = Object.values(inputs);
  const once = KERNELS[kernel]?.elementwise === true && operands.every(isSplat);
  const infos = mapRecord(inputs, (value) => {
    const operand = once ? { ...value, shape: [] } : value;
    return backend.makeTensorInfo(operand.shape, value.dtype, elements(operand));
  });
  const outputs = tf.getKernel(kernel, "cpu").kernelFunc({ inputs: infos, attrs, backend });
  const values = [outputs].flat().map((info) => {
    const dtype = info.dtype as keyof typeof ARRAYS;
    const data = typedArray(backend.readSync(info.dataId) as Float32Array, dtype);
    backend.disposeIntermediateTensorInfo(info);
    const shape = once ? broadcastShape(operands.map((operand) => operand.shape)) : info.shape;
    return graph.constant(data, { dtype, shape });
  });
  for (const info of Object.values(infos)) backend.disposeIntermediateTensorInfo(info);
  return Array.isArray(outputs) ? values : values[0];
}

/** Maps a record, or a list (TensorFlow.js passes either as a kernel's inputs). */
function mapRecord<A, B>(record: Readonly<Record<string, A>>, f: (item: A) => B): Record<string, B> {
  const mapped = Object.entries(record).map(([key, item]) => [key, f(item)] as const);
  return Array.isArray(record)
    ? mapped.map(([, item]) => item) as unknown as Record<string, B>
    : Object.fromEntries(mapped);
}

/** The tracing kernel of every TensorFlow.js kernel: fold constants, else lower by the registry's row. */
function record(kernel: string, given: Inputs, attributes: tf.NamedAttrMap): tf.TensorInfo | tf.TensorInfo[] {
  const { graph, name } = active();
  // Optional inputs that are not given are null or undefined.
  const present = Array.isArray(given)
    ? given
    : Object.fromEntries(Object.entries(given).filter(([, x]) => x));
  const inputs = mapRecord(present as Record<string, tf.TensorInfo>, ({ dataId }) => valueOf(dataId));
  const operands = Object.values(inputs);
  const row = KERNELS[kernel];
  graph.kernel = kernel;
  const known = operands.every(({ data }) => data !== undefined);
  const size = operands.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  if (known && size <= FOLD_LIMIT && (operands.length > 0 || row === undefined)) {
    return infosOf(fold(kernel, inputs, attributes));
  }
  if (row === undefined) {
    throw new TraceError(
      `Cannot trace "${name}" as it uses the kernel ${kernel}, which has no lowering to ONNX: called` +
        `${operations()} at ${callSite()} (to add one, add a row ${kernel}: { lower: … } to ` +
        `lib/compile/_kernels/ and a case to tests/lib/compile/_kernel_cases.ts; see lib/compile/README.md)`,
    );
  }
  return infosOf(row.lower({ graph, inputs, attributes }));
}

/** Whether a program is being traced. */
export function isTracing(): boolean {
  return tf.getBackend() === BACKEND;
}

const tensorOf = (value: Value): Tensor => tf.engine().makeTensorFromTensorInfo(infoOf(value));

/** New tensors for the values behind tensors, which come onto no tape. */
export function sameTensors(tensors: readonly Tensor[]): Tensor[] {
  return tensors.map(({ dataId }) => tensorOf(valueOf(dataId)));
}

/** Tensors that a scan works on, and which way it goes. */
export interface ScanOperands {
  readonly carry: readonly Tensor[];
  /** Scanned along their leading axis. */
  readonly inputs: readonly Tensor[];
  /** The same in every step. */
  readonly parameters: readonly Tensor[];
  readonly reverse: boolean;
}

/**
 * Records a `Scan` whose body is traced once.
 *
 * @param body Given carried values, one entry of each input and the parameters; returns the next carried
 *   values (of the same types, which the caller has checked), then outputs.
 * @returns The last carried values, then the stacked outputs.
 */
export function recordScan(
  body: (tensors: readonly Tensor[]) => readonly Tensor[],
  { carry, inputs, parameters, reverse }: ScanOperands,
): Tensor[] {
  const outer = active();
  const { graph } = outer;
  const values = (tensors: readonly Tensor[]) => tensors.map(({ dataId }) => valueOf(dataId));
  const [carried, scanned, fixed] = [carry, inputs, parameters].map(values);
  const child = new Graph(graph);
  const states = carried.map((value) => child.input(value));
  const varies = scanned.some((value) => !isSplat(value));
  const entries = scanned.map((value, i) => {
    const type = { dtype: value.dtype, shape: value.shape.slice(1) };
    // Of a constant that repeats one element so does every entry; but something must be scanned.
    return isSplat(value) && (varies || i > 0) ? graph.constant(value.data!, type) : child.input(type);
  });
  let results: Value[] = [];
  current = { name: outer.name, graph: child, values: new WeakMap(), outer };
  try {
    onFreshTape(() =>
      tf.tidy(() => {
        results = values(body([...states, ...entries, ...fixed].map(tensorOf)));
      })
    );
  } finally {
    current = outer;
  }
  graph.kernel = "scan";
  const given = scanned.filter((_, i) => entries[i].data === undefined);
  return scanNode(graph, {
    body: {
      graph: child,
      carried: states.length,
      inputs: [...states, ...entries.filter(({ data }) => data === undefined)],
      outputs: results,
    },
    carried,
    scanned: given,
    steps: scanned[0].shape[0],
    reverse,
  }).map(tensorOf);
}

tf.registerBackend(BACKEND, () => new TracingBackend());
for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: ({ inputs, attrs }) => record(kernelName, inputs, attrs ?? {}),
  });
}

/** What {@link trace} recorded; the program's inputs and outputs are in the order given. */
export interface Traced {
  readonly graph: Graph;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/**
 * Runs a program once on tensors that stand for its inputs and records what it does.
 *
 * @param program Given one tensor per input; returns the output tensors. Must be synchronous.
 * @param options `types`: the inputs. `name`: for errors.
 * @throws {TraceError} If the program reads a tensor, or uses a kernel that has no row.
 */
export function trace(
  program: (inputs: Tensor[]) => readonly Tensor[],
  options: {
    readonly types: readonly { dtype: ElementType; shape: readonly number[] }[];
    readonly name: string;
    /** Whether who runs the graph convolves images as they lie. @default false */
    readonly convolves?: boolean;
  },
): Traced {
  const before = tf.getBackend();
  const outer = current;
  const graph = new Graph(undefined, options.convolves);
  current = { name: options.name, graph, values: new WeakMap() };
  // The factory is synchronous, so the backend is in place before the promise settles.
  void tf.setBackend(BACKEND);
  try {
    const inputs = options.types.map((type) => graph.input(type));
    let outputs: Value[] = [];
    tf.tidy(() => {
      const engine = tf.engine();
      const fed = inputs.map((value) => engine.makeTensorFromTensorInfo(infoOf(value)));
      outputs = program(fed).map(({ dataId }) => valueOf(dataId));
    });
    return { graph, inputs, outputs };
  } finally {
    current = outer;
    void tf.setBackend(before);
  }
}
