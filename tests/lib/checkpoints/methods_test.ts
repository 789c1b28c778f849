/** Trainings with loops or callbacks of their own are resumed as well. */
import assert from "node:assert/strict";
import { Checkpoints, withCheckpoints } from "../../../lib/checkpoints/mod.ts";
import { fitVae } from "../../../lib/anomaly/mod.ts";
import { generateGalaxies } from "../../../lib/data/mod.ts";
import { pointReach, recordGoalEpisodes } from "../../../lib/environments/mod.ts";
import { fitDteCategorical } from "../../../lib/methods/diffusion_time/mod.ts";
import { trainGalaxyGan, trainGalaxyRegression } from "../../../lib/methods/galaxy_graphs/mod.ts";
import {
  heat,
  objectiveOf,
  regularGrid,
  sampleInitialConditions,
  solveHeat,
  trainOperator,
} from "../../../lib/methods/lie_symmetry/mod.ts";
import { trainMerlin, trainWgcsl } from "../../../lib/methods/merlin/mod.ts";
import { multichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { trainWithSharing } from "../../../lib/methods/weight_sharing/mod.ts";
import { chargedParticles, trainDynamics } from "../../../lib/nn/graphs/mod.ts";
import { hostTensor, meanSquaredError, rowBatches } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { matrix } from "../../../lib/stats/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { memory } from "./_memory.ts";

interface Run {
  readonly signal?: AbortSignal;
}

const draw = (name: string, count: number) => stream(3, name).normal(new Float32Array(count));

const detectorRows = matrix(draw("rows", 180), { columns: 3 });

const task = pointReach();
const episodes = recordGoalEpisodes(task, { episodes: 6, policy: task.expert, stream: stream(1, "data") });
const question = { observations: Float32Array.of(-3, 0, 1, 2), goals: Float32Array.of(3, 0, 1, 1), rows: 2 };

const { catalogue } = generateGalaxies({ seed: 21, box: 30, mesh: 32 });
const galaxies = {
  ...{ seed: 1, groupsPerBatch: 6, blockSize: 16, noise: 4 },
  ...{ generatorWidths: [8, 6], criticWidths: [8, 6] },
};

function particles(name: string, samples: number) {
  const positions = draw(`${name} x`, 9 * samples), velocities = draw(`${name} v`, 9 * samples);
  const targets = positions.map((x, i) => x + velocities[i]);
  return chargedParticles({ nodes: 3, positions, velocities, targets }, Array(3 * samples).fill(1));
}

/** By name: a training, and what must be the same. */
const TRAININGS: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  async "fitDteCategorical() (streams)"(run) {
    const options = { seed: 1, epochs: 8, batchSize: 16, hidden: [8, 8, 8], ...run };
    await using detector = await fitDteCategorical(detectorRows, options);
    return [detector.epochLosses, await detector.score(detectorRows)];
  },
  async "fitDteCategorical() that stops early (held-out losses, the best parameters)"(run) {
    const options = { seed: 1, epochs: 30, batchSize: 16, hidden: [8, 8, 8], learningRate: 0.03, ...run };
    await using detector = await fitDteCategorical(detectorRows, { ...options, stopEarly: { patience: 6 } });
    return [detector.epochLosses, detector.heldOutLosses, await detector.score(detectorRows)];
  },
  async "fitVae() (streams)"(run) {
    await using detector = await fitVae(detectorRows, { seed: 1, epochs: 6, ...run });
    return [detector.epochLosses, await detector.score(detectorRows)];
  },
  async "trainMerlin() (batches filled once more, and normalisers)"(run) {
    const options = { ratio: 0.5, steps: 30, batchSize: 16, seed: 5, hidden: [8], ...run };
    const { layers, losses, normalisations } = await trainMerlin(episodes, options);
    return { layers, losses, normalisations };
  },
  async "trainWgcsl() (a threshold that follows its updates)"(run) {
    const { threshold } = task;
    const options = {
      seed: 1,
      steps: 60,
      batchSize: 16,
      hidden: [8],
      threshold,
      percentileGrowth: 5,
      ...run,
    };
    await using policy = await trainWgcsl(episodes, options);
    return await policy.act(question);
  },
  async "trainDynamics() (best parameters, a rate that falls with them)"(run) {
    const splits = {
      train: particles("train", 20),
      valid: particles("valid", 10),
      test: particles("test", 10),
    };
    await using trained = await trainDynamics(splits, {
      ...{
        model: multichannelEgnn({ channels: 2, layers: 2, hidden: 8 }),
        seed: 6,
        epochs: 12,
        batchSize: 5,
      },
      ...{ learningRate: 0.05, evaluateEvery: 2, schedule: { patience: 0, threshold: 0.9 }, ...run },
    });
    const { parameters, evaluations, best, epochLosses, testScore } = trained;
    return { parameters, evaluations, best, epochLosses, testScore };
  },
  "trainGalaxyRegression() (a loop of its own)": (run) =>
    trainGalaxyRegression(catalogue, { ...galaxies, iterations: 12, ...run }),
  "trainGalaxyGan() (a loop of its own, and snapshots)": (run) =>
    trainGalaxyGan(catalogue, {
      ...{ ...galaxies, iterations: 12, criticSteps: 2, snapshotEvery: 3, ...run },
      judge: ({ generator }) => Promise.resolve(JSON.stringify(generator).length % 7),
    }),
  async "trainOperator() (errors between its steps)"(run) {
    const problem = { equation: heat(0.1), length: 2 * Math.PI, duration: 1 };
    const initial = sampleInitialConditions(stream(1, "train"), { count: 4, modes: 1, waves: 1 });
    const truth = solveHeat(initial, { nu: 0.1, grid: regularGrid({ ...problem, positions: 4, times: 3 }) });
    const { parameters, losses, checkpoints } = await trainOperator({
      ...{
        problem,
        initial,
        interiorPoints: 8,
        initialPoints: 8,
        boundaryTimes: 4,
        seed: 7,
        steps: 24,
        every: 4,
      },
      sizes: { sensors: 8, hiddenLayers: 2, width: 8, features: 4 },
      objective: objectiveOf("pinn", problem),
      test: { initial, truth },
      ...run,
    });
    return { parameters, losses, checkpoints };
  },
  "trainWithSharing() (proximal steps on the host)": (run) =>
    trainWithSharing<{ w: Tensor }, { x: Tensor; y: Tensor }>(
      ({ parameters: { w }, batch: { x, y }, weights }) => {
        const found = tf.reshape(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), [-1]);
        return { loss: meanSquaredError(found, { target: y, weights }) };
      },
      {
        parameters: { w: hostTensor(draw("w", 6), [6, 1]) },
        batches: rowBatches({ x: hostTensor(draw("x", 120), [20, 6]), y: hostTensor(draw("y", 20)) }),
        ...{ batchSize: 5, epochs: 10, stream: stream(1, "order") },
        penalties: [{ path: "w", sharing: 0.05 }],
        ...run,
      },
    ),
};

for (const [name, train] of Object.entries(TRAININGS)) {
  Deno.test(`${name} goes on where it was, bit for bit`, async () => {
    const whole = await train({});
    const files = new Map<string, Uint8Array>();
    let kills = 0;
    for (;;) {
      const { store, signal } = memory(files, { stopAfter: 2 });
      try {
        const checkpoints = new Checkpoints(store, { everySeconds: 0 });
        assert.deepEqual(await withCheckpoints(checkpoints, () => train({ signal })), whole);
        break;
      } catch (error) {
        if ((error as Error).message !== "killed") throw error;
        kills++;
      }
    }
    assert.ok(kills >= 2, `killed ${kills} times only`);
  });
}
