/** What comparisons and tables are made from: means over data sets of a family, power of comparisons. */
import assert from "node:assert/strict";
import { allRecords, resultsFrom } from "@refigure/refigure/testing";
import { comparisonClaims } from "../../../reproductions/2305.18593/claims/comparisons.ts";
import { familyOutcomes } from "../../../reproductions/2305.18593/outcomes.ts";
import { computePower, POWER_SIZES, powersOf } from "../../../reproductions/2305.18593/power.ts";
import { EMBEDDINGS } from "../../../reproductions/2305.18593/studies.ts";

/** With all data sets. */
const FULL = { profile: "paper" } as const;

const scores = (auroc: number) => ({ auroc, aupr: auroc, f1: auroc });

Deno.test("a family's outcome is the mean over its sets, seed by seed", () => {
  const found = familyOutcomes(resultsFrom(
    allRecords(EMBEDDINGS, ({ set, config: { methods } }, seed) =>
      Object.fromEntries(
        methods.map((method) => [method, scores((set.name.endsWith("bottle") ? 15 : 0) + seed)]),
      ), FULL),
    { plan: FULL },
  ));
  const knn = found.find(({ dataSet, method, setting }) =>
    dataSet === "MVTec-AD" && method === "KNN" && setting === "semi"
  )!;
  assert.deepEqual(knn.sets, { here: 15, all: 15 });
  assert.deepEqual(knn.scores.map(({ auroc }) => auroc), [1, 2, 3, 4, 7]);
});

Deno.test("power.json holds what the bootstrap of the reported tables gives", () => {
  for (const { id, question } of comparisonClaims) {
    const stored = powersOf(id);
    assert.deepEqual(stored.map(({ sets }) => sets), POWER_SIZES, id);
    assert.deepEqual(computePower(question, 5), stored[0], id);
  }
  // More data sets decide more: where there is an effect, power grows.
  const grows = powersOf("dte-c-vs-ddpm-semi").map(({ supported }) => supported);
  assert.deepEqual(grows, grows.toSorted((a, b) => a - b));
});
