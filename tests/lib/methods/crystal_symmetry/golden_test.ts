import assert from "node:assert/strict";
import { developmentFile } from "../../../_development_data.ts";
import { type Crystal, prototype } from "../../../../lib/crystals/mod.ts";
import {
  cellColouring,
  type CellGroupName,
  countEcn,
  type Ecn,
  type EcnConfig,
  supercellGraph,
} from "../../../../lib/methods/crystal_symmetry/mod.ts";
import type { HostTree } from "../../../../lib/compile/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { LARGE_EXECUTORS } from "../../nn/_check.ts";
import { distance, outputsOf } from "./_helpers.ts";

/** Forward passes by an independent NumPy float64 implementation, with weights by formula. */
interface Golden {
  readonly edge_list_sorted: readonly (readonly [number, number, number])[];
  readonly cases: readonly {
    readonly group: CellGroupName;
    readonly break_symmetry: boolean;
    readonly num_params: number;
    readonly output: number;
    readonly site_features_first3: readonly (readonly number[])[];
  }[];
}

const file = await developmentFile("ecn-golden/ecn_forward.json");
const RULE = { cutoff: 4.2 };
const SIZES = { site: 6, bondBasis: 5, bondEmbedding: 4, final: 5, layers: 2 };

/**
 * Tensor number t at flat index k, in the order of the released network: sin(1 + 0.37 t + 0.11 k)/√(fan-in).
 */
function formulaWeights(config: EcnConfig, colours: number): HostTree<Ecn> {
  const { site: S, bondBasis: B, bondEmbedding: D, final: Q, layers } = SIZES;
  let t = 0;
  const next = (size: number, fanIn: number) => {
    const number = t++;
    return Float64Array.from(
      { length: size },
      (_, k) => Math.sin(1 + 0.37 * number + 0.11 * k) / Math.sqrt(fanIn),
    );
  };
  // Published weights are [out, in], ours [in, out].
  const dense = (inputs: number, outputs: number) => {
    const weight = next(inputs * outputs, inputs), bias = next(outputs, inputs);
    const ours = Float32Array.from(
      weight,
      (_, at) => weight[(at % outputs) * inputs + Math.floor(at / outputs)],
    );
    return { weight: hostTensor(ours, [inputs, outputs]), bias: hostTensor(Float32Array.from(bias)) };
  };
  // Published [out, in, colour], ours [colour, in, out].
  const shared = (inputs: number) => {
    const weight = next(S * inputs * colours, inputs), bias = next(S, inputs);
    const ours = new Float32Array(weight.length);
    for (let c = 0, at = 0; c < colours; c++) {
      for (let f = 0; f < inputs; f++) {
        for (let s = 0; s < S; s++) ours[at++] = weight[(s * inputs + f) * colours + c];
      }
    }
    return { weight: hostTensor(ours, [colours, inputs, S]), bias: hostTensor(Float32Array.from(bias)) };
  };
  const cellLayer = () => ({ first: shared(2 * S + D), second: shared(S) });
  const site = dense(103 + (config.breakSymmetry ? 8 : 0), S), bond = dense(B, D);
  const made = Array.from({ length: layers }, () => {
    const all = cellLayer(),
      update = [dense(2 * S, S), dense(S, S)],
      attention = dense(S, 1),
      own = cellLayer();
    dense(S, 1); // the second attention, which is never used
    return { all, own, update, attention };
  });
  return { site, bond, layers: made, head: [dense(S, Q), dense(Q, Q), dense(Q, Q), dense(Q, 1)] };
}

Deno.test({
  name: `supercellGraph() has the golden edges of CsCl${file === undefined ? " (needs REFIGURE_DATA)" : ""}`,
  ignore: file === undefined,
  fn() {
    const golden: Golden = JSON.parse(Deno.readTextFileSync(file!));
    const graph = supercellGraph(prototype("caesiumChloride") as Crystal, RULE);
    const edges = Array.from(graph.receivers, (i, e) => [i, graph.senders[e], graph.distances[e]]);
    edges.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    assert.equal(edges.length, 240);
    edges.forEach((edge, e) => assert.ok(distance(edge, golden.edge_list_sorted[e]) < 1e-6));
  },
});

for (const executor of LARGE_EXECUTORS) {
  for (const form of ["grouped", "dense"] as const) {
    Deno.test({
      name: `applyEcn() in the ${form} form gives the golden outputs on ${executor}` +
        (file === undefined ? " (needs REFIGURE_DATA)" : ""),
      ignore: file === undefined,
      async fn() {
        const golden: Golden = JSON.parse(Deno.readTextFileSync(file!));
        const graph = supercellGraph(prototype("caesiumChloride"), RULE);
        for (const { group, break_symmetry, num_params, output, site_features_first3 } of golden.cases) {
          const colouring = cellColouring(group);
          const config = { ...SIZES, breakSymmetry: break_symmetry };
          assert.equal(countEcn(config, { colours: colouring.colours, published: true }), num_params);
          const parameters = formulaWeights(config, colouring.colours);
          const { outputs, sites } = await outputsOf([graph], {
            parameters,
            config,
            colouring,
            form,
            executor,
          });
          assert.ok(Math.abs(outputs[0] - output) < 1e-5, `${group}: ${outputs[0]}, wanted ${output}`);
          assert.ok(distance(sites.subarray(0, 18), site_features_first3.flat()) < 2e-5);
        }
      },
    });
  }
}
