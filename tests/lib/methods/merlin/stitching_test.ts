import assert from "node:assert/strict";
import { neighbourIndex } from "../../../../lib/anomaly/mod.ts";
import {
  encodeStates,
  forwardNoise,
  infoNce,
  nearestStates,
  stitchEpisodes,
} from "../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";

Deno.test("InfoNCE of orthonormal pairs is −log(e²/(b − 1 + 1e-6))", () => {
  tf.tidy(() => {
    const z = tf.mul(tf.eye(5), 3);
    const loss = infoNce(z, { second: tf.eye(5) }).dataSync()[0];
    assert.ok(Math.abs(loss + Math.log(Math.exp(2) / (4 + 1e-6))) < 1e-5);
  });
});

const data = forwardNoise({ episodes: 40, length: 12, stream: stream(4, "data") });
const whole = { points: data.observations, size: 2 };

Deno.test("the nearest other state is that of a full scan, also where states are equal", () => {
  const points = Float32Array.from([
    ...data.observations.subarray(0, 200),
    ...data.observations.subarray(0, 20),
  ]);
  const { nearest, cosine } = nearestStates({ points, size: 2 });
  const at = (row: number) => [points[2 * row], points[2 * row + 1]];
  for (let row = 0; row < 110; row++) {
    let best = -1, least = Infinity;
    for (let other = 0; other < 110; other++) {
      const [[x, y], [u, v]] = [at(row), at(other)], square = (x - u) ** 2 + (y - v) ** 2;
      if (other !== row && square < least) [best, least] = [other, square];
    }
    assert.equal(nearest[row], best);
    const [[x, y], [u, v]] = [at(row), at(best)];
    const norm = Math.hypot(x, y) * Math.hypot(u, v);
    assert.ok(Math.abs(cosine[row] - (norm === 0 ? 0 : (x * u + y * v) / norm)) < 1e-6);
    if (row < 10) assert.equal(nearest[row], row + 100); // its twin
  }
  assert.equal(neighbourIndex({ data: Float64Array.from(points), rows: 110, columns: 2 }).size, 110);
});

Deno.test("of 100 000 encoded states the nearest are those of a full scan", () => {
  const size = 16, rows = 100_000;
  // Around a surface of two dimensions, as encoded states of points are.
  const draws = stream(9, "states"), places = draws.uniform(new Float64Array(2 * rows), { low: -1, high: 1 });
  const noise = draws.normal(new Float64Array(size * rows), { std: 0.02 });
  const points = Float32Array.from(noise, (small, i) => {
    const [x, y] = places.subarray(2 * Math.floor(i / size)), k = i % size;
    return Math.sin((k + 1) * x / 3) + Math.cos((k + 2) * y / 4) + small;
  });
  const { nearest } = nearestStates({ points, size });
  for (let query = 0; query < rows; query += 4999) {
    let best = -1, least = Infinity;
    for (let other = 0; other < rows; other++) {
      if (other === query) continue;
      let square = 0;
      for (let k = 0; k < size && square < least; k++) {
        square += (points[size * query + k] - points[size * other + k]) ** 2;
      }
      if (square < least) [best, least] = [other, square];
    }
    assert.equal(nearest[query], best);
  }
});

Deno.test("without switches every stitched episode is one of the data", () => {
  const { episodes, switches, discarded, rows } = stitchEpisodes(data, {
    ...nearestStates(whole),
    threshold: 2,
    count: 25,
    stream: stream(1, "stitch"),
  });
  assert.deepEqual([episodes.episodes, discarded, Math.max(...switches)], [25, 0, 0]);
  for (let e = 0; e < 25; e++) {
    const origin = rows[e * 12] / 12;
    assert.ok(Number.isInteger(origin));
    const part = (values: Float32Array, which: number, size: number) =>
      values.subarray(which * size, (which + 1) * size);
    assert.deepEqual(part(episodes.observations, e, 24), part(data.observations, origin, 24));
    assert.deepEqual(part(episodes.achieved, e, 24), part(data.achieved, origin, 24));
    assert.deepEqual(part(episodes.actions, e, 22), part(data.actions, origin, 22));
    assert.deepEqual(part(episodes.desired, e, 2), part(data.achieved, origin, 24).subarray(22));
  }
});

Deno.test("two crossing episodes are stitched once, with the action that leads to the neighbour", () => {
  // A row and a column of places which meet near (3, 0); all else is far.
  const length = 6;
  const across = [[0, 50], [1, 51], [2.9, 0], [4, 40], [5, 41], [6, 42]];
  const down = [[20, 3], [21, 2], [3, 0.1], [23, -1], [24, -2], [25, -3]];
  const observations = Float32Array.from([...across, ...down].flat());
  const crossing = {
    ...{ episodes: 2, length, observationSize: 2, actionSize: 1, goalSize: 2, actionBound: 1 },
    observations,
    achieved: observations,
    actions: Float32Array.from({ length: 10 }, (_, i) => i),
    desired: new Float32Array(4),
  };
  const nearest = Int32Array.from({ length: 12 }, (_, row) => (row + 6) % 12);
  const cosine = Float32Array.from({ length: 12 }, (_, row) => row % 6 === 2 ? 1 : 0);
  const { episodes, switches, rows, discarded } = stitchEpisodes(crossing, {
    ...{ nearest, cosine, count: 8 },
    stream: stream(2, "stitch"),
  });
  assert.deepEqual([new Set(switches), discarded], [new Set([1]), 0]);
  for (let e = 0; e < 8; e++) {
    const [first, second] = rows[e * 6 + 5] < 6 ? [6, 0] : [0, 6];
    assert.deepEqual([...rows.subarray(e * 6, e * 6 + 6)], [
      ...[first, first + 1],
      ...[second + 2, second + 3, second + 4, second + 5],
    ]);
    const action = (episode: number, t: number) => crossing.actions[episode * 5 + t];
    const [a, b] = [first / 6, second / 6];
    assert.deepEqual(
      [...episodes.actions.subarray(e * 5, e * 5 + 5)],
      [action(a, 0), action(a, 1), action(b, 2), action(b, 3), action(b, 4)],
    );
  }
});

Deno.test("walks that stand on a first state too early are dropped, and are all that is", () => {
  const found = nearestStates(whole);
  const { discarded, switches, rows, episodes } = stitchEpisodes(data, {
    ...found,
    threshold: 0.999,
    stream: stream(3, "stitch"),
  });
  assert.ok(discarded > 0 && Math.max(...switches) > 1);
  // Walked again by the same draws: a row that is chosen must not be a first state.
  const draws = stream(3, "stitch");
  let dropped = 0, kept = 0;
  while (kept < episodes.episodes) {
    let row = draws.nextInteger(40) * 12 + 11, k = 1;
    const walked = [row];
    for (; k < 12; k++) {
      const other = found.nearest[row];
      const chosen = found.cosine[row] >= 0.999 && other % 12 !== 0 ? other : row;
      if (chosen % 12 === 0) break;
      row = chosen - 1;
      walked.unshift(row);
    }
    if (k < 12) dropped++;
    else assert.deepEqual([...rows.subarray(12 * kept, 12 * ++kept)], walked);
  }
  assert.equal(discarded, dropped);
});

Deno.test("the encoder learns to tell successive states from others", async () => {
  const options = { seed: 3, batchSize: 64, width: 32, size: 8, learningRate: 1e-3 };
  const short = await encodeStates(data, { ...options, steps: 20 });
  const long = await encodeStates(data, { ...options, steps: 400 });
  assert.equal(long.points.length, 40 * 12 * 8);
  assert.ok(long.loss! < short.loss! - 0.2, `${short.loss} → ${long.loss}`);
});
