import { compileLoop, type HostTree } from "../../compile/mod.ts";
import type { GalaxyCatalogue } from "../../data/mod.ts";
import { adam, hostTensor, type Optimiser, runSteps } from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../tensor/mod.ts";
import { aggregatesOf, type CriticBatch, criticLabels, labelChannels, type ScoredBatch } from "./_batch.ts";
import { batchMaker } from "./_batch_maker.ts";
import { fakes, runningStatistics } from "./_fakes.ts";
import { framedAxes, tidalFrame } from "./_frame.ts";
import { type Trained, untrained, updated } from "./_updates.ts";
import { type Critic, criticOf, initCritic } from "./critic.ts";
import {
  type Generator,
  type GeneratorStatistics,
  initGenerator,
  initGeneratorStatistics,
} from "./generator.ts";
import type { GalaxyModel } from "./model.ts";
import type { FilledModelOptions, GalaxyTrainingOptions } from "./options.ts";
import { criticLoss, type CriticLossOptions, generatorLoss, gradientPenalty } from "./wasserstein.ts";

/** Both networks in training. */
export interface GanState {
  /** The generator's weights and optimiser. */
  readonly generator: Trained<Generator>;
  /** The critic's weights and optimiser. */
  readonly critic: Trained<Critic>;
  /** Running statistics of the generator's normalisations. */
  readonly statistics: GeneratorStatistics;
}

/** Numbers that an update reads beside its batch, e.g. its learning rate, by name. */
export type UpdateScalars = Readonly<Record<string, Tensor>>;

/** One iteration's input: a fresh batch for each update. */
export interface GanBatch {
  /** One batch for each of its updates. */
  readonly critic: readonly { readonly batch: CriticBatch; readonly scalars: UpdateScalars }[];
  /** One batch for each of its updates. */
  readonly generator: readonly { readonly batch: ScoredBatch; readonly scalars: UpdateScalars }[];
}

/** What is known of an iteration, scalars, from its last updates. */
export interface GanMetrics {
  /** mean D(real) − mean D(fake), an estimate of the Wasserstein distance. */
  readonly distance: Tensor;
  /** GP. */
  readonly penalty: Tensor;
  /** L_G. */
  readonly generatorLoss: Tensor;
}

/** Adam with the paper's β₁ = 0, β₂ = 0.95. */
export const GAN_OPTIMISER: Optimiser = adam({ beta1: 0, beta2: 0.95 });

/** One update of the critic: L_D = mean D(fake) − mean D(real) + 0.001 mean D(real)² + 15 GP. */
export function criticUpdate(
  { critic, generator }: Pick<GanState, "critic" | "generator">,
  { batch, scalars, options, loss: { penalty = 15, drift } = {}, optimiser = GAN_OPTIMISER }: {
    readonly batch: CriticBatch;
    readonly scalars: UpdateScalars;
    readonly options: FilledModelOptions;
    readonly loss?: CriticLossOptions;
    readonly optimiser?: Optimiser;
  },
): { critic: Trained<Critic>; metrics: Omit<GanMetrics, "generatorLoss"> } {
  const aggregates = aggregatesOf(batch, options);
  const fake = criticLabels(
    fakes(generator.parameters, batch, { options, aggregates }).labels,
    options,
  );
  const { conditions, pool, labels: real, mix } = batch;
  const members = tf.cast(tf.greater(pool, 0), "float32");
  const frame = tidalFrame(conditions, options);
  const { grads, aux } = valueAndGrad((parameters: Critic) => {
    const score = criticOf({ parameters, conditions, aggregate: aggregates.critic, pool, frame });
    const scores = { real: score(real), fake: score(fake) };
    const gp = gradientPenalty(score, { real, fake, mix, members });
    const value = tf.add(criticLoss(scores, { drift }), tf.mul(gp, penalty));
    return { value, aux: { distance: tf.sub(tf.mean(scores.real), tf.mean(scores.fake)), penalty: gp } };
  }, critic.parameters);
  return { critic: updated(critic, { gradients: grads, optimiser, scalars }), metrics: aux };
}

/** One update of the generator: L_G = −mean D(fake). */
export function generatorUpdate(
  { critic, generator, statistics }: GanState,
  { batch, scalars, options, optimiser = GAN_OPTIMISER }: {
    readonly batch: ScoredBatch;
    readonly scalars: UpdateScalars;
    readonly options: FilledModelOptions;
    readonly optimiser?: Optimiser;
  },
): { generator: Trained<Generator>; statistics: GeneratorStatistics; loss: Tensor } {
  const aggregates = aggregatesOf(batch, options);
  const { conditions, pool } = batch;
  const score = criticOf({
    parameters: critic.parameters,
    conditions,
    aggregate: aggregates.critic,
    pool,
    frame: tidalFrame(conditions, options),
  });
  const { value, grads, aux } = valueAndGrad((parameters: Generator) => {
    const made = fakes(parameters, batch, { options, aggregates });
    return { value: generatorLoss(score(criticLabels(made.labels, options))), aux: made.statistics };
  }, generator.parameters);
  return {
    generator: updated(generator, { gradients: grads, optimiser, scalars }),
    statistics: runningStatistics(statistics, aux),
    loss: value,
  };
}

/** One number an iteration. */
export interface GanHistory {
  /** Estimated Wasserstein distance, by iteration. */
  readonly distance: readonly number[];
  /** Gradient penalty, by iteration. */
  readonly penalty: readonly number[];
  /** Loss of the generator, by iteration. */
  readonly generatorLoss: readonly number[];
}

/** A model at some iteration and how good it is. */
export interface JudgedSnapshot {
  /** Number of finished iterations. */
  readonly iteration: number;
  /** Lower is better; 0 where nothing judges. */
  readonly badness: number;
}

/** What a training returns. */
export interface GanTraining {
  /** The best snapshot's; without `judge` the last one's. */
  readonly model: GalaxyModel;
  /** The snapshot that the model is of. */
  readonly chosen: JudgedSnapshot;
  /** All snapshots, in their order. */
  readonly snapshots: readonly JudgedSnapshot[];
  /** Losses by iteration. */
  readonly history: GanHistory;
}

/** Options of {@link trainGalaxyGan}. */
export interface GanTrainingOptions extends GalaxyTrainingOptions {
  /**
   * Judges a snapshot by statistics of the training half, lower is better; the best one is returned. The
   * released code leaves the choice to the eye.
   */
  readonly judge?: (model: GalaxyModel, iteration: number) => number | Promise<number>;
}

/**
 * Trains a generator of galaxy shapes and its critic on a catalogue: a conditional Wasserstein GAN with
 * gradient penalty on groups as graphs.
 *
 * Jagvaral et al. 2022, released code, but for: 5 updates of the critic to one of the generator (`asReleased`
 * swaps them), running statistics for sampling, and inputs that only their catalogue has.
 *
 * @param catalogue The training half.
 * @throws {RangeError} If a number of steps, groups or nodes is not a positive integer, or the training
 *   diverges.
 *
 * @example
 * ```ts
 * import { generateGalaxies } from "@refigure/refigure/data";
 * import { sampleEllipticities, trainGalaxyGan } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const { catalogue } = generateGalaxies({ seed: 1, box: 30, mesh: 32, number: 0.01 });
 * const { model } = await trainGalaxyGan(catalogue, {
 *   seed: 1,
 *   iterations: 2,
 *   groupsPerBatch: 4,
 *   noise: 4,
 *   generatorWidths: [8, 4],
 *   criticWidths: [8, 4],
 * });
 * const { e1 } = await sampleEllipticities(model, catalogue, { seed: 2 });
 * assert.equal(e1.length, catalogue.galaxies);
 * ```
 */
export async function trainGalaxyGan(
  catalogue: GalaxyCatalogue,
  options: GanTrainingOptions,
): Promise<GanTraining> {
  const { seed, iterations, snapshotEvery = 500, judge, executor, signal, onProgress } = options;
  const { asReleased = false, penalty, drift } = options;
  const { learningRate = 1e-3, criticLearningRate = learningRate, schedule = "constant" } = options;
  const { criticSteps = asReleased ? 1 : 5, generatorSteps = asReleased ? 5 : 1 } = options;
  checkPositive({ iterations, snapshotEvery, criticSteps, generatorSteps });
  const random = stream(seed, "galaxy_graphs", "training");
  const maker = batchMaker(catalogue, { ...options, random });
  const { model: filled, channels, scaling } = maker;
  const state: HostTree<GanState> = {
    generator: untrained<Generator>(
      initGenerator(random.split("generator"), {
        inputs: channels + filled.noise,
        widths: filled.generatorWidths,
        output: filled.output,
      }),
      GAN_OPTIMISER,
    ),
    critic: untrained<Critic>(
      initCritic(random.split("critic"), {
        labels: labelChannels(filled.output) + framedAxes(channels, filled),
        conditions: channels,
        widths: filled.criticWidths,
      }),
      GAN_OPTIMISER,
    ),
    statistics: initGeneratorStatistics({ widths: filled.generatorWidths }),
  };
  const example: HostTree<GanBatch> = {
    critic: Array.from({ length: criticSteps }, () => ({ batch: maker.criticBatch(), scalars: noScalars() })),
    generator: Array.from({ length: generatorSteps }, () => ({
      batch: maker.scoredBatch(),
      scalars: noScalars(),
    })),
  };
  const loop = await compileLoop(
    (state: GanState, batch: GanBatch): { state: GanState; metrics: GanMetrics } => {
      let { critic, generator, statistics } = state;
      let metrics: Omit<GanMetrics, "generatorLoss"> | undefined, loss: Tensor | undefined;
      for (const input of batch.critic) {
        ({ critic, metrics } = criticUpdate({ critic, generator }, {
          ...input,
          options: filled,
          loss: { penalty, drift },
        }));
      }
      for (const input of batch.generator) {
        ({ generator, statistics, loss } = generatorUpdate({ critic, generator, statistics }, {
          ...input,
          options: filled,
        }));
      }
      return { state: { critic, generator, statistics }, metrics: { ...metrics!, generatorLoss: loss! } };
    },
    { state, batch: example },
    { executor, name: "galaxy GAN" },
  );
  const course: {
    readonly history: Record<"distance" | "penalty" | "generatorLoss", number[]>;
    readonly snapshots: JudgedSnapshot[];
    best?: { readonly model: GalaxyModel; readonly chosen: JudgedSnapshot };
  } = { history: { distance: [], penalty: [], generatorLoss: [] }, snapshots: [] };
  const { history, snapshots } = course;
  try {
    await runSteps<GanState, GanBatch, GanMetrics>(loop, {
      example,
      steps: iterations,
      segment: snapshotEvery,
      signal,
      resumption: { streams: [], carried: course },
      fill(batch, iteration) {
        const draws = random.split(`iteration-${iteration}`);
        const share = schedule === "linear" ? 1 - iteration / iterations : 1;
        batch.critic.forEach((input, k) => {
          maker.fillCritic(input.batch, draws.split(`critic-${k}`));
          writeScalars(input.scalars, {
            step: iteration * criticSteps + k,
            learningRate: share * criticLearningRate,
          });
        });
        batch.generator.forEach((input, k) => {
          maker.fillScored(input.batch, draws.split(`generator-${k}`));
          writeScalars(input.scalars, {
            step: iteration * generatorSteps + k,
            learningRate: share * learningRate,
          });
        });
      },
      async onMetrics(metrics, first, count) {
        for (const key of ["distance", "penalty", "generatorLoss"] as const) {
          for (const value of metrics[key].data) {
            if (!Number.isFinite(value)) {
              throw new RangeError(
                `Training diverged: ${key} is ${value} within iterations ${first} to ${first + count}`,
              );
            }
            history[key].push(value);
          }
        }
        const iteration = first + count;
        onProgress?.(iteration, iterations);
        if (iteration % snapshotEvery > 0 && iteration < iterations) return;
        const { generator, statistics } = await loop.readState();
        const model = { options: filled, scaling, generator: generator.parameters, statistics };
        const snapshot = { iteration, badness: judge === undefined ? 0 : await judge(model, iteration) };
        snapshots.push(snapshot);
        const { best } = course;
        if (best === undefined || judge === undefined || snapshot.badness < best.chosen.badness) {
          course.best = { model, chosen: snapshot };
        }
      },
    });
  } finally {
    await loop.dispose();
  }
  return { ...course.best!, snapshots, history };
}

const noScalars = (): HostTree<UpdateScalars> =>
  Object.fromEntries(
    Object.keys(GAN_OPTIMISER.scalars(0, 1)).map((name) => [name, hostTensor(new Float32Array(1), [])]),
  );

function writeScalars(
  scalars: HostTree<UpdateScalars>,
  { step, learningRate }: { readonly step: number; readonly learningRate: number },
): void {
  for (const [name, value] of Object.entries(GAN_OPTIMISER.scalars(step, learningRate))) {
    scalars[name].data[0] = value;
  }
}

function checkPositive(numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`Cannot train as ${name} must be an integer >= 1: current value is ${value}`);
  }
}
