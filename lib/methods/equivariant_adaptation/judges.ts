import type { HostTree } from "../../compile/mod.ts";
import type { Network } from "../../nn/group/mod.ts";
import {
  type Conv2d,
  conv2d,
  type Dense,
  dense,
  globalAveragePool,
  initConv2d,
  initDense,
} from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** Of networks without buffers. */
export type NoBuffers = readonly [];

/** Parameters of {@link mlpJudge}. */
export interface MlpJudge {
  /** From pixels to hidden units. */
  readonly hidden: Dense;
  /** From hidden units to the votes. */
  readonly output: Dense;
}

/**
 * A judge for `voteEnergy`: a perceptron on the pixels.
 *
 * @param config Number of pixels (times channels), width of the hidden layer and number of votes.
 */
export function mlpJudge(
  { pixels, hidden = 64, votes = 1 }: {
    readonly pixels: number;
    readonly hidden?: number;
    readonly votes?: number;
  },
): Network<MlpJudge, NoBuffers> {
  return {
    name: "MLP",
    init: (stream) => ({
      parameters: {
        hidden: initDense(stream.split("hidden"), { inputs: pixels, outputs: hidden }),
        output: initDense(stream.split("output"), { inputs: hidden, outputs: votes }),
      },
      buffers: [],
    }),
    apply(x, { parameters, buffers }) {
      const rows = tf.reshape(x, [x.shape[0], pixels]);
      return { output: dense(tf.relu(dense(rows, parameters.hidden)), parameters.output), buffers };
    },
  };
}

/** Parameters of {@link convJudge}. */
export interface ConvJudge {
  /** With a ReLU after each. */
  readonly convolutions: readonly Conv2d[];
  /** From pooled features to the votes. */
  readonly output: Dense;
}

/**
 * A judge for `voteEnergy`: convolutions of stride 2 with ReLU, the mean over pixels, a linear layer.
 *
 * @param config Channels of the images, widths of the convolutions and number of votes.
 */
export function convJudge(
  { inputs = 3, widths = [16, 32, 64], size = 3, votes = 1 }: {
    readonly inputs?: number;
    readonly widths?: readonly number[];
    readonly size?: number;
    readonly votes?: number;
  } = {},
): Network<ConvJudge, NoBuffers> {
  return {
    name: "CNN",
    init: (stream) => ({
      parameters: {
        convolutions: widths.map((outputs, i) =>
          initConv2d(stream.split("convolutions", String(i)), {
            size,
            inputs: i === 0 ? inputs : widths[i - 1],
            outputs,
            initialiser: "he",
          })
        ),
        output: initDense(stream.split("output"), { inputs: widths[widths.length - 1], outputs: votes }),
      } as HostTree<ConvJudge>,
      buffers: [],
    }),
    apply(x, { parameters, buffers }) {
      const h = parameters.convolutions.reduce<Tensor>(
        (h, layer) => tf.relu(conv2d(h, layer, { stride: 2, padding: Math.floor(size / 2) })),
        x,
      );
      return { output: dense(globalAveragePool(h), parameters.output), buffers };
    },
  };
}
