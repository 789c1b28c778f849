import type { HostTensor, HostTree } from "../../compile/mod.ts";
import { flattenTree, unflattenTree } from "../../tensor/mod.ts";

/** Memory that the stacked batches of one call may take. */
const MOST_BYTES = 64 * 2 ** 20;

/** A number that is not finite: which batch, which leaf, which of its numbers, and what it is. */
export interface NotFinite {
  readonly at: number;
  readonly path: string;
  readonly place: number;
  readonly value: number;
}

/** Batches stacked along a new leading axis, in memory that is kept from call to call. */
export class BatchBuffers<Batch> {
  readonly #example: HostTree<Batch>;
  readonly #leaves: readonly HostTensor[];
  #arrays: HostTensor["data"][] = [];
  #views: HostTree<Batch>[] = [];
  /** Most batches that fit into the memory. */
  readonly most: number;

  constructor(example: HostTree<Batch>) {
    this.#example = example;
    this.#leaves = flattenTree<HostTensor>(example).leaves;
    const bytes = this.#leaves.reduce((sum, { data }) => sum + data.byteLength, 0);
    this.most = Math.max(1, Math.floor(MOST_BYTES / Math.max(1, bytes)));
  }

  /** Views of `count` batches to be filled in place. */
  reserve(count: number): readonly HostTree<Batch>[] {
    if (count > this.#views.length) {
      this.#arrays = this.#leaves.map(({ data }) =>
        new (data.constructor as Float32ArrayConstructor)(data.length * count) as HostTensor["data"]
      );
      this.#views = Array.from({ length: count }, (_, k) =>
        this.#build((array, { data, shape, dtype }) => ({
          dtype,
          shape,
          data: array.subarray(k * data.length, (k + 1) * data.length),
        })));
    }
    return this.#views;
  }

  /** The first `count` batches as one tree, each leaf `[count, …]`. */
  stacked(count: number): HostTree<Batch> {
    return this.#build((array, { data, shape, dtype }) => ({
      dtype,
      shape: [count, ...shape],
      data: array.subarray(0, count * data.length),
    }));
  }

  /** The first number of the first `count` batches that is not finite, and where it is. */
  notFinite(count: number): NotFinite | undefined {
    const { leaves, paths } = flattenTree<HostTensor>(this.#example);
    for (let at = 0; at < count; at++) {
      for (const [i, { data: { length } }] of leaves.entries()) {
        const own = this.#arrays[i].subarray(at * length, (at + 1) * length);
        const place = Array.prototype.findIndex.call(own, (value: number) => !Number.isFinite(value));
        if (place >= 0) return { at, path: paths[i], place, value: own[place] };
      }
    }
  }

  #build(leaf: (array: HostTensor["data"], example: HostTensor) => unknown): HostTree<Batch> {
    const leaves = this.#leaves.map((example, i) => leaf(this.#arrays[i], example));
    return unflattenTree<HostTree<Batch>>(this.#example, leaves);
  }
}
