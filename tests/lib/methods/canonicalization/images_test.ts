/** Canonicalization of images: exact invariance of any network, what the choice does, and what must fail. */
import assert from "node:assert/strict";
import {
  bestStart,
  canonicalize,
  type Canonicalizer,
  descendEnergy,
  discreteCanonicalizer,
  frozen,
  optimizedCanonicalizer,
  pcaCanonicalizer,
  principalAngle,
} from "../../../../lib/methods/canonicalization/mod.ts";
import { cyclic, dihedral, mirrorImages, rotateImages } from "../../../../lib/nn/group/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { gap, gaussian, size } from "../../nn/group/_rotations.ts";
import { numbers, randomMlp, started } from "./_networks.ts";

const SIDE = 12;
const images = () => tf.abs(gaussian(3, [5, SIDE, SIDE, 1]));
const turned = (x: Tensor, angle: number) => rotateImages(x, tf.fill([x.shape[0]], angle));
const mlp = randomMlp(SIDE * SIDE, 4);
const painter = randomMlp(SIDE * SIDE, SIDE * SIDE, [SIDE, SIDE, 1]);

const EXACT: Record<string, Canonicalizer<unknown, unknown>> = {
  "C4, one layer as large as the image": discreteCanonicalizer({
    group: cyclic(4),
    size: SIDE,
    layers: 1,
  }),
  "C4, three layers": discreteCanonicalizer({ group: cyclic(4), size: 5, layers: 3 }),
  "C4, mixture": discreteCanonicalizer({ group: cyclic(4), size: 5, gradient: "mixture" }),
  "C8, one layer": discreteCanonicalizer({ group: cyclic(8), size: SIDE, layers: 1 }),
  "D4, three layers": discreteCanonicalizer({ group: dihedral(4), size: 5 }),
  "D4, mixture": discreteCanonicalizer({ group: dihedral(4), size: 5, gradient: "mixture" }),
  "C4, frozen": frozen(discreteCanonicalizer({ group: cyclic(4), size: 5 })),
};

for (const [name, canonicalizer] of Object.entries(EXACT)) {
  Deno.test(`an arbitrary MLP behind ${name} becomes invariant and equivariant under quarter turns, to the bit`, () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const mirrors = name.startsWith("D4") ? [false, true] : [false];
      const invariant = canonicalize(mlp, canonicalizer);
      const equivariant = canonicalize(painter, canonicalizer, { output: "equivariant" });
      const x = images();
      const [one, two] = [started(invariant), started(equivariant)];
      const logits = invariant.apply(x, one).output, picture = equivariant.apply(x, two).output;
      // Without the canonicalizer the output does change.
      assert.ok(gap(mlp.apply(x, started(mlp)).output, mlp.apply(turned(x, 90), started(mlp)).output) > 0.05);
      for (const mirror of mirrors) {
        for (const angle of [0, 90, 180, 270]) {
          const act = (t: Tensor) => mirror ? mirrorImages(turned(t, angle)) : turned(t, angle);
          const exact = name.startsWith("C8") ? 2e-5 : 0; // 45° and 135° interpolate in another order
          assert.ok(gap(invariant.apply(act(x), one).output, logits) <= exact, `${angle} ${mirror}`);
          assert.ok(gap(equivariant.apply(act(x), two).output, act(picture)) <= exact, `${angle} ${mirror}`);
        }
      }
    });
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("the canonical pose is the one that looks most like the template", () => {
  tf.tidy(() => {
    const canonicalizer = discreteCanonicalizer({ group: dihedral(4), size: SIDE, layers: 1 });
    const { parameters, buffers } = started(canonicalizer);
    const x = images();
    const template = tf.mean(parameters.lift.weight, 3, true);
    const likeness = (t: Tensor) => tf.sum(tf.mul(t, tf.reshape(template, [1, SIDE, SIDE, 1])), [1, 2, 3]);
    const { canonical } = canonicalizer.apply(x, { parameters, buffers, training: false });
    const found = numbers(likeness(canonical.input));
    for (const angle of [0, 90, 180, 270]) {
      for (const pose of [turned(x, angle), mirrorImages(turned(x, angle))]) {
        numbers(likeness(pose)).forEach((value, i) => assert.ok(value <= found[i] + 1e-5));
      }
    }
  });
});

Deno.test("gradients reach the canonicalizer by the angle and by the mixture, and none if it is frozen", () => {
  tf.tidy(() => {
    const target = gaussian(4, [5, 4]);
    for (const gradient of ["angle", "mixture"] as const) {
      const network = canonicalize(mlp, discreteCanonicalizer({ group: dihedral(4), size: 5, gradient }));
      const { parameters, buffers } = started(network);
      const loss = (parameters: unknown) => {
        const { output } = network.apply(images(), {
          parameters: parameters as never,
          buffers,
          training: true,
        });
        return tf.sum(tf.square(tf.sub(output, target)));
      };
      const { grads } = valueAndGrad(loss, parameters as unknown);
      assert.ok(size((grads as typeof parameters).canonicalizer.lift.weight) > 1e-6, gradient);
    }
    const network = canonicalize(mlp, frozen(discreteCanonicalizer({ group: cyclic(4), size: 5 })));
    assert.deepEqual(network.init.length, 1);
    const { parameters } = started(network);
    assert.deepEqual(parameters.canonicalizer, []);
  });
});

/** An oblique ellipse of ink. */
const blob = tf.tensor4d(
  Float32Array.from({ length: 28 * 28 }, (_, i) => {
    const [x, y] = [i % 28 - 13.5, 13.5 - Math.floor(i / 28)];
    const [u, v] = [x * Math.cos(0.3) + y * Math.sin(0.3), y * Math.cos(0.3) - x * Math.sin(0.3)];
    return u * u / 81 + v * v / 9 < 1 ? 1 : 0;
  }),
  [1, 28, 28, 1],
);

Deno.test("principalAngle() follows the ellipse, modulo a half turn", () => {
  tf.tidy(() => {
    const at = (angle: number) => principalAngle(turned(blob, angle)).dataSync()[0];
    assert.ok(Math.abs(at(0) - 0.3 * 180 / Math.PI) < 1.5, `${at(0)}`);
    for (const angle of [30, 75, 140]) {
      const moved = ((at(angle) - at(0) - angle) % 180 + 270) % 180 - 90;
      assert.ok(Math.abs(moved) < 1.5, `${angle}: ${moved}`);
    }
    const { canonical } = pcaCanonicalizer().apply(blob, { parameters: [], buffers: [], training: false });
    assert.ok(Math.abs(principalAngle(canonical.input).dataSync()[0]) < 1.5);
    assert.ok(gap(canonical.restore(canonical.input), blob) < 1, "restored up to interpolation");
    assert.deepEqual(numbers(principalAngle(tf.zeros([1, 28, 28, 1]))), [0]);
  });
});

Deno.test("descendEnergy() finds the minimum, with the start's and the parameter's derivative of differences", () => {
  tf.tidy(() => {
    const energy = (a: Tensor, a0: Tensor) => tf.neg(tf.cos(tf.sub(a, a0)));
    const found = (a0: number, mode: "unrolled" | "implicit", steps: number) =>
      descendEnergy((a) => energy(a, tf.scalar(a0)), { start: tf.zeros([1]), steps, rate: 0.3, mode })
        .dataSync()[0];
    for (const mode of ["unrolled", "implicit"] as const) {
      assert.ok(Math.abs(found(0.9, mode, 80) - 0.9) < 1e-5);
    }
    const slope = (mode: "unrolled" | "implicit") =>
      valueAndGrad(
        ({ a0 }: { a0: Tensor }) =>
          tf.sum(descendEnergy((a) => energy(a, a0), { start: tf.zeros([1]), steps: 5, rate: 0.3, mode })),
        { a0: tf.scalar(0.9) },
      ).grads.a0.dataSync()[0];
    const difference = (found(0.91, "unrolled", 5) - found(0.89, "unrolled", 5)) / 0.02;
    assert.ok(Math.abs(slope("unrolled") - difference) < 2e-3, `${slope("unrolled")} ${difference}`);
    // One step's share: η cos(a₄ − a₀).
    const last = 0.3 * Math.cos(found(0.9, "unrolled", 4) - 0.9);
    assert.ok(Math.abs(slope("implicit") - last) < 1e-5);
    const start = bestStart((a) => energy(a, tf.scalar(3)), { batch: 2, count: 4 });
    assert.ok(numbers(start).every((value) => Math.abs(value - Math.PI) < 1e-6));
  });
});

Deno.test("optimizedCanonicalizer() with a smooth energy differentiates through its descent", () => {
  tf.tidy(() => {
    const config = {
      side: 6,
      hidden: 6,
      layers: 2,
      steps: 3,
      rate: 0.5,
      pool: "mean",
      activation: "silu",
    } as const;
    const canonicalizer = optimizedCanonicalizer(config);
    const { parameters, buffers } = started(canonicalizer);
    const x = tf.slice(images(), [0, 0, 0, 0], [2, SIDE, SIDE, 1]);
    const angle = (parameters: unknown) => {
      const pass = { parameters: parameters as never, buffers, training: true };
      return tf.sum(canonicalizer.apply(x, pass).canonical.choice.angle);
    };
    const { grads } = valueAndGrad(angle, parameters as unknown);
    const direction = gaussian(5, [3, 6]);
    const at = (by: number) => {
      const weight = tf.add(parameters.embedding.weight, tf.mul(direction, by));
      return angle({ ...parameters, embedding: { ...parameters.embedding, weight } }).dataSync()[0];
    };
    const slope = tf.sum(tf.mul((grads as typeof parameters).embedding.weight, direction)).dataSync()[0];
    const step = 2e-3, difference = (at(step) - at(-step)) / (2 * step);
    assert.ok(
      Math.abs(slope - difference) < 0.02 * Math.max(1, Math.abs(difference)),
      `${slope} ${difference}`,
    );
  });
});

Deno.test("the energy of a turned image is the energy of a turned set: E(g x, a) = E(x, a + g)", () => {
  tf.tidy(() => {
    const canonicalizer = optimizedCanonicalizer({ side: SIDE, hidden: 8, layers: 2 });
    const { parameters } = started(canonicalizer);
    const x = images();
    const energy = (t: Tensor, angle: number) => canonicalizer.energy(t, tf.fill([5], angle), parameters);
    const quarter = Math.PI / 2;
    assert.ok(gap(energy(turned(x, 90), 0.3), energy(x, 0.3 + quarter)) < 1e-5);
    assert.ok(gap(energy(turned(x, 90), 0.3), energy(x, 0.3 - quarter)) > 1e-4, "the sign matters");
    // One step of descent from quarter turns leads to the same canonical image.
    const multi = optimizedCanonicalizer({
      side: SIDE,
      hidden: 8,
      layers: 2,
      starts: 4,
      steps: 5,
      rate: 0.1,
    });
    const pass = { parameters, buffers: [] as const, training: false };
    const canonical = (t: Tensor) => multi.apply(t, pass).canonical.input;
    assert.ok(gap(canonical(turned(x, 90)), canonical(x)) < 1e-3);
  });
});

Deno.test("discreteCanonicalizer() refuses no layers", () => {
  assert.throws(() => discreteCanonicalizer({ group: cyclic(4), layers: 0 }), RangeError);
});
