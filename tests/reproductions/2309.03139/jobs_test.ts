import assert from "node:assert/strict";
import { findDataSet } from "../../../lib/data/mod.ts";
import { collectJobs, PROFILES, select } from "../../../lib/harness/mod.ts";
import { countMultichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { FULL_SIZE, FULL_SIZE_RUNS } from "../../../reproductions/2309.03139/full_size.ts";
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
      // No seed: the profile leaves it out.
      assert.ok(count === 0 || (typeof count === "number" && count >= least), `${profile}: ${label}`);
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

Deno.test("networks at full size are the paper's, two of each, with a curve that ends in their errors", () => {
  const [{ config }] = NBODY.variants({ profile: "paper" }, ["k1"]);
  const { dataSet, hidden, layers, batchSize } = FULL_SIZE;
  assert.deepEqual([dataSet, hidden, layers, batchSize], [
    config.dataSet,
    config.hidden,
    config.layers,
    config.batchSize,
  ]);
  assert.deepEqual(FULL_SIZE_RUNS.map(({ channels, seed }) => [channels, seed]), [[1, 0], [1, 1], [3, 0], [
    3,
    1,
  ]]);
  for (const { channels, parameters, curve, valid, bestEpoch, test } of FULL_SIZE_RUNS) {
    assert.equal(parameters, countMultichannelEgnn({ channels }));
    assert.equal(curve.at(-1)![0], FULL_SIZE.epochs);
    assert.equal(Math.min(...curve.map(([, error]) => error)), valid);
    assert.equal(curve.find(([, error]) => error === valid)![0], bestEpoch);
    assert.ok(Math.abs(Math.log(test / valid)) < 0.2, `${test} and ${valid}`);
  }
});
