/** The time that a case would take at the machine's limit. */
import type { ProgramRuns, WorkMeter } from "../lib/compile/mod.ts";
import type { Timing } from "./_case.ts";
import type { Rates } from "./_machine.ts";

/** The unit of trainings. */
export const STEPS = "ms/step";

/** What one unit of a case must do at least: tasks of `lib/compile`, each with how often. */
export interface UnitWork {
  readonly tasks: readonly { readonly flop: number; readonly bytes: number; readonly times: number }[];
}

/**
 * Counts what one unit of a case must do, by running it.
 *
 * Where steps are the unit, it is shared by the steps of the loop (of several loops, the one with the most).
 * Other work is counted as what a second repeat adds, so that what is done once does not count.
 *
 * @returns `undefined` if it runs no program.
 */
export async function unitWork(
  timing: Timing,
  { meter, unit }: { readonly meter: WorkMeter; readonly unit: string },
): Promise<UnitWork | undefined> {
  const during = async (repeats: number) => {
    meter.take();
    await timing.measure(repeats);
    return meter.take();
  };
  const first = await during(1);
  if (first.length === 0) return undefined;
  const steps = Math.max(0, ...first.filter(({ loop }) => loop).map(({ runs }) => runs));
  if (unit === STEPS && steps > 0) return { tasks: scaled(first, 1 / steps) };
  return { tasks: [...scaled(await during(2), 1), ...scaled(first, -1)] };
}

function scaled(programs: readonly ProgramRuns[], by: number): UnitWork["tasks"] {
  return programs.flatMap(({ tasks, runs }) =>
    tasks.map(({ times, ...task }) => ({ ...task, times: times * runs * by }))
  );
}

/** All operations of matrix products of a unit. */
export function flopOf({ tasks }: UnitWork): number {
  return tasks.reduce((sum, { flop, times }) => sum + flop * times, 0);
}

/**
 * Milliseconds of a unit at the machine's limit: each task takes as long as its operations do at the rate of
 * a large matrix product or its bytes at the bandwidth for so many, whichever is longer.
 */
export function rooflineTime({ tasks }: UnitWork, { flop: rate, bandwidth }: Rates): number {
  return tasks.reduce(
    (sum, { flop, bytes, times }) => sum + times * Math.max(flop / rate, bytes / bandwidth(bytes)),
    0,
  );
}

/** A case is at goal if it is this many times as fast as PyTorch, … */
export const GOAL_RATIO = 3;
/** … or reaches this share of the roofline. */
export const GOAL_SHARE = 0.85;

/** Whether a time of ours is at goal; `null` where neither is known. */
export function atGoal(
  { ratioTorch, share }: { readonly ratioTorch: number | null; readonly share: number | null },
): boolean | null {
  if (ratioTorch === null && share === null) return null;
  return (ratioTorch ?? 0) >= GOAL_RATIO || (share ?? 0) >= GOAL_SHARE;
}
