import type { Experiment } from "../../../lib/harness/mod.ts";
import { pointReach, recordGoalEpisodes } from "../../../lib/environments/mod.ts";
import {
  type BaselinePolicy,
  compileMerlin,
  type GoalPolicy,
  trainBeso,
  trainDecisionDiffuser,
  trainDiffusionQ,
  trainMerlin,
} from "../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** How long an action and an update of the training take, of policies of equal width. */
export type SpeedConfig = {
  readonly hidden: readonly number[];
  /** Environments that act in one call. */
  readonly rows: number;
  /** Every round times every policy, one after the other. */
  readonly rounds: number;
  /** Calls that are timed in a round. */
  readonly calls: number;
  /** Updates of 256 rows of a training that is timed. */
  readonly updates: number;
  /** Every policy is trained so often, one after the other. */
  readonly trainings: number;
};

export type SpeedPolicy = "Merlin" | "BESO" | "g-DQL" | "Decision Diffuser";

export type SpeedResult = {
  readonly policies: Readonly<
    Record<SpeedPolicy, {
      /** Evaluations of a network for one action. */
      readonly networkCalls: number;
      /** Actions a second, by round; an action of each environment counts. */
      readonly rates: readonly number[];
      /** Updates a second, by training; compiling and the first update do not count. */
      readonly updateRates: readonly number[];
    }>
  >;
};

/** Rows of an update that is timed. */
const BATCH = 256;

type Trainings = Readonly<
  Record<
    SpeedPolicy,
    (sizes: {
      readonly steps: number;
      readonly batchSize: number;
      readonly onProgress?: (fraction: number) => void;
    }) => Promise<unknown>
  >
>;

/** Updates a second of one training, from its first report to its last. */
async function updateRate(train: Trainings[SpeedPolicy], steps: number): Promise<number> {
  const reports: { readonly fraction: number; readonly at: number }[] = [];
  const policy = await train({
    ...{ steps, batchSize: BATCH },
    onProgress: (fraction) => reports.push({ fraction, at: performance.now() }),
  });
  if (policy !== null && typeof policy === "object" && "dispose" in policy) {
    await (policy as BaselinePolicy).dispose();
  }
  const [first, last] = [reports[0], reports.at(-1)!];
  return 1000 * steps * (last.fraction - first.fraction) / (last.at - first.at);
}

/** Time for an action and for an update. */
export const speed: Experiment<SpeedConfig, SpeedResult> = {
  id: "speed",
  title: "Time for an action and an update",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  cost: ({ rounds, calls, updates, trainings }) =>
    6 + rounds * calls * 0.06 + trainings * (6 + updates * 0.05),
  async run({ hidden, rows, rounds, calls, updates, trainings }, { seed, executor, progress }) {
    const data = recordGoalEpisodes(pointReach(), { episodes: 4, stream: stream(seed, "data") });
    const common = { hidden, seed, executor };
    const train = {
      Merlin: ({ onProgress, ...sizes }) =>
        trainMerlin(data, {
          ...{ ...sizes, ...common, ratio: 1 },
          onProgress: onProgress && (({ fraction }) => onProgress(fraction)),
        }),
      BESO: (sizes) => trainBeso(data, { ...sizes, ...common }),
      "g-DQL": (sizes) => trainDiffusionQ(data, { ...sizes, ...common, threshold: 1 }),
      "Decision Diffuser": (sizes) => trainDecisionDiffuser(data, { ...sizes, ...common }),
    } satisfies Trainings;
    // Time for an action does not depend on what has been learned.
    const short = { steps: 1, batchSize: 8 };
    const merlin = await compileMerlin(await train.Merlin(short), { batchSize: rows, executor });
    const others: Record<string, BaselinePolicy> = {
      BESO: await train.BESO(short),
      "g-DQL": await train["g-DQL"](short),
      "Decision Diffuser": await train["Decision Diffuser"](short),
    };
    const policies: Record<string, GoalPolicy> = { Merlin: merlin.at(1), ...others };
    const [observations, goals] = ["observations", "goals"].map((part) =>
      stream(seed, part).uniform(new Float32Array(2 * rows), { low: -5, high: 5 })
    );
    const rates: Record<string, number[]> = {};
    try {
      for (const policy of Object.values(policies)) await policy.act({ observations, goals, rows });
      for (let round = 0; round < rounds; round++) {
        for (const [name, policy] of Object.entries(policies)) {
          const started = performance.now();
          for (let call = 0; call < calls; call++) await policy.act({ observations, goals, rows });
          (rates[name] ??= []).push(1000 * calls * rows / (performance.now() - started));
        }
        progress(0.5 * (round + 1) / rounds);
      }
    } finally {
      await merlin.dispose();
      for (const policy of Object.values(others)) await policy.dispose();
    }
    const updateRates: Record<string, number[]> = {};
    for (let training = 0; training < trainings; training++) {
      for (const [name, own] of Object.entries<Trainings[SpeedPolicy]>(train)) {
        (updateRates[name] ??= []).push(await updateRate(own, updates));
      }
      progress(0.5 + 0.5 * (training + 1) / trainings);
    }
    const of = (name: SpeedPolicy) => ({
      networkCalls: others[name]?.networkCalls ?? 1,
      rates: rates[name],
      updateRates: updateRates[name],
    });
    return {
      policies: {
        Merlin: of("Merlin"),
        BESO: of("BESO"),
        "g-DQL": of("g-DQL"),
        "Decision Diffuser": of("Decision Diffuser"),
      },
    };
  },
};
