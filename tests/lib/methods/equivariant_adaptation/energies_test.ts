/** Energies turn along with images. */
import assert from "node:assert/strict";
import {
  activationsFromVotes,
  adaptedNetwork,
  cosineEnergy,
  groupAccuracy,
  mlpJudge,
  orthogonalityLoss,
  poseAverage,
  transformImages,
  voteEnergy,
  wideGroupEnergy,
} from "../../../../lib/methods/equivariant_adaptation/mod.ts";
import { groupOrder, type Network, relativeElement } from "../../../../lib/nn/group/mod.ts";
import { constants, type Dense, dense, initDense } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import { C4, close, D4, drawn, energies, images } from "./_helpers.ts";

for (const [name, group] of [["C4", C4], ["D4", D4]] as const) {
  const order = groupOrder(group);
  for (const energy of energies(group)) {
    Deno.test(`${energy.name}: activations of h x are those of x, moved by h`, () => {
      const x = images(2, { size: 12 }), of = drawn(energy), plain = of(x).arraySync() as number[][];
      assert.equal(plain[0].length, order);
      assert.ok(new Set(plain[0].map((value) => value.toFixed(6))).size > 1, "says something");
      for (let h = 0; h < order; h++) {
        const moved = of(transformImages(x, { group, element: h }));
        // A(h x)_g = A(x)_{h⁻¹ g}
        const wanted = plain.flatMap((row) =>
          Array.from({ length: order }, (_, g) => row[relativeElement(group, h, g)])
        );
        close(moved, wanted, 1e-5, `${name}, element ${h}`);
      }
    });
  }
}

Deno.test("activationsFromVotes() counts every copy's vote on every pose", () => {
  // The second copy (turned back by 90°) says that it sees pose 1: the image is in pose 2.
  const votes = tf.buffer([4, 4]);
  votes.set(1, 1, 1);
  close(activationsFromVotes(votes.toTensor() as Tensor, C4), [0, 0, 1, 0], 0);
  assert.throws(() => activationsFromVotes(tf.zeros([4, 3]), C4), TypeError);
  assert.throws(() => activationsFromVotes(tf.zeros([5, 4]), C4), TypeError);
});

Deno.test("cosines are between −1 and 1, and embeddings at right angles cost nothing", () => {
  const energy = cosineEnergy(mlpJudge({ pixels: 432, votes: 6 }), { group: C4, width: 6 });
  const A = drawn(energy as never)(images(20)).dataSync();
  assert.ok(A.every((value) => Math.abs(value) <= 1 + 1e-6));
  close(orthogonalityLoss(tf.reshape(tf.eye(4), [4, 1, 4])), [0], 0);
  // Two equal vectors of length 2 among four: 2 of 16 products are 4.
  const two = tf.tensor3d([2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1], [4, 1, 3]);
  close(orthogonalityLoss(two), [0.5], 1e-6);
});

/** A linear map of pixels to three classes: knows nothing of rotations. */
const linear: Network<Dense, readonly []> = {
  name: "linear",
  init: (stream) => ({ parameters: initDense(stream, { inputs: 432, outputs: 3 }), buffers: [] }),
  apply: (x, { parameters, buffers }) => ({ output: dense(tf.reshape(x, [-1, 432]), parameters), buffers }),
};

for (const group of [C4, D4]) {
  Deno.test(`adaptedNetwork() sees one canonical image, whatever the pose, ${groupOrder(group)} of them`, () => {
    for (const energy of energies(group)) {
      const network = adaptedNetwork(linear, energy);
      const start = network.init(stream(3, "weights"));
      const pass = { ...constants<typeof start>(start), training: false } as never;
      const x = images(2), first = network.apply(x, pass).output;
      for (let element = 1; element < groupOrder(group); element++) {
        const { canonical, output } = network.apply(transformImages(x, { group, element }), pass).output;
        close(canonical, first.canonical, 1e-6, energy.name);
        close(output, first.output, 1e-5, energy.name);
      }
    }
  });
}

Deno.test("where the identity is found, the adapted network says what the network says, to the bit", () => {
  // A judge that likes bright upper halves, and images that are bright above.
  const bright: Network<readonly [], readonly []> = {
    name: "bright above",
    init: () => ({ parameters: [], buffers: [] }),
    apply: (x, { buffers }) => ({
      output: tf.sum(tf.reshape(tf.slice(x, [0, 0, 0, 0], [-1, 6, -1, -1]), [x.shape[0], -1]), 1, true),
      buffers,
    }),
  };
  const network = adaptedNetwork(linear, voteEnergy(bright, C4));
  const start = network.init(stream(4, "weights"));
  const state = constants<{ parameters: { network: Dense }; buffers: unknown }>(start as never);
  const x = images(3).mul(0.1).add(
    tf.concat([tf.ones([3, 6, 12, 3]), tf.zeros([3, 6, 12, 3])], 1),
  ) as Tensor;
  const { output } = network.apply(x, { ...state, training: false } as never);
  const plain =
    linear.apply(x, { parameters: state.parameters.network, buffers: [], training: false }).output;
  assert.deepEqual(output.output.dataSync(), plain.dataSync());
  for (const quarter of [1, 2, 3]) {
    const turned = network.apply(transformImages(x, { group: C4, element: quarter }), {
      ...state,
      training: false,
    } as never);
    assert.deepEqual(turned.output.output.dataSync(), plain.dataSync());
  }
});

Deno.test("poseAverage() is invariant, and groupAccuracy() of a constant answer is the class's share", () => {
  const parameters = constants<Dense>(initDense(stream(5, "weights"), { inputs: 432, outputs: 3 }));
  const average = (x: Tensor) =>
    poseAverage(x, {
      group: C4,
      network: (poses) => linear.apply(poses, { parameters, buffers: [], training: false }).output,
    });
  const x = images(2);
  close(average(transformImages(x, { group: C4, element: 1 })), average(x), 1e-5);
  const labels = [0, 1, 1, 2, 1], constant = [1, 1, 1, 1, 1];
  const { upright, average: mean } = groupAccuracy(
    Array(8).fill(constant),
    labels,
  );
  assert.deepEqual([upright, mean], [60, 60]);
  assert.deepEqual(groupAccuracy([labels, constant], labels), {
    upright: 100,
    average: 80,
    byElement: [100, 60],
  });
});

Deno.test("the large energy has millions of parameters, as the authors'", () => {
  const { parameters } = wideGroupEnergy({ group: C4 }).init(stream(0, "size"));
  const count = (tree: unknown): number => {
    const node = tree as { readonly dtype?: string; readonly data?: ArrayLike<number> };
    return node?.dtype !== undefined
      ? node.data!.length
      : Object.values(tree as object).reduce((sum: number, child) => sum + count(child), 0);
  };
  const total = count(parameters);
  assert.ok(total > 1e6 && total < 4e6, `${total}`);
});
