import assert from "node:assert/strict";
import { loadGolden } from "../../../lib/harness/mod.ts";
import { testSmokeGolden } from "../_smoke_golden.ts";

const ID = "2311.03096";

testSmokeGolden(ID);

Deno.test("the committed laptop results use published data, and leave no claim out", async () => {
  const { jobs, claims, plan } = await loadGolden(ID, "laptop");
  assert.equal(plan.seeds, undefined);
  const standIns = jobs.flatMap(({ sources }) =>
    Object.values(sources).filter((source) => source === "stand-in")
  );
  assert.deepEqual(standIns, []);
  assert.ok(claims.every(({ status }) => status !== "not attempted"));
});

Deno.test("the committed laptop results support the claims on the algorithms", async () => {
  const { claims } = await loadGolden(ID, "laptop");
  for (const id of ["algorithms-agree", "sticky-particles", "imminent-rounds", "search-depth", "end-steps"]) {
    assert.equal(claims.find((claim) => claim.id === id)?.status, "supported", id);
  }
});
