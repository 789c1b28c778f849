import { adam, learner, type LearnerState, type StepScalars } from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import type { Mlp } from "./_mlp.ts";
import { compileActor } from "./_policy.ts";
import { actorOf, initActor } from "./_networks.ts";
import { goalReplay, type Transitions } from "./_replay.ts";
import { runUpdates } from "./_run_updates.ts";
import { type BaselineOptions, type BaselinePolicy, fillOptions } from "./options.ts";

/** Options of {@link trainGcsl}. */
export interface GcslOptions extends BaselineOptions {
  /** Probability that the goal is one that the episode achieves later. @default 1 */
  readonly relabel?: number;
}

/**
 * Goal-conditioned supervised learning (Ghosh et al. 2021): π(s, g) is trained on the mean of (π(s_t, φ(s_j))
 * − a_t)², t uniform, j > t uniform. The network ends in tanh. Nothing tells it how far j is, which is what
 * Merlin adds.
 *
 * As in GoFAR's released code (`gcsl_agent.py`), but for fixed normalisation and a batch of 256 instead of
 * 512.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainGcsl } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const episodes = recordGoalEpisodes(pointReach(), { episodes: 20, stream: stream(1, "data") });
 * await using policy = await trainGcsl(episodes, { seed: 1, steps: 200, batchSize: 64, hidden: [32] });
 * const [x, y] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(x > Math.abs(y), "it goes to the right");
 * ```
 */
export async function trainGcsl(episodes: GoalEpisodes, options: GcslOptions): Promise<BaselinePolicy> {
  const { batchSize, hidden, seed, learningRate = 5e-4, relabel = 1, ...run } = fillOptions(options);
  const random = stream(seed, "gcsl");
  const replay = goalReplay(episodes, { fields: ["observation", "action", "goal"], batchSize, relabel });
  const actor = learner<Mlp>(initActor(random.split("actor"), { ...episodes, hidden }), {
    optimiser: adam(),
  });
  type Batch = { readonly transitions: GcslBatch; readonly scalars: StepScalars };
  const draws = random.split("batches");
  const { parameters } = await runUpdates(
    (state: LearnerState, { transitions, scalars }: Batch) => {
      const { state: next, loss } = actor.descend(
        state,
        scalars,
        (parameters) => gcslLoss(parameters, transitions),
      );
      return { state: next, metrics: { loss } };
    },
    {
      name: relabel > 0 ? "GCSL" : "goal BC",
      state: actor.start,
      example: { transitions: replay.example, scalars: actor.scalars },
      fill({ transitions, scalars }, step) {
        replay.fill(transitions, draws);
        actor.write(scalars, { step, learningRate });
      },
      ...run,
    },
  );
  return compileActor(actor.hostTree(parameters as HostTree<readonly Tensor[]>), {
    ...{ episodes, scaling: replay.scaling, stream: random, executor: options.executor },
  });
}

/**
 * Behaviour cloning with the goal as input: {@link trainGcsl} without relabelling, so that the goal is the
 * one that the recorded behaviour was after.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 */
export function trainGoalBc(episodes: GoalEpisodes, options: BaselineOptions): Promise<BaselinePolicy> {
  return trainGcsl(episodes, { ...options, relabel: 0 });
}

/** What the loss reads. */
export type GcslBatch = Pick<Transitions, "observation" | "action" | "goal">;

/** Mean over batch and coordinates of (π(s, g) − a)². */
export function gcslLoss(parameters: Mlp, { observation, action, goal }: GcslBatch): Tensor {
  return tf.mean(tf.square(tf.sub(actorOf(parameters, observation, goal), action)));
}
