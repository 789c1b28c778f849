import type { ExecutorName } from "../lib/compile/mod.ts";
import {
  trainDdpm,
  trainDteCategorical,
  trainDteInverseGamma,
  type TrainedDetector,
} from "../lib/methods/diffusion_time/mod.ts";
import type { TrainProgress } from "../lib/nn/mod.ts";
import { stream } from "../lib/random/mod.ts";
import { type Matrix, matrix } from "../lib/stats/mod.ts";

/** Something to time on several executors, with a peer in PyTorch. */
export interface Case {
  readonly name: string;
  readonly unit: string;
  /** Name of the peer's case and its repeats per measurement. */
  readonly torch: readonly [name: string, repeats: number];
  /** One measurement in milliseconds per unit, by executor. */
  readonly measure: Partial<Readonly<Record<ExecutorName, () => Promise<number>>>>;
  /** Frees what measurements keep. */
  dispose?(): Promise<void>;
}

/** The shape of ADBench's cardio in the semi-supervised setting (916 rows there; a multiple of the batch here). */
const ROWS = 896, FEATURES = 21, BATCH = 64;

const normal = (rows: number): Matrix =>
  matrix(stream(0, "bench", String(rows)).normal(new Float64Array(rows * FEATURES)), { columns: FEATURES });

type Trainer = (
  rows: Matrix,
  options: {
    seed: number;
    executor: ExecutorName;
    epochs: number;
    stopEarly: false;
    onProgress?(progress: TrainProgress): void;
  },
) => Promise<TrainedDetector>;

/** Milliseconds per step of the whole training loop (batches included), compilation and first call left out. */
function stepTime(train: Trainer, executor: ExecutorName, steps: number): () => Promise<number> {
  // Few steps: fewer rows, so that there are no fewer than two epochs.
  const rows = normal(Math.min(ROWS, BATCH * steps / 2));
  return async () => {
    const seen: [step: number, at: number][] = [];
    const detector = await train(rows, {
      seed: 0,
      executor,
      epochs: Math.ceil(steps * BATCH / rows.rows),
      stopEarly: false,
      onProgress: ({ step }) => void seen.push([step, performance.now()]),
    });
    await detector.dispose();
    const [first, last] = [seen[0], seen[seen.length - 1]];
    return (last[1] - first[1]) / (last[0] - first[0]);
  };
}

/** Milliseconds to score rows with a network that was trained for one epoch. */
function scoreTime(train: Trainer, rows: number, executors: readonly ExecutorName[]) {
  const detectors = new Map<ExecutorName, Promise<TrainedDetector>>();
  const detectorOn = (executor: ExecutorName) => {
    let detector = detectors.get(executor);
    if (detector === undefined) {
      detector = train(normal(ROWS), { seed: 0, executor, epochs: 1, stopEarly: false });
      detectors.set(executor, detector);
    }
    return detector;
  };
  const measure = Object.fromEntries(executors.map((executor) => [executor, async () => {
    const detector = await detectorOn(executor);
    await detector.score(normal(BATCH)); // what is compiled on first use is not timed
    const x = normal(rows);
    const started = performance.now();
    await detector.score(x);
    return performance.now() - started;
  }]));
  return {
    measure,
    async dispose() {
      for (const detector of detectors.values()) await (await detector).dispose();
    },
  };
}

function stepCase(name: string, train: Trainer, torch: string): Case {
  return {
    name: `${name} training step (batch ${BATCH}, d = ${FEATURES})`,
    unit: "ms/step",
    torch: [torch, 400],
    measure: {
      native: stepTime(train, "native", 700),
      wasm: stepTime(train, "wasm", 100),
      eager: stepTime(train, "eager", 4),
    },
  };
}

/** All cases. */
export const CASES: readonly Case[] = [
  stepCase("DTE-C", trainDteCategorical, "dte-c-step"),
  stepCase("DTE-IG", trainDteInverseGamma, "dte-ig-step"),
  stepCase("DDPM", trainDdpm, "ddpm-step"),
  {
    name: "DTE-C inference, 10 000 rows",
    unit: "ms",
    torch: ["dte-c-inference", 3],
    ...scoreTime(trainDteCategorical, 10000, ["native", "wasm"]),
  },
  {
    name: "DDPM scoring, 1000 rows (250 steps)",
    unit: "ms",
    torch: ["ddpm-scoring", 1],
    ...scoreTime(trainDdpm, 1000, ["native", "wasm"]),
  },
];
