import assert from "node:assert/strict";
import { type JobRecord, judge } from "../../../lib/harness/mod.ts";
import type { Setting } from "../../../reproductions/2305.18593/experiments/_evaluation.ts";
import type { NetworkMethod } from "../../../reproductions/2305.18593/experiments/networks.ts";
import paper from "../../../reproductions/2305.18593/mod.ts";
import { reported } from "../../../reproductions/2305.18593/reported.ts";
import {
  BINS,
  CLASSICAL,
  NEIGHBOURS,
  NETWORKS,
  POSTERIOR,
  TIME_PREDICTION,
  TIMING,
} from "../../../reproductions/2305.18593/studies.ts";
import { allRecords, claimTests, resultsFrom } from "../_paper.ts";

const { status, testEveryClaim } = claimTests(paper);

const scores = (auroc: number) => ({ auroc, aupr: auroc, f1: auroc });

/** Training-free results under a setting, on the data sets and seeds of the laptop profile. */
const classicalAt = (
  setting: Setting,
  auroc: (run: { readonly method: string; readonly dataSet: string; readonly seed: number }) => number,
): JobRecord[] =>
  allRecords(
    CLASSICAL.where(({ config }) => config.setting === setting),
    ({ set, config: { methods } }, seed) =>
      Object.fromEntries(
        methods.map((method) => [method, scores(auroc({ method, dataSet: set.reportedName, seed }))]),
      ),
  );

/** Network results under a setting, of the methods that are named. */
const networksAt = (
  setting: Setting,
  auroc: Partial<Record<NetworkMethod, (run: { readonly dataSet: string; readonly seed: number }) => number>>,
): JobRecord[] =>
  allRecords(
    NETWORKS.where(({ config }) => config.setting === setting && config.method in auroc),
    ({ set, config: { method } }, seed) => scores(auroc[method]!({ dataSet: set.reportedName, seed })),
  );

/** The reported mean. */
const printed = (setting: Setting, method: string, dataSet: string) =>
  reported({ setting, method, dataSet }, "auroc")?.mean ?? 60;

/** Reported means, with seeds that have the reported standard deviation around them, plus a shift. */
const reportedClassical = (setting: Setting, { shift = 0, spread = 1 } = {}) =>
  classicalAt(setting, ({ method, dataSet, seed }) => {
    // Five values with mean 0 and standard deviation 1 (ddof 1).
    const at = (setting === "unsup" ? [0, 1, 2, 3, 4] : [0, 1, 2, 3, 6]).indexOf(seed);
    const offset = at < 0 ? 0 : (at - 2) / Math.sqrt(2.5);
    const { mean, std } = reported({ setting, method, dataSet }, "auroc") ?? { mean: 60, std: 0 };
    return mean + shift + spread * std * offset;
  });

Deno.test("claim parity-semi holds at the reported values and fails when they are missed by 0.05", () => {
  const at = (shift: number) => resultsFrom(reportedClassical("semi", { shift }));
  assert.equal(status("parity-semi", at(0)), "supported");
  assert.equal(status("parity-semi", at(0.05)), "contradicted");
});

Deno.test("claim parity-semi is inconclusive when a data set is missing", () => {
  const cardio = new Set(
    CLASSICAL.where(({ set }) => set.reportedName === "cardio").jobs({ profile: "laptop" })
      .map((job) => JSON.stringify(job)),
  );
  const kept = reportedClassical("semi").filter(({ job }) => !cardio.has(JSON.stringify(job)));
  assert.ok(kept.length > 0 && kept.length < reportedClassical("semi").length);
  assert.equal(status("parity-semi", resultsFrom(kept)), "inconclusive");
});

Deno.test("claim parity-unsup checks the spread over seeds too", () => {
  const at = (spread: number) => resultsFrom(reportedClassical("unsup", { spread }));
  assert.equal(status("parity-unsup", at(1)), "supported");
  assert.equal(status("parity-unsup", at(0)), "contradicted");
});

Deno.test("claims about the published data are not attempted on stand-ins", () => {
  const results = resultsFrom(reportedClassical("semi"), { standIns: ["adbench/14_glass"] });
  assert.equal(status("parity-semi", results), "not attempted");
  assert.equal(status("negative-semi", results), "not attempted");
});

Deno.test("claims are not attempted without results", () => {
  for (const claim of paper.claims) {
    assert.equal(judge(claim, resultsFrom([])).status, "not attempted", claim.id);
  }
});

Deno.test("claim constant-features fails when NaN scores are not replaced by 0", () => {
  const at = (copod: number) =>
    resultsFrom(classicalAt("semi", ({ method }) => method === "COPOD" ? copod : 50));
  assert.equal(status("constant-features", at(50)), "supported");
  assert.equal(status("constant-features", at(61.3)), "contradicted");
});

Deno.test("claim dte-c-reported holds at the reported values and fails for a method that does not learn", () => {
  const at = (shift: number) =>
    resultsFrom(
      networksAt("semi", { "DTE-C": ({ dataSet }) => printed("semi", "DTE-C", dataSet) + shift }),
    );
  assert.equal(status("dte-c-reported", at(0)), "supported");
  assert.equal(status("dte-c-reported", at(2)), "inconclusive");
  assert.equal(status("dte-c-reported", at(-30)), "contradicted");
});

Deno.test("claim dte-ig-reported fails for the raw output, whose sign is arbitrary", () => {
  const at = (flip: boolean) =>
    resultsFrom(networksAt("semi", {
      "DTE-IG": ({ dataSet }) => {
        const auroc = printed("semi", "DTE-IG", dataSet);
        return flip ? 100 - auroc : auroc;
      },
    }));
  assert.equal(status("dte-ig-reported", at(false)), "supported");
  assert.equal(status("dte-ig-reported", at(true)), "contradicted");
});

Deno.test("claim np-is-knn fails when the grid breaks the order of distances", () => {
  const at = (inversions: number, spearman = 0.99) =>
    resultsFrom(allRecords(NEIGHBOURS, () => ({
      byCount: [{ neighbours: 5, knn: scores(90), nonParametric: scores(90), spearman }],
      grid: { inversions, saturated: 0, spearmanBelow: 1 },
    })));
  assert.equal(status("np-is-knn", at(0)), "supported");
  assert.equal(status("np-is-knn", at(3)), "contradicted");
  assert.equal(status("np-is-knn", at(0, 0.9)), "contradicted");
});

Deno.test("claims on DTE-NP and KNN fail when they part, or another method is better", () => {
  const at = (auroc: Readonly<Record<string, number>>) =>
    resultsFrom(classicalAt("semi", ({ method }) => auroc[method] ?? 60));
  const together = at({ "DTE-NP": 84, "KNN": 84.5, "LOF": 80 });
  assert.equal(status("np-near-knn-semi", together), "supported");
  assert.equal(status("np-and-knn-top-semi", together), "supported");
  assert.equal(status("np-near-knn-semi", at({ "DTE-NP": 86, "KNN": 84 })), "contradicted");
  assert.equal(status("np-and-knn-top-semi", at({ "DTE-NP": 84, "KNN": 84.5, "LOF": 85 })), "contradicted");
  // One of the two is not enough.
  assert.equal(status("np-and-knn-top-semi", at({ "DTE-NP": 86, "KNN": 80, "LOF": 85 })), "contradicted");
});

Deno.test("claim dte-c-vs-ddpm-semi follows the sign of the difference, and its noise over data sets", () => {
  const at = (ddpm: (dataSet: string) => number) =>
    resultsFrom(networksAt("semi", { "DTE-C": () => 80, "DDPM": ({ dataSet }) => ddpm(dataSet) }));
  assert.equal(status("dte-c-vs-ddpm-semi", at(() => 70)), "supported");
  assert.equal(status("dte-c-vs-ddpm-semi", at(() => 90)), "contradicted");
  assert.equal(
    status("dte-c-vs-ddpm-semi", at((dataSet) => dataSet === "glass" ? 95 : 75)),
    "inconclusive",
  );
});

Deno.test("claim dte-c-vs-ddpm-unsup needs its margin of 1.5 points", () => {
  const at = (categorical: number) =>
    resultsFrom(networksAt("unsup", { "DTE-C": () => categorical, "DDPM": () => 70 }));
  assert.equal(status("dte-c-vs-ddpm-unsup", at(72)), "supported");
  assert.equal(status("dte-c-vs-ddpm-unsup", at(71)), "contradicted");
});

Deno.test("claim dte-c-vs-deep-semi compares with the better of the two baselines", () => {
  const at = (flow: number, vae: number) =>
    resultsFrom(networksAt("semi", { "DTE-C": () => 85, "PlanarFlow": () => flow, "VAE": () => vae }));
  assert.equal(status("dte-c-vs-deep-semi", at(80, 70)), "supported");
  assert.equal(status("dte-c-vs-deep-semi", at(70, 88)), "contradicted");
});

Deno.test("claim dte-ig-lower-unsup needs both the lower mean and the larger spread", () => {
  const at = (inverseGamma: readonly number[]) =>
    resultsFrom(networksAt("unsup", {
      "DTE-C": ({ seed }) => 80 + seed,
      "DTE-IG": ({ seed }) => inverseGamma[seed],
    }));
  assert.equal(status("dte-ig-lower-unsup", at([60, 75])), "supported");
  assert.equal(status("dte-ig-lower-unsup", at([70, 70])), "contradicted");
  assert.equal(status("dte-ig-lower-unsup", at([85, 99])), "contradicted");
});

Deno.test("claims negative-semi and negative-unsup turn around with the better method", () => {
  const at = (setting: Setting, classical: number) =>
    resultsFrom([
      ...classicalAt(setting, () => classical),
      ...networksAt(setting, { "DTE-C": () => 80 }),
    ]);
  for (const setting of ["semi", "unsup"] as const) {
    assert.equal(status(`negative-${setting}`, at(setting, 85)), "supported");
    assert.equal(status(`negative-${setting}`, at(setting, 75)), "contradicted");
  }
  // The mean of MCD and IForest counts.
  const apart = [
    ...classicalAt("unsup", ({ method }) => method === "MCD" ? 84 : 70),
    ...networksAt("unsup", { "DTE-C": () => 80 }),
  ];
  assert.equal(status("negative-unsup", resultsFrom(apart)), "contradicted");
});

Deno.test("claim speed needs a factor of 50 on every data set", () => {
  const at = (slow: number, on: string) =>
    resultsFrom(allRecords(TIMING, ({ set }) => ({
      rows: 10,
      secondsPerRow: { "DTE-C": 1e-5, "DDPM": set.reportedName === on ? slow : 1e-2 },
    })));
  assert.equal(status("speed", at(1e-2, "glass")), "supported");
  assert.equal(status("speed", at(1e-4, "glass")), "contradicted");
});

Deno.test("claim posterior-monotone fails for a posterior that ignores the noise", () => {
  const at = (likeliest: (time: number) => number) =>
    resultsFrom(allRecords(POSTERIOR, () => ({
      predictions: Array.from({ length: 30 }, (_, i) => ({
        time: 10 * i,
        analyticMean: 10 * i,
        analyticStd: 1,
        nonParametricMean: likeliest(10 * i),
        nonParametricStd: 1,
      })),
    })));
  assert.equal(status("posterior-monotone", at((time) => time)), "supported");
  assert.equal(status("posterior-monotone", at((time) => time % 20)), "contradicted");
});

Deno.test("claim categorical-least-biased looks at small times only", () => {
  const at = (categorical: number) => {
    const predictions = (error: number) =>
      Array.from({ length: 30 }, (_, i) => ({ time: 10 * i, mean: 10 * i + (i < 8 ? error : 100), std: 1 }));
    return resultsFrom(allRecords(TIME_PREDICTION, () => ({
      "categorical": predictions(categorical),
      "inverse Gamma": predictions(0),
      "Gaussian": predictions(50),
    })));
  };
  assert.equal(status("categorical-least-biased", at(20)), "supported");
  assert.equal(status("categorical-least-biased", at(80)), "contradicted");
});

Deno.test("claim bins-collapse needs the double softmax: without it nothing collapses", () => {
  const at = (collapsed: number, { from = 40, single = 80 } = {}) =>
    resultsFrom(allRecords(BINS, ({ config: { method, bins } }) => {
      if (bins! < from) return scores(80);
      return scores(method === "DTE-C" ? collapsed : single);
    }));
  assert.equal(status("bins-collapse", at(51)), "supported");
  assert.equal(status("bins-collapse", at(51, { from: 50 })), "inconclusive");
  assert.equal(status("bins-collapse", at(80)), "contradicted");
  assert.equal(status("bins-collapse", at(51, { single: 51 })), "contradicted");
});

testEveryClaim();
