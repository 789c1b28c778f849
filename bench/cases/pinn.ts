/** Training steps of a physics-informed network with u_t − ν u_xx as its loss, by jets and by nested gradients. */
import { type Dense, dense, hostTensor, initDense, jetMlp, tanh } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import type { Case } from "../_case.ts";
import { type Problem, trainingEngines } from "../_training.ts";

const HIDDEN = 3, NU = 0.01;
/** Batches per epoch. */
const BATCHES = 16;

interface Shape {
  readonly width: number;
  readonly points: number;
  readonly native: number;
  readonly torch: number;
}

const SHAPES: readonly Shape[] = [
  { width: 64, points: 256, native: 400, torch: 100 },
  { width: 128, points: 1024, native: 48, torch: 16 },
];

type Loss = (layers: readonly Dense[], x: Tensor) => Tensor;

const byJets: Loss = (layers, x) => {
  const directions = { x: [1, 0], t: [0, 1] };
  const combinations = { heat: { t: 1, xx: -NU } };
  const jet = jetMlp(layers, x, { activation: "tanh", directions, derivatives: [], combinations });
  return tf.mean(tf.square(jet.heat));
};

const byNestedGradients: Loss = (layers, x) => {
  const u = (y: Tensor) => tf.sum(layers.reduce((h, layer, i) => dense(i === 0 ? h : tanh(h), layer), y));
  const column = (y: Tensor, i: number) => tf.slice(y, [0, i], [-1, 1]);
  const gradient = tf.grad(u);
  const second = column(tf.grad((y: Tensor) => tf.sum(column(gradient(y), 0)))(x), 0);
  return tf.mean(tf.square(tf.sub(column(gradient(x), 1), tf.mul(second, NU))));
};

function step(loss: Loss, name: string, { width, points, native, torch }: Shape): Case {
  const random = stream(0, "bench");
  const sizes = [2, ...Array<number>(HIDDEN).fill(width), 1];
  const problem: Problem<readonly Dense[], Tensor> = {
    loss,
    parameters: sizes.slice(1).map((outputs, i) => initDense(random, { inputs: sizes[i], outputs })),
    batchSize: points,
    rows: BATCHES * points,
    batches: {
      example: hostTensor(new Float32Array(points * 2), [points, 2]),
      fill: ({ data }) => void random.uniform(data as Float32Array),
    },
    steps: { native, wasm: Math.ceil(native / 8) },
  };
  return {
    name: `PINN step with u_xx ${width}/${points} (width/points), ${name}`,
    unit: "ms/step",
    engines: trainingEngines(problem),
    peers: { torch: { script: "pinn.py", name: "pinn-step", options: { width, points }, repeats: torch } },
  };
}

export function pinn({ quick }: { readonly quick: boolean }): readonly Case[] {
  const shapes = quick ? [{ ...SHAPES[0], width: 4, points: 4 }] : SHAPES;
  return shapes.flatMap((shape) => [
    step(byJets, "jets", shape),
    step(byNestedGradients, "nested gradients", shape),
  ]);
}
