import { adam, averageParameters, hostTensor, learner, type LearnerState, tanh } from "../../../nn/mod.ts";
import type { StepScalars } from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf, valueAndGrad } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import { initMlp, type Mlp, scalarMlp } from "./_mlp.ts";
import { initActor } from "./_networks.ts";
import { compileActor } from "./_policy.ts";
import { goalReplay, type Transitions } from "./_replay.ts";
import { runUpdates } from "./_run_updates.ts";
import { type BaselineOptions, type BaselinePolicy, fillOptions } from "./options.ts";
import { weightedCloning } from "./wgcsl.ts";

/** Options of {@link trainGofar}. */
export interface GofarOptions extends BaselineOptions {
  /** γ, in [0, 1). @default 0.98 */
  readonly discount?: number;
  /** η of the discriminator's Adam, whatever `learningRate` is. @default 5e-4 */
  readonly discriminatorRate?: number;
  /** Weight of the gradient penalty. @default 0.01 */
  readonly penalty?: number;
  /** Updates between two of the target network. @default 20 */
  readonly targetEvery?: number;
}

/** Polyak: share of the target network that stays. */
const POLYAK = 0.95;

/**
 * Goal-conditioned f-advantage regression (Ma et al. 2022, released code, χ²), without relabelling:
 *
 * - a discriminator D (tanh) tells (g, g) from (φ(s), g), with a penalty on the length of its gradient, see
 *   {@link discriminatorLoss}; the reward is R = log D − log(1 − D) at (φ(s_t), g), which is its logit;
 * - a value V is trained on (1 − γ) V(s_0, g) + (e + 1)², e = R + γ V̄(s', g) − V(s, g);
 * - the policy is trained on relu(e + 1) · (π(s, g) − a)².
 *
 * Differs from the released code: discriminator and policy take turns at every update, not in blocks of 20;
 * normalisation is fixed; batches are of 256, theirs of 512. One update is one of all three networks.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainGofar } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach();
 * const episodes = recordGoalEpisodes(task, {
 *   episodes: 20, policy: task.expert, stream: stream(1, "data"),
 * });
 * await using policy = await trainGofar(episodes, {
 *   seed: 1, steps: 200, batchSize: 64, hidden: [32], learningRate: 3e-3,
 * });
 * const [x, y] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(x > Math.abs(y), "it goes to the right");
 * ```
 */
export async function trainGofar(episodes: GoalEpisodes, options: GofarOptions): Promise<BaselinePolicy> {
  const { batchSize, hidden, seed, learningRate = 1e-3, discount = 0.98, ...run } = fillOptions(options);
  const { discriminatorRate = 5e-4, penalty = 0.01, targetEvery = 20 } = options;
  const random = stream(seed, "gofar"), draws = random.split("batches"), mixes = random.split("mixes");
  const { observationSize, goalSize } = episodes;
  const pairs = goalReplay(episodes, { fields: ["achieved", "goal"], batchSize, relabel: 0 });
  const replay = goalReplay(episodes, {
    fields: ["observation", "action", "next", "goal", "achieved", "initial"],
    ...{ batchSize, relabel: 0 },
  });
  const optimiser = adam();
  const network = (name: string, inputs: number) =>
    learner<Mlp>(
      initMlp(random.split(name), {
        ...{ inputs, outputs: 1, hidden },
        initialiser: name === "value" ? "xavier" : "torch",
      }),
      { optimiser },
    );
  const discriminator = network("discriminator", 2 * goalSize);
  const critic = network("value", observationSize + goalSize);
  const actor = learner<Mlp>(initActor(random.split("actor"), { ...episodes, hidden }), { optimiser });
  type State = {
    readonly actor: LearnerState;
    readonly value: LearnerState;
    readonly discriminator: LearnerState;
    readonly target: readonly Tensor[];
  };
  type Batch = {
    readonly pairs: DiscriminatorBatch;
    readonly transitions: GofarBatch;
    readonly scalars: StepScalars;
    readonly discriminatorScalars: StepScalars;
    readonly rate: Tensor;
  };
  const update = (state: State, { pairs, transitions, scalars, discriminatorScalars, rate }: Batch) => {
    const judge = discriminator.descend(
      state.discriminator,
      discriminatorScalars,
      (parameters) => discriminatorLoss(parameters, { ...pairs, penalty }),
    );
    const reward = discriminatorLogit(discriminator.tree(judge.state.parameters), transitions);
    const next = valueOf(critic.tree(state.target), transitions.next, transitions.goal);
    const backup = tf.add(reward, tf.mul(next, discount));
    const value = critic.descend(
      state.value,
      scalars,
      (parameters) => gofarValueLoss(parameters, { ...transitions, backup, discount }),
    );
    const policy = actor.descend(
      state.actor,
      scalars,
      (parameters) => weightedCloning(parameters, { ...transitions, weights: value.aux }),
    );
    return {
      state: {
        actor: policy.state,
        value: value.state,
        discriminator: judge.state,
        target: averageParameters(state.target, { online: value.state.parameters, rate }),
      },
      metrics: { discriminatorLoss: judge.loss, valueLoss: value.loss, policyLoss: policy.loss },
    };
  };
  const mix = hostTensor(new Float32Array(batchSize), [batchSize, 1]);
  const { actor: trained } = await runUpdates<State, Batch, ReturnType<typeof update>["metrics"]>(update, {
    name: "GoFAR",
    state: {
      actor: actor.start,
      value: critic.start,
      discriminator: discriminator.start,
      target: critic.start.parameters,
    },
    example: {
      pairs: { ...pairs.example, mix },
      transitions: replay.example,
      scalars: actor.scalars,
      discriminatorScalars: discriminator.scalars,
      rate: hostTensor(new Float32Array(1), []),
    },
    fill(batch, step) {
      pairs.fill(batch.pairs, draws);
      mixes.uniform(batch.pairs.mix.data as Float32Array);
      replay.fill(batch.transitions, draws);
      actor.write(batch.scalars, { step, learningRate });
      discriminator.write(batch.discriminatorScalars, { step, learningRate: discriminatorRate });
      batch.rate.data[0] = (step + 1) % targetEvery === 0 ? 1 - POLYAK : 0;
    },
    ...run,
  });
  return compileActor(actor.hostTree(trained.parameters as HostTree<readonly Tensor[]>), {
    ...{ episodes, scaling: replay.scaling, stream: random, executor: options.executor },
  });
}

/** What value and policy read. */
export type GofarBatch = Pick<
  Transitions,
  "observation" | "action" | "next" | "goal" | "achieved" | "initial"
>;

/** What the discriminator reads. */
export interface DiscriminatorBatch extends Pick<Transitions, "achieved" | "goal"> {
  /** Uniform in [0, 1), `[batch, 1]`: where between (φ(s), g) and (g, g) the gradient is taken. */
  readonly mix: Tensor;
}

/** The logit of D(φ(s), g), `[batch]`: log D − log(1 − D). */
export function discriminatorLogit(
  parameters: Mlp,
  { achieved, goal }: Pick<Transitions, "achieved" | "goal">,
): Tensor {
  return scalarMlp(parameters, [achieved, goal], tanh);
}

/**
 * −mean log D(g, g) − mean log(1 − D(φ(s), g)) + penalty · mean (‖∇ logit‖ − 1)², with the gradient by the
 * pair at u (g, g) + (1 − u) (φ(s), g). By the discriminator's parameters this has second derivatives, which
 * are exact.
 */
export function discriminatorLoss(
  parameters: Mlp,
  { achieved, goal, mix, penalty }: DiscriminatorBatch & { readonly penalty: number },
): Tensor {
  const logit = (pair: Tensor) => scalarMlp(parameters, [pair], tanh);
  const real = tf.concat([goal, goal], 1), fake = tf.concat([achieved, goal], 1);
  // −log σ(x) = softplus(−x), −log(1 − σ(x)) = softplus(x)
  const told = tf.add(
    tf.mean(tf.softplus(tf.neg(logit(real)))),
    tf.mean(tf.softplus(logit(fake))),
  );
  const between = tf.add(fake, tf.mul(mix, tf.sub(real, fake)));
  const { grads } = valueAndGrad(({ pair }) => tf.sum(logit(pair)), { pair: between });
  const length = tf.sqrt(tf.add(tf.sum(tf.square(grads.pair), 1), 1e-12));
  return tf.add(told, tf.mul(tf.mean(tf.square(tf.sub(length, 1))), penalty));
}

/** V(s, g), `[batch]`. */
export function valueOf(parameters: Mlp, observation: Tensor, goal: Tensor): Tensor {
  return scalarMlp(parameters, [observation, goal]);
}

/**
 * (1 − γ) mean V(s_0, g) + mean (e + 1)², e = backup − V(s, g); the weights relu(e + 1) of the policy come
 * with it.
 */
export function gofarValueLoss(
  parameters: Mlp,
  { observation, initial, goal, backup, discount }: Pick<GofarBatch, "observation" | "initial" | "goal"> & {
    /** R + γ V̄(s', g), `[batch]`. */
    readonly backup: Tensor;
    readonly discount: number;
  },
): { readonly value: Tensor; readonly aux: Tensor } {
  const raised = tf.add(tf.sub(backup, valueOf(parameters, observation, goal)), 1);
  const start = tf.mul(tf.mean(valueOf(parameters, initial, goal)), 1 - discount);
  return { value: tf.add(start, tf.mean(tf.square(raised))), aux: tf.relu(raised) };
}
