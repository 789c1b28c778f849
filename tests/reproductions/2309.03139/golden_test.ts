import assert from "node:assert/strict";
import { evaluateGolden, loadGolden } from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2309.03139/mod.ts";
import { testPaper } from "@refigure/refigure/testing";

testPaper(paper, { notLearned: ["solar-capacity", "molecules-channels"] });

Deno.test("the committed laptop results use no stand-in, and support the claims that hold for any weights", async () => {
  const golden = await loadGolden(paper.id, "laptop");
  assert.ok(golden.jobs.every(({ sources }) => !Object.values(sources).includes("stand-in")));
  const { claims } = await evaluateGolden(paper, golden);
  for (const id of ["equivariance", "permutation", "one-channel", "parameters"]) {
    assert.equal(claims.find(({ claim }) => claim.id === id)?.verdict.status, "supported", id);
  }
});
