import assert from "node:assert/strict";
import { BRAVAIS_LATTICES } from "../../../lib/crystals/mod.ts";
import {
  type ClaimStatus,
  jobId,
  type JobRecord,
  judge,
  type Name,
  places,
  readGolden,
  type Study,
  type Variants,
} from "../../../lib/harness/mod.ts";
import type {
  PropertyConfig,
  PropertyResult,
} from "../../../reproductions/2211.15420/experiments/property.ts";
import paper from "../../../reproductions/2211.15420/mod.ts";
import {
  CARBON,
  GAPS,
  LATTICES,
  PEAKS,
  PEROVSKITES,
  SIZES,
} from "../../../reproductions/2211.15420/studies/mod.ts";
import { record, resultsFrom, testPaper } from "@refigure/refigure/testing";

testPaper(paper);

const golden = await readGolden(places(), paper.id, "laptop");
assert.ok(golden);
const ALL_LATTICES = BRAVAIS_LATTICES.map(({ name }) => name);
const LAPTOP = { profile: "laptop" } as const;
type Trainings<V extends Variants<PropertyConfig>> = Study<PropertyConfig, PropertyResult, V>;

/** The laptop results, with one network's runs put in the place of another's. */
function withRuns<V extends Variants<PropertyConfig>>(
  jobs: readonly JobRecord[],
  study: Trainings<V>,
  { place, runs }: { readonly place: Name<V>; readonly runs: Name<V> },
): JobRecord[] {
  const [{ runs: other }] = study.groups(resultsFrom(jobs), [runs]);
  const placed = study.jobs(LAPTOP, [place]);
  const moved = placed.flatMap(({ config, seed }) =>
    other.filter((run) => run.seed === seed)
      .map(({ result }) => record(study.experiment, { config, seed, result }))
  );
  assert.ok(moved.length > 0);
  const taken = new Set(placed.map(jobId));
  return [...jobs.filter(({ job }) => !taken.has(jobId(job))), ...moved];
}

/** A claim's status on some results. */
function statusOf(claim: string, jobs: readonly JobRecord[]): ClaimStatus {
  return judge(paper.claims.find(({ id }) => id === claim)!, resultsFrom(jobs)).status;
}

/** A claim's status with one network's runs in the place of another's. */
function statusWith<V extends Variants<PropertyConfig>>(
  claim: string,
  study: Trainings<V>,
  change: { readonly place: Name<V>; readonly runs: Name<V> },
): ClaimStatus {
  return statusOf(claim, withRuns(golden!.jobs, study, change));
}

// The ingredient is taken out by runs on the real data.

Deno.test("on perovskites the network without neighbours is worse than the ridge", () => {
  const isolated = { place: "pcubic", runs: "isolated" } as const;
  assert.equal(statusWith("perovskites-beat-ridge", PEROVSKITES, isolated), "contradicted");
  assert.equal(statusWith("perovskites-beat-full-ridge", PEROVSKITES, isolated), "contradicted");
  // Below the ridge a network has not learned, and nothing is compared with it.
  assert.equal(statusWith("competitive", PEROVSKITES, isolated), "not attempted");
  assert.equal(statusWith("competitive-at-equal-parameters", PEROVSKITES, isolated), "not attempted");
});

Deno.test("on carbon the network without neighbours does not learn the structure", () => {
  const isolated = { place: "pcubic", runs: "isolated" } as const;
  assert.equal(statusWith("structure-not-composition", CARBON, isolated), "contradicted");
  assert.equal(statusWith("groups-do-not-hurt", CARBON, isolated), "not attempted");
});

Deno.test("on gaps and phonons the network without neighbours is no better than composition", () => {
  const isolated = { place: "pcubic", runs: "isolated" } as const;
  assert.notEqual(statusWith("gaps-beat-composition", GAPS, isolated), "supported");
  assert.notEqual(statusWith("phonons-beat-composition", PEAKS, isolated), "supported");
});

Deno.test("with colours tied, no group helps", () => {
  assert.equal(statusWith("groups-help", CARBON, { place: "ptriclinic", runs: "set" }), "inconclusive");
  const tied = ALL_LATTICES.reduce(
    (jobs: readonly JobRecord[], lattice) =>
      withRuns(jobs, LATTICES, { place: `${lattice} own 256`, runs: `${lattice} set 256` }),
    golden.jobs,
  );
  assert.equal(statusOf("own-group-helps", tied), "inconclusive");
});

Deno.test("with the smallest training set's errors at every size no error falls, and CGCNN is not better than itself", () => {
  const flat = [375, 750, 1500].reduce(
    (jobs: readonly JobRecord[], train) =>
      withRuns(jobs, SIZES, { place: `ECN, ${train}`, runs: "ECN, 190" }),
    golden.jobs,
  );
  assert.equal(statusOf("error-falls", flat), "inconclusive");
  const itself = { place: "ECN, 190", runs: "CGCNN, 190" };
  assert.equal(statusWith("fewer-crystals", SIZES, itself), "inconclusive");
});
