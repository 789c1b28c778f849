import type { Tensor } from "./_tf.ts";

/** A tensor on the host: a typed array with its shape, row-major. `bool` holds 0 and 1. */
export type HostTensor =
  | { readonly dtype: "float32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "int32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "bool"; readonly shape: readonly number[]; readonly data: Uint8Array };

/** A host tensor of a known dtype. */
export type HostTensorOf<D extends HostTensor["dtype"]> = Extract<HostTensor, { readonly dtype: D }>;

/** A nested record or list whose leaves are `L`. */
export type Tree<L> = L | readonly Tree<L>[] | { readonly [key: string]: Tree<L> };

/** The host counterpart of a tree of tensors, leaf by leaf. */
export type HostTree<T> = T extends Tensor ? HostTensor
  : { readonly [K in keyof T]: HostTree<T[K]> };

/** A number, or lists of one length of such: `[[1, 2], [3, 4]]`. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** A table of numbers as `matrix` makes it, row-major. */
export interface NumberTable {
  /** Row after row. */
  readonly data: Float32Array | Float64Array;
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
}

/**
 * Makes a host tensor of nested lists of numbers or of a matrix (copied to float32), or gives a typed array a
 * shape (it is kept as it is; the dtype is float32, int32 or, for bytes, bool).
 *
 * @param shape Of a typed array only. @default [data.length]
 * @throws {RangeError} If the length is not the product of the shape.
 * @throws {TypeError} If nested lists differ in length or depth.
 *
 * @example
 * ```ts
 * import { hostTensor } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(hostTensor([[1, 2, 3], [4, 5, 6]]).shape, [2, 3]);
 * assert.deepEqual(hostTensor(Int32Array.of(1, 2, 3, 4), [2, 2]).dtype, "int32");
 * ```
 */
export function hostTensor(data: Float32Array, shape?: readonly number[]): HostTensorOf<"float32">;
/** Integers, int32. */
export function hostTensor(data: Int32Array, shape?: readonly number[]): HostTensorOf<"int32">;
/** Booleans as 0 and 1. */
export function hostTensor(data: Uint8Array, shape?: readonly number[]): HostTensorOf<"bool">;
/** Numbers, nested lists of numbers, or a matrix, float32. */
export function hostTensor(data: NestedNumbers | NumberTable): HostTensorOf<"float32">;
export function hostTensor(
  data: HostTensor["data"] | NestedNumbers | NumberTable,
  shape?: readonly number[],
): HostTensor {
  if (typeof data === "number" || Array.isArray(data)) return fromLists(data);
  if ("columns" in data) return withShape(Float32Array.from(data.data), [data.rows, data.columns]);
  return withShape(data as HostTensor["data"], shape);
}

function withShape(data: HostTensor["data"], shape: readonly number[] = [data.length]): HostTensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== data.length) {
    throw new RangeError(
      `Cannot make a tensor as the length must be ${size} for shape [${shape}]: current value is ${data.length}`,
    );
  }
  if (data instanceof Float32Array) return { dtype: "float32", shape, data };
  return data instanceof Int32Array ? { dtype: "int32", shape, data } : { dtype: "bool", shape, data };
}

function fromLists(nested: NestedNumbers): HostTensor {
  const shape: number[] = [];
  for (let list = nested; typeof list !== "number"; list = list[0]) {
    shape.push(list.length);
    if (list.length === 0) break;
  }
  const values: number[] = [];
  const collect = (item: NestedNumbers, depth: number): void => {
    const length = typeof item === "number" ? undefined : item.length;
    if (length !== shape[depth]) {
      const name = (length?: number) => length === undefined ? "a number" : `a list of ${length}`;
      throw new TypeError(
        `Cannot make a tensor as every entry at depth ${depth} must be ${name(shape[depth])}: ` +
          `current value is ${name(length)}`,
      );
    }
    if (typeof item === "number") values.push(item);
    else for (const entry of item) collect(entry, depth + 1);
  };
  collect(nested, 0);
  return withShape(Float32Array.from(values), shape);
}
