import assert from "node:assert/strict";
import { jobId } from "../../../lib/harness/mod.ts";
import { TORUS, TUNING } from "../../../reproductions/2311.03096/studies.ts";

const LAPTOP = { profile: "laptop" } as const;

Deno.test("laptop has at least 3 seeds of every network that is compared, one of an identity", () => {
  for (const { name, label, seeds } of TORUS.variants(LAPTOP)) {
    if (name === "plainPermuted" || name === "sharedPermuted") continue;
    assert.ok(Array.isArray(seeds) && seeds.length >= 3, label);
  }
});

Deno.test("strengths are picked on images and seeds that are not judged, as many for each penalty", () => {
  const judged = TORUS.jobs(LAPTOP), picked = TUNING.jobs(LAPTOP);
  assert.ok(judged.every(({ config }) => config.heldOut === "test"));
  assert.ok(picked.every(({ config }) => config.heldOut === "validation"));
  const seeds = new Set(judged.map(({ seed }) => seed));
  assert.ok(picked.every(({ seed }) => !seeds.has(seed)));
  assert.equal(new Set([...judged, ...picked].map(jobId)).size, judged.length + picked.length);
  const strengths = Map.groupBy(
    TUNING.variants(LAPTOP).filter(({ penalty }) => penalty !== undefined),
    ({ depth, penalty }) => `${depth} ${penalty}`,
  );
  assert.equal(strengths.size, 10);
  for (const [name, own] of strengths) assert.equal(own.length, 5, name);
});

Deno.test("the paper profile has the released script's settings", () => {
  const [{ config }] = TORUS.variants({ profile: "paper" }, ["shared"]);
  const { epochs, batchSize, learningRate, dropout, channels, fraction, regulariser } = config;
  assert.deepEqual([epochs, batchSize, learningRate, dropout, fraction], [200, 512, 0.1, 0.4, 0.6]);
  assert.deepEqual([channels, regulariser], [[32, 64], { sharing: [1e-3, 1e-4] }]);
});
