import assert from "node:assert/strict";
import type { Json, ProfileName, Results } from "../../../lib/harness/mod.ts";
import { claims } from "../../../reproductions/2305.18593/claims.ts";
import { classicalJobs, networkJobs } from "../../../reproductions/2305.18593/jobs.ts";
import { reportedName, type Setting } from "../../../reproductions/2305.18593/plan.ts";
import { reported } from "../../../reproductions/2305.18593/reported.ts";

type Entry = { readonly config: Json; readonly seed: number; readonly result: Json };

/** Results as the harness would hand them over, from plain entries. */
function resultsFrom(
  byExperiment: Readonly<Record<string, readonly Entry[]>>,
  options: { readonly standIns?: string[]; readonly profile?: ProfileName } = {},
): Results {
  const { standIns = [], profile = "laptop" } = options;
  return {
    plan: { profile },
    records: [],
    standIns,
    of:
      ((experiment: string) =>
        (byExperiment[experiment] ?? []).map((entry) => ({ ...entry, seconds: 0 }))) as Results["of"],
  };
}

function status(id: string, results: Results): string {
  return claims.find((claim) => claim.id === id)!.evaluate(results).status;
}

const scores = (auroc: number) => ({ auroc, aupr: auroc, f1: auroc });

/** Classical results equal to the reported table, the seeds spread so that mean and std come out as reported. */
function reportedClassical(setting: Setting, methods: readonly string[], shift = 0): Entry[] {
  const plan = { profile: "laptop" } as const;
  // Five values with mean 0 and standard deviation 1 (ddof 1).
  const spread = [-2, -1, 0, 1, 2].map((value) => value / Math.sqrt(2.5));
  return classicalJobs(plan).filter(({ config }) => config.setting === setting).map(({ config, seed }) => {
    const dataSet = reportedName(config.dataSet);
    const seeds = setting === "unsup" ? [0, 1, 2, 3, 4] : [0, 1, 2, 3, 6];
    return {
      config,
      seed,
      result: Object.fromEntries(methods.map((method) => {
        const { mean, std } = reported(setting, "auroc", { dataSet, method })!;
        return [
          method,
          scores(mean + shift + (seeds.includes(seed) ? std * spread[seeds.indexOf(seed)] : 0)),
        ];
      })),
    };
  });
}

/** Network results at the reported means, plus a shift by method. */
function reportedNetworks(setting: Setting, shift: Readonly<Record<string, number>>): Entry[] {
  return networkJobs({ profile: "laptop" }, { setting })
    .filter(({ config }) => config.method in shift)
    .map(({ config, seed }) => ({
      config,
      seed,
      result: scores(
        reported(setting, "auroc", { dataSet: reportedName(config.dataSet), method: config.method })!.mean +
          shift[config.method],
      ),
    }));
}

const SEMI = ["KNN", "LOF", "ECOD", "COPOD", "HBOS", "OCSVM"];

Deno.test("claim parity-semi holds at the reported values and fails when they are missed by 0.05", () => {
  assert.equal(
    status("parity-semi", resultsFrom({ classical: reportedClassical("semi", SEMI) })),
    "supported",
  );
  assert.equal(
    status("parity-semi", resultsFrom({ classical: reportedClassical("semi", SEMI, 0.05) })),
    "contradicted",
  );
});

Deno.test("claim parity-semi is inconclusive when a data set is missing", () => {
  const entries = reportedClassical("semi", SEMI).filter(({ config }) =>
    !JSON.stringify(config).includes("cardio")
  );
  assert.equal(status("parity-semi", resultsFrom({ classical: entries })), "inconclusive");
});

Deno.test("claim parity-unsup checks the spread over seeds too", () => {
  const good = reportedClassical("unsup", ["KNN", "DTE-NP"]);
  assert.equal(status("parity-unsup", resultsFrom({ classical: good })), "supported");
  const flat = good.map((entry) => ({
    ...entry,
    result:
      reportedClassical("unsup", ["KNN", "DTE-NP"]).find(({ config }) =>
        JSON.stringify(config) === JSON.stringify(entry.config)
      )!.result,
  }));
  assert.equal(status("parity-unsup", resultsFrom({ classical: flat })), "contradicted");
});

Deno.test("claims about the published data are not attempted on stand-ins", () => {
  const results = resultsFrom({ classical: reportedClassical("semi", SEMI) }, {
    standIns: ["adbench/14_glass"],
  });
  assert.equal(status("parity-semi", results), "not attempted");
  assert.equal(status("negative-semi", results), "not attempted");
});

Deno.test("claims are not attempted without results", () => {
  for (const claim of claims) assert.equal(claim.evaluate(resultsFrom({})).status, "not attempted", claim.id);
});

Deno.test("claim np-is-knn fails when the grid breaks the order of distances", () => {
  const entry = (inversions: number): Entry => ({
    config: { dataSet: "adbench/14_glass", setting: "semi", counts: [5] },
    seed: 0,
    result: {
      byCount: [{ neighbours: 5, knn: scores(90), nonParametric: scores(90), spearman: 0.99 }],
      grid: { inversions, saturated: 0, spearmanBelow: 1 },
    },
  });
  assert.equal(status("np-is-knn", resultsFrom({ neighbours: [entry(0)] })), "supported");
  assert.equal(status("np-is-knn", resultsFrom({ neighbours: [entry(3)] })), "contradicted");
});

Deno.test("claim dte-c-reported holds at the reported values and fails for a method that does not learn", () => {
  const at = (shift: number) => resultsFrom({ networks: reportedNetworks("semi", { "DTE-C": shift }) });
  assert.equal(status("dte-c-reported", at(0)), "supported");
  assert.equal(status("dte-c-reported", at(-30)), "contradicted");
});

Deno.test("claim dte-c-vs-ddpm-semi follows the sign of the difference", () => {
  const at = (ddpm: number) =>
    resultsFrom({
      networks: networkJobs({ profile: "laptop" }, { setting: "semi", methods: ["DTE-C", "DDPM"] })
        .map(({ config, seed }) => ({ config, seed, result: scores(config.method === "DDPM" ? ddpm : 80) })),
    });
  assert.equal(status("dte-c-vs-ddpm-semi", at(70)), "supported");
  assert.equal(status("dte-c-vs-ddpm-semi", at(90)), "contradicted");
});

Deno.test("claim speed needs a factor of 50 on every data set", () => {
  const timing = (ddpm: number): Entry => ({
    config: { dataSet: "adbench/14_glass", maxRows: 10 },
    seed: 0,
    result: { rows: 10, secondsPerRow: { "DTE-C": 1e-5, "DDPM": ddpm } },
  });
  assert.equal(status("speed", resultsFrom({ timing: [timing(1e-2)] })), "supported");
  assert.equal(status("speed", resultsFrom({ timing: [timing(1e-2), timing(1e-4)] })), "contradicted");
});

Deno.test("claim bins-collapse needs the double softmax: without it nothing collapses", () => {
  const entries = (collapsed: number, from = 40): Entry[] =>
    [5, 10, 20, 40, 50].flatMap((bins) => [
      {
        config: { dataSet: "adbench/14_glass", setting: "semi", method: "DTE-C", epochs: 400, bins },
        seed: 0,
        result: scores(bins >= from ? collapsed : 80),
      },
      {
        config: {
          dataSet: "adbench/14_glass",
          setting: "semi",
          method: "DTE-C single softmax",
          epochs: 400,
          bins,
        },
        seed: 0,
        result: scores(80),
      },
    ]);
  assert.equal(status("bins-collapse", resultsFrom({ networks: entries(51) })), "supported");
  assert.equal(status("bins-collapse", resultsFrom({ networks: entries(51, 50) })), "inconclusive");
  assert.equal(status("bins-collapse", resultsFrom({ networks: entries(80) })), "contradicted");
});

Deno.test("claim posterior-monotone fails for a posterior that ignores the noise", () => {
  const entry = (mean: (time: number) => number): Entry => ({
    config: { dataSet: "adbench/39_vertebral", steps: 300, maxRows: 240 },
    seed: 0,
    result: {
      times: [],
      variances: [],
      curves: [],
      predictions: Array.from({ length: 30 }, (_, i) => ({
        time: 10 * i,
        analyticMean: mean(10 * i),
        analyticStd: 1,
        nonParametricMean: mean(10 * i),
        nonParametricStd: 1,
      })),
    },
  });
  assert.equal(
    status("posterior-monotone", resultsFrom({ posterior: [entry((time) => time)] })),
    "supported",
  );
  assert.equal(
    status("posterior-monotone", resultsFrom({ posterior: [entry((time) => time % 20)] })),
    "contradicted",
  );
});

Deno.test("claim constant-features fails when NaN scores are not replaced by 0", () => {
  const entry = (value: number): Entry[] =>
    ["24_mnist", "26_optdigits"].map((set) => ({
      config: { dataSet: `adbench/${set}`, setting: "semi", methods: ["COPOD", "ECOD"] },
      seed: 0,
      result: { COPOD: scores(value), ECOD: scores(50) },
    }));
  assert.equal(status("constant-features", resultsFrom({ classical: entry(50) })), "supported");
  assert.equal(status("constant-features", resultsFrom({ classical: entry(61.3) })), "contradicted");
});

/** Network results of two methods at fixed AUROCs, on the sets and seeds of the laptop profile. */
function networksAt(setting: Setting, auroc: Readonly<Record<string, readonly number[]>>): Entry[] {
  return networkJobs({ profile: "laptop" }, { setting })
    .filter(({ config }) => config.method in auroc)
    .map(({ config, seed }) => ({
      config,
      seed,
      result: scores(auroc[config.method][seed] ?? auroc[config.method][0]),
    }));
}

Deno.test("claim dte-c-vs-ddpm-unsup needs its margin of 1.5 points", () => {
  const at = (categorical: number) =>
    resultsFrom({ networks: networksAt("unsup", { "DTE-C": [categorical], "DDPM": [70] }) });
  assert.equal(status("dte-c-vs-ddpm-unsup", at(72)), "supported");
  assert.equal(status("dte-c-vs-ddpm-unsup", at(71)), "contradicted");
});

Deno.test("claim dte-c-vs-deep-semi compares with the better of the two baselines", () => {
  const at = (flow: number, vae: number) =>
    resultsFrom({ networks: networksAt("semi", { "DTE-C": [85], "PlanarFlow": [flow], "VAE": [vae] }) });
  assert.equal(status("dte-c-vs-deep-semi", at(80, 70)), "supported");
  assert.equal(status("dte-c-vs-deep-semi", at(70, 88)), "contradicted");
});

Deno.test("claim dte-ig-lower-unsup needs both the lower mean and the larger spread", () => {
  const at = (inverseGamma: readonly number[]) =>
    resultsFrom({ networks: networksAt("unsup", { "DTE-C": [80, 81], "DTE-IG": inverseGamma }) });
  assert.equal(status("dte-ig-lower-unsup", at([60, 75])), "supported");
  assert.equal(status("dte-ig-lower-unsup", at([70, 70])), "contradicted");
  assert.equal(status("dte-ig-lower-unsup", at([85, 99])), "contradicted");
});

/** Training-free results on all 31 sets at fixed AUROCs; methods that are not named are at 60. */
function classicalAt(setting: Setting, auroc: Readonly<Record<string, number>>): Entry[] {
  return classicalJobs({ profile: "laptop" }).filter(({ config }) => config.setting === setting)
    .map(({ config, seed }) => ({
      config,
      seed,
      result: Object.fromEntries(config.methods.map((method) => [method, scores(auroc[method] ?? 60)])),
    }));
}

Deno.test("claims on DTE-NP and KNN fail when they part, or another method is better", () => {
  const at = (auroc: Readonly<Record<string, number>>) =>
    resultsFrom({ classical: classicalAt("semi", auroc) });
  const together = at({ "DTE-NP": 84, "KNN": 84.5, "LOF": 80 });
  assert.equal(status("np-near-knn-semi", together), "supported");
  assert.equal(status("np-and-knn-top-semi", together), "supported");
  assert.equal(status("np-near-knn-semi", at({ "DTE-NP": 86, "KNN": 84 })), "contradicted");
  assert.equal(status("np-and-knn-top-semi", at({ "DTE-NP": 84, "KNN": 84.5, "LOF": 85 })), "contradicted");
});

Deno.test("claims negative-semi and negative-unsup turn around with the better method", () => {
  const at = (setting: Setting, classical: number, categorical: number) =>
    resultsFrom({
      classical: classicalAt(setting, { "KNN": classical, "MCD": classical, "IForest": classical }),
      networks: networksAt(setting, { "DTE-C": [categorical] }),
    });
  for (const setting of ["semi", "unsup"] as const) {
    assert.equal(status(`negative-${setting}`, at(setting, 85, 80)), "supported");
    assert.equal(status(`negative-${setting}`, at(setting, 75, 80)), "contradicted");
  }
});

Deno.test("claim dte-ig-reported fails for the raw output, whose sign is arbitrary", () => {
  const at = (flip: boolean) =>
    resultsFrom({
      networks: reportedNetworks("semi", { "DTE-IG": 0 }).map((entry) => ({
        ...entry,
        result: flip ? scores(100 - (entry.result as { auroc: number }).auroc) : entry.result,
      })),
    });
  assert.equal(status("dte-ig-reported", at(false)), "supported");
  assert.equal(status("dte-ig-reported", at(true)), "contradicted");
});

Deno.test("claim categorical-least-biased looks at small times only", () => {
  const entry = (dataSet: string, categorical: number): Entry => {
    const predictions = (error: number) =>
      Array.from({ length: 30 }, (_, i) => ({ time: 10 * i, mean: 10 * i + (i < 8 ? error : 100), std: 1 }));
    return {
      config: { dataSet, steps: 300, epochs: 400 },
      seed: 0,
      result: {
        "categorical": predictions(categorical),
        "inverse Gamma": predictions(0),
        "Gaussian": predictions(50),
      },
    };
  };
  const at = (categorical: number) =>
    resultsFrom({
      "time-prediction": ["a", "b", "c", "d", "e", "f"].map((name) => entry(name, categorical)),
    });
  assert.equal(status("categorical-least-biased", at(20)), "supported");
  assert.equal(status("categorical-least-biased", at(80)), "contradicted");
});

Deno.test("every claim is tested here", async () => {
  const text = await Deno.readTextFile(new URL(import.meta.url));
  for (const { id } of claims) assert.ok(text.includes(`"${id}"`) || /^negative-(semi|unsup)$/.test(id), id);
});
