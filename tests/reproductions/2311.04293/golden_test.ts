import assert from "node:assert/strict";
import { loadGolden } from "../../../lib/harness/mod.ts";
import { testSmokeGolden } from "../_smoke_golden.ts";
import { signTest } from "../../../reproductions/2311.04293/claims/_paired.ts";

const ID = "2311.04293";

testSmokeGolden(ID);

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
