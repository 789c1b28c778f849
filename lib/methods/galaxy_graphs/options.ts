import type { ExecutorName } from "../../compile/mod.ts";
import type { GeneratorOutput } from "./generator.ts";
import type { RadialWeight } from "./adjacency.ts";
import type { TideInputs } from "./features.ts";
import type { Links } from "./group_graphs.ts";
import type { CriticLossOptions } from "./wasserstein.ts";

/** What a model is; the defaults are the released code's, but for inputs that a catalogue does not have. */
export interface GalaxyModelOptions {
  /** What is generated. @default "ellipticity" */
  readonly output?: GeneratorOutput;
  /** Outputs of the generator's convolutions. @default [128, 128, 16] */
  readonly generatorWidths?: readonly number[];
  /** Outputs of the critic's convolutions. @default [128, 128, 64, 32] */
  readonly criticWidths?: readonly number[];
  /** Normal numbers a galaxy. @default 32 */
  readonly noise?: number;
  /**
   * Which members of a group are linked; `none` leaves a network that acts on each galaxy alone. @default
   * "complete"
   */
  readonly links?: Links;
  /** In which form the tides are given. @default "vectors" */
  readonly tides?: TideInputs;
  /** s of the generator's adjacency, Mpc/h (the paper: Mpc). @default 0.4 */
  readonly generatorScale?: number;
  /** s of the critic's adjacency. @default 0.2 */
  readonly criticScale?: number;
  /** How weights fall with the distance. @default "gaussian" */
  readonly radial?: RadialWeight;
  /**
   * The adjacency is multiplied by this number. It changes no function that a network can be, as W1 may be
   * divided by it; but Adam, whose steps know no scale, then moves what comes from neighbours so much faster.
   * The adjacency's numbers are about 1/26, so 26 lets the neighbours catch up with the node itself; the
   * paper has 300 000 iterations for that. @default 1
   */
  readonly neighbourGain?: number;
  /**
   * The critic sees (e₁, e₂) divided by this number. Ellipticities are about 0.2, which a critic of slope 1
   * hardly tells apart. @default 1
   */
  readonly labelScale?: number;
  /**
   * Groups share blocks of this many nodes, in which the graph is dense. Larger groups are cut down in
   * training to their central and some satellites, drawn anew every time; sampling takes them in parts, each
   * with the central, as a network that saw 16 members at most does not know what to do with 60. @default 32
   */
  readonly blockSize?: number;
  /**
   * With `tides: "products"` the critic of axes also sees the squared cosines (a·v)² of an axis with the
   * first and the last tidal axis of each scale. They are products of its inputs, which layers with leaky
   * ReLU are slow to learn; what neighbours tell it still has to find itself. @default false
   */
  readonly tidalFrame?: boolean;
}

/**
 * How a model is trained; the defaults are the released code's, but for the number of iterations and
 * `criticSteps`.
 */
export interface GalaxyTrainingOptions extends GalaxyModelOptions, CriticLossOptions {
  /** Seeds all random numbers. */
  readonly seed: number;
  /** Iterations: `criticSteps` updates of the critic, then `generatorSteps` of the generator. */
  readonly iterations: number;
  /** Updates of the critic per iteration. @default 5 */
  readonly criticSteps?: number;
  /** Updates of the generator per iteration. @default 1 */
  readonly generatorSteps?: number;
  /**
   * As the released code, whose two numbers seem to be swapped: 1 update of the critic, 5 of the generator.
   * @default false
   */
  readonly asReleased?: boolean;
  /** Groups of a batch. @default 64 */
  readonly groupsPerBatch?: number;
  /** η of the generator. @default 0.001 */
  readonly learningRate?: number;
  /** η of the critic. @default that of the generator */
  readonly criticLearningRate?: number;
  /** Whether both learning rates stay, or fall linearly to zero over the training. @default "constant" */
  readonly schedule?: "constant" | "linear";
  /**
   * Rotate at random, before projecting: the whole batch, as the released code does, or each group by itself,
   * so that one batch shows many directions. @default "batch"
   */
  readonly rotate?: "batch" | "group" | "none";
  /** Iterations between snapshots, see `judge`. @default 500 */
  readonly snapshotEvery?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Called with the number of iterations done and their total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Settings under which 1500 iterations, a minute on a laptop, teach the projected model something; with the
 * released ones, which are the defaults, it takes 300 000 updates. Smaller networks and batches, a weaker
 * penalty, and what lets a short training catch up; `reproductions/2212.05596/README.md` says how each
 * differs from the paper.
 *
 * @example
 * ```ts
 * import { generateGalaxies } from "@refigure/refigure/data";
 * import { SHORT_TRAINING, trainGalaxyGan } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const { catalogue } = generateGalaxies({ seed: 1, box: 30, mesh: 32, number: 0.01 });
 * const { chosen } = await trainGalaxyGan(catalogue, { ...SHORT_TRAINING, seed: 1, iterations: 2 });
 * assert.equal(chosen.iteration, 2);
 * ```
 */
export const SHORT_TRAINING = {
  iterations: 1500,
  criticSteps: 3,
  groupsPerBatch: 24,
  blockSize: 16,
  generatorWidths: [32, 32, 16],
  criticWidths: [32, 32, 16, 16],
  noise: 8,
  tides: "products",
  criticScale: 0.4,
  neighbourGain: 26,
  labelScale: 0.2,
  rotate: "group",
  schedule: "linear",
  learningRate: 3e-4,
  criticLearningRate: 2e-3,
  penalty: 1,
} as const satisfies Omit<GalaxyTrainingOptions, "seed">;

/** The options of a model with the defaults filled in. */
export type FilledModelOptions = Required<GalaxyModelOptions>;

/** Fills in the defaults. */
export function filledModelOptions(options: GalaxyModelOptions): FilledModelOptions {
  const { output = "ellipticity", generatorWidths = [128, 128, 16], criticWidths = [128, 128, 64, 32] } =
    options;
  const { noise = 32, links = "complete", tides = "vectors", radial = "gaussian" } = options;
  const {
    generatorScale = 0.4,
    criticScale = 0.2,
    neighbourGain = 1,
    labelScale = 1,
    blockSize = 32,
    tidalFrame = false,
  } = options;
  return {
    output,
    generatorWidths,
    criticWidths,
    noise,
    links,
    tides,
    generatorScale,
    criticScale,
    radial,
    neighbourGain,
    labelScale,
    blockSize,
    tidalFrame,
  };
}
