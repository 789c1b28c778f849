import { compile, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import type { NamedTensors } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  allPoses,
  convJudge,
  poseAverage,
  untransformImages,
  voteEnergy,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { groupOrder } from "../../../lib/nn/group/mod.ts";
import {
  type CifarResNet,
  cifarResNet,
  cifarResNetTrunk,
  constants,
  foldCifarResNet,
  hostTensor,
} from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { GROUP, POSES, startVotes, votesOf } from "./_photos.ts";

/** What stands in front of the network. */
export const FRONTS = ["none", "small", "votes", "both", "average"] as const;
export type Front = (typeof FRONTS)[number];

export type TimingConfig = {
  readonly predictor: string;
  readonly judge: string;
  readonly networks: readonly string[];
  readonly small: readonly number[];
  readonly batch: number;
  readonly rounds: number;
};

/** Milliseconds per photograph. */
export type TimingResult = Readonly<Record<Front, { readonly median: number; readonly least: number }>>;

/** Inference with and without canonicalizers, one thread, rounds interleaved. */
export const timing: Experiment<TimingConfig, TimingResult> = {
  id: "timing",
  title: "Inference times",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  data: ({ predictor, judge, networks }) => [...new Set([predictor, judge, ...networks])],
  cost: ({ batch, rounds }) => 0.06 * batch * (rounds + 1),
  async run({ predictor, judge, networks, small, batch, rounds }, context) {
    const load = async (name: string) =>
      foldCifarResNet((await context.loadData<NamedTensors>(name)).value) as HostTree<CifarResNet>;
    const net = await load(predictor), judging = await load(judge);
    const others: HostTree<CifarResNet>[] = [];
    for (const name of networks) others.push(await load(name));
    const random = stream(0, "timing");
    const energy = voteEnergy(convJudge({ widths: small, votes: POSES }), GROUP);
    const drawn = energy.init(random.split("small")), votes = startVotes(judging, random.split("votes"));
    const predict = (x: Tensor) => cifarResNet(x, constants<CifarResNet>(net));
    const rough = (x: Tensor) =>
      energy.activations(x, {
        parameters: constants<typeof drawn.parameters>(drawn.parameters) as never,
        buffers: [],
        training: false,
      }).activations;
    const fine = (x: Tensor) => {
      const h = cifarResNetTrunk(allPoses(x, GROUP), constants<CifarResNet>(judging), { count: 2 });
      return votesOf(h, constants<Parameters<typeof votesOf>[1]>(votes));
    };
    const confident = (x: Tensor) =>
      tf.addN(others.map((other) => {
        const logits = cifarResNet(allPoses(x, GROUP), constants<CifarResNet>(other));
        return tf.transpose(tf.reshape(tf.logSumExp(logits, 1), [POSES, x.shape[0]]), [1, 0]);
      }));
    const behind = (rate: (x: Tensor) => Tensor) => (x: Tensor) => {
      const pose = tf.argMax(rate(x), 1) as tf.Tensor1D;
      const shares = tf.split(tf.oneHot(pose, groupOrder(GROUP), 1, 0, "float32"), POSES, 1);
      return predict(
        tf.addN(
          shares.map((share, element) =>
            tf.mul(untransformImages(x, { group: GROUP, element }), tf.reshape(share, [-1, 1, 1, 1]))
          ),
        ),
      );
    };
    const programs: Readonly<Record<Front, (x: Tensor) => Tensor>> = {
      none: predict,
      small: behind(rough),
      votes: behind(fine),
      both: behind((x) => tf.add(fine(x), confident(x))),
      average: (x) => poseAverage(x, { group: GROUP, network: predict }),
    };
    const pixels = random.split("pixels").uniform(new Float32Array(batch * 32 * 32 * 3));
    const x = hostTensor(pixels, [batch, 32, 32, 3]);
    const runs: {
      readonly front: Front;
      readonly times: number[];
      run(): Promise<number>;
      free(): Promise<void>;
    }[] = [];
    for (const front of FRONTS) {
      const program = await compile(programs[front], [x], { executor: context.executor, name: front });
      runs.push({
        front,
        times: [],
        async run() {
          const begin = performance.now();
          await program.run(x) as HostTensor;
          return performance.now() - begin;
        },
        free: program.dispose,
      });
    }
    for (const { run } of runs) await run(); // first calls allocate
    for (let round = 0; round < rounds; round++) {
      for (const { times, run } of runs) times.push(await run() / batch);
      context.progress((round + 1) / rounds);
    }
    for (const { free } of runs) await free();
    return Object.fromEntries(runs.map(({ front, times }) => {
      const sorted = times.toSorted((a, b) => a - b);
      return [front, { median: sorted[sorted.length >> 1], least: sorted[0] }];
    })) as TimingResult;
  },
};
