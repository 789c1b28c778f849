/** The way between the host and an engine: checking host tensors, copying, running on a backend. */
import { flattenTree, type HostTensor, type Tensor, tf } from "../tensor/mod.ts";
import type { EagerEngine } from "./_executors.ts";
import { sameShape, sizeOf } from "./_graph.ts";

/** Type and shape of one leaf, with its path in the tree. */
export interface LeafType {
  readonly path: string;
  readonly dtype: HostTensor["dtype"];
  readonly shape: readonly number[];
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

const show = ({ dtype, shape }: { dtype: string; shape: readonly number[] }) => `${dtype} [${shape}]`;

/** The types of a tree's leaves; `role` starts their paths. */
export function leafTypes(role: string, tree: unknown): LeafType[] {
  const { leaves, paths } = flattenTree(tree);
  return leaves.map(({ dtype, shape }, i) => ({
    path: `${role}${paths[i] === "" || paths[i].startsWith("[") ? "" : "."}${paths[i]}`,
    dtype: dtype as LeafType["dtype"],
    shape: [...shape],
  }));
}

/**
 * Checks that a tree's leaves are of the wanted types. @throws {TypeError} Names the first leaf that is not.
 */
export function checkTypes(action: string, wanted: readonly LeafType[], given: readonly LeafType[]): void {
  for (let i = 0; i < Math.max(wanted.length, given.length); i++) {
    const [want, got] = [wanted[i], given[i]];
    if (want?.path !== got?.path) {
      const missing = want !== undefined && !given.some(({ path }) => path === want.path);
      throw new TypeError(
        missing
          ? `Cannot ${action} as leaf "${want.path}" must be ${show(want)}: current value is absent`
          : `Cannot ${action} as leaf "${got.path}" must be absent: current value is ${show(got)}`,
      );
    }
    if (want.dtype !== got.dtype || !sameShape(want.shape, got.shape)) {
      throw new TypeError(
        `Cannot ${action} as leaf "${want.path}" must be ${show(want)}: current value is ${show(got)}`,
      );
    }
  }
}

/** The leaves of a tree of host tensors, checked against the wanted types. */
export function checkedLeaves(
  action: string,
  wanted: readonly LeafType[],
  role: string,
  tree: unknown,
): readonly HostTensor[] {
  checkTypes(action, wanted, leafTypes(role, tree));
  const leaves = flattenTree<HostTensor>(tree).leaves;
  leaves.forEach(({ dtype, shape, data }, i) => {
    if (!(data instanceof ARRAYS[dtype]) || data.length !== sizeOf(shape)) {
      throw new TypeError(
        `Cannot ${action} as the data of leaf "${wanted[i].path}" must be a ${
          ARRAYS[dtype].name
        } of length ` +
          `${sizeOf(shape)}: current value is a ${(data as object)?.constructor?.name} of length ` +
          `${(data as Float32Array)?.length}`,
      );
    }
  });
  return leaves;
}

/** Copies a host tensor. */
export function copyOf(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.slice() } as HostTensor;
}

/** Copies a tensor to the host. */
export function toHost(tensor: Tensor): HostTensor {
  const dtype = tensor.dtype as HostTensor["dtype"];
  return {
    dtype,
    shape: [...tensor.shape],
    data: ARRAYS[dtype].from(tensor.dataSync() as Float32Array),
  } as HostTensor;
}

/** Copies a host tensor into a tensor of the active backend. */
export function toTensor({ dtype, shape, data }: HostTensor): Tensor {
  return tf.tensor(data.slice(), [...shape], dtype);
}

/** Rejects a program that returns a promise: tracing sees only what happens before the first `await`. */
export function checkedOutput<T>(name: string, output: T): T {
  if (output instanceof Promise) {
    output.catch(() => {});
    throw new TypeError(`Cannot compile "${name}" as the program must be synchronous: it returned a promise`);
  }
  return output;
}

/** Runs a function with a TensorFlow.js backend active, disposing all tensors it makes. */
export function onBackend<R>({ backend }: EagerEngine, f: () => R): R {
  const before = tf.getBackend();
  void tf.setBackend(backend);
  try {
    let result: R;
    tf.tidy(() => {
      result = f();
    });
    return result!;
  } finally {
    void tf.setBackend(before);
  }
}

/** The host tensor of an engine's output. */
export function fromEngine(tensor: { type: string; dims: readonly number[]; data: unknown }): HostTensor {
  return { dtype: tensor.type, shape: [...tensor.dims], data: tensor.data } as HostTensor;
}
