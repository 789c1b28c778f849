/**
 * Gradients of convolutions and pooling that TensorFlow.js 4.22 lacks or has wrong: dilations, second order,
 * padding.
 */
import { type Attributes, register } from "./_register.ts";
import { tf } from "./_tf.ts";

type Pair = readonly [height: number, width: number];
type Shape4D = [number, number, number, number];
type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** Runs a kernel that has no function of its own. */
function run(kernel: string, inputs: Record<string, tf.Tensor>, attributes: Attributes): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}

const dilationsOf = ({ dilations = 1 }: Attributes): Pair =>
  typeof dilations === "number" ? [dilations, dilations] : dilations as Pair;
const isDilated = (attributes: Attributes): boolean => dilationsOf(attributes).some((by) => by !== 1);

function convolutionInfo(
  attributes: Attributes,
  shapes: { image: readonly number[]; filter: readonly number[] },
): Info {
  const { strides, pad, dimRoundingMode: rounding } = attributes as {
    strides: number;
    pad: number;
    dimRoundingMode?: "floor" | "round" | "ceil";
  };
  const { image, filter } = shapes;
  const dilations = [...dilationsOf(attributes)] as [number, number];
  return tf.backend_util.computeConv2DInfo(
    image as Shape4D,
    filter as Shape4D,
    strides,
    dilations,
    pad,
    rounding,
  );
}

/** The part of images that starts at `begin` and has `length` rows and columns; zeros outside the image. */
function part(x: tf.Tensor4D, { begin, length }: { begin: Pair; length: Pair }): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const outside = (n: number) => Math.max(0, n);
  const wide = tf.pad(x, [
    [0, 0],
    [outside(-begin[0]), outside(begin[0] + length[0] - height)],
    [outside(-begin[1]), outside(begin[1] + length[1] - width)],
    [0, 0],
  ]);
  return tf.slice(wide, [0, outside(begin[0]), outside(begin[1]), 0], [batch, ...length, channels]);
}

/** The gradients of a dilated convolution (its strides are 1), as convolutions; channels last. */
function dilatedGradients(dy: tf.Tensor4D, [x, filter]: tf.Tensor4D[], attributes: Attributes) {
  const info = convolutionInfo(attributes, { image: x.shape, filter: filter.shape });
  const { top, left } = info.padInfo;
  const reach: Pair = [info.effectiveFilterHeight, info.effectiveFilterWidth];
  const dilations = [...dilationsOf(attributes)] as [number, number];
  return {
    /** dy convolved with the mirrored filter. */
    x: () => {
      const around = part(dy, {
        begin: [top + 1 - reach[0], left + 1 - reach[1]],
        length: [x.shape[1] + reach[0] - 1, x.shape[2] + reach[1] - 1],
      });
      const mirrored = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
      return tf.conv2d(around as tf.Tensor4D, mirrored, 1, "valid", "NHWC", dilations);
    },
    /** x convolved with dy: the batch takes the place of the channels, the dilations that of the strides. */
    filter: () => {
      const seen = part(x, {
        begin: [-top, -left],
        length: [info.outHeight + reach[0] - 1, info.outWidth + reach[1] - 1],
      });
      const images = tf.transpose(seen, [3, 1, 2, 0]) as tf.Tensor4D;
      const filters = tf.transpose(dy, [1, 2, 0, 3]);
      return tf.transpose(tf.conv2d(images, filters, dilations, "valid"), [1, 2, 0, 3]);
    },
  };
}

/** TensorFlow.js knows no gradient of a dilated convolution and forgets the rounding mode. */
register("Conv2D", ["x", "filter"], (dy, [x, filter], attributes) => {
  if (!isDilated(attributes)) {
    return {
      x: () => run("Conv2DBackpropInput", { dy, filter }, { ...attributes, inputShape: x.shape }),
      filter: () => run("Conv2DBackpropFilter", { x, dy }, { ...attributes, filterShape: filter.shape }),
    };
  }
  const images = [dy, x, filter] as tf.Tensor4D[];
  if (attributes.dataFormat !== "NCHW") return dilatedGradients(images[0], images.slice(1), attributes);
  const [dyLast, xLast] = images.map((y) => tf.transpose(y, [0, 2, 3, 1]));
  const gradients = dilatedGradients(dyLast, [xLast, images[2]], attributes);
  return { ...gradients, x: () => tf.transpose(gradients.x(), [0, 3, 1, 2]) };
});

register("Conv2DBackpropInput", ["dy", "filter"], (ddx, [dy, filter], attributes) => ({
  dy: () => run("Conv2D", { x: ddx, filter }, { ...attributes, dilations: 1 }),
  filter: () => run("Conv2DBackpropFilter", { x: ddx, dy }, { ...attributes, filterShape: filter.shape }),
}));

register("Conv2DBackpropFilter", ["x", "dy"], (ddw, [x, dy], attributes) => ({
  x: () => run("Conv2DBackpropInput", { dy, filter: ddw }, { ...attributes, inputShape: x.shape }),
  dy: () => run("Conv2D", { x, filter: ddw }, { ...attributes, dilations: 1 }),
}));

/** Puts zeros between the entries of an axis of a filter. */
function dilate(filter: tf.Tensor, axis: 0 | 1, by: number): tf.Tensor {
  if (by === 1) return filter;
  const shape = filter.shape as Shape4D;
  const [before, after] = [shape.slice(0, axis + 1), shape.slice(axis + 1)];
  const size = (lengths: number[]) => lengths.reduce((product, length) => product * length, 1);
  const apart = tf.pad(tf.reshape(filter, [size(before), 1, size(after)]), [[0, 0], [0, by - 1], [0, 0]]);
  const wide = tf.reshape(apart, shape.with(axis, shape[axis] * by));
  return tf.slice(wide, [0, 0, 0, 0], shape.with(axis, (shape[axis] - 1) * by + 1));
}

/** TensorFlow.js knows no gradient of a dilated depthwise convolution; the dilated filter has one. */
register("DepthwiseConv2dNative", ["x", "filter"], (dy, [x, filter], attributes) => {
  const [rows, columns] = dilationsOf(attributes);
  const undilated = { ...attributes, dilations: [1, 1] };
  const wide = dilate(dilate(filter, 0, rows), 1, columns);
  return {
    x: () =>
      run("DepthwiseConv2dNativeBackpropInput", { dy, filter: wide }, { ...undilated, inputShape: x.shape }),
    filter: () => {
      const shape = { ...undilated, filterShape: wide.shape };
      const dw = run("DepthwiseConv2dNativeBackpropFilter", { x, dy }, shape);
      if (!isDilated(attributes)) return dw;
      return tf.stridedSlice(dw, [0, 0, 0, 0], wide.shape, [rows, columns, 1, 1]);
    },
  };
});

register("DepthwiseConv2dNativeBackpropInput", ["dy", "filter"], (ddx, [dy, filter], attributes) => ({
  dy: () => run("DepthwiseConv2dNative", { x: ddx, filter }, attributes),
  filter: () => {
    const shape = { ...attributes, filterShape: filter.shape };
    return run("DepthwiseConv2dNativeBackpropFilter", { x: ddx, dy }, shape);
  },
}));

register("DepthwiseConv2dNativeBackpropFilter", ["x", "dy"], (ddw, [x, dy], attributes) => ({
  x: () =>
    run("DepthwiseConv2dNativeBackpropInput", { dy, filter: ddw }, { ...attributes, inputShape: x.shape }),
  dy: () => run("DepthwiseConv2dNative", { x, filter: ddw }, attributes),
}));
