import {
  compileLoop,
  disposable,
  type ExecutorName,
  type HostTree,
  type NativeResource,
} from "../../../compile/mod.ts";
import {
  adam,
  averageParameters,
  hostTensor,
  type Learner,
  learner,
  type LearnerState,
  runSteps,
  type StepScalars,
} from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import type { EluLayers } from "../control/mod.ts";
import type { PixelReplay } from "./pixel_replay.ts";
import type { PixelBatch, PixelCritic, PixelModel } from "./sac_model.ts";

/** Options of {@link pixelTrainer}. */
export interface PixelTrainerOptions {
  /** K: steps of a window. */
  readonly horizon: number;
  /** Seeds initial weights, windows and noise. */
  readonly seed: number;
  /** Windows of an update. @default 256 */
  readonly batchSize?: number;
  /** Adam's step size, of all. @default 1e-3 */
  readonly learningRate?: number;
  /** Share by which the averages move at an update. @default 0.01 */
  readonly averageRate?: number;
  /** α at the start. @default 0.1 */
  readonly temperature?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** What acts, in the layout of its learners. */
export interface PixelNetworks {
  /** Encoder and values. */
  readonly critic: HostTree<readonly Tensor[]>;
  /** The policy. */
  readonly actor: HostTree<readonly Tensor[]>;
}

/** Trains a {@link PixelModel} on what a replay holds. */
export interface PixelTrainer<D> extends NativeResource {
  /** Layouts of both sets of networks. */
  readonly learners: { readonly critic: Learner<PixelCritic<D>>; readonly actor: Learner<EluLayers> };
  /**
   * Some updates.
   *
   * @returns Means of the critic's loss and of ln π.
   * @throws {RangeError} If training diverges.
   */
  update(
    replay: PixelReplay,
    updates: number,
  ): Promise<{ readonly critic: number; readonly logProb: number }>;
  /** Copies what acts. */
  networks(): Promise<PixelNetworks>;
}

interface Temperature {
  /** ln α */
  readonly log: Tensor;
}

interface State {
  readonly critic: LearnerState;
  readonly actor: LearnerState;
  readonly temperature: LearnerState;
  /** Exponential average of the critic's parameters. */
  readonly average: readonly Tensor[];
}

interface Batch {
  readonly windows: PixelBatch;
  /** ε at s′ and at s `[batch, p]` each. */
  readonly noise: { readonly next: Tensor; readonly here: Tensor };
  readonly scalars: StepScalars;
}

const zeros = (...shape: number[]) =>
  hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);

/**
 * Compiles an update of SAC: critic with its encoder and the self-predictive loss, then the policy at the
 * latent states of the new encoder, then α towards an entropy of −p, then the average.
 */
export async function pixelTrainer<D>(
  model: PixelModel<D>,
  options: PixelTrainerOptions,
): Promise<PixelTrainer<D>> {
  const { horizon, seed, executor } = options;
  const { batchSize = 256, learningRate = 1e-3, averageRate = 0.01, temperature: start = 0.1 } = options;
  const { size, frames, actionSize } = model.options;
  const random = stream(seed, "sac"), windows = random.split("windows"), noises = random.split("noise");
  const optimiser = adam();
  const critic = learner<PixelCritic<D>>(model.initCritic(random.split("critic")), { optimiser });
  const actor = learner<EluLayers>(model.initActor(random.split("actor")), { optimiser });
  const temperature = learner<Temperature>({ log: hostTensor(Math.log(start)) }, { optimiser });

  const update = (state: State, { windows, noise, scalars }: Batch) => {
    const average = critic.tree(state.average);
    const alpha = tf.exp(temperature.tree(state.temperature.parameters).log);
    const images = (k: number): Tensor => tf.squeeze(tf.slice(windows.images, k, 1), [0]);
    const targets = model.targets({
      critic: critic.tree(state.critic.parameters),
      actor: actor.tree(state.actor.parameters),
      average,
      temperature: alpha,
    }, { next: images(1), rewards: windows.rewards, noise: noise.next });
    const judged = critic.descend(
      state.critic,
      scalars,
      (parameters) => model.criticLoss(parameters, windows, { targets, average }),
    );
    const judge = critic.tree(judged.state.parameters);
    const z = model.encode(judge, images(0));
    const acted = actor.descend(
      state.actor,
      scalars,
      (parameters) =>
        model.actorLoss(parameters, { critic: judge, z, temperature: alpha, noise: noise.here }),
    );
    // −ln α (mean ln π + target entropy), its gradient that of a soft constraint.
    const cooled = temperature.descend(
      state.temperature,
      scalars,
      ({ log }) => tf.neg(tf.mul(log, tf.sub(acted.aux, actionSize))),
    );
    return {
      state: {
        critic: judged.state,
        actor: acted.state,
        temperature: cooled.state,
        average: averageParameters(state.average, { online: judged.state.parameters, rate: averageRate }),
      },
      metrics: { critic: judged.loss, logProb: acted.aux },
    };
  };
  const example = {
    windows: {
      images: zeros(horizon + 1, batchSize, size, size, frames),
      actions: zeros(horizon, batchSize, actionSize),
      rewards: zeros(batchSize),
    },
    noise: { next: zeros(batchSize, actionSize), here: zeros(batchSize, actionSize) },
    scalars: critic.scalars,
  } as unknown as HostTree<Batch>;
  const loop = await compileLoop<State, Batch, ReturnType<typeof update>["metrics"]>(update, {
    state: {
      critic: critic.start,
      actor: actor.start,
      temperature: temperature.start,
      average: critic.start.parameters,
    } as unknown as HostTree<State>,
    batch: example,
  }, { executor, name: "SAC" });

  let updates = 0;
  return {
    learners: { critic, actor },
    async update(replay, steps) {
      const sums = { critic: 0, logProb: 0 };
      await runSteps<State, Batch, ReturnType<typeof update>["metrics"]>(loop, {
        example,
        steps,
        fill({ windows: batch, noise, scalars }) {
          replay.fill(batch, windows);
          for (const { data } of [noise.next, noise.here]) noises.normal(data as Float32Array);
          critic.write(scalars, { step: updates++, learningRate });
        },
        onMetrics(metrics, first, count) {
          for (let k = 0; k < count; k++) {
            const [loss, logProb] = [metrics.critic.data[k], metrics.logProb.data[k]];
            if (!Number.isFinite(loss + logProb)) {
              throw new RangeError(`Training diverged: the loss of update ${first + k} is ${loss}`);
            }
            sums.critic += loss / steps;
            sums.logProb += logProb / steps;
          }
        },
      });
      return sums;
    },
    async networks() {
      const state = await loop.readState();
      return { critic: state.critic.parameters, actor: state.actor.parameters };
    },
    ...disposable(() => loop.dispose()),
  };
}
