import type { Experiment } from "../../../lib/harness/mod.ts";
import { chargedParticles, trainDynamics } from "../../../lib/nn/graphs/mod.ts";
import { multichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { quantile } from "../../../lib/stats/mod.ts";

/** Networks to time side by side. */
export type TimingConfig = {
  readonly channels: readonly number[];
  readonly hidden: number;
  readonly layers: number;
  readonly batchSize: number;
  readonly nodes: number;
  /** Of {@link STEPS_PER_EPOCH} steps each. */
  readonly epochs: number;
  readonly rounds: number;
};

/** Milliseconds per update, in the order of the channels. */
export type TimingResult = {
  readonly parameters: readonly number[];
  /** Medians over the rounds. */
  readonly milliseconds: readonly number[];
};

const STEPS_PER_EPOCH = 10;

/** Training time per update by number of channels, interleaved, one core. */
export const timing: Experiment<TimingConfig, TimingResult> = {
  id: "timing",
  title: "Time per update",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  cost: ({ channels, hidden }) => channels.length * hidden / 10,
  async run({ channels, hidden, layers, batchSize, nodes, epochs, rounds }, { seed, executor, progress }) {
    const samples = batchSize * STEPS_PER_EPOCH;
    const random = stream(seed, "timing");
    const draw = (count: number) => {
      const normal = () => random.normal(new Float32Array(count * nodes * 3));
      const charges = random.normal(new Float32Array(count * nodes)).map(Math.sign);
      return chargedParticles(
        { nodes, positions: normal(), velocities: normal(), targets: normal() },
        charges,
      );
    };
    const data = { train: draw(samples), valid: draw(1), test: draw(1) };
    const models = channels.map((count) => multichannelEgnn({ channels: count, hidden, layers }));
    const seen: number[][] = models.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, model] of models.entries()) {
        const ends: [step: number, at: number][] = [];
        const trained = await trainDynamics(data, {
          model,
          seed,
          executor,
          batchSize,
          epochs,
          evaluateEvery: epochs,
          onProgress: ({ step }) => void ends.push([step, performance.now()]),
        });
        await trained.dispose();
        // The first call is left out, and with it the compilation.
        const [first, last] = [ends[0], ends[ends.length - 1]];
        seen[i].push((last[1] - first[1]) / (last[0] - first[0]));
        progress((round * models.length + i + 1) / (rounds * models.length));
      }
    }
    return {
      parameters: models.map(({ parameterCount }) => parameterCount),
      milliseconds: seen.map((values) => quantile(values, 0.5)),
    };
  },
};
