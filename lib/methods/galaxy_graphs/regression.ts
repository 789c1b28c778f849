import { compileLoop, type HostTree } from "../../compile/mod.ts";
import type { GalaxyCatalogue } from "../../data/mod.ts";
import { adam, hostTensor, runSteps } from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../tensor/mod.ts";
import { aggregatesOf, type CriticBatch, criticLabels } from "./_batch.ts";
import { batchMaker } from "./_batch_maker.ts";
import { fakes, runningStatistics } from "./_fakes.ts";
import { type Trained, untrained, updated } from "./_updates.ts";
import {
  type Generator,
  type GeneratorStatistics,
  initGenerator,
  initGeneratorStatistics,
} from "./generator.ts";
import type { GalaxyModel } from "./model.ts";
import type { GalaxyTrainingOptions } from "./options.ts";

type Scalars = Readonly<Record<string, Tensor>>;

interface RegressionState {
  readonly generator: Trained<Generator>;
  readonly statistics: GeneratorStatistics;
}

/** What a regression returns. */
export interface RegressionTraining {
  /** The trained model. */
  readonly model: GalaxyModel;
  /** Mean squared error of a label's entries, one an iteration. */
  readonly losses: readonly number[];
}

/**
 * The `regression` baseline: the generator trained to predict the labels by mean squared error, without a
 * critic. It learns the mean, so that shapes lose their scatter.
 *
 * @param options As for `trainGalaxyGan`; one update an iteration, and what concerns the critic is not used.
 */
export async function trainGalaxyRegression(
  catalogue: GalaxyCatalogue,
  options: GalaxyTrainingOptions,
): Promise<RegressionTraining> {
  const { seed, iterations, learningRate = 1e-3, executor, signal, onProgress } = options;
  const random = stream(seed, "galaxy_graphs", "regression");
  const maker = batchMaker(catalogue, { ...options, random });
  const { model: filled, scaling } = maker;
  const optimiser = adam();
  const generator = initGenerator(random.split("generator"), {
    inputs: maker.channels + filled.noise,
    widths: filled.generatorWidths,
    output: filled.output,
  });
  const example: HostTree<{ batch: CriticBatch; scalars: Scalars }> = {
    batch: maker.criticBatch(),
    scalars: { rate: hostTensor(new Float32Array(1), []), epsilon: hostTensor(new Float32Array(1), []) },
  };
  const loop = await compileLoop(
    (state: RegressionState, { batch, scalars }: { batch: CriticBatch; scalars: Scalars }) => {
      const aggregates = aggregatesOf(batch, filled);
      const { value, grads, aux } = valueAndGrad((parameters: Generator) => {
        const made = fakes(parameters, batch, { options: filled, aggregates });
        const errors = tf.mul(tf.sub(criticLabels(made.labels, filled), batch.labels), batch.mask);
        const entries = tf.mul(tf.sum(batch.mask), batch.labels.shape[1]!);
        return { value: tf.div(tf.sum(tf.square(errors)), entries), aux: made.statistics };
      }, state.generator.parameters);
      return {
        state: {
          generator: updated(state.generator, { gradients: grads, optimiser, scalars }),
          statistics: runningStatistics(state.statistics, aux),
        },
        metrics: { loss: value },
      };
    },
    {
      state: {
        generator: untrained<Generator>(generator, optimiser),
        statistics: initGeneratorStatistics({ widths: filled.generatorWidths }),
      },
      batch: example,
    },
    { executor, name: "galaxy regression" },
  );
  const losses: number[] = [];
  try {
    await runSteps(loop, {
      example,
      steps: iterations,
      signal,
      resumption: { streams: [], carried: { losses } },
      fill({ batch, scalars }, step) {
        maker.fillCritic(batch, random.split(`iteration-${step}`));
        for (const [name, value] of Object.entries(optimiser.scalars(step, learningRate))) {
          scalars[name].data[0] = value;
        }
      },
      onMetrics({ loss }, first, count) {
        losses.push(...loss.data);
        if (losses.some((value) => !Number.isFinite(value))) {
          throw new RangeError(
            `Training diverged: the loss is not finite within iterations ${first} to ${first + count}`,
          );
        }
        onProgress?.(first + count, iterations);
      },
    });
    const { generator, statistics } = await loop.readState();
    return { model: { options: filled, scaling, generator: generator.parameters, statistics }, losses };
  } finally {
    await loop.dispose();
  }
}
