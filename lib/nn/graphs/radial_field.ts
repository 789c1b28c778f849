import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, hostTensor, initDense } from "../mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { denseAttributes } from "./dense.ts";
import { completeGraphs } from "./neighbourhood.ts";
import { silu } from "./silu.ts";
import type { DynamicsInputs, DynamicsModel } from "./models.ts";

/** What makes the radial-field baseline. */
export interface RadialFieldConfig {
  /** Number of layers. @default 4 */
  readonly layers?: number;
  /** H. @default 64 */
  readonly hidden?: number;
  /** e. @default 2 */
  readonly edgeAttributes?: number;
}

/** Parameters of a radial-field layer. */
export interface RadialFieldLayer {
  /** 1 + e → H. */
  readonly radial: Dense;
  /** H → 1, without bias; then tanh. */
  readonly strength: Tensor;
  /** 1 → H → 1. */
  readonly velocity: readonly Dense[];
}

function initRadialField(
  stream: Stream,
  { layers, hidden: H, edgeAttributes: e }: Required<RadialFieldConfig>,
): HostTree<RadialFieldLayer[]> {
  const bound = 0.001 * Math.sqrt(6 / (H + 1));
  return Array.from({ length: layers }, (_, l) => {
    const random = stream.split("layer", String(l));
    return {
      radial: initDense(random.split("radial"), { inputs: 1 + e, outputs: H }),
      strength: hostTensor(
        random.split("strength").uniform(new Float32Array(H), { low: -bound, high: bound }),
        [H, 1],
      ),
      velocity: [
        initDense(random.split("velocity-0"), { inputs: 1, outputs: H }),
        initDense(random.split("velocity-1"), { inputs: H, outputs: 1 }),
      ],
    };
  });
}

function applyRadialField(
  inputs: DynamicsInputs,
  parameters: readonly RadialFieldLayer[],
  edgeAttributes: number,
): Tensor {
  const { positions, velocities, nodeMask, edgeMask } = inputs;
  const [batch, nodes] = positions.shape;
  const n = batch * nodes;
  const neighbourhood = completeGraphs({ batch, nodes, nodeMask, edgeMask });
  const attributes = denseAttributes(inputs, edgeAttributes);
  const columns = (x: Tensor) => tf.reshape(tf.transpose(x, [2, 1, 0]), [3, n]);
  const matMul = (a: Tensor, b: Tensor, transpose: boolean) =>
    tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true, transpose);
  const v = columns(velocities);
  const speed = tf.sqrt(tf.add(tf.sum(tf.square(v), 0, true), 1e-12));
  let x = columns(positions);
  for (const { radial, strength, velocity: [first, second] } of parameters) {
    const differences = neighbourhood.differences(x);
    const distance = tf.sqrt(tf.add(tf.sum(tf.square(differences), 0, true), 1e-12));
    const pair = attributes === undefined ? distance : tf.concat([distance, attributes], 0);
    const hidden = silu(tf.add(matMul(pair, radial.weight, false), radial.bias));
    const sent = neighbourhood.maskColumns(tf.mul(differences, tf.tanh(matMul(strength, hidden, true))));
    const factor = dense(silu(tf.add(matMul(speed, first.weight, false), first.bias)), second);
    x = tf.add(
      tf.add(x, neighbourhood.meanColumns(sent)),
      tf.mul(v, tf.reshape(factor, [1, n])),
    );
  }
  return tf.transpose(tf.reshape(x, [3, nodes, batch]), [2, 1, 0]);
}

/**
 * Radial field: x_i' = x_i + mean_j (x_i − x_j) φ(|x_i − x_j|, a_ij) + φ_v(|v_i|) v_i, layer by layer, with φ
 * ending in tanh and no features of nodes.
 *
 * Köhler et al. 2019 as in Satorras et al. 2021; E(3)-equivariant. The node features of the data are not
 * read.
 */
export function radialField(config: RadialFieldConfig = {}): DynamicsModel<RadialFieldLayer[]> {
  const { layers = 4, hidden: H = 64, edgeAttributes: e = 2 } = config;
  return {
    name: "Radial field",
    parameterCount: layers * ((1 + e) * H + H + H + 2 * H + H + 1),
    nodeFeatures: 0,
    edgeAttributes: e,
    init: (stream) => initRadialField(stream, { layers, hidden: H, edgeAttributes: e }),
    predict: (inputs, parameters) => applyRadialField(inputs, parameters, e),
  };
}
