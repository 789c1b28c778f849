import assert from "node:assert/strict";
import { type CloudResult, clouds } from "../../../reproductions/2211.06489/experiments/clouds.ts";
import { digits } from "../../../reproductions/2211.06489/experiments/digits.ts";
import { particles } from "../../../reproductions/2211.06489/experiments/particles.ts";
import { shapeIou } from "../../../reproductions/2211.06489/experiments/parts.ts";
import paper from "../../../reproductions/2211.06489/mod.ts";
import { CLOUDS, DIGITS, PARTICLES, PARTS, TIMING } from "../../../reproductions/2211.06489/studies.ts";
import { claimTests, context, records, resultsFrom } from "@refigure/refigure/testing";

const { status, testEveryClaim } = claimTests(paper);

/** As many seeds as the first look of every claim needs; the laptop profile itself has fewer. */
const PLAN = { profile: "laptop", seeds: 4 } as const;

/** Made-up results of a study. */
const made: typeof records = (study, values) => records(study, values, PLAN);
const resultsOf = (jobs: ReturnType<typeof records>) => resultsFrom(jobs, { plan: PLAN });

/** A little that differs from seed to seed. */
const noise = (seed: number) => 0.1 * Math.sin(7 * seed + 1);

type Errors = Partial<Record<"cnn" | "augmented" | "group" | "frozen" | "pca" | "c4" | "c64", number>>;

const digitResults = (
  errors: Errors,
  changes: { readonly canonical?: number; readonly plain?: number } = {},
) => {
  const { canonical = 0, plain = 25 } = changes;
  return resultsOf(made(
    DIGITS,
    Object.fromEntries(
      Object.entries(errors).map(([name, error]) => [
        name,
        (seed: number) => ({
          error: error + noise(seed),
          quarterChanges: name === "cnn" ? plain : canonical,
        }),
      ]),
    ),
  ));
};

Deno.test("claims on digits hold by their margins, and fall without them", () => {
  for (
    const [id, good, bad] of [
      ["learned-beats-plain", { c4: 10, cnn: 13 }, { c4: 12.5, cnn: 13 }],
      ["learned-beats-frozen", { c4: 10, frozen: 12 }, { c4: 12, frozen: 10 }],
      ["learned-beats-pca", { c4: 10, pca: 12 }, { c4: 12, pca: 10 }],
      ["finer-is-better", { c64: 9, c4: 10 }, { c64: 11, c4: 10 }],
      ["as-good-as-group-cnn", { c4: 10, group: 9 }, { c4: 15, group: 9 }],
      ["beyond-augmentation", { c64: 9, augmented: 11 }, { c64: 11, augmented: 9 }],
    ] as const
  ) {
    assert.equal(status(id, digitResults(good)), "supported", id);
    assert.equal(status(id, digitResults(bad)), "contradicted", id);
  }
  assert.equal(status("learned-beats-plain", digitResults({ c4: 60, cnn: 90 })), "not attempted");
  const all = { c4: 10, frozen: 10, cnn: 12 };
  assert.equal(status("exact-invariance", digitResults(all)), "supported");
  assert.equal(status("exact-invariance", digitResults(all, { canonical: 0.05 })), "contradicted");
  assert.equal(status("exact-invariance", digitResults(all, { plain: 0 })), "inconclusive");
});

const particleResults = (errors: Record<string, number>) =>
  resultsOf(made(
    PARTICLES,
    Object.fromEntries(
      Object.entries({ linear: 0.1, ...errors }).map(([name, error]) => [
        name,
        (seed: number) => ({ error: error * (1 + 0.1 * noise(seed)) }),
      ]),
    ),
  ));

Deno.test("claims on particles hold by factors, and fall without them", () => {
  for (
    const [id, other] of [
      ["frame-beats-plain", "gnn"],
      ["learned-frame-beats-frozen", "frozen"],
      ["learned-frame-beats-pca", "pca"],
      ["learned-frame-beats-egnn", "egnn"],
    ]
  ) {
    assert.equal(status(id, particleResults({ learned: 0.02, [other]: 0.03 })), "supported", id);
    assert.equal(status(id, particleResults({ learned: 0.03, [other]: 0.02 })), "contradicted", id);
    assert.equal(status(id, particleResults({ learned: 0.2, [other]: 0.3 })), "not attempted", id);
  }
  for (const [egnn, gnn, wanted] of [[0.02, 0.03, "supported"], [0.03, 0.02, "contradicted"]] as const) {
    assert.equal(status("equivariant-beats-plain", particleResults({ egnn, gnn })), wanted);
  }
  const all = {
    gnn: 0.03,
    augmented: 0.03,
    egnn: 0.03,
    frozen: 0.03,
    pca: 0.03,
    average: 0.03,
    learned: 0.03,
  };
  for (const [straight, wanted] of [[0.1, "supported"], [0.02, "contradicted"]] as const) {
    assert.equal(status("better-than-straight-on", particleResults({ ...all, straight })), wanted);
  }
  assert.equal(status("competitive-with-egnn", particleResults({ learned: 0.021, egnn: 0.02 })), "supported");
  assert.equal(
    status("competitive-with-egnn", particleResults({ learned: 0.03, egnn: 0.02 })),
    "contradicted",
  );
});

const cloudResults = (of: Record<string, Partial<CloudResult>>) =>
  resultsOf(made(
    CLOUDS,
    Object.fromEntries(
      Object.entries({ histograms: { turned: 50 }, ...of }).map(([name, result]) => [
        name,
        (seed: number) => ({ changes: 0, ...result, turned: (result.turned ?? 0) + noise(seed) }),
      ]),
    ),
  ));

Deno.test("claims on clouds hold by their margins, and fall without them", () => {
  for (
    const [id, plain, learned] of [
      ["pointnet-under-rotations", "pointNet", "learnedPointNet"],
      ["dgcnn-under-rotations", "dgcnn", "learnedDgcnn"],
    ]
  ) {
    const at = (turned: number, kept: number, { changes = 0, upright = 80 } = {}) =>
      cloudResults({ [plain]: { upright, turned }, [learned]: { turned: kept, changes } });
    assert.equal(status(id, at(20, 70)), "supported");
    assert.equal(status(id, at(65, 70)), "contradicted", "does not fall");
    assert.equal(status(id, at(5, 40)), "contradicted", "below the histograms");
    assert.equal(status(id, at(20, 70, { changes: 5 })), "contradicted", "not invariant");
    assert.equal(status(id, at(20, 70, { upright: 40 })), "not attempted");
  }
  for (
    const [id, other] of [["learned-cloud-frame", "frozenPointNet"], [
      "competitive-with-vector-neurons",
      "vnPointNet",
    ]]
  ) {
    const at = (own: number, theirs: number) =>
      cloudResults({ learnedPointNet: { turned: own }, [other]: { turned: theirs } });
    assert.equal(status(id, at(70, 65)), "supported");
    assert.equal(status(id, at(60, 65)), "contradicted");
    assert.equal(status(id, at(70, 45)), "not attempted", "below the histograms");
  }
  const poses = (turned: number) =>
    cloudResults({ learnedPointNet: { turned: 70 }, learnedPointNetTurned: { turned } });
  assert.equal(status("same-in-all-poses", poses(70.5)), "supported");
  assert.equal(status("same-in-all-poses", poses(75)), "contradicted");
  for (
    const [id, first, second] of [
      ["learned-part-frame", "learned", "frozen"],
      ["learned-part-frame-dgcnn", "learnedDgcnn", "frozenDgcnn"],
      ["parts-against-vn-pointnet", "learned", "vnPointNet"],
      ["parts-against-vn-dgcnn", "vnDgcnn", "learnedDgcnn"],
    ]
  ) {
    const labelled = (own: number, other: number, majority = 30) =>
      resultsOf(made(PARTS, {
        majority: () => ({ turned: majority }),
        [first]: (seed: number) => ({ turned: own + noise(seed) }),
        [second]: (seed: number) => ({ turned: other - noise(seed) }),
      }));
    assert.equal(status(id, labelled(70, 67)), "supported", id);
    assert.equal(status(id, labelled(60, 68)), "contradicted", id);
    assert.equal(status(id, labelled(70, 67, 69)), "not attempted", id);
  }
});

Deno.test("claims on times hold where time does not grow, and fall where it does", () => {
  const timed = (ours: number[], group: number[], ratio = 0.5) => {
    const of = (values: number[]) => ({
      milliseconds: values.map((value) => ({ median: value, least: value })),
    });
    return resultsOf(made(TIMING, {
      digits: () => of([...ours, ...group]),
      clouds: () => of([ratio, 1, ratio, 1]),
      particles: () => of([ratio, 1, 2, 1]),
    }));
  };
  const [flat, steep] = [[1, 1, 1.1, 1.2], [2, 3, 5, 9]];
  assert.equal(status("time-does-not-grow-with-order", timed(flat, steep)), "supported");
  assert.equal(status("time-does-not-grow-with-order", timed(steep, steep)), "contradicted");
  assert.equal(status("time-does-not-grow-with-order", timed(flat, flat)), "contradicted");
  assert.equal(status("faster-than-equivariant", timed(flat, steep)), "supported");
  assert.equal(status("faster-than-equivariant", timed(flat, steep, 1.5)), "contradicted");
});

// The ingredients in real runs, on stand-in data.

const SMOKE = { profile: "smoke" } as const;

Deno.test("trained for real: labels of digits stay put behind the canonicalizer only", async () => {
  const run = async (name: "c4" | "cnn") => {
    const [{ config }] = DIGITS.jobs(SMOKE, [name]);
    return await digits.run({ ...config, epochs: 8, width: 4 }, context(1));
  };
  const [canonical, plain] = [await run("c4"), await run("cnn")];
  assert.equal(canonical.quarterChanges, 0);
  assert.ok(plain.quarterChanges > 1, `${plain.quarterChanges}`);
});

Deno.test("trained for real: predictions of particles turn along behind frames, but not with the authors' axis", async () => {
  const run = async (name: "learned" | "frozen" | "pca" | "gnn" | "egnn" | "authors") => {
    const [{ config }] = PARTICLES.jobs(SMOKE, [name]);
    return (await particles.run(config, context(1))).gap;
  };
  for (const name of ["learned", "frozen", "egnn"] as const) assert.ok(await run(name) < 0.02, name);
  for (const name of ["gnn", "authors"] as const) assert.ok(await run(name) > 0.1, name);
});

Deno.test("trained for real: labels of clouds stay put behind a frame only", async () => {
  const run = async (name: "learnedPointNet" | "pointNet") => {
    const [{ config }] = CLOUDS.jobs(SMOKE, [name]);
    return (await clouds.run({ ...config, epochs: 6 }, context(1))).changes;
  };
  assert.ok(await run("learnedPointNet") <= 1);
  assert.ok(await run("pointNet") > 10);
});

Deno.test("shapeIou() counts a part that neither is nor is found as 1", () => {
  // Part 0: 2 of 3; part 1: 1 of 2; part 2: absent.
  assert.ok(Math.abs(shapeIou([0, 0, 0, 1], [0, 0, 1, 1], 3) - (2 / 3 + 1 / 2 + 1) / 3) < 1e-12);
});

testEveryClaim();
