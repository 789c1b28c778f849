/** Training steps of 2309.03139: the N-body experiment at the paper's size, by number of channels. */
import type { ExecutorName } from "../../lib/compile/mod.ts";
import { type DynamicsData, trainDynamics } from "../../lib/nn/graphs/mod.ts";
import { multichannelEgnn } from "../../lib/methods/multichannel_egnn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Case, onOurs, type Timing, type Topic } from "../_case.ts";
import { stepTime } from "../_step_time.ts";

const BATCH = 100, NODES = 5, ATTRIBUTES = 2, LAYERS = 4;

const script = "multichannel_egnn.py";

/** Random particles of the experiment's shapes. */
function particles(samples: number): DynamicsData {
  const normal = (name: string, width: number) =>
    stream(0, "bench", name).normal(new Float32Array(samples * width));
  return {
    samples,
    nodes: NODES,
    positions: normal("positions", 3 * NODES),
    velocities: normal("velocities", 3 * NODES),
    targets: normal("targets", 3 * NODES),
    nodeFeatures: normal("features", NODES),
    edgeAttributes: normal("attributes", ATTRIBUTES * NODES * (NODES - 1)),
  };
}

function training(channels: number, hidden: number, executor: ExecutorName, repeats: number): Timing {
  const measure = stepTime(async (steps, onProgress) => {
    // Few steps: fewer samples, so that there are no fewer than two epochs. Validation is seldom, and on few
    // samples.
    const data = particles(Math.min(3000, BATCH * Math.floor(steps / 2)));
    const few = particles(1), epochs = Math.ceil(steps * BATCH / data.samples);
    const trained = await trainDynamics({ train: data, valid: few, test: few }, {
      model: multichannelEgnn({ channels, hidden, layers: LAYERS }),
      seed: 0,
      executor,
      epochs,
      evaluateEvery: epochs,
      onProgress,
    });
    await trained.dispose();
  });
  return { measure, repeats };
}

/**
 * Multiplications and additions of the matrix products of a training step, in the form that runs on nodes.
 */
function flop(channels: number, H: number): number {
  let products = 0;
  for (let l = 0; l < LAYERS; l++) {
    const [ins, outs] = [l === 0 ? 1 : channels, l === LAYERS - 1 ? 1 : channels];
    const edge = (ins + ATTRIBUTES) * H + 2 * H * H + H * ins * outs;
    const node = 6 * H * H + H * outs;
    products += NODES * (NODES - 1) * edge + NODES * node;
  }
  return 3 * 2 * BATCH * products;
}

export const multichannelEgnnSteps: Topic = ({ quick }) => {
  const hidden = quick ? 4 : 64;
  const step = (channels: number, form: "edges" | "dense"): Case => ({
    name:
      `MC-EGNN training step, K = ${channels} (${BATCH} graphs of ${NODES}, H = ${hidden}; peer: ${form})`,
    unit: "ms/step",
    flop: flop(channels, hidden),
    engines: {
      ...onOurs((executor) => training(channels, hidden, executor, 240)),
      wasm: training(channels, hidden, "wasm", quick ? 4 : 12),
    },
    peers: {
      torch: { script, name: "training-step", options: { channels, hidden, form }, repeats: quick ? 2 : 100 },
    },
  });
  return [step(1, "edges"), step(3, "edges"), step(3, "dense"), step(5, "edges")];
};
