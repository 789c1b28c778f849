/** Claims on the committed laptop results, with what makes them true taken out: runs, not made-up numbers. */
import assert from "node:assert/strict";
import { type JobRecord, judge, places, readGolden } from "../../../lib/harness/mod.ts";
import { recoveryClaim, satelliteClaim } from "../../../reproductions/2212.05596/_alignments.ts";
import { bandClaim } from "../../../reproductions/2212.05596/_band.ts";
import type { Unguarded } from "../../../reproductions/2212.05596/_findings.ts";
import { onePointClaim, spreadClaim } from "../../../reproductions/2212.05596/_shapes.ts";
import { agreementClaim, claims, halvesClaim, tideClaim } from "../../../reproductions/2212.05596/claims.ts";
import type { TrainingResult } from "../../../reproductions/2212.05596/experiments/training.ts";
import type { TruthsResult } from "../../../reproductions/2212.05596/experiments/truths.ts";
import { MODELS, TRUTHS } from "../../../reproductions/2212.05596/studies.ts";
import { record, records, resultsFrom } from "@refigure/refigure/testing";

const golden = await readGolden(places(), "2212.05596", "laptop");
const jobs: readonly JobRecord[] = golden?.jobs ?? [];
const all = resultsFrom(jobs);
/** Without the bar, below which an ablation may well be. */
const statusOf = (claim: Omit<Unguarded, "safeguards">, results = all) =>
  judge({ ...claim, safeguards: "" }, results).status;
const BARE = { statement: "", controls: "" };

function ablation(name: string, fn: () => void): void {
  const unless = golden === null ? " (skipped: needs the laptop results)" : "";
  Deno.test({ name: `on laptop runs, ${name}${unless}`, ignore: golden === null, fn });
}

ablation("orientations do not follow the simulation without edges, directions or tides", () => {
  for (const model of ["axisNoGraph", "axisScrambled", "axisNoTide"] as const) {
    const claim = agreementClaim("orientations", { ...BARE, model, detection: "every bin" });
    assert.equal(statusOf(claim), "contradicted", model);
  }
});

ablation("projected ellipticities do not follow it without edges", () => {
  const claim = agreementClaim("ellipticities", {
    ...BARE,
    model: "shapeNoGraph",
    detection: "all bins together",
  });
  assert.equal(statusOf(claim), "contradicted");
});

ablation("a model that is right on its training half only is found out", () => {
  const [{ runs: right }, { runs: wrong }] = MODELS.groups(all, ["axis", "axisNoGraph"]);
  const mixed = MODELS.jobs({ profile: "laptop" }, ["axis"]).map(({ config, seed }) => {
    const of = (runs: readonly { seed: number; result: TrainingResult }[]) =>
      runs.find((run) => run.seed === seed)!.result;
    return record(MODELS.experiment, {
      config,
      seed,
      result: { ...of(right), test: of(wrong).test },
    });
  });
  assert.equal(statusOf(halvesClaim("axis"), resultsFrom(mixed)), "contradicted");
});

ablation("the satellites' alignment does not go where the edges stay", () => {
  const claim = satelliteClaim("graph-carries-satellites", { ...BARE, model: "axis", without: "axis" });
  assert.equal(statusOf(claim), "contradicted");
});

ablation("the correlation between groups does not vanish where the tides stay", () => {
  assert.equal(statusOf(tideClaim({ model: "axis", without: "axisNoGraph" })), "contradicted");
});

ablation(
  "the regression has not the right distribution, and the generative model has not its collapse",
  () => {
    assert.equal(statusOf(onePointClaim("shapeRegression")), "contradicted");
    assert.equal(statusOf(spreadClaim("shape")), "contradicted");
  },
);

ablation("the planted alignment is not recovered without edges or directions", () => {
  for (const model of ["axisNoGraph", "axisScrambled"] as const) {
    assert.equal(statusOf(recoveryClaim(model)), "contradicted", model);
  }
});

ablation("the strong preset has neither the weak one's closed forms nor its place in the band", () => {
  const runs = (name: "strong" | "tng") => (seed: number) =>
    TRUTHS.group(all, name).runs.find((run) => run.seed === seed)!.result;
  const swapped = records(TRUTHS, {
    strong: (seed): TruthsResult => ({ ...runs("strong")(seed), closed: runs("tng")(seed).closed }),
    tng: runs("strong"),
  });
  const measured = jobs.filter(({ job }) => job.experiment === "measured");
  const results = resultsFrom([...swapped, ...measured]);
  assert.equal(statusOf(claims.find(({ id }) => id === "closed-forms")!, results), "contradicted");
  assert.equal(statusOf(bandClaim, results), "contradicted");
});
