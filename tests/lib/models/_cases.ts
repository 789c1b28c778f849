import type { Portable, PortableModel } from "../../../lib/compile/mod.ts";
import { pointReach, recordGoalEpisodes } from "../../../lib/environments/mod.ts";
import { fitDdpm } from "../../../lib/methods/diffusion_time/ddpm.ts";
import {
  fitDteCategorical,
  fitDteGaussian,
  fitDteInverseGamma,
} from "../../../lib/methods/diffusion_time/mod.ts";
import { adapt } from "../../../lib/methods/equivariant_adaptation/mod.ts";
import {
  koopmanDynamics,
  latentModel,
  portableLatentModel,
  predictSequences,
  trainLatentModel,
} from "../../../lib/methods/koopman/mod.ts";
import {
  heat,
  objectiveOf,
  operatorEvaluator,
  portableOperator,
  sampleInitialConditions,
  trainOperator,
} from "../../../lib/methods/lie_symmetry/mod.ts";
import { compileMerlin, portableMerlin, trainMerlin } from "../../../lib/methods/merlin/mod.ts";
import { moleculeEgnn, multichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { exportOnnx } from "../../../lib/compile/mod.ts";
import { chargedParticles, trainDynamics, trainMolecules } from "../../../lib/nn/graphs/mod.ts";
import { cyclic } from "../../../lib/nn/group/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Matrix, matrix } from "../../../lib/stats/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

/** An input of a model's file. */
export interface Feed {
  readonly dtype: "float32" | "float64";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A trained method, inputs for its file, and what the method itself makes of them. */
export interface Case {
  readonly model: Portable | PortableModel;
  readonly method: string;
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly wanted: Readonly<Record<string, ArrayLike<number>>>;
  free?(): Promise<void>;
}

const draw = (name: string, count: number) => stream(3, name).normal(new Float32Array(count));

const feed = (
  data: ArrayLike<number>,
  shape: readonly number[],
  dtype: Feed["dtype"] = "float32",
): Feed => ({ dtype, shape, data: Array.from(data) });

/** Rows far from 0 and 1, of which float32 alone would lose digits; 300 are a block of 256 and a part. */
const rowsFor = (count: number): Matrix => {
  const data = Float64Array.from(draw("rows", 3 * count), (x, i) => i % 3 === 0 ? 1e7 + x : 1e-3 * x);
  return { data, rows: count, columns: 3 };
};

const DETECTORS = {
  "DTE-C": fitDteCategorical,
  "DTE-IG": fitDteInverseGamma,
  "DTE-Gaussian": fitDteGaussian,
  "DDPM": fitDdpm,
};

async function detectorCase(
  method: keyof typeof DETECTORS,
  { standardise = true, ...more }: { standardise?: boolean; stopEarly?: object; epochs?: number } = {},
): Promise<Case> {
  const train = standardise ? rowsFor(120) : matrix(draw("plain", 360), { columns: 3 });
  const rows = standardise ? rowsFor(300) : matrix(draw("asked", 900), { columns: 3 });
  const sizes = method === "DDPM"
    ? { steps: 40, start: 10, width: 16, hidden: 16 }
    : { hidden: [16, 16, 16] };
  const options = { seed: 4, epochs: 3, standardise, ...sizes, ...more };
  const detector = await (DETECTORS[method] as typeof fitDteCategorical)(train, options as { seed: number });
  return {
    model: detector,
    method,
    feeds: { rows: feed(rows.data, [300, 3], "float64") },
    wanted: { score: await detector.score(rows) },
    free: () => detector.dispose(),
  };
}

async function merlinCase(): Promise<Case> {
  const task = pointReach();
  const episodes = recordGoalEpisodes(task, { episodes: 6, policy: task.expert, stream: stream(1, "data") });
  const options = { ratio: 0.5, steps: 20, batchSize: 16, seed: 5, hidden: [16] };
  const trained = await trainMerlin(episodes, options);
  await using policy = await compileMerlin(trained);
  const { observationSize: n, goalSize: d } = episodes, rows = 70;
  const observations = draw("observations", rows * n), goals = draw("goals", rows * d);
  return {
    model: portableMerlin(trained, { episodes, options }),
    method: "Merlin",
    feeds: {
      observations: feed(observations, [rows, n], "float64"),
      goals: feed(goals, [rows, d], "float64"),
      horizons: feed(new Float32Array(rows).fill(6), [rows]),
    },
    wanted: { ...await policy.distribution({ observations, goals, rows, horizon: 6 }) },
  };
}

async function koopmanCase(): Promise<Case> {
  const sizes = { observationSize: 3, actionSize: 1, width: 8, smallWidth: 8 };
  const model = latentModel({ dynamics: koopmanDynamics({ modes: 4 }), ...sizes });
  const steps = 20;
  const sequences = {
    ...sizes,
    episodes: [{
      observations: draw("observations", 3 * (steps + 1)),
      actions: draw("actions", steps),
      rewards: draw("rewards", steps),
      steps,
    }],
  };
  const options = { sequences, horizon: 5, batchSize: 4, steps: 10, seed: 2 };
  const trained = await trainLatentModel(model, options);
  const rows = 70, horizon = 7;
  const starts = draw("starts", 3 * rows), actions = draw("plans", horizon * rows);
  const { parameters } = trained;
  const { observations, rewards } = await predictSequences(model, { parameters, starts, actions });
  // Time is first there, and second in files.
  const swapped = (values: Float32Array, width: number) =>
    Float32Array.from(values, (_, i) => {
      const k = i % width, t = Math.floor(i / width) % horizon, row = Math.floor(i / (width * horizon));
      return values[(t * rows + row) * width + k];
    });
  return {
    model: portableLatentModel(model, { trained, options, horizon }),
    method: `latent model, ${model.options.dynamics.name}`,
    feeds: {
      observation: feed(starts, [rows, 3]),
      actions: feed(
        Float32Array.from(actions, (_, i) => actions[(i % horizon) * rows + Math.floor(i / horizon)]),
        [rows, horizon, 1],
      ),
    },
    wanted: { observations: swapped(observations, 3), rewards: swapped(rewards, 1) },
  };
}

async function operatorCase(start: "loss" | "exact", waves = 0): Promise<Case> {
  const problem = { equation: heat(0.1), length: 2 * Math.PI, duration: 1 };
  const initial = sampleInitialConditions(stream(1, "train"), { count: 4, modes: 1, waves: 1 });
  const options = {
    ...{ problem, initial, start, interiorPoints: 8, initialPoints: 8, boundaryTimes: 4, steps: 5, seed: 7 },
    sizes: { sensors: 8, hiddenLayers: 2, width: 8, features: 4, waves },
    objective: objectiveOf("pinn", problem),
  };
  const trained = await trainOperator(options);
  const grid = { positions: Float64Array.of(0.5, 1, 4), times: Float64Array.of(0, 0.3) };
  await using evaluator = await operatorEvaluator(trained.parameters, {
    ...{ problem, initial, grid, start },
    sensors: 8,
  });
  const { values } = await evaluator.evaluate(trained.parameters);
  const { columns, data } = initial.coefficients;
  const places = [0, 0.3].flatMap((t) => [0.5, 1, 4].map((x) => [x, t]));
  const rows = 4 * places.length;
  return {
    model: portableOperator(trained, options),
    method: `operator of ${problem.equation.name}`,
    feeds: {
      coefficients: feed(
        Array.from({ length: 4 }, (_, f) => places.map(() => data.slice(f * columns, (f + 1) * columns)))
          .flat().flatMap((row) => Array.from(row)),
        [rows, columns],
      ),
      points: feed(Array(4).fill(places).flat(2), [rows, 2]),
    },
    wanted: { u: values },
  };
}

async function dynamicsCase(): Promise<Case> {
  const part = (name: string, samples: number) => {
    const positions = draw(`${name} x`, 9 * samples), velocities = draw(`${name} v`, 9 * samples);
    const targets = positions.map((x, i) => x + velocities[i]);
    return chargedParticles({ nodes: 3, positions, velocities, targets }, Array(3 * samples).fill(1));
  };
  const test = part("test", 25);
  const model = multichannelEgnn({ channels: 2, layers: 2, hidden: 8 });
  const trained = await trainDynamics({ train: part("train", 20), valid: part("valid", 10), test }, {
    ...{ model, seed: 6, epochs: 2, batchSize: 10 },
  });
  return {
    model: trained,
    method: model.name,
    feeds: {
      positions: feed(test.positions, [25, 3, 3]),
      velocities: feed(test.velocities, [25, 3, 3]),
      nodeFeatures: feed(test.nodeFeatures, [25, 3, test.nodeFeatures.length / 75]),
      edgeAttributes: feed(test.edgeAttributes, [25, 6, test.edgeAttributes.length / 150]),
    },
    wanted: { predicted: await trained.predict(test) },
    free: () => trained.dispose(),
  };
}

async function moleculesCase(): Promise<Case> {
  const features = 15, nodes = 4;
  const part = (name: string, samples: number) => ({
    ...{ samples, nodes },
    positions: draw(`${name} x`, 3 * nodes * samples),
    nodeFeatures: draw(`${name} h`, features * nodes * samples),
    // The last atom of every other molecule is padding.
    nodeMask: Float32Array.from({ length: nodes * samples }, (_, i) => i % (2 * nodes) === nodes - 1 ? 0 : 1),
    targets: Float64Array.from(draw(`${name} y`, samples), (y) => 5 * y - 300),
  });
  const test = part("test", 25), model = moleculeEgnn({ layers: 2, hidden: 8 });
  const trained = await trainMolecules({ train: part("train", 20), valid: part("valid", 10), test }, {
    ...{ model, seed: 6, epochs: 2, batchSize: 10 },
  });
  return {
    model: trained,
    method: model.name,
    feeds: {
      positions: feed(test.positions, [25, nodes, 3]),
      nodeFeatures: feed(test.nodeFeatures, [25, nodes, features]),
      nodeMask: feed(test.nodeMask, [25, nodes]),
    },
    wanted: { predicted: await trained.predict(test) },
    free: () => trained.dispose(),
  };
}

async function canonicalizerCase(): Promise<Case> {
  const size = 6, count = 20;
  const images = {
    data: stream(2, "images").uniform(new Float32Array(count * size * size)),
    count,
    size,
    channels: 1,
  };
  const judge = exportOnnx(
    (x: Tensor) => tf.reshape(tf.mean(x, [1, 2, 3]), [-1, 1]),
    [hostTensor(new Float32Array(size * size), [1, 1, size, size])],
  );
  const adapted = await adapt(judge, { group: cyclic(4), images, epochs: 1, batchSize: 8 });
  const { poses } = await adapted.predict(images);
  return {
    model: adapted,
    method: "canonicalizer",
    feeds: { images: feed(images.data, [count, size, size, 1]) },
    wanted: { pose: poses },
    free: () => adapted.dispose(),
  };
}

/** All methods that have a file, trained for a moment. */
export const CASES: Readonly<Record<string, () => Promise<Case>>> = {
  "fitDteCategorical()": () => detectorCase("DTE-C"),
  "fitDteCategorical() of standardised rows": () => detectorCase("DTE-C", { standardise: false }),
  // Past the best epoch, whose parameters count.
  "fitDteCategorical() that stopped early": () =>
    detectorCase("DTE-C", { epochs: 60, stopEarly: { patience: 3 } }),
  "fitDteInverseGamma()": () => detectorCase("DTE-IG"),
  "fitDteGaussian()": () => detectorCase("DTE-Gaussian"),
  "fitDdpm()": () => detectorCase("DDPM"),
  "portableMerlin()": merlinCase,
  "portableLatentModel()": koopmanCase,
  "portableOperator()": () => operatorCase("loss"),
  "portableOperator() that starts exactly": () => operatorCase("exact"),
  "portableOperator() on waves": () => operatorCase("loss", 2),
  "trainDynamics()": dynamicsCase,
  "trainMolecules()": moleculesCase,
  "adapt()": canonicalizerCase,
};
