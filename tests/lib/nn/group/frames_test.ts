/** Gram–Schmidt frames. */
import assert from "node:assert/strict";
import { fromFrame, gramSchmidtFrame, toFrame } from "../../../../lib/nn/group/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { gap, gaussian, randomOrthogonal, turn } from "./_rotations.ts";

const det = (frames: Tensor) =>
  (frames.arraySync() as number[][][]).map(([a, b, c]) =>
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0])
  );
/** The axes of space, the third in either direction. */
const axes = tf.tensor3d(
  Array.from({ length: 16 }, (_, i) => [[1, 0, 0], [0, 1, 0], [0, 0, i % 2 ? 1 : -1]]),
);
const identity = (frames: Tensor) =>
  gap(
    tf.matMul(frames as tf.Tensor3D, frames as tf.Tensor3D, false, true),
    tf.tile(tf.reshape(tf.eye(3), [1, 3, 3]), [frames.shape[0], 1, 1]),
  );

for (const kind of ["gs3", "gs2cross"] as const) {
  Deno.test(`gramSchmidtFrame() with ${kind}: orthonormal rows that turn with the vectors`, () => {
    tf.tidy(() => {
      // Vectors far from dependent, in random directions.
      const vectors = turn(tf.add(tf.mul(gaussian(1, [16, 3, 3]), 0.3), axes), randomOrthogonal(9));
      const frames = gramSchmidtFrame(vectors, { kind });
      assert.ok(identity(frames) < 1e-6);
      const dets = det(frames);
      assert.ok(dets.every((d) => Math.abs(Math.abs(d) - 1) < 1e-5));
      assert.equal(dets.every((d) => d > 0), kind === "gs2cross", "only the cross product fixes the sign");
      for (const reflect of [false, true]) {
        const q = randomOrthogonal(2, { reflect });
        const turned = gramSchmidtFrame(turn(vectors, q), { kind });
        // R(Q·) = R Qᵀ; under a reflection the cross product does not turn along.
        const error = gap(turned, turn(frames, q));
        if (kind === "gs3" || !reflect) assert.ok(error < 2e-4, `${error}`);
        else assert.ok(error > 0.5);
        const points = gaussian(3, [16, 5, 3]);
        if (kind === "gs3" || !reflect) {
          assert.ok(gap(toFrame(turn(points, q), turned), toFrame(points, frames)) < 1e-3);
        }
      }
      const points = gaussian(4, [16, 5, 3]);
      assert.ok(gap(fromFrame(toFrame(points, frames), frames), points) < 1e-5);
    });
  });

  Deno.test(`gramSchmidtFrame() with ${kind} has the gradient of differences`, () => {
    tf.tidy(() => {
      const vectors = gaussian(5, [4, 3, 3]),
        weight = gaussian(6, [4, 3, 3]),
        direction = gaussian(7, [4, 3, 3]);
      const loss = (v: Tensor) => tf.sum(tf.mul(gramSchmidtFrame(v, { kind }), weight));
      const { grads } = valueAndGrad(({ v }: { v: Tensor }) => loss(v), { v: vectors });
      const slope = tf.sum(tf.mul(grads.v, direction)).dataSync()[0];
      const at = (by: number) => loss(tf.add(vectors, tf.mul(direction, by))).dataSync()[0];
      const difference = (at(1e-3) - at(-1e-3)) / 2e-3;
      assert.ok(
        Math.abs(slope - difference) < 5e-3 * Math.max(1, Math.abs(difference)),
        `${slope} ${difference}`,
      );
    });
  });
}

Deno.test("gramSchmidtFrame() with ε = 0 is exact, and with ε > 0 finite at dependent vectors", () => {
  tf.tidy(() => {
    const vectors = gaussian(8, [8, 3, 3]);
    assert.ok(gap(gramSchmidtFrame(vectors, { epsilon: 0 }), gramSchmidtFrame(vectors)) < 1e-6);
    const dependent = tf.tensor3d([1, 0, 0, 2, 0, 0, 0, 0, 0], [1, 3, 3]);
    const finite = (t: Tensor) => Array.from(t.dataSync()).every(Number.isFinite);
    assert.ok(finite(gramSchmidtFrame(dependent)));
    assert.ok(!finite(gramSchmidtFrame(dependent, { epsilon: 0 })));
    assert.throws(() => gramSchmidtFrame(tf.zeros([3, 3])), TypeError);
  });
});
