import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, hostTensor, type HostTensorOf, initDense } from "../mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { denseAttributes } from "./dense.ts";
import { completeGraphs } from "./neighbourhood.ts";
import { silu } from "./silu.ts";
import type { DynamicsInputs, DynamicsModel } from "./models.ts";

/** What makes the message-passing baseline. */
export interface GnnConfig {
  /** Number of layers. @default 4 */
  readonly layers?: number;
  /** H. @default 64 */
  readonly hidden?: number;
  /**
   * How many of the edge attributes are read, from the first on: the N-body experiment's first is q_i q_j.
   * @default 1
   */
  readonly edgeAttributes?: number;
}

/** Parameters of a message-passing layer, the first linear maps in parts as in {@link EgnnLayer}. */
export interface GnnLayer {
  /** The network on edges. */
  readonly edge: {
    readonly receiver: Tensor;
    readonly sender: Tensor;
    /** `[e, H]`; absent for e = 0. */
    readonly attributes?: Tensor;
    readonly bias: Tensor;
    readonly output: Dense;
  };
  /** The network on nodes. */
  readonly node: {
    readonly own: Tensor;
    readonly messages: Tensor;
    readonly bias: Tensor;
    readonly output: Dense;
  };
}

/** Parameters of the message-passing baseline. */
export interface Gnn {
  /** 6 → H. */
  readonly embedding: Dense;
  /** Of message passing. */
  readonly layers: readonly GnnLayer[];
  /** H → H → 3. */
  readonly decoder: readonly Dense[];
}

function initGnn(
  stream: Stream,
  { layers, hidden: H, edgeAttributes: e }: Required<GnnConfig>,
): HostTree<Gnn> {
  const layer = (name: string, inputs: number, outputs: number) =>
    initDense(stream.split(name), { inputs, outputs });
  const rows = ({ data }: HostTensorOf<"float32">, from: number, to: number) =>
    hostTensor(data.slice(from * H, to * H), [to - from, H]);
  return {
    embedding: layer("embedding", 6, H),
    layers: Array.from({ length: layers }, (_, l) => {
      const edge = layer(`layer-${l}-edge-0`, 2 * H + e, H), node = layer(`layer-${l}-node-0`, 2 * H, H);
      const [edgeWeight, nodeWeight] = [edge.weight, node.weight] as HostTensorOf<"float32">[];
      return {
        edge: {
          receiver: rows(edgeWeight, 0, H),
          sender: rows(edgeWeight, H, 2 * H),
          ...e > 0 && { attributes: rows(edgeWeight, 2 * H, 2 * H + e) },
          bias: edge.bias,
          output: layer(`layer-${l}-edge-1`, H, H),
        },
        node: {
          own: rows(nodeWeight, 0, H),
          messages: rows(nodeWeight, H, 2 * H),
          bias: node.bias,
          output: layer(`layer-${l}-node-1`, H, H),
        },
      };
    }),
    decoder: [layer("decoder-0", H, H), layer("decoder-1", H, 3)],
  };
}

function applyGnn(inputs: DynamicsInputs, parameters: Gnn, edgeAttributes: number): Tensor {
  const { positions, velocities, nodeMask, edgeMask } = inputs;
  const [batch, nodes] = positions.shape;
  const n = batch * nodes;
  const neighbourhood = completeGraphs({ batch, nodes, nodeMask, edgeMask });
  const attributes = denseAttributes(inputs, edgeAttributes);
  const matMul = (a: Tensor, b: Tensor, transpose = false) =>
    tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transpose);
  const state = tf.transpose(tf.concat([positions, velocities], 2), [1, 0, 2]);
  let h = dense(tf.reshape(state, [n, 6]), parameters.embedding);
  for (const { edge, node } of parameters.layers) {
    const ends = neighbourhood.pairSum(
      dense(h, { weight: edge.receiver, bias: edge.bias }),
      matMul(h, edge.sender),
    );
    const first = attributes === undefined || edge.attributes === undefined
      ? ends
      : tf.add(ends, matMul(attributes, edge.attributes, true));
    const m = neighbourhood.maskRows(silu(dense(silu(first), edge.output)));
    const hidden = silu(
      tf.add(
        dense(h, { weight: node.own, bias: node.bias }),
        matMul(neighbourhood.sumRows(m), node.messages),
      ),
    );
    h = tf.add(h, dense(hidden, node.output));
  }
  const [first, second] = parameters.decoder;
  const out = dense(silu(dense(h, first)), second);
  return tf.transpose(tf.reshape(out, [nodes, batch, 3]), [1, 0, 2]);
}

/**
 * Message passing without equivariance: h⁰ = Linear([x, v]), m_ij = φ_e(h_i, h_j, a_ij), h_i' = h_i +
 * φ_h(h_i, Σ_j m_ij), and an MLP from h to the position.
 *
 * The "GNN" of Satorras et al. 2021, released code `n_body_system/model.py`; the node features of the data
 * are not read.
 */
export function gnn(config: GnnConfig = {}): DynamicsModel<Gnn> {
  const { layers = 4, hidden: H = 64, edgeAttributes: e = 1 } = config;
  return {
    name: "GNN",
    parameterCount: 7 * H + layers * ((2 * H + e) * H + H + H * H + H + 3 * H * H + 2 * H) + H * H + H +
      3 * H + 3,
    nodeFeatures: 0,
    edgeAttributes: e,
    init: (stream) => initGnn(stream, { layers, hidden: H, edgeAttributes: e }),
    predict: (inputs, parameters) => applyGnn(inputs, parameters, e),
  };
}
