import { NumpyRandom } from "../../random/mod.ts";
import { drawNBody, type NBodyDrawOptions, simulateNBody, skipNBody } from "../generators/mod.ts";
import type { DataSet } from "../types.ts";

/** Pairs of frames of simulations, one row each; float32 as the benchmark's files. */
export interface NBodySamples {
  /** Number of pairs. */
  readonly rows: number;
  /** [rows, n, 3] */
  readonly position: Float32Array;
  /** [rows, n, 3], half a step behind the position. */
  readonly velocity: Float32Array;
  /** [rows, n, 3], the position at the later frame. */
  readonly target: Float32Array;
  /** [rows, n]: ±1, or 0 with springs. */
  readonly charges: Float32Array;
  /** [rows, n, n]: q_i q_j, or the spring between i and j. */
  readonly couplings: Float32Array;
}

/** Splits of an N-body data set. */
export interface NBodyData {
  /** Particles of a simulation. */
  readonly particles: number;
  /** Pairs to learn from. */
  readonly train: NBodySamples;
  /** Pairs to choose settings by. */
  readonly valid: NBodySamples;
  /** Pairs to judge by. */
  readonly test: NBodySamples;
}

/** What {@link generateNBody} makes. */
export interface NBodySpec extends NBodyDrawOptions {
  /** Seeds all random numbers. */
  readonly seed: number;
  /** Steps of input and target. */
  readonly at: readonly [input: number, target: number];
  /** Simulations in the stream, by split, in this order. */
  readonly drawn: readonly [train: number, valid: number, test: number];
  /** How many of them are kept, the first ones of each split. */
  readonly kept: readonly [train: number, valid: number, test: number];
  /** Called after each kept simulation with their share. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Generates splits of pairs of frames. Simulations that are not kept cost their random numbers only (26 µs
 * each), so a part of the benchmark takes little more than its own integration.
 *
 * @throws {RangeError} If more are kept than drawn.
 */
export function generateNBody(spec: NBodySpec): NBodyData {
  const { particles = 5, drawn, kept, at, onProgress } = spec;
  if (kept.some((count, i) => !(count >= 0 && count <= drawn[i]))) {
    throw new RangeError(
      `Cannot generate simulations as at most ${drawn.join(" + ")} can be kept: current value is ${
        kept.join(" + ")
      }`,
    );
  }
  const random = new NumpyRandom(spec.seed);
  const total = kept.reduce((sum, count) => sum + count, 0);
  let done = 0;
  const [train, valid, test] = drawn.map((count, split) => {
    const samples = emptySamples(kept[split], particles);
    for (let row = 0; row < samples.rows; row++) {
      const state = drawNBody(random, spec);
      const [input, target] = simulateNBody(state, { at });
      transpose(input.position, samples.position, row);
      transpose(input.velocity, samples.velocity, row);
      transpose(target.position, samples.target, row);
      samples.charges.set(state.charges, row * particles);
      samples.couplings.set(state.couplings, row * particles * particles);
      onProgress?.(++done / total);
    }
    // Nothing after the last split is drawn.
    if (split < drawn.length - 1) skipNBody(random, count - samples.rows, spec);
    return samples;
  });
  return { particles, train, valid, test };
}

function emptySamples(rows: number, n: number): NBodySamples {
  const vectors = () => new Float32Array(rows * n * 3);
  return {
    rows,
    position: vectors(),
    velocity: vectors(),
    target: vectors(),
    charges: new Float32Array(rows * n),
    couplings: new Float32Array(rows * n * n),
  };
}

/** Axis-major [3, n] into row `row` of [rows, n, 3]. */
function transpose(from: Float64Array, to: Float32Array, row: number): void {
  const n = from.length / 3;
  for (let i = 0; i < n; i++) {
    for (let axis = 0; axis < 3; axis++) to[(row * n + i) * 3 + axis] = from[axis * n + i];
  }
}

/** The official benchmark: seed 43, frames 30 → 40 of period 100, training on the first 3 000 of 10 000. */
const SMALL: NBodySpec = {
  seed: 43,
  at: [3100, 4100],
  drawn: [10000, 2000, 2000],
  kept: [3000, 2000, 2000],
};

const LAPTOP = [1000, 500, 500] as const;

const SPECS: readonly (readonly [name: string, title: string, spec: NBodySpec])[] = [
  ["small", "Charged 5-body benchmark (nbody_small): 3 000 / 2 000 / 2 000 simulations", SMALL],
  ["small-1000", "Charged 5-body benchmark, the first 1 000 / 500 / 500 simulations", {
    ...SMALL,
    kept: LAPTOP,
  }],
  ["small-frames20", "Charged 5-body benchmark from frame 20 to 30 (another time of the motion)", {
    ...SMALL,
    at: [2100, 3100],
    kept: [1000, 500, 2000],
  }],
  ["sweep", "Charged 5-body set of the sweep over training sizes: seed 42, 50 000 simulations", {
    seed: 42,
    at: [3500, 4500],
    frames: 9,
    drawn: [50000, 2000, 2000],
    kept: [50000, 2000, 2000],
  }],
  ["charged15", "15 charged particles, the first 1 000 / 500 / 500 simulations", {
    ...SMALL,
    particles: 15,
    kept: LAPTOP,
  }],
  ["springs", "5 particles with springs between random pairs, the first 1 000 / 500 / 500", {
    ...SMALL,
    force: "springs",
    kept: LAPTOP,
  }],
  ["still", "5 charged particles that start at rest, steps 600 to 1 600 of 2 000 (frames chosen here)", {
    ...SMALL,
    speed: 1e-16,
    frames: 19,
    at: [600, 1600],
    kept: LAPTOP,
  }],
];

/** The start of the motion only, so that it takes no time: nothing on it compares with the benchmark. */
const SHORT: NBodySpec = { seed: 43, at: [200, 400], drawn: [64, 32, 32], kept: [64, 32, 32], frames: 4 };

const COMMON = {
  licence: "MIT (V. Garcia Satorras for the generator described; regenerated by this project)",
  module: import.meta.url,
  folder: "nbody",
  files: [],
};

/**
 * N-body sets in the manner of Kipf et al. 2018 and Satorras et al. 2021, all {@link NBodyData}.
 * `nbody/small` *is* the published benchmark: the generator takes the same random numbers and rounds alike (6
 * 999 of 7 000 rows are equal to the last bit; the other is chaotic).
 *
 * `nbody/short` is a stand-in for it with 64 short simulations.
 */
export const NBODY: readonly DataSet<NBodyData>[] = [
  ...SPECS.map(([name, title, spec]): DataSet<NBodyData> => ({
    ...COMMON,
    name: `nbody/${name}`,
    title,
    generate: () => generateNBody(spec),
  })),
  {
    ...COMMON,
    name: "nbody/short",
    title: "64 simulations of 400 steps (stand-in for the charged 5-body benchmark)",
    standIn: () => generateNBody(SHORT),
  },
];
