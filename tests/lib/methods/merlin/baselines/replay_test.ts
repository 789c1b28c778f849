import assert from "node:assert/strict";
import { goalReplay, type Transitions } from "../../../../../lib/methods/merlin/baselines/_replay.ts";
import { fitScaling } from "../../../../../lib/methods/merlin/baselines/_scaling.ts";
import type { GoalEpisodes } from "../../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { assertClose } from "./_numbers.ts";

/** Three episodes of five states; the observation tells episode and time, the goal of state t is 10 e + t. */
const LENGTH = 5, EPISODES = 3;
const states = Array.from({ length: EPISODES * LENGTH }, (_, i) => [Math.floor(i / LENGTH), i % LENGTH]);
const moves = states.filter(([, t]) => t < LENGTH - 1);
const episodes: GoalEpisodes = {
  episodes: EPISODES,
  length: LENGTH,
  observationSize: 2,
  actionSize: 1,
  goalSize: 1,
  actionBound: 2,
  observations: Float32Array.from(states.flat()),
  actions: Float32Array.from(moves, ([e, t]) => (10 * e + t) / 100),
  achieved: Float32Array.from(states, ([e, t]) => 10 * e + t),
  desired: Float32Array.from({ length: EPISODES }, (_, e) => 10 * e + 3.2),
};
const ALL = [
  ...["observation", "action", "next", "goal", "reward", "achieved", "initial", "delay"],
  ...["criticGoal", "criticReward"],
] as (keyof Transitions)[];

/** Draws rows, and undoes the normalisation. */
function draw(options: { relabel: number; restore?: number; batchSize?: number }) {
  const { batchSize = 2000 } = options;
  const replay = goalReplay(episodes, { fields: ALL, threshold: 0.5, ...options, batchSize });
  replay.fill(replay.example, stream(1, "draws"));
  const { observation, goal } = fitScaling(episodes);
  const raw = (field: keyof Transitions, { mean, std }: typeof goal, width: number) =>
    Array.from({ length: batchSize }, (_, i) =>
      Array.from(
        { length: width },
        (_, k) => replay.example[field].data[i * width + k] * (std[k] + 1e-6) + mean[k],
      ));
  const plain = (field: keyof Transitions) => replay.example[field].data;
  const [s, next, initial] = (["observation", "next", "initial"] as const).map((f) => raw(f, observation, 2));
  const [g, achieved, criticGoal] = (["goal", "achieved", "criticGoal"] as const).map((f) => raw(f, goal, 1));
  return s.map(([e, t], i) => ({
    ...{ e: Math.round(e), t: Math.round(t), next: next[i], initial: initial[i] },
    ...{ goal: g[i][0], achieved: achieved[i][0], criticGoal: criticGoal[i][0] },
    ...{ action: plain("action")[i], reward: plain("reward")[i], delay: plain("delay")[i] },
    criticReward: plain("criticReward")[i],
  }));
}

Deno.test("goalReplay() takes state, action, next and first state of one moment", () => {
  for (const row of draw({ relabel: 1, batchSize: 200 })) {
    assertClose(row.next, [row.e, row.t + 1]);
    assertClose(row.initial, [row.e, 0]);
    assertClose([row.achieved], [10 * row.e + row.t]);
    assertClose([row.action], [(10 * row.e + row.t) / 200]); // divided by the bound
    const later = row.goal - 10 * row.e;
    assertClose([row.delay], [later - row.t - 1]);
    assert.equal(row.reward, Math.abs(later - row.t - 1) <= 0.5 ? 1 : 0);
  }
});

Deno.test("goalReplay() draws t uniformly, then a later time uniformly", () => {
  const counts = new Map<string, number>();
  const rows = draw({ relabel: 1, batchSize: 24_000 });
  for (const { t, delay } of rows) counts.set(`${t} ${delay}`, (counts.get(`${t} ${delay}`) ?? 0) + 1);
  let chi = 0, cells = 0;
  for (let t = 0; t < LENGTH - 1; t++) {
    for (let delay = 0; delay < LENGTH - 1 - t; delay++, cells++) {
      const expected = rows.length / (LENGTH - 1) / (LENGTH - 1 - t);
      chi += ((counts.get(`${t} ${delay}`) ?? 0) - expected) ** 2 / expected;
    }
  }
  assert.equal(counts.size, cells);
  assert.ok(chi < 27.9, `χ² of ${cells - 1} degrees is ${chi}`); // 0.1 %
});

Deno.test("goalReplay() keeps the desired goal with the probabilities that it is given", () => {
  const share = (rows: ReturnType<typeof draw>, goal: "goal" | "criticGoal") =>
    rows.filter((row) => Math.abs(row[goal] - 10 * row.e - 3.2) < 0.01).length / rows.length;
  for (const { goal, delay, e, t, reward } of draw({ relabel: 0 })) {
    assertClose([goal, delay], [10 * e + 3.2, LENGTH - 2 - t]);
    assert.equal(reward, t + 1 === 3 ? 1 : 0);
  }
  const rows = draw({ relabel: 0.7, restore: 0.2 });
  assert.ok(Math.abs(share(rows, "goal") - 0.3) < 0.04);
  assert.ok(Math.abs(share(rows, "criticGoal") - (0.3 + 0.7 * 0.2)) < 0.04);
  for (const row of rows) {
    assert.equal(row.criticReward, Math.abs(row.criticGoal - 10 * row.e - row.t - 1) <= 0.5 ? 1 : 0);
  }
});

Deno.test("goalReplay() says which column has the wrong length", () => {
  const short = { ...episodes, actions: episodes.actions.subarray(1) };
  assert.throws(() => goalReplay(short, { fields: [], batchSize: 1, relabel: 1 }), {
    name: "RangeError",
    message: "Cannot train a baseline as actions of 3 episodes of 5 states must hold 12 numbers: " +
      "current value is 11",
  });
});
