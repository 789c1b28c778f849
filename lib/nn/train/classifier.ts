import {
  compile,
  disposable,
  type ExecutorName,
  type HostTensor,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import { crossEntropy } from "./losses.ts";
import type { Optimiser } from "./optimisers.ts";
import { cosineDecay, type LearningRate } from "./schedules.ts";
import { type AfterStep, train } from "./train.ts";
import type { Stream } from "../../random/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { hostTensor, type Tensor, tf } from "../../tensor/mod.ts";

/** Rows with their classes, counted from 0. */
export interface LabelledRows {
  /** `[n, inputs]`. */
  readonly rows: Matrix<Float32Array>;
  /** Class of each row, `[n]`. */
  readonly labels: Uint8Array;
}

/** What a classifier reads and writes besides its input. */
export interface ClassifierState<P, B> {
  /** What is trained. */
  readonly parameters: P;
  /** What is kept beside it, such as running statistics. */
  readonly buffers: B;
}

/** A classifier as a pure program: rows `[batch, inputs]` to logits `[batch, classes]` and new buffers. */
export type Classifier<P, B> = (
  x: Tensor,
  state: ClassifierState<P, B> & { readonly training: boolean; readonly keep: readonly Tensor[] },
) => { readonly logits: Tensor; readonly buffers: B };

/** A classifier's parameters and buffers on the host. */
export interface TrainedClassifier<P, B> {
  /** What was trained. */
  readonly parameters: HostTree<P>;
  /** What is kept beside it, such as running statistics. */
  readonly buffers: HostTree<B>;
}

/** Options of {@link trainClassifier}. */
export interface TrainClassifierOptions<P, B> {
  /** Where training begins. */
  readonly start: TrainedClassifier<P, B>;
  /** Rows to learn from. */
  readonly data: LabelledRows;
  /** Number of classes. @default 10 */
  readonly classes?: number;
  /** Passes over the training rows. */
  readonly epochs: number;
  /** Rows of a training step. */
  readonly batchSize: number;
  /** How parameters follow gradients. */
  readonly optimiser: Optimiser;
  /** η_0; it falls to 0 along a cosine, epoch by epoch. */
  readonly learningRate: number;
  /** What happens to some parameters after each step, given the learning rates. */
  readonly afterStep?: (learningRate: LearningRate) => AfterStep;
  /** Writes a row of a batch on its way into the network, e.g. an image that is shifted. */
  readonly augment?: (out: Float32Array, row: Float32Array) => void;
  /** Units of each layer that dropout applies to, and the share that it drops. */
  readonly dropout?: { readonly units: readonly number[]; readonly rate: number };
  /** Where random numbers come from. */
  readonly stream: Stream;
  /** What runs the compiled programs. */
  readonly executor: ExecutorName;
  /** Streams that `augment` draws from, if it has no other memory. */
  readonly augmentStreams?: readonly Stream[];
  /** What `onEpoch` changes, as for `train`. */
  readonly carried?: Record<string, unknown>;
  /** Called after each epoch (counted from 1); `read` copies the state to the host. */
  readonly onEpoch?: (
    epoch: { readonly number: number; readonly loss: number; read(): Promise<TrainedClassifier<P, B>> },
  ) => Promise<void> | void;
}

interface Batch {
  readonly x: Tensor;
  readonly target: Tensor;
  readonly keep: readonly Tensor[];
}

/**
 * Trains a classifier with the cross-entropy by minibatch descent, without an epoch's last partial batch; the
 * learning rate falls along a cosine, epoch by epoch.
 */
export async function trainClassifier<P, B>(
  network: Classifier<P, B>,
  options: TrainClassifierOptions<P, B>,
): Promise<TrainedClassifier<P, B>> {
  const { start, data: { rows, labels }, epochs, optimiser, stream, augment, dropout, onEpoch } = options;
  const { classes = 10 } = options;
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
      carried: options.carried,
      batches: {
        streams: augment && options.augmentStreams === undefined
          ? undefined
          : [masks, ...options.augmentStreams ?? []],
        example: {
          x: hostTensor(new Float32Array(batchSize * columns), [batchSize, columns]),
          target: hostTensor(new Float32Array(batchSize * classes), [batchSize, classes]),
          keep: (dropout?.units ?? []).map((units) =>
            hostTensor(new Uint8Array(batchSize * units), [batchSize, units])
          ),
        },
        fill({ x, target, keep }, chosen) {
          target.data.fill(0);
          chosen.forEach((row, i) => {
            const source = rows.data.subarray(row * columns, (row + 1) * columns);
            const out = (x.data as Float32Array).subarray(i * columns, (i + 1) * columns);
            if (augment === undefined) out.set(source);
            else augment(out, source);
            target.data[i * classes + labels[row]] = 1;
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
export interface ClassifierEvaluator<P, B> extends NativeResource {
  /** Share of rows whose largest logit is the label's, in percent. */
  accuracy(state: TrainedClassifier<P, B>, data: LabelledRows): Promise<number>;
}

/** Compiles the evaluation of a network for states of the form of `example`. */
export async function compileEvaluator<P, B>(
  network: Classifier<P, B>,
  { example, columns, executor }: {
    readonly example: TrainedClassifier<P, B>;
    readonly columns: number;
    readonly executor: ExecutorName;
  },
): Promise<ClassifierEvaluator<P, B>> {
  const values = new Float32Array(EVALUATION_ROWS * columns);
  const input = hostTensor(values, [EVALUATION_ROWS, columns]);
  const program = await compile(
    (state: ClassifierState<P, B>, x: Tensor) =>
      tf.argMax(network(x, { ...state, training: false, keep: [] }).logits, 1),
    [example as HostTree<ClassifierState<P, B>>, input as HostTree<Tensor>],
    { executor, name: "evaluation" },
  );
  return {
    async accuracy(state, { rows, labels }) {
      let right = 0;
      for (let start = 0; start < rows.rows; start += EVALUATION_ROWS) {
        const end = Math.min(rows.rows, start + EVALUATION_ROWS);
        values.fill(0).set(rows.data.subarray(start * columns, end * columns));
        const { data } = await program.run(
          state as HostTree<ClassifierState<P, B>>,
          input as HostTree<Tensor>,
        ) as HostTensor;
        for (let i = start; i < end; i++) if (data[i - start] === labels[i]) right++;
      }
      return 100 * right / rows.rows;
    },
    ...disposable(() => program.dispose()),
  };
}
