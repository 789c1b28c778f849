import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import {
  type AfterStep,
  cosineDecay,
  crossEntropy,
  hostTensor,
  type LearningRate,
  type Optimiser,
  train,
} from "../../../lib/nn/mod.ts";
import type { Stream } from "../../../lib/random/mod.ts";
import type { Matrix } from "../../../lib/stats/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

/** Images with their classes, 0 to 9. */
export interface Labelled {
  /** `[n, inputs]`. */
  readonly rows: Matrix<Float32Array>;
  readonly labels: Uint8Array;
}

/** What a network reads and writes besides its input. */
export interface NetworkState<P, B> {
  readonly parameters: P;
  readonly buffers: B;
}

/** A classifier as a pure program: images `[batch, inputs]` to logits `[batch, 10]` and new buffers. */
export type Network<P, B> = (
  x: Tensor,
  state: NetworkState<P, B> & { readonly training: boolean; readonly keep: readonly Tensor[] },
) => { readonly logits: Tensor; readonly buffers: B };

/** Parameters and buffers on the host. */
export interface TrainedState<P, B> {
  readonly parameters: HostTree<P>;
  readonly buffers: HostTree<B>;
}

/** Options of {@link trainClassifier}. */
export interface TrainClassifierOptions<P, B> {
  readonly start: TrainedState<P, B>;
  readonly data: Labelled;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimiser: Optimiser;
  /** η_0; it falls to 0 along a cosine, epoch by epoch. */
  readonly learningRate: number;
  /** What happens to some parameters after each step, given the learning rates. */
  readonly afterStep?: (learningRate: LearningRate) => AfterStep;
  /** Changes an image of a batch on its way into the network. */
  readonly augment?: (out: Float32Array, image: Float32Array) => void;
  /** Units of each layer that dropout applies to, and the share that it drops. */
  readonly dropout?: { readonly units: readonly number[]; readonly rate: number };
  readonly stream: Stream;
  readonly executor: ExecutorName;
  /** Called after each epoch (counted from 1); `read` copies the state to the host. */
  readonly onEpoch?: (
    epoch: { readonly number: number; readonly loss: number; read(): Promise<TrainedState<P, B>> },
  ) => Promise<void> | void;
}

interface Batch {
  readonly x: Tensor;
  readonly target: Tensor;
  readonly keep: readonly Tensor[];
}

/** Trains a classifier with the cross-entropy by minibatch descent, without an epoch's last partial batch. */
export async function trainClassifier<P, B>(
  network: Network<P, B>,
  options: TrainClassifierOptions<P, B>,
): Promise<TrainedState<P, B>> {
  const { start, data: { rows, labels }, epochs, optimiser, stream, augment, dropout, onEpoch } = options;
  const { columns } = rows;
  const batchSize = Math.min(options.batchSize, rows.rows);
  const stepsPerEpoch = Math.floor(rows.rows / batchSize);
  const byEpoch = cosineDecay(options.learningRate, { steps: epochs });
  const learningRate: LearningRate = (step) => byEpoch(Math.floor(step / stepsPerEpoch));
  const masks = stream.split("dropout");
  const afterStep = options.afterStep?.(learningRate);
  const { parameters, buffers } = await train<P, Batch, B>(
    ({ parameters, batch: { x, target, keep }, buffers }) => {
      const output = network(x, { parameters, buffers, training: true, keep });
      return { loss: crossEntropy(output.logits, { target }), buffers: output.buffers };
    },
    {
      parameters: start.parameters,
      buffers: start.buffers,
      optimiser,
      learningRate,
      rows: rows.rows,
      batchSize,
      epochs,
      dropLast: true,
      batches: {
        example: {
          x: hostTensor(new Float32Array(batchSize * columns), [batchSize, columns]),
          target: hostTensor(new Float32Array(batchSize * 10), [batchSize, 10]),
          keep: (dropout?.units ?? []).map((units) =>
            hostTensor(new Uint8Array(batchSize * units), [batchSize, units])
          ),
        },
        fill({ x, target, keep }, chosen) {
          target.data.fill(0);
          chosen.forEach((row, i) => {
            const image = rows.data.subarray(row * columns, (row + 1) * columns);
            const out = (x.data as Float32Array).subarray(i * columns, (i + 1) * columns);
            if (augment === undefined) out.set(image);
            else augment(out, image);
            target.data[i * 10 + labels[row]] = 1;
          });
          for (const mask of keep as readonly HostTensor[]) {
            masks.bernoulli(mask.data as Uint8Array, { probability: 1 - dropout!.rate });
          }
        },
      },
      stream: stream.split("order"),
      executor: options.executor,
      afterStep: afterStep && afterStep.paths.length > 0 ? afterStep : undefined,
      afterEpoch: onEpoch && (async ({ epochLosses, readState }) => {
        await onEpoch({ number: epochLosses.length, loss: epochLosses.at(-1)!, read: readState });
      }),
    },
  );
  return { parameters, buffers };
}

/** Rows per call when a network is evaluated. */
const EVALUATION_ROWS = 500;

/** A compiled forward pass with its parameters as arguments. */
export interface Evaluator<P, B> {
  /** Share of images whose largest logit is the label's, in percent. */
  accuracy(state: TrainedState<P, B>, data: Labelled): Promise<number>;
  dispose(): Promise<void>;
}

/** Compiles the evaluation of a network for states of the form of `example`. */
export async function compileEvaluator<P, B>(
  network: Network<P, B>,
  { example, columns, executor }: {
    readonly example: TrainedState<P, B>;
    readonly columns: number;
    readonly executor: ExecutorName;
  },
): Promise<Evaluator<P, B>> {
  const values = new Float32Array(EVALUATION_ROWS * columns);
  const input = hostTensor(values, [EVALUATION_ROWS, columns]);
  const program = await compile(
    (state: NetworkState<P, B>, x: Tensor) =>
      tf.argMax(network(x, { ...state, training: false, keep: [] }).logits, 1),
    [example as HostTree<NetworkState<P, B>>, input as HostTree<Tensor>],
    { executor, name: "evaluation" },
  );
  return {
    async accuracy(state, { rows, labels }) {
      let right = 0;
      for (let start = 0; start < rows.rows; start += EVALUATION_ROWS) {
        const end = Math.min(rows.rows, start + EVALUATION_ROWS);
        values.fill(0).set(rows.data.subarray(start * columns, end * columns));
        const { data } = await program.run(
          state as HostTree<NetworkState<P, B>>,
          input as HostTree<Tensor>,
        ) as HostTensor;
        for (let i = start; i < end; i++) if (data[i - start] === labels[i]) right++;
      }
      return 100 * right / rows.rows;
    },
    dispose: () => program.dispose(),
  };
}
