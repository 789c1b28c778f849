import assert from "node:assert/strict";
import {
  familyOf,
  reported,
  REPORTED_METHODS,
  reportedColumn,
  reportedMean,
  reportedProvenance,
  rerunMeans,
} from "../../../reproductions/2305.18593/reported.ts";

const GLASS = { dataSet: "glass", method: "DTE-C" };

Deno.test("reported() gives the published cells", () => {
  assert.deepEqual(reported({ ...GLASS, setting: "semi" }, "auroc"), { mean: 92.42, std: 2.3 });
  assert.equal(reported({ setting: "unsup", dataSet: "wilt", method: "PCA" }, "auroc")?.mean, 23.94);
  assert.equal(REPORTED_METHODS.length, 26);
  assert.equal(reportedColumn({ setting: "semi", method: "KNN" }, "auroc").length, 57);
});

Deno.test("reportedMean() is the published means over 57 sets", () => {
  for (
    const [setting, method, expected] of [
      ["semi", "KNN", 80.86],
      ["semi", "DTE-NP", 81.49],
      ["semi", "DDPM", 77.92],
      ["unsup", "MCD", 74.80],
      ["unsup", "DTE-C", 72.76],
    ] as const
  ) {
    const mean = reportedMean(reportedColumn({ setting, method }, "auroc"), "auroc")!;
    assert.ok(Math.abs(mean - expected) < 0.006, `${setting} ${method}`);
  }
});

Deno.test("reported() has no unsupervised F1, as that table was not found", () => {
  assert.equal(reported({ ...GLASS, setting: "unsup" }, "f1"), undefined);
  assert.deepEqual(reportedColumn({ setting: "unsup", method: "KNN" }, "f1"), []);
  assert.equal(reportedMean([], "f1"), undefined);
  assert.match(reportedProvenance("unsup", "f1"), /not found/);
});

Deno.test("familyOf() knows every method and variant; a variant has its own column or none", () => {
  for (const method of REPORTED_METHODS) assert.ok(familyOf(method), method);
  assert.equal(familyOf("PlanarFlow released"), "deep");
  assert.equal(familyOf("DTE-NP grid"), "diffusion");
  const at = (method: string) => reported({ setting: "semi", dataSet: "glass", method }, "auroc");
  assert.deepEqual(at("PlanarFlow released"), at("PlanarFlow"));
  assert.equal(at("DTE-NP grid"), undefined);
});

Deno.test("rerunMeans() shows the independent re-run's collapse at 40 and 50 bins", () => {
  const means = rerunMeans("DTE-C");
  assert.deepEqual(means.map(({ count }) => count), [5, 10, 20, 40, 50]);
  assert.ok(means[2].mean - means[4].mean > 25);
});
