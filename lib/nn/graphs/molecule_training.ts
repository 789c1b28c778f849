import {
  digestOf,
  disposable,
  type HostTree,
  type NativeResource,
  type Portable,
  portableModel,
} from "../../compile/mod.ts";
import { constants, copyRows, hostTensor } from "../mod.ts";
import { stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { exampleMolecules, moleculeFiller } from "./_molecule_batches.ts";
import { type MoleculeForces, moleculeForces } from "./molecule_forces.ts";
import { compileGraphPredictor, type Filler, type GraphPredictor, trainGraphs } from "./train_graphs.ts";
import { checkNumbers } from "./_check_numbers.ts";
import type { MoleculeData, Splits } from "./data.ts";
import { meanAbsoluteError, scaleTargets, type TargetScaling } from "./losses.ts";
import type { MoleculeInputs, MoleculeModel } from "./models.ts";
import type { GraphTrainingOptions, TrainingCourse } from "./training.ts";

/**
 * Options of {@link trainMolecules}; the defaults are the QM9 experiment's: batch 96, Adam 5e-4 (the paper
 * takes 1e-3 for gap, HOMO and LUMO), weight decay 1e-16, evaluation every epoch, and the schedule as
 * released, `cosineThreePasses`.
 */
export type MoleculeTrainingOptions = GraphTrainingOptions;

/**
 * A trained network for molecules: the parameters with the lowest validation loss. Losses are mean absolute
 * errors in the target's unit. Its file takes `positions`, `nodeFeatures` and `nodeMask` of molecules padded
 * as in training, and gives the `predicted` property.
 */
export interface TrainedMolecules<P = unknown> extends TrainingCourse, NativeResource, Portable {
  /** Of the best evaluation, on the host. */
  readonly parameters: HostTree<P>;
  /** Of the training molecules. */
  readonly scaling: TargetScaling;
  /**
   * Predicted property in its unit, `[samples]`; molecules may be padded to another N than in training.
   *
   * @throws {TypeError} If the data has other features than the training data.
   */
  predict(data: MoleculeData): Promise<Float64Array>;
  /**
   * The property as an energy, and the forces that follow from it; see {@link moleculeForces}.
   *
   * @throws {TypeError} If the data has other features than the training data.
   */
  forces(data: MoleculeData): Promise<MoleculeForces>;
}

/** What a training step reads. */
export interface MoleculeBatch {
  /** What the network reads. */
  readonly inputs: MoleculeInputs;
  /** (y − mean)/MAD `[batch]`. */
  readonly target: Tensor;
}

/**
 * Trains a network to predict a property of molecules: L1 loss on (y − mean)/MAD, Adam, validation by the
 * mean absolute error; the result is the test error of the parameters with the lowest validation error.
 *
 * Levy et al. 2023, released code `main_qm9.py`; the last partial batch is kept, and `epochLosses` are of
 * scaled targets.
 *
 * @param data Training, validation and test molecules, padded to the same N.
 * @throws {TypeError} If the sizes of the data do not fit each other or the model.
 * @throws {RangeError} If all training targets are equal, training diverges, or an option is out of range.
 */
export async function trainMolecules<P>(
  data: Splits<MoleculeData>,
  options: MoleculeTrainingOptions & { readonly model: MoleculeModel<P> },
): Promise<TrainedMolecules<P>> {
  const { model, seed, executor, batchSize = 96 } = options;
  for (const [name, part] of Object.entries(data)) {
    checkData(part, { name, model, nodes: data.train.nodes });
    checkNumbers(part, { name, fields: ["positions", "nodeFeatures", "targets"] });
  }
  const random = stream(seed, "multichannel_egnn", "molecules", model.name);
  const scaling = scaleTargets(data.train);
  const parameters = model.init(random.split("weights"));
  const { train } = data;
  const digest = digestOf(train.positions, train.nodeFeatures, train.nodeMask, train.targets);
  const compileFor = (part: MoleculeData) =>
    compileGraphPredictor<P, MoleculeInputs>(
      (parameters, inputs) => model.predict(inputs, parameters),
      { parameters, example: exampleMolecules(part, batchSize), batchSize, outputs: 1, executor },
    );
  const predictor = await compileFor(data.train);
  const scaled = async (
    predictor: GraphPredictor<P, MoleculeInputs>,
    parameters: HostTree<P>,
    part: MoleculeData,
  ) => {
    const found = await predictor.predict(parameters, { samples: part.samples, fill: moleculeFiller(part) });
    return Float64Array.from(found, (y) => scaling.mean + scaling.deviation * y);
  };
  const predict = (parameters: HostTree<P>, part: MoleculeData) => scaled(predictor, parameters, part);
  const check = (part: MoleculeData) => {
    checkData(part, { name: "data", model, nodes: part.nodes });
    checkNumbers(part, { name: "data", fields: ["positions", "nodeFeatures"] });
  };
  const error = async (parameters: HostTree<P>, part: MoleculeData) => {
    const predicted = await predict(parameters, part);
    return predicted.reduce((sum, y, i) => sum + Math.abs(y - part.targets[i]), 0) / part.samples;
  };
  try {
    const trained = await trainGraphs<P, MoleculeBatch>({
      parameters,
      random,
      samples: data.train.samples,
      example: {
        inputs: exampleMolecules(data.train, batchSize),
        target: hostTensor(new Float32Array(batchSize)),
      },
      fill: batchFiller(data.train, scaling),
      byRows: true,
      loss: ({ parameters, batch: { inputs, target }, weights }) => ({
        loss: meanAbsoluteError(model.predict(inputs, parameters), { target, weights }),
      }),
      validate: (parameters) => error(parameters, data.valid),
    }, {
      ...options,
      batchSize,
      learningRate: options.learningRate ?? 5e-4,
      schedule: options.schedule ?? "cosineThreePasses",
      weightDecay: options.weightDecay ?? 1e-16,
      evaluateEvery: options.evaluateEvery ?? 1,
      dropLast: false,
    });
    const test = await error(trained.parameters, data.test);
    return {
      ...trained,
      best: { ...trained.best, test },
      scaling,
      portable: () =>
        portableModel(
          (inputs: MoleculeInputs & Readonly<Record<string, Tensor>>) => {
            const y = model.predict(inputs, constants<P>(trained.parameters));
            return { predicted: tf.add(tf.mul(y, scaling.deviation), scaling.mean) };
          },
          exampleMolecules(data.train, batchSize) as HostTree<
            MoleculeInputs & Readonly<Record<string, Tensor>>
          >,
          { method: model.name, seed, data: digest, settings: options },
        ),
      async predict(part) {
        check(part);
        if (part.nodes === data.train.nodes) return await predict(trained.parameters, part);
        const other = await compileFor(part);
        try {
          return await scaled(other, trained.parameters, part);
        } finally {
          await other.dispose();
        }
      },
      async forces(part) {
        check(part);
        const { parameters } = trained;
        return await moleculeForces(part, { model, parameters, scaling, batchSize, executor });
      },
      ...disposable(predictor.dispose),
    };
  } catch (error) {
    await predictor.dispose();
    throw error;
  }
}

function checkData(
  data: MoleculeData,
  { name, model, nodes }: { name: string; model: MoleculeModel; nodes: number },
): void {
  const fail = (what: string, value: unknown) => {
    throw new TypeError(
      `Cannot use ${name} molecules with ${model.name} as ${what}: current value is ${value}`,
    );
  };
  const features = data.nodeFeatures.length / (data.samples * data.nodes);
  if (!(data.samples >= 1)) fail("there must be at least one", data.samples);
  if (data.nodes !== nodes) fail(`nodes must be ${nodes} as in training`, data.nodes);
  if (features !== model.nodeFeatures) fail(`there must be ${model.nodeFeatures} atom features`, features);
}

function batchFiller(data: MoleculeData, { mean, deviation }: TargetScaling): Filler<MoleculeBatch> {
  const scaled = Float32Array.from(data.targets, (y) => (y - mean) / deviation);
  const fillInputs = moleculeFiller(data);
  return (batch, rows) => {
    fillInputs(batch.inputs, rows);
    copyRows(batch.target, { source: scaled, rows });
  };
}
