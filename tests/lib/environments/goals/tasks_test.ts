import assert from "node:assert/strict";
import { findDataSet } from "../../../../lib/data/mod.ts";
import {
  GOAL_TASKS,
  goalTaskData,
  type GoalTaskName,
  openGoalTask,
} from "../../../../lib/environments/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { modelsOf } from "./_models.ts";

for (const name of GOAL_TASKS) {
  const set = goalTaskData(name), files = set ? modelsOf(set) : {};
  Deno.test({
    name: `openGoalTask(): ${name} has the sizes that it tells${files ? "" : " (needs REFIGURE_DATA)"}`,
    ignore: files === undefined,
    async fn() {
      const world = await openGoalTask(name, { files });
      const task = world.make();
      assert.equal(task.name, name);
      for (const state of [task.reset(stream(1)), task.step(new Float64Array(task.action.size))]) {
        assert.deepEqual(
          [state.observation.length, state.achieved.length, task.desired.length],
          [task.observationSize, task.goalSize, task.goalSize],
        );
      }
      assert.throws(() => task.step(new Float64Array(task.action.size + 1)), RangeError);
      assert.equal(task.expert === undefined, name === "FetchSlide");
      task.dispose();
      world.dispose();
    },
  });
}

Deno.test("openGoalTask() throws on an unknown name, and names data sets of the catalogue", async () => {
  await assert.rejects(openGoalTask("FetchThrow" as GoalTaskName), /must be one of PointReach/);
  for (const name of GOAL_TASKS) {
    const set = goalTaskData(name);
    if (set) {
      assert.ok(
        findDataSet(set).files.every(({ url }) => url?.startsWith("https://raw.githubusercontent.com/")),
      );
    }
  }
});
