import type { HostTree } from "../../compile/mod.ts";
import {
  groupAngles,
  type GroupConv2d,
  groupConv2d,
  groupName,
  groupOrder,
  initGroupConv2d,
  initLiftConv2d,
  type LiftConv2d,
  liftConv2d,
  liftFilters,
  mirrorImages,
  type PlanarGroup,
  rotateImages,
  selectStraightThrough,
} from "../../nn/group/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { Canonicalizer, Nothing } from "./types.ts";

/** What makes a {@link discreteCanonicalizer}. */
export interface DiscreteConfig {
  /** The group of rotations, with or without reflections. */
  readonly group: PlanarGroup;
  /** Size of the lifting filters; the image's for the paper's sweep over orders. @default 3 */
  readonly size?: number;
  /** Channels of the images. @default 1 */
  readonly inputs?: number;
  /** Channels within. @default 16 */
  readonly channels?: number;
  /** One lifting layer, and 1 × 1 group convolutions. @default 3 */
  readonly layers?: number;
  /** Inverse temperature β of the surrogate's softmax. @default 1 */
  readonly beta?: number;
  /**
   * How the gradient reaches the activations: through the angle Σ s_g θ_g in degrees, as the authors have it
   * (0° and 315° are then far apart), or through the mixture of images Σ s_g g⁻¹x, which turns the image |G|
   * times. In value they agree.
   *
   * @default "angle"
   */
  readonly gradient?: "angle" | "mixture";
  /** What lies outside the image when it is turned. @default "zeros" */
  readonly padding?: "zeros" | "border";
}

/** Parameters of a {@link discreteCanonicalizer}. */
export interface DiscreteParameters {
  /** From the plane to the group. */
  readonly lift: LiftConv2d;
  /** On the group. */
  readonly convolutions: readonly GroupConv2d[];
}

/** A canonicalizer that also tells how much it likes each element of its group. */
export interface DiscreteCanonicalizer extends Canonicalizer<DiscreteParameters, Nothing> {
  /** The group of rotations, with or without reflections. */
  readonly group: PlanarGroup;
  /** A `[batch, |G|]`: the image is taken to the element with the largest. */
  activations(x: Tensor, parameters: DiscreteParameters): Tensor;
}

/**
 * Direct canonicalization of images over C_n or D_n (Kaba et al. 2023, Sec. 4.1): an equivariant network
 * gives one activation per element of the group, the mean over channels and pixels; the image is turned back
 * by the largest's element.
 *
 * Filters as large as the image and a single layer make the activations inner products with the turned copies
 * of one template, A_g = ⟨g w, x⟩ = ⟨w, g⁻¹x⟩, so that the pose is chosen in which the image looks most like
 * the template.
 *
 * @param config The group and the network.
 * @returns a canonicalizer of images `[batch, height, width, inputs]`; its choice is `angle` `[batch]` in
 *   degrees and, for D_n, `mirrored` `[batch]`, 0 or 1.
 * @throws {RangeError} If `layers` is not a positive integer.
 */
export function discreteCanonicalizer(config: DiscreteConfig): DiscreteCanonicalizer {
  const { group, size = 3, inputs = 1, channels = 16, layers = 3, beta = 1 } = config;
  const { gradient = "angle", padding = "zeros" } = config;
  if (!Number.isInteger(layers) || layers < 1) {
    throw new RangeError(
      `Cannot make a canonicalizer as layers must be an integer >= 1: current value is ${layers}`,
    );
  }
  const order = groupOrder(group), angles = groupAngles(group);
  const activations = (x: Tensor, { lift, convolutions }: DiscreteParameters): Tensor => {
    const [batch, height, width] = x.shape;
    if (layers === 1 && height === size && width === size) return templateActivations(x, lift, group);
    const mapped = convolutions.reduce(
      (h, layer) => groupConv2d(tf.relu(h), layer, { group }),
      liftConv2d(x, lift, { group }),
    );
    return tf.reshape(tf.mean(mapped, [1, 2, 4]), [batch, order]);
  };
  return {
    name: groupName(group),
    group,
    activations,
    init(stream) {
      const lift = initLiftConv2d(stream.split("lift"), { size, inputs, outputs: channels });
      const convolutions = Array.from(
        { length: layers - 1 },
        (_, i) =>
          initGroupConv2d(stream.split("group", String(i)), {
            group,
            size: 1,
            inputs: channels,
            outputs: channels,
          }),
      );
      return { parameters: { lift, convolutions } as HostTree<DiscreteParameters>, buffers: [] };
    },
    apply(x, { parameters, buffers }) {
      const selected = selectStraightThrough(activations(x, parameters), { beta });
      const pick = (values: readonly number[]) => tf.sum(tf.mul(selected, tf.tensor1d([...values])), 1);
      const angle = pick(angles);
      const mirrored = group.reflections
        ? pick(angles.map((_, e) => e >= group.rotations ? 1 : 0))
        : undefined;
      const input = gradient === "mixture"
        ? mixture(x, { selected, group, padding })
        : rotateImages(flipBy(x, mirrored), tf.neg(angle), { padding });
      const restore = (y: Tensor) => flipBy(rotateImages(y, angle, { padding }), mirrored);
      const choice: Record<string, Tensor> = mirrored === undefined ? { angle } : { angle, mirrored };
      return { canonical: { input, restore, choice }, buffers };
    },
  };
}

/**
 * The mean over channels of inner products with turned filters, as one product with the mean's turned copies.
 */
function templateActivations(x: Tensor, { weight, bias }: LiftConv2d, group: PlanarGroup): Tensor {
  const pixels = x.size / x.shape[0];
  const bank = liftFilters(tf.mean(weight, 3, true), { group });
  const copies = tf.reshape(bank, [pixels, groupOrder(group)]) as tf.Tensor2D;
  return tf.add(tf.matMul(tf.reshape(x, [x.shape[0], pixels]), copies), tf.mean(bias));
}

/** (1 − ρ) x + ρ mirror(x), with one ρ per image. */
function flipBy(x: Tensor, mirrored: Tensor | undefined): Tensor {
  if (mirrored === undefined) return x;
  const share = tf.reshape(mirrored, [-1, 1, 1, 1]);
  return tf.add(tf.mul(x, tf.sub(1, share)), tf.mul(mirrorImages(x), share));
}

/** Σ_g s_g g⁻¹x. */
function mixture(
  x: Tensor,
  { selected, group, padding }: { selected: Tensor; group: PlanarGroup; padding: "zeros" | "border" },
): Tensor {
  const shares = tf.split(selected, groupOrder(group), 1);
  return tf.addN(
    groupAngles(group).map((angle, e) => {
      const pose = e >= group.rotations ? mirrorImages(x) : x;
      const turned = rotateImages(pose, tf.fill([x.shape[0]], -angle), { padding });
      return tf.mul(turned, tf.reshape(shares[e], [-1, 1, 1, 1]));
    }),
  );
}
