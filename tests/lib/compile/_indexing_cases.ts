/** Cases of kernels that gather, scatter, sort and count. */
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { type Case, cube, unary } from "./_case.ts";
import { floats, ints, spread } from "./_host.ts";

const topk = (k: number, sorted = true) => (x: Tensor) => {
  const { values, indices } = tf.topk(x, k, sorted);
  return [values, indices];
};

export const INDEXING_CASES: readonly Case[] = [
  { kernel: "GatherV2", f: (x, i) => tf.gather(x, i, 1), inputs: [cube, ints([2, 0, 2, 1], [2, 2])] },
  {
    kernel: "GatherV2",
    note: "batch",
    f: (x, i) => tf.gather(x, i, 2, 1),
    inputs: [cube, ints([3, 0, 1, 1], [2, 2])],
  },
  {
    kernel: "GatherV2",
    note: "axis right behind the batch",
    f: (x, i) => tf.gather(x, i, 1, 1),
    inputs: [cube, ints([2, 0, 1, 1, 1, 0], [2, 3])],
  },
  {
    kernel: "GatherV2",
    note: "two batch axes",
    f: (x, i) => tf.gather(x, i, -1, 2),
    inputs: [spread([2, 2, 3, 4]), ints([3, 0, 1, 1, 2, 2, 0, 3], [2, 2, 2])],
  },
  { kernel: "GatherV2", note: "one element", f: (x, i) => tf.gather(x, i), inputs: [cube, ints([1], [])] },
  { kernel: "GatherNd", f: tf.gatherND, inputs: [cube, ints([0, 1, 1, 2, 0, 1], [3, 2])] },
  {
    kernel: "UnsortedSegmentSum",
    f: (x, i) => tf.unsortedSegmentSum(x, i, 4),
    inputs: [spread([3, 2]), ints([2, 0, 2])],
  },
  {
    kernel: "UnsortedSegmentSum",
    note: "ids out of range are left out",
    f: (x, i) => tf.unsortedSegmentSum(x, i, 3),
    inputs: [spread([5, 2]), ints([2, -1, 0, 3, 2])],
  },
  {
    kernel: "UnsortedSegmentSum",
    note: "known ids",
    f: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], "int32"), 2),
    inputs: [spread([3, 2])],
  },
  {
    kernel: "UnsortedSegmentSum",
    note: "int32",
    f: (x, i) => tf.unsortedSegmentSum(x, i, 2),
    inputs: [ints([1, 2, 3]), ints([1, 1, 0])],
  },
  { kernel: "Bincount", f: (x, w) => tf.bincount(x, w, 4), inputs: [ints([2, 0, 2, 5]), spread([4])] },
  {
    kernel: "Bincount",
    note: "counts",
    f: (x) => tf.bincount(x, tf.tensor1d([], "int32"), 4),
    inputs: [ints([2, 0, 2, 5])],
  },
  {
    kernel: "DenseBincount",
    f: (x, w) => tf.denseBincount(x, w, 3),
    inputs: [ints([2, 0, 2, 1, 1, 5], [2, 3]), spread([2, 3])],
    gradient: false,
  },
  {
    kernel: "DenseBincount",
    note: "one row",
    f: (x) => tf.denseBincount(x, tf.tensor1d([], "int32"), 3),
    inputs: [ints([2, 0, 2, 1, 1, 5])],
  },
  {
    kernel: "DenseBincount",
    note: "binary",
    f: (x) => tf.denseBincount(x, tf.tensor2d([], [0, 0], "float32"), 3, true),
    inputs: [ints([2, 0, 2, 1, 1, 5], [2, 3])],
  },
  {
    kernel: "SearchSorted",
    f: (sequence, x) => tf.lowerBound(sequence, x),
    inputs: [floats([0, 0.5, 0.5, 1, -1, 0, 2, 3], [2, 4]), floats([0.5, -3, 9, 0, 2.5, 4], [2, 3])],
    gradient: false,
  },
  {
    kernel: "SearchSorted",
    note: "right",
    f: (sequence, x) => tf.upperBound(sequence, x),
    inputs: [ints([0, 1, 1, 3]), ints([1, -3, 9])],
  },
  {
    kernel: "ScatterNd",
    f: (i, x) => tf.scatterND(i, x, [4, 2]),
    inputs: [ints([1, 3, 1], [3, 1]), spread([3, 2])],
  },
  {
    kernel: "TensorScatterUpdate",
    f: tf.tensorScatterUpdate,
    inputs: [spread([4]), ints([1, 3], [2, 1]), floats([7, 8])],
  },
  {
    kernel: "TensorScatterUpdate",
    note: "rows",
    f: tf.tensorScatterUpdate,
    inputs: [spread([4, 2]), ints([2, 0], [2, 1]), spread([2, 2], { phase: 1 })],
  },
  { kernel: "OneHot", f: (i) => tf.oneHot(i, 4), inputs: [ints([0, 3, 4, -1])] },
  {
    kernel: "OneHot",
    note: "values",
    f: (i) => tf.oneHot(i, 3, 2, -1, "float32"),
    inputs: [ints([0, 2], [2, 1])],
  },
  unary("TopK", topk(2), cube),
  unary("TopK", topk(4), cube, { note: "sort" }),
  unary("TopK", topk(1), spread([5]), { note: "largest" }),
  unary("TopK", topk(3), floats([1, 3, 3, 0, 3]), { note: "first of equals", gradient: false }),
];
