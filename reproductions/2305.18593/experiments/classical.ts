import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  type Detector,
  fitCblof,
  fitCopod,
  fitEcod,
  fitHbos,
  fitIsolationForest,
  fitKnn,
  fitLof,
  fitMcd,
  fitOcsvm,
  fitPca,
} from "../../../lib/anomaly/mod.ts";
import { fitNonParametric } from "../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import type { Matrix } from "../../../lib/stats/mod.ts";
import { evaluate, loadSplit, type Scores, type Setting } from "./_evaluation.ts";

/** Methods that fit without gradient descent. */
export type ClassicalMethod = keyof typeof FITTERS;

/** One data set under one setting, several methods on the same split. */
export type ClassicalConfig = {
  readonly dataSet: string;
  readonly setting: Setting;
  readonly methods: readonly ClassicalMethod[];
};

/** Metrics by method, in percent. */
export type ClassicalResult = { readonly [method: string]: Scores };

/** Neighbours of the reported columns: the unsupervised ones were made with 32 (found by recomputation). */
const NEIGHBOURS: Readonly<Record<Setting, number>> = { semi: 5, unsup: 32 };

type Fitter = (train: Matrix, options: { readonly setting: Setting; readonly seed: number }) => Detector;

const FITTERS = {
  "KNN": (train, { setting }) => fitKnn(train, { k: NEIGHBOURS[setting] }),
  "DTE-NP": (train, { setting }) =>
    fitNonParametric(train, { k: NEIGHBOURS[setting], distances: "plain", readout: "distance" }),
  // The score of the code of December 2023: an index on the time grid, which saturates for far points.
  "DTE-NP grid": (train) => fitNonParametric(train, { readout: "modeIndex" }),
  "LOF": (train) => fitLof(train),
  "OCSVM": (train) => fitOcsvm(train),
  "ECOD": (train) => fitEcod(train),
  "COPOD": (train) => fitCopod(train),
  "HBOS": (train) => fitHbos(train),
  "PCA": (train) => fitPca(train),
  "IForest": (train, { seed }) => fitIsolationForest(train, { stream: stream(seed, "IForest") }),
  "MCD": (train, { seed }) => fitMcd(train, { stream: stream(seed, "MCD") }),
  "CBLOF": (train, { seed }) => fitCblof(train, { stream: stream(seed, "CBLOF") }),
} satisfies Record<string, Fitter>;

/** All classical methods, in the order of {@link FITTERS}. */
export const CLASSICAL_METHODS = Object.keys(FITTERS) as readonly ClassicalMethod[];

/** Methods whose score depends on the seed beyond the split. */
export const RANDOMISED_METHODS: readonly ClassicalMethod[] = ["IForest", "MCD", "CBLOF"];

/** Fits one method as the tables' columns were made. */
export function fitClassical(
  method: ClassicalMethod,
  train: Matrix,
  options: { readonly setting: Setting; readonly seed: number },
): Detector {
  return FITTERS[method](train, options);
}

/** Training-free baselines and DTE-NP on one split (paper Sec. 4, appendix tables). */
export const classical: Experiment<ClassicalConfig, ClassicalResult> = {
  id: "classical",
  title: "Training-free methods",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  cost: ({ setting, methods }) => 0.05 * methods.length * (setting === "unsup" ? 2 : 1),
  async run({ dataSet, setting, methods }, context) {
    const { train, test, testLabels } = await loadSplit({ dataSet, setting }, context);
    const result: Record<string, Scores> = {};
    for (const [done, method] of methods.entries()) {
      const detector = fitClassical(method, train, { setting, seed: context.seed });
      result[method] = evaluate(await detector.score(test), testLabels);
      context.progress((done + 1) / methods.length);
    }
    return result;
  },
};
