import assert from "node:assert/strict";
import {
  type GoalEnvironment,
  goalReturnsOf,
  openSawyer,
  recordGoalEpisodes,
  type SawyerName,
} from "../../../../lib/environments/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mean } from "../../../../lib/stats/mod.ts";
import { needs } from "../_shared_data.ts";
import { modelsOf } from "./_models.ts";

const files = modelsOf("mujoco/sawyer");
const ignore = files === undefined;

async function using(name: SawyerName, test: (task: GoalEnvironment) => void): Promise<void> {
  const world = await openSawyer(name, { files: files! });
  const task = world.make();
  test(task);
  task.dispose();
  world.dispose();
}

/** Where the hand is after a reset, measured with MuJoCo 3.14 independently of this code. */
const STARTS = { SawyerReach: [0, 0.499, 0.053], SawyerDoor: [-0.047, 0.637, 0.224] };

for (const name of ["SawyerReach", "SawyerDoor"] as const) {
  Deno.test({
    name: `openSawyer(): ${name} starts at the known place, and repeats itself${needs(files)}`,
    ignore,
    async fn() {
      await using(name, (task) => {
        const { observation, achieved } = task.reset(stream(1));
        STARTS[name].forEach((value, i) =>
          assert.ok(Math.abs(observation[i] - value) < 1e-3, `${observation[i]}`)
        );
        assert.deepEqual([...achieved], name === "SawyerDoor" ? [0] : [...observation]);
        const options = { episodes: 2, policy: task.expert, stream: stream(2) };
        assert.deepEqual(recordGoalEpisodes(task, options), recordGoalEpisodes(task, options));
        assert.equal(task.successThreshold, name === "SawyerDoor" ? 0.02 : 0.06);
      });
    },
  });

  Deno.test({
    name: `openSawyer(): the scripted expert of ${name} arrives without noise${needs(files)}`,
    ignore,
    async fn() {
      await using(name, (task) => {
        const data = recordGoalEpisodes(task, {
          episodes: 6,
          policy: task.expert,
          noise: { std: 0, uniform: 0 },
          stream: stream(3, name),
        });
        const { discounted, atEnd } = goalReturnsOf(data, task);
        assert.equal(mean(atEnd), 1);
        assert.ok(mean(discounted) > 15 && mean(discounted) < 26, `${mean(discounted)}`);
        if (name === "SawyerDoor") assert.ok(Math.max(...data.achieved) > 0.5);
      });
    },
  });
}

/** Discounted returns of the published data, mean and deviation over 2000 episodes. */
const PUBLISHED = {
  SawyerReach: { expert: [16.56, 5.25], random: [0.75, 2.98] },
  SawyerDoor: { expert: [15.045, 6.95], random: [2.711, 7.31] },
} as const;

for (const name of ["SawyerReach", "SawyerDoor"] as const) {
  Deno.test({
    name: `openSawyer(): data of ${name} return what the published do, within 3 standard errors${
      needs(files)
    }`,
    ignore,
    async fn() {
      const episodes = 30;
      await using(name, (task) => {
        for (const behaviour of ["expert", "random"] as const) {
          const policy = behaviour === "expert" ? task.expert : undefined;
          const data = recordGoalEpisodes(task, { episodes, policy, stream: stream(5, name, behaviour) });
          const { discounted } = goalReturnsOf(data, task), [wanted, sd] = PUBLISHED[name][behaviour];
          const within = 3 * sd * Math.sqrt(1 / episodes + 1 / 2000), found = mean(discounted);
          assert.ok(
            Math.abs(found - wanted) < within,
            `${behaviour}: ${found}, wanted ${wanted} ± ${within}`,
          );
        }
      });
    },
  });
}

Deno.test({
  name: `openSawyer(): a step moves the hand by at most 0.02 m along each axis, within the box${
    needs(files)
  }`,
  ignore,
  async fn() {
    await using("SawyerReach", (task) => {
      let { achieved } = task.reset(stream(4));
      for (let step = 0; step < 20; step++) ({ achieved } = task.step([-1, 1, 1]));
      const far = [-0.2, 0.75, 0.3];
      far.forEach((value, i) => assert.ok(Math.abs(achieved[i] - value) < 0.005, `${achieved}`));
      const after = task.step([1, 0, 0]).achieved;
      assert.ok(Math.abs(after[0] - achieved[0] - 0.02) < 0.004, `${after[0] - achieved[0]}`);
      assert.throws(() => task.step([0, 0]), RangeError);
    });
  },
});
