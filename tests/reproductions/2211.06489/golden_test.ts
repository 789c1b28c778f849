import assert from "node:assert/strict";
import {
  allRecords,
  jobId,
  type Json,
  judge,
  places,
  type Plan,
  readDecided,
  readGolden,
  type Variants,
} from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2211.06489/mod.ts";
import { CLOUDS, DIGITS, PARTICLES, PARTS } from "../../../reproductions/2211.06489/studies.ts";
import {
  records,
  resultsFrom,
  statusWith,
  type StatusWithOptions,
  testPaper,
} from "@refigure/refigure/testing";

testPaper(paper);

const decided = (await readDecided(places(), paper.id))!;
const jobs = [...allRecords((await readGolden(places(), paper.id, "laptop"))!, decided).values()];
const claim = (id: string) => paper.claims.find((each) => each.id === id)!;

/** Under what a claim is judged: the largest evidence there is. */
const planOf = (id: string): Plan =>
  decided.claims.find((each) => each.id === id)?.plan ?? { profile: "laptop", seeds: 3 };

/** A claim's status with one variant's runs in another's place. */
const statusOf = <C extends Json, R extends Json, V extends Variants<C>>(
  id: string,
  swap: Omit<StatusWithOptions<C, R, V>, "jobs" | "plan">,
) => statusWith(claim(id), { ...swap, jobs, plan: planOf(id) });

// The ingredient is taken out by runs on the same data: the canonicalizer stays as it was drawn, gives way to
// principal axes, to random frames (a network that is trained on inputs in random poses), or to nothing.

Deno.test("digits: no verdict in favour of the learned canonicalizer survives without it", () => {
  const status = (id: string, runs: "frozen" | "pca" | "augmented" | "cnn") =>
    statusOf(id, { study: DIGITS, place: "c4", runs });
  for (const runs of ["frozen", "augmented", "cnn"] as const) {
    for (const id of ["learned-beats-frozen", "learned-beats-pca"]) {
      assert.notEqual(status(id, runs), "supported", `${id} with ${runs}`);
    }
  }
  // What beats the plain network is the canonicalizer: one that has not learned does, too (README).
  assert.notEqual(status("learned-beats-plain", "augmented"), "supported");
  assert.equal(status("learned-beats-plain", "cnn"), "contradicted");
  // Invariance needs an equivariant canonicalizer, learned or not: principal axes leave half turns open.
  for (const runs of ["pca", "augmented", "cnn"] as const) {
    assert.equal(status("exact-invariance", runs), "contradicted", runs);
  }
  assert.equal(status("exact-invariance", "frozen"), "supported");
  for (const runs of ["c4", "augmented"] as const) {
    const finer = statusOf("finer-is-better", { study: DIGITS, place: "c64", runs });
    assert.notEqual(finer, "supported", runs);
  }
  const beyond = statusOf("beyond-augmentation", { study: DIGITS, place: "c64", runs: "frozen" });
  assert.notEqual(beyond, "supported");
});

Deno.test("particles: no verdict in favour of the learned frame survives without it", () => {
  const status = (
    id: string,
    runs: "frozen" | "pca" | "gnn" | "authors",
    place: "learned" | "egnn" = "learned",
  ) => statusOf(id, { study: PARTICLES, place, runs });
  assert.notEqual(status("frame-beats-plain", "gnn"), "supported");
  assert.notEqual(status("learned-frame-beats-frozen", "frozen"), "supported");
  assert.notEqual(status("learned-frame-beats-pca", "pca"), "supported");
  for (const runs of ["frozen", "gnn", "authors"] as const) {
    for (const id of ["competitive-with-egnn", "learned-frame-beats-egnn"]) {
      assert.notEqual(status(id, runs), "supported", `${id} with ${runs}`);
    }
  }
  for (const runs of ["frozen", "gnn"] as const) {
    assert.notEqual(status("equivariant-beats-plain", runs, "egnn"), "supported", runs);
  }
});

Deno.test("particles: a network that predicts no motion is not better than going straight on", () => {
  const plan = { profile: "laptop" } as const;
  const { error, movedError } = PARTICLES.result(resultsFrom(jobs), "still");
  const place = new Set(PARTICLES.jobs(plan, ["gnn"]).map(jobId));
  const still = records(PARTICLES, { gnn: () => ({ error, movedError }) });
  const without = resultsFrom([...jobs.filter(({ job }) => !place.has(jobId(job))), ...still]);
  // It has not learned, so nothing is judged.
  assert.equal(judge(claim("better-than-straight-on"), without).status, "not attempted");
});

// Without the frame accuracy in all poses falls below that of the histograms: nothing is then judged.

Deno.test("clouds: accuracy in all poses is lost with the frame, and with random frames", () => {
  for (const runs of ["pointNet", "pointNetTurned"] as const) {
    for (
      const id of [
        "pointnet-under-rotations",
        "learned-cloud-frame",
        "same-in-all-poses",
        "competitive-with-vector-neurons",
      ]
    ) {
      const status = statusOf(id, { study: CLOUDS, place: "learnedPointNet", runs });
      assert.notEqual(status, "supported", `${id} with ${runs}`);
    }
  }
  for (const [place, runs] of [["learnedPointNet", "pointNet"], ["learnedDgcnn", "dgcnn"]] as const) {
    const id = place === "learnedDgcnn" ? "dgcnn-under-rotations" : "pointnet-under-rotations";
    assert.equal(statusOf(id, { study: CLOUDS, place, runs }), "contradicted", id);
  }
});

Deno.test("parts: labels in all poses are lost with the frame, or with vector neurons", () => {
  for (
    const [id, place, runs] of [
      ["learned-part-frame", "learned", "plain"],
      ["parts-against-vn-pointnet", "learned", "plain"],
      ["learned-part-frame-dgcnn", "learnedDgcnn", "dgcnn"],
      ["parts-against-vn-dgcnn", "vnDgcnn", "dgcnn"],
    ] as const
  ) {
    assert.notEqual(statusOf(id, { study: PARTS, place, runs }), "supported", id);
  }
});
