import type { Stream } from "../../random/mod.ts";
import { checkAction, clip } from "../_check.ts";
import type { GoalBehaviour, GoalEnvironment, GoalState } from "./types.ts";
import {
  isInsideWall,
  isInSight,
  moveAmongWalls,
  type Place,
  ROOM_WALLS,
  WORLD_HALF_WIDTH,
} from "./walls.ts";

/** A point task, which can also be put into a state. */
export interface PointTask extends GoalEnvironment {
  /** Sets where the point and its goal are. */
  place(position: Place, desired: Place): GoalState;
}

/** The scripted expert of PointReach: straight on, at half speed at most. @see pointReach */
const reachExpert: GoalBehaviour = (
  { observation: [x, y] },
  [gx, gy],
) => [clip(gx - x, 0.5), clip(gy - y, 0.5)];

/** Corners that ways around {@link ROOM_WALLS} lead over. */
const WAY_POINTS: readonly Place[] = [
  ...[[2.7, 0], [0, 2.7]].flatMap(([x, y]): Place[] => [[x, y], [-x, -y]]),
  ...[[2, 2], [3.2, 1.2], [1.2, 3.2]].flatMap(([x, y]): Place[] => [[x, y], [-x, y], [x, -y], [-x, -y]]),
];

/** Length of the shortest way between way-points, `[a][b]` (Floyd and Warshall). */
const WAYS: readonly Float64Array[] = (() => {
  const ways = WAY_POINTS.map((a) =>
    Float64Array.from(WAY_POINTS, (b) => isInSight(a, b) ? Math.hypot(a[0] - b[0], a[1] - b[1]) : Infinity)
  );
  for (let via = 0; via < ways.length; via++) {
    for (const row of ways) {
      for (let b = 0; b < ways.length; b++) row[b] = Math.min(row[b], row[via] + ways[via][b]);
    }
  }
  return ways;
})();

/** The first place to go to on the shortest way around the walls. */
function nextPlace(from: Place, to: Place): Place {
  if (isInSight(from, to)) return to;
  const ends = WAY_POINTS.map((point) =>
    isInSight(point, to) ? Math.hypot(point[0] - to[0], point[1] - to[1]) : Infinity
  );
  let best = Infinity, next = to;
  WAY_POINTS.forEach((point, a) => {
    if (!isInSight(from, point)) return;
    const first = Math.hypot(point[0] - from[0], point[1] - from[1]);
    ends.forEach((last, b) => {
      const way = first + WAYS[a][b] + last;
      if (way < best) [best, next] = [way, point];
    });
  });
  return next;
}

const roomsExpert: GoalBehaviour = ({ observation: [x, y] }, [gx, gy]) => {
  const [nx, ny] = nextPlace([x, y], [gx, gy]);
  return [clip(0.35 * (nx - x), 0.5), clip(0.35 * (ny - y), 0.5)];
};

interface PointSpec {
  readonly name: string;
  readonly expert: GoalBehaviour;
  readonly isFree: (place: Place) => boolean;
  readonly move: (start: Place, end: Place) => Place;
}

function pointTask({ name, expert, isFree, move }: PointSpec): PointTask {
  let position: Place = [0, 0];
  const desired = new Float64Array(2);
  const observe = () => ({ observation: Float64Array.from(position), achieved: Float64Array.from(position) });
  const draw = (stream: Stream): Place => {
    for (;;) {
      const [x, y] = stream.uniform(new Float64Array(2), { low: -WORLD_HALF_WIDTH, high: WORLD_HALF_WIDTH });
      if (isFree([x, y])) return [x, y];
    }
  };
  return {
    name,
    observationSize: 2,
    goalSize: 2,
    action: { size: 2, bound: 1 },
    episodeSteps: 50,
    threshold: 1,
    successThreshold: 1,
    desired,
    expert,
    place(at, goal) {
      position = at;
      desired.set(goal);
      return observe();
    },
    reset(stream) {
      desired.set(draw(stream));
      position = draw(stream);
      return observe();
    },
    step(action) {
      checkAction("apply the action", action, 2);
      position = move(position, [position[0] + clip(action[0], 1), position[1] + clip(action[1], 1)]);
      return observe();
    },
    dispose() {},
  };
}

/**
 * PointReach: a point in [−5, 5]² goes to a goal there, p ← clip(p + clip(a, ±1), ±5); start and goal are
 * uniform. State, observation and achieved goal are p, in the task's units; threshold 1.
 *
 * Source: the code of Merlin (Jain and Ravanbakhsh 2024), whose data of random actions this reproduces. The
 * scripted expert goes straight on with at most 0.5 per axis: with the data's noise it returns what the
 * published data do.
 *
 * @example
 * ```ts
 * import { pointReach } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach();
 * task.place([0, 4.5], [1, 1]);
 * assert.deepEqual([...task.step([-2, 1]).achieved], [-1, 5]);
 * ```
 */
export function pointReach(): PointTask {
  return pointTask({
    name: "PointReach",
    expert: reachExpert,
    isFree: () => true,
    move: (start, end) => moveAmongWalls(start, end, []),
  });
}

/**
 * PointRooms: as {@link pointReach} in four rooms, parted by {@link ROOM_WALLS}; see {@link moveAmongWalls}.
 * Start and goal are drawn anew while they lie inside a wall.
 *
 * The scripted expert goes along the shortest way over fixed corners.
 */
export function pointRooms(): PointTask {
  return pointTask({
    name: "PointRooms",
    expert: roomsExpert,
    isFree: (place) => !isInsideWall(place, ROOM_WALLS),
    move: moveAmongWalls,
  });
}

/**
 * Discounted return that the best possible policy has in PointReach from a start, exactly.
 *
 * Within k steps each coordinate can come nearer by k, so the goal is rewarded from the smallest k on with
 * √(max(|Δx| − k, 0)² + max(|Δy| − k, 0)²) <= 1; the first of the 50 rewards is that of the state after one
 * step. Walls of the world are no hindrance, as the goal lies within them.
 *
 * @param offset Δ = goal − start.
 */
export function pointReachOptimum(
  [dx, dy]: Place,
  { discount = 0.98, steps = 50 }: { readonly discount?: number; readonly steps?: number } = {},
): number {
  let k = 0;
  while (Math.hypot(Math.max(Math.abs(dx) - k, 0), Math.max(Math.abs(dy) - k, 0)) > 1) k++;
  let sum = 0;
  for (let index = Math.max(k - 1, 0); index < steps; index++) sum += discount ** index;
  return sum;
}
