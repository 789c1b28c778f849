import { hostTensor } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { stopGradient, type Tensor, tf } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import { type ActorCriticBatch, type ActorCriticOptions, trainActorCritic } from "./_actor_critic.ts";
import type { Mlp } from "./_mlp.ts";
import { criticOf } from "./_networks.ts";
import { type BaselinePolicy, fillOptions } from "./options.ts";

/** Random actions that a row is judged by. */
const CANDIDATES = 10;

/**
 * Actionable models (Chebotar et al. 2021; GoFAR's released code, `actionablemodel_agent.py`): DDPG on goals
 * that are all hindsight ones, of which those of a batch's second half are shuffled among its rows. There the
 * reward is Q(s, a, g) itself ("goal chaining"). The critic's loss has Q of one of ten uniform actions added,
 * drawn in proportion to e^Q ({@link unseenActionValue}), which keeps actions down that the data do not have.
 *
 * Differs from the released code: fixed normalisation, batches of 256 instead of 512.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainActionableModel } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach(), { threshold } = task;
 * const episodes = recordGoalEpisodes(task, {
 *   episodes: 20, policy: task.expert, stream: stream(1, "data"),
 * });
 * await using policy = await trainActionableModel(episodes, {
 *   seed: 1, steps: 200, batchSize: 64, hidden: [32], learningRate: 3e-3, threshold,
 * });
 * const [x, y] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(x > Math.abs(y), "it goes to the right");
 * ```
 */
export function trainActionableModel(
  episodes: GoalEpisodes,
  options: ActorCriticOptions,
): Promise<BaselinePolicy> {
  const { batchSize } = fillOptions(options), { actionSize, goalSize } = episodes;
  const half = Math.floor(batchSize / 2);
  // 1 in the second half.
  const chained = Float32Array.from({ length: batchSize }, (_, i) => i < half ? 0 : 1);
  return trainActorCritic<{ readonly actions: Tensor; readonly gumbel: Tensor }>(episodes, options, {
    name: "AM",
    relabel: 1,
    actionPenalty: 0,
    extra: {
      actions: hostTensor(new Float32Array(batchSize * CANDIDATES * actionSize), [
        batchSize * CANDIDATES,
        actionSize,
      ]),
      gumbel: hostTensor(new Float32Array(batchSize * CANDIDATES), [batchSize, CANDIDATES]),
    },
    fill({ transitions: { goal }, extra: { actions, gumbel } }, stream) {
      shuffleRows(goal.data as Float32Array, { from: half, columns: goalSize, stream });
      stream.uniform(actions.data as Float32Array, { low: -1 });
      drawGumbel(gumbel.data as Float32Array, stream);
    },
    reward: (plain, { critic, transitions }) =>
      tf.add(plain, tf.mul(tf.sub(criticOf(critic, transitions), plain), tf.tensor1d(chained))),
    penalty: ({ critic, transitions, extra }) =>
      tf.mean(unseenActionValue(critic, { ...transitions, ...extra })),
  });
}

/** Permutes rows `from` to the last. */
export function shuffleRows(
  values: Float32Array,
  { from, columns, stream }: { readonly from: number; readonly columns: number; readonly stream: Stream },
): void {
  const part = values.subarray(from * columns), old = part.slice();
  stream.permutation(part.length / columns).forEach((row, i) =>
    part.set(old.subarray(row * columns, (row + 1) * columns), i * columns)
  );
}

/** Fills an array with −log(−log u), u uniform: the argmax of x + these is k in proportion to e^{x_k}. */
export function drawGumbel(out: Float32Array, stream: Stream): void {
  for (let i = 0; i < out.length; i++) out[i] = -Math.log(-Math.log(Math.max(stream.nextUniform(), 1e-12)));
}

/**
 * Q(s, a, g) of one of k actions, drawn with probabilities in proportion to e^Q, `[batch]`; the draw has no
 * gradient. Q of the action drawn is computed once more, so that the gradient passes through one row of k.
 */
export function unseenActionValue(
  critic: Mlp,
  { observation, goal, actions, gumbel }: Pick<ActorCriticBatch, "observation" | "goal"> & {
    /** `[batch · k, m]` */
    readonly actions: Tensor;
    /** Gumbel noise, see {@link drawGumbel}, `[batch, k]`. */
    readonly gumbel: Tensor;
  },
): Tensor {
  const [batch, count] = gumbel.shape as [number, number];
  const repeated = (rows: Tensor) =>
    tf.reshape(tf.tile(tf.expandDims(rows, 1), [1, count, 1]), [batch * count, rows.shape[1]!]);
  const values = tf.reshape(
    criticOf(critic, { observation: repeated(observation), goal: repeated(goal), action: actions }),
    [batch, count],
  );
  const raced = tf.add(values, gumbel);
  const chosen = tf.cast(tf.greaterEqual(raced, tf.max(raced, 1, true)), "float32");
  const each = tf.mul(tf.reshape(actions, [batch, count, -1]), tf.expandDims(chosen, 2));
  return criticOf(critic, { observation, goal, action: stopGradient(tf.sum(each, 1)) });
}
