/** Inference times. */
import { type Seeds, study } from "../../../lib/harness/mod.ts";
import type { CloudSizes } from "../experiments/_clouds.ts";
import type { DigitModel } from "../experiments/digits.ts";
import { timing, type TimingConfig } from "../experiments/timing.ts";
import { FULL, MEDIUM, SMALL } from "./_sizes.ts";

/** Orders of the sweep over inference times. */
export const ORDERS: Readonly<Record<"smoke" | "laptop" | "paper", readonly number[]>> = {
  smoke: [4, 8],
  laptop: [4, 8, 16, 32],
  paper: [4, 8, 16, 32, 64],
};

function timings(
  orders: readonly number[],
  { width, groupWidth, sizes, points, hidden, batch, rounds }: {
    readonly width: number;
    readonly groupWidth: number;
    readonly sizes: CloudSizes;
    readonly points: number;
    readonly hidden: number;
    readonly batch: number;
    readonly rounds: number;
  },
) {
  const seeds: Seeds = { only: 0 };
  const config = (own: TimingConfig) => ({ config: own, seeds });
  const finest = { kind: "discrete", order: 64 } as const;
  return {
    digits: config({
      task: "digits",
      batch,
      rounds,
      width,
      models: [
        ...orders.map((order): DigitModel => ({ kind: "discrete", order })),
        ...orders.map((order): DigitModel => ({ kind: "group", order, width: groupWidth })),
      ],
    }),
    // The finest canonicalizer beside the coarsest, where the G-CNN of its order would take too long.
    finest: orders.includes(32) && !orders.includes(64)
      ? config({ task: "digits", batch, rounds, width, models: [{ kind: "discrete", order: 4 }, finest] })
      : undefined,
    clouds: config({
      task: "clouds",
      batch: Math.max(4, batch >> 2),
      rounds,
      sizes,
      points,
      models: [
        { network: "PointNet", canonicalizer: "nonlinear" },
        { network: "VN-PointNet" },
        { network: "DGCNN", canonicalizer: "nonlinear" },
        { network: "VN-DGCNN" },
      ],
    }),
    particles: config({
      task: "particles",
      batch,
      rounds,
      hidden,
      models: [{ kind: "frame" }, { kind: "egnn" }, { kind: "average" }, { kind: "gnn" }],
    }),
  };
}

/** Inference times (Figure 4). */
export const TIMING = study(timing, {
  smoke: timings(ORDERS.smoke, {
    width: 4,
    groupWidth: 2,
    sizes: SMALL,
    points: 48,
    hidden: 8,
    batch: 8,
    rounds: 2,
  }),
  laptop: timings(ORDERS.laptop, {
    width: 8,
    groupWidth: 6,
    sizes: MEDIUM,
    points: 128,
    hidden: 32,
    batch: 64,
    rounds: 7,
  }),
  paper: timings(ORDERS.paper, {
    width: 32,
    groupWidth: 20,
    sizes: FULL,
    points: 1024,
    hidden: 32,
    batch: 256,
    rounds: 9,
  }),
});
