import { type Tensor, tf } from "../tensor/mod.ts";
import { executorRow, loadEngine } from "./_executors.ts";
import { compile } from "./compile.ts";
import { type ExecutorName, EXECUTORS } from "./types.ts";

/** Whether an executor works on this machine. */
export interface ExecutorStatus {
  /** Its name, as in `--executor`. */
  readonly executor: ExecutorName;
  /** What it is, in a phrase. */
  readonly title: string;
  /** Whether it computed a small program right. */
  readonly works: boolean;
  /** Package versions (empty if it could not be loaded). */
  readonly versions: Readonly<Record<string, string>>;
  /** Why it does not work. */
  readonly reason?: string;
}

/**
 * Names what a result depends on besides the program: the packages that differentiate and run it, with
 * versions.
 *
 * @returns e.g. `{ "@tensorflow/tfjs": "4.22.0", "onnxruntime-node": "1.30.0" }`.
 * @throws {RangeError} If there is no such executor.
 */
export async function engineVersions(executor: ExecutorName): Promise<Readonly<Record<string, string>>> {
  executorRow(executor);
  const { versions } = await loadEngine(executor);
  return { "@tensorflow/tfjs": tf.version.tfjs, ...versions };
}

/** Tries an executor on a small program whose result is known: 2 · 3² = 18. */
async function probe(executor: ExecutorName): Promise<ExecutorStatus> {
  const { title } = executorRow(executor);
  let versions = {};
  try {
    versions = await engineVersions(executor);
    const x = { dtype: "float32" as const, shape: [], data: Float32Array.of(3) };
    const program = await compile((x: Tensor) => x.square().mul(2), [x], { executor, name: "probe" });
    const { data: [value] } = await program.run(x);
    await program.dispose();
    if (value === 18) return { executor, title, works: true, versions };
    return {
      executor,
      title,
      works: false,
      versions,
      reason: `2 · 3² must be 18: current value is ${value}`,
    };
  } catch (error) {
    return { executor, title, works: false, versions, reason: (error as Error).message };
  }
}

/** Finds out which executors work on this machine, by running a small program on each. */
export async function probeExecutors(): Promise<readonly ExecutorStatus[]> {
  const statuses: ExecutorStatus[] = [];
  for (const executor of EXECUTORS) statuses.push(await probe(executor));
  return statuses;
}
