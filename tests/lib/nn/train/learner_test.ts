import assert from "node:assert/strict";
import { compileLoop } from "../../../../lib/compile/mod.ts";
import {
  adam,
  averageParameters,
  type Dense,
  dense,
  hostTensor,
  initDense,
  learner,
  type LearnerState,
  meanSquaredError,
  relu,
  type StepScalars,
  train,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, type HostTree, mapTree, type Tensor, tf } from "../../../../lib/tensor/mod.ts";

/** One wide layer that keeps its own place, and small leaves that share a vector. */
const init = () => [
  initDense(stream(1, "first"), { inputs: 3, outputs: 6000 }),
  initDense(stream(1, "second"), { inputs: 6000, outputs: 2 }),
];
const apply = (x: Tensor, layers: readonly Dense[]) => dense(relu(dense(x, layers[0])), layers[1]);
const x = hostTensor(stream(2, "x").normal(new Float32Array(24)), [8, 3]);
const y = hostTensor(stream(2, "y").normal(new Float32Array(16)), [8, 2]);

Deno.test("learner descends as train does", async () => {
  for (const clipNorm of [undefined, 0.1]) {
    const optimiser = adam(), learningRate = 1e-3, steps = 5;
    const reference = await train<readonly Dense[], { x: Tensor; y: Tensor }>(
      ({ parameters, batch }) => ({
        loss: meanSquaredError(apply(batch.x, parameters), { target: batch.y }),
      }),
      {
        ...{ parameters: init(), optimiser, learningRate, clipNorm, batchSize: 8, epochs: steps },
        batches: {
          example: { x, y },
          fill: (batch) => {
            batch.x.data.set(x.data);
            batch.y.data.set(y.data);
          },
        },
        rows: 8,
        stream: stream(3, "order"),
      },
    );
    const network = learner<readonly Dense[]>(init(), { optimiser, clipNorm });
    type Batch = { x: Tensor; y: Tensor; scalars: StepScalars };
    await using loop = await compileLoop((state: LearnerState, { x, y, scalars }: Batch) => {
      const { state: next, loss, aux } = network.descend(state, scalars, (layers) => {
        const output = apply(x, layers);
        return { value: meanSquaredError(output, { target: y }), aux: output };
      });
      return { state: next, metrics: { loss, check: meanSquaredError(aux, { target: y }) } };
    }, { state: network.start, batch: { x, y, scalars: network.scalars } });
    for (let step = 0; step < steps; step++) {
      const { scalars } = network;
      network.write(scalars, { step, learningRate });
      const stacked = mapTree(
        { x, y, scalars },
        ({ data, shape, dtype }) => ({ data, dtype, shape: [1, ...shape] }),
      );
      const { loss, check } = await loop.run(stacked as HostTree<Batch>);
      assert.equal(loss.data[0], check.data[0]);
      assert.ok(Math.abs(loss.data[0] - reference.epochLosses[step]) < 1e-6);
    }
    const { parameters } = await loop.readState();
    const ours = flattenTree(network.hostTree(parameters)).leaves;
    flattenTree(reference.parameters).leaves.forEach(({ data }, i) => assert.deepEqual(ours[i].data, data));
  }
});

Deno.test("averageParameters moves by the rate, and not at all at 0", () => {
  tf.tidy(() => {
    const target = [tf.tensor1d([1, -2.7])], online = [tf.tensor1d([3, 0.1])];
    const at = (rate: number) => [...averageParameters(target, { online, rate })[0].dataSync()];
    assert.deepEqual(at(0), [...target[0].dataSync()]);
    const quarter = at(0.25);
    assert.ok(Math.abs(quarter[0] - 1.5) < 1e-6 && Math.abs(quarter[1] + 2) < 1e-6);
  });
});
