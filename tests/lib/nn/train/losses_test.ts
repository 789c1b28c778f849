import assert from "node:assert/strict";
import { crossEntropy, meanSquaredError, weightedMean } from "../../../../lib/nn/mod.ts";
import { type Tensor, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host } from "../_check.ts";
import golden from "../golden/golden.json" with { type: "json" };

const { logits, target, labels, weights } = golden.losses;
type Inputs = { target: Tensor; labels: Tensor; weights: Tensor };

const CASES: Record<string, (logits: Tensor, inputs: Inputs) => Tensor> = {
  crossEntropySoft: (logits, { target }) => crossEntropy(logits, { target }),
  crossEntropyLabels: (logits, { labels }) => crossEntropy(logits, { target: labels }),
  crossEntropyWeighted: (logits, { target, weights }) => crossEntropy(logits, { target, weights }),
  meanSquaredError: (logits, { target }) => meanSquaredError(logits, { target }),
  meanSquaredErrorWeighted: (logits, { target, weights }) => meanSquaredError(logits, { target, weights }),
};

for (const [name, loss] of Object.entries(CASES)) {
  Deno.test(`losses: ${name} equals PyTorch in value and gradient`, async () => {
    const wanted = golden.losses[name as "meanSquaredError"];
    for (const executor of EXECUTORS) {
      const { value, grads } = await evaluate(
        executor,
        (logits: Tensor, inputs: Inputs) => {
          const { value, grads } = valueAndGrad((logits: Tensor) => loss(logits, inputs), logits);
          return { value, grads };
        },
        host(logits),
        { target: host(target), labels: host(labels), weights: host(weights) },
      );
      assertClose(value, [wanted.value], { what: executor });
      assertClose(grads, wanted.gradient.data, { what: `${executor} gradient` });
    }
  });
}

Deno.test("weightedMean() ignores rows of weight 0 and equals the mean for equal weights", async () => {
  const run = async (values: number[], weights: number[]) => {
    const tensor = (data: number[]) => host({ shape: [data.length], data });
    const mean = (x: Tensor, w: Tensor) => weightedMean(x, { weights: w });
    return (await evaluate("native", mean, tensor(values), tensor(weights))).data[0];
  };
  assert.equal(await run([1, 2, 6, 1000], [1, 1, 1, 0]), 3);
  assert.equal(await run([1, 2, 6, 7], [0.5, 0.5, 0.5, 0.5]), 4);
});
