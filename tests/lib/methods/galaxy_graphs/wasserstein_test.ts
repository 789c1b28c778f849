import assert from "node:assert/strict";
import {
  type Critic,
  criticLoss,
  criticOf,
  edgeListAggregate,
  generatorLoss,
  gradientPenalty,
  initCritic,
} from "../../../../lib/methods/galaxy_graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, type Tensor, tf, unflattenTree, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { run } from "./_helpers.ts";

const close = (a: number, b: number, tolerance: number, message = "") =>
  assert.ok(Math.abs(a - b) <= tolerance, `${message}: ${a} is not ${b} within ${tolerance}`);

Deno.test("criticLoss() and generatorLoss() have the values worked out by hand", async () => {
  const scores = (values: number[]) => hostTensor(Float32Array.from(values));
  const real = scores([1, 2]), fake = scores([0, 1]);
  const [plain] = await run((real: Tensor, fake: Tensor) => criticLoss({ real, fake }, { drift: 0 }), [
    real,
    fake,
  ]);
  assert.equal(plain, -1);
  const [drifting] = await run((real: Tensor, fake: Tensor) => criticLoss({ real, fake }), [real, fake]);
  close(drifting, -1 + 0.0025, 1e-7);
  assert.equal((await run((fake: Tensor) => generatorLoss(fake), [fake]))[0], -0.5);
});

/** Groups of 1, 2 and 4 galaxies, and one padded node. */
const MEMBERS = [[0], [1, 2], [3, 4, 5, 6]];
const membership = (value: (n: number) => number) => {
  const data = new Float32Array(3 * 8);
  MEMBERS.forEach((group, g) => group.forEach((i) => data[8 * g + i] = value(group.length)));
  return hostTensor(data, [3, 8]);
};

Deno.test("gradientPenalty() of D = w · mean y: slopes |w|/√n; of a constant critic: 1", async () => {
  const random = stream(1, "labels");
  const labels = () => hostTensor(random.normal(new Float32Array(16)), [8, 2]);
  const mix = hostTensor(Float32Array.of(0, 0.3, 0.9), [3, 1]);
  const w = [0.6, -2.5];
  const args = [labels(), labels(), mix, membership(() => 1), membership((n) => 1 / n)] as const;
  const [found] = await run(
    (real: Tensor, fake: Tensor, mix: Tensor, members: Tensor, pool: Tensor) =>
      gradientPenalty((y) => tf.sum(tf.mul(tf.matMul(pool as tf.Tensor2D, y as tf.Tensor2D), w), 1), {
        real,
        fake,
        mix,
        members,
      }),
    [...args],
  );
  const size = Math.hypot(...w);
  const expected = [1, 2, 4].reduce((sum, n) => sum + (size / Math.sqrt(n) - 1) ** 2 / 3, 0);
  close(found, expected, 1e-5);
  const [constant] = await run(
    (real: Tensor, fake: Tensor, mix: Tensor, members: Tensor) =>
      gradientPenalty((y) => tf.mul(tf.sum(y, 1).slice([0], [3]), 0), { real, fake, mix, members }),
    [args[0], args[1], args[2], args[3]],
  );
  // √10⁻⁸ = 10⁻⁴
  close(constant, (1 - 1e-4) ** 2, 1e-6);
});

Deno.test("gradientPenalty() mixes per group, between real and generated labels", async () => {
  // D = Σ y³/3 of a group: its slope at ŷ is √Σŷ⁴.
  const random = stream(2, "labels");
  const real = hostTensor(random.normal(new Float32Array(16)), [8, 2]);
  const fake = hostTensor(random.normal(new Float32Array(16)), [8, 2]);
  const shares = [0, 0.3, 1];
  const [found] = await run(
    (real: Tensor, fake: Tensor, mix: Tensor, members: Tensor) =>
      gradientPenalty(
        (y) => tf.sum(tf.matMul(members as tf.Tensor2D, tf.div(tf.pow(y, 3), 3) as tf.Tensor2D), 1),
        { real, fake, mix, members },
      ),
    [real, fake, hostTensor(Float32Array.from(shares), [3, 1]), membership(() => 1)],
  );
  const expected = MEMBERS.reduce((sum, group, g) => {
    const square = group.flatMap((i) => [2 * i, 2 * i + 1])
      .reduce((total, at) => total + (real.data[at] + shares[g] * (fake.data[at] - real.data[at])) ** 4, 0);
    return sum + (Math.sqrt(square) - 1) ** 2 / 3;
  }, 0);
  close(found, expected, 1e-4);
});

/**
 * A critic of two nodes with a smooth first derivative nearly everywhere, and its penalty as a function of
 * the parameters. With a frame of one vector there are three inputs of labels.
 */
function twoNodes({ framed }: { readonly framed: boolean }) {
  const random = stream(framed ? 5 : 3, "two nodes");
  const parameters = initCritic(random.split("critic"), {
    labels: framed ? 3 : 2,
    conditions: 3,
    widths: [5, 4],
  });
  for (const leaf of flattenTree(parameters).leaves as readonly { data: Float32Array }[]) {
    if (leaf.data.every((x) => x === 0)) random.normal(leaf.data, { std: 0.3 });
  }
  const normal = (rows: number, columns: number) =>
    tf.tensor2d(random.normal(new Float32Array(rows * columns)), [rows, columns]);
  const adjacency = tf.tensor2d(random.uniform(new Float32Array(52), { high: 0.3 }), [2, 26]);
  const inputs = {
    real: normal(2, 2),
    fake: normal(2, 2),
    mix: tf.tensor2d([[0.4]]),
    members: tf.ones([1, 2]),
  };
  const conditions = normal(2, 3);
  const frame = framed ? tf.reshape(normal(2, 2), [2, 1, 2]) : undefined;
  const penalty = (critic: Critic): Tensor =>
    gradientPenalty(
      criticOf({
        parameters: critic,
        conditions,
        aggregate: edgeListAggregate(adjacency, {
          receivers: tf.tensor1d([0, 1], "int32"),
          senders: tf.tensor1d([1, 0], "int32"),
          nodes: 2,
        }),
        pool: tf.fill([1, 2], 0.5),
        frame,
      }),
      inputs,
    );
  const tensors = (scale: (data: Float32Array, leaf: number) => Float32Array) =>
    unflattenTree(
      parameters,
      (flattenTree(parameters).leaves as unknown as readonly { data: Float32Array; shape: number[] }[])
        .map(({ data, shape }, leaf) => tf.tensor(scale(data, leaf), shape)),
    ) as unknown as Critic;
  return { penalty, tensors };
}

for (const framed of [false, true]) {
  const name = framed ? "two nodes, with a frame" : "two nodes";
  Deno.test(`the penalty's second derivatives agree with finite differences on a graph of ${name}`, async () => {
    await tf.setBackend("cpu");
    tf.tidy(() => {
      const { penalty, tensors } = twoNodes({ framed });
      const { value, grads } = valueAndGrad(penalty, tensors((data) => data));
      assert.ok(value.dataSync()[0] > 0.01);
      const random = stream(4, "directions");
      let largest = 0;
      flattenTree(grads).leaves.forEach((leaf, at) => {
        const gradient = (leaf as unknown as Tensor).dataSync();
        // Along a random direction in this leaf; float32, so the step is large and the rule of fourth order.
        const direction = random.normal(new Float32Array(gradient.length));
        const along = (step: number) =>
          penalty(tensors((data, leaf) => leaf === at ? data.map((x, k) => x + step * direction[k]) : data))
            .dataSync()[0];
        const h = 4e-3;
        const numeric = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
        const exact = direction.reduce((sum, d, k) => sum + d * gradient[k], 0);
        // Biases act through masks only: their derivative is zero almost everywhere, and exactly so here.
        close(exact, numeric, 2e-3 * Math.max(1, Math.abs(exact)), `leaf ${at}`);
        largest = Math.max(largest, Math.abs(exact));
      });
      assert.ok(largest > 0.1, `all derivatives are small: ${largest}`);
    });
  });
}

Deno.test("gradientPenalty() leaves no tensors behind", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const { penalty, tensors } = twoNodes({ framed: false });
    valueAndGrad(penalty, tensors((data) => data));
  });
  assert.equal(tf.memory().numTensors, before);
});
