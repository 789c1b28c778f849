/** Canonicalization of point clouds and moving particles. */
import assert from "node:assert/strict";
import {
  averageFrames,
  canonicalize,
  type Canonicalizer,
  frozen,
  movingFrameCanonicalizer,
  type MovingPoints,
  pcaFrameCanonicalizer,
  pointFrameCanonicalizer,
} from "../../../../lib/methods/canonicalization/mod.ts";
import {
  dgcnn,
  type Network,
  pointNet,
  principalAxes,
  type Statistics,
} from "../../../../lib/nn/group/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { gap, gaussian, randomOrthogonal, size, turn } from "../../nn/group/_rotations.ts";
import { randomMlp, started } from "./_networks.ts";

const N = 12;
/** Centred clouds without symmetry. */
function clouds(): Tensor {
  const x = gaussian(1, [4, N, 3]);
  const stretched = tf.mul(x, tf.tensor1d([1, 0.6, 0.3]));
  return tf.sub(stretched, tf.mean(stretched, 1, true));
}

const CLOUDS: Record<string, Canonicalizer<unknown, unknown>> = {
  linear: pointFrameCanonicalizer({ network: "linear", neighbours: 4 }),
  nonlinear: pointFrameCanonicalizer({ neighbours: 4, channels: 8 }),
  "nonlinear, gs2cross": pointFrameCanonicalizer({ neighbours: 4, channels: 8, frame: "gs2cross" }),
  frozen: frozen(pointFrameCanonicalizer({ neighbours: 4, channels: 8 })),
};
const BEHIND: readonly Network<unknown, unknown>[] = [
  randomMlp(3 * N, 5),
  pointNet({ classes: 5, widths: [8, 16], head: [8] }),
  dgcnn({ classes: 5, neighbours: 4, widths: [8, 8], embedding: 16, head: [8] }),
];

for (const [name, canonicalizer] of Object.entries(CLOUDS)) {
  Deno.test(`any network of clouds behind the ${name} frame is invariant under rotations, not under reflections`, () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = clouds();
      for (const behind of BEHIND) {
        const network = canonicalize(behind, canonicalizer);
        const pass = started(network);
        const logits = (t: Tensor) => network.apply(t, pass).output;
        const bare = started(behind);
        const q = randomOrthogonal(7);
        assert.ok(gap(logits(turn(x, q)), logits(x)) < 1e-3 * Math.max(1, size(logits(x))), behind.name);
        assert.ok(gap(behind.apply(turn(x, q), bare).output, behind.apply(x, bare).output) > 1e-2);
        const mirrored = turn(x, randomOrthogonal(7, { reflect: true }));
        if (behind.name === "MLP") assert.ok(gap(logits(mirrored), logits(x)) > 1e-2);
      }
    });
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("a linear network gives two directions on a centred cloud, a nonlinear one three", () => {
  tf.tidy(() => {
    const x = clouds();
    /** Share of the third vector outside the plane of the first two. */
    const rest = (network: "linear" | "nonlinear") => {
      const canonicalizer = pointFrameCanonicalizer({ network, neighbours: 4, channels: 8 });
      const { parameters, buffers } = started(canonicalizer);
      const vectors = canonicalizer.vectors(x, { parameters, buffers }).arraySync() as number[][][];
      return vectors.map(([a, b, c]) => {
        const cross = [0, 1, 2].map((i) => a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3]);
        const dot = (u: number[], v: number[]) => u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
        return Math.abs(dot(cross, c)) / Math.sqrt(dot(cross, cross) * dot(c, c));
      });
    };
    assert.ok(rest("linear").every((share) => share < 1e-4), `${rest("linear")}`);
    assert.ok(rest("nonlinear").every((share) => share > 1e-3), `${rest("nonlinear")}`);
  });
});

Deno.test("whole vectors dropped keep equivariance in training", () => {
  tf.tidy(() => {
    const canonicalizer = pointFrameCanonicalizer({ neighbours: 4, channels: 8 });
    const pass = { ...started(canonicalizer), training: true };
    const x = clouds();
    const [{ shape }] = canonicalizer.dropouts!([4, N, 3]);
    const keep = [tf.greater(gaussian(9, [...shape]), 0)];
    const canonical = (t: Tensor) => canonicalizer.apply(t, { ...pass, keep }).canonical.input;
    assert.ok(gap(canonical(turn(x, randomOrthogonal(3))), canonical(x)) < 1e-3);
    const { grads } = valueAndGrad((parameters: unknown) => {
      const { canonical } = canonicalizer.apply(x, { ...pass, keep, parameters: parameters as never });
      return tf.sum(tf.mul(canonical.input, gaussian(2, [4, N, 3])));
    }, pass.parameters as unknown);
    assert.ok(size((grads as typeof pass.parameters).blocks![0].linear.weight) > 1e-6);
  });
});

/** An MLP on positions and velocities, to positions. */
const mover: Network<unknown, unknown, MovingPoints> = (() => {
  const mlp = randomMlp(6 * N, 3 * N, [N, 3]);
  return {
    ...mlp,
    apply: ({ positions, velocities }, pass) =>
      mlp.apply(tf.concat([positions, velocities], 2), pass as Parameters<typeof mlp.apply>[1]),
  } as Network<unknown, unknown, MovingPoints>;
})();
const particles = (): MovingPoints => ({
  positions: tf.add(clouds(), 1),
  velocities: gaussian(5, [4, N, 3]),
});
/** Turns and moves particles. */
const move = (x: MovingPoints, q: number[][]): MovingPoints => ({
  positions: tf.add(turn(x.positions, q), tf.tensor1d([3, -2, 5])),
  velocities: turn(x.velocities, q),
});

type Moving = Canonicalizer<unknown, unknown, MovingPoints>;
const MOVING: Record<
  string,
  { network: Network<unknown, unknown, MovingPoints>; reflections: boolean; fails?: true }
> = {};
for (const features of ["pv", "pva"] as const) {
  const canonicalizer = movingFrameCanonicalizer({ features, hidden: 16 }) as Moving;
  MOVING[`vector deep sets of ${features}`] = {
    network: canonicalize(mover, canonicalizer, { output: "equivariant" }),
    reflections: features !== "pva",
  };
}
const withConfig = (config: Parameters<typeof movingFrameCanonicalizer>[0]) =>
  canonicalize(mover, movingFrameCanonicalizer({ hidden: 8, ...config }) as Moving, {
    output: "equivariant",
  });
MOVING["a predicted translation"] = { network: withConfig({ translation: "predicted" }), reflections: true };
MOVING["the authors' bias"] = { network: withConfig({ authorsBias: true }), reflections: false, fails: true };
MOVING["the authors' axis"] = { network: withConfig({ authorsAxis: true }), reflections: false, fails: true };
MOVING["principal axes (SO(3))"] = {
  network: canonicalize(mover, pcaFrameCanonicalizer() as Moving, { output: "equivariant" }),
  reflections: false,
};
MOVING["principal axes (O(3))"] = {
  network: canonicalize(mover, pcaFrameCanonicalizer({ proper: false }) as Moving, { output: "equivariant" }),
  reflections: true,
};
MOVING["frame averaging (SO(3))"] = { network: averageFrames(mover), reflections: false };
MOVING["frame averaging (O(3))"] = { network: averageFrames(mover, { proper: false }), reflections: true };

for (const [name, { network, reflections, fails = false }] of Object.entries(MOVING)) {
  Deno.test(`an MLP of particles with ${name} is ${fails ? "not " : ""}equivariant`, () => {
    tf.tidy(() => {
      const x = particles(), pass = started(network);
      const y = (t: MovingPoints) => network.apply(t, pass).output;
      for (const reflect of [false, true]) {
        const q = randomOrthogonal(11, { reflect });
        const error = gap(y(move(x, q)), move({ ...x, positions: y(x) }, q).positions);
        if (fails) assert.ok(error > 0.1, `${error}`);
        else if (!reflect || reflections) assert.ok(error < 1e-3, `${error} ${reflect}`);
        else assert.ok(error > 1e-2, `${error} ${reflect}`);
      }
      const bare = started(mover);
      const plain = (t: MovingPoints) => mover.apply(t, bare).output;
      const q = randomOrthogonal(11);
      assert.ok(gap(plain(move(x, q)), move({ ...x, positions: plain(x) }, q).positions) > 0.1);
    });
  });
}

Deno.test("principalAxes() are orthonormal eigenvectors, the longest first", () => {
  tf.tidy(() => {
    const q = randomOrthogonal(13);
    const corners = [[3, 0, 0], [-3, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 1], [0, 0, -1]];
    const x = tf.add(turn(tf.tensor3d([corners]), q), tf.tensor1d([1, 2, 3]));
    const axes = principalAxes(x).arraySync() as number[][][];
    axes[0].forEach((row, i) => {
      const along = row.reduce((sum, value, k) => sum + value * q[k][i], 0);
      assert.ok(Math.abs(Math.abs(along) - 1) < 1e-5, `${row}`);
    });
  });
});

Deno.test("statistics of both parts are kept apart", () => {
  tf.tidy(() => {
    const network = canonicalize(
      pointNet({ classes: 3, widths: [4, 8], head: [4] }),
      pointFrameCanonicalizer({ neighbours: 4, channels: 8 }),
    );
    const pass = { ...started(network), training: true };
    const { buffers } = network.apply(clouds(), pass);
    const changed = (before: Statistics, after: Statistics) => {
      assert.equal(before.length, after.length);
      before.forEach(({ mean }, i) => assert.ok(gap(mean, after[i].mean) > 0));
    };
    changed(pass.buffers.canonicalizer, buffers.canonicalizer);
    changed(pass.buffers.network, buffers.network);
    assert.equal(network.dropouts!([4, N, 3]).length, 2);
  });
});

Deno.test("movingFrameCanonicalizer() refuses positions alone, of which no equivariant frame can be made", () => {
  assert.throws(() => movingFrameCanonicalizer({ features: "p" }), RangeError);
  movingFrameCanonicalizer({ features: "p", authorsBias: true });
});
