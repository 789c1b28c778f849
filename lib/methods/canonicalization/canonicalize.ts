import type { HostTree } from "../../compile/mod.ts";
import type { Network } from "../../nn/group/mod.ts";
import { mapTree, stopGradient, type Tensor } from "../../tensor/mod.ts";
import type { Canonicalizer, Nothing } from "./types.ts";

/** Two trees, one of the canonicalizer and one of the network behind it. */
export interface Both<C, N> {
  /** The canonicalizer's. */
  readonly canonicalizer: C;
  /** The network's. */
  readonly network: N;
}

/** Options of {@link canonicalize}. */
export interface CanonicalizeOptions {
  /**
   * What a group element does to the output: nothing (`invariant`), or what it does to the input
   * (`equivariant`: positions turn and move along with the points).
   *
   * @default "invariant"
   */
  readonly output?: "invariant" | "equivariant";
}

/**
 * Makes any network invariant or equivariant: φ(x) = ρ_out(c(x)) p(ρ_in(c(x))⁻¹ x) (Kaba et al. 2023, Eq. 1).
 *
 * It needs nothing of the network p, whose parameters are trained together with the canonicalizer's. φ is as
 * equivariant as the canonicalizer is: exactly under quarter turns of square images and for frames of points
 * (to rounding), nearly under other turns of images, which interpolate.
 *
 * @param network p, from canonical inputs.
 * @param canonicalizer c.
 * @returns a network with the parameters and buffers of both.
 *
 * @example
 * ```ts
 * import { type Dense, constants, dense, initDense, stream, tf } from "@refigure/refigure";
 * import { cyclic, type Network, rotateImages } from "@refigure/refigure/group";
 * import { canonicalize, discreteCanonicalizer } from "@refigure/refigure/canonicalization";
 * import assert from "node:assert/strict";
 *
 * // A linear map of pixels, which knows nothing of rotations.
 * const linear: Network<Dense, readonly []> = {
 *   name: "linear",
 *   init: (stream) => ({ parameters: initDense(stream, { inputs: 25, outputs: 3 }), buffers: [] }),
 *   apply: (x, { parameters, buffers }) => ({
 *     output: dense(tf.reshape(x, [-1, 25]), parameters),
 *     buffers,
 *   }),
 * };
 * const network = canonicalize(linear, discreteCanonicalizer({ group: cyclic(4), size: 5, layers: 1 }));
 * const start = network.init(stream(0, "weights"));
 * const pass = { ...constants<typeof start>(start), training: false } as never;
 * const image = tf.randomUniform([1, 5, 5, 1], 0, 1, "float32", 7);
 * const logits = (angle: number) => {
 *   const turned = rotateImages(image, tf.tensor1d([angle]));
 *   return Array.from(network.apply(turned, pass).output.dataSync());
 * };
 * assert.deepEqual(logits(90), logits(0));
 * ```
 */
export function canonicalize<PC, BC, PN, BN, X, Y>(
  network: Network<PN, BN, X, Y>,
  canonicalizer: Canonicalizer<PC, BC, X, Y>,
  { output: kind = "invariant" }: CanonicalizeOptions = {},
): Network<Both<PC, PN>, Both<BC, BN>, X, Y> {
  const sites = (shape: readonly number[]) => canonicalizer.dropouts?.(shape) ?? [];
  const masks = sites([1, 1, 1, 1]).length;
  return {
    name: `CN(${canonicalizer.name})-${network.name}`,
    init(stream) {
      const first = canonicalizer.init(stream.split("canonicalizer"));
      const second = network.init(stream.split("network"));
      return {
        parameters: { canonicalizer: first.parameters, network: second.parameters } as HostTree<Both<PC, PN>>,
        buffers: { canonicalizer: first.buffers, network: second.buffers } as HostTree<Both<BC, BN>>,
      };
    },
    dropouts: (shape) => [...sites(shape), ...network.dropouts?.(shape) ?? []],
    apply(x, { parameters, buffers, training, keep }) {
      const { canonical, buffers: first } = canonicalizer.apply(x, {
        parameters: parameters.canonicalizer,
        buffers: buffers.canonicalizer,
        training,
        keep: keep?.slice(0, masks),
      });
      const { output, buffers: second } = network.apply(canonical.input, {
        parameters: parameters.network,
        buffers: buffers.network,
        training,
        keep: keep?.slice(masks),
      });
      return {
        output: kind === "invariant" ? output : canonical.restore(output),
        buffers: { canonicalizer: first, network: second },
      };
    },
  };
}

/** What a frozen canonicalizer carries: everything in the buffers, nothing to train. */
export interface Frozen<P, B> {
  /** Those of the canonicalizer that was frozen. */
  readonly parameters: P;
  /** Its buffers. */
  readonly buffers: B;
}

/**
 * A canonicalizer as it was initialised, which is never trained (the paper's `frozen` rows): as exactly
 * equivariant as the learned one, but its representatives are chosen at random.
 */
export function frozen<P, B, X, Y>(
  canonicalizer: Canonicalizer<P, B, X, Y>,
): Canonicalizer<Nothing, Frozen<P, B>, X, Y> {
  return {
    name: `${canonicalizer.name}, frozen`,
    init(stream) {
      return { parameters: [], buffers: canonicalizer.init(stream) as HostTree<Frozen<P, B>> };
    },
    apply(x, { buffers }) {
      const fixed = mapTree<Tensor, Frozen<P, B>>(buffers, (leaf) => stopGradient(leaf));
      const { canonical } = canonicalizer.apply(x, { ...fixed, training: false });
      return { canonical, buffers };
    },
  };
}
