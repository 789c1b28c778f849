import assert from "node:assert/strict";
import { evaluateGolden, loadGolden } from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2305.18593/mod.ts";
import { testPaper } from "@refigure/refigure/testing";

testPaper(paper, {
  // With the paper's own numbers so few data sets would not decide them.
  notLearned: [
    "np-near-knn-semi",
    "np-and-knn-top-semi",
    "dte-c-vs-ddpm-unsup",
    "negative-semi",
    "negative-unsup",
  ],
});

Deno.test("the committed laptop results pass the training-free parity gate on 31 data sets", async () => {
  const { claims } = await evaluateGolden(paper, await loadGolden(paper.id, "laptop"));
  for (const [id, values] of [["parity-semi", 186], ["parity-unsup", 62]] as const) {
    const { status, numbers } = claims.find(({ claim }) => claim.id === id)!.verdict;
    assert.equal(status, "supported");
    assert.equal(numbers.values, values);
  }
});

Deno.test("the committed laptop results use published data but for the two-dimensional example", async () => {
  const { jobs } = await loadGolden(paper.id, "laptop");
  const standIns = jobs.flatMap(({ sources }) =>
    Object.keys(sources).filter((name) => sources[name] === "stand-in")
  );
  assert.deepEqual([...new Set(standIns)], ["dte-toy/spiral"]);
});
