import {
  drawPoints,
  POINT_IMAGE_SIZE,
  pointReachPixels,
  pointRoomsPixels,
  ROOM_OUTLINES,
} from "../../../lib/environments/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { compilePixelMerlin, trainPixelMerlin } from "../../../lib/methods/merlin/mod.ts";
import { ceilingOf, evaluateOn, openTask, type Outcome } from "./_tasks.ts";

/** Point tasks that are seen in images. */
const SEEN = {
  PointReach: { make: pointReachPixels, walls: [] },
  PointRooms: { make: pointRoomsPixels, walls: ROOM_OUTLINES },
} as const;

/** One training of Merlin on images. */
export type PixelConfig = {
  readonly data: {
    readonly task: keyof typeof SEEN;
    readonly behaviour: "expert" | "random";
    readonly episodes: number;
  };
  /** Whether the policy is told the horizon. */
  readonly horizon: boolean;
  /** ρ, probability of a hindsight goal. */
  readonly ratio: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Channels of the convolutions. */
  readonly widths: readonly [number, number, number];
  readonly hidden: readonly number[];
  /** Horizon that the policy is told when it is tested. */
  readonly testHorizon: number;
  /** Episodes of the test. */
  readonly episodes: number;
};

export type PixelResult = Outcome & {
  readonly behaviour: Outcome;
  /** The best possible mean return on the same episodes, where it is known. */
  readonly ceiling: number | null;
  /** Negative log likelihood, a mean for each tenth of the updates. */
  readonly losses: readonly number[];
};

/** Returns of policies that see the point in images; the goal stays a place. */
export const pixels: Experiment<PixelConfig, PixelResult> = {
  id: "pixels",
  title: "Merlin on images",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ steps, batchSize, widths: [width] }) => 4 + steps * batchSize * width * 1e-5,
  async run({ data, testHorizon, episodes, ...training }, context) {
    const { seed, executor, progress } = context, { make, walls } = SEEN[data.task];
    const task = await openTask(data, context);
    try {
      const trained = await trainPixelMerlin(task.episodes, {
        ...training,
        imageSize: POINT_IMAGE_SIZE,
        draw: (positions, out) => drawPoints(positions, { walls, out }),
        ...{ seed, executor },
        onProgress: ({ fraction }) => progress(0.8 * fraction),
      });
      await using policy = await compilePixelMerlin(trained, { executor });
      const found = await evaluateOn({ ...task, make }, {
        ...{ policy: policy.at(testHorizon), config: data, episodes, seed },
      });
      return {
        ...found,
        behaviour: task.behaviour,
        ceiling: ceilingOf(data, { episodes, seed }),
        losses: trained.losses,
      };
    } finally {
      task.dispose();
    }
  },
};
