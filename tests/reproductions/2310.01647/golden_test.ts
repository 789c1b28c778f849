import assert from "node:assert/strict";
import { type JobRecord, judge, places, readGolden } from "../../../lib/harness/mod.ts";
import type { EnergyResult } from "../../../reproductions/2310.01647/experiments/energies.ts";
import type { FinetuningResult } from "../../../reproductions/2310.01647/experiments/finetuning.ts";
import type { PhotographResult, Rating } from "../../../reproductions/2310.01647/experiments/photographs.ts";
import paper from "../../../reproductions/2310.01647/mod.ts";
import type { SceneResult } from "../../../reproductions/2310.01647/experiments/scenes.ts";
import {
  CLOUDS,
  DIGITS,
  ENERGIES,
  FINETUNING,
  PHOTOGRAPHS,
  SCENES,
} from "../../../reproductions/2310.01647/studies.ts";
import { resultsFrom, statusWith, testPaper } from "@refigure/refigure/testing";

testPaper(paper);

const { jobs } = (await readGolden(places(), paper.id, "laptop"))!;
const claim = (id: string) => paper.claims.find((each) => each.id === id)!;

// The prior is taken out by runs on the same data: canonicalization without it, one that stays as it was
// drawn, or none.

Deno.test("digits: no verdict in favour of the prior survives without it", () => {
  for (const runs of ["lc", "augmented", "vanilla"] as const) {
    for (const id of ["prior-keeps-accuracy", "prior-finds-identity"]) {
      const status = statusWith(claim(id), { jobs, study: DIGITS, place: "cp", runs });
      assert.notEqual(status, "supported", `${id} with ${runs}`);
    }
  }
  const of = (id: string, place: "augmented" | "lc" | "vanilla", runs: "vanilla" | "cp" | "lc") =>
    statusWith(claim(id), { jobs, study: DIGITS, place, runs });
  assert.notEqual(of("augmentation-trades", "augmented", "vanilla"), "supported");
  assert.notEqual(of("lc-invariant-but-worse", "lc", "vanilla"), "supported");
  assert.notEqual(of("vanilla-collapses", "vanilla", "cp"), "supported");
});

/** Stored jobs of one study with changed results. */
function changed<R>(
  study: { readonly experiment: { readonly id: string } },
  change: (result: R) => R,
): JobRecord[] {
  return jobs.filter(({ job }) => job.experiment === study.experiment.id).map((record) =>
    ({ ...record, result: change(record.result as R) }) as JobRecord
  );
}

Deno.test("photographs: the gain is lost with an untrained canonicalizer, a small one, and none", () => {
  const status = (id: string, rating: Rating | "plain") =>
    judge(
      claim(id),
      resultsFrom(changed<PhotographResult>(PHOTOGRAPHS, (result) => ({
        ...result,
        behind: { ...result.behind, both: rating === "plain" ? result.plain : result.behind[rating] },
      }))),
    ).status;
  for (const rating of ["untrained", "small", "plain"] as const) {
    assert.equal(status("zero-shot-adaptation", rating), "contradicted", rating);
    assert.notEqual(status("prior-beyond-confidence", rating), "supported", rating);
  }
  assert.notEqual(status("prior-beyond-confidence", "confidence"), "supported");
  assert.notEqual(status("beyond-averaging", "untrained"), "supported");
  const adapted = resultsFrom(changed<PhotographResult>(PHOTOGRAPHS, (result) => ({
    ...result,
    plain: result.behind.both,
    behind: { ...result.behind, votes: result.behind.untrained },
  })));
  assert.notEqual(judge(claim("published-network-collapses"), adapted).status, "supported");
  assert.notEqual(judge(claim("exact-equivariance"), adapted).status, "supported");
  assert.notEqual(judge(claim("larger-canonicalizer-costs-less"), adapted).status, "supported");
});

Deno.test("fine-tuning: nothing speaks for the prior when runs without it stand in its place", () => {
  const results = resultsFrom(changed<FinetuningResult>(FINETUNING, (result) => ({
    ...result,
    regimes: { ...result.regimes, cp: result.regimes.lc },
  })));
  assert.notEqual(judge(claim("prior-helps-fine-tuning"), results).status, "supported");
});

Deno.test("scenes: the gain is lost without the canonicalizer, and with it in the small one's place", () => {
  const status = (change: (result: SceneResult) => SceneResult) =>
    judge(claim("segmentation-zero-shot"), resultsFrom(changed(SCENES, change))).status;
  assert.notEqual(status((result) => ({ ...result, large: result.frozen })), "supported");
  assert.notEqual(status((result) => ({ ...result, large: result.small })), "supported");
});

Deno.test("sizes: nothing speaks for the larger network with the small one, or none, in its place", () => {
  for (const place of ["small", "plain"] as const) {
    const results = resultsFrom(changed<EnergyResult>(ENERGIES, (result) => ({
      ...result,
      large: { ...result[place], identity: result.large.identity },
      small: place === "plain" ? result.plain : result.small,
    })));
    assert.notEqual(judge(claim("larger-group-network-costs-less"), results).status, "supported", place);
  }
});

Deno.test("clouds: nothing speaks for the prior with frames without it, or none, in its place", () => {
  for (const runs of ["lc", "vanilla"] as const) {
    const status = statusWith(claim("clouds-under-rotations"), { jobs, study: CLOUDS, place: "cp", runs });
    assert.notEqual(status, "supported", runs);
  }
});
