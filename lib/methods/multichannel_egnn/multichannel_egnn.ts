import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, initDense } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import {
  completeGraphs,
  countEgnnLayer,
  denseAttributes,
  denseState,
  type DynamicsInputs,
  type DynamicsModel,
  edgeList,
  type EgnnLayer,
  egnnLayer,
  type EgnnLayerOptions,
  type EgnnLayerSizes,
  type EgnnState,
  initEgnnLayer,
  type LayerState,
  type Neighbourhood,
} from "../../nn/graphs/mod.ts";

/** What makes a multi-channel EGNN with velocities; the defaults are the paper's N-body experiment. */
export interface MultichannelEgnnConfig extends EgnnLayerOptions {
  /** K, vectors a node holds between layers; 1 is EGNN. @default 1 */
  readonly channels?: number;
  /** L ≥ 2. @default 4 */
  readonly layers?: number;
  /** H. @default 64 */
  readonly hidden?: number;
  /** f, number of node features. @default 1 */
  readonly nodeFeatures?: number;
  /** e, number of edge attributes. @default 2 */
  readonly edgeAttributes?: number;
}

/** Parameters of a multi-channel EGNN. */
export interface MultichannelEgnn {
  /** f → H. */
  readonly embedding: Dense;
  /** Of message passing. */
  readonly layers: readonly EgnnLayer[];
}

/** What the forward pass returns. */
export interface MultichannelEgnnOutput {
  /** `[batch, N, 3]` (edge list: `[n, 3]`). */
  readonly positions: Tensor;
  /** After each layer. */
  readonly layers: readonly LayerState[];
}

/** One graph by its edges. */
export interface EdgeListInputs {
  /** `[n, 3]`. */
  readonly positions: Tensor;
  /** `[n, 3]`. */
  readonly velocities: Tensor;
  /** `[n, f]`. */
  readonly nodeFeatures: Tensor;
  /** i of each edge, `[E]` int32. */
  readonly receivers: Tensor;
  /** j of each edge, `[E]` int32. */
  readonly senders: Tensor;
  /** `[E, e]`; absent for e = 0. */
  readonly edgeAttributes?: Tensor;
}

const sizesOf = (config: MultichannelEgnnConfig): EgnnLayerSizes[] => {
  const { channels = 1, layers = 4, hidden = 64, edgeAttributes = 2 } = config;
  return Array.from({ length: layers }, (_, l) => ({
    hidden,
    edgeAttributes,
    inChannels: l === 0 ? 1 : channels,
    outChannels: l === layers - 1 ? 1 : channels,
    velocity: true,
    coordinates: true,
  }));
};

function checkConfig(config: MultichannelEgnnConfig): void {
  const { channels = 1, layers = 4, hidden = 64, nodeFeatures = 1 } = config;
  const least = { channels: 1, layers: 2, hidden: 1, nodeFeatures: 1 };
  for (const [name, value] of Object.entries({ channels, layers, hidden, nodeFeatures })) {
    const limit = least[name as keyof typeof least];
    if (!Number.isInteger(value) || value < limit) {
      throw new RangeError(
        `Cannot make a multi-channel EGNN as ${name} must be an integer >= ${limit}: current value is ${value}`,
      );
    }
  }
}

/**
 * Number of parameters in closed form: f H + H + Σ_layers {@link countEgnnLayer}.
 *
 * @throws {RangeError} If a size is not an integer in range.
 *
 * @example
 * ```ts
 * import { countMultichannelEgnn } from "@refigure/refigure/multichannel_egnn";
 * import assert from "node:assert/strict";
 *
 * assert.equal(countMultichannelEgnn({ channels: 1 }), 134_020);
 * assert.equal(countMultichannelEgnn({ channels: 3 }), 136_984);
 * ```
 */
export function countMultichannelEgnn(config: MultichannelEgnnConfig = {}): number {
  checkConfig(config);
  const { hidden = 64, nodeFeatures = 1 } = config;
  return sizesOf(config).reduce(
    (sum, sizes) => sum + countEgnnLayer(sizes, config),
    nodeFeatures * hidden + hidden,
  );
}

/**
 * Draws the parameters, see {@link initEgnnLayer}. @throws {RangeError} If a size is not an integer in range.
 */
export function initMultichannelEgnn(
  stream: Stream,
  config: MultichannelEgnnConfig = {},
): HostTree<MultichannelEgnn> {
  checkConfig(config);
  const { hidden = 64, nodeFeatures = 1 } = config;
  return {
    embedding: initDense(stream.split("embedding"), { inputs: nodeFeatures, outputs: hidden }),
    layers: sizesOf(config).map((sizes, l) =>
      initEgnnLayer(stream.split("layer", String(l)), { ...config, ...sizes })
    ),
  };
}

/** All layers: X `[3, 1, n]` and the embedded features in, the states after each layer out. */
function runLayers(
  start: EgnnState,
  { parameters, config, neighbourhood, attributes, velocities }: {
    readonly parameters: MultichannelEgnn;
    readonly config: MultichannelEgnnConfig;
    readonly neighbourhood: Neighbourhood;
    readonly attributes?: Tensor;
    readonly velocities: Tensor;
  },
): EgnnState[] {
  const states: EgnnState[] = [];
  let state = start;
  sizesOf(config).forEach(({ outChannels }, l) => {
    const layer = parameters.layers[l];
    state = egnnLayer(state, {
      ...config,
      parameters: layer,
      neighbourhood,
      attributes,
      velocities,
      outChannels,
    });
    states.push(state);
  });
  return states;
}

/**
 * The multi-channel EGNN with velocities on a batch of graphs, complete but for masks: embedding, then L
 * layers ({@link egnnLayer}) with channels 1 → K → … → K → 1; the initial velocity enters every layer.
 *
 * E(3)-equivariant in positions and velocities, and equivariant to permutations of the nodes. Levy et al.
 * 2023, Sec. 3.
 *
 * @param inputs A batch; edges in the order of {@link DynamicsData}.
 * @returns the positions, and the states after each layer.
 *
 * @example
 * ```ts
 * import { constants, stream, tf } from "@refigure/refigure";
 * import {
 *   applyMultichannelEgnn,
 *   initMultichannelEgnn,
 *   type MultichannelEgnn,
 * } from "@refigure/refigure/multichannel_egnn";
 * import assert from "node:assert/strict";
 *
 * const config = { channels: 3, layers: 2, hidden: 8, edgeAttributes: 0 };
 * const parameters = constants<MultichannelEgnn>(initMultichannelEgnn(stream(0, "example"), config));
 * const inputs = {
 *   positions: tf.tensor([0, 0, 0, 1, 0, 0], [1, 2, 3]),
 *   velocities: tf.zeros([1, 2, 3]),
 *   nodeFeatures: tf.ones([1, 2, 1]),
 * };
 * const { positions } = applyMultichannelEgnn(inputs, { parameters, config });
 * assert.deepEqual(positions.shape, [1, 2, 3]);
 * ```
 */
export function applyMultichannelEgnn(
  inputs: DynamicsInputs,
  { parameters, config }: { readonly parameters: MultichannelEgnn; readonly config: MultichannelEgnnConfig },
): MultichannelEgnnOutput {
  const { positions, velocities, nodeFeatures, nodeMask, edgeMask } = inputs;
  const [batch, nodes] = positions.shape;
  const n = batch * nodes;
  const neighbourhood = completeGraphs({ batch, nodes, nodeMask, edgeMask });
  const h = tf.reshape(tf.transpose(nodeFeatures, [1, 0, 2]), [n, -1]);
  const states = runLayers({
    features: dense(h, parameters.embedding),
    coordinates: tf.reshape(tf.transpose(positions, [2, 1, 0]), [3, 1, n]),
  }, {
    parameters,
    config,
    neighbourhood,
    attributes: denseAttributes(inputs, config.edgeAttributes ?? 2),
    velocities: tf.reshape(tf.transpose(velocities, [2, 1, 0]), [3, n]),
  });
  const layers = states.map((state) => denseState(state, { batch, nodes }));
  return { positions: tf.squeeze(layers[layers.length - 1].coordinates, [3]), layers };
}

/**
 * The same network, with the same parameters, on one graph given by its edges: for large sparse graphs.
 *
 * @param inputs Nodes and edges; several graphs may lie side by side in one.
 */
export function applyToEdgeList(
  { positions, velocities, nodeFeatures, receivers, senders, edgeAttributes }: EdgeListInputs,
  { parameters, config }: { readonly parameters: MultichannelEgnn; readonly config: MultichannelEgnnConfig },
): MultichannelEgnnOutput {
  const n = positions.shape[0];
  const states = runLayers({
    features: dense(nodeFeatures, parameters.embedding),
    coordinates: tf.reshape(tf.transpose(positions), [3, 1, n]),
  }, {
    parameters,
    config,
    neighbourhood: edgeList({ nodes: n, receivers, senders }),
    attributes: edgeAttributes === undefined ? undefined : tf.transpose(edgeAttributes),
    velocities: tf.transpose(velocities),
  });
  const layers = states.map(({ features, coordinates }) => ({
    features,
    coordinates: tf.transpose(coordinates, [2, 0, 1]),
  }));
  return { positions: tf.squeeze(layers[layers.length - 1].coordinates, [2]), layers };
}

/**
 * EGNN and MC-EGNN as a model to be trained.
 *
 * @throws {RangeError} If a size is not an integer in range.
 */
export function multichannelEgnn(config: MultichannelEgnnConfig = {}): DynamicsModel<MultichannelEgnn> {
  const { channels = 1, tied = false, nodeFeatures = 1, edgeAttributes = 2 } = config;
  return {
    name: channels === 1 ? "EGNN" : `MC-EGNN, K = ${channels}${tied ? ", tied" : ""}`,
    parameterCount: countMultichannelEgnn(config),
    nodeFeatures,
    edgeAttributes,
    init: (stream) => initMultichannelEgnn(stream, config),
    predict: (inputs, parameters) => applyMultichannelEgnn(inputs, { parameters, config }).positions,
  };
}
