import assert from "node:assert/strict";
import type { JobRecord } from "../../../lib/harness/mod.ts";
import type { FormsRow } from "../../../reproductions/2211.15420/experiments/forms.ts";
import type { Pattern } from "../../../reproductions/2211.15420/experiments/patterns.ts";
import type { TrivialResult } from "../../../reproductions/2211.15420/experiments/trivial.ts";
import paper from "../../../reproductions/2211.15420/mod.ts";
import {
  CARBON,
  CARBON_TRIVIAL,
  FORMS,
  GAPS,
  GAPS_TRIVIAL,
  LATTICES,
  LATTICES_TRIVIAL,
  PATTERNS,
  PEAKS,
  PEAKS_TRIVIAL,
  PEROVSKITE_TRIVIAL,
  PEROVSKITES,
  SIZES,
} from "../../../reproductions/2211.15420/studies/mod.ts";
import { claimTests, context, record, records, resultsFrom } from "@refigure/refigure/testing";

const { status, testEveryClaim } = claimTests(paper);

const SMOKE = { profile: "smoke" } as const;

// Identities: on the experiments' own results, then with something wrong in them.

const patterns = await PATTERNS.experiment.run(null, context(0));
const forms = await FORMS.experiment.run(FORMS.jobs(SMOKE)[0].config, context(0));

Deno.test("claim patterns holds, and fails with a broken pair, an open product or a wrong count", () => {
  const at = (change: (row: Pattern) => Partial<Pattern>) =>
    resultsFrom(records(PATTERNS, { all: () => patterns.map((row) => ({ ...row, ...change(row) })) }));
  assert.equal(status("patterns", at(() => ({}))), "supported");
  const only = (change: Partial<Pattern>) => ({ group }: Pattern) => group === "pcubic" ? change : {};
  assert.equal(status("patterns", at(only({ broken: 1 }))), "contradicted");
  assert.equal(status("patterns", at(only({ unclosed: 1 }))), "contradicted");
  // Colours tied to two, as those of the symmetric group.
  assert.equal(status("patterns", at(only({ colours: 2 }))), "contradicted");
});

Deno.test("claims on forms hold, and fail when an identity breaks or its test has no power", () => {
  const at = (change: (row: FormsRow) => Partial<FormsRow>) =>
    resultsFrom(records(FORMS, { all: () => forms.map((row) => ({ ...row, ...change(row) })) }));
  const only = (change: Partial<FormsRow>) => ({ group }: FormsRow) => group === "fcubic" ? change : {};
  for (const id of ["contains-message-passing", "invariant", "cheaper-forms"]) {
    assert.equal(status(id, at(() => ({}))), "supported", id);
  }
  assert.equal(status("contains-message-passing", at(only({ tied: 1e-3 }))), "contradicted");
  assert.equal(status("contains-message-passing", at(only({ untied: 0 }))), "contradicted");
  assert.equal(status("invariant", at(only({ renamed: 1e-2 }))), "contradicted");
  // Another group's renaming changes the output: so would this group's if its colours were another's.
  assert.equal(status("invariant", at(({ renamed }) => ({ renamedOutside: renamed }))), "contradicted");
  assert.equal(status("invariant", at(({ renamed }) => ({ renamedOneHot: renamed }))), "contradicted");
  assert.equal(status("cheaper-forms", at(only({ groupedDense: 1e-3 }))), "contradicted");
  assert.equal(status("cheaper-forms", at(only({ primitiveSupercell: 1e-3 }))), "contradicted");
});

// Claims on trainings: results at chosen errors, on the configurations and seeds of the laptop profile.

/** An error that differs a little from seed to seed. */
const near = (error: number) => (seed: number) => ({ test: error * (1 + 0.01 * (seed % 3)) });
const plain = (change: Partial<TrivialResult>) => () => ({
  mean: 0.56,
  median: 0.5,
  composition: 0.38,
  sites: 0.26,
  ...change,
});

Deno.test("claims on perovskites hold, and fail with the errors of a network without neighbours", () => {
  const at = (ecn: number, { cgcnn = 0.15, standIns = [] as string[] } = {}) =>
    resultsFrom([
      ...records(PEROVSKITES, { pcubic: near(ecn), cgcnn: near(cgcnn), cgcnnWide: near(cgcnn - 0.005) }),
      ...records(PEROVSKITE_TRIVIAL, { all: plain({}), full: plain({}) }),
    ], { standIns });
  for (
    const [id, bad, unlearned] of [
      ["perovskites-beat-ridge", 0.38, "contradicted"],
      ["perovskites-beat-full-ridge", 0.38, "contradicted"],
      ["competitive", 0.2, "not attempted"],
      ["competitive-at-equal-parameters", 0.2, "not attempted"],
    ] as const
  ) {
    assert.equal(status(id, at(0.14)), "supported", id);
    assert.equal(status(id, at(bad)), "contradicted", id);
    assert.equal(status(id, at(0.38)), unlearned, id);
    assert.equal(status(id, at(0.14, { standIns: ["perov-5/perovskites"] })), "not attempted", id);
  }
  for (const id of ["competitive", "competitive-at-equal-parameters"]) {
    assert.equal(status(id, at(0.14, { cgcnn: 0.3 })), "not attempted", id);
  }
});

Deno.test("claims on gaps and phonons hold, and fail where composition is better", () => {
  const gaps = (error: number) =>
    resultsFrom([
      ...records(GAPS, { pcubic: near(error) }),
      ...records(GAPS_TRIVIAL, { all: plain({ composition: 0.85 }) }),
    ]);
  assert.equal(status("gaps-beat-composition", gaps(0.6)), "supported");
  assert.equal(status("gaps-beat-composition", gaps(0.95)), "contradicted");
  const peaks = (error: number) =>
    resultsFrom([
      ...records(PEAKS, { pcubic: near(error) }),
      ...records(PEAKS_TRIVIAL, { all: plain({ composition: 173 }) }),
    ]);
  assert.equal(status("phonons-beat-composition", peaks(90)), "supported");
  assert.equal(status("phonons-beat-composition", peaks(180)), "contradicted");
});

Deno.test("claims on carbon hold, and fail with colours or structure taken out", () => {
  const at = (errors: Record<"set" | "pcubic" | "ptriclinic" | "isolated", number>) =>
    resultsFrom([
      ...records(CARBON, {
        set: near(errors.set),
        pcubic: near(errors.pcubic),
        ptriclinic: near(errors.ptriclinic),
        isolated: near(errors.isolated),
      }),
      ...records(CARBON_TRIVIAL, {
        all: (seed: number) => ({ ...plain({})(), mean: near(0.113)(seed).test }),
      }),
    ]);
  const good = { set: 0.055, pcubic: 0.053, ptriclinic: 0.05, isolated: 0.113 };
  for (const id of ["structure-not-composition", "groups-do-not-hurt", "groups-help"]) {
    assert.equal(status(id, at(good)), "supported", id);
  }
  assert.equal(status("structure-not-composition", at({ ...good, pcubic: 0.113 })), "contradicted");
  assert.equal(status("structure-not-composition", at({ ...good, isolated: 0.09 })), "contradicted");
  assert.equal(status("groups-do-not-hurt", at({ ...good, pcubic: 0.07 })), "contradicted");
  assert.equal(status("groups-help", at({ ...good, ptriclinic: 0.06 })), "contradicted");
  for (const id of ["groups-do-not-hurt", "groups-help"]) {
    assert.equal(status(id, at({ ...good, set: 0.1 })), "not attempted", id);
  }
});

Deno.test("claim own-group-helps holds, and fails when colours are tied", () => {
  const at = (own: number, mean = 0.5) =>
    resultsFrom([
      ...LATTICES.variants({ profile: "laptop" }).flatMap(({ config, role }, i): JobRecord[] => [
        record(LATTICES.experiment, { config, result: near(role === "own" ? own : 0.2)(i) }),
      ]),
      ...LATTICES_TRIVIAL.variants({ profile: "laptop" }).map(({ config }) =>
        record(LATTICES_TRIVIAL.experiment, { config, seed: 3, result: plain({ mean })() })
      ),
    ]);
  assert.equal(status("own-group-helps", at(0.15)), "supported");
  assert.equal(status("own-group-helps", at(0.2)), "inconclusive");
  assert.equal(status("own-group-helps", at(0.25)), "contradicted");
  assert.equal(status("own-group-helps", at(0.15, 0.22)), "not attempted", "no lattice is learned");
});

Deno.test("claims on sizes hold, and fail when more crystals or the network do not help", () => {
  const at = (power: number, ecn: number, mean = 0.56) =>
    resultsFrom([
      ...records(PEROVSKITE_TRIVIAL, { all: plain({ mean }) }),
      ...SIZES.variants({ profile: "laptop" }).flatMap(({ config, network, train }) =>
        [0, 1, 2].map((seed) =>
          record(SIZES.experiment, {
            config,
            seed,
            result: near((network === "CGCNN" ? 0.3 : ecn) * (train / 190) ** power)(seed),
          })
        )
      ),
    ]);
  assert.equal(status("error-falls", at(-0.3, 0.28)), "supported");
  assert.equal(status("error-falls", at(0.1, 0.28)), "contradicted");
  assert.equal(status("fewer-crystals", at(-0.3, 0.25)), "supported");
  assert.equal(status("fewer-crystals", at(-0.3, 0.33)), "contradicted");
  assert.equal(status("fewer-crystals", at(-0.3, 0.25, 0.35)), "not attempted");
});

testEveryClaim();
