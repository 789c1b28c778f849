import type { Plan } from "../../lib/harness/mod.ts";

/** The two settings of the paper's tables: trained on normals only, or on a bootstrap of everything. */
export type Setting = "semi" | "unsup";

/** Both, in the paper's order. */
export const SETTINGS: readonly Setting[] = ["semi", "unsup"];

/** Seeds that reproduce the reported columns of the baselines (found by recomputation; the code's README says 0–4). */
export const BASELINE_SEEDS: readonly number[] = [0, 1, 2, 3, 6];

/** Seeds of the reported unsupervised KNN and DTE-NP columns, and of the deep methods here. */
export const PLAIN_SEEDS: readonly number[] = [0, 1, 2, 3, 4];

/** The 31 tabular sets with n ≤ 8000 and d ≤ 200 on which the classical baselines are checked. */
const MEDIUM_SETS = (
  "2_annthyroid 4_breastw 6_cardio 7_Cardiotocography 12_fault 14_glass 15_Hepatitis 18_Ionosphere 19_landsat " +
  "20_letter 21_Lymphography 24_mnist 25_musk 26_optdigits 27_PageBlocks 28_pendigits 29_Pima 30_satellite " +
  "31_satimage-2 35_SpamBase 37_Stamps 38_thyroid 39_vertebral 40_vowels 41_Waveform 42_WBC 43_WDBC 44_Wilt " +
  "45_wine 46_WPBC 47_yeast"
).split(" ");

/** The 12 larger sets that are public as well; with the 31 above, the 43 sets of the `paper` profile. */
const LARGE_SETS =
  "1_ALOI 5_campaign 8_celeba 10_cover 11_donors 16_http 17_InternetAds 22_magic.gamma 23_mammography 32_shuttle 33_skin 34_smtp"
    .split(" ");

const adbench = (names: readonly string[]): string[] => names.map((name) => `adbench/${name}`);

/** Five small sets on which every network is trained in the laptop profile. */
const SMALL_DEEP_SETS = adbench("14_glass 42_WBC 18_Ionosphere 40_vowels 6_cardio".split(" "));
/** Three larger ones, for DTE-C. */
const LARGE_DEEP_SETS = adbench("38_thyroid 44_Wilt 2_annthyroid".split(" "));
const DEEP_SETS = [...SMALL_DEEP_SETS, ...LARGE_DEEP_SETS];

/** What a profile runs. */
export interface Scale {
  /** Data sets of the training-free methods. */
  readonly classicalSets: readonly string[];
  readonly classicalSeeds: readonly number[];
  /** Data sets and training of the networks, by method. */
  readonly networks: readonly NetworkScale[];
  /** Sets, training length and seed count of the ablation on the number of bins. */
  readonly bins: {
    readonly sets: readonly string[];
    readonly counts: readonly number[];
    readonly epochs: number;
    readonly seeds: number;
  };
  /** Diffusion lengths of the ablation on T. */
  readonly steps: {
    readonly sets: readonly string[];
    readonly counts: readonly number[];
    readonly epochs: number;
    readonly seeds: number;
  };
  /** Neighbours of the ablation on K. */
  readonly neighbours: { readonly sets: readonly string[]; readonly counts: readonly number[] };
  readonly posterior: { readonly dataSet: string; readonly steps: number; readonly maxRows: number };
  readonly timePrediction: {
    readonly sets: readonly string[];
    readonly steps: number;
    readonly epochs: number;
    readonly seeds: number;
  };
  readonly toy: { readonly grid: number; readonly flowSteps: number; readonly flowSamples: number };
  readonly timing: { readonly sets: readonly string[]; readonly maxRows: number };
}

/** One network method at one scale. */
export interface NetworkScale {
  readonly method: NetworkMethod;
  readonly sets: readonly string[];
  readonly settings: readonly Setting[];
  readonly epochs: number;
  readonly seeds: number;
  /** Diffusion length and, for DDPM, the step reconstruction starts from, where they differ from the paper's. */
  readonly steps?: number;
  readonly start?: number;
}

/** Methods that train a network. */
export type NetworkMethod =
  | "DTE-C"
  | "DTE-C single softmax"
  | "DTE-C bagging"
  | "DTE-IG"
  | "DTE-IG raw"
  | "DTE-Gaussian"
  | "DDPM"
  | "PlanarFlow"
  | "PlanarFlow released"
  | "VAE";

const SMOKE_SETS = adbench(["14_glass", "42_WBC", "18_Ionosphere"]);

const SMOKE: Scale = {
  classicalSets: SMOKE_SETS,
  classicalSeeds: [0],
  networks: (["DTE-C", "DTE-IG", "DDPM", "PlanarFlow", "VAE"] as const).map((method) => ({
    method,
    sets: SMOKE_SETS.slice(0, 2),
    settings: SETTINGS,
    epochs: 20,
    seeds: 1,
    ...(method === "DDPM" ? { steps: 100, start: 25 } : {}),
  })),
  bins: { sets: SMOKE_SETS.slice(0, 1), counts: [7, 50], epochs: 20, seeds: 1 },
  steps: { sets: SMOKE_SETS.slice(0, 1), counts: [100, 400], epochs: 20, seeds: 1 },
  neighbours: { sets: SMOKE_SETS, counts: [1, 5, 20] },
  posterior: { dataSet: "adbench/39_vertebral", steps: 60, maxRows: 60 },
  timePrediction: { sets: ["adbench/39_vertebral"], steps: 60, epochs: 20, seeds: 1 },
  toy: { grid: 40, flowSteps: 20, flowSamples: 100 },
  timing: { sets: SMOKE_SETS.slice(0, 2), maxRows: 200 },
};

const LAPTOP: Scale = {
  classicalSets: adbench(MEDIUM_SETS),
  classicalSeeds: BASELINE_SEEDS,
  networks: [
    { method: "DTE-C", sets: SMALL_DEEP_SETS, settings: SETTINGS, epochs: 400, seeds: 2 },
    { method: "DTE-C", sets: LARGE_DEEP_SETS, settings: ["semi"], epochs: 400, seeds: 1 },
    { method: "DTE-IG", sets: SMALL_DEEP_SETS, settings: SETTINGS, epochs: 400, seeds: 2 },
    { method: "DDPM", sets: SMALL_DEEP_SETS, settings: ["semi"], epochs: 400, seeds: 2 },
    { method: "DDPM", sets: SMALL_DEEP_SETS, settings: ["unsup"], epochs: 400, seeds: 1 },
    { method: "PlanarFlow", sets: SMALL_DEEP_SETS, settings: SETTINGS, epochs: 200, seeds: 2 },
    { method: "PlanarFlow released", sets: SMALL_DEEP_SETS, settings: SETTINGS, epochs: 200, seeds: 2 },
    { method: "VAE", sets: SMALL_DEEP_SETS, settings: SETTINGS, epochs: 100, seeds: 2 },
  ],
  bins: { sets: DEEP_SETS.slice(0, 3), counts: [5, 10, 20, 40, 50], epochs: 400, seeds: 1 },
  steps: { sets: DEEP_SETS.slice(0, 3), counts: [100, 200, 300, 400, 1000], epochs: 400, seeds: 2 },
  neighbours: { sets: DEEP_SETS, counts: [1, 2, 5, 10, 20, 32, 50] },
  posterior: { dataSet: "adbench/39_vertebral", steps: 300, maxRows: 240 },
  timePrediction: {
    sets: adbench(["39_vertebral", "14_glass", "42_WBC", "40_vowels", "18_Ionosphere", "6_cardio"]),
    steps: 300,
    epochs: 400,
    seeds: 1,
  },
  toy: { grid: 80, flowSteps: 50, flowSamples: 200 },
  timing: { sets: adbench(["14_glass", "6_cardio", "44_Wilt"]), maxRows: 1000 },
};

/** The paper's training length of each network. */
const PAPER_EPOCHS = [
  ["DTE-C", 400],
  ["DTE-IG", 400],
  ["DDPM", 400],
  ["PlanarFlow", 200],
  ["PlanarFlow released", 200],
  ["VAE", 100],
] as const;

const PAPER: Scale = {
  ...LAPTOP,
  classicalSets: adbench([...MEDIUM_SETS, ...LARGE_SETS]),
  networks: PAPER_EPOCHS.map(([method, epochs]) => ({
    method,
    sets: adbench([...MEDIUM_SETS, ...LARGE_SETS]),
    settings: SETTINGS,
    epochs,
    seeds: 5,
  })),
  bins: { ...LAPTOP.bins, sets: DEEP_SETS, seeds: 5 },
  steps: { ...LAPTOP.steps, sets: DEEP_SETS, seeds: 5 },
  timePrediction: { ...LAPTOP.timePrediction, seeds: 5 },
  toy: { ...LAPTOP.toy, grid: 200 },
};

/** The scale of a plan's profile. `plan.seeds` caps or raises the number of seeds, up to the five of the paper. */
export function scaleOf(plan: Plan): Scale {
  const scale = { smoke: SMOKE, laptop: LAPTOP, paper: PAPER }[plan.profile];
  const { seeds } = plan;
  if (seeds === undefined) return scale;
  return {
    ...scale,
    classicalSeeds: BASELINE_SEEDS.slice(0, seeds),
    networks: scale.networks.map((network) => ({ ...network, seeds: Math.min(seeds, PLAIN_SEEDS.length) })),
    bins: { ...scale.bins, seeds: Math.min(seeds, PLAIN_SEEDS.length) },
    steps: { ...scale.steps, seeds: Math.min(seeds, PLAIN_SEEDS.length) },
    timePrediction: { ...scale.timePrediction, seeds: Math.min(seeds, PLAIN_SEEDS.length) },
  };
}

/** The data set's row in the reported tables: `adbench/14_glass` → `glass`. */
export function reportedName(dataSet: string): string {
  return dataSet.replace(/^adbench\/\d+_/, "").toLowerCase();
}

/** Sets with fewer than 1000 rows: they are resampled with the run's seed. */
const SMALL_SETS = new Set(
  ("4_breastw 14_glass 15_Hepatitis 18_Ionosphere 21_Lymphography 29_Pima 37_Stamps 39_vertebral 42_WBC 43_WDBC " +
    "45_wine 46_WPBC").split(" "),
);
/** Sets with more than 50 000 rows: they are subsampled with the run's seed. */
const HUGE_SETS = new Set("8_celeba 10_cover 11_donors 16_http 33_skin 34_smtp".split(" "));

/** Whether the semi-supervised split of a data set is the same for all seeds (1000 ≤ n ≤ 50 000; never a stand-in). */
export function hasFixedSplit(dataSet: string, plan: Plan): boolean {
  const name = dataSet.replace("adbench/", "");
  return plan.profile !== "smoke" && !SMALL_SETS.has(name) && !HUGE_SETS.has(name);
}
