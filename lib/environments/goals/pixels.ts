import { pointReach, pointRooms, type PointTask } from "./point.ts";
import type { GoalEnvironment, GoalState } from "./types.ts";
import { BALL_RADIUS, ROOM_OUTLINES, type Wall, WORLD_HALF_WIDTH } from "./walls.ts";

/** Pixels of a side of the images of the point tasks. */
export const POINT_IMAGE_SIZE = 48;

const CHANNELS = 3, HALF_VIEW = WORLD_HALF_WIDTH + BALL_RADIUS;
const WALL_GREY = 169 / 255;
/** Blue on white: red and green are off. */
const BALL = [0, 0, 1];

/** The pixel that holds a coordinate, along either axis. */
const pixelOf = (value: number) => Math.trunc((value + HALF_VIEW) / (2 * HALF_VIEW) * (POINT_IMAGE_SIZE - 1));

const RADIUS = Math.trunc(BALL_RADIUS / (2 * HALF_VIEW) * (POINT_IMAGE_SIZE - 1));

function paint(
  image: Float32Array,
  pixel: readonly [column: number, row: number],
  colour: readonly number[],
): void {
  const [column, row] = pixel;
  if (Math.min(column, row) < 0 || Math.max(column, row) >= POINT_IMAGE_SIZE) return;
  image.set(colour, (row * POINT_IMAGE_SIZE + column) * CHANNELS);
}

/** Draws the outlines of walls, one pixel wide. */
function outline(image: Float32Array, { x, y }: Wall): void {
  const [left, right] = x.map(pixelOf),
    [top, bottom] = y.map(pixelOf),
    grey = [WALL_GREY, WALL_GREY, WALL_GREY];
  for (let column = left; column <= right; column++) {
    for (const row of [top, bottom]) paint(image, [column, row], grey);
  }
  for (let row = top; row <= bottom; row++) {
    for (const column of [left, right]) paint(image, [column, row], grey);
  }
}

/**
 * Draws where the point is: a blue disc of radius 2 pixels on white, under the grey outlines of the walls; x
 * goes to the right and y downwards, ±5.5 from edge to edge. No goal is drawn (in the paper's code data and
 * evaluation differ in that, by mistake).
 *
 * @param positions `[rows, 2]`
 * @param options `walls` as {@link ROOM_OUTLINES}; `out`, of the result's size, is written to instead of a
 *   new array.
 * @returns `[rows, 48, 48, 3]` in [0, 1].
 *
 * @example
 * ```ts
 * import { drawPoints } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * const image = drawPoints([0, 0]);
 * const middle = 3 * (23 * 48 + 23);
 * assert.deepEqual([...image.subarray(middle, middle + 3)], [0, 0, 1]);
 * ```
 */
export function drawPoints(
  positions: ArrayLike<number>,
  { walls = [], out }: { readonly walls?: readonly Wall[]; readonly out?: Float32Array } = {},
): Float32Array {
  const rows = positions.length / 2, size = POINT_IMAGE_SIZE ** 2 * CHANNELS;
  const images = out ?? new Float32Array(rows * size);
  images.fill(1, 0, rows * size);
  for (let row = 0; row < rows; row++) {
    const image = images.subarray(row * size, (row + 1) * size);
    const centre = [pixelOf(positions[2 * row]), pixelOf(positions[2 * row + 1])];
    for (let dy = -RADIUS; dy <= RADIUS; dy++) {
      for (let dx = -RADIUS; dx <= RADIUS; dx++) {
        if (dx * dx + dy * dy <= RADIUS ** 2) paint(image, [centre[0] + dx, centre[1] + dy], BALL);
      }
    }
    for (const wall of walls) outline(image, wall);
  }
  return images;
}

function inPixels(task: PointTask, walls: readonly Wall[]): GoalEnvironment {
  const seen = ({ achieved }: GoalState): GoalState => ({
    observation: Float64Array.from(drawPoints(achieved, { walls })),
    achieved,
  });
  return {
    ...task,
    name: `${task.name} in pixels`,
    observationSize: POINT_IMAGE_SIZE ** 2 * CHANNELS,
    expert: ({ achieved }, desired, step) => task.expert!({ observation: achieved, achieved }, desired, step),
    reset: (stream) => seen(task.reset(stream)),
    step: (action) => seen(task.step(action)),
  };
}

/**
 * PointReach seen in images of {@link drawPoints}; the goal stays a place. 2000 recorded episodes of images
 * would take 2.8 GB: record {@link pointReach} instead, and draw the positions when they are needed.
 */
export function pointReachPixels(): GoalEnvironment {
  return inPixels(pointReach(), []);
}

/** PointRooms seen in images, as {@link pointReachPixels}. */
export function pointRoomsPixels(): GoalEnvironment {
  return inPixels(pointRooms(), ROOM_OUTLINES);
}
