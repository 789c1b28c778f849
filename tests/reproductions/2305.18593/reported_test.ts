import assert from "node:assert/strict";
import {
  reported,
  REPORTED_METHODS,
  reportedDataSets,
  reportedProvenance,
  rerunMeans,
} from "../../../reproductions/2305.18593/reported.ts";
import { mean } from "../../../lib/stats/mod.ts";

const mean57 = (setting: "semi" | "unsup", method: string) =>
  mean(
    reportedDataSets(setting, "auroc").map((dataSet) =>
      reported(setting, "auroc", { dataSet, method })!.mean
    ),
  );

Deno.test("reported() gives the published cells", () => {
  assert.deepEqual(reported("semi", "auroc", { dataSet: "glass", method: "DTE-C" }), {
    mean: 92.42,
    std: 2.3,
  });
  assert.equal(reported("unsup", "auroc", { dataSet: "wilt", method: "PCA" })?.mean, 23.94);
  assert.equal(REPORTED_METHODS.length, 26);
  assert.equal(reportedDataSets("semi", "auroc").length, 57);
});

Deno.test("reported() averages to the published means over 57 sets", () => {
  for (
    const [setting, method, expected] of [
      ["semi", "KNN", 80.86],
      ["semi", "DTE-NP", 81.49],
      ["semi", "DDPM", 77.92],
      ["unsup", "MCD", 74.80],
      ["unsup", "DTE-C", 72.76],
    ] as const
  ) assert.ok(Math.abs(mean57(setting, method) - expected) < 0.006, `${setting} ${method}`);
});

Deno.test("reported() has no unsupervised F1, as that table was not found", () => {
  assert.equal(reported("unsup", "f1", { dataSet: "glass", method: "KNN" }), undefined);
  assert.deepEqual(reportedDataSets("unsup", "f1"), []);
  assert.equal(reportedProvenance("unsup", "f1"), undefined);
});

Deno.test("rerunMeans() shows the independent re-run's collapse at 40 and 50 bins", () => {
  const means = rerunMeans("DTE-C");
  assert.deepEqual(means.map(({ count }) => count), [5, 10, 20, 40, 50]);
  assert.ok(means[2].mean - means[4].mean > 25);
});
