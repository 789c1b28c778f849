/** Filters of circular harmonics, and what is built of them. */
import assert from "node:assert/strict";
import type { HostTree } from "../../../../lib/compile/mod.ts";
import {
  componentsOf,
  framePriorLoss,
  groupEnergy,
  harmonicBasis,
  steerableCanonicalizer,
  steerableEnergy,
  type SteerableParameters,
} from "../../../../lib/methods/equivariant_adaptation/mod.ts";
import { canonicalize } from "../../../../lib/methods/canonicalization/mod.ts";
import { cyclic, dihedral, type Network, rotateImages } from "../../../../lib/nn/group/mod.ts";
import { constants, type Dense, dense, initDense } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { close, drawn, images } from "./_helpers.ts";

const SIZE = 28;

/** Blobs on a dark ground as functions of the plane, so that a turned image is sampled, not interpolated. */
function blobs(degrees: number, seed = 5): Tensor {
  const random = stream(seed, "blobs"), angle = degrees * Math.PI / 180, centre = (SIZE - 1) / 2;
  const spots = Array.from({ length: 5 }, () => {
    const [radius, at, height] = random.uniform(new Float64Array(3));
    return [7 * Math.sqrt(radius), 2 * Math.PI * at + angle, 0.5 + height];
  });
  const data = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [x, y] = [i % SIZE - centre, centre - Math.floor(i / SIZE)];
    return spots.reduce((sum, [radius, at, height]) => {
      const distance = Math.hypot(x - radius * Math.cos(at), y - radius * Math.sin(at));
      return sum + height * Math.exp(-(distance ** 2) / 6);
    }, 0);
  });
  return tf.tensor4d(data, [1, SIZE, SIZE, 1]);
}

Deno.test("harmonicBasis() turns by phases: a quarter turn multiplies by iᵏ, pixel by pixel", () => {
  // From scalars to the frequency k: filters (re, im); turned by 90° they are the same times e^{ik·90°}.
  for (const k of [1, 2]) {
    const size = 5, { values, functions } = harmonicBasis(size, { from: [0], to: [k] });
    assert.ok(functions >= 2);
    const [re, im] = k === 1 ? [0, 1] : [-1, 0];
    for (let f = 0; f < functions; f++) {
      const at = (row: number, column: number, part: number) =>
        values[((f * size + row) * size + column) * 2 + part];
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          // The pixel that (column, row) comes to by a quarter turn counter-clockwise.
          const [a, b] = [at(row, column, 0), at(row, column, 1)];
          const to = [size - 1 - column, row] as const;
          assert.ok(Math.abs(at(...to, 0) - (re * a - im * b)) < 1e-6, `k = ${k}, ${row}, ${column}`);
          assert.ok(Math.abs(at(...to, 1) - (re * b + im * a)) < 1e-6, `k = ${k}, ${row}, ${column}`);
        }
      }
    }
  }
  assert.equal(componentsOf([0, 0, 1, 2]), 6);
  assert.throws(() => harmonicBasis(4, { from: [0], to: [1] }), RangeError);
});

/** The largest difference from what equivariance over C8 wants, over the spread of the activations. */
function missedBy(of: (x: Tensor) => Tensor, eighths: number, seed: number): number {
  const plain = Array.from(of(blobs(0, seed)).dataSync()), turned = of(blobs(45 * eighths, seed)).dataSync();
  const spread = Math.max(...plain) - Math.min(...plain);
  return Math.max(...plain.map((value, g) => Math.abs(turned[(g + eighths) % 8] - value))) / spread;
}

Deno.test("steerableEnergy() moves its activations at 45°, too, where turned filters do not", () => {
  const group = cyclic(8);
  const of = drawn(steerableEnergy({ group }) as never);
  for (const eighths of [2, 4, 6]) assert.ok(missedBy(of, eighths, 1) < 1e-4);
  const mean = (energy: unknown) =>
    [1, 2, 3, 4].reduce((sum, seed) => sum + missedBy(drawn(energy as never, seed), 1, seed) / 4, 0);
  const [steered, bilinear] = [steerableEnergy({ group }), groupEnergy({ group, inputs: 1, channels: 8 })]
    .map(mean);
  assert.ok(steered < 0.06, `${steered}`);
  assert.ok(bilinear > 0.5, `${bilinear}`);
  // Without sampling: an image of noise at quarter turns.
  const noise = images(2, { size: SIZE, channels: 1 });
  const back = of(rotateImages(noise, tf.tensor1d([90, 90])));
  close(tf.concat([tf.slice(back, [0, 2], [2, 6]), tf.slice(back, [0, 0], [2, 2])], 1), of(noise), 1e-5);
  assert.throws(() => steerableEnergy({ group: dihedral(4) }), /current value is D4/);
});

type State = { parameters: SteerableParameters; buffers: readonly [] };

Deno.test("steerableCanonicalizer() turns its vector along with the image, by any angle", () => {
  const canonicalizer = steerableCanonicalizer();
  const state = constants<State>(canonicalizer.init(stream(1, "vector")) as HostTree<State>);
  const angleOf = (x: Tensor) => {
    const { canonical } = canonicalizer.apply(x, { ...state, training: false });
    const [c, s] = canonical.choice.frame.dataSync();
    assert.ok(Math.abs(c * c + s * s - 1) < 1e-5);
    close(framePriorLoss(canonical.choice.frame), [1 - c], 1e-6);
    return Math.atan2(s, c) * 180 / Math.PI;
  };
  const missOf = (degrees: number, seed: number) => {
    const turned = angleOf(blobs(degrees, seed)) - angleOf(blobs(0, seed)) - degrees;
    return Math.abs((turned % 360 + 540) % 360 - 180);
  };
  for (const degrees of [90, 180, 270]) assert.ok(missOf(degrees, 1) < 0.01);
  // Nothing is interpolated, so what is left comes from the grid of pixels.
  const misses = [17, 45, 133, 251].flatMap((degrees) => [1, 2, 3, 4].map((seed) => missOf(degrees, seed)));
  const mean = misses.reduce((sum, miss) => sum + miss, 0) / misses.length;
  assert.ok(mean < 2, `${misses}`);
});

/** A linear map of pixels to three classes: knows nothing of rotations. */
const linear: Network<Dense, readonly []> = {
  name: "linear",
  init: (stream) => ({ parameters: initDense(stream, { inputs: SIZE * SIZE, outputs: 3 }), buffers: [] }),
  apply: (x, { parameters, buffers }) => ({
    output: dense(tf.reshape(x, [-1, SIZE * SIZE]), parameters),
    buffers,
  }),
};

Deno.test("behind a steerable canonicalizer any network is invariant under rotations of the plane", () => {
  const network = canonicalize(linear, steerableCanonicalizer());
  const start = network.init(stream(2, "weights"));
  const pass = { ...constants<typeof start>(start), training: false } as never;
  const of = (degrees: number) => network.apply(blobs(degrees), pass).output.dataSync();
  const bare = constants<Dense>(initDense(stream(2, "weights"), { inputs: SIZE * SIZE, outputs: 3 }));
  const plain = (degrees: number) => dense(tf.reshape(blobs(degrees), [1, SIZE * SIZE]), bare).dataSync();
  const first = of(0), size = Math.max(...first.map(Math.abs));
  for (const degrees of [30, 90, 200]) {
    const [turned, unadapted] = [of(degrees), plain(degrees)];
    first.forEach((value, k) => assert.ok(Math.abs(turned[k] - value) < 0.05 * size));
    assert.ok(unadapted.some((value, k) => Math.abs(value - plain(0)[k]) > 0.1));
  }
});

Deno.test("steerable filters have the gradients of differences", () => {
  const canonicalizer = steerableCanonicalizer({ fields: 2, sizes: [5, 3] });
  const { parameters } = canonicalizer.init(stream(3, "vector"));
  const x = blobs(20);
  const { weight: host } = parameters.layers[1];
  const loss = (weight: Tensor) => {
    const { layers } = constants<SteerableParameters>(parameters);
    const pass = {
      parameters: { layers: [layers[0], { weight }] },
      buffers: [] as const,
      training: true,
    };
    return framePriorLoss(canonicalizer.apply(x, pass).canonical.choice.frame);
  };
  const weight = tf.tensor2d(host.data as Float32Array, host.shape as [number, number]);
  const slopes = (valueAndGrad(loss, weight).grads as unknown as Tensor).dataSync();
  assert.ok(slopes.some((slope) => Math.abs(slope) > 1e-3));
  const at = (k: number, by: number) => {
    const moved = Float32Array.from(host.data, (value, i) => i === k ? value + by : value);
    return loss(tf.tensor2d(moved, host.shape as [number, number])).dataSync()[0];
  };
  for (const k of [0, 3, slopes.length - 1]) {
    const difference = (at(k, 1e-2) - at(k, -1e-2)) / 2e-2;
    assert.ok(
      Math.abs(difference - slopes[k]) < 2e-3 + 0.02 * Math.abs(slopes[k]),
      `${difference}, ${slopes[k]}`,
    );
  }
});
