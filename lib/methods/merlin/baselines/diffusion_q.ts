import { adam, hostTensor, learner, timeEmbedding } from "../../../nn/mod.ts";
import type { StepScalars } from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type HostTree, stopGradient, type Tensor, tf } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import {
  corrupted,
  type Corruption,
  ddpmReverse,
  type DdpmStep,
  ddpmSteps,
  drawCorruption,
  emptyCorruption,
  variancePreservingBetas,
} from "./_ddpm.ts";
import { initMlp, type Mlp, mlp } from "./_mlp.ts";
import { bellmanTarget, criticOf, initCritic } from "./_networks.ts";
import { movePair, type PairState, startPair } from "./_pair.ts";
import { compileGoalPolicy } from "./_policy.ts";
import { goalReplay, type Transitions } from "./_replay.ts";
import { runUpdates } from "./_run_updates.ts";
import { type BaselineOptions, type BaselinePolicy, fillOptions, type RewardOptions } from "./options.ts";

/** Options of {@link trainDiffusionQ}. */
export interface DiffusionQOptions extends BaselineOptions, RewardOptions {
  /** Probability of a goal in hindsight. @default 0.8 */
  readonly relabel?: number;
  /** η: weight of the value against imitation. @default 1 */
  readonly valueWeight?: number;
  /** Denoising steps, K. @default 5 */
  readonly denoisingSteps?: number;
}

/** Width of the embedding of k. */
const EMBEDDING = 16;
/** Share of the target networks that moves with each update. */
const RATE = 0.005;

/** Both critics. */
interface TwinCritic {
  readonly first: Mlp;
  readonly second: Mlp;
}

/**
 * Diffusion Q-learning (Wang et al. 2023) with the goal as input, "g-DQL": the policy is a denoising
 * diffusion model of five steps on the action. It is trained on mean (ε − ε̂(a_k, k, s, g))² − η · mean Q(s,
 * â, g)/mean |Q|, where â is a sample and gradients go through all of its steps; two critics learn clip(r + γ
 * min Q̄(s', â', g), −1/(1 − γ), 0), r = 0 at the goal and −1 elsewhere, with â' from the averaged policy.
 *
 * The settings are ours: networks as those of the other baselines, ReLU, relabelled goals, averages that move
 * by 0.005. It acts by one sample; the original chooses from 50 by Q.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainDiffusionQ } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach(), { threshold } = task;
 * const episodes = recordGoalEpisodes(task, {
 *   episodes: 20, policy: task.expert, stream: stream(1, "data"),
 * });
 * await using policy = await trainDiffusionQ(episodes, {
 *   seed: 1, steps: 200, batchSize: 64, hidden: [32], learningRate: 3e-3, threshold,
 * });
 * const [x] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(Math.abs(x) <= 1 && policy.networkCalls === 5);
 * ```
 */
export async function trainDiffusionQ(
  episodes: GoalEpisodes,
  options: DiffusionQOptions,
): Promise<BaselinePolicy> {
  const { batchSize, hidden, seed, threshold, learningRate = 5e-4, discount = 0.98, ...run } = fillOptions(
    options,
  );
  const { relabel = 0.8, valueWeight = 1, denoisingSteps = 5 } = options;
  const { observationSize, goalSize, actionSize } = episodes;
  const random = stream(seed, "g-dql"), draws = random.split("batches"), noises = random.split("noise");
  const steps = ddpmSteps(variancePreservingBetas(denoisingSteps));
  const replay = goalReplay(episodes, {
    fields: ["observation", "action", "next", "goal", "reward"],
    ...{ batchSize, threshold, relabel },
  });
  const optimiser = adam();
  const actor = learner<Mlp>(
    initMlp(random.split("actor"), {
      ...{ inputs: observationSize + goalSize + actionSize + EMBEDDING, outputs: actionSize, hidden },
    }),
    { optimiser },
  );
  const half = (name: string) => initCritic(random.split(name), { ...episodes, hidden });
  const critic = learner<TwinCritic>({ first: half("first"), second: half("second") }, { optimiser });
  type Batch = {
    readonly transitions: Pick<Transitions, "observation" | "action" | "next" | "goal" | "reward">;
    readonly corruption: Corruption;
    /** Noise of the samples at s and at s', `[K + 1, batch, m]` each. */
    readonly chains: { readonly here: Tensor; readonly next: Tensor };
    readonly scalars: StepScalars;
  };
  const update = (state: PairState, { transitions, corruption, chains, scalars }: Batch) => {
    const { observation, action, next, goal, reward } = transitions;
    const ahead = sampleAction(actor.tree(state.target.actor), {
      ...{ observation: next, goal, noise: chains.next, steps },
    });
    const target = critic.tree(state.target.critic);
    const wanted = bellmanTarget(tf.sub(reward, 1), {
      next: tf.minimum(...bothValues(target, { observation: next, goal, action: ahead })),
      ...{ discount, low: -1 / (1 - discount), high: 0 },
    });
    const value = critic.descend(
      state.critic,
      scalars,
      (twin) =>
        tf.addN(
          bothValues(twin, { observation, goal, action }).map((q) => tf.mean(tf.square(tf.sub(q, wanted)))),
        ),
    );
    const twin = critic.tree(value.state.parameters);
    const policy = actor.descend(state.actor, scalars, (parameters) => {
      const imitation = noiseError(parameters, { observation, goal, action, ...corruption });
      const sample = sampleAction(parameters, { observation, goal, noise: chains.here, steps });
      const q = criticOf(twin.first, { observation, goal, action: sample });
      const size = stopGradient(tf.mean(tf.abs(q)));
      return tf.sub(imitation, tf.mul(tf.div(tf.mean(q), size), valueWeight));
    });
    return {
      state: movePair(state, { actor: policy.state, critic: value.state, rate: RATE }),
      metrics: { policyLoss: policy.loss, criticLoss: value.loss },
    };
  };
  const zeros = (...shape: number[]) =>
    hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent)), shape);
  const { target: { actor: trained } } = await runUpdates<
    PairState,
    Batch,
    ReturnType<typeof update>["metrics"]
  >(
    update,
    {
      name: "g-DQL",
      state: startPair({ actor, critic }),
      example: {
        transitions: replay.example,
        corruption: emptyCorruption(batchSize, actionSize),
        chains: {
          here: zeros(denoisingSteps + 1, batchSize, actionSize),
          next: zeros(denoisingSteps + 1, batchSize, actionSize),
        },
        scalars: actor.scalars,
      },
      fill({ transitions, corruption, chains, scalars }, step) {
        replay.fill(transitions, draws);
        drawCorruption(corruption, { steps, stream: noises });
        for (const { data } of [chains.here, chains.next]) noises.normal(data as Float32Array);
        actor.write(scalars, { step, learningRate });
      },
      ...run,
    },
  );
  return compileGoalPolicy<Mlp>(
    (parameters, { observation, goal, noise: [noise] }) =>
      sampleAction(parameters, { observation, goal, noise, steps }),
    {
      parameters: actor.hostTree(trained as HostTree<readonly Tensor[]>),
      scaling: replay.scaling,
      actionBound: episodes.actionBound,
      networkCalls: denoisingSteps,
      noise: (rows) => [[denoisingSteps + 1, rows, actionSize]],
      stream: random,
      executor: options.executor,
    },
  );
}

/** Q of both critics, `[batch]` each. */
function bothValues(
  { first, second }: TwinCritic,
  input: Parameters<typeof criticOf>[1],
): [Tensor, Tensor] {
  return [criticOf(first, input), criticOf(second, input)];
}

/** Mean over batch and coordinates of (ε − ε̂(√ᾱ a + √(1 − ᾱ) ε, k, s, g))². */
export function noiseError(
  parameters: Mlp,
  { observation, goal, action, ...corruption }:
    & Pick<Transitions, "observation" | "goal" | "action">
    & Corruption,
): Tensor {
  const noisy = corrupted(action, corruption), { index, drawn } = corruption;
  return tf.mean(tf.square(tf.sub(drawn, predictNoise(parameters, { noisy, index, observation, goal }))));
}

/** ε̂(a_k, k, s, g), `[batch, m]`. */
function predictNoise(
  parameters: Mlp,
  { noisy, index, observation, goal }: {
    readonly noisy: Tensor;
    readonly index: Tensor;
    readonly observation: Tensor;
    readonly goal: Tensor;
  },
): Tensor {
  return mlp(parameters, [noisy, timeEmbedding(index, { dimension: EMBEDDING }), observation, goal]);
}

/**
 * A sample of the policy: a_K normal, then K reverse steps, within ±1. Differentiable.
 *
 * @param options `noise` `[K + 1, batch, m]`, standard normal: a_K, and what steps K … 1 add.
 */
export function sampleAction(
  parameters: Mlp,
  { observation, goal, noise, steps }: {
    readonly observation: Tensor;
    readonly goal: Tensor;
    readonly noise: Tensor;
    readonly steps: readonly DdpmStep[];
  },
): Tensor {
  const [start, ...drawn] = tf.unstack(noise);
  const sample = steps.toReversed().reduce<Tensor>((noisy, step, i) => {
    const index = tf.fill([noisy.shape[0]], step.index);
    const predicted = predictNoise(parameters, { noisy, index, observation, goal });
    return ddpmReverse(noisy, { predicted, drawn: drawn[i], step, limit: 1 });
  }, start);
  return tf.clipByValue(sample, -1, 1);
}
