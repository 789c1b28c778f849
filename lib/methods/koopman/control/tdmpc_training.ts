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
import type { Tensor } from "../../../tensor/mod.ts";
import type { EluLayers } from "./networks.ts";
import type { PrioritisedReplay } from "./prioritised_replay.ts";
import type { ControlBatch, TdMpcModel, WorldParameters } from "./tdmpc_model.ts";

/** Options of {@link tdMpcTrainer}; defaults are TD-MPC's. */
export interface TdMpcTrainerOptions {
  /** H: steps of a window. */
  readonly horizon: number;
  /** Seeds initial weights, windows and noise. */
  readonly seed: number;
  /** Windows of an update. @default 512 */
  readonly batchSize?: number;
  /** Adam's step size, of the policy, too. @default 1e-3 */
  readonly learningRate?: number;
  /** Limit on the norm of each gradient. @default 10 */
  readonly clipNorm?: number;
  /** Standard deviation of the policy's noise. @default 0.05 */
  readonly policySpread?: number;
  /** Share by which the averages move at every `averageEvery`-th update. @default 0.01 */
  readonly averageRate?: number;
  /** Updates between two moves of the averages. @default 2 */
  readonly averageEvery?: number;
  /** Updates of one call, between which priorities stay as they were. @default 1 */
  readonly updatesPerCall?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** Means of the last call's losses. */
export interface TdMpcLosses {
  /** Of the world model. */
  readonly world: number;
  /** Of the policy. */
  readonly policy: number;
}

/** Networks on the host, in the layout of their learners: few arrays, to be fed to programs at every step. */
export interface PackedNetworks {
  /** All but the policy. */
  readonly world: HostTree<readonly Tensor[]>;
  /** The policy. */
  readonly policy: HostTree<readonly Tensor[]>;
}

/** Trains a {@link TdMpcModel} on what a replay holds. */
export interface TdMpcTrainer<D> extends NativeResource {
  /** Layouts of both sets of networks. */
  readonly learners: { readonly world: Learner<WorldParameters<D>>; readonly policy: Learner<EluLayers> };
  /**
   * Some updates; the replay's priorities follow.
   *
   * @throws {RangeError} If training diverges.
   */
  update(replay: PrioritisedReplay, updates: number): Promise<TdMpcLosses>;
  /** Copies what plans. */
  networks(): Promise<PackedNetworks>;
}

interface State {
  readonly world: LearnerState;
  readonly policy: LearnerState;
  /** Exponential average of the world's parameters. */
  readonly average: readonly Tensor[];
}

interface Batch {
  readonly windows: ControlBatch;
  /** Noise of the policy at s_1 … s_H `[H, batch, p]`, and at z_0 … z_H `[H + 1, batch, p]`. */
  readonly noise: { readonly targets: Tensor; readonly policy: Tensor };
  readonly scalars: StepScalars;
  /** Share by which the average moves. */
  readonly rate: Tensor;
}

const zeros = (...shape: number[]) =>
  hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);

/**
 * Compiles TD-MPC's update: the world model descends its loss, then the policy −Q at the latent states of the
 * old one with the new Q, then the average moves (Hansen et al. 2022, Algorithm 2).
 */
export async function tdMpcTrainer<D>(
  model: TdMpcModel<D>,
  options: TdMpcTrainerOptions,
): Promise<TdMpcTrainer<D>> {
  const { horizon, seed, executor } = options;
  const { batchSize = 512, learningRate = 1e-3, clipNorm = 10, policySpread = 0.05 } = options;
  const { averageRate = 0.01, averageEvery = 2, updatesPerCall = 1 } = options;
  const { observationSize, actionSize } = model.options;
  const random = stream(seed, "td-mpc");
  const windows = random.split("windows"), noises = random.split("noise");
  const learned = { optimiser: adam(), clipNorm };
  const world = learner<WorldParameters<D>>(model.initWorld(random.split("world")), learned);
  const policy = learner<EluLayers>(model.initPolicy(random.split("policy")), learned);

  const update = (state: State, { windows, noise, scalars, rate }: Batch) => {
    const acting = policy.tree(state.policy.parameters);
    const targets = model.targets(
      {
        world: world.tree(state.world.parameters),
        policy: acting,
        average: world.tree(state.average),
      },
      windows,
      noise.targets,
    );
    const learnt = world.descend(state.world, scalars, (parameters) => {
      const { total, ...aux } = model.worldLoss(parameters, windows, targets);
      return { value: total, aux };
    });
    const { latents, priorities } = learnt.aux;
    const judge = world.tree(learnt.state.parameters);
    const followed = policy.descend(
      state.policy,
      scalars,
      (parameters) => model.policyLoss(parameters, { world: judge, latents, noise: noise.policy }),
    );
    return {
      state: {
        world: learnt.state,
        policy: followed.state,
        average: averageParameters(state.average, { online: learnt.state.parameters, rate }),
      },
      metrics: { world: learnt.loss, policy: followed.loss, priorities },
    };
  };
  const example = {
    windows: {
      observations: zeros(horizon + 1, batchSize, observationSize),
      actions: zeros(horizon, batchSize, actionSize),
      rewards: zeros(horizon, batchSize),
      weights: zeros(batchSize),
    },
    noise: {
      targets: zeros(horizon, batchSize, actionSize),
      policy: zeros(horizon + 1, batchSize, actionSize),
    },
    scalars: world.scalars,
    rate: zeros(),
  } as unknown as HostTree<Batch>;
  const loop = await compileLoop<State, Batch, ReturnType<typeof update>["metrics"]>(update, {
    state: {
      world: world.start,
      policy: policy.start,
      average: world.start.parameters,
    } as unknown as HostTree<State>,
    batch: example,
  }, { executor, name: "TD-MPC" });

  let updates = 0;
  return {
    learners: { world, policy },
    async update(replay, steps) {
      const sums = { world: 0, policy: 0 };
      let drawn: Int32Array[] = [], errors: number[] = [];
      await runSteps<State, Batch, ReturnType<typeof update>["metrics"]>(loop, {
        example,
        steps,
        segment: updatesPerCall,
        fill({ windows: batch, noise, scalars, rate }) {
          const chosen = replay.draw(batchSize, windows);
          replay.write(batch, chosen);
          drawn.push(chosen);
          for (const { data } of [noise.targets, noise.policy]) {
            noises.normal(data as Float32Array, { std: policySpread });
          }
          world.write(scalars, { step: updates, learningRate });
          rate.data[0] = updates % averageEvery === 0 ? averageRate : 0;
          updates++;
        },
        onMetrics(metrics, first, count) {
          for (let k = 0; k < count; k++) {
            const [one, two] = [metrics.world.data[k], metrics.policy.data[k]];
            if (!Number.isFinite(one + two)) {
              throw new RangeError(
                `Training diverged: losses of update ${updates - count + k} are ${one} and ${two}`,
              );
            }
            sums.world += one / steps;
            sums.policy += two / steps;
          }
          errors.push(...metrics.priorities.data);
          // Only here, so that results do not depend on how many updates fit into a call.
          if ((first + count) % updatesPerCall !== 0 && first + count < steps) return;
          drawn.forEach((chosen, k) =>
            replay.update(chosen, errors.slice(k * batchSize, (k + 1) * batchSize))
          );
          [drawn, errors] = [[], []];
        },
      });
      return sums;
    },
    async networks() {
      const state = await loop.readState();
      return { world: state.world.parameters, policy: state.policy.parameters };
    },
    ...disposable(() => loop.dispose()),
  };
}
