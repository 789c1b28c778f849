import { Detached } from "../paper/mod.ts";
import type { Backend } from "../run/mod.ts";
import { planArrays } from "./arrays.ts";
import type { ClusterOptions } from "./options.ts";
import { Placement } from "./placement.ts";
import { type Scheduler, slurm } from "./scheduler.ts";
import { type Patience, Watch } from "./watch.ts";

/**
 * Runs jobs on a Slurm cluster, as arrays whose elements write into the run's cache. Jobs that earlier calls
 * submitted are waited for, not submitted again.
 *
 * @param with.scheduler Stands for Slurm. @default the commands on the PATH
 * @throws {HarnessError} If Slurm is not there or refuses.
 * @throws {Detached} With `detach`, if jobs go on.
 * @throws {Interrupted} If the signal was raised; the jobs go on.
 */
export function onSlurm(
  options: ClusterOptions,
  { scheduler = slurm, patience }: { readonly scheduler?: Scheduler; readonly patience?: Patience } = {},
): Backend {
  return async (jobs, context) => {
    const { run, progress } = context;
    const arrays = planArrays(jobs, { executor: run.options.executor, options });
    const sideBySide = arrays.reduce((sum, { atOnce, batches }) => sum + Math.min(atOnce, batches.length), 0);
    context.start(Math.max(sideBySide, 1));
    if (jobs.length === 0) return;
    const note = (text: string) => progress.note(text);
    const placement = new Placement(run, { options, scheduler, note });
    await new Watch(placement, context, jobs, patience).run(options.detach ?? false);
  };
}

/** Writes batch files, which somebody else runs on any engine, and submits nothing. */
export function asFiles(options: ClusterOptions): Backend {
  return async (jobs, context) => {
    context.start(1);
    if (jobs.length === 0) return;
    const note = (text: string) => context.progress.note(text);
    const commands = await new Placement(context.run, { options, scheduler: slurm, note }).writeFiles(jobs);
    throw new Detached(
      `${jobs.length} jobs wait in ${commands.length} batch files. Run each, anywhere on this file system:\n` +
        `${commands.map((command) => `  ${command}\n`).join("")}Then`,
    );
  };
}
