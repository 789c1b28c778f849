import assert from "node:assert/strict";
import { CIFAR, TORUS } from "../../../reproductions/2311.03096/studies.ts";

Deno.test("laptop has at least 3 seeds of every network", () => {
  for (
    const { label, seeds } of [
      ...TORUS.variants({ profile: "laptop" }),
      ...CIFAR.variants({ profile: "laptop" }),
    ]
  ) {
    assert.ok(typeof seeds === "number" && seeds >= 3, label);
  }
});

Deno.test("the paper profile has the released scripts' settings", () => {
  const [{ config }] = TORUS.variants({ profile: "paper" }, ["shared"]);
  const { epochs, batchSize, learningRate, dropout, channels, fraction, regulariser } = config;
  assert.deepEqual([epochs, batchSize, learningRate, dropout, fraction], [200, 512, 0.1, 0.4, 0.6]);
  assert.deepEqual([channels, regulariser], [[32, 64], { sharing: [1e-3, 1e-4] }]);
  const [{ config: photographs }] = CIFAR.variants({ profile: "paper" }, ["both"]);
  assert.deepEqual([photographs.epochs, photographs.channels, photographs.pooling], [400, 64, 1]);
  assert.deepEqual(photographs.regulariser, { sharing: [1e-3], l1: 1e-4, rho: 0.98 });
});
