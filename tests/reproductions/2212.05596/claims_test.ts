import assert from "node:assert/strict";
import { NoResults, type Results } from "../../../lib/harness/mod.ts";
import { bandAt } from "../../../reproductions/2212.05596/_band.ts";
import type { MeasuredResult } from "../../../reproductions/2212.05596/experiments/measured.ts";
import paper from "../../../reproductions/2212.05596/mod.ts";
import { MEASURED, MODELS, TRUTHS } from "../../../reproductions/2212.05596/studies.ts";
import { claimTests, context, records, resultsFrom } from "@refigure/refigure/testing";
import { resultOf } from "./_makers.ts";

const { status, testEveryClaim } = claimTests(paper);

/** Results with each variant as a model of that quality would give them. */
function withModels(
  values: Partial<Record<"axis" | "axisNoGraph" | "axisNoTide" | "axisScrambled", object>>,
): Results {
  return resultsFrom([
    ...records(
      MODELS,
      Object.fromEntries(
        Object.entries(values).map(([name, flaw]) => [name, resultOf("axis", flaw)]),
      ),
    ),
    ...records(TRUTHS, { strong: () => ({ closed: { satellite: 0.299609, central: 0.637651 } }) }),
  ]);
}

const withShapes = (name: "shape" | "shapeRegression", flaw: object) =>
  resultsFrom(records(MODELS, { [name]: resultOf("ellipticity", flaw) }));

const NONE = {},
  LOST = { lost: "all" },
  NO_SATELLITES = { lost: "satellite" },
  NO_CENTRALS = { lost: "central" },
  /** Learned, but of no use for galaxies that the model was not trained on. */
  LOST_ON_TEST = { lost: "all", only: "test" };

Deno.test("claim orientations holds for the true law, and fails without any alignment or without the satellites'", () => {
  assert.equal(status("orientations", withModels({ axis: NONE })), "supported");
  assert.equal(status("orientations", withModels({ axis: LOST_ON_TEST })), "contradicted");
  assert.equal(
    status("orientations", withModels({ axis: { lost: "satellite", only: "test" } })),
    "contradicted",
  );
});

Deno.test("claim ellipticities holds for the true law, and fails for shapes of other galaxies", () => {
  assert.equal(status("ellipticities", withShapes("shape", NONE)), "supported");
  const found = status("ellipticities", withShapes("shape", LOST_ON_TEST));
  assert.ok(found === "contradicted" || found === "inconclusive", found);
});

Deno.test("claim no-memorising holds for the true law, and fails for a model that is right on one half only", () => {
  assert.equal(status("no-memorising", withModels({ axis: NONE })), "supported");
  assert.equal(status("no-memorising", withModels({ axis: { lost: "all", only: "test" } })), "contradicted");
});

Deno.test("claims about the graph hold where only satellites lose their alignment, and fail where nothing is lost", () => {
  for (
    const [id, name] of [
      ["graph-carries-satellites", "axisNoGraph"],
      ["directions-carry-satellites", "axisScrambled"],
    ] as const
  ) {
    assert.equal(status(id, withModels({ axis: NONE, [name]: NO_SATELLITES })), "supported");
    assert.equal(status(id, withModels({ axis: NONE, [name]: NONE })), "contradicted");
    // Everything lost: not what the claim says, either.
    assert.equal(status(id, withModels({ axis: NONE, [name]: LOST })), "inconclusive");
  }
});

Deno.test("claim tide-carries-large-scales holds where all alignment is lost, and fails where it stays", () => {
  const id = "tide-carries-large-scales";
  assert.equal(status(id, withModels({ axis: NONE, axisNoTide: { lost: "all" } })), "supported");
  assert.equal(status(id, withModels({ axis: NONE, axisNoTide: NONE })), "contradicted");
  assert.equal(
    status(id, withModels({ axis: { lost: "central", only: "test" }, axisNoTide: LOST })),
    "inconclusive",
  );
});

Deno.test("claim one-point holds for the true law, and fails for shapes that are too round", () => {
  assert.equal(status("one-point", withShapes("shape", NONE)), "supported");
  assert.equal(status("one-point", withShapes("shape", { spread: 0.7 })), "contradicted");
});

Deno.test("claim regression-collapses holds for shapes that are too round, and fails for the true law", () => {
  assert.equal(status("regression-collapses", withShapes("shapeRegression", { spread: 0.4 })), "supported");
  assert.equal(status("regression-collapses", withShapes("shapeRegression", NONE)), "contradicted");
});

Deno.test("claim recovered-alignment holds for the true law, and fails without the satellites' alignment", () => {
  assert.equal(status("recovered-alignment", withModels({ axis: NONE })), "supported");
  assert.equal(status("recovered-alignment", withModels({ axis: NO_SATELLITES })), "contradicted");
});

const [job] = TRUTHS.jobs({ profile: "laptop", seeds: 1 }, ["strong"]);
const truth = await TRUTHS.experiment.run(
  { ...job.config, catalogue: { ...job.config.catalogue, mesh: 32 } },
  context(0),
);

Deno.test("claim closed-forms holds for a catalogue, and fails when the alignment is another", () => {
  const at = (satellite: number) =>
    resultsFrom(records(TRUTHS, { strong: () => ({ ...truth, closed: { ...truth.closed, satellite } }) }));
  assert.equal(status("closed-forms", at(truth.closed.satellite)), "supported");
  assert.equal(status("closed-forms", at(2 / 3 * 0.36)), "contradicted");
});

/** A band that is `low` to `high` at all separations. */
const measuredBand = (low: number, high: number): MeasuredResult =>
  [9.5, 10.5].map((logStellarMass, k) => ({
    logStellarMass,
    separation: [0.1, 1],
    value: Array(2).fill([low, high][k]),
    error: [0.001, 0.001],
  }));

Deno.test("claim weak-preset-in-band holds for a catalogue inside the band, and fails below, above or unaligned", () => {
  const id = "weak-preset-in-band";
  const { omega } = truth, { truth: curve, shuffled } = omega.curves;
  const inBand = (low: number, high: number, values = curve.value, seeds = 2) =>
    resultsFrom([
      ...records(TRUTHS, {
        tng: () => ({
          omega: { ...omega, curves: { truth: { ...curve, value: values } } },
        }),
      }, { profile: "laptop", seeds }),
      ...records(MEASURED, { all: () => measuredBand(low, high) }),
    ]);
  // Of the strong preset at 0.1 to 0.84 Mpc/h: about 0.16 to 0.03.
  assert.equal(status(id, inBand(0, 0.4)), "supported");
  assert.equal(status(id, inBand(0.2, 0.4)), "contradicted");
  assert.equal(status(id, inBand(-0.4, 0)), "contradicted");
  assert.notEqual(status(id, inBand(0.01, 0.4, shuffled.value)), "supported");
  assert.equal(status(id, inBand(0, 0.4, curve.value, 1)), "inconclusive");
  assert.equal(status(id, resultsFrom(records(TRUTHS, { tng: () => ({ omega }) }))), "not attempted");
});

Deno.test("bandAt() interpolates in the logarithm, and finds the outer curves", () => {
  const samples = [3, 1, 2].map((factor) => ({
    logStellarMass: 10,
    separation: [0.1, 1, 10],
    value: [3 * factor, factor, 0],
    error: [0.3 * factor, 0.1 * factor, 0.1],
  }));
  const { low, high } = bandAt(samples, Math.sqrt(0.1));
  assert.ok(Math.abs(low.value - 2) < 1e-12 && Math.abs(low.error - 0.2) < 1e-12);
  assert.ok(Math.abs(high.value - 6) < 1e-12 && Math.abs(high.error - 0.6) < 1e-12);
  assert.throws(() => bandAt(samples, 0.05), NoResults);
  assert.throws(() => bandAt(samples, 20), NoResults);
});

Deno.test("no claim is attempted with a model that did not learn", () => {
  for (const flaw of [LOST, NO_SATELLITES, NO_CENTRALS]) {
    const results = withModels({ axis: flaw, axisNoGraph: NONE, axisScrambled: NONE, axisNoTide: NONE });
    for (
      const id of [
        "orientations",
        "no-memorising",
        "graph-carries-satellites",
        "directions-carry-satellites",
        "tide-carries-large-scales",
      ]
    ) assert.equal(status(id, results), "not attempted", id);
  }
  for (const id of ["ellipticities", "one-point"]) {
    assert.equal(status(id, withShapes("shape", LOST)), "not attempted", id);
  }
  assert.equal(status("regression-collapses", withShapes("shapeRegression", LOST)), "not attempted");
});

Deno.test("one seed decides nothing", () => {
  const one = resultsFrom(
    records(MODELS, { axis: resultOf("axis") }, { profile: "laptop", seeds: 1 }),
    { plan: { profile: "laptop", seeds: 1 } },
  );
  assert.equal(status("orientations", one), "inconclusive");
});

testEveryClaim();
