import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";

/** A batch of particle systems, as tensors; see {@link DynamicsData} for the order of edges. */
export interface DynamicsInputs {
  /** x `[batch, N, 3]`. */
  readonly positions: Tensor;
  /** v `[batch, N, 3]`. */
  readonly velocities: Tensor;
  /** `[batch, N, f]`. */
  readonly nodeFeatures: Tensor;
  /** `[batch, N (N − 1), e]`; absent for e = 0. */
  readonly edgeAttributes?: Tensor;
  /** 1 for a particle, 0 for padding, `[batch, N]`. Absent: all are particles. */
  readonly nodeMask?: Tensor;
  /** 1 for an edge, 0 for none, `[batch, N (N − 1)]`. Absent: all pairs are neighbours. */
  readonly edgeMask?: Tensor;
}

/**
 * A network that predicts later positions: what {@link trainDynamics} trains. `P` is its tree of parameters.
 */
export interface DynamicsModel<P = unknown> {
  /** For messages and random streams, e.g. `MC-EGNN, K = 3`. */
  readonly name: string;
  /** Number of parameters in closed form. */
  readonly parameterCount: number;
  /** Number of features of a node that it reads, f. */
  readonly nodeFeatures: number;
  /** Number of attributes of an edge that it reads, e. */
  readonly edgeAttributes: number;
  /** Draws the parameters. */
  init(stream: Stream): HostTree<P>;
  /** Predicted positions `[batch, N, 3]`. */
  predict(inputs: DynamicsInputs, parameters: P): Tensor;
}

/** Node features and coordinates after a layer, in the order of the inputs. */
export interface LayerState {
  /** h `[batch, N, H]` (edge list: `[n, H]`). */
  readonly features: Tensor;
  /** X `[batch, N, 3, K]` (edge list: `[n, 3, K]`). */
  readonly coordinates: Tensor;
}

/** A batch of molecules, as tensors; padded atoms have features and positions 0. */
export interface MoleculeInputs {
  /** `[batch, N, 3]`. */
  readonly positions: Tensor;
  /** `[batch, N, f]`. */
  readonly nodeFeatures: Tensor;
  /** 1 for an atom, 0 for padding, `[batch, N]`. */
  readonly nodeMask: Tensor;
}

/** A network that predicts a property of a molecule: what {@link trainMolecules} trains. */
export interface MoleculeModel<P = unknown> {
  /** For messages and random streams. */
  readonly name: string;
  /** Number of parameters in closed form. */
  readonly parameterCount: number;
  /** Number of features of an atom, f. */
  readonly nodeFeatures: number;
  /** Draws the parameters. */
  init(stream: Stream): HostTree<P>;
  /** Predicted (scaled) property `[batch]`. */
  predict(inputs: MoleculeInputs, parameters: P): Tensor;
}
