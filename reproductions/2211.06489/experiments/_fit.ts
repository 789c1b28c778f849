import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import type { DropoutSite, Network } from "../../../lib/nn/group/mod.ts";
import { hostTensor, type LearningRate, type Optimiser, train } from "../../../lib/nn/mod.ts";
import type { Stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

/** Examples that a network is trained or tested on. */
export interface Examples<X> {
  readonly rows: number;
  /** Shape of the part of an input that dropout counts by, without the batch. */
  readonly shape: readonly number[];
  /** An input of so many rows, to be filled. */
  example(batch: number): HostTree<X>;
  /** Writes inputs of rows. `random` is there in training, for augmentation. */
  fill(x: HostTree<X>, rows: Int32Array, random?: Stream): void;
  /** Numbers of a row's target, and how to write them. */
  readonly targetSize: number;
  target(out: Float32Array, row: number): void;
}

/** Parameters and buffers on the host. */
export interface State<P, B> {
  readonly parameters: HostTree<P>;
  readonly buffers: HostTree<B>;
}

/** Options of {@link fit}. */
export interface FitOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimiser: Optimiser;
  readonly learningRate: LearningRate;
  /** The loss of outputs against targets `[batch, targetSize]`. */
  readonly loss: (output: Tensor, target: Tensor) => Tensor;
  readonly stream: Stream;
  readonly executor: ExecutorName;
  readonly onProgress?: (fraction: number) => void;
}

interface Batch<X> {
  readonly x: X;
  readonly target: Tensor;
  readonly keep: readonly Tensor[];
}

const emptyMasks = (sites: readonly DropoutSite[]) =>
  sites.map(({ shape }) =>
    hostTensor(new Uint8Array(shape.reduce((size, extent) => size * extent, 1)), shape)
  );

/**
 * Trains a network without an epoch's last partial batch; returns its last state and the mean loss of each
 * epoch.
 */
export async function fit<P, B, X>(
  network: Network<P, B, X>,
  data: Examples<X>,
  options: FitOptions,
): Promise<State<P, B> & { readonly losses: readonly number[] }> {
  const { stream } = options;
  const batchSize = Math.min(options.batchSize, data.rows);
  const start = network.init(stream.split("weights"));
  const sites = network.dropouts?.([batchSize, ...data.shape]) ?? [];
  const [masks, augmentation] = [stream.split("dropout"), stream.split("augmentation")];
  const { parameters, buffers, epochLosses } = await train<P, Batch<X>, B>(
    ({ parameters, batch, buffers }) => {
      const pass = { parameters, buffers, training: true, keep: batch.keep };
      const result = network.apply(batch.x, pass);
      return { loss: options.loss(result.output, batch.target), buffers: result.buffers };
    },
    {
      ...start,
      optimiser: options.optimiser,
      learningRate: options.learningRate,
      rows: data.rows,
      batchSize,
      epochs: options.epochs,
      dropLast: true,
      batches: {
        example: {
          x: data.example(batchSize),
          target: hostTensor(new Float32Array(batchSize * data.targetSize), [batchSize, data.targetSize]),
          keep: emptyMasks(sites),
        } as HostTree<Batch<X>>,
        fill(batch, rows) {
          const { x, target, keep } = batch as unknown as {
            x: HostTree<X>;
            target: { data: Float32Array };
            keep: { data: Uint8Array }[];
          };
          data.fill(x, rows, augmentation);
          fillTargets(target.data, data, rows);
          sites.forEach(({ rate }, i) => masks.bernoulli(keep[i].data, { probability: 1 - rate }));
        },
      },
      stream: stream.split("order"),
      executor: options.executor,
      onProgress: options.onProgress && (({ fraction }) => options.onProgress!(fraction)),
    },
  );
  return { parameters, buffers, losses: epochLosses };
}

function fillTargets<X>(out: Float32Array, data: Examples<X>, rows: Int32Array): void {
  const { targetSize } = data;
  out.fill(0);
  rows.forEach((row, i) => data.target(out.subarray(i * targetSize, (i + 1) * targetSize), row));
}

/** How {@link overRows} runs. */
interface RowsOptions<P, B> {
  readonly state: State<P, B>;
  readonly executor: ExecutorName;
  /** @default 200, or all rows if they are fewer */
  readonly batchSize?: number;
}

type RowsProgram<P, B, X> = (
  x: X,
  state: { readonly parameters: P; readonly buffers: B },
) => readonly Tensor[];

/** A program over all rows of a set, batch by batch; leaves of its result are joined along the batch. */
export async function overRows<P, B, X>(
  program: RowsProgram<P, B, X>,
  data: Examples<X>,
  options: RowsOptions<P, B>,
): Promise<Float32Array[]> {
  const [outputs] = await overSets(program, [data], options);
  return outputs;
}

/** The same over some sets with equally many rows: it is compiled once. */
async function overSets<P, B, X>(
  program: RowsProgram<P, B, X>,
  sets: readonly Examples<X>[],
  { state, executor, batchSize = 200 }: RowsOptions<P, B>,
): Promise<Float32Array[][]> {
  const batch = Math.min(batchSize, sets[0].rows);
  const x = sets[0].example(batch);
  const held = { parameters: state.parameters, buffers: state.buffers };
  const compiled = await compile(
    (state: { readonly parameters: P; readonly buffers: B }, x: X) => program(x, state),
    [held as HostTree<{ readonly parameters: P; readonly buffers: B }>, x],
    { executor, name: "evaluation" },
  );
  const run = async (data: Examples<X>) => {
    const parts: Float32Array[][] = [];
    const rows = new Int32Array(batch);
    for (let start = 0; start < data.rows; start += batch) {
      const real = Math.min(batch, data.rows - start);
      for (let i = 0; i < batch; i++) rows[i] = start + (i < real ? i : 0);
      data.fill(x, rows);
      const outputs = await compiled.run(held as never, x) as readonly HostTensor[];
      outputs.forEach(({ data: values }, k) => {
        const size = values.length / batch;
        (parts[k] ??= []).push(Float32Array.from(values.subarray(0, real * size)));
      });
    }
    return parts.map((pieces) => {
      const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        all.set(piece, at);
        at += piece.length;
      }
      return all;
    });
  };
  try {
    const found: Float32Array[][] = [];
    for (const data of sets) found.push(await run(data));
    return found;
  } finally {
    await compiled.dispose();
  }
}

/** A network's outputs for all rows at inference. */
export async function outputsOf<P, B, X>(
  network: Network<P, B, X>,
  data: Examples<X>,
  options: RowsOptions<P, B>,
): Promise<Float32Array> {
  const [outputs] = await outputsOfEach(network, [data], options);
  return outputs;
}

/** The same for each of some sets with equally many rows. */
export async function outputsOfEach<P, B, X>(
  network: Network<P, B, X>,
  sets: readonly Examples<X>[],
  options: RowsOptions<P, B>,
): Promise<Float32Array[]> {
  const all = await overSets<P, B, X>(
    (x, state) => [network.apply(x, { ...state, training: false }).output],
    sets,
    options,
  );
  return all.map(([outputs]) => outputs);
}

/** Largest of each row of `[rows, classes]`. */
export function argmaxRows(values: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: values.length / classes }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (values[row * classes + k] > values[row * classes + best]) best = k;
    return best;
  });
}

/** Percentage of rows whose labels differ. */
export function errorRate(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let wrong = 0;
  for (let i = 0; i < found.length; i++) if (found[i] !== wanted[i]) wrong++;
  return 100 * wrong / found.length;
}

/** Number of parameters. */
export function countParameters(tree: unknown): number {
  const node = tree as { readonly dtype?: string; readonly data?: ArrayLike<number> };
  if (node?.dtype !== undefined) return node.data!.length;
  return Object.values(tree as object).reduce((sum: number, child) => sum + countParameters(child), 0);
}

/** Cross-entropy with label smoothing ε: 1 − ε on the class and ε/(K − 1) on each other. */
export function smoothedCrossEntropy(output: Tensor, target: Tensor, smoothing = 0): Tensor {
  const classes = target.shape[1]!;
  const soft = smoothing === 0
    ? target
    : tf.add(tf.mul(target, 1 - smoothing - smoothing / (classes - 1)), smoothing / (classes - 1));
  return tf.neg(tf.mean(tf.sum(tf.mul(soft, tf.logSoftmax(output)), -1)));
}
