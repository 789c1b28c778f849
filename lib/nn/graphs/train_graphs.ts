import {
  compile,
  disposable,
  type HostTensor,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import { adam, type BatchMaker, type Loss, PlateauRate, train } from "../mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { type Evaluation, type GraphTrainingOptions, rateSchedule } from "./training.ts";

/** Writes samples of one data set into a batch. */
export type Filler<Batch> = (batch: HostTree<Batch>, rows: Int32Array) => void;

/** What the experiments differ in. */
export interface GraphTraining<P, Batch> {
  /** Initial weights, on the host. */
  readonly parameters: HostTree<P>;
  /** Where the order of samples comes from. */
  readonly random: Stream;
  /** Number of training samples. */
  readonly samples: number;
  /** Of the right shapes. */
  readonly example: HostTree<Batch>;
  /** Writes the samples of a step. */
  readonly fill: Filler<Batch>;
  /** Whether `fill` depends on the rows alone; else a resumed training fills all batches once more. */
  readonly byRows?: boolean;
  /** What is minimised. */
  readonly loss: Loss<P, Batch, Record<never, Tensor>>;
  /** The validation loss of parameters. */
  validate(parameters: HostTree<P>): Promise<number>;
}

/** Options with defaults filled in. */
export type FilledOptions =
  & GraphTrainingOptions
  & Required<
    Pick<
      GraphTrainingOptions,
      "batchSize" | "learningRate" | "schedule" | "weightDecay" | "evaluateEvery"
    >
  >
  & { readonly dropLast: boolean };

/** The course of a training and the parameters of its best evaluation. */
export interface BestParameters<P> {
  /** Of the best evaluation, on the host. */
  readonly parameters: HostTree<P>;
  /** Mean training loss of each epoch. */
  readonly epochLosses: readonly number[];
  /** All evaluations, in their order. */
  readonly evaluations: readonly Evaluation[];
  /** The evaluation with the lowest validation loss. */
  readonly best: Evaluation;
  /** Number of updates. */
  readonly steps: number;
}

/** Trains with Adam and keeps the parameters with the lowest validation loss. */
export async function trainGraphs<P, Batch>(
  training: GraphTraining<P, Batch>,
  options: FilledOptions,
): Promise<BestParameters<P>> {
  const { epochs, batchSize, evaluateEvery, patience = Infinity, dropLast } = options;
  const { samples, random, example, fill } = training;
  checkPositive("evaluateEvery", evaluateEvery);
  const stepsPerEpoch = Math.max(
    1,
    dropLast ? Math.floor(samples / batchSize) : Math.ceil(samples / batchSize),
  );
  const course: {
    readonly evaluations: Evaluation[];
    best?: { readonly evaluation: Evaluation; readonly parameters: HostTree<P> };
  } = { evaluations: [] };
  const { evaluations } = course;
  const batches: BatchMaker<Batch> = { example, fill, ...training.byRows && { streams: [] } };
  const { schedule, learningRate } = options;
  const falling = typeof schedule === "string"
    ? { rate: rateSchedule(schedule, { rate: learningRate, epochs, stepsPerEpoch }) }
    : new PlateauRate(learningRate, schedule);
  const { epochLosses, steps } = await train<P, Batch>(training.loss, {
    parameters: training.parameters,
    optimiser: adam({ weightDecay: options.weightDecay }),
    learningRate: falling.rate,
    clipNorm: options.clipNorm,
    rows: samples,
    batchSize,
    epochs,
    dropLast,
    batches,
    stream: random.split("shuffle"),
    executor: options.executor,
    onProgress: options.onProgress,
    signal: options.signal,
    carried: { course, ...falling instanceof PlateauRate && { plateau: falling.state } },
    async afterEpoch({ epochLosses: { length: epoch }, readState }) {
      if ((epoch - 1) % evaluateEvery > 0 && epoch < epochs) return false;
      const { parameters } = await readState();
      const evaluation = { epoch, valid: await training.validate(parameters) };
      if (!Number.isFinite(evaluation.valid)) {
        throw new RangeError(
          `Training diverged: the validation loss is ${evaluation.valid} after ${epoch} epochs`,
        );
      }
      evaluations.push(evaluation);
      if (course.best === undefined || evaluation.valid < course.best.evaluation.valid) {
        course.best = { evaluation, parameters };
      }
      if (falling instanceof PlateauRate) {
        falling.observe(evaluation.valid);
        if (falling.spent) return true;
      }
      return epoch - course.best.evaluation.epoch >= patience;
    },
  });
  const { evaluation, parameters } = course.best!;
  return { parameters, epochLosses, evaluations, best: evaluation, steps };
}

function checkPositive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`Cannot train as ${name} must be an integer >= 1: current value is ${value}`);
  }
}

/** A network compiled with its parameters as inputs, so that training can evaluate again and again. */
export interface GraphPredictor<P, Batch> extends NativeResource {
  /** The network's output for all samples, batch by batch, joined. */
  predict(parameters: HostTree<P>, data: { samples: number; fill: Filler<Batch> }): Promise<Float32Array>;
}

/** Compiles `network` for batches like `example`; each sample has `outputs` numbers. */
export async function compileGraphPredictor<P, Batch>(
  network: (parameters: P, batch: Batch) => Tensor,
  { parameters, example, batchSize, outputs, executor }: {
    readonly parameters: HostTree<P>;
    readonly example: HostTree<Batch>;
    readonly batchSize: number;
    readonly outputs: number;
    readonly executor?: GraphTrainingOptions["executor"];
  },
): Promise<GraphPredictor<P, Batch>> {
  const program = await compile(network, [parameters, example], { executor, name: "prediction" });
  const rows = new Int32Array(batchSize);
  return {
    async predict(parameters, { samples, fill }) {
      const out = new Float32Array(samples * outputs);
      for (let start = 0; start < samples; start += batchSize) {
        const real = Math.min(batchSize, samples - start);
        for (let i = 0; i < batchSize; i++) rows[i] = start + (i < real ? i : 0);
        fill(example, rows);
        const { data } = await program.run(parameters, example) as HostTensor;
        out.set(data.subarray(0, real * outputs), start * outputs);
      }
      return out;
    },
    ...disposable(program.dispose),
  };
}
