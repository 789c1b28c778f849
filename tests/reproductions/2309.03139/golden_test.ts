import assert from "node:assert/strict";
import { loadGolden } from "../../../lib/harness/mod.ts";
import { testSmokeGolden } from "../_smoke_golden.ts";

const ID = "2309.03139";

testSmokeGolden(ID);

Deno.test({
  name: "the committed laptop results use no stand-in, and its exact claims are supported",
  async fn() {
    const { jobs, claims } = await loadGolden(ID, "laptop");
    assert.ok(jobs.every(({ sources }) => !Object.values(sources).includes("stand-in")));
    for (const id of ["equivariance", "permutation", "one-channel", "parameters"]) {
      assert.equal(claims.find((claim) => claim.id === id)?.status, "supported", id);
    }
    assert.ok(claims.every(({ status }) => status !== "not attempted"));
  },
});
