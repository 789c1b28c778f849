import {
  flattenTree,
  type HostTensor,
  hostTensor,
  type HostTree,
  type Tensor,
  tf,
  unflattenTree,
} from "../../tensor/mod.ts";

/**
 * Leaves up to this many elements share a vector: below it, starting an operation takes longer than doing it.
 */
const SMALL = 16384;

/**
 * How a tree of parameters is laid out for the optimiser: large leaves as they are, all small ones joined in
 * one vector, so that a network with many biases and scales does not spend its time on tiny operations.
 */
export class Packing<P> {
  readonly #example: HostTree<P>;
  readonly #shapes: readonly (readonly number[])[];
  readonly #paths: readonly string[];
  /** Indices of the leaves that stay as they are, and of those that are joined. */
  readonly #large: readonly number[];
  readonly #small: readonly number[];

  /** @param separate Paths of leaves that stay as they are, however small, so that each can be read alone. */
  constructor(example: HostTree<P>, separate: readonly string[] = []) {
    const { leaves, paths } = flattenTree<HostTensor>(example);
    const missing = separate.find((path) => !paths.includes(path));
    if (missing !== undefined) {
      throw new RangeError(
        `Cannot find a parameter as its path must be one of ${paths.join(", ")}: current value is ${missing}`,
      );
    }
    const joins = (i: number) => leaves[i].data.length <= SMALL && !separate.includes(paths[i]);
    const indices = leaves.map((_, i) => i);
    this.#example = example;
    this.#shapes = leaves.map(({ shape }) => shape);
    this.#paths = paths;
    this.#small = indices.filter(joins);
    this.#large = indices.filter((i) => !joins(i));
  }

  /** Where a leaf that is not joined lies among the packed ones. */
  indexOf(path: string): number {
    return this.#large.indexOf(this.#paths.indexOf(path));
  }

  /** Lays out a tree of host tensors. */
  packHost(tree: HostTree<P>): HostTensor[] {
    const leaves = flattenTree<HostTensor>(tree).leaves;
    const joined = this.#small.flatMap((i) => [...leaves[i].data]);
    return [
      ...this.#large.map((i) => leaves[i]),
      ...joined.length > 0 ? [hostTensor(Float32Array.from(joined))] : [],
    ];
  }

  /** The inverse of {@link packHost}. */
  unpackHost(packed: readonly HostTensor[]): HostTree<P> {
    const pieces = (vector: HostTensor, sizes: readonly number[]) => {
      let start = 0;
      return sizes.map((size) => vector.data.slice(start, start += size) as Float32Array);
    };
    const make = (piece: Float32Array, shape: readonly number[]) => hostTensor(piece, shape);
    return this.#unpack<HostTree<P>, HostTensor, Float32Array>(packed, pieces, make);
  }

  /** Lays out a tree of tensors. */
  pack(tree: unknown): Tensor[] {
    const leaves = flattenTree<Tensor>(tree).leaves;
    const joined = this.#small.map((i) => tf.reshape(leaves[i], [-1]));
    return [...this.#large.map((i) => leaves[i]), ...joined.length > 0 ? [tf.concat(joined)] : []];
  }

  /** The inverse of {@link pack}. */
  unpack(packed: readonly Tensor[]): P {
    const pieces = (vector: Tensor, sizes: readonly number[]) => tf.split(vector, [...sizes]);
    const make = (piece: Tensor, shape: readonly number[]) => tf.reshape(piece, [...shape]);
    return this.#unpack<P, Tensor, Tensor>(packed, pieces, make);
  }

  #unpack<Result, L, Piece>(
    packed: readonly L[],
    pieces: (vector: L, sizes: readonly number[]) => readonly Piece[],
    make: (piece: Piece, shape: readonly number[]) => unknown,
  ): Result {
    const leaves: unknown[] = [];
    this.#large.forEach((i, k) => leaves[i] = packed[k]);
    if (this.#small.length > 0) {
      const sizes = this.#small.map((i) => this.#shapes[i].reduce((size, extent) => size * extent, 1));
      pieces(packed[this.#large.length], sizes).forEach((piece, k) => {
        leaves[this.#small[k]] = make(piece, this.#shapes[this.#small[k]]);
      });
    }
    return unflattenTree<Result>(this.#example, leaves);
  }
}
