/** Rows of the table of kernels: convolutions. */
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import type { Case } from "./_kernel_cases.ts";
import { spread } from "./_host.ts";

type Padding = Parameters<typeof tf.conv2d>[3];

export interface Convolution {
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
export const WINDOWS: readonly Convolution[] = [
  { note: "valid", counts: [2, 2, 3] },
  { note: "same", padding: "same", counts: [2, 2, 3] },
  { note: "same, even filter", filter: [2, 4], padding: "same" },
  { note: "padded by 1", padding: 1 },
  { note: "padded side by side", padding: [[0, 0], [2, 0], [1, 3], [0, 0]] },
  { note: "stride 2, a column over", image: [4, 3], filter: [2, 2], strides: 2 },
  { note: "stride [2, 3], same", image: [5, 7], strides: [2, 3], padding: "same" },
  { note: "stride 2, padded, rounded up", image: [4, 3], strides: 2, padding: 1, rounding: "ceil" },
  { note: "stride beyond the filter", image: [5, 5], filter: [1, 1], strides: 2 },
  { note: "rectangle, padded by 1", filter: [3, 2], padding: 1 },
  { note: "pointwise", filter: [1, 1], counts: [2, 3, 2] },
  { note: "many channels", image: [3, 2], filter: [2, 2], padding: "same", counts: [1, 8, 1] },
  { note: "large window", image: [5, 4], filter: [5, 4], padding: "same" },
  { note: "one row", image: [1, 6], filter: [1, 3] },
];

export const DILATED: readonly Convolution[] = [
  { note: "dilated", image: [6, 5], dilations: 2, counts: [2, 2, 1] },
  { note: "dilated [1, 3], same", image: [3, 5], filter: [2, 2], padding: "same", dilations: [1, 3] },
  { note: "dilated, padded beyond the filter", image: [3, 4], filter: [2, 1], padding: 3, dilations: 2 },
];

const COUNTS = [1, 1, 2] as const;
export const imageOf = ({ image = [4, 3], counts: [batch, channels] = COUNTS }: Convolution) =>
  spread([batch, ...image, channels]);
export const filterOf = ({ filter = [3, 3], counts: [, channels, out] = COUNTS }: Convolution) =>
  spread([...filter, channels, out], { phase: 1 });

export const conv2d = (window: Convolution) => (x: tf.Tensor4D, filter: tf.Tensor4D) => {
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
];
