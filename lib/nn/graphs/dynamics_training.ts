import {
  digestOf,
  disposable,
  type HostTree,
  type NativeResource,
  type Portable,
  portableModel,
} from "../../compile/mod.ts";
import { constants, copyRows, hostTensor, type HostTensorOf } from "../mod.ts";
import { stream } from "../../random/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { compileGraphPredictor, type Filler, trainGraphs } from "./train_graphs.ts";
import { checkNumbers } from "./_check_numbers.ts";
import type { DynamicsData, Splits } from "./data.ts";
import { checkData, checkMotion, pairsOf, widths } from "./_dynamics_checks.ts";
import { joinDynamics, neighboursWithin } from "./join_dynamics.ts";
import { type DynamicsLoss, dynamicsLoss, type DynamicsScore, scoreDynamics } from "./losses.ts";
import type { DynamicsInputs, DynamicsModel } from "./models.ts";
import type { GraphTrainingOptions, TrainingCourse } from "./training.ts";

/**
 * Options of {@link trainDynamics}; the defaults are the N-body experiment's: batch 100 without the last
 * partial one, Adam 5e-4, weight decay 1e-12, evaluation every 5 epochs. The solar system's are weight decay
 * 1e-7 and patience 500.
 */
export interface DynamicsTrainingOptions extends GraphTrainingOptions {
  /** What is minimised. @default "meanSquared" */
  readonly loss?: DynamicsLoss;
  /**
   * Largest distance of neighbours at the time of the input, in training and prediction; see
   * {@link neighboursWithin}. Absent: all particles of a sample are neighbours.
   */
  readonly cutoff?: number;
}

/**
 * A trained network for dynamics: the parameters with the lowest validation loss. Its file takes `positions`,
 * `velocities`, … of N particles as in training (with a cutoff also `edgeMask`, which says who are
 * neighbours), and gives `predicted` positions.
 */
export interface TrainedDynamics<P = unknown> extends TrainingCourse, NativeResource, Portable {
  /** Of the best evaluation, on the host. */
  readonly parameters: HostTree<P>;
  /** How the best parameters do on the test samples. */
  readonly testScore: DynamicsScore;
  /**
   * Predicted positions `[samples, N, 3]`; N may be another than in training, and neighbours are chosen as
   * there. What is predicted for padding means nothing.
   *
   * @throws {TypeError} If the data has other features or attributes than the training data.
   */
  predict(data: DynamicsData): Promise<Float32Array>;
}

/** What a training step reads. */
export interface DynamicsBatch {
  /** What the network reads. */
  readonly inputs: DynamicsInputs;
  /** `[batch, N, 3]`. */
  readonly target: Tensor;
  /** |x − y|² `[batch, N]`, for the displacement-weighted loss. */
  readonly displacementSquared?: Tensor;
}

/**
 * Trains a network to predict positions: Adam on the loss, validation every few epochs; the result is the
 * test loss of the parameters with the lowest validation loss.
 *
 * Levy et al. 2023, released code `main_nbody.py` and `main_solar.py`. Test samples are seen once, at the
 * end, which gives the same number as testing at every validation.
 *
 * Samples of differing numbers of particles are joined by {@link joinDynamics}; parts of differing N are
 * padded alike here.
 *
 * @param given Training, validation and test samples of the same f and e.
 * @param options `model` and how to train it.
 * @throws {TypeError} If the sizes of the data do not fit each other or the model.
 * @throws {RangeError} If a number is not finite, or too large for float32 squares, or a body is at rest
 *   though displacements weight the loss (the message names the sample); if training diverges (the message
 *   names the step), or an option is out of range.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { chargedParticles, trainDynamics } from "@refigure/refigure/graphs";
 * import { multichannelEgnn } from "@refigure/refigure/multichannel_egnn";
 * import assert from "node:assert/strict";
 *
 * // Two particles that fly straight on.
 * const fly = (name: string) => {
 *   const random = stream(0, name);
 *   const draw = () => random.normal(new Float32Array(40 * 6));
 *   const positions = draw(), velocities = draw();
 *   const targets = positions.map((x, i) => x + velocities[i]);
 *   return chargedParticles({ nodes: 2, positions, velocities, targets }, Array(80).fill(1));
 * };
 * const splits = { train: fly("train"), valid: fly("valid"), test: fly("test") };
 * await using trained = await trainDynamics(splits, {
 *   model: multichannelEgnn({ channels: 2, layers: 2, hidden: 8 }),
 *   seed: 0,
 *   epochs: 100,
 *   batchSize: 20,
 *   learningRate: 0.01,
 * });
 * assert.ok(trained.best.test < 0.1);
 * ```
 */
export async function trainDynamics<P>(
  given: Splits<DynamicsData>,
  options: DynamicsTrainingOptions & { readonly model: DynamicsModel<P> },
): Promise<TrainedDynamics<P>> {
  const { model, seed, batchSize = 100, loss = "meanSquared", cutoff } = options;
  for (const [name, part] of Object.entries(given)) {
    checkData(part, { name, model, like: given.train });
    checkNumbers(part, {
      name,
      fields: ["positions", "velocities", "nodeFeatures", "edgeAttributes", "targets"],
    });
    if (loss === "displacementWeighted") checkMotion(part, name);
  }
  const data = alike(given, cutoff);
  const random = stream(seed, "multichannel_egnn", model.name);
  const weighted = loss === "displacementWeighted";
  const parameters = model.init(random.split("weights"));
  const { train } = given;
  const digest = digestOf(
    train.positions,
    train.velocities,
    train.nodeFeatures,
    train.edgeAttributes,
    train.targets,
  );
  const predictor = await compilePredictor(data.train, { ...options, batchSize, parameters });
  const predict = (parameters: HostTree<P>, part: DynamicsData) =>
    predictor.predict(parameters, { samples: part.samples, fill: inputFiller(part) });
  try {
    const { nodes } = data.train;
    const trained = await trainGraphs<P, DynamicsBatch>({
      parameters,
      random,
      samples: data.train.samples,
      example: {
        inputs: exampleInputs(data.train, { model, batchSize }),
        target: zeros(batchSize, nodes, 3),
        ...weighted && { displacementSquared: zeros(batchSize, nodes) },
      },
      fill: batchFiller(data.train),
      byRows: true,
      loss: ({ parameters, batch: { inputs, ...target }, weights }) => ({
        loss: dynamicsLoss(model.predict(inputs, parameters), {
          ...target,
          weights,
          nodeMask: inputs.nodeMask,
        }),
      }),
      async validate(parameters) {
        return scoreDynamics(await predict(parameters, data.valid), { data: data.valid, loss }).loss;
      },
    }, {
      ...options,
      batchSize,
      learningRate: options.learningRate ?? 5e-4,
      schedule: options.schedule ?? "constant",
      weightDecay: options.weightDecay ?? 1e-12,
      evaluateEvery: options.evaluateEvery ?? 5,
      dropLast: true,
    });
    const testScore = scoreDynamics(await predict(trained.parameters, data.test), { data: data.test, loss });
    return {
      ...trained,
      best: { ...trained.best, test: testScore.loss },
      testScore,
      portable: () =>
        portableModel(
          (inputs: DynamicsInputs & Readonly<Record<string, Tensor>>) => ({
            predicted: model.predict(inputs, constants<P>(trained.parameters)),
          }),
          exampleInputs(data.train, { model, batchSize }) as HostTree<
            DynamicsInputs & Readonly<Record<string, Tensor>>
          >,
          { method: model.name, seed, data: digest, settings: options },
        ),
      async predict(wanted) {
        checkData(wanted, { name: "data", model, like: data.train });
        checkNumbers(wanted, {
          name: "data",
          fields: ["positions", "velocities", "nodeFeatures", "edgeAttributes"],
        });
        const part = cutoff === undefined ? wanted : neighboursWithin(wanted, cutoff);
        if (formOf(part) === formOf(data.train)) return await predict(trained.parameters, part);
        const other = await compilePredictor(part, { ...options, batchSize, parameters: trained.parameters });
        try {
          return await other.predict(trained.parameters, { samples: part.samples, fill: inputFiller(part) });
        } finally {
          await other.dispose();
        }
      },
      ...disposable(predictor.dispose),
    };
  } catch (error) {
    await predictor.dispose();
    throw error;
  }
}

/** What the shape of a batch depends on. */
const formOf = ({ nodes, nodeMask, edgeMask }: DynamicsData): string =>
  `${nodes} ${nodeMask !== undefined} ${edgeMask !== undefined}`;

/** The parts with neighbours chosen, and padded to the same N with masks unless all have the same form. */
function alike(given: Splits<DynamicsData>, cutoff: number | undefined): Splits<DynamicsData> {
  const near = (part: DynamicsData) => cutoff === undefined ? part : neighboursWithin(part, cutoff);
  const parts = [near(given.train), near(given.valid), near(given.test)];
  const nodes = Math.max(...parts.map((part) => part.nodes));
  const same = new Set(parts.map(formOf)).size === 1;
  const masked = parts.some(({ edgeMask }) => edgeMask !== undefined);
  const [train, valid, test] = same ? parts : parts.map((part) => {
    const edges = masked && part.edgeMask === undefined ? neighboursWithin(part, Infinity) : part;
    return joinDynamics([edges], { nodes });
  });
  return { train, valid, test };
}

/** The model's predictions of samples like those of the data. */
function compilePredictor<P>(
  data: DynamicsData,
  { model, batchSize, parameters, executor }: Pick<DynamicsTrainingOptions, "executor"> & {
    readonly model: DynamicsModel<P>;
    readonly batchSize: number;
    readonly parameters: HostTree<P>;
  },
) {
  return compileGraphPredictor<P, DynamicsInputs>(
    (parameters, inputs) => model.predict(inputs, parameters),
    {
      parameters,
      example: exampleInputs(data, { model, batchSize }),
      batchSize,
      outputs: 3 * data.nodes,
      executor,
    },
  );
}

const zeros = (...shape: readonly number[]): HostTensorOf<"float32"> =>
  hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);

function exampleInputs(
  data: DynamicsData,
  { model, batchSize }: { model: DynamicsModel; batchSize: number },
): HostTree<DynamicsInputs> {
  const { features, attributes } = widths(data), { nodes } = data;
  return {
    positions: zeros(batchSize, nodes, 3),
    velocities: zeros(batchSize, nodes, 3),
    nodeFeatures: zeros(batchSize, nodes, features),
    ...model.edgeAttributes > 0 && { edgeAttributes: zeros(batchSize, pairsOf(data), attributes) },
    ...data.nodeMask && { nodeMask: zeros(batchSize, nodes) },
    ...data.edgeMask && { edgeMask: zeros(batchSize, pairsOf(data)) },
  };
}

const inputFiller = (data: DynamicsData): Filler<DynamicsInputs> => (batch, rows) => {
  copyRows(batch.positions, { source: data.positions, rows });
  copyRows(batch.velocities, { source: data.velocities, rows });
  copyRows(batch.nodeFeatures, { source: data.nodeFeatures, rows });
  if (batch.edgeAttributes !== undefined) {
    copyRows(batch.edgeAttributes, { source: data.edgeAttributes, rows });
  }
  if (batch.nodeMask !== undefined) copyRows(batch.nodeMask, { source: data.nodeMask!, rows });
  if (batch.edgeMask !== undefined) copyRows(batch.edgeMask, { source: data.edgeMask!, rows });
};

function batchFiller(data: DynamicsData): Filler<DynamicsBatch> {
  const { positions: x, targets: y, nodeMask } = data;
  const fillInputs = inputFiller(data);
  const displacementSquared = Float32Array.from({ length: x.length / 3 }, (_, i) => {
    // Nothing is divided by 0 where there is no particle.
    if (nodeMask?.[i] === 0) return 1;
    let sum = 0;
    for (let k = 3 * i; k < 3 * i + 3; k++) sum += (x[k] - y[k]) ** 2;
    return sum;
  });
  return (batch, rows) => {
    fillInputs(batch.inputs, rows);
    copyRows(batch.target, { source: y, rows });
    if (batch.displacementSquared !== undefined) {
      copyRows(batch.displacementSquared, { source: displacementSquared, rows });
    }
  };
}
