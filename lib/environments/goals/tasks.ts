import type { MujocoFiles } from "../mujoco.ts";
import { FETCH_TASKS, type FetchName, openFetch } from "./fetch.ts";
import { openHandReach } from "./hand.ts";
import { pointReach, pointRooms } from "./point.ts";
import { reacher } from "./reacher.ts";
import { openSawyer, SAWYER_TASKS, type SawyerName } from "./sawyer.ts";
import type { GoalEnvironment, GoalWorld } from "./types.ts";

/** Names of the tasks that need no files. */
export type ClosedFormName = "PointReach" | "PointRooms" | "Reacher";

/** Tasks that need no files. */
const CLOSED_FORM: Readonly<Record<ClosedFormName, () => GoalEnvironment>> = {
  PointReach: pointReach,
  PointRooms: pointRooms,
  Reacher: reacher,
};

/** The ten tasks of the offline benchmark. */
export type GoalTaskName = ClosedFormName | FetchName | SawyerName | "HandReach";

/** Names of the ten tasks, in the order of the paper. */
export const GOAL_TASKS: readonly GoalTaskName[] = [
  "PointReach",
  "PointRooms",
  "Reacher",
  ...SAWYER_TASKS,
  ...FETCH_TASKS,
  "HandReach",
];

/** Name of the data set with the files of a task; `undefined` if it needs none. */
export function goalTaskData(name: GoalTaskName): string | undefined {
  if (Object.hasOwn(CLOSED_FORM, name)) return undefined;
  return name === "HandReach"
    ? "mujoco/shadow-hand"
    : name.startsWith("Fetch")
    ? "mujoco/fetch"
    : "mujoco/sawyer";
}

/**
 * Opens a task by name.
 *
 * @param options.files of {@link goalTaskData}; not needed where that is `undefined`.
 * @throws {RangeError} If there is no task of that name, or a file is missing.
 *
 * @example
 * ```ts
 * import { openGoalTask } from "@refigure/refigure/environments";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const world = await openGoalTask("Reacher");
 * const task = world.make();
 * assert.equal(task.reset(stream(1)).observation.length, 11);
 * task.dispose();
 * world.dispose();
 * ```
 */
export async function openGoalTask(
  name: GoalTaskName,
  { files = {} }: { readonly files?: MujocoFiles } = {},
): Promise<GoalWorld> {
  if (Object.hasOwn(CLOSED_FORM, name)) {
    const make = CLOSED_FORM[name as ClosedFormName];
    return { make: () => make(), dispose() {} };
  }
  if (name === "HandReach") return await openHandReach({ files });
  if (FETCH_TASKS.includes(name as FetchName)) return await openFetch(name as FetchName, { files });
  if (SAWYER_TASKS.includes(name as SawyerName)) return await openSawyer(name as SawyerName, { files });
  throw new RangeError(
    `Cannot open the task as name must be one of ${GOAL_TASKS.join(", ")}: current value is ${name}`,
  );
}
