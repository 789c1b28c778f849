/**
 * Kernels that TensorFlow.js 4.22 has wrong on its `cpu` backend, which is the reference of all executors:
 *
 * - Einsum gives wrong results or shapes where an axis is summed before all factors were multiplied
 *   (`ijk,k->j`).
 * - TensorScatterUpdate writes into its input.
 * - UnsortedSegmentSum makes float32 of int32, wants the ids to be a vector, and takes segments × rows steps.
 * - Cumsum and Cumprod return an empty tensor for axes counted from the back.
 * - Sign makes 0 of NaN; ArgMax and ArgMin find NaN only in the first place; casts to int32 wrap round.
 * - Atan2 tells +0 from −0, which no other executor can.
 *
 * `_special_kernels.ts` has those that differ from other executors where numbers are not finite.
 */
import { tf } from "./_tf.ts";

export type Values = Float32Array | Int32Array | Uint8Array;

/** The backend, as far as kernels need it. */
export interface CpuBackend extends tf.KernelBackend {
  readSync(dataId: object): Values;
  makeTensorInfo(shape: readonly number[], dtype: string, values: Values): tf.TensorInfo;
}

/** A call of a kernel. */
export interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly backend: CpuBackend;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Puts another kernel in place; it gets the one that it replaces. */
export function replace<Result = tf.TensorInfo>(
  kernelName: string,
  make: (original: (call: Call) => Result) => typeof original,
): void {
  const { kernelFunc } = tf.getKernel(kernelName, "cpu");
  tf.unregisterKernel(kernelName, "cpu");
  const replacement = make(kernelFunc as unknown as (call: Call) => Result);
  tf.registerKernel({
    kernelName,
    backendName: "cpu",
    kernelFunc: replacement as unknown as typeof kernelFunc,
  });
}

const zeros = (like: tf.TensorInfo, size: number): Values =>
  tf.util.makeZerosTypedArray(size, like.dtype as "float32") as Values;

/** For each label of a term, how far the next element along its axis is. */
function stridesOf(term: string, shape: readonly number[]): Map<string, number> {
  const strides = new Map<string, number>();
  [...term].reduceRight((stride, label, axis) => {
    strides.set(label, stride);
    return stride * shape[axis];
  }, 1);
  return strides;
}

/** A factor of an Einsum: its labels, their lengths, its numbers. */
interface Factor {
  readonly term: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The sum of the products of factors over all labels that `term` lacks. */
function contract(factors: readonly Factor[], term: string): Factor {
  const lengths = new Map(
    factors.flatMap(({ term, shape }) => [...term].map((label, axis) => [label, shape[axis]] as const)),
  );
  const shape = [...term].map((label) => lengths.get(label)!);
  const sums = new Float64Array(tf.util.sizeFromShape(shape));
  const labels = [...lengths.keys()];
  const strides = factors.map(({ term, shape }) => stridesOf(term, shape));
  const ownStrides = stridesOf(term, shape);
  // Walks over all labels; `at` is the place in each factor.
  const add = (depth: number, to: number, at: readonly number[]): void => {
    if (depth === labels.length) {
      sums[to] += at.reduce((product, place, k) => product * factors[k].values[place], 1);
      return;
    }
    const label = labels[depth];
    const steps = strides.map((stride) => stride.get(label) ?? 0);
    const step = ownStrides.get(label) ?? 0;
    for (let i = 0; i < lengths.get(label)!; i++) {
      add(depth + 1, to + i * step, at.map((place, k) => place + i * steps[k]));
    }
  };
  add(0, 0, factors.map(() => 0));
  return { term, shape, values: sums };
}

/**
 * The product of two factors, as onnxruntime makes it: what only one of them has, and nobody wants, is summed
 * before they are multiplied. With infinities the order decides.
 */
function contractPair(a: Factor, b: Factor, wanted: string): Factor {
  const only = (own: Factor, other: Factor) =>
    contract([own], [...own.term].filter((label) => (other.term + wanted).includes(label)).join(""));
  const kept = [...new Set(a.term + b.term)].filter((label) => wanted.includes(label)).join("");
  return contract([only(a, b), only(b, a)], kept);
}

replace("Einsum", () => ({ inputs, backend, attrs }) => {
  const given = Object.values(inputs);
  const [left, output] = (attrs.equation as string).replace(/\s/g, "").split("->");
  const terms = left.split(",");
  tf.backend_util.decodeEinsumEquation(attrs.equation as string, given.length);
  const lengths = new Map(
    terms.flatMap((term, k) => [...term].map((label, axis) => [label, given[k].shape[axis]] as const)),
  );
  const factors = terms.map((term, k): Factor => {
    const wanted = [...term].map((label) => lengths.get(label)!);
    if (!tf.util.arraysEqual(wanted, given[k].shape)) {
      throw new TypeError(
        `Cannot compute einsum "${attrs.equation}" as factor ${k} must be of shape [${wanted}]: ` +
          `current value is [${given[k].shape}]`,
      );
    }
    return { term, shape: given[k].shape, values: backend.readSync(given[k].dataId) };
  });
  const product = factors.reduce((product, factor, k) =>
    contractPair(product, factor, output + terms.slice(k + 1).join(""))
  );
  const { shape, values } = contract([product], output);
  const sums = zeros(given[0], values.length);
  sums.set(values);
  return backend.makeTensorInfo(shape, given[0].dtype, sums);
});

/** Refuses ids that do not fit rows. @throws {TypeError} If there is not one id for each row. */
export function checkSegmentIds(ids: readonly number[], x: readonly number[]): void {
  if (ids.length <= x.length && ids.every((length, axis) => length === x[axis])) return;
  throw new TypeError(
    "Cannot sum segments as the shape of the tensor must begin with that of the ids: current values are " +
      `[${x}] and [${ids}]`,
  );
}

replace("UnsortedSegmentSum", () => ({ inputs: { x, segmentIds }, backend, attrs }) => {
  const segments = attrs.numSegments as number;
  checkSegmentIds(segmentIds.shape, x.shape);
  const shape = [segments, ...x.shape.slice(segmentIds.shape.length)];
  const width = tf.util.sizeFromShape(shape.slice(1));
  const sums = zeros(x, segments * width);
  const [values, ids] = [x, segmentIds].map(({ dataId }) => backend.readSync(dataId));
  ids.forEach((id, row) => {
    if (id < 0 || id >= segments) return;
    for (let i = 0; i < width; i++) sums[id * width + i] += values[row * width + i];
  });
  return backend.makeTensorInfo(shape, x.dtype, sums);
});

replace("TensorScatterUpdate", (original) => (call) => {
  const { inputs, backend } = call;
  const { shape, dtype, dataId } = inputs.tensor;
  const copy = backend.makeTensorInfo(shape, dtype, backend.readSync(dataId).slice());
  const result = original({ ...call, inputs: { ...inputs, tensor: copy } });
  backend.disposeData(copy.dataId);
  return result;
});

for (const kernel of ["Cumsum", "Cumprod"]) {
  replace(kernel, (original) => (call) => {
    const { shape } = call.inputs.x;
    const axis = call.attrs.axis as number;
    return original({ ...call, attrs: { ...call.attrs, axis: axis < 0 ? axis + shape.length : axis } });
  });
}

/** Replaces a kernel by a function of the elements of its one input. */
function elementwise(kernelName: string, f: (value: number) => number): void {
  replace(kernelName, (original) => (call) => {
    const { x } = call.inputs;
    if (x.dtype !== "float32") return original(call);
    const values = call.backend.readSync(x.dataId) as Float32Array;
    return call.backend.makeTensorInfo(x.shape, "float32", values.map(f));
  });
}

elementwise("Sign", Math.sign);

/** A kernel on its float32 input with other numbers in place of some. */
function adjusted(kernelName: string, input: string, f: (value: number) => number): void {
  replace(kernelName, (original) => (call) => {
    const { inputs, backend } = call, given = inputs[input];
    if (given.dtype !== "float32") return original(call);
    const values = (backend.readSync(given.dataId) as Float32Array).map(f);
    const other = backend.makeTensorInfo(given.shape, "float32", values);
    const result = original({ ...call, inputs: { ...inputs, [input]: other } });
    backend.disposeData(other.dataId);
    return result;
  });
}

adjusted("ArgMax", "x", (value) => Number.isNaN(value) ? Infinity : value);
adjusted("ArgMin", "x", (value) => Number.isNaN(value) ? -Infinity : value);
// −0 + 0 = 0.
adjusted("Atan2", "a", (value) => value + 0);
adjusted("Atan2", "b", (value) => value + 0);

/** Towards 0; what int32 cannot hold becomes 0. */
const toIntegers = (values: Values): Int32Array =>
  Int32Array.from(values, (value) => Math.abs(value) < 2 ** 31 ? value : 0);

replace("Cast", (original) => (call) => {
  const { inputs: { x }, backend, attrs } = call;
  if (x.dtype !== "float32" || attrs.dtype !== "int32") return original(call);
  return backend.makeTensorInfo(x.shape, "int32", toIntegers(backend.readSync(x.dataId)));
});

replace("FloorDiv", (original) => (call) => {
  const { inputs: { a, b }, backend } = call;
  if (a.dtype !== "float32" || b.dtype !== "float32") return original(call);
  const divide = tf.getKernel("RealDiv", "cpu").kernelFunc as unknown as typeof original;
  const quotient = divide(call), values = backend.readSync(quotient.dataId) as Float32Array;
  const result = backend.makeTensorInfo(quotient.shape, "int32", toIntegers(values.map(Math.floor)));
  backend.disposeData(quotient.dataId);
  return result;
});
