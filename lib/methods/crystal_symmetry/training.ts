import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../compile/mod.ts";
import { type GraphTrainingOptions, trainGraphs, type TrainingCourse } from "../../nn/graphs/mod.ts";
import { hostTensor, meanSquaredError } from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { type CrystalBatch, CrystalBatches } from "./batches.ts";
import type { CrystalGraph } from "./graphs.ts";
import type { CrystalModel } from "./models.ts";

/** A crystal and the number to predict. */
export interface CrystalSample {
  /** The crystal. */
  readonly graph: CrystalGraph;
  /** The number to predict. */
  readonly target: number;
}

/** Samples to learn from, to choose the epoch by, and to report. */
export interface CrystalSamples {
  /** Samples to learn from. */
  readonly train: readonly CrystalSample[];
  /** Samples to choose the epoch by. */
  readonly valid: readonly CrystalSample[];
  /** Samples to report. */
  readonly test: readonly CrystalSample[];
}

/**
 * A trained network: the parameters with the lowest validation error. Errors are mean absolute ones in the
 * target's unit.
 */
export interface TrainedCrystals<P = unknown> extends TrainingCourse {
  /** Of the best epoch, on the host. */
  readonly parameters: HostTree<P>;
  /** Share of the edge columns of the training batches that was padding. */
  readonly waste: number;
  /** Predicted targets, `[n]`. */
  predict(graphs: readonly CrystalGraph[]): Promise<Float64Array>;
}

/** What a training step reads. */
interface TrainingBatch {
  readonly crystals: CrystalBatch;
  /** `[B]` standardised. */
  readonly targets: Tensor;
}

/**
 * Trains a network to predict a property of crystals: squared error of the standardised targets, Adam, the
 * epoch with the lowest mean absolute validation error.
 *
 * Kaba & Ravanbakhsh 2022, with targets standardised by the training crystals' mean and standard deviation
 * (the released code leaves them as they are), a learning rate that follows half a cosine (there: halved on
 * plateaus), and batches of one crystal from each stratum of sizes (`CrystalBatches.planTraining`).
 *
 * @param data Samples whose graphs have edges.
 * @param options `model` and how to train it. @default batch 64, Adam 3e-3, cosine, evaluation every epoch
 * @throws {RangeError} If there are fewer training samples than a batch holds, a target is not finite, all of
 *   them are equal, training diverges, or an option is out of range.
 */
export async function trainCrystals<P>(
  data: CrystalSamples,
  options: GraphTrainingOptions & { readonly model: CrystalModel<P> },
): Promise<TrainedCrystals<P>> {
  const { model, seed, epochs, executor, batchSize = 64 } = options;
  for (const part of ["train", "valid", "test"] as const) {
    const wrong = data[part].findIndex(({ target }) => !Number.isFinite(target));
    if (wrong < 0) continue;
    throw new RangeError(
      `Cannot train as targets must be finite: current value of ${part} sample ${wrong} is ` +
        `${data[part][wrong].target}`,
    );
  }
  const random = stream(seed, "crystal_symmetry", model.name);
  const targets = data.train.map(({ target }) => target);
  const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length;
  const deviation = Math.sqrt(targets.reduce((sum, y) => sum + (y - mean) ** 2, 0) / targets.length);
  if (!(deviation > 0)) {
    throw new RangeError(`Cannot train as targets must differ: their standard deviation is ${deviation}`);
  }
  const batches = new CrystalBatches(data.train.map(({ graph }) => graph), model.colouring);
  const { steps, layout, stepsPerEpoch, waste } = batches.planTraining({
    batchSize,
    epochs,
    stream: random.split("batches"),
  });
  const parameters = model.init(random.split("weights"));
  const predictOf = (samples: readonly CrystalSample[]) =>
    compileCrystals(model, { parameters, graphs: samples.map(({ graph }) => graph), batchSize, executor });
  const unscale = (y: Float32Array) => Float64Array.from(y, (value) => mean + deviation * value);
  const error = (predicted: Float32Array, samples: readonly CrystalSample[]) =>
    unscale(predicted).reduce((sum, y, i) => sum + Math.abs(y - samples[i].target), 0) / samples.length;
  const validation = await predictOf(data.valid);
  let trained;
  try {
    let step = 0;
    trained = await trainGraphs<P, TrainingBatch>({
      parameters,
      random,
      samples: stepsPerEpoch * batchSize,
      example: { crystals: batches.example(layout), targets: hostTensor(new Float32Array(batchSize)) },
      fill({ crystals, targets }) {
        const rows = steps[step++];
        batches.fill(crystals, { rows, layout });
        rows.forEach((row, b) => targets.data[b] = (data.train[row].target - mean) / deviation);
      },
      loss: ({ parameters, batch: { crystals, targets }, weights }) => ({
        loss: meanSquaredError(model.predict(crystals, { parameters, layout }), { target: targets, weights }),
      }),
      validate: async (parameters) => error(await validation.predict(parameters), data.valid),
    }, {
      ...options,
      batchSize,
      learningRate: options.learningRate ?? 3e-3,
      schedule: options.schedule ?? "cosine",
      weightDecay: options.weightDecay ?? 0,
      evaluateEvery: options.evaluateEvery ?? 1,
      dropLast: true,
    });
  } finally {
    await validation.dispose();
  }
  const best = trained.parameters;
  const predict = async (graphs: readonly CrystalGraph[]) => {
    const program = await compileCrystals(model, { parameters: best, graphs, batchSize, executor });
    try {
      return await program.predict(best);
    } finally {
      await program.dispose();
    }
  };
  const test = error(await predict(data.test.map(({ graph }) => graph)), data.test);
  return {
    ...trained,
    best: { ...trained.best, test },
    waste,
    predict: async (graphs) => unscale(await predict(graphs)),
  };
}

/** A network compiled for some crystals, its parameters being inputs. */
async function compileCrystals<P>(
  model: CrystalModel<P>,
  { parameters, graphs, batchSize, executor }: {
    readonly parameters: HostTree<P>;
    readonly graphs: readonly CrystalGraph[];
    readonly batchSize: number;
    readonly executor?: ExecutorName;
  },
): Promise<{ predict(parameters: HostTree<P>): Promise<Float32Array>; dispose(): Promise<void> }> {
  const batches = new CrystalBatches(graphs, model.colouring);
  const { steps, layout } = batches.planPass({ batchSize: Math.min(batchSize, graphs.length) });
  const filled = steps.map((rows) => {
    const batch = batches.example(layout);
    batches.fill(batch, { rows, layout });
    return { rows, batch };
  });
  const program = await compile(
    (parameters: P, batch: CrystalBatch) => model.predict(batch, { parameters, layout }),
    [parameters, batches.example(layout)],
    { executor, name: "prediction" },
  );
  return {
    async predict(parameters) {
      const out = new Float32Array(graphs.length);
      for (const { rows, batch } of filled) {
        const { data } = await program.run(parameters, batch) as HostTensor;
        rows.forEach((row, b) => out[row] = data[b]);
      }
      return out;
    },
    dispose: () => program.dispose(),
  };
}
