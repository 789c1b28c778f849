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

/** How long an action takes, of policies of equal width. */
export type SpeedConfig = {
  readonly hidden: readonly number[];
  /** Environments that act in one call. */
  readonly rows: number;
  /** Every round times every policy, one after the other. */
  readonly rounds: number;
  /** Calls that are timed in a round. */
  readonly calls: number;
};

export type SpeedPolicy = "Merlin" | "BESO" | "g-DQL" | "Decision Diffuser";

export type SpeedResult = {
  readonly policies: Readonly<
    Record<SpeedPolicy, {
      /** Evaluations of a network for one action. */
      readonly networkCalls: number;
      /** Actions a second, by round; an action of each environment counts. */
      readonly rates: readonly number[];
    }>
  >;
};

/** Time for an action. */
export const speed: Experiment<SpeedConfig, SpeedResult> = {
  id: "speed",
  title: "Time for an action",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  cost: ({ rounds, calls }) => 6 + rounds * calls * 0.06,
  async run({ hidden, rows, rounds, calls }, { seed, executor, progress }) {
    const data = recordGoalEpisodes(pointReach(), { episodes: 4, stream: stream(seed, "data") });
    // Time does not depend on what has been learned.
    const options = { steps: 1, batchSize: 8, hidden, seed, executor };
    const merlin = await compileMerlin(await trainMerlin(data, { ...options, ratio: 1 }), {
      batchSize: rows,
      executor,
    });
    const others: Record<string, BaselinePolicy> = {
      BESO: await trainBeso(data, options),
      "g-DQL": await trainDiffusionQ(data, { ...options, threshold: 1 }),
      "Decision Diffuser": await trainDecisionDiffuser(data, options),
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
        progress((round + 1) / rounds);
      }
    } finally {
      await merlin.dispose();
      for (const policy of Object.values(others)) await policy.dispose();
    }
    const of = (name: SpeedPolicy) => ({
      networkCalls: others[name]?.networkCalls ?? 1,
      rates: rates[name],
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
