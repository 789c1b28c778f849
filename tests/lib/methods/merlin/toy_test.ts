import assert from "node:assert/strict";
import { forwardNoise, HindsightSampler, toyStep, walkToy } from "../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mean, std } from "../../../../lib/stats/mod.ts";

const episodes = 4000, length = 12;
const free = { episodes, length, bound: Infinity };

/** Draws of (s, a, g, h), each reduced to a number. */
function draws(
  noise: ReturnType<typeof forwardNoise>,
  value: (draw: { a: number[]; way: number[]; h: number; s: number[] }) => number | undefined,
): number[] {
  const sampler = new HindsightSampler(noise, { ratio: 1 }),
    source = stream(8, "draws"),
    found: number[] = [];
  for (let k = 0; k < 60_000; k++) {
    const { episode, time, goalTime, horizon: h } = sampler.draw(source);
    const at = (values: Float32Array, row: number) => [...values.subarray(2 * row, 2 * row + 2)];
    const s = at(noise.observations, episode * length + time),
      a = at(noise.actions, episode * (length - 1) + time);
    const g = at(noise.achieved, episode * length + goalTime);
    const number = value({ s, a, h, way: [g[0] - s[0], g[1] - s[1]] });
    if (number !== undefined) found.push(number);
  }
  return found;
}

const away = (values: readonly number[]) => Math.abs(mean(values)) / (std(values) / Math.sqrt(values.length));

Deno.test("noise played backwards ends at the goal, and each action leads to the next state", () => {
  const { observations, actions } = forwardNoise({ ...free, stream: stream(1, "noise") });
  for (let e = 0; e < 100; e++) {
    for (let t = 0; t < length - 1; t++) {
      for (let k = 0; k < 2; k++) {
        const at = 2 * (e * length + t) + k, a = actions[2 * (e * (length - 1) + t) + k];
        assert.ok(Math.abs(observations[at] + a - observations[at + 2]) < 1e-5);
      }
    }
    const last = 2 * (e * length + length - 1);
    assert.deepEqual([...observations.subarray(last, last + 2)], [0, 0]);
  }
});

Deno.test("exchangeability: E[a | s, g, h] = (g − s)/h, and tr Cov = 1 − ‖g − s‖²/h²", () => {
  const noise = forwardNoise({ ...free, stream: stream(2, "noise") });
  const left = ({ a, way, h }: { a: number[]; way: number[]; h: number }, k: number) => a[k] - way[k] / h;
  // A conditional mean of 0 is orthogonal to every function of the condition.
  for (
    const [name, weight] of [
      ["1", () => 1],
      ["way", ({ way }) => way[0]],
      ["way/h", ({ way, h }) => way[1] / h],
      ["state", ({ s }) => s[0]],
      ["h", ({ h }) => h],
      ["short", ({ h, way }) => h < 4 ? Math.sign(way[0]) : 0],
    ] satisfies [string, (draw: { way: number[]; h: number; s: number[] }) => number][]
  ) {
    for (const k of [0, 1]) {
      assert.ok(away(draws(noise, (draw) => left(draw, k) * weight(draw))) < 4.5, name);
    }
  }
  for (const h of [1, 2, 5, 10]) {
    const spreads = draws(noise, (draw) => {
      if (draw.h !== h) return undefined;
      const { way: [x, y] } = draw;
      return left(draw, 0) ** 2 + left(draw, 1) ** 2 - (1 - (x * x + y * y) / (h * h));
    });
    assert.ok(h === 1 ? Math.abs(mean(spreads)) < 1e-5 : away(spreads) < 4.5, `h = ${h}`);
  }
  // The identity sees a wrong horizon.
  assert.ok(away(draws(noise, ({ a, way, h }) => (a[0] - way[0] / (h + 1)) * way[0])) > 20);
});

Deno.test("misaligned as in the released script, an action says nothing of a goal one step away", () => {
  const noise = forwardNoise({ ...free, compatMisaligned: true, stream: stream(3, "noise") });
  const along = ({ a, way, h }: { a: number[]; way: number[]; h: number }) =>
    h === 1 ? a[0] * way[0] + a[1] * way[1] : undefined;
  // The first entry stands twice: its way is 0.
  const misaligned = draws(noise, along);
  assert.ok(away(misaligned) < 4.5);
  const aligned = draws(forwardNoise({ ...free, stream: stream(3, "noise") }), along);
  assert.ok(Math.abs(mean(aligned) - 1) < 1e-5);
  // The same actions at the same places.
  assert.deepEqual(noise.actions, forwardNoise({ ...free, stream: stream(3, "noise") }).actions);
});

Deno.test("steps have a length of 1 and stay in the square; the straight way reaches every goal", async () => {
  assert.deepEqual([...toyStep([0, 0], [3, 4])], [0.6, 0.8]);
  assert.deepEqual([...toyStep([9.5, 2], [5, 0])], [10, 2]);
  assert.deepEqual([...toyStep([1, 2], [0, 0])], [1, 2]);
  const straight = {
    act: ({ observations, goals }: { observations: Float32Array; goals: Float32Array }) =>
      goals.map((g, i) => g - observations[i]),
  };
  const starts = [[9, 9], [-10, 3], [5.1, 4]] as const;
  const { paths, reached } = await walkToy(straight, { starts, goal: [5, 4] });
  assert.deepEqual(reached, [true, true, true]);
  assert.equal(paths[2].length, 1);
  assert.equal(paths[0].length - 1, Math.ceil(Math.hypot(4, 5) - 0.5));
  const lazy = { act: () => new Float32Array(6) };
  assert.deepEqual((await walkToy(lazy, { starts, goal: [5, 4] })).reached, [false, false, true]);
});
