/** Gradients of kernels that move, gather and scatter elements. */
import { register, zerosFor } from "./_register.ts";
import { tf } from "./_tf.ts";

/** Adds up the entries of one axis: entry `i` of `dy` goes to entry `places[i]` of `length`. */
function scatterAxis(dy: tf.Tensor, axis: number, places: readonly number[], length: number): tf.Tensor {
  if (places.length === length && places.every((place, i) => place === i)) return dy;
  const order = [axis, ...dy.shape.map((_, i) => i).filter((i) => i !== axis)];
  const first = tf.transpose(dy, order);
  const added = tf.unsortedSegmentSum(first, tf.tensor1d([...places], "int32"), length);
  return tf.transpose(added, order.map((_, i) => order.indexOf(i)));
}

/** Mirrored elements add to the gradient of what they mirror (TensorFlow.js leaves them out). */
register("MirrorPad", ["x"], (dy, [x], attributes) => {
  const { paddings, mode } = attributes as { paddings: [number, number][]; mode: "reflect" | "symmetric" };
  const offset = mode === "reflect" ? 0 : 1;
  const dx = () =>
    x.shape.reduce((grad, length, axis) => {
      const [before, after] = paddings[axis];
      const places = Array.from({ length: before + length + after }, (_, i) => {
        const at = i - before;
        if (at < 0) return -at - offset;
        return at < length ? at : 2 * (length - 1) - at + offset;
      });
      return scatterAxis(grad, axis, places, length);
    }, dy);
  return { x: dx };
});

register("StridedSlice", ["x"], (dy, [x], attributes) => {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
    attributes as Record<string, number & number[]>;
  const info = tf.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const lengths = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const dx = () =>
    x.shape.reduce((grad, length, axis) => {
      const places = Array.from(
        { length: lengths[axis] },
        (_, i) => info.begin[axis] + i * info.strides[axis],
      );
      return scatterAxis(grad, axis, places, length);
    }, tf.reshape(dy, lengths));
  return { x: dx };
});

register("GatherNd", ["params", "indices"], (dy, [params, indices]) => ({
  params: () => tf.scatterND(indices, dy, params.shape),
  indices: () => zerosFor(indices),
}));

register("ScatterNd", ["indices"], (dy, [indices]) => ({
  updates: () => tf.gatherND(dy, indices),
  indices: () => zerosFor(indices),
}));

register("TensorScatterUpdate", ["indices", "updates"], (dy, [indices, updates]) => ({
  tensor: () => tf.tensorScatterUpdate(dy, indices, tf.zerosLike(updates)),
  updates: () => tf.gatherND(dy, indices),
  indices: () => zerosFor(indices),
}));

/** [0, 1, …, count − 1] as int32. */
const range = (count: number): tf.Tensor1D => tf.range(0, count, 1, "int32");

/** Which of the ids are in [0, count), and all ids moved into it. */
function checkedIds(ids: tf.Tensor, count: number): { valid: tf.Tensor; inside: tf.Tensor } {
  const [first, last] = [tf.scalar(0, "int32"), tf.scalar(Math.max(0, count - 1), "int32")];
  return {
    valid: tf.logicalAnd(tf.greaterEqual(ids, first), tf.lessEqual(ids, last)),
    inside: tf.minimum(tf.maximum(ids, first), last),
  };
}

/** Rows of `dy` by id; zeros for ids outside [0, rows), whose rows the forward pass left out. */
function gatherRows(dy: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const { valid, inside } = checkedIds(ids, dy.shape[0]);
  const shape = [...ids.shape, ...dy.shape.slice(1)];
  if (dy.size === 0) return tf.zeros(shape);
  const rows = tf.gather(dy, inside);
  const mask = tf.broadcastTo(tf.reshape(valid, [...ids.shape, ...dy.shape.slice(1).map(() => 1)]), shape);
  return tf.where(mask, rows, tf.zerosLike(rows));
}

/** TensorFlow.js leaves out negative ids, but fails on ids from `numSegments` on. */
register("UnsortedSegmentSum", ["segmentIds"], (dy, [segmentIds]) => ({
  x: () => gatherRows(dy, segmentIds),
  segmentIds: () => zerosFor(segmentIds),
}));

/** Each weight counts in one bin. */
register("Bincount", ["x", "weights"], (dy, [x, weights]) => ({
  x: () => zerosFor(x),
  weights: () => weights.size === 0 ? zerosFor(weights) : gatherRows(dy, x),
}));

/**
 * Entry (batch, before, place, after) of the gradient is the sum of those of `dy` whose index is the place.
 * Differs from TensorFlow.js's for `batchDims` ≥ 2, where that one is wrong.
 */
register("GatherV2", ["x", "indices"], (dy, [x, indices], attributes) => {
  const axis = tf.util.parseAxisParam(attributes.axis as number, x.shape)[0];
  const given = attributes.batchDims as number;
  const batchDims = given < 0 ? given + indices.rank : given;
  const dx = () => {
    const places = indices.rank - batchDims;
    const axes = [...Array(dy.rank).keys()];
    const [batch, before, index, after] = [
      axes.slice(0, batchDims),
      axes.slice(batchDims, axis),
      axes.slice(axis, axis + places),
      axes.slice(axis + places),
    ];
    const length = x.shape[axis];
    const batches = batch.reduce((product, i) => product * x.shape[i], 1);
    const rest = [...before, ...after].map((i) => dy.shape[i]);
    // [batch · index, before, after]
    const rows = tf.reshape(tf.transpose(dy, [...batch, ...index, ...before, ...after]), [
      indices.size,
      ...rest,
    ]);
    const first = tf.mul(tf.reshape(range(batches), [batches, 1]), tf.scalar(length, "int32"));
    const flat = tf.reshape(tf.cast(indices, "int32"), [batches, indices.size / Math.max(1, batches)]);
    const ids = tf.reshape(batches === 1 ? flat : tf.add(flat, first), [indices.size]) as tf.Tensor1D;
    const added = tf.unsortedSegmentSum(rows, ids, batches * length);
    // [batch, place, before, after] → [batch, before, place, after]
    const split = tf.reshape(added, [...batch.map((i) => x.shape[i]), length, ...rest]);
    const order = [...batch, ...before.map((i) => i + 1), batchDims, ...after.map((_, i) => axis + 1 + i)];
    return tf.transpose(split, order);
  };
  return { x: dx, indices: () => zerosFor(indices) };
});

/** The gradient of each value goes back to where the value was found. */
register<tf.Tensor[]>("TopK", { inputs: ["x"], outputs: [false, true] }, ([dy], [x, indices]) => ({
  x: () => {
    const length = x.shape[x.rank - 1];
    const rows = x.size / Math.max(1, length);
    const first = tf.mul(tf.reshape(range(rows), [rows, 1]), tf.scalar(length, "int32"));
    const flat = tf.add(tf.reshape(indices, [rows, indices.size / Math.max(1, rows)]), first);
    const places = tf.reshape(flat, [indices.size, 1]);
    return tf.reshape(tf.scatterND(places, tf.reshape(dy, [dy.size]), [x.size]), x.shape);
  },
}));

register("Diag", ["x"], (dy, [x]) => ({
  x: () => {
    const places = tf.mul(range(x.size), tf.scalar(x.size + 1, "int32"));
    return tf.reshape(tf.gather(tf.reshape(dy, [dy.size]), places), x.shape);
  },
}));

register("FlipLeftRight", [], (dy) => ({ image: () => tf.reverse(dy, 2) }));

/** Blocks of space back to depth. */
register("DepthToSpace", ["x"], (dy, [x], attributes) => ({
  x: () => {
    const { blockSize } = attributes as { blockSize: number };
    const [batch, height, width, depth] = x.shape;
    const blocks = [batch, height, blockSize, width, blockSize, depth / blockSize ** 2];
    return tf.reshape(tf.transpose(tf.reshape(dy, blocks), [0, 1, 3, 2, 4, 5]), x.shape);
  },
}));

/** Copies add up. TensorFlow.js does that for one to four axes only, copy by copy. */
register("Tile", ["x"], (dy, [x], attributes) => ({
  x: () => {
    const { reps } = attributes as { reps: number[] };
    const split = reps.map((count, axis) => [count, x.shape[axis]]).flat();
    const copies = reps.map((_, axis) => 2 * axis).filter((axis) => split[axis] !== 1);
    const sum = copies.length === 0 ? dy : tf.sum(tf.reshape(dy, split), copies);
    return tf.reshape(sum, x.shape);
  },
}));

/** TensorFlow.js takes the gradient of a single part for a list. */
register<tf.Tensor | tf.Tensor[]>("Unpack", [], (dy, _saved, { axis }) => ({
  value: () => tf.stack([dy].flat(), axis as number),
}));
register<tf.Tensor | tf.Tensor[]>("SplitV", [], (dy, _saved, { axis }) => ({
  x: () => tf.concat([dy].flat(), axis as number),
}));
