/** Point tasks in images. */
import { type Seeds, study, type Variant } from "../../../lib/harness/mod.ts";
import { type PixelConfig, pixels } from "../experiments/pixels.ts";
import { type Cell, dataOf, FRESH, IMAGE_CELLS, tunedHorizon, tunedRatio } from "./cells.ts";

interface PixelVariant extends Variant<PixelConfig> {
  readonly cell: Cell;
}

function pixelStudy(
  { seeds, cells = IMAGE_CELLS, ...sizes }:
    & Omit<PixelConfig, "data" | "horizon" | "ratio" | "testHorizon">
    & { readonly seeds: Seeds; readonly recorded: number; readonly cells?: readonly Cell[] },
): Partial<Record<`${Cell} ${"Merlin" | "no horizon"}`, PixelVariant>> {
  const { recorded, ...training } = sizes;
  return Object.fromEntries(
    cells.flatMap((cell) =>
      ([["Merlin", true], ["no horizon", false]] as const).map(([label, horizon]) => [`${cell} ${label}`, {
        label,
        cell,
        config: {
          ...training,
          data: dataOf(cell, recorded) as PixelConfig["data"],
          horizon,
          ratio: tunedRatio(cell),
          testHorizon: tunedHorizon(cell),
        },
        seeds,
      }])
    ),
  );
}

/** Point tasks in images: an image of 48 × 48 for the state, the goal as a place. */
export const PIXELS = study(pixels, {
  smoke: pixelStudy({
    ...{ cells: ["PointReach random"], recorded: 20, steps: 20, batchSize: 8, learningRate: 1e-3 },
    ...{ widths: [4, 4, 4], hidden: [16], episodes: 4, seeds: 1 },
  }),
  laptop: pixelStudy({
    ...{
      recorded: 2000,
      steps: 1500,
      batchSize: 64,
      learningRate: 1e-3,
      widths: [8, 16, 16],
      hidden: [128],
    },
    ...{ episodes: 100, seeds: FRESH.slice(0, 1) },
  }),
  paper: pixelStudy({
    ...{ recorded: 2000, steps: 500_000, batchSize: 512, learningRate: 5e-4 },
    ...{ widths: [32, 64, 64], hidden: [256], episodes: 100, seeds: 10 },
  }),
});
