/** Group convolutions: action on the fibres, signs that must fail, a brute-force bank of filters. */
import assert from "node:assert/strict";
import {
  cyclic,
  dihedral,
  groupConv2d,
  groupFilters,
  groupOrder,
  initGroupConv2d,
  initLiftConv2d,
  liftConv2d,
  liftFilters,
  mirrorImages,
  type PlanarGroup,
  rotateImages,
} from "../../../../lib/nn/group/mod.ts";
import { rotateFilters } from "../../../../lib/nn/group/_kernel_rotation.ts";
import { batchNorm, constants, initAffine, initRunningStatistics } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { gap, gaussian, size } from "./_rotations.ts";

const SIDE = 17;

/** A random image within a disc of radius 6. */
function discImage(seed: number): Tensor {
  const noise = stream(seed, "image").normal(new Float32Array(SIDE * SIDE));
  const inside = (i: number) => Math.hypot(i % SIDE - 8, Math.floor(i / SIDE) - 8) <= 6;
  return tf.tensor4d(noise.map((value, i) => inside(i) ? value : 0), [1, SIDE, SIDE, 1]);
}

/** Three blobs without any symmetry. */
function smoothImage(): Tensor {
  const blobs = [[5, 7, 1], [9, 10, 0.7], [11, 6, -0.8]];
  const data = Float32Array.from(
    { length: SIDE * SIDE },
    (_, i) =>
      blobs.reduce(
        (sum, [x, y, height]) =>
          sum + height * Math.exp(-((i % SIDE - x) ** 2 + (Math.floor(i / SIDE) - y) ** 2) / 8),
        0,
      ),
  );
  return tf.tensor4d(data, [1, SIDE, SIDE, 1]);
}

/** Lift, ReLU, group convolution, mean over channels and pixels: `[|G|]`. */
function activations(x: Tensor, group: PlanarGroup, weights?: { lift: Tensor; conv: Tensor }): Tensor {
  const lift = constants(initLiftConv2d(stream(1, "lift"), { size: 5, inputs: 1, outputs: 4 }));
  const conv = constants(initGroupConv2d(stream(1, "conv"), { group, size: 3, inputs: 4, outputs: 3 }));
  const layers = {
    lift: { weight: weights?.lift ?? lift.weight as unknown as Tensor, bias: tf.ones([4]) },
    conv: { weight: weights?.conv ?? conv.weight as unknown as Tensor, bias: tf.ones([3]) },
  };
  const padding = 4;
  const lifted = tf.relu(liftConv2d(x, layers.lift, { group, padding }));
  return tf.mean(tf.relu(groupConv2d(lifted, layers.conv, { group, padding })), [0, 1, 2, 4]);
}

/** Rolls the rotation slots by `by` and the reflection slots by −by. */
function rolled(a: Tensor, { rotations: n, reflections }: PlanarGroup, by: number): Tensor {
  const from = Array.from(
    { length: reflections ? 2 * n : n },
    (_, e) => e < n ? (e - by + n) % n : n + (e - n + by) % n,
  );
  return tf.gather(a, tf.tensor1d(from, "int32"));
}

for (const group of [cyclic(4), dihedral(4)]) {
  Deno.test(`convolutions over ${group.reflections ? "D" : "C"}4 roll with the image, and not the other way`, () => {
    tf.tidy(() => {
      const image = discImage(5);
      const a = activations(image, group);
      for (const j of [1, 2, 3]) {
        const moved = activations(rotateImages(image, tf.tensor1d([90 * j])), group);
        assert.ok(gap(moved, rolled(a, group, j)) < 1e-6, `j = ${j}`);
        // The sign test: the other direction is wrong for odd j.
        if (j % 2 === 1) {
          const wrong = gap(moved, rolled(a, group, 4 - j));
          assert.ok(wrong > 100 * gap(moved, rolled(a, group, j)), `−j, j = ${j}: ${wrong}`);
          assert.ok(wrong > 0.1 * size(tf.sub(a, tf.mean(a))));
        }
      }
    });
  });
}

Deno.test("over D4, a mirrored image swaps rotation and reflection slots", () => {
  tf.tidy(() => {
    const group = dihedral(4), image = discImage(6);
    const a = activations(image, group);
    for (const j of [0, 1, 2, 3]) {
      const moved = activations(mirrorImages(rotateImages(image, tf.tensor1d([90 * j]))), group);
      // A'_{0..n−1} = roll(A_{n..}, −j), A'_{n..} = roll(A_{0..n−1}, +j)
      const from = Array.from({ length: 8 }, (_, e) => e < 4 ? 4 + (e + j) % 4 : (e - 4 - j + 4) % 4);
      assert.ok(gap(moved, tf.gather(a, tf.tensor1d(from, "int32"))) < 1e-6, `j = ${j}`);
    }
  });
});

Deno.test("over C8, smooth images and filters roll nearly, quarter turns exactly", () => {
  tf.tidy(() => {
    const group = cyclic(8), image = smoothImage();
    // An edge detector with a bend, as smooth as the image.
    const bend = (x: number, y: number) => (x + 0.5 * x * y) * Math.exp(-(x * x + y * y) / 5);
    const filter = Float32Array.from({ length: 81 }, (_, i) => bend(i % 9 - 4, Math.floor(i / 9) - 4));
    const lift = tf.tile(tf.tensor4d(filter, [9, 9, 1, 1]), [1, 1, 1, 4]);
    const weights = { lift, conv: gaussian(8, [1, 1, 8, 4, 3]) };
    const a = activations(image, group, weights);
    const spread = size(tf.sub(a, tf.mean(a)));
    const moved = (angle: number) => activations(rotateImages(image, tf.tensor1d([angle])), group, weights);
    assert.ok(gap(moved(90), rolled(a, group, 2)) < 2e-5 * Math.max(1, spread));
    // 45°: interpolation blurs, yet the right roll is closer than any wrong one by far.
    const centred = (t: Tensor) => tf.sub(t, tf.mean(t));
    const errors = Array.from({ length: 8 }, (_, j) => gap(centred(moved(45)), centred(rolled(a, group, j))));
    assert.ok(errors.every((error, j) => j === 1 || error > 2 * errors[1]), `${errors}`);
  });
});

for (const group of [cyclic(4), dihedral(4), cyclic(3)]) {
  const name = `${group.reflections ? "D" : "C"}${group.rotations}`;
  Deno.test(`groupFilters() over ${name} equals loops over the definition`, () => {
    tf.tidy(() => {
      const order = groupOrder(group), n = group.rotations, K = 3, I = 2, O = 2;
      const weight = gaussian(9, [K, K, order, I, O]);
      const bank = groupFilters(weight, { group }).arraySync() as number[][][][];
      const mod = (k: number) => ((k % n) + n) % n;
      for (let e = 0; e < order; e++) {
        for (let q = 0; q < order; q++) {
          // The card's table: which stored slot the element e reads for input slot q.
          const r = e % n;
          const slot = e < n
            ? q < n ? mod(q - r) : n + mod(q - n + r)
            : q < n
            ? n + mod(q + r)
            : mod(q - n - r);
          const filter = tf.reshape(tf.slice(weight, [0, 0, slot, 0, 0], [K, K, 1, I, O]), [1, K, K, I * O]);
          let turned = rotateImages(filter, tf.tensor1d([360 * r / n]));
          if (e >= n) turned = mirrorImages(turned);
          const wanted = turned.arraySync() as number[][][][];
          for (let p = 0; p < K * K; p++) {
            const [y, x] = [Math.floor(p / K), p % K];
            for (let k = 0; k < I * O; k++) {
              const [i, o] = [Math.floor(k / O), k % O];
              const found = bank[y][x][q * I + i][e * O + o];
              assert.ok(Math.abs(found - wanted[0][y][x][k]) < 1e-5, `e ${e} q ${q} p ${p} k ${k}`);
            }
          }
        }
      }
    });
  });
}

Deno.test("rotateFilters() turns large filters pixel by pixel to the same", () => {
  tf.tidy(() => {
    const side = 11, group = cyclic(8);
    const filters = gaussian(10, [side * side, 2]);
    const turned = tf.reshape(rotateFilters(filters, { group, size: side }), [8, side, side, 2]);
    const wanted = rotateImages(
      tf.tile(tf.reshape(filters, [1, side, side, 2]), [8, 1, 1, 1]),
      tf.tensor1d([0, 45, 90, 135, 180, 225, 270, 315]),
    );
    assert.ok(gap(turned, wanted) < 1e-5);
    const masked = rotateFilters(tf.ones([side * side, 1]), { group: cyclic(1), size: side, mask: "disc" });
    assert.equal(masked.dataSync()[0], 0, "the corner is cut");
  });
});

Deno.test("groupFilters() has the gradient of differences", () => {
  tf.tidy(() => {
    const group = cyclic(4),
      weight = gaussian(11, [3, 3, 4, 1, 2]),
      direction = gaussian(12, [3, 3, 4, 1, 2]);
    const loss = (w: Tensor) => tf.sum(tf.sin(groupFilters(w, { group })));
    const { grads } = valueAndGrad(({ w }: { w: Tensor }) => loss(w), { w: weight });
    const slope = tf.sum(tf.mul(grads.w, direction)).dataSync()[0];
    const step = 1e-2;
    const at = (by: number) => loss(tf.add(weight, tf.mul(direction, by))).dataSync()[0];
    const difference = (at(step) - at(-step)) / (2 * step);
    assert.ok(
      Math.abs(slope - difference) < 2e-3 * Math.max(1, Math.abs(difference)),
      `${slope} ${difference}`,
    );
  });
});

Deno.test("batchNorm() of a map on a group commutes with the group", () => {
  tf.tidy(() => {
    const group = cyclic(4), image = discImage(13);
    const layer = constants(initLiftConv2d(stream(2, "lift"), { size: 3, inputs: 1, outputs: 3 }));
    const options = {
      affine: constants(initAffine(3)),
      running: constants(initRunningStatistics(3)),
      training: true,
    } as unknown as Parameters<typeof batchNorm>[1];
    const apply = (x: Tensor) => {
      const lifted = liftConv2d(x, layer as unknown as { weight: Tensor; bias: Tensor }, { group });
      return tf.mean(tf.relu(batchNorm(lifted, options).output), [0, 1, 2, 4]);
    };
    const moved = apply(rotateImages(image, tf.tensor1d([90])));
    assert.ok(gap(moved, rolled(apply(image), group, 1)) < 1e-6);
  });
});

Deno.test("a canonicaliser's activations collapse to one template where the filter is the image", () => {
  tf.tidy(() => {
    const group = cyclic(16), side = 28;
    const weight = gaussian(14, [side, side, 1, 16]), bias = gaussian(15, [16]);
    const x = gaussian(16, [2, side, side, 1]);
    const network = tf.mean(liftConv2d(x, { weight, bias }, { group }), [1, 2, 4]);
    // A_g = Σ rot(mean_c w_c, θ_g) ⊙ x + mean b
    const template = tf.reshape(tf.mean(weight, 3), [side * side, 1]);
    const copies = tf.reshape(rotateFilters(template, { group, size: side }), [16, side * side]);
    const direct = tf.add(
      tf.matMul(tf.reshape(x, [2, side * side]), copies as tf.Tensor2D, false, true),
      tf.mean(bias),
    );
    assert.ok(gap(network, direct) < 1e-5 * size(direct), `${gap(network, direct)}`);
  });
});

Deno.test("liftFilters() and groupConv2d() refuse other shapes", () => {
  tf.tidy(() => {
    assert.throws(() => liftFilters(tf.zeros([3, 5, 1, 1]), { group: cyclic(4) }), TypeError);
    assert.throws(() => groupFilters(tf.zeros([3, 3, 3, 1, 1]), { group: cyclic(4) }), TypeError);
    assert.throws(() => cyclic(0), RangeError);
  });
});
