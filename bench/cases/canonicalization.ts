/**
 * Training steps behind learned canonicalizers: a CNN of digits over C4, and PointNet with vector-neuron
 * frames; the peers are the same networks in PyTorch, its template collapsed as ours is.
 */
import type { HostTree } from "../../lib/compile/mod.ts";
import {
  canonicalize,
  discreteCanonicalizer,
  pointFrameCanonicalizer,
} from "../../lib/methods/canonicalization/mod.ts";
import {
  cyclic,
  initStatistics,
  type Network,
  pointNet,
  Sequence,
  type Statistics,
} from "../../lib/nn/group/mod.ts";
import {
  type Affine,
  constants,
  type Conv2d,
  conv2d,
  crossEntropy,
  type Dense,
  dense,
  hostTensor,
  initAffine,
  initConv2d,
  initDense,
} from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import type { Case } from "../_case.ts";
import { trainingEngines } from "../_training.ts";

const SIDE = 28, CLASSES = 10, BATCHES = 8;
/** Filter sizes, strides, padding and width factors of the digits' network. */
const PLAN = [[3, 1, 0, 1], [3, 1, 0, 1], [5, 2, 1, 2], [3, 1, 0, 2], [3, 1, 0, 2], [5, 2, 1, 4]] as const;
/** Pixels of a side after the last convolution. */
const LEFT = 3;

interface Cnn {
  readonly layers: readonly (Conv2d & { readonly affine: Affine })[];
  readonly head: Dense;
}

function cnn(width: number): Network<Cnn, Statistics> {
  const widths = PLAN.map(([, , , factor]) => factor * width);
  return {
    name: "CNN",
    init: (random) => ({
      parameters: {
        layers: PLAN.map(([size], i) => ({
          ...initConv2d(random.split(String(i)), {
            size,
            inputs: i === 0 ? 1 : widths[i - 1],
            outputs: widths[i],
          }),
          affine: initAffine(widths[i]),
        })),
        head: initDense(random.split("head"), { inputs: LEFT * LEFT * widths[5], outputs: CLASSES }),
      } as HostTree<Cnn>,
      buffers: initStatistics(widths),
    }),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const features = pass.parameters.layers.reduce(
        (h, { affine, ...layer }, i) =>
          tf.relu(sequence.norm(conv2d(h, layer, { stride: PLAN[i][1], padding: PLAN[i][2] }), affine)),
        x,
      );
      const flat = tf.reshape(features, [x.shape[0], features.size / x.shape[0]]);
      return { output: dense(flat, pass.parameters.head), buffers: sequence.statistics };
    },
  };
}

interface Batch {
  readonly x: Tensor;
  /** One-hot, `[batch, 10]`. */
  readonly classes: Tensor;
}

function training<P, B>(
  network: Network<P, B>,
  { batch, shape, steps }: {
    batch: number;
    shape: readonly number[];
    steps: Record<"native" | "wasm", number>;
  },
) {
  const random = stream(0, "bench"), rows = BATCHES * batch;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = random.normal(new Float32Array(rows * size));
  const { parameters, buffers } = network.init(random.split("weights"));
  return trainingEngines<P, Batch>({
    loss: (parameters, { x, classes }) => {
      const pass = { parameters, buffers: constants<B>(buffers), training: true };
      return crossEntropy(network.apply(x, pass).output, { target: classes });
    },
    parameters,
    batchSize: batch,
    rows,
    batches: {
      example: {
        x: hostTensor(new Float32Array(batch * size), [batch, ...shape]),
        classes: hostTensor(new Float32Array(batch * CLASSES), [batch, CLASSES]),
      },
      fill({ x, classes }, order) {
        classes.data.fill(0);
        order.forEach((row, i) => {
          x.data.set(data.subarray(row * size, (row + 1) * size), i * size);
          classes.data[i * CLASSES + row % CLASSES] = 1;
        });
      },
    },
    steps,
  });
}

export function canonicalization({ quick }: { readonly quick: boolean }): readonly Case[] {
  const digits = quick ? { batch: 2, width: 2 } : { batch: 64, width: 8 };
  const clouds = quick ? { batch: 2, points: 16, neighbours: 4 } : { batch: 32, points: 128, neighbours: 8 };
  const pointSizes = { widths: [16, 32, 128], head: [64, 32] };
  return [
    {
      name: `CN(C4)-CNN training step (width ${digits.width}, batch ${digits.batch})`,
      unit: "ms/step",
      engines: training(
        canonicalize(cnn(digits.width), discreteCanonicalizer({ group: cyclic(4), size: SIDE, layers: 1 })),
        { batch: digits.batch, shape: [SIDE, SIDE, 1], steps: { native: 16, wasm: 4 } },
      ),
      peers: {
        torch: { script: "canonicalization.py", name: "digits", options: digits, repeats: 16 },
      },
    },
    {
      name: `CN(NL)-PointNet training step (${clouds.points} points, batch ${clouds.batch})`,
      unit: "ms/step",
      engines: training(
        canonicalize(
          pointNet({ classes: CLASSES, ...pointSizes, dropout: 0 }),
          pointFrameCanonicalizer({ neighbours: clouds.neighbours, channels: 8, dropout: 0 }),
        ),
        { batch: clouds.batch, shape: [clouds.points, 3], steps: { native: 16, wasm: 4 } },
      ),
      peers: {
        torch: { script: "canonicalization.py", name: "clouds", options: clouds, repeats: 16 },
      },
    },
  ];
}
