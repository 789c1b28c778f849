import type { HostTensor, HostTree } from "../../compile/mod.ts";
import { type Dense, dense, hostTensor, type HostTensorOf, initDense } from "../mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { silu } from "./silu.ts";

/** How the layers of a multi-channel EGNN compute; the defaults are the N-body experiment's. */
export interface EgnnLayerOptions {
  /** Weigh each message by σ(Linear(m)). @default false */
  readonly attention?: boolean;
  /** Divide x_i − x_j by its length + 1, channel by channel (`norm_diff`). @default false */
  readonly normaliseDifferences?: boolean;
  /** Bound the mixing weights by tanh. @default false */
  readonly tanh?: boolean;
  /**
   * Limit on the components of a neighbour's contribution to a coordinate update. Where it is active,
   * equivariance is lost.
   * @default 100
   */
  readonly clamp?: number;
  /** Weight of the coordinate update (`coords_weight`). @default 1 */
  readonly coordinatesWeight?: number;
  /**
   * One mixing weight for all channels instead of a matrix: a control of capacity that is not in the paper.
   * All channels stay equal, so that the network can do no more than EGNN. @default false
   */
  readonly tied?: boolean;
}

/** Sizes of a layer. */
export interface EgnnLayerSizes {
  /** H, width of all hidden layers and of the node features. */
  readonly hidden: number;
  /** K_in. */
  readonly inChannels: number;
  /** K_out. */
  readonly outChannels: number;
  /** e. */
  readonly edgeAttributes: number;
  /** Whether the velocity enters. */
  readonly velocity: boolean;
  /** Whether coordinates are updated. */
  readonly coordinates: boolean;
}

/**
 * Parameters of a layer. The first layers of the edge and node networks, which the released code applies to
 * concatenated features, are held in parts: W [h_i, h_j, r, a] = W_i h_i + W_j h_j + W_p [r, a], so that the
 * large products run on nodes instead of edges.
 */
export interface EgnnLayer {
  /** φ_e. */
  readonly edge: {
    /** W_i `[H, H]`. */
    readonly receiver: Tensor;
    /** W_j `[H, H]`. */
    readonly sender: Tensor;
    /** W_p `[K_in + e, H]`: squared distances, then edge attributes. */
    readonly pair: Tensor;
    /** `[H]`. */
    readonly bias: Tensor;
    readonly output: Dense;
  };
  /** H → 1. */
  readonly attention?: Dense;
  /** φ_h. */
  readonly node: {
    /** For h_i `[H, H]`. */
    readonly own: Tensor;
    /** For Σ_j m_ij `[H, H]`. */
    readonly messages: Tensor;
    /** `[H]`. */
    readonly bias: Tensor;
    readonly output: Dense;
  };
  /** Φ_x: H → H, then H → K_in K_out (tied: 1), row-major and without bias. */
  readonly coordinates?: { readonly hidden: Dense; readonly mixing: Tensor };
  /** φ_v: H → H, then H → K_in K_out (tied: 1), row-major. */
  readonly velocity?: { readonly hidden: Dense; readonly mixing: Dense };
}

const mixingOutputs = ({ inChannels, outChannels }: EgnnLayerSizes, { tied = false }: EgnnLayerOptions) =>
  tied ? 1 : inChannels * outChannels;

/**
 * Number of parameters of a layer:
 * (2H + K_in + e)H + H + H² + H, 2H² + H + H² + H, H² + H + H K_in K_out, velocity H² + H + (H + 1) K_in
 * K_out, attention H + 1.
 */
export function countEgnnLayer(sizes: EgnnLayerSizes, options: EgnnLayerOptions = {}): number {
  const { hidden: H, inChannels, edgeAttributes: e, coordinates, velocity } = sizes;
  const outputs = mixingOutputs(sizes, options);
  return (2 * H + inChannels + e) * H + H + H * H + H +
    3 * H * H + 2 * H +
    (coordinates ? H * H + H + H * outputs : 0) +
    (velocity ? H * H + H + H * outputs + outputs : 0) +
    (options.attention ? H + 1 : 0);
}

/** Rows `from` to `to` of a weight. */
function rowsOf({ data, shape: [, columns] }: HostTensor, from: number, to: number): HostTensorOf<"float32"> {
  return hostTensor(data.slice(from * columns, to * columns) as Float32Array, [to - from, columns]);
}

/**
 * Draws the parameters of a layer: PyTorch's defaults (uniform in ±1/√inputs), but Xavier uniform with gain
 * 0.001 for the last linear map of Φ_x. That map must not start at zero: it alone tells the channels apart.
 */
export function initEgnnLayer(
  stream: Stream,
  sizes: EgnnLayerSizes & EgnnLayerOptions,
): HostTree<EgnnLayer> {
  const { hidden: H, inChannels, edgeAttributes, attention, coordinates, velocity } = sizes;
  const layer = (name: string, inputs: number, outputs: number) =>
    initDense(stream.split(name), { inputs, outputs });
  const pair = 2 * H + inChannels + edgeAttributes, outputs = mixingOutputs(sizes, sizes);
  const edge = layer("edge-0", pair, H), node = layer("node-0", 2 * H, H);
  const bound = 0.001 * Math.sqrt(6 / (H + outputs));
  return {
    edge: {
      receiver: rowsOf(edge.weight, 0, H),
      sender: rowsOf(edge.weight, H, 2 * H),
      pair: rowsOf(edge.weight, 2 * H, pair),
      bias: edge.bias,
      output: layer("edge-1", H, H),
    },
    node: {
      own: rowsOf(node.weight, 0, H),
      messages: rowsOf(node.weight, H, 2 * H),
      bias: node.bias,
      output: layer("node-1", H, H),
    },
    ...attention && { attention: layer("attention", H, 1) },
    ...coordinates && {
      coordinates: {
        hidden: layer("coordinates-0", H, H),
        mixing: hostTensor(
          stream.split("coordinates-1").uniform(new Float32Array(H * outputs), { low: -bound, high: bound }),
          [H, outputs],
        ),
      },
    },
    ...velocity && {
      velocity: { hidden: layer("velocity-0", H, H), mixing: layer("velocity-1", H, outputs) },
    },
  };
}

/** Node features and coordinates. */
export interface EgnnState {
  /** h `[n, H]`. */
  readonly features: Tensor;
  /** X `[3, K, n]`. */
  readonly coordinates: Tensor;
}

/** What a layer computes with. */
export interface EgnnLayerInput extends EgnnLayerOptions {
  /** The layer's weights. */
  readonly parameters: EgnnLayer;
  /** Which nodes see which. */
  readonly neighbourhood: Neighbourhood;
  /** Vector channels after the layer. */
  readonly outChannels: number;
  /** a `[e, E]`. */
  readonly attributes?: Tensor;
  /** v^init `[3, n]`. */
  readonly velocities?: Tensor;
}

/** The hidden layer of a two-layer network. */
const hiddenOf = (x: Tensor, layer: Dense) => silu(dense(x, layer));

/** m_ij = φ_e(h_i, h_j, r_ij, a_ij) `[E, H]`. */
function messages(features: Tensor, radial: Tensor, input: EgnnLayerInput): Tensor {
  const { neighbourhood, attributes, parameters: { edge, attention } } = input;
  const pair = attributes === undefined ? radial : tf.concat([radial, attributes], 0);
  const first = tf.add(
    neighbourhood.pairSum(
      dense(features, { weight: edge.receiver, bias: edge.bias }),
      matrixProduct(features, edge.sender),
    ),
    tf.matMul(pair as tf.Tensor2D, edge.pair as tf.Tensor2D, true),
  );
  const m = silu(dense(silu(first), edge.output));
  if (attention === undefined) return neighbourhood.maskRows(m);
  // The mask is put on the one weight of an edge instead of its H features.
  return tf.mul(m, neighbourhood.maskRows(tf.sigmoid(dense(m, attention))));
}

const matrixProduct = (a: Tensor, b: Tensor): Tensor => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);

/** Σ_i W[i, j] d[·, i] for every edge: `[K_in, K_out, E]` and `[3, K_in, E]` → `[3, K_out, E]`. */
function mixChannels(mixing: Tensor, differences: Tensor): Tensor {
  const [inChannels] = mixing.shape;
  if (inChannels === 1) return tf.mul(mixing, differences);
  return tf.sum(tf.mul(tf.expandDims(mixing, 0), tf.expandDims(differences, 2)), 1);
}

/**
 * One layer of a multi-channel EGNN:
 * m_ij = φ_e(h_i, h_j, r_ij, a_ij), X_i' = X_i + mean_j (X_i − X_j) Φ_x(m_ij) + (Σ_rows φ_v(h_i)) v_i,
 * h_i' = h_i + φ_h(h_i, Σ_j m_ij).
 *
 * Levy et al. 2023, Sec. 3, with the released code's details: X is repeated where K_in = 1 < K_out and
 * averaged over channels where K_out = 1; contributions are clamped; of φ_v, which multiplies the one initial
 * velocity, only column sums count.
 */
export function egnnLayer({ features, coordinates }: EgnnState, input: EgnnLayerInput): EgnnState {
  const { neighbourhood, parameters, normaliseDifferences = false, velocities } = input;
  const [, inChannels, n] = coordinates.shape;
  const { edges } = neighbourhood;
  let differences = tf.reshape(
    neighbourhood.differences(tf.reshape(coordinates, [3 * inChannels, n])),
    [3, inChannels, edges],
  );
  // r_ij[c] = |X_i[:, c] − X_j[:, c]|²
  const radial = tf.sum(tf.square(differences), 0);
  if (normaliseDifferences) {
    // The root has no derivative at 0, where padded atoms are.
    differences = tf.div(differences, tf.add(tf.sqrt(tf.add(radial, 1e-12)), 1));
  }
  const m = messages(features, radial, input);
  const { node } = parameters;
  const hidden = silu(
    tf.add(
      dense(features, { weight: node.own, bias: node.bias }),
      matrixProduct(neighbourhood.sumRows(m), node.messages),
    ),
  );
  return {
    features: tf.add(features, dense(hidden, node.output)),
    coordinates: parameters.coordinates === undefined
      ? coordinates
      : updateCoordinates({ features, coordinates }, { ...input, differences, messages: m, velocities }),
  };
}

function updateCoordinates(
  { features, coordinates }: EgnnState,
  input: EgnnLayerInput & { readonly differences: Tensor; readonly messages: Tensor },
): Tensor {
  const { parameters, neighbourhood, outChannels, differences, velocities, tied = false } = input;
  const { tanh = false, clamp = 100, coordinatesWeight = 1 } = input;
  const [, inChannels, n] = coordinates.shape;
  const { hidden, mixing } = parameters.coordinates!;
  const { edges } = neighbourhood;
  // Φ_x(m)ᵀ: [K_in K_out, E]
  const raw = tf.matMul(mixing as tf.Tensor2D, hiddenOf(input.messages, hidden) as tf.Tensor2D, true, true);
  const weights = tanh ? tf.tanh(raw) : raw;
  // Tied: the mean of the (equal) channels' differences, times the one weight.
  const sent = tied
    ? tf.mul(weights, tf.mean(differences, 1, true))
    : mixChannels(tf.reshape(weights, [inChannels, outChannels, edges]), differences);
  const clamped = neighbourhood.maskColumns(
    tf.reshape(tf.clipByValue(sent, -clamp, clamp), [3 * sent.shape[1]!, edges]),
  );
  const mean = tf.reshape(neighbourhood.meanColumns(clamped), [3, sent.shape[1]!, n]);
  const update = coordinatesWeight === 1 ? mean : tf.mul(mean, coordinatesWeight);
  const base = inChannels > 1 && outChannels === 1 ? tf.mean(coordinates, 1, true) : coordinates;
  let next = tf.add(base, update);
  if (velocities !== undefined && parameters.velocity !== undefined) {
    next = tf.add(next, velocityTerm(features, { ...input, velocities, inChannels }));
  }
  return next.shape[1] === outChannels ? next : tf.tile(next, [1, outChannels, 1]);
}

/**
 * (Σ_i B[i, j]) v: `[3, K_out, n]` (tied: `[3, 1, n]`). The sum over rows is taken of the weights, before the
 * product.
 */
function velocityTerm(
  features: Tensor,
  { parameters, outChannels, velocities, inChannels, tied = false }: EgnnLayerInput & {
    readonly velocities: Tensor;
    readonly inChannels: number;
  },
): Tensor {
  const { hidden, mixing } = parameters.velocity!;
  const columns = tied ? 1 : outChannels, rows = tied ? 1 : inChannels;
  const weight = tf.sum(tf.reshape(mixing.weight, [-1, rows, columns]), 1);
  const bias = tf.sum(tf.reshape(mixing.bias, [rows, columns]), 0);
  const product = tf.matMul(weight as tf.Tensor2D, hiddenOf(features, hidden) as tf.Tensor2D, true, true);
  const factors = tf.add(product, tf.reshape(bias, [columns, 1]));
  return tf.mul(tf.expandDims(factors, 0), tf.expandDims(velocities, 1));
}
