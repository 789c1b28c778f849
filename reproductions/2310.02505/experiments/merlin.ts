import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  compileMerlin,
  encodeStates,
  generateReverse,
  type GoalEpisodes,
  nearestStates,
  stitchEpisodes,
  trainMerlin,
} from "../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { ceilingOf, type DataConfig, evaluateOn, modelsOf, openTask, type Outcome } from "./_tasks.ts";
import { pathsOf } from "./_paths.ts";

/** Where half of each batch comes from, beside the data. */
export type Source =
  | {
    readonly kind: "stitching";
    readonly threshold: number;
    readonly steps: number;
    readonly width: number;
    /** Numbers of an encoded state. @default 16 */
    readonly size?: number;
  }
  | {
    readonly kind: "reverse";
    readonly dynamicsSteps: number;
    readonly behaviourSteps: number;
    readonly hidden: number;
    readonly width: number;
  };

/** One training of Merlin. */
export type MerlinConfig = {
  readonly data: DataConfig;
  /** Absent: recorded episodes only, played backwards. */
  readonly source?: Source;
  /** Whether the policy is told the horizon. */
  readonly horizon: boolean;
  /** ρ, probability of a hindsight goal. */
  readonly ratio: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly hidden: readonly number[];
  /** Horizons that the policy is told when it is tested. */
  readonly testHorizons: readonly number[];
  /** Episodes of a test. */
  readonly episodes: number;
  /** Walks that are kept for a figure; point tasks only. */
  readonly paths?: number;
};

export type MerlinResult = {
  /** Negative log likelihood, a mean for each tenth of the updates. */
  readonly losses: readonly number[];
  readonly tests: readonly (Outcome & { readonly horizon: number })[];
  readonly behaviour: Outcome;
  /** The best possible mean return on the same episodes, where it is known. */
  readonly ceiling: number | null;
  /** What was made of the data: of stitched episodes, the switches; of the reverse model, its errors. */
  readonly generated: Readonly<Record<string, number>> | null;
  readonly paths: readonly (readonly (readonly [x: number, y: number])[])[] | null;
};

/** Returns of Merlin and its variants. */
export const merlin: Experiment<MerlinConfig, MerlinResult> = {
  id: "merlin",
  title: "Merlin on tasks with goals",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ data }) => modelsOf(data),
  cost: ({ steps, batchSize, hidden, source, data: { task } }) =>
    1 + steps * batchSize * hidden[0] * 3e-8 + (task.startsWith("Fetch") ? 25 : 0) +
    (source === undefined ? 0 : source.kind === "reverse" ? 12 : 8),
  async run(config, context) {
    const { data, source, testHorizons, episodes, paths, ...training } = config;
    const { seed, executor, progress } = context;
    const task = await openTask(data, context);
    try {
      const made = source === undefined ? null : await generated(task.episodes, { source, config, context });
      const trained = await trainMerlin(task.episodes, {
        ...training,
        seed,
        generated: made?.episodes,
        executor,
        onProgress: ({ fraction }) => progress(0.4 + 0.5 * fraction),
      });
      await using policy = await compileMerlin(trained, { executor });
      const tests = [];
      for (const horizon of testHorizons) {
        tests.push({
          horizon,
          ...await evaluateOn(task, { policy: policy.at(horizon), config: data, episodes, seed }),
        });
      }
      return {
        losses: trained.losses,
        tests,
        behaviour: task.behaviour,
        ceiling: ceilingOf(data, { episodes, seed }),
        generated: made?.numbers ?? null,
        paths: paths === undefined ? null : await pathsOf(task.make, {
          policy: policy.at(testHorizons[0]),
          count: paths,
          stream: stream(seed, "paths"),
        }),
      };
    } finally {
      task.dispose();
    }
  },
};

async function generated(
  data: GoalEpisodes,
  { source, config, context: { seed, executor, progress } }: {
    readonly source: Source;
    readonly config: MerlinConfig;
    readonly context: Parameters<typeof merlin.run>[1];
  },
): Promise<{ episodes: GoalEpisodes; numbers: Readonly<Record<string, number>> }> {
  const onProgress = (fraction: number) => progress(0.4 * fraction);
  if (source.kind === "stitching") {
    const encoded = await encodeStates(data, { ...source, seed, executor, onProgress });
    const { episodes, switches, discarded } = stitchEpisodes(data, {
      ...nearestStates(encoded),
      threshold: source.threshold,
      stream: stream(seed, "stitching"),
    });
    return { episodes, numbers: { switches: mean(switches), discarded, loss: encoded.loss ?? 0 } };
  }
  const { episodes, dynamicsLoss, behaviourLoss, dropped } = await generateReverse(data, {
    ...source,
    seed,
    executor,
    onProgress,
    achievedOf: achievedBy(config.data),
  });
  return { episodes, numbers: { dynamicsLoss, behaviourLoss, dropped } };
}

/** Where the achieved goal lies in an observation (card §2.7). */
function achievedBy({ task }: DataConfig): (observation: Float32Array) => Float32Array {
  const [from, to] = task.startsWith("Point")
    ? [0, 2]
    : task === "Reacher"
    ? [8, 10]
    : task === "FetchReach"
    ? [0, 3]
    : [3, 6];
  return (observation) => observation.subarray(from, to);
}
