/** Frames of point clouds that see the whole cloud. */
import assert from "node:assert/strict";
import type { HostTree } from "../../../../lib/compile/mod.ts";
import {
  cloudFrameCanonicalizer,
  directionPriorLoss,
  framePriorLoss,
} from "../../../../lib/methods/equivariant_adaptation/mod.ts";
import type { PointNet, Statistics } from "../../../../lib/nn/group/mod.ts";
import { adam, constants, cosineDecay, hostTensor, train } from "../../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { rotationOf } from "../../../../reproductions/2310.01647/experiments/clouds.ts";
import { close } from "./_helpers.ts";

const POINTS = 480;

/** A chair: four legs, a seat, a back at its rear edge; z up, front along y; with sizes of its own. */
function chair(random: Stream): Float32Array {
  const [width, depth, height, back] = random.uniform(new Float64Array(4), { low: 0.6, high: 1.2 });
  const points = new Float32Array(POINTS * 3);
  for (let i = 0; i < POINTS; i++) {
    const [u, v, w] = random.uniform(new Float64Array(3), { low: -0.5, high: 0.5 });
    const [leg, side] = [Math.sign(u) * 0.5, Math.sign(v) * 0.5];
    const point = i % 3 === 0
      ? [leg * width, side * depth, (w - 0.5) * height]
      : i % 3 === 1
      ? [u * width, v * depth, 0]
      : [u * width, -0.5 * depth, (w + 0.5) * back];
    points.set(point, 3 * i);
  }
  // Centred on its mean.
  for (let axis = 0; axis < 3; axis++) {
    let sum = 0;
    for (let i = axis; i < points.length; i += 3) sum += points[i];
    for (let i = axis; i < points.length; i += 3) points[i] -= sum / POINTS;
  }
  return points;
}

const chairs = (count: number, name: string): Float32Array =>
  Float32Array.from(Array.from({ length: count }, (_, i) => [...chair(stream(3, name, String(i)))]).flat());

type State = { parameters: PointNet; buffers: Statistics };
const frames = cloudFrameCanonicalizer();

/** R of clouds. */
function framesOf(state: HostTree<State>, x: Tensor): Tensor {
  return frames.apply(x, { ...constants<State>(state), training: false }).canonical.choice.frame;
}

Deno.test("cloudFrameCanonicalizer() turns its frame along with the cloud, and gives one canonical cloud", () => {
  const start = frames.init(stream(1, "frames")) as HostTree<State>;
  const x = tf.tensor3d(chairs(2, "test"), [2, POINTS, 3]);
  const R = framesOf(start, x);
  const apply = (cloud: Tensor) =>
    frames.apply(cloud, { ...constants<State>(start), training: false }).canonical;
  for (let k = 0; k < 3; k++) {
    const Q = tf.tensor2d(rotationOf(stream(4, String(k))), [3, 3]);
    const turned = tf.reshape(tf.matMul(tf.reshape(x, [2 * POINTS, 3]), Q, false, true), [2, POINTS, 3]);
    const wanted = tf.reshape(tf.matMul(tf.reshape(R, [6, 3]), Q, false, true), [2, 3, 3]);
    close(framesOf(start, turned), wanted, 1e-3, "R(x Qᵀ) = R Qᵀ");
    close(apply(turned).input, apply(x).input, 1e-3, "x Rᵀ");
    close(apply(turned).restore(apply(turned).input), turned, 1e-5, "restored");
  }
  // Rotations: R Rᵀ = 1 and det R = 1.
  close(tf.matMul(R as tf.Tensor3D, R as tf.Tensor3D, false, true), [
    1,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    1,
    1,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    1,
  ], 1e-5);
  const [a, b, c, d, e, f, g, h, i] = R.dataSync();
  assert.ok(Math.abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) - 1) < 1e-5);
});

Deno.test("the prior teaches a frame what is up and where front is, where a cloud has both", async () => {
  const data = chairs(160, "training"), batchSize = 16, epochs = 8;
  const start = frames.init(stream(2, "frames"));
  const { parameters, buffers } = await train<PointNet, { readonly x: Tensor }, Statistics>(
    ({ parameters, batch: { x }, buffers }) => {
      const { canonical, buffers: next } = frames.apply(x, { parameters, buffers, training: true });
      return { loss: directionPriorLoss(canonical.choice.vectors), buffers: next };
    },
    {
      ...start,
      optimiser: adam(),
      learningRate: cosineDecay(3e-3, { steps: epochs * 10 }),
      rows: 160,
      batchSize,
      epochs,
      stream: stream(2, "order"),
      executor: "native",
      batches: {
        example: { x: hostTensor(new Float32Array(batchSize * POINTS * 3), [batchSize, POINTS, 3]) },
        fill({ x }, rows) {
          rows.forEach((row, i) =>
            (x.data as Float32Array).set(
              data.subarray(row * POINTS * 3, (row + 1) * POINTS * 3),
              i * POINTS * 3,
            )
          );
        },
      },
    },
  );
  const test = tf.tensor3d(chairs(40, "test"), [40, POINTS, 3]);
  const miss = (state: HostTree<State>) => framePriorLoss(framesOf(state, test)).dataSync()[0];
  const [before, after] = [miss(start as HostTree<State>), miss({ parameters, buffers } as HostTree<State>)];
  assert.ok(before > 0.4, `${before}`);
  assert.ok(after < 0.1, `${after}`);
});

Deno.test("directionPriorLoss() is 0 without a preference, log(sinh κ / κ) − v·e, and pulls most from behind", () => {
  close(directionPriorLoss(tf.zeros([3, 2, 3])), [0], 1e-5);
  const k = 3, log = Math.log(Math.sinh(k) / k);
  // Up along the third axis, front along the second; then both the other way round.
  const right = tf.tensor3d([0, 0, k, 0, k, 0], [1, 2, 3]);
  close(directionPriorLoss(right), [log - k], 1e-5);
  close(directionPriorLoss(tf.neg(right)), [log + k], 1e-5);
  close(directionPriorLoss(tf.tensor3d([k, 0, 0, k, 0, 0], [1, 2, 3])), [log], 1e-5);
  const slopes = valueAndGrad(directionPriorLoss, tf.neg(right)).grads as unknown as Tensor;
  // d/dv = (coth κ − 1/κ) v/κ − e, halved by the mean over two vectors.
  const pull = -((1 / Math.tanh(k) - 1 / k) + 1) / 2;
  close(slopes, [0, 0, pull, 0, pull, 0], 1e-5);
  // The paper's loss does not pull there: at 180° it is at its largest.
  const missed = (angle: number) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return framePriorLoss(tf.tensor3d([c, -s, 0, s, c, 0, 0, 0, 1], [1, 3, 3])).dataSync()[0];
  };
  assert.ok(missed(Math.PI) - missed(Math.PI + 0.01) < 1e-4);
});
