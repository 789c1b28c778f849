import assert from "node:assert/strict";
import { developmentFile } from "../../../_development_data.ts";
import type { HostTensor, HostTree } from "../../../../lib/compile/mod.ts";
import {
  applyMultichannelEgnn,
  applyToEdgeList,
  countMultichannelEgnn,
  type EdgeListInputs,
  type MultichannelEgnn,
  type MultichannelEgnnConfig,
} from "../../../../lib/methods/multichannel_egnn/mod.ts";
import type { DynamicsInputs, EgnnLayer } from "../../../../lib/nn/graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { flattenTree } from "../../../../lib/tensor/mod.ts";
import { EXECUTORS } from "../../nn/_check.ts";
import { evaluate } from "./_helpers.ts";

/** Forward passes by an independent NumPy float64 implementation, with weights by formula. */
interface Golden {
  readonly inputs: {
    readonly x: number[][];
    readonly v: number[][];
    readonly row: number[];
    readonly col: number[];
    readonly edge_attr: number[][];
    readonly h0: number[][];
  };
  readonly cases: readonly {
    readonly H: number;
    readonly num_vectors: number;
    readonly layers: number;
    readonly norm_diff: boolean;
    readonly coord2_weight_scale: number;
    readonly num_params: number;
    readonly x_out: number[][];
    readonly layer_trace: readonly { readonly X: number[][][]; readonly h: number[][] }[];
  }[];
}

const file = developmentFile("nbody-golden/mc_egnn_forward.json");
const golden = file === undefined ? undefined : JSON.parse(Deno.readTextFileSync(file)) as Golden;

const flat = (tree: unknown): Float32Array => Float32Array.from((tree as number[]).flat(3) as number[]);

/** Tensor t of the file's rule, `sin(1 + 0.37 t + 0.11 k)/√fan_in` as `[out, in]`, turned to `[in, out]`. */
function byFormula(
  config: Required<Pick<MultichannelEgnnConfig, "hidden" | "channels" | "layers">>,
  scale: number,
) {
  const { hidden: H, channels, layers } = config;
  let t = 0;
  const tensor = (inputs: number, outputs: number, factor = 1): HostTensor => {
    const data = new Float32Array(inputs * outputs);
    for (let k = 0; k < data.length; k++) {
      const value = factor * Math.sin(1 + 0.37 * t + 0.11 * k) / Math.sqrt(inputs);
      data[(k % inputs) * outputs + Math.floor(k / inputs)] = value;
    }
    t++;
    return hostTensor(data, [inputs, outputs]);
  };
  const bias = (fanIn: number, outputs: number): HostTensor => {
    const data = Float32Array.from(
      { length: outputs },
      (_, k) => Math.sin(1 + 0.37 * t + 0.11 * k) / Math.sqrt(fanIn),
    );
    t++;
    return hostTensor(data);
  };
  const dense = (inputs: number, outputs: number) => ({
    weight: tensor(inputs, outputs),
    bias: bias(inputs, outputs),
  });
  const rows = ({ data, shape: [, columns] }: HostTensor, from: number, to: number) =>
    hostTensor(data.slice(from * columns, to * columns) as Float32Array, [to - from, columns]);
  const embedding = dense(1, H);
  const parameters = {
    embedding,
    layers: Array.from({ length: layers }, (_, l) => {
      const inChannels = l === 0 ? 1 : channels, outChannels = l === layers - 1 ? 1 : channels;
      const edge = dense(2 * H + inChannels + 2, H), edgeOutput = dense(H, H);
      const node = dense(2 * H, H), nodeOutput = dense(H, H);
      return {
        edge: {
          receiver: rows(edge.weight, 0, H),
          sender: rows(edge.weight, H, 2 * H),
          pair: rows(edge.weight, 2 * H, 2 * H + inChannels + 2),
          bias: edge.bias,
          output: edgeOutput,
        },
        node: {
          own: rows(node.weight, 0, H),
          messages: rows(node.weight, H, 2 * H),
          bias: node.bias,
          output: nodeOutput,
        },
        coordinates: { hidden: dense(H, H), mixing: tensor(H, inChannels * outChannels, scale) },
        velocity: { hidden: dense(H, H), mixing: dense(H, inChannels * outChannels) },
      } satisfies HostTree<EgnnLayer>;
    }),
  };
  return parameters as HostTree<MultichannelEgnn>;
}

/** Agreement within 1e-4 of the largest value. */
function assertRelative(actual: HostTensor, wanted: ArrayLike<number>, what: string): void {
  assert.equal(actual.data.length, wanted.length, what);
  const scale = Array.from(wanted).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let i = 0; i < wanted.length; i++) {
    assert.ok(
      Math.abs(actual.data[i] - wanted[i]) <= 1e-4 * scale,
      `${what}[${i}]: ${actual.data[i]} instead of ${wanted[i]}`,
    );
  }
}

for (const [index, wanted] of (golden?.cases ?? [undefined]).entries()) {
  const name = wanted === undefined
    ? "skipped: no development data"
    : `case ${index} (K = ${wanted.num_vectors}, norm_diff ${wanted.norm_diff}, scale ${wanted.coord2_weight_scale})`;
  Deno.test({
    name: `applyMultichannelEgnn() equals the independent implementation, ${name}`,
    ignore: wanted === undefined,
    async fn() {
      const { inputs } = golden!, { H: hidden, num_vectors: channels, layers } = wanted!;
      const config = { hidden, channels, layers, normaliseDifferences: wanted!.norm_diff };
      const parameters = byFormula(config, wanted!.coord2_weight_scale);
      const count = (flattenTree(parameters).leaves as unknown as HostTensor[])
        .reduce((sum, { data }) => sum + data.length, 0);
      assert.equal(count, wanted!.num_params);
      assert.equal(countMultichannelEgnn(config), wanted!.num_params);
      const dense: HostTree<DynamicsInputs> = {
        positions: hostTensor(flat(inputs.x), [1, 4, 3]),
        velocities: hostTensor(flat(inputs.v), [1, 4, 3]),
        nodeFeatures: hostTensor(flat(inputs.h0), [1, 4, 1]),
        edgeAttributes: hostTensor(flat(inputs.edge_attr), [1, 12, 2]),
      };
      const list: HostTree<EdgeListInputs> = {
        positions: hostTensor(flat(inputs.x), [4, 3]),
        velocities: hostTensor(flat(inputs.v), [4, 3]),
        nodeFeatures: hostTensor(flat(inputs.h0), [4, 1]),
        receivers: hostTensor(Int32Array.from(inputs.row)),
        senders: hostTensor(Int32Array.from(inputs.col)),
        edgeAttributes: hostTensor(flat(inputs.edge_attr), [12, 2]),
      };
      for (const executor of EXECUTORS) {
        const outputs = [
          await evaluate(
            executor,
            (inputs: DynamicsInputs, p: MultichannelEgnn) =>
              applyMultichannelEgnn(inputs, { parameters: p, config }),
            dense,
            parameters,
          ),
          await evaluate(
            executor,
            (inputs: EdgeListInputs, p: MultichannelEgnn) =>
              applyToEdgeList(inputs, { parameters: p, config }),
            list,
            parameters,
          ),
        ];
        for (const { positions, layers } of outputs) {
          assertRelative(positions, flat(wanted!.x_out), `${executor} x_out`);
          wanted!.layer_trace.forEach(({ X, h }, l) => {
            assertRelative(layers[l].coordinates, flat(X), `${executor} X after layer ${l}`);
            assertRelative(layers[l].features, flat(h), `${executor} h after layer ${l}`);
          });
        }
      }
    },
  });
}
