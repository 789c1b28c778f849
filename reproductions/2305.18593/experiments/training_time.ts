import type { Experiment } from "../../../lib/harness/mod.ts";
import { CLASSICAL_METHODS, fitClassical } from "./classical.ts";
import { type NetworkMethod, trainNetwork } from "./networks.ts";
import { loadSplit } from "./_evaluation.ts";

/** One data set, and the networks that are timed beside the training-free methods. */
export type TrainingTimeConfig = { readonly dataSet: string; readonly networks: readonly NetworkMethod[] };

/** Seconds of a training, by method. */
export type TrainingTimeResult = {
  readonly rows: number;
  readonly seconds: { readonly [method: string]: number };
};

/** Networks with the paper's number of epochs; DDPM and ICL may end before. */
export const TIMED_EPOCHS: Partial<Readonly<Record<NetworkMethod, number>>> = {
  "DTE-C": 400,
  "DTE-IG": 400,
  "DDPM": 400,
  "PlanarFlow": 200,
  "VAE": 100,
  "DeepSVDD": 100,
  "ICL": 2000,
};

/** Epochs that are timed, as shares of all of them: their difference leaves out what is done once. */
const [SHORT, LONG] = [0.02, 0.1];
const LONGEST_ICL = 3;
/** Each is timed so often, by turns, and the least counts: other work on the machine only adds. */
const ROUNDS = 3;

/**
 * Training time, one core, semi-supervised: of training-free methods as measured; of networks what a few
 * epochs take, times all. The least of three measurements counts.
 */
export const trainingTime: Experiment<TrainingTimeConfig, TrainingTimeResult> = {
  id: "training-time",
  title: "Training time",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ networks }) => 2 * networks.length,
  async run({ dataSet, networks }, context) {
    const { seed, executor } = context;
    const { train } = await loadSplit({ dataSet, setting: "semi" }, context);
    const seconds: Record<string, number> = {};
    const total = CLASSICAL_METHODS.length + networks.length;
    const time = async (fit: () => unknown) => {
      const start = performance.now();
      await fit();
      return (performance.now() - start) / 1000;
    };
    const done = (method: string, taken: number) => {
      seconds[method] = taken;
      context.progress(Object.keys(seconds).length / total);
    };
    for (const method of CLASSICAL_METHODS) {
      const fit = () => fitClassical(method, train, { setting: "semi", seed });
      fit();
      const [least] = await leastTimes([() => time(fit)]);
      done(method, least);
    }
    for (const method of networks) {
      const epochs = TIMED_EPOCHS[method]!;
      const once = (count: number) =>
        time(async () =>
          await (await trainNetwork(method, train, { epochs: count, seed, executor })).dispose()
        );
      const [few, more] = method === "ICL" ? [1, LONGEST_ICL] : [SHORT * epochs, LONG * epochs];
      await once(few);
      const [short, long] = await leastTimes([() => once(few), () => once(more)]);
      // What is done once, and so much for each epoch.
      const each = Math.max(0, long - short) / (more - few);
      done(method, short + (epochs - few) * each);
    }
    return { rows: train.rows, seconds };
  },
};

/** The least of {@link ROUNDS} measurements of each, which take turns. */
async function leastTimes(measures: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  const least = measures.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, measure] of measures.entries()) least[i] = Math.min(least[i], await measure());
  }
  return least;
}
