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

const ID = "2311.03096";

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
