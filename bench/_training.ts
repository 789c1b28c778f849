/**
 * A training problem timed on every engine: ours by the training loop of `lib/nn`, TensorFlow.js step by
 * step.
 */
import type { ExecutorName, HostTree } from "../lib/compile/mod.ts";
import { adam, type BatchMaker, train } from "../lib/nn/mod.ts";
import { stream } from "../lib/random/mod.ts";
import type { Tensor } from "../lib/tensor/mod.ts";
import type { Case, Engine } from "./_case.ts";
import { stepTime } from "./_step_time.ts";
import { tfjsSteps } from "./_tfjs.ts";

/** What is trained, with Adam at learning rate 1e-3. */
export interface Problem<P, Batch> {
  readonly loss: (parameters: P, batch: Batch) => Tensor;
  readonly parameters: HostTree<P>;
  readonly batchSize: number;
  /** Rows of the data set, a multiple of the batch size. */
  readonly rows: number;
  readonly batches: BatchMaker<Batch>;
  /** Steps of one measurement; engines without a number are left out, but `c` takes as many as `native`. */
  readonly steps: Partial<Readonly<Record<Exclude<Engine, "c">, number>>>;
  /** Engines that are measured once, as a step takes very long. */
  readonly once?: readonly Engine[];
}

const LEARNING_RATE = 1e-3;

/** The engines of a training problem. */
export function trainingEngines<P, Batch>(problem: Problem<P, Batch>): Case["engines"] {
  const { loss, parameters, batchSize, rows, batches } = problem;
  const ours = (executor: ExecutorName) =>
    stepTime(async (steps, onProgress) => {
      await train<P, Batch>(
        ({ parameters, batch }) => ({ loss: loss(parameters, batch) }),
        {
          parameters,
          optimiser: adam(),
          learningRate: LEARNING_RATE,
          rows,
          batchSize,
          epochs: Math.ceil(steps * batchSize / rows),
          batches,
          stream: stream(0, "bench"),
          executor,
          onProgress,
        },
      );
    });
  const tfjs = (backend: "cpu" | "wasm") => async (steps: number) => {
    batches.fill(batches.example, Int32Array.from({ length: batchSize }, (_, i) => i));
    const batch = batches.example;
    return await tfjsSteps(loss, {
      backend,
      parameters,
      batch,
      optimiser: adam(),
      learningRate: LEARNING_RATE,
    })(steps);
  };
  const measures: Record<Engine, (steps: number) => Promise<number>> = {
    native: ours("native"),
    c: ours("c"),
    wasm: ours("wasm"),
    tfjsCpu: tfjs("cpu"),
    tfjsWasm: tfjs("wasm"),
  };
  const { native } = problem.steps;
  return Object.fromEntries(
    Object.entries({ ...problem.steps, ...native !== undefined && { c: native } }).map(([name, repeats]) => {
      const engine = name as Engine;
      return [engine, { measure: measures[engine], repeats, once: problem.once?.includes(engine) }];
    }),
  );
}
