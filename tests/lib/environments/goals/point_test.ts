import assert from "node:assert/strict";
import {
  evaluateGoalPolicy,
  goalReturnsOf,
  isInsideWall,
  isInSight,
  moveAmongWalls,
  type Place,
  pointReach,
  pointReachOptimum,
  pointRooms,
  type PointTask,
  recordGoalEpisodes,
} from "../../../../lib/environments/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mean, std } from "../../../../lib/stats/mod.ts";

const near = (got: number, wanted: number, within: number, what: string) =>
  assert.ok(Math.abs(got - wanted) <= within, `${what}: ${got}, wanted ${wanted} ± ${within}`);

/**
 * Published statistics of 2000 episodes each, from the arrays of rewards. Who acts does not matter at the
 * start: that number is of the 4000 episodes of both data sets.
 */
const PUBLISHED = {
  PointReach: { disc: 0.840, sd: 2.20, rewarded: 1.33, ever: 0.244, start: 0.0325 },
  PointRooms: { disc: 0.848, sd: 2.27, rewarded: 1.32, ever: 0.215, start: 0.0265 },
};

for (const make of [pointReach, pointRooms]) {
  const { name, threshold } = make();
  Deno.test(`${name}: data of random actions have the published statistics within 3 standard errors`, () => {
    const data = recordGoalEpisodes(make(), { episodes: 2000, stream: stream(1, name) });
    const { discounted, firstHit, atStart } = goalReturnsOf(data, { threshold });
    const { disc, sd, ever, start } = PUBLISHED[name as keyof typeof PUBLISHED];
    // Theirs is a sample of 2000, too.
    const standardErrors = (deviation: number) => 3 * deviation * Math.sqrt(2 / 2000);
    near(mean(discounted), disc, standardErrors(sd), "discounted return");
    near(
      mean(firstHit.map((t) => Number(t < 49))),
      ever,
      standardErrors(Math.sqrt(ever * (1 - ever))),
      "ever",
    );
    near(mean(atStart), start, standardErrors(Math.sqrt(start * (1 - start) * 0.75)), "at the start");
  });

  Deno.test(`${name}: the scripted expert returns what the published one does, and alone always arrives`, () => {
    const task = make();
    const options = { episodes: 2000, policy: task.expert, stream: stream(2, name) };
    const noisy = goalReturnsOf(recordGoalEpisodes(task, options), { threshold });
    const { disc, sd, end } = {
      PointReach: { disc: 18.572, sd: 4.88, end: 0.844 },
      PointRooms: { disc: 16.649, sd: 7.11, end: 0.799 },
    }[name as keyof typeof PUBLISHED];
    near(mean(noisy.discounted), disc, 3 * sd * Math.sqrt(2 / 2000), "discounted return");
    near(mean(noisy.atEnd), end, 0.04, "success at the end");
    const noise = { std: 0, uniform: 0 };
    const clean = goalReturnsOf(recordGoalEpisodes(task, { ...options, episodes: 300, noise }), {
      threshold,
    });
    assert.ok(mean(clean.atEnd) > 0.99, `${mean(clean.atEnd)}`);
  });
}

Deno.test("the published noise on an action of 0 has the standard deviation of the mixture, 0.358", () => {
  const data = recordGoalEpisodes(pointReach(), {
    episodes: 1000,
    policy: () => [0, 0],
    stream: stream(3, "noise"),
  });
  // 0.7 · 0.2² + 0.3/3, to 0.1 % less for clipping; 98 000 draws.
  near(std(data.actions), Math.sqrt(0.7 * 0.04 + 0.1), 0.003, "standard deviation");
});

Deno.test("recordGoalEpisodes() holds what step() does, and fewer episodes are the first of more", () => {
  const task = pointRooms();
  const data = recordGoalEpisodes(task, { episodes: 4, stream: stream(4, "data") });
  const { observations, actions, achieved, desired } = data;
  assert.deepEqual(achieved, observations);
  for (const episode of [0, 3]) {
    const at = (t: number) => 2 * (50 * episode + t);
    let [x, y] = [observations[at(0)], observations[at(0) + 1]];
    task.place([x, y], [desired[2 * episode], desired[2 * episode + 1]]);
    for (let t = 0; t < 49; t++) {
      const action = actions.subarray(2 * (49 * episode + t), 2 * (49 * episode + t) + 2);
      [x, y] = task.step(action).observation;
      near(x, observations[at(t + 1)], 1e-4, "x");
      near(y, observations[at(t + 1) + 1], 1e-4, "y");
    }
  }
  const fewer = recordGoalEpisodes(task, { episodes: 2, stream: stream(4, "data") });
  assert.deepEqual(fewer.actions, actions.slice(0, fewer.actions.length));
  assert.throws(() => recordGoalEpisodes(task, { episodes: 0, stream: stream(4) }), RangeError);
});

Deno.test("moveAmongWalls() in golden cases", () => {
  const cases: [Place, Place, Place][] = [
    [[0, 2.5], [0, 1.5], [0, 1.66]],
    [[2.5, 0], [1.5, 0], [1.66, 0]],
    [[3, 0], [3, 1], [3, 1]],
    [[0, -2.5], [0, -1.5], [0, -1.66]],
    [[4, 0.2], [5, 0.2], [4.44, 0.2]],
    [[4.5, 4], [5.5, 5.5], [5, 5]],
  ];
  for (const [start, end, wanted] of cases) {
    const [x, y] = moveAmongWalls(start, end);
    near(x, wanted[0], 1e-12, `x from ${start}`);
    near(y, wanted[1], 1e-12, `y from ${start}`);
  }
});

Deno.test("no walk enters a wall of PointRooms", () => {
  const task: PointTask = pointRooms();
  const { observations } = recordGoalEpisodes(task, { episodes: 200, stream: stream(5, "walk") });
  for (let i = 0; i < observations.length; i += 2) {
    assert.ok(!isInsideWall([observations[i], observations[i + 1]]));
  }
  assert.ok(!isInSight([-3, 0.5], [3, 0.5]) && isInSight([2, -3], [2, 3]) && isInSight([2, 2], [4, 4]));
});

Deno.test("pointReachOptimum() is 28.68 on average, and a greedy walk attains it", async () => {
  const draws = stream(6, "starts").uniform(new Float64Array(400_000), { low: -5, high: 5 });
  let sum = 0, rewarded = 0, atStart = 0;
  for (let i = 0; i < draws.length; i += 4) {
    const offset: Place = [draws[i] - draws[i + 2], draws[i + 1] - draws[i + 3]];
    sum += pointReachOptimum(offset);
    rewarded += pointReachOptimum(offset, { discount: 1 });
    atStart += Number(Math.hypot(...offset) <= 1);
  }
  near(sum / 1e5, 28.68, 0.02, "discounted");
  near(rewarded / 1e5, 46.78, 0.05, "undiscounted");
  near(atStart / 1e5, 0.0286, 0.0016, "rewarded at the start");

  const greedy = {
    act: ({ observations, goals }: { observations: Float32Array; goals: Float32Array }) =>
      goals.map((goal, i) => Math.min(Math.max(goal - observations[i], -1), 1)),
  };
  const starts: Place[] = [];
  const make = () => {
    const task = pointReach();
    return {
      ...task,
      reset: (own: Parameters<typeof task.reset>[0]) => {
        const state = task.reset(own);
        starts.push([task.desired[0] - state.observation[0], task.desired[1] - state.observation[1]]);
        return state;
      },
    };
  };
  const { returns, successes } = await evaluateGoalPolicy(make, {
    policy: greedy,
    episodes: 60,
    rows: 60,
    stream: stream(7, "greedy"),
  });
  assert.ok(successes.every((success) => success));
  returns.forEach((value, i) => near(value, pointReachOptimum(starts[i]), 1e-9, `episode ${i}`));
});

Deno.test("evaluateGoalPolicy(): closed forms of returns, and rows do not matter", async () => {
  const idle = { act: ({ goals }: { goals: Float32Array }) => new Float32Array(goals.length) };
  // A goal that is reached at once and for ever.
  const easy = () => ({ ...pointReach(), threshold: 20, successThreshold: 20 });
  const all = await evaluateGoalPolicy(easy, { policy: idle, episodes: 3, stream: stream(8) });
  for (const value of all.returns) near(value, (1 - 0.98 ** 50) / 0.02, 1e-9, "all rewarded");
  near(all.returns[0], 31.7915, 1e-4, "all rewarded");

  let calls = 0;
  const policy = {
    act: ({ observations, goals }: { observations: Float32Array; goals: Float32Array }) => {
      calls++;
      return goals.map((goal, i) => 0.3 * (goal - observations[i]));
    },
  };
  const options = { policy, episodes: 7, stream: stream(9, "rows") };
  const together = await evaluateGoalPolicy(pointRooms, options);
  assert.equal(calls, 50);
  assert.deepEqual(await evaluateGoalPolicy(pointRooms, { ...options, rows: 3 }), together);
  assert.equal(calls, 200);
  await assert.rejects(evaluateGoalPolicy(pointRooms, { ...options, rows: 0 }), RangeError);
});
