import assert from "node:assert/strict";
import {
  evaluateGoalPolicy,
  FETCH_TASKS,
  type FetchName,
  type GoalEnvironment,
  goalReturnsOf,
  openFetch,
  recordGoalEpisodes,
} from "../../../../lib/environments/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mean } from "../../../../lib/stats/mod.ts";
import { needs } from "../_shared_data.ts";
import { modelsOf } from "./_models.ts";

const files = modelsOf("mujoco/fetch");
const ignore = files === undefined;

async function using(name: FetchName, test: (task: GoalEnvironment) => void): Promise<void> {
  const world = await openFetch(name, { files: files! });
  const task = world.make();
  test(task);
  task.dispose();
  world.dispose();
}

const near = (got: ArrayLike<number>, wanted: readonly number[], within: number) =>
  wanted.forEach((value, i) => assert.ok(Math.abs(got[i] - value) <= within, `${got[i]}, wanted ${value}`));

Deno.test({
  name: `openFetch(): FetchReach starts at the known place, and moves by 0.03 m in a step${needs(files)}`,
  ignore,
  async fn() {
    await using("FetchReach", (task) => {
      const { observation } = task.reset(stream(1));
      near(observation, [1.3418, 0.7491, 0.5348], 1e-4);
      near(task.desired, [...observation.subarray(0, 3)], 0.15);
      for (const axis of [0, 1, 2]) {
        const before = task.reset(stream(1)).achieved;
        const after = task.step([0, 1, 2, 3].map((i) => Number(i === axis))).achieved;
        after.forEach((value, i) => {
          const moved = value - before[i];
          assert.ok(
            i === axis ? moved > 0.028 && moved < 0.035 : Math.abs(moved) < 0.006,
            `${axis} ${i}: ${moved}`,
          );
        });
      }
    });
  },
});

for (const name of FETCH_TASKS) {
  Deno.test({
    name: `openFetch(): ${name}: observations, goals, and the same numbers from the same stream${
      needs(files)
    }`,
    ignore,
    async fn() {
      await using(name, (task) => {
        const data = recordGoalEpisodes(task, { episodes: 2, stream: stream(2, name) });
        assert.deepEqual(recordGoalEpisodes(task, { episodes: 2, stream: stream(2, name) }), data);
        assert.ok(data.observations.every(Number.isFinite));
        const { observationSize: n, observations, achieved } = data;
        for (let row = 0; row < 2 * 50; row++) {
          const o = observations.subarray(row * n, (row + 1) * n);
          near(achieved.subarray(3 * row, 3 * row + 3), [...o.subarray(n === 10 ? 0 : 3).subarray(0, 3)], 0);
          if (n === 25) near(o.subarray(6, 9), [0, 1, 2].map((i) => o[3 + i] - o[i]), 1e-6);
        }
        const block = [...Array(4).keys()].map((i) => task.reset(stream(3, `${i}`)));
        const grip = block[0].observation.subarray(0, 3);
        for (const { observation: o } of block) {
          near(o.subarray(0, 3), [...grip], 1e-9);
          if (n === 10) continue;
          const away = Math.hypot(o[6], o[7]);
          assert.ok(away >= 0.1 && away <= 0.15 * Math.SQRT2, `${away}`);
        }
      });
    },
  });
}

Deno.test({
  name: `scripted experts of FetchReach, FetchPush and FetchPick arrive without noise${needs(files)}`,
  ignore,
  async fn() {
    for (
      const [name, low, high] of [["FetchReach", 24, 31], ["FetchPush", 15, 25], [
        "FetchPick",
        14,
        24,
      ]] as const
    ) {
      await using(name, (task) => {
        const data = recordGoalEpisodes(task, {
          episodes: 6,
          policy: task.expert,
          noise: { std: 0, uniform: 0 },
          stream: stream(4, name),
        });
        const { atEnd, discounted } = goalReturnsOf(data, task);
        assert.ok(mean(atEnd) >= 5 / 6, `${name}: ${mean(atEnd)}`);
        assert.ok(mean(discounted) > low && mean(discounted) < high, `${name}: ${mean(discounted)}`);
      });
    }
    await using("FetchSlide", ({ expert }) => assert.equal(expert, undefined));
  },
});

Deno.test({
  name: `FetchReach: data return what the published do, within 3 standard errors${needs(files)}`,
  ignore,
  async fn() {
    await using("FetchReach", (task) => {
      const episodes = 40;
      for (
        const { policy, disc, sd, end } of [
          { policy: task.expert, disc: 21.604, sd: 4.11, end: 0.894 },
          { policy: undefined, disc: 0.491, sd: 1.58, end: 0.007 },
        ]
      ) {
        const data = recordGoalEpisodes(task, { episodes, policy, stream: stream(5) });
        const { discounted, atEnd } = goalReturnsOf(data, task);
        // Theirs are 2000.
        const within = 3 * sd * Math.sqrt(1 / episodes + 1 / 2000);
        assert.ok(
          Math.abs(mean(discounted) - disc) < within,
          `${mean(discounted)}, wanted ${disc} ± ${within}`,
        );
        assert.ok(Math.abs(mean(atEnd) - end) < 0.15, `${mean(atEnd)}`);
      }
    });
  },
});

Deno.test({
  name: `evaluateGoalPolicy() on MuJoCo: environments in lock-step share nothing that changes${needs(files)}`,
  ignore,
  async fn() {
    const world = await openFetch("FetchReach", { files: files! });
    const policy = {
      act: (
        { observations, goals, rows }: { observations: Float32Array; goals: Float32Array; rows: number },
      ) =>
        Float32Array.from({ length: 4 * rows }, (_, k) => {
          const row = k >> 2, i = k & 3;
          return i === 3 ? 0 : 10 * (goals[3 * row + i] - observations[10 * row + i]);
        }),
    };
    const options = { policy, episodes: 4, stream: stream(6) };
    const together = await evaluateGoalPolicy(world.make, options);
    assert.deepEqual(await evaluateGoalPolicy(world.make, { ...options, rows: 1 }), together);
    assert.ok(together.successes.every((success) => success));
    world.dispose();
  },
});

Deno.test({
  name: `openFetch() throws when a file is missing${needs(files)}`,
  ignore,
  async fn() {
    await assert.rejects(openFetch("FetchPush", { files: {} }), RangeError);
  },
});
