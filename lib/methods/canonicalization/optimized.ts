import type { HostTree } from "../../compile/mod.ts";
import { rotateImages } from "../../nn/group/mod.ts";
import { type Dense, dense, initDense, relu, silu } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { bestStart, descendEnergy, type DescentOptions } from "./descent.ts";
import type { Canonicalizer, Nothing } from "./types.ts";

/** What makes an {@link optimizedCanonicalizer}. */
export interface OptimizedConfig extends Pick<DescentOptions, "steps" | "rate" | "mode"> {
  /** Side of the small image that the energy sees. @default 14 */
  readonly side?: number;
  /** Width of the energy's layers. @default 64 */
  readonly hidden?: number;
  /** Number of set layers. @default 5 */
  readonly layers?: number;
  /**
   * How a set is pooled. The authors take the maximum; its second derivative, which `unrolled` needs, sees
   * only which point won.
   *
   * @default "max"
   */
  readonly pool?: "max" | "mean";
  /**
   * The authors take ReLU, whose energy has kinks in the angle: derivatives through the descent do not see
   * the jumps of its slope. With SiLU and the mean the energy is smooth.
   *
   * @default "relu"
   */
  readonly activation?: "relu" | "silu";
  /** From so many angles the best is where descent starts; 1 is the angle 0. @default 1 */
  readonly starts?: number;
  /**
   * The fixed point of the turn in pixels from the upper left pixel's centre: the image's, or the authors',
   * half a pixel off ((14, 14) for 28 × 28).
   *
   * @default "centre"
   */
  readonly pivot?: "centre" | "authors";
}

/** Parameters of the energy: a set network on (x, y, pixel). */
export interface EnergyParameters {
  /** Of (x, y, pixel). */
  readonly embedding: Dense;
  /** Each acts on a point, and on what all points are pooled to. */
  readonly layers: readonly { readonly own: Dense; readonly pooled: Dense }[];
  /** From the pooled features to the energy. */
  readonly output: Dense;
}

/** A canonicalizer that also tells the energy of every angle. */
export interface OptimizedCanonicalizer extends Canonicalizer<EnergyParameters, Nothing> {
  /** E `[batch]` of images turned by angles `[batch]` in radians. */
  energy(x: Tensor, angle: Tensor, parameters: EnergyParameters): Tensor;
}

/**
 * Canonicalization of images by optimization (Kaba et al. 2023, Sec. 4.3; released code
 * `OptimizationCanonizationNetwork`): the angle is what T steps of descent on a learned energy lead to. The
 * energy is a set network on the pixels of a smaller image, each with its coordinates turned by the angle, h
 * ← ReLU(W₁h + W₂ pool(h)) + h.
 *
 * Differs from the paper: the pivot is the image's centre unless asked for; a start from several angles can
 * be had.
 *
 * @param config The energy and the descent.
 * @returns a canonicalizer of images `[batch, height, width, 1]`; its choice is `angle` `[batch]` in degrees.
 */
export function optimizedCanonicalizer(config: OptimizedConfig = {}): OptimizedCanonicalizer {
  const { side = 14, hidden = 64, layers = 5, pool = "max", starts = 1, pivot = "centre" } = config;
  const activation = config.activation === "silu" ? silu : relu;
  const points = side * side;
  const coordinate = (of: (i: number) => number) =>
    tf.tensor2d(Float32Array.from({ length: points }, (_, i) => 2 * of(i) / (side - 1) - 1), [1, points]);
  const pooled = (h: Tensor) => pool === "max" ? tf.max(h, 1) : tf.mean(h, 1);
  const energyOf = (pixels: Tensor, angle: Tensor, parameters: EnergyParameters): Tensor => {
    const batch = pixels.shape[0], rows = batch * points;
    const [x, y] = [coordinate((i) => i % side), tf.neg(coordinate((i) => Math.floor(i / side)))];
    const [c, s] = [tf.expandDims(tf.cos(angle), 1), tf.expandDims(tf.sin(angle), 1)];
    // (x, y) R with R = [[cos, sin], [−sin, cos]]
    const turned = [tf.sub(tf.mul(c, x), tf.mul(s, y)), tf.add(tf.mul(s, x), tf.mul(c, y)), pixels];
    let h = dense(tf.reshape(tf.stack(turned, 2), [rows, 3]), parameters.embedding);
    for (const { own, pooled: shared } of parameters.layers) {
      const set = dense(pooled(tf.reshape(h, [batch, points, hidden])), shared);
      const sum = tf.add(tf.reshape(dense(h, own), [batch, points, hidden]), tf.expandDims(set, 1));
      h = tf.add(tf.reshape(activation(sum), [rows, hidden]), h);
    }
    return tf.reshape(dense(pooled(tf.reshape(h, [batch, points, hidden])), parameters.output), [batch]);
  };
  const small = (x: Tensor) => {
    const resized = tf.image.resizeBilinear(x as tf.Tensor4D, [side, side], false, true);
    return tf.reshape(resized, [x.shape[0], points]);
  };
  return {
    name: "OPT",
    init(stream) {
      const layer = (name: string, inputs: number, outputs: number) =>
        initDense(stream.split(name), { inputs, outputs });
      const parameters = {
        embedding: layer("embedding", 3, hidden),
        layers: Array.from({ length: layers }, (_, i) => ({
          own: layer(`own-${i}`, hidden, hidden),
          pooled: layer(`pooled-${i}`, hidden, hidden),
        })),
        output: layer("output", hidden, 1),
      };
      return { parameters: parameters as HostTree<EnergyParameters>, buffers: [] };
    },
    energy: (x, angle, parameters) => energyOf(small(x), angle, parameters),
    apply(x, { parameters, buffers }) {
      const [batch, height, width] = x.shape;
      const pixels = small(x);
      const energy = (angle: Tensor) => energyOf(pixels, angle, parameters);
      const start = starts === 1 ? tf.zeros([batch]) : bestStart(energy, { batch, count: starts });
      const angle = tf.mul(descendEnergy(energy, { ...config, start }), 180 / Math.PI);
      const centre = pivot === "authors" ? [width! / 2, height! / 2] as const : undefined;
      // The points are turned by the angle, so the image is, too; its own pose is the opposite.
      const canonical = {
        input: rotateImages(x, angle, { centre }),
        restore: (y: Tensor) => rotateImages(y, tf.neg(angle), { centre }),
        choice: { angle: tf.neg(angle) },
      };
      return { canonical, buffers };
    },
  };
}
