import assert from "node:assert/strict";
import {
  type ClaimStatus,
  type JobRecord,
  judge,
  type Plan,
  type Results,
} from "../../../lib/harness/mod.ts";
import { comparisonClaims } from "../../../reproductions/2305.18593/claims/comparisons.ts";
import type { Setting } from "../../../reproductions/2305.18593/experiments/_evaluation.ts";
import type { NetworkMethod } from "../../../reproductions/2305.18593/experiments/networks.ts";
import paper from "../../../reproductions/2305.18593/mod.ts";
import { outcomes } from "../../../reproductions/2305.18593/outcomes.ts";
import { reported } from "../../../reproductions/2305.18593/reported.ts";
import {
  BINS,
  CLASSICAL,
  EMBEDDINGS,
  NEIGHBOURS,
  NETWORKS,
  POSTERIOR,
  TABULAR_SETS,
  TIME_PREDICTION,
  TIMING,
} from "../../../reproductions/2305.18593/studies.ts";
import { allRecords, claimTests, resultsFrom } from "@refigure/refigure/testing";

const { status, testEveryClaim } = claimTests(paper, {
  undecidable: [
    "np-near-knn-semi",
    "dte-c-vs-ddpm-unsup",
    "negative-semi",
    "negative-unsup",
  ],
});

/** What a comparison says of results, whether or not the paper's own numbers would decide it. */
function judged(id: string, results: Results): ClaimStatus {
  const { question } = comparisonClaims.find((claim) => claim.id === id)!;
  // Comparisons that are never attempted are so here, too.
  status(id, results);
  return question.judge(outcomes(results, question)).status;
}

/** As many data sets as are public: 43. */
const FULL = { profile: "paper" } as const;

const scores = (auroc: number) => ({ auroc, aupr: auroc, f1: auroc });

/** Training-free results under a setting, on the data sets and seeds of the laptop profile. */
const classicalAt = (
  setting: Setting,
  auroc: (run: { readonly method: string; readonly dataSet: string; readonly seed: number }) => number,
  plan?: Plan,
): JobRecord[] =>
  allRecords(
    CLASSICAL.where(({ config }) => config.setting === setting),
    ({ set, config: { methods } }, seed) =>
      Object.fromEntries(
        methods.map((method) => [method, scores(auroc({ method, dataSet: set.reportedName, seed }))]),
      ),
    plan,
  );

/** Network results under a setting, of the methods that are named. */
const networksAt = (
  setting: Setting,
  auroc: Partial<Record<NetworkMethod, (run: { readonly dataSet: string; readonly seed: number }) => number>>,
  plan?: Plan,
): JobRecord[] =>
  allRecords(
    NETWORKS.where(({ config }) => config.setting === setting && config.method in auroc),
    ({ set, config: { method } }, seed) => scores(auroc[method]!({ dataSet: set.reportedName, seed })),
    plan,
  );

/** Results of networks on all public data sets. */
const onAll = (setting: Setting, auroc: Parameters<typeof networksAt>[1]) =>
  resultsFrom(networksAt(setting, auroc, FULL), { plan: FULL });

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

Deno.test("claim parity-mvtec holds at the reported means, and fails when one is missed by 0.05", () => {
  const at = (shift: number, on = "KNN") =>
    resultsFrom(
      allRecords(EMBEDDINGS, ({ set, config: { setting, methods } }) =>
        Object.fromEntries(
          methods.map((method) => [
            method,
            scores(printed(setting, method, set.reportedName) + (method === on ? shift : 0)),
          ]),
        ), FULL),
      { plan: FULL },
    );
  assert.equal(status("parity-mvtec", at(0)), "supported");
  assert.equal(status("parity-mvtec", at(0.05)), "contradicted");
  // The laptop profile has one seed.
  const oneSeed = allRecords(
    EMBEDDINGS,
    ({ config }) => Object.fromEntries(config.methods.map((method) => [method, scores(80)])),
  );
  assert.equal(status("parity-mvtec", resultsFrom(oneSeed)), "inconclusive");
  // DTE-NP's reported column is a mixture of runs.
  assert.equal(status("parity-mvtec", at(5, "DTE-NP")), "supported");
  const one = EMBEDDINGS.where(({ set }) => set.name === "adbench/MVTec-AD_bottle");
  const bottle = allRecords(
    one,
    ({ config }) => Object.fromEntries(config.methods.map((m) => [m, scores(90)])),
  );
  assert.equal(status("parity-mvtec", resultsFrom(bottle)), "not attempted");
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
  const at = (shift: (dataSet: string) => number) =>
    onAll("semi", { "DTE-C": ({ dataSet }) => printed("semi", "DTE-C", dataSet) + shift(dataSet) });
  assert.equal(status("dte-c-reported", at(() => 0)), "supported");
  assert.equal(status("dte-c-reported", at(() => 2)), "contradicted", "equally off by more than the margin");
  assert.equal(status("dte-c-reported", at(() => -30)), "contradicted");
  // Right on average, but 9 points above and below: neither that nor a wide spread makes it as reported.
  const wild = at((dataSet) => dataSet.length % 2 === 0 ? 9 : -9);
  assert.notEqual(status("dte-c-reported", wild), "supported");
});

Deno.test("claims on reported values of DDPM, and in the unsupervised setting, hold there and fail elsewhere", () => {
  for (
    const [id, setting, method] of [
      ["ddpm-reported", "semi", "DDPM"],
      ["dte-c-reported-unsup", "unsup", "DTE-C"],
      ["dte-ig-reported-unsup", "unsup", "DTE-IG"],
      ["ddpm-reported-unsup", "unsup", "DDPM"],
    ] as const
  ) {
    const at = (shift: number) =>
      onAll(setting, {
        [method]: ({ dataSet }: { readonly dataSet: string }) => printed(setting, method, dataSet) + shift,
      });
    assert.equal(status(id, at(0)), "supported", id);
    assert.notEqual(status(id, at(-6)), "supported", id);
    assert.equal(status(id, at(-60)), "contradicted", id);
  }
});

Deno.test("claim dte-ig-reported fails for the raw output, whose sign is arbitrary", () => {
  const at = (flip: boolean) =>
    onAll("semi", {
      "DTE-IG": ({ dataSet }) => {
        const auroc = printed("semi", "DTE-IG", dataSet);
        return flip ? 100 - auroc : auroc;
      },
    });
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
    resultsFrom(classicalAt("semi", ({ method }) => auroc[method] ?? 60, FULL), { plan: FULL });
  const together = at({ "DTE-NP": 84, "KNN": 84.5, "LOF": 80 });
  assert.equal(judged("np-near-knn-semi", together), "supported");
  assert.equal(status("np-and-knn-top-semi", together), "supported");
  assert.equal(judged("np-near-knn-semi", at({ "DTE-NP": 86, "KNN": 84 })), "contradicted");
  assert.equal(status("np-and-knn-top-semi", at({ "DTE-NP": 84, "KNN": 84.5, "LOF": 85 })), "contradicted");
  // One of the two is not enough.
  assert.equal(status("np-and-knn-top-semi", at({ "DTE-NP": 86, "KNN": 80, "LOF": 85 })), "contradicted");
});

Deno.test("claim np-near-knn-semi says what is left without sets that are resampled", () => {
  const results = resultsFrom(
    classicalAt("semi", ({ method, dataSet }) => method === "DTE-NP" && dataSet === "glass" ? 90 : 60, FULL),
    { plan: FULL },
  );
  const claim = paper.claims.find(({ id }) => id === "np-near-knn-semi")!;
  const { numbers } = judge(claim, results);
  assert.ok(Number(numbers.difference) > 0.5);
  assert.equal(numbers["not resampled: difference"], 0);
  assert.ok(Number(numbers["not resampled: pairs"]) < Number(numbers.pairs));
});

Deno.test("claim dte-c-vs-ddpm-semi follows the sign of the difference, and its noise over data sets", () => {
  const at = (ddpm: (dataSet: string) => number) =>
    onAll("semi", { "DTE-C": () => 80, "DDPM": ({ dataSet }) => ddpm(dataSet) });
  assert.equal(status("dte-c-vs-ddpm-semi", at(() => 70)), "supported");
  assert.equal(status("dte-c-vs-ddpm-semi", at(() => 90)), "contradicted");
  assert.equal(
    status("dte-c-vs-ddpm-semi", at((dataSet) => dataSet.length % 2 === 0 ? 95 : 67)),
    "inconclusive",
  );
});

Deno.test("comparisons of networks wait for 31 data sets, or are not attempted where these would not decide", () => {
  const clear = {
    "DTE-C": () => 80,
    "DTE-IG": () => 60,
    "DDPM": () => 60,
    "PlanarFlow": () => 60,
    "VAE": () => 60,
  };
  const plan = { profile: "laptop" } as const;
  for (
    const [id, setting, expected] of [
      ["dte-c-vs-ddpm-semi", "semi", "inconclusive"],
      ["dte-c-vs-deep-semi", "semi", "inconclusive"],
      ["dte-ig-lower-unsup", "unsup", "inconclusive"],
      ["dte-ig-spread-unsup", "unsup", "inconclusive"],
      ["dte-c-reported-unsup", "unsup", "inconclusive"],
      ["dte-c-vs-ddpm-unsup", "unsup", "not attempted"],
    ] as const
  ) {
    assert.equal(status(id, resultsFrom(networksAt(setting, clear))), expected, id);
    // More sets are added in ascending order of their cost, the 31 medium ones before the others.
    const claim = paper.claims.find((own) => own.id === id)!;
    const more = claim.jobs(claim.wider!).map(({ config }) => (config as { dataSet: string }).dataSet);
    const order = [...new Set(more)];
    assert.deepEqual(order, TABULAR_SETS.map(({ name }) => name), id);
    assert.ok(
      claim.jobs(plan).every((job) => order.indexOf((job.config as { dataSet: string }).dataSet) < 31),
    );
  }
  const medium = TABULAR_SETS.slice(0, 31);
  assert.ok(medium.every(({ rows, columns }) => rows <= 8000 && columns <= 200));
});

Deno.test("beyond the laptop profile a data set counts once it has three seeds of each network", () => {
  const at = (complete: number) => {
    const counts = new Set(TABULAR_SETS.slice(0, complete).map(({ name }) => name));
    const run = networksAt("semi", { "DTE-C": () => 80, "DDPM": () => 60 }, FULL).filter(({ job }) => {
      const { dataSet, method } = job.config as { dataSet: string; method: string };
      return job.seed < (method === "DTE-C" && !counts.has(dataSet) ? 2 : 3);
    });
    return status("dte-c-vs-ddpm-semi", resultsFrom(run, { plan: FULL }));
  };
  assert.equal(at(31), "supported");
  assert.equal(at(30), "inconclusive");
});

Deno.test("claim dte-c-vs-ddpm-unsup needs its margin of 1.5 points", () => {
  const at = (categorical: number) => onAll("unsup", { "DTE-C": () => categorical, "DDPM": () => 70 });
  assert.equal(judged("dte-c-vs-ddpm-unsup", at(72)), "supported");
  assert.equal(judged("dte-c-vs-ddpm-unsup", at(71)), "contradicted");
});

Deno.test("claim dte-c-vs-deep-semi compares with the better of the two baselines", () => {
  const at = (flow: number, vae: number) =>
    onAll("semi", { "DTE-C": () => 85, "PlanarFlow": () => flow, "VAE": () => vae });
  assert.equal(status("dte-c-vs-deep-semi", at(80, 70)), "supported");
  assert.equal(status("dte-c-vs-deep-semi", at(70, 88)), "contradicted");
});

Deno.test("claims on DTE-IG, unsupervised, need the lower mean, and the larger spread", () => {
  const at = (inverseGamma: readonly number[]) =>
    onAll("unsup", {
      "DTE-C": ({ seed }) => 80 + seed % 2,
      "DTE-IG": ({ seed }) => inverseGamma[seed % 2],
    });
  assert.equal(status("dte-ig-lower-unsup", at([60, 75])), "supported");
  assert.equal(status("dte-ig-lower-unsup", at([85, 99])), "contradicted");
  assert.equal(status("dte-ig-spread-unsup", at([60, 75])), "supported");
  assert.equal(status("dte-ig-spread-unsup", at([70, 70])), "contradicted");
});

Deno.test("claims negative-semi and negative-unsup turn around with the better method", () => {
  const at = (setting: Setting, classical: number) =>
    resultsFrom([
      ...classicalAt(setting, () => classical, FULL),
      ...networksAt(setting, { "DTE-C": () => 80 }, FULL),
    ], { plan: FULL });
  for (const setting of ["semi", "unsup"] as const) {
    assert.equal(judged(`negative-${setting}`, at(setting, 85)), "supported");
    assert.equal(judged(`negative-${setting}`, at(setting, 75)), "contradicted");
  }
  // The mean of MCD and IForest counts.
  const apart = [
    ...classicalAt("unsup", ({ method }) => method === "MCD" ? 84 : 70, FULL),
    ...networksAt("unsup", { "DTE-C": () => 80 }, FULL),
  ];
  assert.equal(judged("negative-unsup", resultsFrom(apart, { plan: FULL })), "contradicted");
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

Deno.test("claim categorical-least-biased needs less bias than both others, early and over all times", () => {
  const at = (
    bias: { readonly early: number; readonly late: number },
    { gaussian = 50, inverseGamma = 40 } = {},
  ) => {
    const predictions = (early: number, late = early) =>
      Array.from({ length: 30 }, (_, i) => ({ time: 10 * i, mean: 10 * i + (i < 8 ? early : late), std: 1 }));
    return resultsFrom(allRecords(TIME_PREDICTION, () => ({
      "categorical": predictions(bias.early, bias.late),
      "inverse Gamma": predictions(inverseGamma),
      "Gaussian": predictions(gaussian),
    })));
  };
  assert.equal(status("categorical-least-biased", at({ early: 20, late: 20 })), "supported");
  assert.equal(status("categorical-least-biased", at({ early: 80, late: 20 })), "contradicted");
  assert.equal(status("categorical-least-biased", at({ early: 20, late: 80 })), "contradicted");
  const small = at({ early: 20, late: 20 }, { inverseGamma: 10 });
  assert.equal(status("categorical-least-biased", small), "contradicted");
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
