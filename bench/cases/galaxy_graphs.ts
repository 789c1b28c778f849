/**
 * 2212.05596: an update of the critic with its gradient penalty, fakes included; and counting pairs of
 * galaxies.
 */
import { compileLoop, type ExecutorName, type HostTree } from "../../lib/compile/mod.ts";
import {
  type Critic,
  type CriticBatch,
  criticUpdate,
  filledModelOptions,
  GAN_OPTIMISER,
  type GanState,
  type Generator,
  initCritic,
  initGenerator,
  orientationCorrelations,
  untrained,
} from "../../lib/methods/galaxy_graphs/mod.ts";
import { hostTensor, runSteps } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import type { Tensor } from "../../lib/tensor/mod.ts";
import { type Case, onOurs, type Timing, type Topic } from "../_case.ts";
import { now } from "../_clock.ts";

const script = "galaxy_graphs.py";

/** Sizes of a step. */
interface Sizes {
  readonly blocks: number;
  readonly nodes: number;
  /** Members of each group; a block holds nodes/members groups. */
  readonly members: number;
  readonly conditions: number;
  readonly noise: number;
  readonly generator: readonly number[];
  readonly critic: readonly number[];
}

/** What a step reads. */
interface Input {
  readonly batch: CriticBatch;
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/** Full blocks of equal groups with random inputs. */
function input({ blocks, nodes, members, conditions, noise }: Sizes): HostTree<Input> {
  const random = stream(0, "bench", "galaxies");
  const all = blocks * nodes, groups = all / members;
  const normal = (...shape: number[]) =>
    hostTensor(random.normal(new Float32Array(shape.reduce((a, b) => a * b, 1)), { std: 0.3 }), shape);
  const edges = new Float32Array(blocks * nodes * nodes), pool = new Float32Array(groups * all);
  for (let i = 0; i < all; i++) {
    for (let j = 0; j < nodes; j++) {
      const same = Math.floor(i % nodes / members) === Math.floor(j / members);
      edges[i * nodes + j] = same && i % nodes !== j ? 1 : 0;
    }
    pool[Math.floor(i / members) * all + i] = 1 / members;
  }
  const scalar = (value: number) => hostTensor(Float32Array.of(value), []);
  const { rate, epsilon } = GAN_OPTIMISER.scalars(100, 1e-3);
  return {
    batch: {
      positions: normal(blocks, nodes, 3),
      edges: hostTensor(edges, [blocks, nodes, nodes]),
      conditions: normal(all, conditions),
      mask: hostTensor(new Float32Array(all).fill(1), [all, 1]),
      noise: normal(all, noise),
      pool: hostTensor(pool, [groups, all]),
      labels: normal(all, 2),
      mix: hostTensor(random.uniform(new Float32Array(groups)), [groups, 1]),
    },
    scalars: { rate: scalar(rate), epsilon: scalar(epsilon) },
  } as HostTree<Input>;
}

function criticSteps(sizes: Sizes, executor: ExecutorName, repeats: number): Timing {
  const options = filledModelOptions({ generatorWidths: sizes.generator, criticWidths: sizes.critic });
  const random = stream(0, "bench", "galaxy networks");
  const generator = initGenerator(random, {
    inputs: sizes.conditions + sizes.noise,
    widths: sizes.generator,
  });
  const critic = initCritic(random, {
    labels: 2,
    conditions: sizes.conditions,
    widths: sizes.critic,
  });
  const example = input(sizes);
  const measure = async (steps: number) => {
    const loop = await compileLoop(
      (state: Pick<GanState, "critic" | "generator">, { batch, scalars }: Input) => {
        const { critic, metrics } = criticUpdate(state, { batch, scalars, options });
        return { state: { critic, generator: state.generator }, metrics };
      },
      {
        state: {
          critic: untrained<Critic>(critic, GAN_OPTIMISER),
          generator: untrained<Generator>(generator, GAN_OPTIMISER),
        },
        batch: example,
      },
      { executor },
    );
    const noise = stream(0, "bench", "noise");
    const seen: [step: number, at: number][] = [];
    await runSteps(loop, {
      example,
      steps: Math.max(steps, 2),
      fill({ batch, scalars }) {
        for (const [key, leaf] of Object.entries(example.batch)) {
          batch[key as keyof CriticBatch].data.set(leaf.data as never);
        }
        for (const [key, leaf] of Object.entries(example.scalars)) scalars[key].data.set(leaf.data as never);
        noise.normal(batch.noise.data as Float32Array);
        noise.uniform(batch.mix.data as Float32Array);
      },
      onMetrics(_metrics, first, count) {
        seen.push([first + count, now()]);
      },
    });
    await loop.dispose();
    const [start, end] = [seen[0], seen[seen.length - 1]];
    return (end[1] - start[1]) / (end[0] - start[0]);
  };
  return { measure, repeats };
}

function pairCounting(galaxies: number, box: number): Timing {
  const random = stream(0, "bench", "positions");
  const positions = random.uniform(new Float64Array(3 * galaxies), { high: box });
  const axes = random.normal(new Float64Array(3 * galaxies));
  for (let i = 0; i < axes.length; i += 3) {
    const length = Math.hypot(axes[i], axes[i + 1], axes[i + 2]);
    for (let k = 0; k < 3; k++) axes[i + k] /= length;
  }
  return {
    repeats: 1,
    measure: (repeats) => {
      const started = now();
      for (let k = 0; k < repeats; k++) {
        orientationCorrelations({ box, positions }, { axes: [axes], edges: [0.1, 0.3, 1, 3, 6, 12] });
      }
      return Promise.resolve((now() - started) / repeats);
    },
  };
}

const LAPTOP: Sizes = {
  blocks: 8,
  nodes: 16,
  members: 4,
  conditions: 19,
  noise: 8,
  generator: [32, 32, 16],
  critic: [32, 32, 16, 16],
};
const PAPER: Sizes = {
  blocks: 10,
  nodes: 32,
  members: 4,
  conditions: 43,
  noise: 32,
  generator: [128, 128, 16],
  critic: [128, 128, 64, 32],
};
const QUICK: Sizes = { ...LAPTOP, blocks: 1, nodes: 4, members: 2, generator: [4], critic: [4, 4] };

export const galaxyGraphs: Topic = ({ quick }) => {
  const step = (name: string, sizes: Sizes, repeats: number): Case => ({
    name: `Critic step with gradient penalty, ${name} (${sizes.blocks} × ${sizes.nodes} galaxies)`,
    unit: "ms/step",
    engines: {
      ...onOurs((executor) => criticSteps(sizes, executor, repeats)),
      wasm: criticSteps(sizes, "wasm", quick ? 2 : 4),
    },
    peers: {
      torch: {
        script,
        name: "critic-step",
        options: {
          blocks: sizes.blocks,
          nodes: sizes.nodes,
          members: sizes.members,
          conditions: sizes.conditions,
          noise: sizes.noise,
          generator: sizes.generator.join(","),
          critic: sizes.critic.join(","),
        },
        repeats: quick ? 2 : Math.ceil(repeats / 2),
      },
    },
  });
  const galaxies = quick ? 500 : 100000, box = quick ? 30 : 75;
  return [
    step("widths 32", quick ? QUICK : LAPTOP, quick ? 2 : 100),
    step("widths 128, the paper's", quick ? QUICK : PAPER, quick ? 2 : 10),
    {
      name: `ω(r) and η(r) of ${galaxies} galaxies in ${box} Mpc/h to 12 Mpc/h, with 27 jackknife regions`,
      unit: "ms",
      engines: { native: pairCounting(galaxies, box) },
    },
  ];
};
