/** Training and scoring with the networks of 2305.18593, at the size of ADBench's cardio. */
import type { ExecutorName } from "../../lib/compile/mod.ts";
import { fitDdpm, fitDteCategorical, fitDteInverseGamma } from "../../lib/methods/diffusion_time/mod.ts";
import type { Detector } from "../../lib/anomaly/mod.ts";
import type { TrainProgress } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Matrix, matrix } from "../../lib/stats/mod.ts";
import { type Case, onOurs, type Timing } from "../_case.ts";
import { now } from "../_clock.ts";
import { stepTime } from "../_step_time.ts";

/** Cardio in the semi-supervised setting has 916 rows; a multiple of the batch here. */
const ROWS = 896, FEATURES = 21, BATCH = 64;

/**
 * Multiplications and additions of one row's way through DTE's layers; a training step does it three times.
 */
const DTE_FLOP = 2 * (FEATURES * 256 + 256 * 512 + 512 * 256 + 256 * 7);

const script = "diffusion_time.py";

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
) => Promise<Detector>;

function training(train: Trainer, executor: ExecutorName, repeats: number): Timing {
  const measure = stepTime(async (steps, onProgress) => {
    // Few steps: fewer rows, so that there are no fewer than two epochs.
    const rows = normal(Math.min(ROWS, BATCH * steps / 2));
    const epochs = Math.ceil(steps * BATCH / rows.rows);
    const detector = await train(rows, { seed: 0, executor, epochs, stopEarly: false, onProgress });
    await detector.dispose();
  });
  return { measure, repeats };
}

/** Times scoring by a network that was trained for one epoch. */
function scoring(train: Trainer, count: number): Pick<Case, "engines" | "dispose"> {
  const detectors = new Map<ExecutorName, Promise<Detector>>();
  const detectorOn = (executor: ExecutorName) => {
    let detector = detectors.get(executor);
    if (detector === undefined) {
      detector = train(normal(ROWS), { seed: 0, executor, epochs: 1, stopEarly: false });
      detectors.set(executor, detector);
    }
    return detector;
  };
  const timing = (executor: ExecutorName): Timing => ({
    repeats: 1,
    async measure(repeats) {
      const detector = await detectorOn(executor);
      await detector.score(normal(BATCH)); // what is compiled on first use is not timed
      const rows = normal(count);
      const started = now();
      for (let i = 0; i < repeats; i++) await detector.score(rows);
      return (now() - started) / repeats;
    },
  });
  return {
    engines: { ...onOurs(timing), wasm: timing("wasm") },
    async dispose() {
      for (const detector of detectors.values()) await (await detector).dispose();
    },
  };
}

function step(name: string, train: Trainer, flop?: number): Case {
  return {
    name: `${name} training step (batch ${BATCH}, d = ${FEATURES})`,
    unit: "ms/step",
    flop,
    engines: {
      ...onOurs((executor) => training(train, executor, 700)),
      wasm: training(train, "wasm", 100),
      tfjsCpu: training(train, "eager", 4),
    },
    peers: { torch: { script, name: `${name.toLowerCase()}-step`, repeats: 400 } },
  };
}

export function diffusionTime({ quick }: { readonly quick: boolean }): readonly Case[] {
  const [inferred, denoised] = quick ? [100, 10] : [10_000, 1000];
  return [
    step("DTE-C", fitDteCategorical, 3 * BATCH * DTE_FLOP),
    step("DTE-IG", fitDteInverseGamma, 3 * BATCH * DTE_FLOP),
    step("DDPM", fitDdpm),
    {
      name: `DTE-C inference, ${inferred} rows`,
      unit: "ms",
      flop: inferred * DTE_FLOP,
      peers: { torch: { script, name: "dte-c-inference", options: { rows: inferred }, repeats: 3 } },
      ...scoring(fitDteCategorical, inferred),
    },
    {
      name: `DDPM scoring, ${denoised} rows (250 steps)`,
      unit: "ms",
      peers: { torch: { script, name: "ddpm-scoring", options: { rows: denoised }, repeats: 1 } },
      ...scoring(fitDdpm, denoised),
    },
  ];
}
