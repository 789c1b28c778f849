import { compile, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import type { DynamicsInputs } from "../../../lib/nn/graphs/mod.ts";
import type { Network } from "../../../lib/nn/group/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { type CloudModel, cloudNetwork, type CloudSizes } from "./_clouds.ts";
import { SIDE } from "./_digits.ts";
import { type DigitModel, digitNetwork } from "./digits.ts";
import { type ParticleConfig, type ParticleModel, particleNetwork } from "./particles.ts";

/** Whose inference is timed. */
export type TimingConfig =
  & { readonly batch: number; readonly rounds: number }
  & (
    | { readonly task: "digits"; readonly models: readonly DigitModel[]; readonly width: number }
    | {
      readonly task: "clouds";
      readonly models: readonly CloudModel[];
      readonly sizes: CloudSizes;
      readonly points: number;
    }
    | { readonly task: "particles"; readonly models: readonly ParticleModel[]; readonly hidden: number }
  );

/** Milliseconds per example, in the order of the models. */
export type TimingResult = {
  readonly milliseconds: readonly { readonly median: number; readonly least: number }[];
};

/** Inputs of the right shape; what they hold does not matter to the time. */
function example(config: TimingConfig): HostTree<Tensor> | HostTree<DynamicsInputs> {
  const random = stream(0, "timing"), { batch } = config;
  const normal = (...shape: number[]) =>
    hostTensor(random.normal(new Float32Array(shape.reduce((size, extent) => size * extent, 1))), shape);
  switch (config.task) {
    case "digits":
      return normal(batch, SIDE, SIDE, 1);
    case "clouds":
      return normal(batch, config.points, 3);
    case "particles":
      return {
        positions: normal(batch, 5, 3),
        velocities: normal(batch, 5, 3),
        nodeFeatures: normal(batch, 5, 1),
        edgeAttributes: normal(batch, 20, 2),
      };
  }
}

function networks(config: TimingConfig): Network<unknown, unknown, never>[] {
  switch (config.task) {
    case "digits":
      return config.models.map((model) => digitNetwork(model, config.width));
    case "clouds":
      return config.models.map((model) => cloudNetwork(model, { classes: 10, sizes: config.sizes }));
    case "particles": {
      const common = { hidden: config.hidden, layers: 4, dropout: 0 } as ParticleConfig;
      return config.models.map((model) => particleNetwork({ ...common, model })!);
    }
  }
}

/** Inference of untrained networks, one thread, rounds interleaved. */
export const timing: Experiment<TimingConfig, TimingResult> = {
  id: "timing",
  title: "Inference times",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  memory: 3584,
  cost: ({ models, rounds, batch }) => models.length * (2 + rounds * batch / 1000),
  async run(config, { executor, progress }) {
    const input = example(config);
    const programs = [];
    for (const network of networks(config)) {
      const start = network.init(stream(1, "timing", network.name));
      const program = await compile(
        (state: { parameters: unknown; buffers: unknown }, x: unknown) =>
          network.apply(x as never, { ...state, training: false }).output,
        [start as never, input as never],
        { executor, name: network.name },
      );
      programs.push(async () => {
        const begin = performance.now();
        await program.run(start as never, input as never) as HostTensor;
        return performance.now() - begin;
      });
    }
    const times: number[][] = programs.map(() => []);
    for (const run of programs) await run(); // first calls allocate
    for (let round = 0; round < config.rounds; round++) {
      for (const [k, run] of programs.entries()) times[k].push(await run() / config.batch);
      progress((round + 1) / config.rounds);
    }
    return {
      milliseconds: times.map((values) => {
        const sorted = values.toSorted((a, b) => a - b);
        return { median: sorted[sorted.length >> 1], least: sorted[0] };
      }),
    };
  },
};
