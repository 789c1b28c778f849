import assert from "node:assert/strict";
import {
  goalReturnsOf,
  openMujoco,
  reacher,
  reacherEnergy,
  recordGoalEpisodes,
} from "../../../../lib/environments/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mean } from "../../../../lib/stats/mod.ts";
import { needs, sharedText } from "../_shared_data.ts";

const near = (got: number, wanted: number, within: number, what: string) =>
  assert.ok(Math.abs(got - wanted) <= within, `${what}: ${got}, wanted ${wanted} ± ${within}`);

const xml = sharedText("gymnasium-robotics-xml/reacher/reacher.xml");

Deno.test({
  name: `reacher() agrees with MuJoCo to 1e-12 over 500 steps${needs(xml)}`,
  ignore: xml === undefined,
  async fn() {
    const physics = await openMujoco({ files: { "reacher.xml": xml! }, path: "reacher.xml" });
    const task = reacher();
    let worst = 0, farthest = 0;
    for (let episode = 0; episode < 10; episode++) {
      const own = stream(1, `${episode}`);
      const { observation } = task.reset(own);
      const [q1, q2, w1, w2] = task.getState();
      // The target's joints have references: their coordinate is their place.
      physics.setState([q1, q2, observation[4], observation[5]], [w1, w2, 0, 0]);
      for (let step = 0; step < 50; step++) {
        // Slowly changing torques, so that the arm swings fast but its elbow stays within ±3.
        const action = [0.8 * Math.sin(0.3 * step + episode), 0.5 * Math.cos(0.6 * step + 2 * episode)];
        physics.setControls(action);
        physics.step(2);
        task.step(action);
        const [positions, velocities, state] = [physics.positions, physics.velocities, task.getState()];
        farthest = Math.max(farthest, Math.abs(state[1]));
        for (let i = 0; i < 2; i++) {
          worst = Math.max(worst, Math.abs(positions[i] - state[i]));
          worst = Math.max(worst, Math.abs(velocities[i] - state[2 + i]) / 100);
        }
      }
    }
    physics.dispose();
    assert.ok(farthest > 0.5 && farthest < 3, `the elbow went to ${farthest}`);
    assert.ok(worst < 1e-12, `${worst}`);
  },
});

Deno.test("reacher() conserves energy without damping, and damping takes it away", () => {
  for (const [damping, low, high] of [[0, 1 - 1e-9, 1 + 1e-9], [1, 0.05, 0.2]]) {
    const task = reacher({ damping });
    task.setState([0.3, -2, 3, 2, 0, 0]);
    const before = reacherEnergy(task.getState());
    for (let step = 0; step < 50; step++) task.step([0, 0]);
    const share = reacherEnergy(task.getState()) / before;
    assert.ok(share > low && share < high, `damping ${damping}: ${share}`);
  }
});

Deno.test("reacher() stops its elbow at ±3 rad", () => {
  const task = reacher();
  task.setState([0, 2.9, 0, 0, 0.1, 0]);
  for (let step = 0; step < 10; step++) task.step([0, 1]);
  assert.deepEqual([task.getState()[1], task.getState()[3]], [3, 0]);
});

Deno.test("reacher(): data of random actions have the published statistics within 3 standard errors", () => {
  const data = recordGoalEpisodes(reacher(), { episodes: 1000, stream: stream(2, "random") });
  const { discounted, firstHit, atStart } = goalReturnsOf(data, { threshold: 0.05 });
  const standardErrors = (deviation: number) => 3 * deviation * Math.sqrt(1 / 1000 + 1 / 2000);
  near(mean(discounted), 1.356, standardErrors(2.42), "discounted return");
  near(mean(firstHit.map((t) => Number(t < 49))), 0.468, standardErrors(0.5), "ever");
  near(mean(atStart), 0.026, standardErrors(0.16), "at the start");
});

Deno.test("reacher(): the scripted expert returns what the published one does, and alone arrives", () => {
  const task = reacher();
  const options = { episodes: 2000, policy: task.expert, stream: stream(3, "expert") };
  const noisy = goalReturnsOf(recordGoalEpisodes(task, options), { threshold: 0.05 });
  near(mean(noisy.discounted), 15.075, 3 * 5.65 * Math.sqrt(2 / 2000), "discounted return");
  near(mean(noisy.atEnd), 0.859, 0.12, "success at the end");
  const clean = recordGoalEpisodes(task, { ...options, episodes: 200, noise: { std: 0, uniform: 0 } });
  assert.ok(mean(goalReturnsOf(clean, { threshold: 0.05 }).atEnd) > 0.98);
});
