import type { ExecutorName } from "../../compile/types.ts";
import { type Costed, memoryFor, minutesFor, spread } from "./batches.ts";
import { type ClusterOptions, sets } from "./options.ts";
import { ON_GPU } from "./script.ts";

/** What a repeated submission asks for. */
export interface Request {
  /** 1, or one more than that of the submission whose element ended early. @default 1 */
  readonly attempt?: number;
  /** At least so many minutes. */
  readonly minutes?: number;
  /** MiB for an element. @default by the jobs' estimates, for each core */
  readonly memory?: number;
}

/** An array to be submitted. */
export interface ArrayPlan<J extends Costed> {
  readonly batches: readonly (readonly J[])[];
  /** How many of its elements run at once. */
  readonly atOnce: number;
  /** Asked for; `null` if the user's options say it. */
  readonly minutes: number | null;
  /** Arguments of `sbatch`, but its script and where that lies. */
  readonly args: readonly string[];
}

/**
 * The arrays for some jobs: one for those that can share a machine and, for those that measure time, one of a
 * single element with a machine of its own.
 */
export function planArrays<J extends Costed & { readonly alone: boolean }>(
  jobs: readonly J[],
  { executor, options, request = {} }: {
    readonly executor: ExecutorName;
    readonly options: ClusterOptions;
    readonly request?: Request;
  },
): readonly ArrayPlan<J>[] {
  const { sbatch = [] } = options;
  return [false, true].flatMap((alone) => {
    const some = jobs.filter((job) => job.alone === alone);
    if (some.length === 0) return [];
    const { batches, atOnce } = spread(some, alone ? 1 : options.atOnce);
    const minutes = sets(sbatch, "--time") ? null : Math.max(minutesFor(batches), request.minutes ?? 0);
    const gpu = ON_GPU.includes(executor) &&
      !sets(sbatch, "--gres", "--gpus", "--gpus-per-node", "--gpus-per-task");
    const memory = sets(sbatch, "--mem", "--mem-per-cpu", "--mem-per-gpu")
      ? []
      : request.memory === undefined
      ? [`--mem-per-cpu=${memoryFor(batches)}`]
      : [`--mem=${request.memory}`];
    const args = [
      `--array=0-${batches.length - 1}${batches.length > atOnce ? `%${atOnce}` : ""}`,
      ...["--open-mode=append", "--requeue", "--nodes=1", "--ntasks=1", "--cpus-per-task=1"],
      ...minutes === null ? [] : [`--time=${minutes}`],
      ...alone ? ["--exclusive"] : [],
      ...gpu ? ["--gres=gpu:1"] : [],
      ...memory,
      ...sbatch,
    ];
    return [{ batches, atOnce, minutes, args }];
  });
}

/** An array in words, e.g. `43 jobs in 5 elements, at most 12 min each`. */
export function describeArray({ batches, atOnce, minutes }: ArrayPlan<Costed>): string {
  const jobs = batches.reduce((sum, batch) => sum + batch.length, 0);
  const count = batches.length;
  return [
    `${jobs} job${jobs === 1 ? "" : "s"} in ${count} element${count === 1 ? "" : "s"}`,
    ...count > atOnce ? [`${atOnce} at once`] : [],
    ...minutes === null ? [] : [`at most ${minutes} min each`],
  ].join(", ");
}
