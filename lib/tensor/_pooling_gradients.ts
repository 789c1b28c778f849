/** Gradients of pooling that TensorFlow.js 4.22 lacks or has wrong: second order, padding, rounding modes. */
import { type Attributes, register, zerosFor } from "./_register.ts";
import { tf } from "./_tf.ts";

type Info = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** Runs a kernel that has no function of its own. */
function run(kernel: string, inputs: Record<string, tf.Tensor>, attributes: Attributes): tf.Tensor[] {
  return [tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap)].flat();
}

function poolInfo(x: tf.Tensor, attributes: Attributes): Info {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as {
    filterSize: number;
    strides: number;
    pad: number;
    dimRoundingMode?: "floor" | "round" | "ceil";
  };
  const shape = x.shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

/** The attributes with the padding written out, as kernels without a rounding mode need it. */
function written(attributes: Attributes, info: Info): Attributes {
  const { padInfo: { top, left }, outHeight, outWidth, inHeight, inWidth, strideHeight, strideWidth } = info;
  const bottom = (outHeight - 1) * strideHeight + info.filterHeight - inHeight - top;
  const right = (outWidth - 1) * strideWidth + info.filterWidth - inWidth - left;
  const pad = [[0, 0], [top, bottom], [left, right], [0, 0]];
  return { filterSize: attributes.filterSize, strides: attributes.strides, pad };
}

register("MaxPool", { inputs: ["x"], outputs: [true] }, (dy, [x, y], attributes) => ({
  x: () => run("MaxPoolGrad", { dy, input: x, output: y }, written(attributes, poolInfo(x, attributes)))[0],
}));

/**
 * MaxPoolGrad moves each dy to the place of its maximum; so ddx comes back from there. The places do not move
 * with x: a custom gradient keeps them off the tape.
 */
register("MaxPoolGrad", ["input", "output"], (ddx, [x, y], attributes) => ({
  dy: () =>
    tf.customGrad((...inputs) => {
      const [ddx, x, y, save] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
      const [, places] = run("MaxPoolWithArgmax", { x }, { ...attributes, includeBatchInIndex: true });
      save([x, y]);
      return {
        value: tf.gather(tf.reshape(ddx, [-1]), places),
        gradFunc: (d, saved) => {
          const [x, y] = saved as tf.Tensor[];
          return [
            run("MaxPoolGrad", { dy: d, input: x, output: y }, attributes)[0],
            zerosFor(x),
            zerosFor(y),
          ];
        },
      };
    })(ddx, x, y),
  input: () => zerosFor(x),
  output: () => zerosFor(y),
}));

/** Elements of a window over those of them that lie in the image, `[1, height, width, 1]`. */
function windowShare(info: Info): tf.Tensor {
  const inside = (places: number, length: number, size: number, stride: number, before: number) =>
    Array.from({ length: places }, (_, i) => {
      const first = i * stride - before;
      return size / (Math.min(length, first + size) - Math.max(0, first));
    });
  const { padInfo: { top, left } } = info;
  const rows = inside(info.outHeight, info.inHeight, info.filterHeight, info.strideHeight, top);
  const columns = inside(info.outWidth, info.inWidth, info.filterWidth, info.strideWidth, left);
  return tf.tensor4d(
    rows.flatMap((row) => columns.map((column) => row * column)),
    [1, rows.length, columns.length, 1],
  );
}

const isPadded = ({ padInfo: { top, bottom, left, right } }: Info): boolean =>
  top + bottom + left + right > 0;

/** AvgPool divides by the elements inside the image, AvgPoolGrad by those of the whole window. */
register("AvgPool", ["x"], (dy, [x], attributes) => ({
  x: () => {
    const info = poolInfo(x, attributes);
    const scaled = isPadded(info) || attributes.dimRoundingMode ? tf.mul(dy, windowShare(info)) : dy;
    return run("AvgPoolGrad", { dy: scaled, input: x }, written(attributes, info))[0];
  },
}));

register("AvgPoolGrad", ["input"], (ddx, [x], attributes) => ({
  dy: () => {
    const info = poolInfo(x, attributes);
    const [y] = run("AvgPool", { x: ddx }, attributes);
    return isPadded(info) ? tf.div(y, windowShare(info)) : y;
  },
  input: () => zerosFor(x),
}));
