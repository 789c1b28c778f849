import { scan } from "../../../compile/mod.ts";
import { adam, learner, type LearnerState, tanh, timeEmbedding } from "../../../nn/mod.ts";
import type { StepScalars } from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import { normalise } from "../normaliser.ts";
import {
  corrupted,
  type Corruption,
  cosineBetas,
  ddpmReverse,
  type DdpmStep,
  ddpmSteps,
  drawCorruption,
  emptyCorruption,
  type StepConstants,
} from "./_ddpm.ts";
import { initMlp, type Mlp, mlp } from "./_mlp.ts";
import { compileGoalPolicy } from "./_policy.ts";
import { goalReplay, type Transitions } from "./_replay.ts";
import type { Scaling } from "./_scaling.ts";
import { runUpdates } from "./_run_updates.ts";
import { type BaselineOptions, type BaselinePolicy, fillOptions } from "./options.ts";

/** Options of {@link trainDecisionDiffuser}. */
export interface DecisionDiffuserOptions extends BaselineOptions {
  /** H: states of a plan; at most T. @default 20 */
  readonly horizon?: number;
  /** Denoising steps, K. @default 50 */
  readonly denoisingSteps?: number;
  /** Probability of a goal in hindsight. @default 1 */
  readonly relabel?: number;
  /** α: what the variance of the noise of the reverse steps is multiplied by, in [0, 1]. @default 0.1 */
  readonly temperature?: number;
}

/** Width of the embedding of k. */
const EMBEDDING = 16;
/** Ways, in units of their spread, are cut off here. */
const LIMIT = 5;
/** Least spread of a way. */
const FLOOR = 0.01;

/** What is trained. */
interface Diffuser {
  /** ε̂ of a plan. */
  readonly denoiser: Mlp;
  /** a from s and s'. */
  readonly inverse: Mlp;
}

/**
 * Decision Diffuser (Ajay et al. 2023) with the goal as its condition: a diffusion model draws a plan of H
 * states that begins with the present one, and an inverse model gives the action that leads to the plan's
 * second state: a = tanh(I(s_t, s_{t+1})). A plan is diffused as the ways from the present state,
 * (s_{t+i} − s_t)/σ_i with σ_i their spread in the data: a step is small beside the spread of all states, and
 * else it would be lost in the noise. Trained on mean (ε − ε̂)² of the ways plus the inverse model's squared
 * error; a plan is made anew at every step.
 *
 * It clones the behaviour of the data, as its plans are like the recorded ones. At a low temperature they are
 * near the mean of those that pass by the goal, which is towards it in data of uniform actions, too.
 *
 * The settings are ours: an MLP on the whole plan instead of a one-dimensional U-Net, K = 50 with the cosine
 * schedule, no classifier-free guidance, goals in hindsight. As in the original the reverse steps are taken
 * at a low temperature, with less noise than would draw from the data's law; α = 0.1 returned more than 0.5
 * and 1 on point tasks.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainDecisionDiffuser } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach();
 * const episodes = recordGoalEpisodes(task, {
 *   episodes: 20, policy: task.expert, stream: stream(1, "data"),
 * });
 * await using policy = await trainDecisionDiffuser(episodes, {
 *   seed: 1, steps: 200, batchSize: 64, hidden: [32], learningRate: 3e-3,
 * });
 * const [x] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(Math.abs(x) <= 1 && policy.networkCalls === 51);
 * ```
 */
export async function trainDecisionDiffuser(
  episodes: GoalEpisodes,
  options: DecisionDiffuserOptions,
): Promise<BaselinePolicy> {
  const { batchSize, hidden, seed, learningRate = 5e-4, ...run } = fillOptions(options);
  const { horizon = 20, denoisingSteps = 50, relabel = 1, temperature = 0.1 } = options;
  const { observationSize: n, goalSize, actionSize, length } = episodes;
  if (!(Number.isInteger(horizon) && horizon >= 2 && horizon <= length)) {
    throw new RangeError(
      `Cannot train Decision Diffuser as horizon must be an integer in [2, ${length}]: current value is ${horizon}`,
    );
  }
  if (!(temperature >= 0 && temperature <= 1)) {
    throw new RangeError(
      `Cannot train Decision Diffuser as temperature must be in [0, 1]: current value is ${temperature}`,
    );
  }
  const random = stream(seed, "decision diffuser"), draws = random.split("batches");
  const noises = random.split("noise"), steps = ddpmSteps(cosineBetas(denoisingSteps));
  const replay = goalReplay(episodes, {
    fields: ["window", "action", "goal"],
    ...{ batchSize, relabel, window: horizon },
  });
  const plan = (horizon - 1) * n, spreads = waySpreads(episodes, { scaling: replay.scaling, horizon });
  const diffuser = learner<Diffuser>({
    denoiser: initMlp(random.split("denoiser"), {
      ...{ inputs: plan + n + EMBEDDING + goalSize, outputs: plan, hidden },
    }),
    inverse: initMlp(random.split("inverse"), { inputs: 2 * n, outputs: actionSize, hidden }),
  }, { optimiser: adam() });
  type Batch = {
    readonly transitions: Pick<Transitions, "window" | "action" | "goal">;
    readonly corruption: Corruption;
    readonly scalars: StepScalars;
  };
  const update = (state: LearnerState, { transitions, corruption, scalars }: Batch) => {
    const { state: next, aux } = diffuser.descend(state, scalars, ({ denoiser, inverse }) => {
      const planLoss = planError(denoiser, { ...transitions, ...corruption, spreads, size: n });
      const inverseLoss = inverseError(inverse, { ...transitions, size: n });
      return { value: tf.add(planLoss, inverseLoss), aux: { planLoss, inverseLoss } };
    });
    return { state: next, metrics: aux };
  };
  const { parameters } = await runUpdates<LearnerState, Batch, ReturnType<typeof update>["metrics"]>(update, {
    name: "Decision Diffuser",
    state: diffuser.start,
    example: {
      transitions: replay.example,
      corruption: emptyCorruption(batchSize, plan),
      scalars: diffuser.scalars,
    },
    fill({ transitions, corruption, scalars }, step) {
      replay.fill(transitions, draws);
      drawCorruption(corruption, { steps, stream: noises });
      diffuser.write(scalars, { step, learningRate });
    },
    ...run,
  });
  return compileGoalPolicy<Diffuser>(
    ({ denoiser, inverse }, { observation, goal, noise: [noise] }) => {
      const states = samplePlan(denoiser, { observation, goal, noise, steps, spreads, temperature });
      return inverseAction(inverse, observation, tf.slice(states, [0, 0], [-1, n]));
    },
    {
      parameters: diffuser.hostTree(parameters as HostTree<readonly Tensor[]>),
      scaling: replay.scaling,
      actionBound: episodes.actionBound,
      networkCalls: denoisingSteps + 1,
      noise: (rows) => [[denoisingSteps + 1, rows, plan]],
      stream: random,
      executor: options.executor,
    },
  );
}

/**
 * σ_i = √(mean (s_{t+i} − s_t)²) of normalised states, over all windows of the data: of each coordinate, for
 * i = 1 … H − 1, `[(H − 1) n]`; at least 0.01.
 */
export function waySpreads(
  { episodes, length, observationSize: n, observations }: GoalEpisodes,
  { scaling, horizon }: { readonly scaling: Scaling; readonly horizon: number },
): Float32Array {
  const states = normalise(observations, scaling.observation), starts = length - horizon + 1;
  const squares = new Float64Array((horizon - 1) * n);
  for (let episode = 0; episode < episodes; episode++) {
    for (let t = 0; t < starts; t++) {
      const from = (episode * length + t) * n;
      for (let k = 0; k < squares.length; k++) {
        squares[k] += (states[from + n + k] - states[from + k % n]) ** 2;
      }
    }
  }
  return Float32Array.from(squares, (sum) => Math.max(FLOOR, Math.sqrt(sum / (episodes * starts))));
}

/** The present state `[batch, n]` beside itself, for each later one: `[batch, (H − 1) n]`. */
const repeated = (observation: Tensor, spreads: Float32Array): Tensor =>
  tf.tile(observation, [1, spreads.length / observation.shape[1]!]);

/** What a plan is drawn for. */
export interface PlanContext {
  /** s_t `[batch, n]` */
  readonly observation: Tensor;
  /** `[batch, goalSize]` */
  readonly goal: Tensor;
}

/** ε̂ of the ways to the later states, `[batch, (H − 1) n]`; the first state is given as it is. */
function predictPlanNoise(
  parameters: Mlp,
  { noisy, index, observation, goal }: PlanContext & { readonly noisy: Tensor; readonly index: Tensor },
): Tensor {
  return mlp(parameters, [noisy, observation, timeEmbedding(index, { dimension: EMBEDDING }), goal]);
}

/** Mean over batch and coordinates of (ε − ε̂)² of the ways (s_{t+i} − s_t)/σ_i, i = 1 … H − 1. */
export function planError(
  parameters: Mlp,
  { window, goal, size, spreads, ...corruption }: Pick<Transitions, "window" | "goal"> & Corruption & {
    /** n */
    readonly size: number;
    /** σ, see {@link waySpreads}. */
    readonly spreads: Float32Array;
  },
): Tensor {
  const observation = tf.slice(window, [0, 0], [-1, size]), later = tf.slice(window, [0, size]);
  const ways = tf.div(tf.sub(later, repeated(observation, spreads)), tf.tensor1d(spreads));
  const noisy = corrupted(ways, corruption), { index, drawn } = corruption;
  return tf.mean(
    tf.square(tf.sub(drawn, predictPlanNoise(parameters, { noisy, index, observation, goal }))),
  );
}

/** tanh(I(s, s')), `[batch, m]`. */
function inverseAction(parameters: Mlp, observation: Tensor, next: Tensor): Tensor {
  return tanh(mlp(parameters, [observation, next]));
}

/** Mean over batch and coordinates of (tanh(I(s_t, s_{t+1})) − a_t)². */
export function inverseError(
  parameters: Mlp,
  { window, action, size }: Pick<Transitions, "window" | "action"> & { readonly size: number },
): Tensor {
  const [now, next] = [0, size].map((from) => tf.slice(window, [0, from], [-1, size]));
  return tf.mean(tf.square(tf.sub(inverseAction(parameters, now, next), action)));
}

/**
 * A plan: s_{t+1} … s_{t+H−1}, `[batch, (H − 1) n]`. The ways there are made by K reverse steps from normal
 * numbers.
 *
 * @param options `noise` `[K + 1, batch, (H − 1) n]`: where it starts, and what steps K … 1 add.
 */
export function samplePlan(
  parameters: Mlp,
  { observation, goal, noise, steps, spreads, temperature = 1 }: PlanContext & {
    readonly noise: Tensor;
    readonly steps: readonly DdpmStep[];
    /** α: x_{k−1} has a variance of α times that of q(x_{k−1} | x_k, x_0). @default 1 */
    readonly temperature?: number;
    /** σ, see {@link waySpreads}. */
    readonly spreads: Float32Array;
  },
): Tensor {
  const backwards = steps.toReversed();
  const column = (of: (step: DdpmStep) => number) => tf.tensor1d(backwards.map(of));
  type Input = { readonly index: Tensor; readonly drawn: Tensor; readonly step: StepConstants };
  type Fixed = PlanContext & { readonly layers: Mlp };
  const { carry } = scan(
    (noisy: Tensor, { index, drawn, step }: Input, { layers, observation, goal }: Fixed) => {
      const rows = tf.mul(tf.ones([noisy.shape[0]]), index);
      const predicted = predictPlanNoise(layers, { noisy, index: rows, observation, goal });
      const before = ddpmReverse(noisy, { predicted, drawn, step, limit: LIMIT });
      return { carry: before, output: {} };
    },
    {
      carry: tf.reshape(tf.slice(noise, 0, 1), noise.shape.slice(1)) as Tensor,
      inputs: {
        index: column(({ index }) => index),
        drawn: tf.slice(noise, 1) as Tensor,
        step: {
          signal: column(({ signal }) => signal),
          noise: column(({ noise }) => noise),
          fromClean: column(({ fromClean }) => fromClean),
          fromNoisy: column(({ fromNoisy }) => fromNoisy),
          std: column(({ std }) => std * Math.sqrt(temperature)),
        },
      },
      parameters: { layers: parameters, observation, goal },
    },
  );
  return tf.add(repeated(observation, spreads), tf.mul(carry, tf.tensor1d(spreads)));
}
