import { groupAngles, groupOrder, mirrorImages, type PlanarGroup, rotateImages } from "../../nn/group/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** A quarter turn counter-clockwise, so many times: a permutation of square images' pixels, hence exact. */
function quarterTurns(x: Tensor, count: number): Tensor {
  const turns = ((count % 4) + 4) % 4;
  if (turns === 0) return x;
  if (turns === 2) return tf.reverse(x, [1, 2]);
  const transposed = tf.transpose(x, [0, 2, 1, 3]);
  return tf.reverse(transposed, turns === 1 ? 1 : 2);
}

/**
 * Turns images counter-clockwise by one angle, what the turn brings in being continued from the border (the
 * authors pad by the border's pixels, turn, and crop). Multiples of 90° permute the pixels of square images.
 *
 * @param x `[batch, height, width, channels]`.
 */
export function turnImages(x: Tensor, degrees: number): Tensor {
  const quarters = degrees / 90;
  if (Number.isInteger(quarters) && x.shape[1] === x.shape[2]) return quarterTurns(x, quarters);
  return together(x, (image) => rotateImages(image, tf.fill([1], degrees), { padding: "border" }));
}

/**
 * What is done to all images alike: they are laid beside one another as the channels of a single image, so
 * that one pixel of all of them is one piece of memory.
 */
function together(x: Tensor, change: (image: Tensor) => Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  const places = height * width;
  const placesFirst = tf.transpose(tf.reshape(x, [batch, places, channels]), [1, 0, 2]);
  const changed = change(tf.reshape(placesFirst, [1, height, width, batch * channels]));
  return tf.reshape(tf.transpose(tf.reshape(changed, [places, batch, channels]), [1, 0, 2]), x.shape);
}

/**
 * g x for one element g of a group: turned by its angle, then mirrored if it is a reflection.
 *
 * @param x `[batch, height, width, channels]`.
 */
export function transformImages(
  x: Tensor,
  { group, element }: { readonly group: PlanarGroup; readonly element: number },
): Tensor {
  const turned = turnImages(x, groupAngles(group)[element]);
  return element >= group.rotations ? mirrorImages(turned) : turned;
}

/** g⁻¹ x for one element g: mirrored if it is a reflection, then turned back. */
export function untransformImages(
  x: Tensor,
  { group, element }: { readonly group: PlanarGroup; readonly element: number },
): Tensor {
  const mirrored = element >= group.rotations ? mirrorImages(x) : x;
  return turnImages(mirrored, -groupAngles(group)[element]);
}

/** All copies g⁻¹ x, element by element: `[|G| · batch, height, width, channels]`, the element slower. */
export function allPoses(x: Tensor, group: PlanarGroup): Tensor {
  return tf.concat(
    Array.from({ length: groupOrder(group) }, (_, element) => untransformImages(x, { group, element })),
    0,
  );
}

/** A choice of one element per image, `[batch, |G|]` with a single 1 per row. */
export interface Choice {
  /** The group that is chosen from. */
  readonly group: PlanarGroup;
  /** `[batch, |G|]`, 1 for the element that is chosen, else 0. */
  readonly selected: Tensor;
}

/** The chosen angle in degrees and whether the element is a reflection (1, else 0), `[batch]` each. */
function readChoice({ group, selected }: Choice): { angle: Tensor; mirrored: Tensor } {
  const pick = (values: readonly number[]) => tf.sum(tf.mul(selected, tf.tensor1d([...values])), 1);
  const angles = groupAngles(group);
  return { angle: pick(angles), mirrored: pick(angles.map((_, e) => e >= group.rotations ? 1 : 0)) };
}

/** (1 − ρ) x + ρ mirror(x). */
function mirrorBy(x: Tensor, mirrored: Tensor): Tensor {
  const share = tf.reshape(mirrored, [-1, 1, 1, 1]);
  return tf.add(tf.mul(x, tf.sub(1, share)), tf.mul(mirrorImages(x), share));
}

/**
 * c(x)⁻¹ x: mirrored where a reflection was chosen, turned back by the chosen angle with the border continued
 * (Mondal et al. 2023, Sec. 3.2). Differentiable in the choice through the angle Σ_g s_g θ_g, as the
 * authors' code.
 *
 * @param x `[batch, height, width, channels]`.
 */
export function toCanonicalPose(x: Tensor, choice: Choice): Tensor {
  const { angle, mirrored } = readChoice(choice);
  const pose = choice.group.reflections ? mirrorBy(x, mirrored) : x;
  return rotateImages(pose, tf.neg(angle), { padding: "border" });
}

/**
 * Carries maps of pixels (masks, heat maps) from the canonical pose back to the image's: turned by the chosen
 * angle, then mirrored where a reflection was chosen. Outside of them is 0.
 *
 * Differs from the released code, which mirrors where *no* reflection was chosen.
 *
 * @param y `[batch, height, width, channels]`.
 */
export function fromCanonicalPose(y: Tensor, choice: Choice): Tensor {
  const { angle, mirrored } = readChoice(choice);
  const turned = rotateImages(y, angle);
  return choice.group.reflections ? mirrorBy(turned, mirrored) : turned;
}

/** A box [x₀, y₀, x₁, y₁] in pixels from the image's upper left corner. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/**
 * Turns a box along with its image about the centre, counter-clockwise as displayed: two corners are turned
 * and sorted, which is exact for multiples of 90°.
 *
 * @param size Width and height of the image.
 *
 * @example
 * ```ts
 * import { turnBox } from "@refigure/refigure/equivariant_adaptation";
 * import assert from "node:assert/strict";
 *
 * // A box at the left edge comes to the bottom edge.
 * assert.deepEqual(turnBox([0, 4, 2, 6], { degrees: 90, size: 10 }), [4, 8, 6, 10]);
 * ```
 */
export function turnBox(
  [x0, y0, x1, y1]: Box,
  { degrees, size }: { readonly degrees: number; readonly size: number },
): Box {
  const quarter = Number.isInteger(degrees / 90);
  const exact = (value: number) => quarter ? Math.round(value) : value;
  const [c, s] = [exact(Math.cos(degrees * Math.PI / 180)), exact(Math.sin(degrees * Math.PI / 180))];
  const centre = size / 2;
  const turned = [[x0, y0], [x1, y1]].map(([x, y]) => {
    const [dx, dy] = [x - centre, y - centre];
    // y points down: counter-clockwise as displayed is (c dx + s dy, −s dx + c dy).
    return [centre + c * dx + s * dy, centre - s * dx + c * dy];
  });
  const [[ax, ay], [bx, by]] = turned;
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** Mirrors a box from left to right. */
export function mirrorBox([x0, y0, x1, y1]: Box, { size }: { readonly size: number }): Box {
  return [size - x1, y0, size - x0, y1];
}

/** g applied to a box: turned, then mirrored if the element is a reflection. */
export function transformBox(
  box: Box,
  { group, element, size }: { readonly group: PlanarGroup; readonly element: number; readonly size: number },
): Box {
  const turned = turnBox(box, { degrees: groupAngles(group)[element], size });
  return element >= group.rotations ? mirrorBox(turned, { size }) : turned;
}
