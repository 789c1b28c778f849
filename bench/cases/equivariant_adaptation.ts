/**
 * Training steps of canonicalizers by the prior's loss: a trainable copy of ResNet-20's last stage that votes
 * on the poses of photographs whose activations behind the frozen stages are known (batch normalisations
 * folded in), and a perceptron that votes on those of digits, which are turned in the step. The peers are the
 * same in PyTorch.
 */
import type { HostTree } from "../../lib/compile/mod.ts";
import {
  activationsFromVotes,
  type MlpJudge,
  mlpJudge,
  priorLoss,
  voteEnergy,
} from "../../lib/methods/equivariant_adaptation/mod.ts";
import { cyclic } from "../../lib/nn/group/mod.ts";
import {
  type CifarResNet,
  cifarResNetStages,
  type Dense,
  dense,
  globalAveragePool,
  hostTensor,
  initConv2d,
  initDense,
} from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import type { Tensor } from "../../lib/tensor/mod.ts";
import type { Case } from "../_case.ts";
import { trainingEngines } from "../_training.ts";

const POSES = 4, BATCHES = 2;

interface Late {
  readonly stages: CifarResNet["stages"];
  readonly head: Dense;
}

/** A stage of so many blocks that doubles the channels. */
function late(inputs: number, blocks: number): HostTree<Late> {
  const random = stream(0, "bench"), outputs = 2 * inputs;
  const conv = (name: string, from: number) =>
    initConv2d(random.split(name), { size: 3, inputs: from, outputs, initialiser: "he" });
  return {
    stages: [Array.from({ length: blocks }, (_, i) => ({
      first: conv(`first-${i}`, i === 0 ? inputs : outputs),
      second: conv(`second-${i}`, outputs),
    }))],
    head: initDense(random.split("head"), { inputs: outputs, outputs: POSES }),
  };
}

/** The canonicalizer of digits over C8. */
function digits(quick: boolean): Case {
  const side = 28, rotations = 8, options = quick ? { batch: 2, hidden: 4 } : { batch: 64, hidden: 64 };
  const { batch, hidden } = options, rows = BATCHES * batch, size = side * side;
  const energy = voteEnergy(mlpJudge({ pixels: size, hidden, votes: rotations }), cyclic(rotations));
  const data = stream(0, "bench", "digits").uniform(new Float32Array(rows * size));
  return {
    name: `Canonicalizer training step (perceptron, C8, batch ${batch})`,
    unit: "ms/step",
    engines: trainingEngines<MlpJudge, { readonly x: Tensor }>({
      loss: (parameters, { x }) =>
        priorLoss(energy.activations(x, { parameters, buffers: [], training: true }).activations),
      parameters: energy.init(stream(0, "bench", "perceptron")).parameters,
      batchSize: batch,
      rows,
      batches: {
        example: { x: hostTensor(new Float32Array(batch * size), [batch, side, side, 1]) },
        fill({ x }, order) {
          order.forEach((row, i) => x.data.set(data.subarray(row * size, (row + 1) * size), i * size));
        },
      },
      steps: { native: 16, wasm: 4 },
    }),
    peers: {
      torch: { script: "equivariant_adaptation.py", name: "digits", options, repeats: 16 },
    },
  };
}

export function equivariantAdaptation({ quick }: { readonly quick: boolean }): readonly Case[] {
  const options = quick
    ? { batch: 2, side: 4, inputs: 4, blocks: 1 }
    : { batch: 16, side: 16, inputs: 32, blocks: 3 };
  const { batch, side, inputs, blocks } = options;
  const size = side * side * inputs, rows = BATCHES * batch;
  const data = stream(0, "bench", "features").normal(new Float32Array(rows * POSES * size));
  return [{
    name: `Canonicalizer training step (ResNet-20's last stage, C4, batch ${batch})`,
    unit: "ms/step",
    engines: trainingEngines<Late, { readonly h: Tensor }>({
      loss: ({ stages, head }, { h }) =>
        priorLoss(
          activationsFromVotes(dense(globalAveragePool(cifarResNetStages(h, stages)), head), cyclic(POSES)),
        ),
      parameters: late(inputs, blocks),
      batchSize: batch,
      rows,
      batches: {
        example: {
          h: hostTensor(new Float32Array(POSES * batch * size), [POSES * batch, side, side, inputs]),
        },
        fill({ h }, order) {
          for (let pose = 0; pose < POSES; pose++) {
            order.forEach((row, i) => {
              const at = (row * POSES + pose) * size;
              h.data.set(data.subarray(at, at + size), (pose * batch + i) * size);
            });
          }
        },
      },
      steps: { native: 8, wasm: 2 },
    }),
    peers: {
      torch: { script: "equivariant_adaptation.py", name: "canonicalizer", options, repeats: 8 },
    },
  }, digits(quick)];
}
