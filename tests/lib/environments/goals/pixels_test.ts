import assert from "node:assert/strict";
import {
  drawPoints,
  POINT_IMAGE_SIZE,
  pointReachPixels,
  pointRooms,
  pointRoomsPixels,
  recordGoalEpisodes,
  ROOM_OUTLINES,
} from "../../../../lib/environments/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

const SIZE = POINT_IMAGE_SIZE ** 2 * 3;

/** One letter for each pixel: blue, grey, white. */
function letters(image: ArrayLike<number>): string[] {
  return Array.from(
    { length: POINT_IMAGE_SIZE },
    (_, row) =>
      Array.from({ length: POINT_IMAGE_SIZE }, (_, column) => {
        const at = 3 * (row * POINT_IMAGE_SIZE + column);
        return image[at] === 1 ? "." : image[at] === 0 ? "b" : "g";
      }).join(""),
  );
}

Deno.test("drawPoints() puts a disc of 13 pixels where the point is, and nothing else without walls", () => {
  // (x + 5.5)/11 · 47 and (y + 5.5)/11 · 47, cut off: 44 and 2.
  const rows = letters(drawPoints([5, -5]));
  assert.equal(rows.join("").replaceAll(".", "").length, 13);
  assert.equal(rows[2].lastIndexOf("b"), 46);
  assert.deepEqual([0, 1, 2, 3, 4].map((row) => rows[row].indexOf("b")), [44, 43, 42, 43, 44]);
});

Deno.test("drawPoints() draws walls over the disc, symmetric as they are", () => {
  const rows = letters(drawPoints([0, 0], { walls: ROOM_OUTLINES }));
  const transposed = rows.map((_, i) => rows.map((row) => row[i]).join(""));
  assert.deepEqual(transposed, rows);
  // Half thickness 0.3: the cross's bar from row 22 to row 24, over the disc of rows 21 to 25.
  assert.equal(rows[22][23], "g");
  assert.equal(rows[23][23], "b");
  assert.ok(rows[23].startsWith("g") || rows[22].startsWith("g"));
});

Deno.test("drawPoints() draws many rows at once as one by one, into a given array", () => {
  const positions = stream(1).uniform(new Float32Array(10), { low: -5, high: 5 });
  const out = new Float32Array(5 * SIZE);
  assert.equal(drawPoints(positions, { walls: ROOM_OUTLINES, out }), out);
  for (let row = 0; row < 5; row++) {
    const one = drawPoints(positions.subarray(2 * row, 2 * row + 2), { walls: ROOM_OUTLINES });
    assert.deepEqual(out.subarray(row * SIZE, (row + 1) * SIZE), one);
  }
});

Deno.test("pointRoomsPixels() is pointRooms() seen in images", () => {
  const seen = pointRoomsPixels(), task = pointRooms();
  const options = { episodes: 1, stream: stream(2) };
  const images = recordGoalEpisodes(seen, { ...options, policy: seen.expert });
  const states = recordGoalEpisodes(task, { ...options, policy: task.expert });
  assert.deepEqual(images.actions, states.actions);
  assert.deepEqual(images.achieved, states.achieved);
  assert.deepEqual(
    images.observations.subarray(49 * SIZE),
    drawPoints(states.observations.subarray(98), { walls: ROOM_OUTLINES }),
  );
  assert.equal(pointReachPixels().reset(stream(3)).observation.length, SIZE);
});
