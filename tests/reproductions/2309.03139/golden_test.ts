import assert from "node:assert/strict";
import {
  allRecords,
  evaluateGolden,
  loadGolden,
  places,
  type Plan,
  readDecided,
} from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2309.03139/mod.ts";
import { NBODY, SOLAR } from "../../../reproductions/2309.03139/studies.ts";
import { statusWith, testPaper } from "@refigure/refigure/testing";

testPaper(paper, { notLearned: ["molecules-channels"] });

Deno.test("the committed laptop results use no stand-in, and support the claims that hold for any weights", async () => {
  const golden = await loadGolden(paper.id, "laptop");
  assert.ok(golden.jobs.every(({ sources }) => !Object.values(sources).includes("stand-in")));
  const { claims } = await evaluateGolden(paper, golden);
  for (const id of ["equivariance", "permutation", "one-channel", "parameters"]) {
    assert.equal(claims.find(({ claim }) => claim.id === id)?.verdict.status, "supported", id);
  }
});

const claim = (id: string) => paper.claims.find((claim) => claim.id === id)!;
const decided = (await readDecided(places(), paper.id))!;
const jobs = [...allRecords(await loadGolden(paper.id, "laptop"), decided).values()];
/** Under what the claims on the solar system are judged: all twenty seeds. */
const TWENTY: Plan = { profile: "laptop", seeds: 20 };

Deno.test("claims on the solar system are judged by twenty seeds, of which decided.json has fourteen", () => {
  const solar = decided.claims.filter(({ id }) => id.startsWith("solar-"));
  assert.equal(solar.length, 3);
  for (const { id, plan } of solar) assert.deepEqual(plan, TWENTY, id);
  const seeds = decided.jobs.filter(({ job }) => job.experiment === SOLAR.experiment.id).map(({ job }) =>
    job.seed
  );
  assert.equal(new Set(seeds).size, 14);
  assert.equal(SOLAR.jobs({ profile: "laptop" }, ["k3"]).length, 6);
});

Deno.test("without its channels, by real runs, MC-EGNN loses each claim that it has a lower error", () => {
  // EGNN's runs stand in the place of those with three channels: there is no difference.
  const plain = { jobs, place: "k3", runs: "k1" } as const;
  assert.equal(statusWith(claim("nbody-channels"), { ...plain, study: NBODY }), "contradicted");
  for (const id of ["solar-channels", "solar-moons"]) {
    assert.equal(statusWith(claim(id), { ...plain, study: SOLAR, plan: TWENTY }), "contradicted", id);
  }
  // So do those of tied channels.
  const tied = { jobs, study: SOLAR, place: "k3", runs: "tied", plan: TWENTY } as const;
  assert.equal(statusWith(claim("solar-capacity"), tied), "contradicted");
  const ten = { jobs, study: NBODY, place: "k3", runs: "tied", plan: { ...TWENTY, seeds: 10 } } as const;
  assert.equal(statusWith(claim("nbody-capacity"), ten), "contradicted");
});
