/** Training steps of 2211.15420: perovskites at the laptop profile's size, with PyTorch beside. */
import type { ExecutorName } from "../../lib/compile/mod.ts";
import { prototype } from "../../lib/crystals/mod.ts";
import {
  cgcnnModel,
  type CrystalModel,
  ecnModel,
  primitiveGraph,
  trainCrystals,
} from "../../lib/methods/crystal_symmetry/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Case, onOurs, type Timing, type Topic } from "../_case.ts";
import { stepTime } from "../_step_time.ts";

const BATCH = 64, ROWS = 512, LAYERS = 2, RULE = { cutoff: 3.6 };
const script = "crystal_symmetry.py";

/** Strontium titanate with random elements: 76 edges between neighbours and 5 from atoms to themselves. */
function samples(count: number) {
  const graph = primitiveGraph(prototype("perovskite"), RULE);
  const random = stream(0, "bench", "crystals");
  const targets = random.normal(new Float64Array(count));
  return Array.from(targets, (target) => ({
    graph: {
      ...graph,
      atomicNumbers: Uint8Array.from(random.integers(new Int32Array(5), { low: 1, high: 97 })),
    },
    target,
  }));
}

function training(model: CrystalModel, executor: ExecutorName, repeats: number): Timing {
  const measure = stepTime(async (steps, onProgress) => {
    // Few steps: fewer samples, so that there are no fewer than two epochs. Validation is seldom, and on few
    // samples.
    const train = samples(Math.min(ROWS, BATCH * Math.max(1, Math.floor(steps / 2))));
    const few = train.slice(0, 2), epochs = Math.ceil(steps * BATCH / train.length);
    await trainCrystals({ train, valid: few, test: few }, {
      model,
      seed: 0,
      executor,
      epochs,
      batchSize: BATCH,
      evaluateEvery: epochs,
      onProgress,
    });
  });
  return { measure, repeats };
}

export const crystalSymmetry: Topic = ({ quick }) => {
  const site = quick ? 4 : 32, bond = site / 2;
  const { receivers, senders } = samples(1)[0].graph;
  const edges = receivers.length, own = receivers.filter((i, e) => i === senders[e]).length;
  const options = { width: site, layers: LAYERS, bond, edges, own };
  const step = (name: string, model: CrystalModel<never>, form: "cgcnn" | "ecn"): Case => ({
    name: `${name} training step (${BATCH} perovskites of ${edges} edges, S = ${site})`,
    unit: "ms/step",
    engines: {
      ...onOurs((executor) => training(model as CrystalModel, executor, quick ? 4 : 160)),
      wasm: training(model as CrystalModel, "wasm", 4),
    },
    peers: {
      torch: {
        script,
        name: "training-step",
        options: { form, ...options },
        repeats: quick ? 2 : form === "ecn" ? 10 : 80,
      },
    },
  });
  const ecn = (group: "set" | "pcubic") =>
    ecnModel({ group, site, bondEmbedding: bond, layers: LAYERS, final: site }) as CrystalModel<never>;
  return [
    step("ECN, pcubic; peer: CGCNN,", ecn("pcubic"), "cgcnn"),
    step("ECN, set; peer: CGCNN,", ecn("set"), "cgcnn"),
    step("ECN, pcubic; peer: the same by lifting,", ecn("pcubic"), "ecn"),
    step("CGCNN", cgcnnModel({ site, bond, layers: LAYERS, hidden: site }) as CrystalModel<never>, "cgcnn"),
  ];
};
