import { adam, hostTensor, learner } from "../../../nn/mod.ts";
import type { StepScalars } from "../../../nn/mod.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import type { Mlp } from "./_mlp.ts";
import { actorOf, bellmanTarget, criticOf, initActor, initCritic } from "./_networks.ts";
import { movePair, type PairState, startPair } from "./_pair.ts";
import { compileActor } from "./_policy.ts";
import { goalReplay, type Transitions } from "./_replay.ts";
import { runUpdates } from "./_run_updates.ts";
import { type BaselineOptions, type BaselinePolicy, fillOptions, type RewardOptions } from "./options.ts";

/** Options of DDPG and of actionable models. */
export interface ActorCriticOptions extends BaselineOptions, RewardOptions {
  /** Updates between two of the target networks. @default 20 */
  readonly targetEvery?: number;
}

/** What an actor-critic's update reads. */
export type ActorCriticBatch = Pick<Transitions, "observation" | "action" | "next" | "goal" | "reward">;

/** A method on top of {@link trainActorCritic}. */
export interface ActorCriticMethod<Extra> {
  readonly name: string;
  /** Probability of a goal in hindsight. */
  readonly relabel: number;
  /** Weight of the mean squared action in the policy's loss. */
  readonly actionPenalty: number;
  /** What batches hold besides. */
  readonly extra: HostTree<Extra>;
  /** Draws it, and changes the batch. */
  fill?(batch: HostTree<{ transitions: ActorCriticBatch; extra: Extra }>, stream: Stream): void;
  /** Rewards `[batch]` where they are not −1 and 0. */
  reward?(plain: Tensor, context: CriticContext<Extra>): Tensor;
  /** What is added to the critic's loss. */
  penalty?(context: CriticContext<Extra>): Tensor;
}

/** A critic in its update. */
export interface CriticContext<Extra> {
  readonly critic: Mlp;
  readonly transitions: ActorCriticBatch;
  readonly extra: Extra;
}

/** Polyak: share of the target networks that stays. */
const POLYAK = 0.95;

/**
 * Deep deterministic policy gradient from recorded episodes: Q learns clip(r + γ Q̄(s', π̄(s'), g), −1/(1 −
 * γ), 0) with r ∈ {−1, 0}, π ascends Q.
 */
export async function trainActorCritic<Extra>(
  episodes: GoalEpisodes,
  options: ActorCriticOptions,
  method: ActorCriticMethod<Extra>,
): Promise<BaselinePolicy> {
  const { batchSize, hidden, seed, threshold, learningRate = 1e-3, discount = 0.98, ...run } = fillOptions(
    options,
  );
  const { targetEvery = 20 } = options, { name, relabel, actionPenalty } = method;
  const random = stream(seed, name), draws = random.split("batches");
  const replay = goalReplay(episodes, {
    fields: ["observation", "action", "next", "goal", "reward"],
    ...{ batchSize, threshold, relabel },
  });
  const optimiser = adam();
  const actor = learner<Mlp>(initActor(random.split("actor"), { ...episodes, hidden }), { optimiser });
  const critic = learner<Mlp>(initCritic(random.split("critic"), { ...episodes, hidden }), { optimiser });
  type Batch = {
    readonly transitions: ActorCriticBatch;
    readonly extra: Extra;
    readonly scalars: StepScalars;
    readonly rate: Tensor;
  };
  const update = (state: PairState, { transitions, extra, scalars, rate }: Batch) => {
    const { next, goal } = transitions, context = { transitions, extra };
    const judge = critic.tree(state.critic.parameters);
    const plain = tf.sub(transitions.reward, 1);
    const wanted = bellmanTarget(method.reward?.(plain, { ...context, critic: judge }) ?? plain, {
      next: criticOf(critic.tree(state.target.critic), {
        ...{ observation: next, goal },
        action: actorOf(actor.tree(state.target.actor), next, goal),
      }),
      ...{ discount, low: -1 / (1 - discount), high: 0 },
    });
    const value = critic.descend(state.critic, scalars, (parameters) => {
      const error = tf.mean(tf.square(tf.sub(wanted, criticOf(parameters, transitions))));
      const penalty = method.penalty?.({ ...context, critic: parameters });
      return penalty === undefined ? error : tf.add(error, penalty);
    });
    const policy = actor.descend(
      state.actor,
      scalars,
      (parameters) => actorLoss(parameters, { ...transitions, critic: judge, actionPenalty }),
    );
    return {
      state: movePair(state, { actor: policy.state, critic: value.state, rate }),
      metrics: { policyLoss: policy.loss, criticLoss: value.loss },
    };
  };
  const { actor: trained } = await runUpdates<PairState, Batch, ReturnType<typeof update>["metrics"]>(
    update,
    {
      name,
      state: startPair({ actor, critic }),
      example: {
        transitions: replay.example,
        extra: method.extra,
        scalars: actor.scalars,
        rate: hostTensor(new Float32Array(1), []),
      } as HostTree<Batch>,
      fill(batch, step) {
        replay.fill(batch.transitions, draws);
        method.fill?.(batch as HostTree<{ transitions: ActorCriticBatch; extra: Extra }>, draws);
        actor.write(batch.scalars, { step, learningRate });
        batch.rate.data[0] = (step + 1) % targetEvery === 0 ? 1 - POLYAK : 0;
      },
      ...run,
    },
  );
  return compileActor(actor.hostTree(trained.parameters as HostTree<readonly Tensor[]>), {
    ...{ episodes, scaling: replay.scaling, stream: random, executor: options.executor },
  });
}

/** −mean Q(s, π(s, g), g) + penalty · mean of π². */
export function actorLoss(
  parameters: Mlp,
  { observation, goal, critic, actionPenalty }: Pick<Transitions, "observation" | "goal"> & {
    readonly critic: Mlp;
    readonly actionPenalty: number;
  },
): Tensor {
  const action = actorOf(parameters, observation, goal);
  const value = tf.neg(tf.mean(criticOf(critic, { observation, goal, action })));
  return tf.add(value, tf.mul(tf.mean(tf.square(action)), actionPenalty));
}
