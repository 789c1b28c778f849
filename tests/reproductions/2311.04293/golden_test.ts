import assert from "node:assert/strict";
import {
  compareGolden,
  describeDifference,
  type Golden,
  loadGolden,
  loadPaper,
  places,
  recompute,
} from "../../../lib/harness/mod.ts";
import { signTest } from "../../../reproductions/2311.04293/claims/_paired.ts";

const ID = "2311.04293";

async function differences(
  golden: Golden,
  executor: "native" | "wasm",
  tolerance: number,
): Promise<string[]> {
  const paper = await loadPaper(ID, places());
  const { records, failures } = await recompute(paper, golden.plan, executor);
  assert.deepEqual(failures, []);
  return (await compareGolden(paper, golden, records, tolerance)).map(describeDifference);
}

Deno.test("the smoke golden is recomputed exactly on the wasm executor", async () => {
  assert.deepEqual(await differences(await loadGolden(ID, "smoke"), "wasm", 0), []);
});

Deno.test("the native executor agrees with the smoke golden within its tolerance", async () => {
  const golden = await loadGolden(ID, "smoke");
  assert.ok(golden.tolerance > 0 && golden.tolerance <= 0.05, `${golden.tolerance}`);
  assert.deepEqual(await differences(golden, "native", golden.tolerance), []);
});

Deno.test("the committed laptop results are complete, and every claim is decided by the rule", async () => {
  const { claims, plan } = await loadGolden(ID, "laptop");
  assert.equal(plan.seeds, undefined);
  assert.equal(claims.length, 14);
  for (const { id, status, numbers } of claims) {
    assert.notEqual(status, "not attempted", id);
    const { wins, losses, p } = numbers;
    if (typeof wins === "number") assert.equal(p, signTest(wins, wins + (losses as number)), id);
    if (status === "supported" && typeof p === "number") assert.ok(p <= 0.05, id);
  }
});
