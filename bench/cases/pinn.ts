/**
 * Training steps of a physics-informed network for the heat equation: mean of (u_t − u_xx)², three hidden
 * tanh layers.
 */
import { type Dense, dense, hostTensor, initDense, jetMlp } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import type { Case } from "../_case.ts";
import { type Problem, trainingEngines } from "../_training.ts";

const INPUTS = 2, HIDDEN = 3;
/** Batches per epoch. */
const BATCHES = 16;

type Layers = readonly Dense[];

interface Shape {
  readonly width: number;
  readonly points: number;
  readonly steps: Problem<Layers, Tensor>["steps"];
  /** Steps of one measurement in PyTorch. */
  readonly torch: number;
}

const SHAPES: readonly Shape[] = [
  { width: 64, points: 256, steps: { native: 160, wasm: 32, tfjsCpu: 1, tfjsWasm: 2 }, torch: 60 },
  { width: 128, points: 1024, steps: { native: 32, wasm: 8, tfjsCpu: 1, tfjsWasm: 1 }, torch: 10 },
];

const column = (x: Tensor, index: number): Tensor => tf.slice(x, [0, index], [-1, 1]);

/** u_t − u_xx by reverse mode within reverse mode. */
function nestedResidual(layers: Layers, x: Tensor): Tensor {
  const u = (x: Tensor) => tf.sum(layers.reduce((h, layer, i) => dense(i === 0 ? h : tf.tanh(h), layer), x));
  const gradient = tf.grad(u);
  const second = tf.grad((x: Tensor) => tf.sum(column(gradient(x), 1)));
  return tf.sub(column(gradient(x), 0), column(second(x), 1));
}

/** u_t − u_xx by forward propagation. */
function jetResidual(layers: Layers, x: Tensor): Tensor {
  return jetMlp(layers, x, {
    activation: "tanh",
    directions: { t: [1, 0], x: [0, 1] },
    derivatives: [],
    combinations: { heat: { t: 1, xx: -1 } },
  }).heat;
}

interface Way {
  readonly how: string;
  readonly residual: (layers: Layers, x: Tensor) => Tensor;
  readonly flop?: (width: number, points: number) => number;
}

const WAYS: readonly Way[] = [
  { how: "nested gradients", residual: nestedResidual },
  // Value, u_t, u_x and u_xx go through two large layers, forward once and backward twice.
  {
    how: "jets",
    residual: jetResidual,
    flop: (width, points) => 4 * 3 * (HIDDEN - 1) * 2 * points * width ** 2,
  },
];

function step(
  { width, points, steps, torch }: Shape,
  { how, residual, flop }: Way,
): Case {
  const random = stream(0, "bench");
  const data = random.uniform(new Float32Array(BATCHES * points * INPUTS), { low: -1 });
  const sizes = [INPUTS, ...Array<number>(HIDDEN).fill(width), 1];
  return {
    name: `PINN training step with u_xx ${width}/${points} (width/points) by ${how}`,
    unit: "ms/step",
    flop: flop?.(width, points),
    engines: trainingEngines<Layers, Tensor>({
      loss: (layers, x) => tf.mean(tf.square(residual(layers, x))),
      parameters: sizes.slice(1).map((outputs, i) => initDense(random, { inputs: sizes[i], outputs })),
      batchSize: points,
      rows: BATCHES * points,
      batches: {
        example: hostTensor(new Float32Array(points * INPUTS), [points, INPUTS]),
        fill: (view, order) =>
          order.forEach((row, i) => {
            view.data[2 * i] = data[2 * row];
            view.data[2 * i + 1] = data[2 * row + 1];
          }),
      },
      steps,
    }),
    peers: { torch: { script: "pinn.py", name: "pinn-step", options: { width, points }, repeats: torch } },
  };
}

export function pinn({ quick }: { readonly quick: boolean }): readonly Case[] {
  return (quick ? [{ ...SHAPES[0], width: 8, points: 4 }] : SHAPES)
    .flatMap((shape) => WAYS.map((way) => step(shape, way)));
}
