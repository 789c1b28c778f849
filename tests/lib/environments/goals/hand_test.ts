import assert from "node:assert/strict";
import {
  type GoalEnvironment,
  goalReturnsOf,
  openHandReach,
  recordGoalEpisodes,
} from "../../../../lib/environments/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mean } from "../../../../lib/stats/mod.ts";
import { needs } from "../_shared_data.ts";
import { modelsOf } from "./_models.ts";

const files = modelsOf("mujoco/shadow-hand");
const ignore = files === undefined;

async function using(test: (task: GoalEnvironment) => void): Promise<void> {
  const world = await openHandReach({ files: files! });
  const task = world.make();
  test(task);
  task.dispose();
  world.dispose();
}

type Rotation = readonly [axis: 0 | 1 | 2, angle: number];
type Link = readonly [offset: readonly number[], ...rotations: Rotation[]];

/** Turns a vector about one of the coordinate axes. */
function turn(v: readonly number[], [axis, angle]: Rotation): number[] {
  const [a, b] = [(axis + 1) % 3, (axis + 2) % 3], out = [...v];
  out[a] = Math.cos(angle) * v[a] - Math.sin(angle) * v[b];
  out[b] = Math.sin(angle) * v[a] + Math.cos(angle) * v[b];
  return out;
}

/** The end of a chain of links, each an offset that is followed by rotations of all that comes after. */
function endOf(links: readonly Link[]): number[] {
  return links.toReversed().reduce((place, [offset, ...rotations]) => {
    const turned = rotations.toReversed().reduce(turn, place);
    return offset.map((value, i) => value + turned[i]);
  }, [0, 0, 0]);
}

Deno.test({
  name: `openHandReach(): palm and first finger tip are where the model's links put them${needs(files)}`,
  ignore,
  async fn() {
    await using((task) => {
      const { observation: o, achieved } = task.reset(stream(1));
      // The mount stands at (1, 1.25, 0.15), turned by π/2 about x and by π about z; then wrist and finger.
      const palm: Link[] = [
        [[1, 1.25, 0.15], [0, 1.5708], [2, 3.14159]],
        [[0, 0.01, 0]],
        [[0, 0, 0.256], [1, o[0]]],
        [[0, 0, 0.034], [0, o[1]]],
      ];
      endOf(palm).forEach((value, i) => {
        assert.ok(Math.abs(value - [1.0056, 0.9605, 0.14][i]) < 1e-4, `palm ${value}`);
      });
      const tip = endOf([
        ...palm,
        [[0.033, 0, 0.095], [1, o[2]]],
        [[0, 0, 0], [0, o[3]]],
        [[0, 0, 0.045], [0, o[4]]],
        [[0, 0, 0.025], [0, o[5]]],
        [[0, 0, 0.026]],
      ]);
      tip.forEach((value, i) =>
        assert.ok(Math.abs(value - achieved[i]) < 1e-6, `tip ${value} ${achieved[i]}`)
      );
      assert.deepEqual([...achieved], [...o.subarray(48)]);
    });
  },
});

Deno.test({
  name: `openHandReach(): goals bring thumb and one finger together, or are the start${needs(files)}`,
  ignore,
  async fn() {
    await using((task) => {
      const counts = [0, 0, 0, 0, 0];
      for (let i = 0; i < 200; i++) {
        const { achieved } = task.reset(stream(2, `${i}`));
        const moved = [0, 1, 2, 3, 4].filter((tip) =>
          [0, 1, 2].some((k) => achieved[3 * tip + k] !== task.desired[3 * tip + k])
        );
        if (moved.length === 0) {
          counts[4]++;
          continue;
        }
        const [finger, thumb] = moved;
        assert.deepEqual([moved.length, thumb], [2, 4]);
        counts[finger]++;
        const apart = Math.hypot(
          ...[0, 1, 2].map((k) => task.desired[3 * finger + k] - task.desired[12 + k]),
        );
        assert.ok(apart > 0 && apart <= 0.01 + 1e-12, `${apart}`);
      }
      // 20 and 45 of each are expected.
      assert.ok(
        counts[4] > 8 && counts[4] < 34 && counts.slice(0, 4).every((n) => n > 25 && n < 66),
        `${counts}`,
      );
    });
  },
});

Deno.test({
  name: `openHandReach(): the scripted expert mostly arrives, random actions hardly ever${needs(files)}`,
  ignore,
  async fn() {
    await using((task) => {
      const options = { episodes: 6, stream: stream(3) };
      const expert = recordGoalEpisodes(task, {
        ...options,
        policy: task.expert,
        noise: { std: 0, uniform: 0 },
      });
      assert.ok(mean(goalReturnsOf(expert, task).firstHit.map((t) => Number(t < 49))) >= 0.5);
      const random = recordGoalEpisodes(task, options);
      assert.ok(mean(goalReturnsOf(random, task).atEnd) < 0.2);
      assert.deepEqual(recordGoalEpisodes(task, options), random);
    });
  },
});
