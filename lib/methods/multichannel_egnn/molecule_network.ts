import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, initDense } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import {
  completeGraphs,
  countEgnnLayer,
  denseState,
  type EgnnLayer,
  egnnLayer,
  type EgnnLayerOptions,
  type EgnnLayerSizes,
  type EgnnState,
  initEgnnLayer,
  type LayerState,
  type MoleculeInputs,
  type MoleculeModel,
  silu,
} from "../../nn/graphs/mod.ts";

/** What makes a multi-channel EGNN for molecules; the defaults are the paper's QM9 experiment. */
export interface MoleculeEgnnConfig extends Omit<EgnnLayerOptions, "tied"> {
  /** K. @default 1 */
  readonly channels?: number;
  /** L ≥ 2. @default 7 */
  readonly layers?: number;
  /** H. @default 128 */
  readonly hidden?: number;
  /** f. @default 15 */
  readonly nodeFeatures?: number;
  /** Whether messages are weighted by a learned gate. @default true */
  readonly attention?: boolean;
  /** Whether layers move the coordinates; without, the model is EGNN as published for QM9. @default true */
  readonly updateCoordinates?: boolean;
  /**
   * Let updates of coordinates come over real edges only, and divide by the number of real neighbours. The
   * released code does neither (false): padded atoms, which lie at the origin, then pull all real atoms of a
   * molecule alike, in proportion to their distance from the origin. Coordinates lose their translation
   * equivariance, and the prediction depends on the amount of padding (with `normaliseDifferences` also on
   * the origin). @default true
   */
  readonly maskCoordinates?: boolean;
}

/** What the forward pass returns. */
export interface MoleculeEgnnOutput {
  /** `[batch]`. */
  readonly property: Tensor;
  /** After each layer. */
  readonly layers: readonly LayerState[];
}

/** Parameters of a multi-channel EGNN for molecules. */
export interface MoleculeEgnn {
  /** f → H. */
  readonly embedding: Dense;
  /** Of message passing. */
  readonly layers: readonly EgnnLayer[];
  /** Two layers on each atom, before the sum over atoms. */
  readonly atom: readonly Dense[];
  /** Two layers on the sum; H → H → 1. */
  readonly graph: readonly Dense[];
}

const sizesOf = (config: MoleculeEgnnConfig): EgnnLayerSizes[] => {
  const { channels = 1, layers = 7, hidden = 128, updateCoordinates = true } = config;
  return Array.from({ length: layers }, (_, l) => ({
    hidden,
    edgeAttributes: 0,
    inChannels: l === 0 || !updateCoordinates ? 1 : channels,
    outChannels: l === layers - 1 || !updateCoordinates ? 1 : channels,
    velocity: false,
    coordinates: updateCoordinates,
  }));
};

function checkConfig(config: MoleculeEgnnConfig): void {
  const { channels = 1, layers = 7, hidden = 128, nodeFeatures = 15 } = config;
  const least = { channels: 1, layers: 2, hidden: 1, nodeFeatures: 1 };
  for (const [name, value] of Object.entries({ channels, layers, hidden, nodeFeatures })) {
    const limit = least[name as keyof typeof least];
    if (!Number.isInteger(value) || value < limit) {
      throw new RangeError(
        `Cannot make a multi-channel EGNN for molecules as ${name} must be an integer >= ${limit}: ` +
          `current value is ${value}`,
      );
    }
  }
}

const layerOptions = (config: MoleculeEgnnConfig): EgnnLayerOptions => ({
  ...config,
  attention: config.attention ?? true,
});

/**
 * Number of parameters in closed form: f H + H + Σ_layers {@link countEgnnLayer} + 3(H² + H) + H + 1.
 *
 * @throws {RangeError} If a size is not an integer in range.
 *
 * @example
 * ```ts
 * import { countMoleculeEgnn } from "@refigure/refigure/multichannel_egnn";
 * import assert from "node:assert/strict";
 *
 * assert.equal(countMoleculeEgnn({ channels: 3 }), 868_872);
 * assert.equal(countMoleculeEgnn({ updateCoordinates: false }), 745_224);
 * ```
 */
export function countMoleculeEgnn(config: MoleculeEgnnConfig = {}): number {
  checkConfig(config);
  const { hidden: H = 128, nodeFeatures = 15 } = config;
  return sizesOf(config).reduce(
    (sum, sizes) => sum + countEgnnLayer(sizes, layerOptions(config)),
    nodeFeatures * H + H + 3 * (H * H + H) + H + 1,
  );
}

/**
 * Draws the parameters, see {@link initEgnnLayer}. @throws {RangeError} If a size is not an integer in range.
 */
export function initMoleculeEgnn(stream: Stream, config: MoleculeEgnnConfig = {}): HostTree<MoleculeEgnn> {
  checkConfig(config);
  const { hidden: H = 128, nodeFeatures = 15 } = config;
  const layer = (name: string, inputs: number, outputs: number) =>
    initDense(stream.split(name), { inputs, outputs });
  return {
    embedding: layer("embedding", nodeFeatures, H),
    layers: sizesOf(config).map((sizes, l) =>
      initEgnnLayer(stream.split("layer", String(l)), { ...layerOptions(config), ...sizes })
    ),
    atom: [layer("atom-0", H, H), layer("atom-1", H, H)],
    graph: [layer("graph-0", H, H), layer("graph-1", H, 1)],
  };
}

/**
 * The multi-channel EGNN for molecules: embedding, L layers with attention on the complete graph of the real
 * atoms, then Linear, SiLU, Linear on each atom, the sum over real atoms, and Linear, SiLU, Linear on the
 * sum.
 *
 * Invariant to rotations, reflections, translations and permutations. Levy et al. 2023, Sec. 4; the read-out
 * is that of Satorras et al. 2021.
 *
 * @returns the (scaled) property, and the states after each layer.
 */
export function applyMoleculeEgnn(
  { positions, nodeFeatures, nodeMask }: MoleculeInputs,
  { parameters, config }: { readonly parameters: MoleculeEgnn; readonly config: MoleculeEgnnConfig },
): MoleculeEgnnOutput {
  const [batch, nodes] = positions.shape;
  const n = batch * nodes;
  const neighbourhood = completeGraphs({
    batch,
    nodes,
    nodeMask,
    ignoreMaskInCoordinates: config.maskCoordinates === false,
  });
  let state: EgnnState = {
    features: dense(tf.reshape(tf.transpose(nodeFeatures, [1, 0, 2]), [n, -1]), parameters.embedding),
    coordinates: tf.reshape(tf.transpose(positions, [2, 1, 0]), [3, 1, n]),
  };
  const layers = sizesOf(config).map(({ outChannels }, l) => {
    state = egnnLayer(state, {
      ...layerOptions(config),
      parameters: parameters.layers[l],
      neighbourhood,
      outChannels,
    });
    return denseState(state, { batch, nodes });
  });
  const [atom, graph] = [parameters.atom, parameters.graph];
  const atoms = dense(silu(dense(state.features, atom[0])), atom[1]);
  const real = tf.mul(atoms, tf.reshape(tf.transpose(nodeMask), [n, 1]));
  const sum = tf.sum(tf.reshape(real, [nodes, batch, -1]), 0);
  const property = tf.reshape(dense(silu(dense(sum, graph[0])), graph[1]), [batch]);
  return { property, layers };
}

/**
 * EGNN and MC-EGNN for molecules as a model to be trained.
 *
 * @throws {RangeError} If a size is not an integer in range.
 */
export function moleculeEgnn(config: MoleculeEgnnConfig = {}): MoleculeModel<MoleculeEgnn> {
  const { channels = 1, nodeFeatures = 15, updateCoordinates = true } = config;
  const name = channels === 1 || !updateCoordinates ? "EGNN" : `MC-EGNN, K = ${channels}`;
  return {
    name: updateCoordinates ? name : `${name}, fixed coordinates`,
    parameterCount: countMoleculeEgnn(config),
    nodeFeatures,
    init: (stream) => initMoleculeEgnn(stream, config),
    predict: (inputs, parameters) => applyMoleculeEgnn(inputs, { parameters, config }).property,
  };
}
