import assert from "node:assert/strict";
import {
  type ClaimStatus,
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
import { CARBON, GAPS, PEAKS, PEROVSKITES } from "../../../reproductions/2211.15420/studies/mod.ts";
import { record, resultsFrom, testPaper } from "../_paper.ts";

// Results of the laptop profile are not committed yet: see "What is open" in the paper's README.
testPaper(paper, { accepted: ["smoke"] });

const golden = await readGolden(places(), paper.id, "laptop");
const unless = golden === null ? " (skipped: needs the laptop results)" : "";
const LAPTOP = { profile: "laptop" } as const;

/** A claim's status on the laptop results, with one network's runs put in the place of another's. */
function statusWith<V extends Variants<PropertyConfig>>(
  claim: string,
  study: Study<PropertyConfig, PropertyResult, V>,
  { place, runs }: { readonly place: Name<V>; readonly runs: Name<V> },
): ClaimStatus {
  const { jobs } = golden!;
  const all = resultsFrom(jobs);
  const [{ runs: other }] = study.groups(all, [runs]);
  const placed = study.jobs(LAPTOP, [place]);
  const moved = placed.flatMap(({ config, seed }) =>
    other.filter((run) => run.seed === seed)
      .map(({ result }) => record(study.experiment, { config, seed, result }))
  );
  assert.ok(moved.length >= 3);
  const taken = new Set(placed.map(({ config, seed }) => JSON.stringify([config, seed])));
  const rest = jobs.filter(({ job }) => !taken.has(JSON.stringify([job.config, job.seed])));
  return judge(paper.claims.find(({ id }) => id === claim)!, resultsFrom([...rest, ...moved])).status;
}

// The ingredient is taken out by runs on the real data: the network without its neighbours.

Deno.test({
  name: `on perovskites the network without neighbours is worse than the ridge and than CGCNN${unless}`,
  ignore: golden === null,
  fn() {
    const isolated = { place: "pcubic", runs: "isolated" } as const;
    assert.equal(statusWith("perovskites-beat-ridge", PEROVSKITES, isolated), "contradicted");
    assert.equal(statusWith("perovskites-beat-full-ridge", PEROVSKITES, isolated), "contradicted");
    assert.equal(statusWith("competitive", PEROVSKITES, isolated), "contradicted");
    assert.equal(statusWith("competitive-at-equal-parameters", PEROVSKITES, isolated), "contradicted");
  },
});

Deno.test({
  name: `on carbon the network without neighbours does not learn the structure, and is hurt${unless}`,
  ignore: golden === null,
  fn() {
    const isolated = { place: "pcubic", runs: "isolated" } as const;
    assert.equal(statusWith("structure-not-composition", CARBON, isolated), "contradicted");
    assert.equal(statusWith("groups-do-not-hurt", CARBON, isolated), "contradicted");
  },
});

Deno.test({
  name: `on gaps and phonons the network without neighbours is no better than composition${unless}`,
  ignore: golden === null,
  fn() {
    const isolated = { place: "pcubic", runs: "isolated" } as const;
    assert.notEqual(statusWith("gaps-beat-composition", GAPS, isolated), "supported");
    assert.notEqual(statusWith("phonons-beat-composition", PEAKS, isolated), "supported");
  },
});
