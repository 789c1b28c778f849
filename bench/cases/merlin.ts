/** Policies with goals of 2310.02505 on PointReach: training steps, and actions of 100 environments. */
import type { ExecutorName } from "../../lib/compile/mod.ts";
import { pointReach, recordGoalEpisodes } from "../../lib/environments/mod.ts";
import {
  type BaselinePolicy,
  compileMerlin,
  type GoalEpisodes,
  type GoalPolicy,
  trainBeso,
  trainDecisionDiffuser,
  trainDiffusionQ,
  trainGofar,
  trainMerlin,
} from "../../lib/methods/merlin/mod.ts";
import type { TrainProgress } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Case, onOurs, type Timing } from "../_case.ts";
import { now } from "../_clock.ts";
import { stepTime } from "../_step_time.ts";

interface Shape {
  readonly width: number;
  readonly batch: number;
  readonly episodes: number;
  /** Environments in lock-step. */
  readonly rows: number;
  /** Repeats of one measurement on `native` and `c`, of training and of acting. */
  readonly steps: number;
  readonly acts: number;
}

const SHAPE: Shape = { width: 256, batch: 256, episodes: 500, rows: 100, steps: 100, acts: 50 };
const script = "merlin.py";

const recorded = (episodes: number): GoalEpisodes =>
  recordGoalEpisodes(pointReach(), { episodes, stream: stream(0, "bench") });
const hiddenOf = (width: number) => [width, width, width];

/** Times a training loop on our executors and in PyTorch. */
function training(
  { name, peer, flop }: { readonly name: string; readonly peer: string; readonly flop: number },
  { width, batch, episodes, steps }: Shape,
  train: (
    data: GoalEpisodes,
    options: {
      seed: number;
      steps: number;
      batchSize: number;
      hidden: number[];
      executor: ExecutorName;
      report(done: number): void;
    },
  ) => Promise<unknown>,
): Case {
  const timing = (executor: ExecutorName, repeats: number): Timing => ({
    repeats,
    measure: stepTime(async (steps, onProgress) => {
      const report = (done: number) => onProgress({ step: done } as TrainProgress);
      const hidden = hiddenOf(width);
      await train(recorded(episodes), { seed: 0, steps, batchSize: batch, hidden, executor, report });
    }),
  });
  return {
    name: `Merlin: ${name} training step ${width}×3/${batch} (width/batch)`,
    unit: "ms/step",
    flop,
    engines: {
      ...onOurs((executor) => timing(executor, steps)),
      wasm: timing("wasm", Math.ceil(steps / 5)),
    },
    peers: { torch: { script, name: peer, options: { width, batch, episodes }, repeats: steps } },
  };
}

/** Multiplications and additions of a training step of MLPs of three hidden layers: three passes each. */
function trainingFlop(
  batch: number,
  networks: readonly { inputs: number; outputs: number; width: number }[],
) {
  return networks.reduce(
    (sum, { inputs, outputs, width }) => sum + 3 * 2 * batch * width * (inputs + 2 * width + outputs),
    0,
  );
}

function merlinStep(shape: Shape): Case {
  const flop = trainingFlop(shape.batch, [{ inputs: 36, outputs: 4, width: shape.width }]);
  return training(
    { name: "own", peer: "merlin-step", flop },
    shape,
    (data, { report, ...options }) =>
      trainMerlin(data, {
        ...options,
        ratio: 1,
        onProgress: ({ step }) => report(step),
      }),
  );
}

function gofarStep(shape: Shape): Case {
  const { width } = shape;
  // Not counted: the target's pass, that of the reward, and the gradient penalty.
  const flop = trainingFlop(shape.batch, [
    ...[4, 4].map((inputs) => ({ inputs, outputs: 1, width })),
    ...[4, 4].map((inputs) => ({ inputs, outputs: 1, width })),
    { inputs: 4, outputs: 2, width },
  ]);
  return training(
    { name: "GoFAR", peer: "gofar-step", flop },
    shape,
    async (data, { report, ...options }) => {
      const policy = await trainGofar(data, {
        ...options,
        onProgress: (fraction) => report(Math.round(fraction * options.steps)),
      });
      await policy.dispose();
    },
  );
}

/** A policy after one update, and how to free it. */
interface Actor {
  readonly policy: GoalPolicy;
  dispose(): Promise<void>;
}

const baseline = (policy: BaselinePolicy): Actor => ({ policy, dispose: () => policy.dispose() });

/** Times the actions of as many environments as there are rows. */
function acting(
  { name, peer }: { readonly name: string; readonly peer: string },
  { width, rows, acts }: Shape,
  make: (
    data: GoalEpisodes,
    options: { seed: number; steps: number; batchSize: number; hidden: number[]; executor: ExecutorName },
  ) => Promise<Actor>,
): Case {
  const actors = new Map<ExecutorName, Promise<Actor>>();
  const timing = (executor: ExecutorName, repeats: number): Timing => ({
    repeats,
    async measure(repeats) {
      let actor = actors.get(executor);
      if (actor === undefined) {
        const options = { seed: 0, steps: 1, batchSize: 8, hidden: hiddenOf(width), executor };
        actors.set(executor, actor = make(recorded(2), options));
      }
      const { policy } = await actor;
      const [observations, goals] = ["observations", "goals"].map((part) =>
        stream(0, part).uniform(new Float32Array(2 * rows), { low: -5, high: 5 })
      );
      await policy.act({ observations, goals, rows }); // what is compiled on first use is not timed
      const started = now();
      for (let i = 0; i < repeats; i++) await policy.act({ observations, goals, rows });
      return (now() - started) / repeats;
    },
  });
  return {
    name: `Merlin: actions of ${rows} environments, ${width}×3, ${name}`,
    unit: "ms/call",
    engines: {
      ...onOurs((executor) => timing(executor, acts)),
      wasm: timing("wasm", Math.ceil(acts / 10)),
    },
    peers: { torch: { script, name: peer, options: { width, rows }, repeats: acts } },
    async dispose() {
      for (const actor of actors.values()) await (await actor).dispose();
    },
  };
}

export function merlin({ quick }: { readonly quick: boolean }): readonly Case[] {
  const shape = quick ? { width: 4, batch: 4, episodes: 2, rows: 3, steps: 2, acts: 2 } : SHAPE;
  return [
    merlinStep(shape),
    gofarStep(shape),
    acting(
      { name: "own policy", peer: "merlin-act" },
      shape,
      async (data, { hidden, executor, ...options }) => {
        const trained = await trainMerlin(data, { ...options, hidden, executor, ratio: 1 });
        const compiled = await compileMerlin(trained, { executor, batchSize: shape.rows });
        return { policy: compiled.at(1), dispose: () => compiled.dispose() };
      },
    ),
    acting(
      { name: "g-DQL, 5 steps", peer: "dql-act" },
      shape,
      async (data, options) => baseline(await trainDiffusionQ(data, { ...options, threshold: 1 })),
    ),
    acting(
      { name: "BESO, 3 steps", peer: "beso-act" },
      shape,
      async (data, options) => baseline(await trainBeso(data, options)),
    ),
    acting(
      { name: "Decision Diffuser, 50 steps", peer: "diffuser-act" },
      shape,
      async (data, options) => baseline(await trainDecisionDiffuser(data, options)),
    ),
  ];
}
