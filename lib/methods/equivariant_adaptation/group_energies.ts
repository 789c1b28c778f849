import type { HostTree } from "../../compile/mod.ts";
import {
  type GroupConv2d,
  groupConv2d,
  groupName,
  initGroupConv2d,
  initLiftConv2d,
  initStatistics,
  type LiftConv2d,
  liftConv2d,
  type PlanarGroup,
  Sequence,
  type Statistics,
} from "../../nn/group/mod.ts";
import { type Affine, initAffine } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { Energy } from "./energies.ts";

/** What makes a {@link groupEnergy}. */
export interface GroupEnergyConfig {
  /** The group that images are turned by. */
  readonly group: PlanarGroup;
  /** Channels of the images. @default 3 */
  readonly inputs?: number;
  /** Size of the filters. @default 5 */
  readonly size?: number;
  /** Fields (channels per element of the group). @default 32 */
  readonly channels?: number;
  /** Layers, the lifting one included. @default 3 */
  readonly layers?: number;
}

/** A convolution on the group and the normalisation after it. */
export interface GroupEnergyLayer {
  /** The convolution. */
  readonly convolution: GroupConv2d;
  /** Of the normalisation; the last layer has none. */
  readonly affine?: Affine;
}

/** Parameters of a {@link groupEnergy}. */
export interface GroupEnergy {
  /** From the plane to the group, with its normalisation. */
  readonly lift: { readonly convolution: LiftConv2d; readonly affine: Affine };
  /** Convolutions on the group, each with its normalisation. */
  readonly layers: readonly GroupEnergyLayer[];
}

/** The mean over pixels and channels, `[batch, height, width, |G|, channels]` → `[batch, |G|]`. */
const pooled = (h: Tensor) => tf.mean(h, [1, 2, 4]);

/**
 * The authors' small energy, a G-CNN (Cohen & Welling 2016): a lifting convolution and convolutions on the
 * group, all but the last normalised with statistics shared over the group, with ReLU; the mean over pixels
 * and channels is an activation per element.
 *
 * Differs from the released code: filters are turned bilinearly instead of steered (the same for quarter
 * turns), and there is no dropout.
 *
 * @returns an energy of images `[batch, height, width, inputs]`, exactly equivariant for C₄ and D₄.
 */
export function groupEnergy(config: GroupEnergyConfig): Energy<GroupEnergy, Statistics> {
  const { group, inputs = 3, size = 5, channels = 32, layers = 3 } = config;
  if (!Number.isInteger(layers) || layers < 2) {
    throw new RangeError(
      `Cannot make an energy as layers must be an integer >= 2: current value is ${layers}`,
    );
  }
  return {
    name: `${groupName(group)}, G-CNN`,
    group,
    init(stream) {
      const layer = (i: number): HostTree<GroupEnergyLayer> => ({
        convolution: initGroupConv2d(stream.split("group", String(i)), {
          group,
          size,
          inputs: channels,
          outputs: channels,
        }),
        ...i < layers - 2 && { affine: initAffine(channels) },
      });
      const lift = initLiftConv2d(stream.split("lift"), { size, inputs, outputs: channels });
      return {
        parameters: {
          lift: { convolution: lift, affine: initAffine(channels) },
          layers: Array.from({ length: layers - 1 }, (_, i) => layer(i)),
        } as HostTree<GroupEnergy>,
        buffers: initStatistics(Array.from({ length: layers - 1 }, () => channels)),
      };
    },
    activations(x, pass) {
      const sequence = new Sequence(pass);
      const { lift, layers } = pass.parameters;
      let h = tf.relu(sequence.norm(liftConv2d(x, lift.convolution, { group }), lift.affine));
      for (const { convolution, affine } of layers) {
        h = groupConv2d(h, convolution, { group });
        if (affine !== undefined) h = tf.relu(sequence.norm(h, affine));
      }
      return { activations: pooled(h), buffers: sequence.statistics };
    },
  };
}

/** What makes a {@link wideGroupEnergy}. */
export interface WideGroupEnergyConfig {
  /** The group that images are turned by. */
  readonly group: PlanarGroup;
  /** Channels of the images. @default 3 */
  readonly inputs?: number;
  /** Size of the filters. @default 5 */
  readonly size?: number;
  /** Fields of the first convolution and of the three stages. @default [16, 16, 32, 64] */
  readonly widths?: readonly [first: number, ...stages: number[]];
  /** Bottlenecks per stage. @default 3 */
  readonly blocks?: number;
  /** Fields of the last convolution. @default 64 */
  readonly outputs?: number;
}

/** A convolution on the group and the normalisation after it. */
export interface NormedConvolution {
  /** The convolution. */
  readonly convolution: GroupConv2d;
  /** Of the normalisation. */
  readonly affine: Affine;
}

/** 1 × 1, k × k and 1 × 1 convolutions, added to what came in. */
export interface EnergyBottleneck {
  /** 1 × 1, to few channels. */
  readonly narrow: NormedConvolution;
  /** k × k. */
  readonly middle: NormedConvolution;
  /** 1 × 1, back to many channels. */
  readonly wide: NormedConvolution;
}

/** Two k × k convolutions without padding and one of (2k − 1)², added. */
export interface EnergyTransition {
  /** k × k. */
  readonly first: NormedConvolution;
  /** k × k. */
  readonly second: NormedConvolution;
  /** (2k − 1)², beside the other two. */
  readonly shortcut: NormedConvolution;
}

/** Parameters of a {@link wideGroupEnergy}. */
export interface WideGroupEnergy {
  /** From the plane to the group, with its normalisation. */
  readonly lift: { readonly convolution: LiftConv2d; readonly affine: Affine };
  /** Bottleneck blocks, and the step to the next resolution. */
  readonly stages: readonly {
    readonly blocks: readonly EnergyBottleneck[];
    readonly transition?: EnergyTransition;
  }[];
  /** To one number per element of the group. */
  readonly last: GroupConv2d;
}

/**
 * The authors' large energy, a wide residual G-CNN ("G-WRN"): a lifting convolution, stages of bottlenecks of
 * the same width with a wider transition between two stages, and a last convolution without padding; the mean
 * over pixels and channels is an activation per element.
 *
 * Differs from the released code as {@link groupEnergy} does. The defaults are near its 1.9 million
 * parameters (128 × 128 pixels); smaller widths and filters fit smaller images.
 *
 * @returns an energy of images `[batch, height, width, inputs]`, exactly equivariant for C₄ and D₄.
 */
export function wideGroupEnergy(config: WideGroupEnergyConfig): Energy<WideGroupEnergy, Statistics> {
  const { group, inputs = 3, size = 5, widths = [16, 16, 32, 64], blocks = 3, outputs = 64 } = config;
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0) {
    throw new RangeError(`Cannot make an energy as size must be odd and >= 1: current value is ${size}`);
  }
  const [first, ...stages] = widths;
  const shortcutSize = 2 * size - 1;
  return {
    name: `${groupName(group)}, G-WRN`,
    group,
    init(stream) {
      const features: number[] = [first];
      const normed = (own: Stream, kernel: number, from: number, to: number): HostTree<NormedConvolution> => {
        features.push(to);
        return {
          convolution: initGroupConv2d(own, { group, size: kernel, inputs: from, outputs: to }),
          affine: initAffine(to),
        };
      };
      const lift = initLiftConv2d(stream.split("lift"), { size, inputs, outputs: first });
      const parameters = {
        lift: { convolution: lift, affine: initAffine(first) },
        stages: stages.map((width, s) => {
          const own = (...names: string[]) => stream.split("stage", String(s), ...names);
          const next = stages[s + 1];
          const half = Math.max(1, width >> 1);
          return {
            blocks: Array.from({ length: blocks }, (_, b) => ({
              narrow: normed(own(`${b}`, "narrow"), 1, width, half),
              middle: normed(own(`${b}`, "middle"), size, half, half),
              wide: normed(own(`${b}`, "wide"), 1, half, width),
            })),
            ...next !== undefined && {
              transition: {
                first: normed(own("first"), size, width, next),
                second: normed(own("second"), size, next, next),
                shortcut: normed(own("shortcut"), shortcutSize, width, next),
              },
            },
          };
        }),
        last: initGroupConv2d(stream.split("last"), { group, size, inputs: stages.at(-1)!, outputs }),
      };
      return {
        parameters: parameters as HostTree<WideGroupEnergy>,
        buffers: initStatistics(features),
      };
    },
    activations(x, pass) {
      const sequence = new Sequence(pass);
      const { lift, stages, last } = pass.parameters;
      const normed = (
        h: Tensor,
        { convolution, affine }: NormedConvolution,
        padding: "same" | "valid" = "valid",
      ) => sequence.norm(groupConv2d(h, convolution, { group, padding }), affine);
      let h = tf.relu(sequence.norm(liftConv2d(x, lift.convolution, { group }), lift.affine));
      for (const { blocks, transition } of stages) {
        for (const { narrow, middle, wide } of blocks) {
          const inner = tf.relu(normed(tf.relu(normed(h, narrow)), middle, "same"));
          h = tf.relu(tf.add(h, normed(inner, wide)));
        }
        if (transition === undefined) continue;
        const long = normed(tf.relu(normed(h, transition.first)), transition.second);
        h = tf.relu(tf.add(long, normed(h, transition.shortcut)));
      }
      return { activations: pooled(groupConv2d(h, last, { group })), buffers: sequence.statistics };
    },
  };
}
