import assert from "node:assert/strict";
import { evaluateGolden, loadGolden } from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2311.03096/mod.ts";
import { testPaper } from "../_paper.ts";

testPaper(paper);

Deno.test("the committed laptop results support the claims on the algorithms", async () => {
  const { claims } = await evaluateGolden(paper, await loadGolden(paper.id, "laptop"));
  for (const id of ["algorithms-agree", "sticky-particles", "imminent-rounds", "search-depth", "end-steps"]) {
    assert.equal(claims.find(({ claim }) => claim.id === id)?.verdict.status, "supported", id);
  }
});
