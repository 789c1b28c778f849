import assert from "node:assert/strict";
import {
  allRecords,
  type JobRecord,
  judge,
  loadGolden,
  places,
  type Plan,
  readDecided,
} from "../../../lib/harness/mod.ts";
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

const decided = (await readDecided(places(), paper.id))!;
const jobs = [...allRecords(await loadGolden(paper.id, "laptop"), decided).values()];
const claim = (id: string) => paper.claims.find((each) => each.id === id)!;
/** Under what a claim is judged: the largest evidence there is. */
const planOf = (id: string): Plan =>
  decided.claims.find((each) => each.id === id)?.plan ?? { profile: "laptop" };
/** A claim's status on these jobs' results. */
const statusOn = (records: readonly JobRecord[], id: string) =>
  judge(claim(id), resultsFrom(records, { plan: planOf(id) })).status;

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
    statusOn(
      changed<PhotographResult>(PHOTOGRAPHS, (result) => ({
        ...result,
        behind: { ...result.behind, both: rating === "plain" ? result.plain : result.behind[rating] },
      })),
      id,
    );
  assert.equal(status("zero-shot-adaptation", "both"), "supported");
  for (const rating of ["untrained", "small", "plain"] as const) {
    assert.equal(status("zero-shot-adaptation", rating), "contradicted", rating);
    assert.notEqual(status("prior-beyond-confidence", rating), "supported", rating);
  }
  assert.notEqual(status("prior-beyond-confidence", "confidence"), "supported");
  assert.notEqual(status("beyond-averaging", "untrained"), "supported");
  const adapted = changed<PhotographResult>(PHOTOGRAPHS, (result) => ({
    ...result,
    plain: result.behind.both,
    behind: { ...result.behind, votes: result.behind.untrained },
  }));
  for (const id of ["published-network-collapses", "exact-equivariance", "larger-canonicalizer-costs-less"]) {
    assert.notEqual(statusOn(adapted, id), "supported", id);
  }
});

Deno.test("fine-tuning: nothing speaks for the prior when runs without it stand in its place", () => {
  const results = changed<FinetuningResult>(FINETUNING, (result) => ({
    ...result,
    regimes: { ...result.regimes, cp: result.regimes.lc },
  }));
  assert.notEqual(statusOn(results, "prior-helps-fine-tuning"), "supported");
});

Deno.test("scenes: the gain is lost without the canonicalizer, and with it in the small one's place", () => {
  const status = (change: (result: SceneResult) => SceneResult) =>
    statusOn(changed(SCENES, change), "segmentation-zero-shot");
  assert.notEqual(status((result) => ({ ...result, large: result.frozen })), "supported");
  assert.notEqual(status((result) => ({ ...result, large: result.small })), "supported");
});

Deno.test("sizes: nothing speaks for the larger network with the small one, or none, in its place", () => {
  for (const place of ["small", "plain"] as const) {
    const results = changed<EnergyResult>(ENERGIES, (result) => ({
      ...result,
      large: { ...result[place], identity: result.large.identity },
      small: place === "plain" ? result.plain : result.small,
    }));
    assert.notEqual(statusOn(results, "larger-group-network-costs-less"), "supported", place);
  }
});

Deno.test("clouds: nothing speaks for the prior with frames without it, or none, in its place", () => {
  for (const runs of ["lc", "vanilla"] as const) {
    const id = "clouds-under-rotations";
    const status = statusWith(claim(id), { jobs, plan: planOf(id), study: CLOUDS, place: "cp", runs });
    assert.notEqual(status, "supported", runs);
  }
});
