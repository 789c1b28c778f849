import { adam, hostTensor, learner } from "../../../nn/mod.ts";
import type { StepScalars } from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import { AdvantageQueue } from "./_advantage_queue.ts";
import type { Mlp } from "./_mlp.ts";
import { actorOf, bellmanTarget, criticOf, initActor, initCritic } from "./_networks.ts";
import { movePair, type PairState, startPair } from "./_pair.ts";
import { compileActor } from "./_policy.ts";
import { goalReplay, type Transitions } from "./_replay.ts";
import { runUpdates } from "./_run_updates.ts";
import { type BaselineOptions, type BaselinePolicy, fillOptions, type RewardOptions } from "./options.ts";

/** Options of {@link trainWgcsl}. */
export interface WgcslOptions extends BaselineOptions, RewardOptions {
  /** Growth of the percentile per update: 0.15 for easy tasks, 0.01 for hard ones. @default 0.15 */
  readonly percentileGrowth?: number;
  /** Largest percentile. @default 80 */
  readonly mostPercentile?: number;
  /** Whether weights have the factor γ^Δ; the authors drop it for random data of hard tasks. @default true */
  readonly discounted?: boolean;
  /** Updates between two of the target networks; 1 to 20 in the released code. @default 10 */
  readonly targetEvery?: number;
}

/** The percentile is taken anew after so many updates, so that they can run in one call. */
const SEGMENT = 10;
/** What advantages below the percentile weigh. */
const LOW_WEIGHT = 0.05;
/** Polyak: share of the target networks that stays. */
const POLYAK = 0.9;

/**
 * Weighted GCSL (Yang et al. 2022, released code): supervised learning as `trainGcsl` with weights
 * γ^Δ · clip(e^A, 0, 10) · ε(A), where Δ = j − t − 1, A = r + γ Q(s', π(s'), g) − Q(s, π(s), g), r ∈ {0, 1},
 * and ε is 1 for an advantage above a percentile of the last 50 000 and 0.05 below. The percentile starts at
 * 0 and grows by 0.15 with every update, up to 80.
 *
 * The critic learns r + γ Q̄(s', π̄(s'), g), cut off at ±1/(1 − γ), with 80 % relabelled goals.
 *
 * Differs from the released code: the percentile is taken every ten updates, not at each; normalisation is
 * fixed; batches are of 256, theirs of 128 (512 for hard tasks).
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainWgcsl } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach(), { threshold } = task;
 * const episodes = recordGoalEpisodes(task, {
 *   episodes: 20, policy: task.expert, stream: stream(1, "data"),
 * });
 * await using policy = await trainWgcsl(episodes, {
 *   seed: 1, steps: 200, batchSize: 64, hidden: [32], learningRate: 3e-3, threshold,
 * });
 * const [x, y] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(x > Math.abs(y), "it goes to the right");
 * ```
 */
export async function trainWgcsl(episodes: GoalEpisodes, options: WgcslOptions): Promise<BaselinePolicy> {
  const { batchSize, hidden, seed, threshold, learningRate = 5e-4, discount = 0.98, ...run } = fillOptions(
    options,
  );
  const { percentileGrowth = 0.15, mostPercentile = 80, discounted = true, targetEvery = 10 } = options;
  const random = stream(seed, "wgcsl"), draws = random.split("batches");
  const replay = goalReplay(episodes, {
    fields: ["observation", "action", "next", "goal", "reward", "delay", "criticGoal", "criticReward"],
    ...{ batchSize, threshold, relabel: 1, restore: 0.2 },
  });
  const optimiser = adam();
  const actor = learner<Mlp>(initActor(random.split("actor"), { ...episodes, hidden }), { optimiser });
  const critic = learner<Mlp>(initCritic(random.split("critic"), { ...episodes, hidden }), { optimiser });
  type Batch = {
    readonly transitions: WgcslBatch;
    readonly scalars: StepScalars;
    /** Advantages above it have their full weight. */
    readonly bar: Tensor;
    /** Rate of the target networks, 0 but for every n-th update. */
    readonly rate: Tensor;
  };
  const queue = new AdvantageQueue();
  const course = { bar: -Infinity, queue: queue.state };
  const update = (state: PairState, { transitions, scalars, bar, rate }: Batch) => {
    const networks = {
      actor: actor.tree(state.actor.parameters),
      critic: critic.tree(state.critic.parameters),
    };
    const advantage = wgcslAdvantage(networks, { ...transitions, discount });
    const weights = wgcslWeights(advantage, {
      bar,
      delay: discounted ? transitions.delay : undefined,
      discount,
    });
    const policy = actor.descend(
      state.actor,
      scalars,
      (parameters) => weightedCloning(parameters, { ...transitions, weights }),
    );
    const target = { actor: actor.tree(state.target.actor), critic: critic.tree(state.target.critic) };
    const wanted = criticTarget(target, { ...transitions, discount });
    const value = critic.descend(state.critic, scalars, (parameters) => {
      const { observation, action, criticGoal: goal } = transitions;
      return tf.mean(tf.square(tf.sub(wanted, criticOf(parameters, { observation, action, goal }))));
    });
    return {
      state: movePair(state, { actor: policy.state, critic: value.state, rate }),
      metrics: { policyLoss: policy.loss, criticLoss: value.loss, advantage },
    };
  };
  const number = () => hostTensor(new Float32Array(1), []);
  const { actor: trained } = await runUpdates<PairState, Batch, ReturnType<typeof update>["metrics"]>(
    update,
    {
      name: "WGCSL",
      state: startPair({ actor, critic }),
      example: { transitions: replay.example, scalars: actor.scalars, bar: number(), rate: number() },
      fill(batch, step) {
        replay.fill(batch.transitions, draws);
        actor.write(batch.scalars, { step, learningRate });
        batch.bar.data[0] = course.bar;
        batch.rate.data[0] = (step + 1) % targetEvery === 0 ? 1 - POLYAK : 0;
      },
      segment: SEGMENT,
      carried: course,
      onMetrics({ advantage }, first, count) {
        queue.add(advantage.data as Float32Array);
        const done = first + count;
        if (done % SEGMENT === 0) {
          course.bar = queue.percentile(Math.min(mostPercentile, percentileGrowth * (done + 1)));
        }
      },
      ...run,
    },
  );
  return compileActor(actor.hostTree(trained.parameters as HostTree<readonly Tensor[]>), {
    ...{ episodes, scaling: replay.scaling, stream: random, executor: options.executor },
  });
}

/** What an update reads. */
export type WgcslBatch = Pick<
  Transitions,
  "observation" | "action" | "next" | "goal" | "reward" | "delay" | "criticGoal" | "criticReward"
>;

/** A policy and what judges it. */
export interface ActorAndCritic {
  /** The policy. */
  readonly actor: Mlp;
  /** Its judge. */
  readonly critic: Mlp;
}

/** A = r + γ Q(s', π(s'), g) − Q(s, π(s), g), `[batch]`. */
export function wgcslAdvantage(
  { actor, critic }: ActorAndCritic,
  { observation, next, goal, reward, discount }:
    & Pick<Transitions, "observation" | "next" | "goal" | "reward">
    & { readonly discount: number },
): Tensor {
  const value = (observation: Tensor) =>
    criticOf(critic, { observation, goal, action: actorOf(actor, observation, goal) });
  return tf.sub(tf.add(reward, tf.mul(value(next), discount)), value(observation));
}

/** γ^Δ · clip(e^A, 0, 10) · ε(A), `[batch]`; without `delay` no first factor. */
export function wgcslWeights(
  advantage: Tensor,
  { bar, delay, discount }: { readonly bar: Tensor; readonly delay?: Tensor; readonly discount: number },
): Tensor {
  const above = tf.cast(tf.greaterEqual(advantage, bar), "float32");
  const share = tf.add(tf.mul(above, 1 - LOW_WEIGHT), LOW_WEIGHT);
  const weights = tf.mul(tf.minimum(tf.exp(advantage), 10), share);
  return delay === undefined ? weights : tf.mul(weights, tf.exp(tf.mul(delay, Math.log(discount))));
}

/** Mean over batch and coordinates of w (π(s, g) − a)². */
export function weightedCloning(
  parameters: Mlp,
  { observation, action, goal, weights }: Pick<Transitions, "observation" | "action" | "goal"> & {
    readonly weights: Tensor;
  },
): Tensor {
  const errors = tf.mean(tf.square(tf.sub(actorOf(parameters, observation, goal), action)), 1);
  return tf.mean(tf.mul(weights, errors));
}

/** r + γ Q̄(s', π̄(s'), g) within ±1/(1 − γ), `[batch]`. */
function criticTarget(
  { actor, critic }: ActorAndCritic,
  { next, criticGoal: goal, criticReward, discount }: WgcslBatch & { readonly discount: number },
): Tensor {
  const action = actorOf(actor, next, goal), most = 1 / (1 - discount);
  return bellmanTarget(criticReward, {
    next: criticOf(critic, { observation: next, goal, action }),
    discount,
    low: -most,
    high: most,
  });
}
