import { adam, hostTensor, learner, type LearnerState, timeEmbedding } from "../../../nn/mod.ts";
import type { StepScalars } from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import { initMlp, type Mlp, mlp } from "./_mlp.ts";
import { compileGoalPolicy } from "./_policy.ts";
import { goalReplay, type Transitions } from "./_replay.ts";
import { runUpdates } from "./_run_updates.ts";
import { type BaselineOptions, type BaselinePolicy, fillOptions } from "./options.ts";

/** Options of {@link trainBeso}. */
export interface BesoOptions extends BaselineOptions {
  /** Probability of a goal in hindsight. @default 1 */
  readonly relabel?: number;
  /** Euler steps of a sample. @default 3 */
  readonly eulerSteps?: number;
}

/** Smallest and largest σ. */
const LEAST = 0.005, MOST = 1;
/** σ_data: spread of actions. */
const DATA = 0.5;
/** Width of the embedding of σ. */
const EMBEDDING = 16;

/**
 * BESO (Reuss et al. 2023): a score-based policy D(a + σ ε; σ, s, g) ≈ a with the preconditioning of EDM
 * (Karras et al. 2022), trained on goals in hindsight by mean λ(σ) (D − a)², and sampled in three Euler steps
 * of the probability flow from σ = 1 to 0.005 and 0.
 *
 * It clones the behaviour of the data: on data of uniform actions it acts nearly uniformly, but for what
 * hindsight tells of goals nearby.
 *
 * The settings are ours: σ log-uniform in training and geometric in sampling, σ_data = 0.5, an MLP instead of
 * a Transformer, no guidance, one observation instead of a history.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainBeso } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach();
 * const episodes = recordGoalEpisodes(task, {
 *   episodes: 20, policy: task.expert, stream: stream(1, "data"),
 * });
 * await using policy = await trainBeso(episodes, {
 *   seed: 1, steps: 200, batchSize: 64, hidden: [32], learningRate: 3e-3,
 * });
 * const [x] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(Math.abs(x) <= 1 && policy.networkCalls === 3);
 * ```
 */
export async function trainBeso(episodes: GoalEpisodes, options: BesoOptions): Promise<BaselinePolicy> {
  const { batchSize, hidden, seed, learningRate = 5e-4, ...run } = fillOptions(options);
  const { relabel = 1, eulerSteps = 3 } = options, { observationSize, goalSize, actionSize } = episodes;
  const random = stream(seed, "beso"), draws = random.split("batches"), noises = random.split("noise");
  const replay = goalReplay(episodes, { fields: ["observation", "action", "goal"], batchSize, relabel });
  const actor = learner<Mlp>(
    initMlp(random.split("actor"), {
      ...{ inputs: observationSize + goalSize + actionSize + EMBEDDING, outputs: actionSize, hidden },
    }),
    { optimiser: adam() },
  );
  type Batch = {
    readonly transitions: Pick<Transitions, "observation" | "action" | "goal">;
    readonly sigma: Tensor;
    readonly drawn: Tensor;
    readonly scalars: StepScalars;
  };
  const { parameters } = await runUpdates(
    (state: LearnerState, { transitions, sigma, drawn, scalars }: Batch) => {
      const { state: next, loss } = actor.descend(
        state,
        scalars,
        (parameters) => edmLoss(parameters, { ...transitions, sigma, drawn }),
      );
      return { state: next, metrics: { loss } };
    },
    {
      name: "BESO",
      state: actor.start,
      example: {
        transitions: replay.example,
        sigma: hostTensor(new Float32Array(batchSize)),
        drawn: hostTensor(new Float32Array(batchSize * actionSize), [batchSize, actionSize]),
        scalars: actor.scalars,
      },
      fill({ transitions, sigma, drawn, scalars }, step) {
        replay.fill(transitions, draws);
        const logs = noises.uniform(sigma.data as Float32Array, {
          low: Math.log(LEAST),
          high: Math.log(MOST),
        });
        logs.forEach((log, i) => logs[i] = Math.exp(log));
        noises.normal(drawn.data as Float32Array);
        actor.write(scalars, { step, learningRate });
      },
      ...run,
    },
  );
  const sigmas = besoSigmas(eulerSteps);
  return compileGoalPolicy<Mlp>(
    (parameters, { observation, goal, noise: [noise] }) =>
      sampleEuler((noisy, sigma) => {
        const rows = tf.fill([noisy.shape[0]], sigma);
        return edmDenoise(parameters, { noisy, sigma: rows, observation, goal });
      }, { noise, sigmas }),
    {
      parameters: actor.hostTree(parameters as HostTree<readonly Tensor[]>),
      scaling: replay.scaling,
      actionBound: episodes.actionBound,
      networkCalls: eulerSteps,
      noise: (rows) => [[rows, actionSize]],
      stream: random,
      executor: options.executor,
    },
  );
}

/** σ_1 = 1 to σ_n = 0.005 in equal ratios, then 0; of one step 1 and 0. */
export function besoSigmas(steps: number): number[] {
  const ratio = steps > 1 ? (LEAST / MOST) ** (1 / (steps - 1)) : 1;
  return [...Array.from({ length: steps }, (_, i) => MOST * ratio ** i), 0];
}

/** c_skip, c_out and c_in of EDM, `[batch, 1]` each. */
export function edmScales(
  sigma: Tensor,
): { readonly skip: Tensor; readonly out: Tensor; readonly in: Tensor } {
  const column = tf.reshape(sigma, [-1, 1]), total = tf.add(tf.square(column), DATA ** 2);
  return {
    skip: tf.div(DATA ** 2, total),
    out: tf.div(tf.mul(column, DATA), tf.sqrt(total)),
    in: tf.div(1, tf.sqrt(total)),
  };
}

/** What the denoiser reads. */
export interface EdmInput {
  /** a + σ ε `[batch, m]` */
  readonly noisy: Tensor;
  /** `[batch]` */
  readonly sigma: Tensor;
  /** `[batch, n]` */
  readonly observation: Tensor;
  /** `[batch, goalSize]` */
  readonly goal: Tensor;
}

/** D(x; σ, s, g) = c_skip x + c_out F(c_in x, ln σ/4, s, g), `[batch, m]`. */
export function edmDenoise(parameters: Mlp, { noisy, sigma, observation, goal }: EdmInput): Tensor {
  const scales = edmScales(sigma);
  const time = timeEmbedding(tf.div(tf.log(sigma), 4), { dimension: EMBEDDING });
  const raw = mlp(parameters, [tf.mul(noisy, scales.in), time, observation, goal]);
  return tf.add(tf.mul(noisy, scales.skip), tf.mul(raw, scales.out));
}

/** Mean over batch and coordinates of (D(a + σ ε) − a)²/c_out². */
export function edmLoss(
  parameters: Mlp,
  { observation, goal, action, sigma, drawn }: Pick<Transitions, "observation" | "goal" | "action"> & {
    readonly sigma: Tensor;
    /** ε `[batch, m]` */
    readonly drawn: Tensor;
  },
): Tensor {
  const noisy = tf.add(action, tf.mul(drawn, tf.reshape(sigma, [-1, 1])));
  const error = tf.sub(edmDenoise(parameters, { noisy, sigma, observation, goal }), action);
  return tf.mean(tf.square(tf.div(error, edmScales(sigma).out)));
}

/** Euler steps of dx/dσ = (x − D(x; σ))/σ from x = σ_1 · noise, within ±1 at the end. */
export function sampleEuler(
  denoise: (noisy: Tensor, sigma: number) => Tensor,
  { noise, sigmas }: { readonly noise: Tensor; readonly sigmas: readonly number[] },
): Tensor {
  const sample = sigmas.slice(0, -1).reduce<Tensor>((x, sigma, i) => {
    const clean = denoise(x, sigma);
    return tf.add(clean, tf.mul(tf.sub(x, clean), sigmas[i + 1] / sigma));
  }, tf.mul(noise, sigmas[0]));
  return tf.clipByValue(sample, -1, 1);
}
