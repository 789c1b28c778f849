/**
 * The prox of the weight-sharing regularizer: the sort alone, the whole prox, its data-parallel program, and
 * what it adds to a training step.
 *
 * scikit-learn's side of "prox" is NumPy's sort of the weights and isotonic regression of the sorted; it is
 * not asked to undo the sort, as ours is.
 */
import type { ExecutorName, HostTree } from "../../lib/compile/mod.ts";
import { compileParallelProx, ProxSolver, trainWithSharing } from "../../lib/methods/weight_sharing/mod.ts";
import { Sorter } from "../../lib/methods/weight_sharing/_sorter.ts";
import {
  type Affine,
  type BatchMaker,
  batchNorm,
  crossEntropy,
  type Dense,
  dense,
  hostTensor,
  initAffine,
  initDense,
  initRunningStatistics,
  relu,
  type RunningStatistics,
} from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import { type Case, onOurs } from "../_case.ts";
import { now } from "../_clock.ts";
import { stepTime } from "../_step_time.ts";

const ALPHA = 0.01;

const normal = (size: number) => stream(0, "bench", String(size)).normal(new Float32Array(size));

/** Times a synchronous function; the first call, which reserves memory, is left out. */
const timed = (run: () => void) => (repeats: number): Promise<number> => {
  run();
  const started = now();
  for (let i = 0; i < repeats; i++) run();
  return Promise.resolve((now() - started) / repeats);
};

/**
 * The sort alone, and the prox beside its sort (target 1.5) and scikit-learn, on float32 N(0, 1) and α =
 * 0.01.
 */
function hostCases(size: number): readonly Case[] {
  const weights = normal(size), out = new Float32Array(size);
  const sorter = new Sorter(), solver = new ProxSolver();
  const repeats = Math.max(1, Math.round(2e6 / size));
  const peer = { options: { size }, repeats };
  const sort = { measure: timed(() => sorter.sort(weights)), repeats };
  return [
    {
      name: `Weight sharing: sort, d = ${size}`,
      unit: "ms",
      engines: { native: sort },
      peers: { numpy: { ...peer, script: "weight_sharing_numpy.py", name: "sort" } },
    },
    {
      name: `Weight sharing: prox, d = ${size} (baseline: its sort)`,
      unit: "ms",
      baseline: sort,
      engines: {
        native: { measure: timed(() => void solver.solve(weights, { alpha: ALPHA, out })), repeats },
      },
      peers: { sklearn: { ...peer, script: "weight_sharing_sklearn.py", name: "prox" } },
    },
  ];
}

function parallelCase(size: number): Case {
  const weights = normal(size);
  const timing = (executor: ExecutorName) => ({
    repeats: 5,
    async measure(repeats: number) {
      const program = await compileParallelProx({ size, executor });
      await program.run(weights, { alpha: ALPHA });
      const started = now();
      for (let i = 0; i < repeats; i++) await program.run(weights, { alpha: ALPHA });
      const milliseconds = (now() - started) / repeats;
      await program.dispose();
      return milliseconds;
    },
  });
  return {
    name: `Weight sharing: data-parallel prox, d = ${size}`,
    unit: "ms",
    engines: { ...onOurs(timing), wasm: timing("wasm") },
  };
}

/** The torus network of the paper, reduced: 7 × 7 pixels, 16 channels, optionally a second layer. */
interface Torus {
  readonly layers: readonly (Dense & { readonly norm: Affine })[];
  readonly output: Dense;
}
interface Images {
  readonly x: Tensor;
  readonly y: Tensor;
}
interface Statistics {
  readonly layers: readonly RunningStatistics[];
}

const PLACES = 49, CLASSES = 10;

/** Steps with the penalty on all layers, or with none. */
function torusStep(
  { channels, batch, penalised, executor }: {
    readonly channels: readonly number[];
    readonly batch: number;
    readonly penalised: boolean;
    readonly executor: ExecutorName;
  },
) {
  const rows = 8 * batch, random = stream(0, "bench");
  const x = random.normal(new Float32Array(rows * PLACES));
  const sizes = [1, ...channels].map((count) => count * PLACES);
  const last = channels[channels.length - 1];
  const parameters = {
    layers: channels.map((_, i) => ({
      ...initDense(random, { inputs: sizes[i], outputs: sizes[i + 1] }),
      norm: initAffine(sizes[i + 1]),
    })),
    output: initDense(random, { inputs: last, outputs: CLASSES }),
  } as HostTree<Torus>;
  const batches: BatchMaker<Images> = {
    example: {
      x: hostTensor(new Float32Array(batch * PLACES), [batch, PLACES]),
      y: hostTensor(new Float32Array(batch * CLASSES), [batch, CLASSES]),
    },
    fill(view, order) {
      view.y.data.fill(0);
      order.forEach((row, i) => {
        view.x.data.set(x.subarray(row * PLACES, (row + 1) * PLACES), i * PLACES);
        view.y.data[i * CLASSES + row % CLASSES] = 1;
      });
    },
  };
  return stepTime(async (steps, onProgress) => {
    await trainWithSharing<Torus, Images, Statistics>(
      ({ parameters, batch: images, buffers }) => {
        let h = images.x;
        const layers = parameters.layers.map((layer, i) => {
          const norm = { affine: layer.norm, running: buffers.layers[i], training: true };
          const { output, running } = batchNorm(dense(h, layer), norm);
          h = relu(output);
          return running;
        });
        const pooled = tf.mean(tf.reshape(h, [batch, last, PLACES]), 2);
        return {
          loss: crossEntropy(dense(pooled, parameters.output), { target: images.y }),
          buffers: { layers },
        };
      },
      {
        parameters,
        buffers: {
          layers: channels.map((_, i) => initRunningStatistics(sizes[i + 1])),
        } as HostTree<Statistics>,
        penalties: penalised ? channels.map((_, i) => ({ path: `layers[${i}].weight`, sharing: 3e-4 })) : [],
        rows,
        batchSize: batch,
        dropLast: true,
        epochs: Math.ceil(steps / 8),
        batches,
        stream: stream(0, "bench", "order"),
        executor,
        onProgress,
      },
    );
  });
}

/**
 * Steps without the penalty, and with it beside those without (target 1.3). Without the penalty many steps
 * are one call; with it each is a call of its own.
 */
function stepCases({ channels, batch }: { channels: readonly number[]; batch: number }): readonly Case[] {
  const sizes = [1, ...channels];
  const weights = channels.reduce((sum, count, i) => sum + sizes[i] * count * PLACES ** 2, 0);
  const repeats = Math.max(16, Math.round(8e9 / (batch * weights)));
  const size = `${weights} weights, batch ${batch}`, unit = "ms/step", flop = 6 * batch * weights;
  const steps = (penalised: boolean) =>
    onOurs((executor) => ({ measure: torusStep({ channels, batch, penalised, executor }), repeats }));
  const peers = (penalised: boolean) => ({
    torch: {
      script: "weight_sharing.py",
      name: "torus-step",
      options: { channels: channels.join(), batch, penalised },
      repeats: Math.max(8, Math.round(repeats / 4)),
    },
  });
  return [
    {
      name: `Weight sharing: step without penalty, ${size}`,
      unit,
      flop,
      engines: steps(false),
      peers: peers(false),
    },
    {
      name: `Weight sharing: step with penalty, ${size} (baseline: without)`,
      unit,
      flop,
      engines: steps(true),
      baseline: steps(false).native,
      peers: peers(true),
    },
  ];
}

export function weightSharing({ quick }: { readonly quick: boolean }): readonly Case[] {
  const shapes = quick ? [{ channels: [1], batch: 8 }] : [
    { channels: [16], batch: 128 },
    { channels: [16], batch: 512 },
    { channels: [16, 32], batch: 128 },
    { channels: [16, 32], batch: 512 },
  ];
  return [
    ...(quick ? [100] : [1e4, 1e5, 1e6, 1e7]).flatMap(hostCases),
    ...(quick ? [16] : [2 ** 10, 2 ** 14]).map(parallelCase),
    ...shapes.flatMap(stepCases),
  ];
}
