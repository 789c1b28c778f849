/** What each profile runs: experiments in variants by data set, setting and method. */
import { ADBENCH, type AdbenchDataSet } from "../../lib/data/mod.ts";
import { type Json, type Seeds, study, type Variant } from "../../lib/harness/mod.ts";
import type { Setting } from "./experiments/_evaluation.ts";
import {
  classical,
  CLASSICAL_METHODS,
  type ClassicalMethod,
  RANDOMISED_METHODS,
} from "./experiments/classical.ts";
import { type NetworkConfig, type NetworkMethod, networks } from "./experiments/networks.ts";
import { neighbours } from "./experiments/neighbours.ts";
import { posterior } from "./experiments/posterior.ts";
import { timePrediction } from "./experiments/time_prediction.ts";
import { timing } from "./experiments/timing.ts";
import { toy, type ToyConfig } from "./experiments/toy.ts";
import { TIMED_EPOCHS, trainingTime } from "./experiments/training_time.ts";

/** Both settings, in the paper's order. */
export const SETTINGS: readonly Setting[] = ["semi", "unsup"];

/** Seeds that reproduce the baselines' reported columns (by recomputation; the code's README says 0–4). */
const BASELINE_SEEDS = [0, 1, 2, 3, 6];

/** Methods whose reported unsupervised columns were made with other seeds, and those seeds. */
export const PLAIN_SEED_METHODS: readonly ClassicalMethod[] = ["KNN", "DTE-NP"];
export const PLAIN_SEEDS: readonly number[] = [0, 1, 2, 3, 4];

type Sets = readonly AdbenchDataSet[];

/** Embeddings of images and texts whose files are public and known by digest; 15 of them are MVTec-AD. */
const EMBEDDED_SETS = ADBENCH.filter(({ group }) => group !== "Classical");
const MVTEC_SETS = EMBEDDED_SETS.filter(({ reportedName }) => reportedName === "MVTec-AD");

/** Sets of a family in the reported tables, which hold the mean over all of them. */
export const FAMILY_SIZES: Readonly<Record<string, number>> = {
  "MVTec-AD": 15,
  "CIFAR10": 10,
  "SVHN": 10,
  "20news": 6,
};

/** Whether training-free methods take minutes on a set: 31 sets are such. */
const isMedium = ({ rows, columns }: AdbenchDataSet) => rows <= 8000 && columns <= 200;

/** Rows after sets of fewer than 1000 were resampled, on which the cost of a training depends. */
const trainingRows = ({ rows }: AdbenchDataSet) => Math.max(rows, 1000);

/**
 * The 43 tabular sets whose files are public and known by digest; the 31 medium ones first, and in ascending
 * order of the cost of a training. It is the order in which comparisons gain data sets.
 */
export const TABULAR_SETS = ADBENCH.filter(({ group }) => group === "Classical").toSorted((a, b) =>
  Number(isMedium(b)) - Number(isMedium(a)) || trainingRows(a) - trainingRows(b) || a.columns - b.columns
);

/** The 31 sets on which the training-free methods take minutes. */
const MEDIUM_SETS = ADBENCH.filter((set) => set.group === "Classical" && isMedium(set));

/** Sets by their names in the reported tables. */
const sets = (...names: readonly string[]): Sets =>
  names.map((name) => TABULAR_SETS.find(({ reportedName }) => reportedName === name)!);

/** Small sets for every network of the laptop profile, and three larger ones for DTE-C. */
const SMALL_DEEP_SETS = sets("glass", "wbc", "ionosphere", "vowels", "cardio");
const LARGE_DEEP_SETS = sets("thyroid", "wilt", "annthyroid");
const DEEP_SETS = [...SMALL_DEEP_SETS, ...LARGE_DEEP_SETS];
const SMOKE_SETS = SMALL_DEEP_SETS.slice(0, 3);

/** Variants under names made of their options. */
const byOptions = <V extends Variant<{ readonly [option: string]: Json }>>(variants: readonly V[]) =>
  Object.fromEntries(variants.map((variant) => [Object.values(variant.config).join(" "), variant]));

/** The same options on each data set. */
const onSets = <O extends object>(sets: Sets, { seeds, ...options }: O & Pick<Variant<null>, "seeds">) =>
  sets.map((set) => ({ set, config: { dataSet: set.name, ...options }, seeds }));

/** Training-free methods: what cannot differ between seeds is run once. */
function trainingFree(sets: Sets, { seeds = 5 }: { readonly seeds?: number } = {}) {
  const [baseline, plain] = [BASELINE_SEEDS, PLAIN_SEEDS].map((list) => list.slice(0, seeds));
  return byOptions(sets.flatMap((set) => {
    // Sets with fewer than 1000 rows are resampled, those with more than 50 000 subsampled, with the run's
    // seed.
    const fixed = set.rows >= 1000 && set.rows <= 50_000;
    const variant = (setting: Setting, methods: readonly ClassicalMethod[], seeds: Seeds) => ({
      set,
      /** Whether the split is the same for all seeds. */
      fixedSplit: fixed && setting === "semi",
      config: { dataSet: set.name, setting, methods },
      seeds,
    });
    return [
      variant("semi", CLASSICAL_METHODS, fixed ? { only: 0 } : baseline),
      ...(fixed ? [variant("semi", RANDOMISED_METHODS, { list: baseline, except: { only: 0 } })] : []),
      variant("unsup", CLASSICAL_METHODS, baseline),
      variant("unsup", PLAIN_SEED_METHODS, { list: plain, except: baseline }),
    ];
  }));
}

/** Training-free methods. */
export const CLASSICAL = study(classical, {
  smoke: trainingFree(SMOKE_SETS, { seeds: 1 }),
  laptop: trainingFree(MEDIUM_SETS),
  paper: trainingFree(TABULAR_SETS),
});

/** Methods on embeddings. MCD is left out, as 512 features of 400 rows have no covariance to invert. */
const EMBEDDED_METHODS: readonly ClassicalMethod[] = [
  "KNN",
  "DTE-NP",
  "LOF",
  "OCSVM",
  "ECOD",
  "COPOD",
  "HBOS",
];

const embedded = (
  sets: Sets,
  { seeds = 5, settings = SETTINGS }: Partial<Pick<Training, "seeds" | "settings">> = {},
) =>
  byOptions(sets.flatMap((set) =>
    settings.map((setting) => {
      const semi = setting === "semi";
      return {
        set,
        config: { dataSet: set.name, setting, methods: semi ? EMBEDDED_METHODS : PLAIN_SEED_METHODS },
        // The semi-supervised split of a thousand rows and more is the same for all seeds.
        seeds: semi && set.rows >= 1000
          ? { only: 0 }
          : { list: semi ? BASELINE_SEEDS : PLAIN_SEEDS, first: seeds },
      };
    })
  ));

/** Training-free methods on embeddings. */
export const EMBEDDINGS = study(classical, {
  smoke: embedded(MVTEC_SETS.slice(0, 1), { seeds: 1 }),
  laptop: embedded(MVTEC_SETS, { settings: ["semi"], seeds: 1 }),
  paper: embedded(EMBEDDED_SETS),
});

/** A network on several data sets; options that are absent are the paper's. */
interface Training extends Omit<NetworkConfig, "dataSet" | "setting"> {
  readonly sets: Sets;
  /** @default both */
  readonly settings?: readonly Setting[];
  readonly seeds: number;
}

const trained = (trainings: readonly Training[]) =>
  byOptions(
    trainings.flatMap(({ sets, settings = SETTINGS, ...options }) =>
      settings.flatMap((setting) => onSets(sets, { setting, ...options }))
    ),
  );

const SMOKE_TRAINING = { sets: SMOKE_SETS.slice(0, 2), epochs: 4, seeds: 1 };
const LAPTOP_TRAINING = { sets: SMALL_DEEP_SETS, epochs: 400, seeds: 2 };
const PAPER_TRAINING = { sets: TABULAR_SETS, epochs: 400, seeds: 5 };

/** Networks. */
export const NETWORKS = study(networks, {
  smoke: trained([
    { ...SMOKE_TRAINING, method: "DTE-C" },
    { ...SMOKE_TRAINING, method: "DTE-IG" },
    { ...SMOKE_TRAINING, method: "DDPM", steps: 100, start: 25 },
    { ...SMOKE_TRAINING, method: "PlanarFlow" },
    { ...SMOKE_TRAINING, method: "VAE" },
    { ...SMOKE_TRAINING, method: "DeepSVDD" },
  ]),
  laptop: trained([
    { ...LAPTOP_TRAINING, method: "DTE-C" },
    { method: "DTE-C", sets: LARGE_DEEP_SETS, settings: ["semi"], epochs: 400, seeds: 1 },
    { ...LAPTOP_TRAINING, method: "DTE-IG" },
    { ...LAPTOP_TRAINING, method: "DDPM", settings: ["semi"] },
    { ...LAPTOP_TRAINING, method: "DDPM", settings: ["unsup"], seeds: 1 },
    { ...LAPTOP_TRAINING, method: "PlanarFlow", epochs: 200 },
    { ...LAPTOP_TRAINING, method: "PlanarFlow released", epochs: 200 },
    { ...LAPTOP_TRAINING, method: "VAE", epochs: 100 },
    { ...LAPTOP_TRAINING, method: "DeepSVDD", epochs: 100 },
  ]),
  paper: trained([
    { ...PAPER_TRAINING, method: "DTE-C" },
    { ...PAPER_TRAINING, method: "DTE-IG" },
    { ...PAPER_TRAINING, method: "DDPM" },
    { ...PAPER_TRAINING, method: "PlanarFlow", epochs: 200 },
    { ...PAPER_TRAINING, method: "PlanarFlow released", epochs: 200 },
    { ...PAPER_TRAINING, method: "VAE", epochs: 100 },
    { ...PAPER_TRAINING, method: "DeepSVDD", epochs: 100 },
    { ...PAPER_TRAINING, method: "ICL", epochs: 2000 },
  ]),
});

/** Semi-supervised training on few sets, to be repeated at several values of an option. */
const SMOKE_ABLATION = { settings: ["semi"], sets: SMOKE_SETS.slice(0, 1), epochs: 4, seeds: 1 } as const;
const LAPTOP_ABLATION = {
  settings: ["semi"],
  sets: SMALL_DEEP_SETS.slice(0, 3),
  epochs: 400,
  seeds: 1,
} as const;
const PAPER_ABLATION = { settings: ["semi"], sets: DEEP_SETS, epochs: 400, seeds: 5 } as const;

const byBins = (training: Omit<Training, "method">, counts = [5, 10, 20, 40, 50]) =>
  trained(
    (["DTE-C", "DTE-C single softmax"] as const).flatMap((method) =>
      counts.map((bins) => ({ ...training, method, bins }))
    ),
  );

/** DTE-C by number of bins, with the paper's double softmax and with the textbook loss. */
export const BINS = study(networks, {
  smoke: byBins(SMOKE_ABLATION, [7, 50]),
  laptop: byBins({ ...LAPTOP_ABLATION, sets: SMALL_DEEP_SETS }),
  paper: byBins(PAPER_ABLATION),
});

const bySteps = (training: Omit<Training, "method">, counts = [100, 200, 300, 400, 1000]) =>
  trained(counts.map((steps) => ({ ...training, method: "DTE-C", steps })));

/** DTE-C by length T of the diffusion. */
export const STEPS = study(networks, {
  smoke: bySteps(SMOKE_ABLATION, [100, 400]),
  laptop: bySteps({ ...LAPTOP_ABLATION, seeds: 2 }),
  paper: bySteps(PAPER_ABLATION),
});

const byStart = (training: Omit<Training, "method">, starts: readonly number[]) =>
  trained(starts.map((start) => ({ ...training, method: "DDPM", start })));
const STARTS_OF_1000 = [50, 100, 250, 500, 1000];

/** DDPM by the step from which it reconstructs. */
export const STARTS = study(networks, {
  smoke: byStart({ ...SMOKE_ABLATION, steps: 100 }, [10, 50]),
  laptop: byStart(LAPTOP_ABLATION, STARTS_OF_1000),
  paper: byStart(PAPER_ABLATION, STARTS_OF_1000),
});

/** The released code's other forms: bagging of DTE-C, and DTE-IG scored by its signed output. */
const alternatives = (training: Omit<Training, "method" | "epochs">, epochs: number) =>
  trained([
    { ...training, method: "DTE-C bagging", epochs: epochs / 2, seeds: 1 },
    { ...training, method: "DTE-IG raw", epochs },
  ]);

/** Forms of the methods that are not in the reported tables. */
export const ALTERNATIVES = study(networks, {
  smoke: alternatives(SMOKE_ABLATION, SMOKE_ABLATION.epochs),
  laptop: alternatives({ ...LAPTOP_ABLATION, seeds: 2 }, LAPTOP_ABLATION.epochs),
  paper: alternatives(PAPER_ABLATION, PAPER_ABLATION.epochs),
});

/** What a laptop runs in full. */
const inFull = <V>(smoke: V, full: V) => ({ smoke, laptop: full, paper: full });
/** What is run once. */
const once = { seeds: { only: 0 } };

const byNeighbours = (sets: Sets, counts: readonly number[]) =>
  byOptions(SETTINGS.flatMap((setting) => onSets(sets, { setting, counts, ...once })));

/** KNN and DTE-NP by number of neighbours, with the comparison of the two rankings. */
export const NEIGHBOURS = study(
  neighbours,
  inFull(byNeighbours(SMOKE_SETS, [1, 5, 20]), byNeighbours(DEEP_SETS, [1, 2, 5, 10, 20, 32, 50])),
);

const TIME_SETS = sets("vertebral", "glass", "wbc", "vowels", "ionosphere", "cardio");
/** With the next six medium sets by their numbers. */
const MORE_TIME_SETS = [...TIME_SETS, ...MEDIUM_SETS.filter((set) => !TIME_SETS.includes(set)).slice(0, 6)];

/** Predicted against true diffusion time of the three parametric models. */
export const TIME_PREDICTION = study(timePrediction, {
  smoke: byOptions(onSets(TIME_SETS.slice(0, 1), { steps: 60, epochs: 4, seeds: 1 })),
  laptop: byOptions(onSets(TIME_SETS, { steps: 300, epochs: 400, seeds: 1 })),
  paper: byOptions(onSets(MORE_TIME_SETS, { steps: 300, epochs: 400, seeds: 5 })),
});

const posteriors = (options: { readonly steps: number; readonly maxRows: number }) =>
  byOptions(onSets(sets("vertebral"), { ...options, ...once }));

/** Posterior over diffusion time, analytical and non-parametric. */
export const POSTERIOR = study(
  posterior,
  inFull(posteriors({ steps: 60, maxRows: 60 }), posteriors({ steps: 300, maxRows: 240 })),
);

const timings = (sets: Sets, maxRows: number) => byOptions(onSets(sets, { maxRows, ...once }));

/** Inference time per row. */
export const TIMING = study(
  timing,
  inFull(timings(SMOKE_SETS.slice(0, 2), 30), timings(sets("glass", "cardio", "wilt"), 1000)),
);

const trainingTimes = (sets: Sets, networks: readonly NetworkMethod[]) =>
  byOptions(onSets(sets, { networks, ...once }));

/** Training time by method. */
export const TRAINING_TIME = study(
  trainingTime,
  inFull(
    trainingTimes(SMOKE_SETS.slice(0, 1), ["VAE"]),
    trainingTimes(sets("glass"), Object.keys(TIMED_EPOCHS) as NetworkMethod[]),
  ),
);

const plane = (config: ToyConfig) => ({ all: { config, ...once } });

/** The two-dimensional example. */
export const TOY = study(toy, {
  smoke: plane({ grid: 40, flowSteps: 20, flowSamples: 100 }),
  laptop: plane({ grid: 80, flowSteps: 50, flowSamples: 200 }),
  paper: plane({ grid: 200, flowSteps: 50, flowSamples: 200 }),
});
