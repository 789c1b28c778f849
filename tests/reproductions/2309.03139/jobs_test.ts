import assert from "node:assert/strict";
import { findDataSet } from "../../../lib/data/mod.ts";
import { collectJobs, PROFILES, select } from "../../../lib/harness/mod.ts";
import { countMultichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import paper from "../../../reproductions/2309.03139/mod.ts";
import reported from "../../../reproductions/2309.03139/reported.json" with { type: "json" };
import { MOLECULES, NBODY, SOLAR } from "../../../reproductions/2309.03139/studies.ts";

Deno.test("data is in the catalogue in every profile, and smoke needs no file", () => {
  for (const profile of PROFILES) {
    for (const job of collectJobs(paper, { profile }, select(paper))) {
      const experiment = paper.experiments.find(({ id }) => id === job.experiment)!;
      for (const name of experiment.data?.(job.config) ?? []) {
        const { generate, standIn } = findDataSet(name);
        if (profile === "smoke") assert.ok(generate ?? standIn, `${name} needs no file`);
      }
    }
  }
});

Deno.test("means are over two seeds at least, three in paper", () => {
  for (const [profile, least] of [["laptop", 2], ["paper", 3]] as const) {
    const plan = { profile };
    const variants = [...NBODY.variants(plan), ...SOLAR.variants(plan), ...MOLECULES.variants(plan)];
    for (const { label, seeds } of variants) {
      const count = Array.isArray(seeds) ? seeds.length : seeds;
      assert.ok(typeof count === "number" && count >= least, `${profile}: ${label}`);
    }
  }
});

Deno.test("the wider EGNN of the controls is the smallest with as many parameters as K = 3", () => {
  for (const [profile, wanted] of [["laptop", 33], ["paper", 65]] as const) {
    const [{ config }] = NBODY.variants({ profile }, ["wide"]);
    assert.deepEqual(config.model, { kind: "EGNN", channels: 1, hidden: wanted });
    const { hidden, layers } = config;
    const three = countMultichannelEgnn({ channels: 3, hidden, layers });
    const one = (hidden: number) => countMultichannelEgnn({ channels: 1, hidden, layers });
    assert.ok(one(wanted) >= three && one(wanted - 1) < three);
  }
});

Deno.test("every quoted value says where it is from, and none is from memory", () => {
  assert.deepEqual(reported.nbody.map(({ test }) => test), [0.0043, 0.0047, 0.0035]);
  for (const { model, provenance } of reported.nbody) {
    assert.ok(provenance.length > 10, model);
    assert.doesNotMatch(provenance, /recall|memory/i);
  }
});
