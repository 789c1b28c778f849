import assert from "node:assert/strict";
import { allRecords, loadGolden, places, readDecided } from "../../../lib/harness/mod.ts";
import { TDMPC } from "../../../reproductions/2306.11941/control_studies.ts";
import paper from "../../../reproductions/2306.11941/mod.ts";
import { statusWith, testPaper } from "@refigure/refigure/testing";

testPaper(paper, {
  notLearned: [
    "states-better-than-transformer",
    "rewards-better-than-transformer",
    "states-as-good-as-gru",
    "tdmpc-as-good-as-mlp",
    "tdmpc-better-than-long-mlp",
    "tdmpc-needs-consistency",
    "pixels-as-good-as-sac",
    "pixels-as-good-as-spr",
  ],
});

Deno.test("with other real runs in the Koopman model's place the claims on TD-MPC come out otherwise", async () => {
  const decided = (await readDecided(places(), paper.id))!;
  const jobs = [...allRecords(await loadGolden(paper.id, "laptop"), decided).values()];
  const { plan } = decided.claims.find(({ id }) => id === "tdmpc-as-good-as-mlp")!;
  const claim = (id: string) => paper.claims.find((claim) => claim.id === id)!;
  const place = "pendulum koopman", study = TDMPC;
  // The MLP is as good as itself.
  const mlp = { jobs, plan, study, place, runs: "pendulum mlp" } as const;
  assert.equal(statusWith(claim("tdmpc-as-good-as-mlp"), mlp), "supported");
  // What has learned is better than the Koopman model without its consistency loss, which has not.
  assert.equal(statusWith(claim("tdmpc-needs-consistency"), mlp), "supported");
  const without = { jobs, plan, study, place, runs: "pendulum inconsistent" } as const;
  assert.equal(statusWith(claim("tdmpc-needs-consistency"), without), "not attempted");
});
