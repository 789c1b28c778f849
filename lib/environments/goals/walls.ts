import { clip } from "../_check.ts";

/** A wall, [x0, x1] × [y0, y1]. */
export interface Wall {
  /** From left to right. */
  readonly x: readonly [low: number, high: number];
  /** From bottom to top. */
  readonly y: readonly [low: number, high: number];
}

/** A place in the plane. */
export type Place = readonly [x: number, y: number];

/** The world is [−5, 5]². */
export const WORLD_HALF_WIDTH = 5;

const wall = (x0: number, x1: number, y0: number, y1: number): Wall => ({ x: [x0, x1], y: [y0, y1] });

/**
 * The walls of PointRooms, with their thickness (0.3) and already wider by the ball's radius (0.5), in the
 * order in which they push: a cross in the middle, and a short wall at the middle of each side.
 */
export const ROOM_WALLS: readonly Wall[] = [
  wall(-6.8, -4.45, -0.8, 0.8),
  wall(-1.65, 1.65, -0.8, 0.8),
  wall(4.45, 6.8, -0.8, 0.8),
  wall(-0.8, 0.8, 4.45, 6.8),
  wall(-0.8, 0.8, -1.65, 1.65),
  wall(-0.8, 0.8, -6.8, -4.45),
];

/** Radius of the ball that moves, as it is drawn. */
export const BALL_RADIUS = 0.5;

/** What {@link ROOM_WALLS} are wider by, at every side, than the walls that one sees. */
export const WALL_MARGIN: number = BALL_RADIUS;

/** The walls of PointRooms as they are drawn, for maps. */
export const ROOM_OUTLINES: readonly Wall[] = ROOM_WALLS.map(({ x, y }) => ({
  x: [x[0] + WALL_MARGIN, x[1] - WALL_MARGIN],
  y: [y[0] + WALL_MARGIN, y[1] - WALL_MARGIN],
}));

/** Whether a place lies strictly inside one of the walls. */
export function isInsideWall([x, y]: Place, walls: readonly Wall[] = ROOM_WALLS): boolean {
  return walls.some((w) => x > w.x[0] && x < w.x[1] && y > w.y[0] && y < w.y[1]);
}

/** How far a wall keeps one off its edge. */
const GAP = 0.01;

const overlap = (a: number, b: number, [low, high]: readonly [number, number]) =>
  Math.min(a, b) <= high && Math.max(a, b) >= low;

/** One wall's four tests; `end` is changed in place, the tests of overlap see it as it came. */
function pushOut(start: Place, end: [number, number], { x: [x0, x1], y: [y0, y1] }: Wall): void {
  const [sx, sy] = start, [fx, fy] = end;
  const acrossX = overlap(sx, fx, [x0, x1]), acrossY = overlap(sy, fy, [y0, y1]);
  const crosses = (a: number, b: number, edge: number) => overlap(a, b, [edge, edge]);
  if (acrossX && crosses(sy, fy, y1) && end[1] <= sy && sy >= y1) end[1] = y1 + GAP;
  if (acrossX && crosses(sy, fy, y0) && end[1] >= sy && sy <= y0) end[1] = y0 - GAP;
  if (acrossY && crosses(sx, fx, x1) && end[0] <= sx && sx >= x1) end[0] = x1 + GAP;
  if (acrossY && crosses(sx, fx, x0) && end[0] >= sx && sx <= x0) end[0] = x0 - GAP;
}

/**
 * Where a ball at `start` comes to when it wants to go to `end`: wall by wall, each edge that the motion goes
 * inwards over (judged by bounding boxes) pushes its coordinate back to 0.01 before it. Where both
 * coordinates have been changed, all is done again with the walls in reverse order. The result is clipped to
 * the world.
 *
 * These are the rules of the original task, whose statistics its published data have (Merlin, PointRooms).
 *
 * @example
 * ```ts
 * import { moveAmongWalls } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * // Down from above the cross: its upper arm ends at y = 1.65.
 * assert.deepEqual(moveAmongWalls([0, 2.5], [0, 1.5]), [0, 1.66]);
 * ```
 */
export function moveAmongWalls(start: Place, end: Place, walls: readonly Wall[] = ROOM_WALLS): Place {
  const pass = (order: readonly Wall[]): [number, number] => {
    const place: [number, number] = [...end];
    for (const w of order) pushOut(start, place, w);
    return place;
  };
  let place = pass(walls);
  if (place[0] !== end[0] && place[1] !== end[1]) place = pass(walls.toReversed());
  return [clip(place[0], WORLD_HALF_WIDTH), clip(place[1], WORLD_HALF_WIDTH)];
}

/** Whether the straight line between two places meets no wall. */
export function isInSight([ax, ay]: Place, [bx, by]: Place, walls: readonly Wall[] = ROOM_WALLS): boolean {
  return walls.every(({ x, y }) => {
    // Liang and Barsky: the part [t0, t1] of the line that lies inside the open box.
    let t0 = 0, t1 = 1;
    for (const [from, to, [low, high]] of [[ax, bx, x], [ay, by, y]] as const) {
      const way = to - from;
      if (way === 0) {
        if (from <= low || from >= high) return true;
        continue;
      }
      const [a, b] = [(low - from) / way, (high - from) / way];
      t0 = Math.max(t0, Math.min(a, b));
      t1 = Math.min(t1, Math.max(a, b));
    }
    return t0 >= t1;
  });
}
