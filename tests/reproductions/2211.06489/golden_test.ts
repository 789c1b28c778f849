import assert from "node:assert/strict";
import { places, readGolden } from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2211.06489/mod.ts";
import { CLOUDS, DIGITS, PARTICLES, PARTS } from "../../../reproductions/2211.06489/studies.ts";
import { statusWith, testPaper } from "../_paper.ts";

testPaper(paper);

const { jobs } = (await readGolden(places(), paper.id, "laptop"))!;
const claim = (id: string) => paper.claims.find((each) => each.id === id)!;

// The ingredient is taken out by runs on the same data: the canonicalizer stays as it was drawn, gives way to
// principal axes, to random frames (a network that is trained on inputs in random poses), or to nothing.

Deno.test("digits: no verdict in favour of the learned canonicalizer survives without it", () => {
  const status = (id: string, runs: "frozen" | "pca" | "augmented" | "cnn") =>
    statusWith(claim(id), { jobs, study: DIGITS, place: "c4", runs });
  for (const runs of ["frozen", "augmented", "cnn"] as const) {
    for (const id of ["learned-beats-plain", "learned-beats-frozen", "learned-beats-pca"]) {
      assert.notEqual(status(id, runs), "supported", `${id} with ${runs}`);
    }
  }
  assert.equal(status("learned-beats-plain", "cnn"), "contradicted");
  // Invariance needs an equivariant canonicalizer, learned or not: principal axes leave half turns open.
  for (const runs of ["pca", "augmented", "cnn"] as const) {
    assert.equal(status("exact-invariance", runs), "contradicted", runs);
  }
  assert.equal(status("exact-invariance", "frozen"), "supported");
  for (const runs of ["c4", "augmented"] as const) {
    const finer = statusWith(claim("finer-is-better"), { jobs, study: DIGITS, place: "c64", runs });
    assert.notEqual(finer, "supported", runs);
  }
  const beyond = { jobs, study: DIGITS, place: "c64", runs: "frozen" } as const;
  assert.notEqual(statusWith(claim("beyond-augmentation"), beyond), "supported");
});

Deno.test("particles: no verdict in favour of the learned frame survives without it", () => {
  const status = (id: string, runs: "frozen" | "pca" | "gnn" | "authors") =>
    statusWith(claim(id), { jobs, study: PARTICLES, place: "learned", runs });
  assert.notEqual(status("frame-beats-plain", "gnn"), "supported");
  assert.notEqual(status("learned-frame-beats-frozen", "frozen"), "supported");
  assert.notEqual(status("learned-frame-beats-pca", "pca"), "supported");
  for (const runs of ["frozen", "gnn", "authors"] as const) {
    assert.notEqual(status("competitive-with-egnn", runs), "supported", runs);
  }
});

Deno.test("clouds: accuracy in all poses is lost with the frame, and with random frames", () => {
  for (const runs of ["pointNet", "pointNetTurned"] as const) {
    for (const id of ["pointnet-under-rotations", "learned-cloud-frame"]) {
      const without = { jobs, study: CLOUDS, place: "learnedPointNet", runs } as const;
      assert.equal(statusWith(claim(id), without), "contradicted", `${id} with ${runs}`);
    }
  }
  const plain = { jobs, study: CLOUDS, place: "learnedDgcnn", runs: "dgcnn" } as const;
  assert.equal(statusWith(claim("dgcnn-under-rotations"), plain), "contradicted");
});

Deno.test("parts: labels in all poses are lost with the frame", () => {
  const plain = { jobs, study: PARTS, place: "learned", runs: "plain" } as const;
  assert.equal(statusWith(claim("learned-part-frame"), plain), "contradicted");
});
