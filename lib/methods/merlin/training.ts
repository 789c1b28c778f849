import type { ExecutorName, HostTree } from "../../compile/mod.ts";
import { adam, type Dense, train, type TrainProgress, weightedMean } from "../../nn/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { type HostTensor, hostTensor, type Tensor } from "../../tensor/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";
import { gaussianNll, type GaussianPolicy, gaussianPolicy } from "./gaussian_policy.ts";
import { HindsightSampler } from "./hindsight.ts";
import { type Normalisation, normalise, RunningNormaliser } from "./normaliser.ts";

/** Options of {@link trainMerlin}. */
export interface TrainMerlinOptions {
  /** ρ: probability of a hindsight goal. */
  readonly ratio: number;
  /** Number of updates. */
  readonly steps: number;
  /** Transitions of an update. */
  readonly batchSize: number;
  /** Seeds the initial weights and the draws. */
  readonly seed: number;
  /** Step size of the optimiser. @default 5e-4 */
  readonly learningRate?: number;
  /** Limit on the norm of the gradient; infinite: none. @default 1 */
  readonly clipNorm?: number;
  /** Widths of the hidden layers. @default [256, 256, 256] */
  readonly hidden?: readonly number[];
  /** Whether the policy is told the horizon. @default true */
  readonly horizon?: boolean;
  /** Whether means are kept in the range of actions by tanh. @default true */
  readonly bounded?: boolean;
  /** Whether observations and goals are normalised by running statistics. @default true */
  readonly normalised?: boolean;
  /** Added to σ of the policy. @default 1e-5 */
  readonly leastStd?: number;
  /** Episodes that half of each batch is drawn from, such as generated ones (Merlin-P and -NP). */
  readonly generated?: GoalEpisodes;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** A trained policy with what it needs to read its input. */
export interface TrainedMerlin {
  /** The policy. */
  readonly policy: GaussianPolicy;
  /** Its trained layers, on the host. */
  readonly layers: HostTree<Dense>[];
  /** Absent: it reads them as they are. */
  readonly normalisations?: { readonly observations: Normalisation; readonly goals: Normalisation };
  /** Mean negative log likelihood of each tenth of the updates (of all, if they are no multiple of ten). */
  readonly losses: readonly number[];
}

/** A batch as the loss sees it, normalised. */
interface MerlinBatch {
  readonly observations: Tensor;
  readonly goals: Tensor;
  readonly horizons: Tensor;
  readonly actions: Tensor;
}

/**
 * Trains π(a | s, g, h) by maximum likelihood on draws of {@link HindsightSampler} (Jain & Ravanbakhsh 2024):
 * L = −E log π(a_t | s_t, g, h), Adam, gradient clipped to a norm of 1.
 *
 * The normalisers are updated by each batch before its step, and are frozen at the end. Where episodes were
 * generated, the first half of a batch is drawn from the recorded ones, the second from those.
 *
 * @throws {RangeError} If training diverges (the message names the step).
 */
export async function trainMerlin(
  episodes: GoalEpisodes,
  options: TrainMerlinOptions,
): Promise<TrainedMerlin> {
  const { ratio, steps, batchSize, seed, learningRate = 5e-4, clipNorm = 1, generated } = options;
  const { hidden, horizon, leastStd, bounded = true, normalised = true, executor, onProgress, signal } =
    options;
  const { observationSize, goalSize, actionSize, actionBound } = episodes;
  const policy = gaussianPolicy({
    ...{ observationSize, goalSize, actionSize, hidden, horizon, leastStd },
    bound: bounded ? actionBound : undefined,
    maxHorizon: episodes.length,
  });
  const samplers = [episodes, ...(generated === undefined ? [] : [generated])]
    .map((source) => new HindsightSampler(source, { ratio }));
  const draws = stream(seed, "hindsight");
  const seen = {
    observations: new RunningNormaliser(observationSize),
    goals: new RunningNormaliser(goalSize),
  };
  const every = steps % 10 === 0 ? steps / 10 : steps;
  const { parameters, epochLosses } = await train<readonly Dense[], MerlinBatch>(
    ({ parameters, batch: { actions, ...input }, weights }) => ({
      loss: weightedMean(gaussianNll(actions, policy.apply(parameters, input)), { weights }),
    }),
    {
      parameters: policy.init(stream(seed, "policy")) as HostTree<readonly Dense[]>,
      optimiser: adam(),
      learningRate,
      clipNorm: Number.isFinite(clipNorm) ? clipNorm : undefined,
      rows: every * batchSize,
      batchSize,
      epochs: steps / every,
      batches: {
        example: emptyBatch(batchSize, episodes),
        fill(batch) {
          fillHalves(samplers, batch, draws);
          if (!normalised) return;
          for (const part of ["observations", "goals"] as const) {
            const data = batch[part].data as Float32Array;
            seen[part].update(data);
            normalise(data, { ...seen[part].freeze(), into: data });
          }
        },
      },
      stream: stream(seed, "order"),
      executor,
      onProgress,
      signal,
    },
  );
  return {
    policy,
    layers: parameters as HostTree<Dense>[],
    normalisations: normalised
      ? { observations: seen.observations.freeze(), goals: seen.goals.freeze() }
      : undefined,
    losses: epochLosses,
  };
}

function emptyBatch(rows: number, sizes: GoalEpisodes): HostTree<MerlinBatch> {
  const zeros = (columns: number) => hostTensor(new Float32Array(rows * columns), [rows, columns]);
  return {
    observations: zeros(sizes.observationSize),
    goals: zeros(sizes.goalSize),
    horizons: hostTensor(new Float32Array(rows)),
    actions: zeros(sizes.actionSize),
  };
}

/** Equal parts of a batch from each source. */
function fillHalves(
  samplers: readonly HindsightSampler[],
  batch: HostTree<MerlinBatch>,
  draws: Stream,
): void {
  const columns = {
    observations: floats(batch.observations),
    goals: floats(batch.goals),
    horizons: floats(batch.horizons),
    actions: floats(batch.actions),
  };
  const rows = columns.horizons.length, parts = samplers.length;
  samplers.forEach((sampler, k) =>
    sampler.fill(columns, {
      stream: draws,
      from: Math.floor(rows * k / parts),
      to: Math.floor(rows * (k + 1) / parts),
    })
  );
}

const floats = (tensor: HostTensor) => tensor.data as Float32Array;
