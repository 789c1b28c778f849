import type { HostTree } from "../../../lib/compile/mod.ts";
import {
  type GroupConv2d,
  groupConv2d,
  groupName,
  initGroupConv2d,
  initLiftConv2d,
  initStatistics,
  type LiftConv2d,
  liftConv2d,
  type Network,
  type PlanarGroup,
  Sequence,
  type Statistics,
} from "../../../lib/nn/group/mod.ts";
import {
  type Affine,
  type Conv2d,
  conv2d,
  type Dense,
  dense,
  initAffine,
  initConv2d,
  initDense,
} from "../../../lib/nn/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

/** Layers: filter size, stride, zeros around, width over the first's, and whether dropout follows. */
const PLAN = [
  { size: 3, stride: 1, padding: 0, factor: 1, drops: false },
  { size: 3, stride: 1, padding: 0, factor: 1, drops: false },
  { size: 5, stride: 2, padding: 1, factor: 2, drops: true },
  { size: 3, stride: 1, padding: 0, factor: 2, drops: false },
  { size: 3, stride: 1, padding: 0, factor: 2, drops: false },
  { size: 5, stride: 2, padding: 1, factor: 4, drops: true },
] as const;
/** Pixels of a side after the last layer, of 28 × 28. */
const LEFT = 3;
const DROPOUT = 0.4;
const CLASSES = 10;

/** A convolution with its normalisation. */
type Layer<C> = { readonly convolution: C; readonly affine: Affine };

/** Parameters of {@link digitCnn}. */
export interface DigitCnn {
  readonly layers: readonly Layer<Conv2d>[];
  readonly head: Dense;
}

/**
 * The paper's base network of rotated digits, as released (`image_networks.py`): six convolutions, each with
 * batch normalisation and ReLU, channel dropout after the third and the last, one linear layer.
 *
 * @param width Channels of the first layer; 32 in the paper.
 */
export function digitCnn(width: number): Network<DigitCnn, Statistics> {
  const widths = PLAN.map(({ factor }) => factor * width);
  return {
    name: "CNN",
    init: (stream) => ({
      parameters: {
        layers: PLAN.map(({ size }, i) => ({
          convolution: initConv2d(stream.split("layers", String(i)), {
            size,
            inputs: i === 0 ? 1 : widths[i - 1],
            outputs: widths[i],
          }),
          affine: initAffine(widths[i]),
        })),
        head: initDense(stream.split("head"), { inputs: LEFT * LEFT * widths[5], outputs: CLASSES }),
      } as HostTree<DigitCnn>,
      buffers: initStatistics(widths),
    }),
    dropouts: ([batch]) =>
      PLAN.flatMap(({ drops }, i) => drops ? [{ shape: [batch, 1, 1, widths[i]], rate: DROPOUT }] : []),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { layers, head } = pass.parameters;
      const features = layers.reduce((h, { convolution, affine }, i) => {
        const { stride, padding, drops } = PLAN[i];
        const y = tf.relu(sequence.norm(conv2d(h, convolution, { stride, padding }), affine));
        return drops ? sequence.drop(y, DROPOUT) : y;
      }, x);
      const flat = tf.reshape(features, [x.shape[0], features.size / x.shape[0]]);
      return { output: dense(flat, head), buffers: sequence.statistics };
    },
  };
}

/** Parameters of {@link digitGroupCnn}. */
export interface DigitGroupCnn {
  readonly lift: Layer<LiftConv2d>;
  readonly layers: readonly Layer<GroupConv2d>[];
  readonly head: Dense;
}

/**
 * The paper's equivariant baseline: the same plan of layers with a lifting and five group convolutions of
 * constant width, the mean over the group at the end.
 *
 * @param width Channels; 20 in the paper.
 */
export function digitGroupCnn(group: PlanarGroup, width: number): Network<DigitGroupCnn, Statistics> {
  return {
    name: `G-CNN(${groupName(group)})`,
    init: (stream) => ({
      parameters: {
        lift: {
          convolution: initLiftConv2d(stream.split("lift"), {
            size: PLAN[0].size,
            inputs: 1,
            outputs: width,
          }),
          affine: initAffine(width),
        },
        layers: PLAN.slice(1).map(({ size }, i) => ({
          convolution: initGroupConv2d(stream.split("layers", String(i)), {
            group,
            size,
            inputs: width,
            outputs: width,
          }),
          affine: initAffine(width),
        })),
        head: initDense(stream.split("head"), { inputs: LEFT * LEFT * width, outputs: CLASSES }),
      } as HostTree<DigitGroupCnn>,
      buffers: initStatistics(PLAN.map(() => width)),
    }),
    // A channel is dropped on all elements of the group at once.
    dropouts: ([batch]) =>
      PLAN.flatMap(({ drops }) => drops ? [{ shape: [batch, 1, 1, 1, width], rate: DROPOUT }] : []),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { lift, layers, head } = pass.parameters;
      const activate = (y: Tensor, affine: Affine, drops: boolean) => {
        const active = tf.relu(sequence.norm(y, affine));
        return drops ? sequence.drop(active, DROPOUT) : active;
      };
      const lifted = activate(liftConv2d(x, lift.convolution, { group }), lift.affine, false);
      const features = layers.reduce((h, { convolution, affine }, i) => {
        const { stride, padding, drops } = PLAN[i + 1];
        return activate(groupConv2d(h, convolution, { group, stride, padding }), affine, drops);
      }, lifted);
      const pooled = tf.mean(features, 3);
      const flat = tf.reshape(pooled, [x.shape[0], LEFT * LEFT * (features.shape[4] ?? 0)]);
      return { output: dense(flat, head), buffers: sequence.statistics };
    },
  };
}
