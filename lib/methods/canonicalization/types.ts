import type { HostTree } from "../../compile/mod.ts";
import type { DropoutSite, Pass } from "../../nn/group/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";

/** An input brought to the representative of its orbit. */
export interface Canonical<X, Y = Tensor> {
  /** ρ_in(c(x))⁻¹ x, of the form of x. */
  readonly input: X;
  /** ρ_out(c(x)) y: carries what is predicted in the canonical pose back to the pose of x. */
  restore(output: Y): Y;
  /** What was chosen, by name, for pictures: e.g. `angle` `[batch]` in degrees. */
  readonly choice: Readonly<Record<string, Tensor>>;
}

/**
 * A canonicalization function c: X → G as a pure program (Kaba et al. 2023, Sec. 3): c(g x) = g c(x), or g
 * c(x) times a symmetry of x where x has one.
 */
export interface Canonicalizer<P = unknown, B = unknown, X = Tensor, Y = Tensor> {
  /** For messages, e.g. `C4`. */
  readonly name: string;
  /** Draws the parameters and makes the first buffers. */
  init(stream: Stream): { readonly parameters: HostTree<P>; readonly buffers: HostTree<B> };
  /**
   * As in `Network`: the masks that a training step wants for inputs of a shape, batch first. Absent: none.
   */
  dropouts?(shape: readonly number[]): readonly DropoutSite[];
  /** The canonical input and the new buffers (unchanged at inference). */
  apply(x: X, pass: Pass<P, B>): { readonly canonical: Canonical<X, Y>; readonly buffers: B };
}

/** Of functions that have neither parameters nor buffers. */
export type Nothing = readonly [];
