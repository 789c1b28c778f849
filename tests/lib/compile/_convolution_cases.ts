/** Rows of the table of kernels: convolutions, pooling, normalisation, resizing and warping of images. */
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import type { Case } from "./_kernel_cases.ts";
import { floats, ints, spread } from "./_host.ts";

type Padding = Parameters<typeof tf.conv2d>[3];

interface Convolution {
  readonly note: string;
  /** [height, width] of the image and of the filter. */
  readonly image?: readonly [number, number];
  readonly filter?: readonly [number, number];
  readonly strides?: number | [number, number];
  readonly padding?: Padding;
  readonly dilations?: number | [number, number];
  readonly rounding?: "floor" | "round" | "ceil";
  /** Images, channels in and channels out. */
  readonly counts?: readonly [batch: number, channels: number, out: number];
}

/** How windows move: strides, dilations, paddings, rectangles, and rows that no window reaches. */
const WINDOWS: readonly Convolution[] = [
  { note: "valid", counts: [2, 2, 3] },
  { note: "same", padding: "same", counts: [2, 2, 3] },
  { note: "same, even filter", filter: [2, 4], padding: "same" },
  { note: "padded by 1", padding: 1 },
  { note: "padded side by side", padding: [[0, 0], [2, 0], [1, 3], [0, 0]] },
  { note: "stride 2, a row over", image: [6, 5], strides: 2 },
  { note: "stride [2, 3], same", image: [5, 7], strides: [2, 3], padding: "same" },
  { note: "stride 2, padded, rounded up", image: [6, 5], strides: 2, padding: 1, rounding: "ceil" },
  { note: "stride beyond the filter", image: [5, 5], filter: [1, 1], strides: 2 },
  { note: "rectangle, padded by 1", filter: [3, 2], padding: 1 },
  { note: "pointwise", filter: [1, 1], counts: [2, 3, 2] },
  { note: "many channels", image: [3, 2], filter: [2, 2], padding: "same", counts: [1, 8, 1] },
  { note: "large window", image: [6, 5], filter: [5, 4], padding: "same" },
  { note: "one row", image: [1, 6], filter: [1, 3] },
];

const DILATED: readonly Convolution[] = [
  { note: "dilated", image: [6, 5], dilations: 2, counts: [2, 2, 1] },
  { note: "dilated [1, 3], same", image: [3, 5], filter: [2, 2], padding: "same", dilations: [1, 3] },
  { note: "dilated, padded beyond the filter", image: [3, 4], filter: [2, 1], padding: 3, dilations: 2 },
];

const COUNTS = [1, 1, 2] as const;
const imageOf = ({ image = [5, 4], counts: [batch, channels] = COUNTS }: Convolution) =>
  spread([batch, ...image, channels]);
const filterOf = ({ filter = [3, 3], counts: [, channels, out] = COUNTS }: Convolution) =>
  spread([...filter, channels, out], { phase: 1 });

const conv2d = (window: Convolution) => (x: tf.Tensor4D, filter: tf.Tensor4D) => {
  const { strides = 1, padding = "valid", dilations = 1, rounding } = window;
  return tf.conv2d(x, filter, strides, padding, "NHWC", dilations, rounding);
};

const depthwise = (window: Convolution) => (x: tf.Tensor4D, filter: tf.Tensor4D) => {
  const { strides = 1, padding = "valid", dilations = 1, rounding } = window;
  return tf.depthwiseConv2d(x, filter, strides, padding as "same", "NHWC", dilations, rounding);
};

/** The gradient of Σ w·f(x, filter) with respect to x or the filter. */
function gradientOf(f: (x: tf.Tensor4D, filter: tf.Tensor4D) => Tensor, of: 0 | 1) {
  return (x: tf.Tensor4D, filter: tf.Tensor4D, weight: Tensor) => {
    const loss = (x: Tensor, filter: Tensor) =>
      tf.sum(tf.mul(f(x as tf.Tensor4D, filter as tf.Tensor4D), weight));
    return tf.grads(loss)([x, filter])[of];
  };
}

/** The output's shape. */
function shapeOf(f: typeof conv2d, window: Convolution): number[] {
  const zeros = [imageOf(window), filterOf(window)].map(({ shape }) => tf.zeros([...shape]));
  const y = f(window)(zeros[0] as tf.Tensor4D, zeros[1] as tf.Tensor4D);
  tf.dispose([...zeros, y]);
  return y.shape;
}

/** The gradients of a convolution as functions of image, filter and what they are weighted with. */
const backward = (kernels: readonly string[], f: typeof conv2d): Case[] =>
  BACKWARD.flatMap((window) =>
    kernels.map((kernel, of) => ({
      kernel,
      note: window.note,
      f: gradientOf(f(window), of as 0 | 1),
      inputs: [imageOf(window), filterOf(window), spread(shapeOf(f, window), { phase: 2 })],
    }))
  );

const BACKWARD = WINDOWS.filter(({ note }) => !["valid", "one row"].includes(note));

interface Pooling {
  readonly note: string;
  readonly size?: number | [number, number];
  readonly strides?: number | [number, number];
  readonly padding?: Padding;
  readonly rounding?: "floor" | "round" | "ceil";
}

const POOLINGS: readonly Pooling[] = [
  { note: "tiles, a row over" },
  { note: "tiles [1, 3]", size: [1, 3], strides: [1, 3] },
  { note: "overlapping", size: 3, strides: 2 },
  { note: "same", size: [3, 2], strides: 1, padding: "same" },
  { note: "padded side by side", size: 3, strides: 2, padding: [[0, 0], [1, 0], [2, 1], [0, 0]] },
  { note: "padded, rounded up", size: 3, strides: 2, padding: 1, rounding: "ceil" },
  { note: "windows apart", size: 1, strides: 2 },
  { note: "single elements", size: 1, strides: 1 },
  { note: "the whole image", size: [5, 4], strides: [5, 4] },
];

/** Images whose elements differ by 0.1 at least. */
const DISTINCT = floats(Array.from({ length: 80 }, (_, i) => (i * 37 % 80) / 10 - 4), [2, 5, 4, 2]);

const maxPool = ({ size = 2, strides = 2, padding = "valid", rounding }: Pooling) => (x: tf.Tensor4D) =>
  tf.maxPool(x, size, strides, padding, rounding);
const avgPool = ({ size = 2, strides = 2, padding = "valid", rounding }: Pooling) => (x: tf.Tensor4D) =>
  tf.avgPool(x, size, strides, padding, rounding);

const SPREADS = floats([0.4, 1.7]);

const RESIZINGS: readonly {
  readonly note: string;
  readonly size: [number, number];
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}[] = [
  { note: "larger", size: [7, 6] },
  { note: "smaller", size: [2, 3] },
  { note: "larger, half-pixel centres", size: [7, 6], halfPixelCenters: true },
  { note: "smaller, half-pixel centres", size: [2, 3], halfPixelCenters: true },
  { note: "larger, corners aligned", size: [5, 9], alignCorners: true },
  { note: "to one row, corners aligned", size: [1, 3], alignCorners: true },
  { note: "as it is", size: [3, 4] },
];

export const CONVOLUTION_CASES: readonly Case[] = [
  ...[...WINDOWS, ...DILATED].flatMap((window): Case[] => [
    {
      kernel: "Conv2D",
      note: window.note,
      f: conv2d(window),
      inputs: [imageOf(window), filterOf(window)],
    },
    {
      kernel: "DepthwiseConv2dNative",
      note: window.note,
      f: depthwise(window),
      inputs: [imageOf(window), filterOf(window)],
    },
  ]),
  {
    kernel: "Conv2D",
    note: "channels first",
    f: (x, filter) => tf.conv2d(x, filter, 2, 1, "NCHW"),
    inputs: [spread([2, 2, 4, 3]), spread([3, 3, 2, 1])],
  },
  {
    kernel: "Conv2D",
    note: "channels first, dilated",
    f: (x, filter) => tf.conv2d(x, filter, 1, 1, "NCHW", 2),
    inputs: [spread([1, 2, 4, 3]), spread([2, 2, 2, 1])],
  },
  {
    kernel: "Conv2D",
    note: "conv1d",
    f: (x, filter) => tf.conv1d(x, filter, 2, "same"),
    inputs: [spread([2, 5, 2]), spread([3, 2, 3])],
  },
  {
    kernel: "Conv2D",
    note: "two layers with bias and activation",
    f: (x, filter, bias) => {
      const layer = (x: Tensor) => tf.softplus(tf.add(tf.conv2d(x as tf.Tensor4D, filter, 1, "same"), bias));
      return layer(layer(x));
    },
    inputs: [spread([1, 3, 3, 2]), spread([3, 3, 2, 2]), spread([2])],
  },
  {
    kernel: "Conv2DBackpropInput",
    note: "conv2dTranspose",
    f: (x, filter) => tf.conv2dTranspose(x, filter, [1, 3, 4, 2], 2, "same"),
    inputs: [spread([1, 2, 2, 3]), spread([3, 3, 2, 3])],
  },
  ...backward(["Conv2DBackpropInput", "Conv2DBackpropFilter"], conv2d),
  ...backward(["DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"], depthwise),
  ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const).map((
    activation,
  ): Case => ({
    kernel: "FusedConv2D",
    note: activation,
    f: (x, filter, bias) =>
      tf.fused.conv2d({
        x,
        filter,
        strides: 1,
        pad: "same",
        bias,
        activation,
        leakyreluAlpha: 0.2,
        preluActivationWeights: activation === "prelu" ? tf.tensor1d([0.1, 0.2, 0.3]) : undefined,
      }),
    inputs: [spread([2, 4, 3, 2]), spread([3, 3, 2, 3], { phase: 1 }), spread([3])],
    gradient: false,
  })),
  {
    kernel: "FusedDepthwiseConv2D",
    f: (x, filter, bias) =>
      tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: "same", bias, activation: "relu" }),
    inputs: [spread([2, 4, 3, 2]), spread([3, 3, 2, 2], { phase: 1 }), spread([4])],
    gradient: false,
  },

  ...POOLINGS.flatMap((pooling): Case[] => [
    { kernel: "MaxPool", note: pooling.note, f: maxPool(pooling), inputs: [DISTINCT] },
    { kernel: "AvgPool", note: pooling.note, f: avgPool(pooling), inputs: [DISTINCT] },
    {
      kernel: "MaxPoolGrad",
      note: pooling.note,
      f: tf.grad((x) => tf.sum(tf.square(maxPool(pooling)(x as tf.Tensor4D)))),
      inputs: [DISTINCT],
    },
    {
      kernel: "AvgPoolGrad",
      note: pooling.note,
      f: tf.grad((x) => tf.sum(tf.square(avgPool(pooling)(x as tf.Tensor4D)))),
      inputs: [DISTINCT],
    },
  ]),
  {
    kernel: "MaxPoolGrad",
    note: "equal elements: the first gets it all",
    f: tf.grad((x) => tf.sum(tf.mul(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"), 3))),
    inputs: [floats([0, 0, 1, 2, 0, 0, 2, 2, 3, 1, 0, 0, 3, 3, 0, 4], [1, 4, 4, 1])],
    gradient: false,
  },
  {
    kernel: "MaxPoolWithArgmax",
    f: (x) => {
      const { result, indexes } = tf.maxPoolWithArgmax(x, [3, 2], 2, "same", true);
      return [result, indexes];
    },
    inputs: [DISTINCT],
    gradient: false,
  },
  {
    kernel: "MaxPoolWithArgmax",
    note: "images apart",
    f: (x) => tf.maxPoolWithArgmax(x, 2, 2, "valid").indexes,
    inputs: [DISTINCT],
    gradient: false,
  },

  {
    kernel: "FusedBatchNorm",
    f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 0.01),
    inputs: [spread([2, 2, 2, 2]), spread([2]), SPREADS, spread([2], { phase: 3 }), SPREADS],
  },
  {
    kernel: "FusedBatchNorm",
    note: "four axes",
    f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale),
    inputs: [
      spread([1, 2, 2, 2]),
      spread([1, 2, 2, 2], { phase: 4 }),
      spread([1, 2, 2, 2], { low: 0.2 }),
      spread([1, 2, 2, 2], { phase: 3 }),
      spread([1, 2, 2, 2], { phase: 5 }),
    ],
  },
  {
    kernel: "FusedBatchNorm",
    note: "without scale and offset",
    f: (x, mean, variance) => tf.batchNorm(x, mean, variance),
    inputs: [spread([2, 2, 2, 2]), spread([2]), SPREADS],
    gradient: false,
  },
  ...RESIZINGS.flatMap(({ note, size, alignCorners = false, halfPixelCenters = false }): Case[] => [
    {
      kernel: "ResizeBilinear",
      note,
      f: (x) => tf.image.resizeBilinear(x, size, alignCorners, halfPixelCenters),
      inputs: [spread([2, 3, 4, 2])],
    },
    {
      kernel: "ResizeNearestNeighbor",
      note,
      f: (x) => tf.image.resizeNearestNeighbor(x, size, alignCorners, halfPixelCenters),
      inputs: [spread([2, 3, 4, 2])],
    },
  ]),
  {
    kernel: "ResizeNearestNeighbor",
    note: "int32",
    f: (x) => tf.image.resizeNearestNeighbor(x, [3, 1]),
    inputs: [ints([1, 2, 3, 4], [1, 2, 2, 1])],
  },
];
