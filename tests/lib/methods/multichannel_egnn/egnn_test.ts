import assert from "node:assert/strict";
import { plainEgnn } from "../../../../reproductions/2309.03139/experiments/plain_egnn.ts";
import { positionsOf, randomInputs, randomParameters } from "./_helpers.ts";

for (const seed of [0, 1, 2]) {
  Deno.test(`MC-EGNN with K = 1 is EGNN in plain loops, bit for bit, seed ${seed}`, async () => {
    const config = { channels: 1, layers: 3, hidden: 16 };
    const parameters = randomParameters(config, { seed }),
      inputs = randomInputs({ batch: 1, nodes: 5, seed });
    const actual = await positionsOf(inputs, { parameters, config, executor: "eager" });
    assert.deepEqual([...actual], plainEgnn(inputs, parameters));
  });
}
