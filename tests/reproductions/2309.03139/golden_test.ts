import assert from "node:assert/strict";
import { evaluateGolden, loadGolden } from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2309.03139/mod.ts";
import { NBODY, SOLAR } from "../../../reproductions/2309.03139/studies.ts";
import { statusWith, testPaper } from "@refigure/refigure/testing";

testPaper(paper, { notLearned: ["solar-capacity", "molecules-channels"] });

Deno.test("the committed laptop results use no stand-in, and support the claims that hold for any weights", async () => {
  const golden = await loadGolden(paper.id, "laptop");
  assert.ok(golden.jobs.every(({ sources }) => !Object.values(sources).includes("stand-in")));
  const { claims } = await evaluateGolden(paper, golden);
  for (const id of ["equivariance", "permutation", "one-channel", "parameters"]) {
    assert.equal(claims.find(({ claim }) => claim.id === id)?.verdict.status, "supported", id);
  }
});

const claim = (id: string) => paper.claims.find((claim) => claim.id === id)!;

Deno.test("without its channels, by real runs, MC-EGNN loses each claim that it has a lower error", async () => {
  const { jobs } = await loadGolden(paper.id, "laptop");
  // EGNN's runs stand in the place of those with three channels: there is no difference.
  const plain = { jobs, place: "k3", runs: "k1" } as const;
  assert.equal(statusWith(claim("nbody-channels"), { ...plain, study: NBODY }), "contradicted");
  for (const id of ["solar-channels", "solar-moons"]) {
    assert.equal(statusWith(claim(id), { ...plain, study: SOLAR }), "contradicted", id);
  }
  // So do those of tied channels.
  assert.equal(
    statusWith(claim("nbody-capacity"), { jobs, study: NBODY, place: "k3", runs: "tied" }),
    "contradicted",
  );
});
