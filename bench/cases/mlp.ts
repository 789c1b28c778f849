/**
 * Training steps of a regression network: 32 inputs, three hidden layers with ReLU, mean squared error, Adam.
 */
import { type Dense, dense, hostTensor, initDense, relu } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import type { Case } from "../_case.ts";
import { type Problem, trainingEngines } from "../_training.ts";

const INPUTS = 32, HIDDEN = 3;
/** Batches per epoch. */
const BATCHES = 16;

interface Shape {
  readonly width: number;
  readonly batch: number;
  readonly steps: Problem<Dense[], unknown>["steps"];
  /** Steps of one measurement in PyTorch. */
  readonly torch: number;
}

const SHAPES: readonly Shape[] = [
  { width: 64, batch: 64, steps: { native: 4000, wasm: 400, tfjsCpu: 8, tfjsWasm: 20 }, torch: 400 },
  { width: 128, batch: 256, steps: { native: 320, wasm: 64, tfjsCpu: 2, tfjsWasm: 4 }, torch: 120 },
  { width: 256, batch: 256, steps: { native: 128, wasm: 32, tfjsCpu: 1, tfjsWasm: 2 }, torch: 80 },
  { width: 512, batch: 1024, steps: { native: 16, wasm: 16, tfjsCpu: 1, tfjsWasm: 1 }, torch: 10 },
];

interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

function loss(layers: readonly Dense[], { x, y }: Batch): Tensor {
  const predicted = layers.reduce((h, layer, i) => dense(i === 0 ? h : relu(h), layer), x);
  return tf.mean(tf.square(tf.sub(predicted, y)));
}

function step({ width, batch, steps, torch }: Shape): Case {
  const rows = BATCHES * batch;
  const random = stream(0, "bench");
  const x = random.normal(new Float32Array(rows * INPUTS)), y = random.normal(new Float32Array(rows));
  const sizes = [INPUTS, ...Array<number>(HIDDEN).fill(width), 1];
  const layers = sizes.slice(1).map((outputs, i) => initDense(random, { inputs: sizes[i], outputs }));
  const problem: Problem<readonly Dense[], Batch> = {
    loss,
    parameters: layers,
    batchSize: batch,
    rows,
    batches: {
      example: {
        x: hostTensor(new Float32Array(batch * INPUTS), [batch, INPUTS]),
        y: hostTensor(new Float32Array(batch), [batch, 1]),
      },
      fill(view, order) {
        order.forEach((row, i) => {
          for (let k = 0; k < INPUTS; k++) view.x.data[i * INPUTS + k] = x[row * INPUTS + k];
          view.y.data[i] = y[row];
        });
      },
    },
    steps,
  };
  return {
    name: `MLP training step ${width}/${batch} (width/batch)`,
    unit: "ms/step",
    // The gradient of the first layer's input is not needed.
    flop: 2 * batch * (2 * INPUTS * width + 3 * ((HIDDEN - 1) * width ** 2 + width)),
    engines: trainingEngines(problem),
    peers: { torch: { script: "mlp.py", name: "mlp-step", options: { width, batch }, repeats: torch } },
  };
}

export function mlp({ quick }: { readonly quick: boolean }): readonly Case[] {
  return (quick ? [{ ...SHAPES[0], width: 8, batch: 4 }] : SHAPES).map(step);
}
