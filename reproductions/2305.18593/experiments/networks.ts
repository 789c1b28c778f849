import type { Experiment, JobContext } from "../../../lib/harness/mod.ts";
import {
  trainDdpm,
  trainDteCategorical,
  trainDteEnsemble,
  trainDteGaussian,
  trainDteInverseGamma,
} from "../../../lib/methods/diffusion_time/mod.ts";
import { trainPlanarFlow, trainVae } from "../../../lib/anomaly/mod.ts";
import type { NetworkMethod, Setting } from "../plan.ts";
import { evaluate, loadSplit, type Scores } from "./_evaluation.ts";

/** One training of one network. Absent options are the paper's values. */
export type NetworkConfig = {
  readonly dataSet: string;
  readonly setting: Setting;
  readonly method: NetworkMethod;
  readonly epochs: number;
  /** Length T of the diffusion. */
  readonly steps?: number;
  /** Step from which DDPM reconstructs. */
  readonly start?: number;
  /** Number of time bins of DTE-C. */
  readonly bins?: number;
};

type TrainOptions = Omit<NetworkConfig, "dataSet" | "setting" | "method"> & {
  readonly seed: number;
  readonly executor: JobContext["executor"];
  readonly onProgress?: (progress: { readonly fraction: number }) => void;
};

/**
 * Trains one network. Optional settings travel as absent keys, so that the methods' defaults (the paper's
 * values) apply.
 */
export function trainNetwork(
  method: NetworkMethod,
  rows: Parameters<typeof trainDteCategorical>[0],
  options: TrainOptions,
) {
  switch (method) {
    case "DTE-C":
      return trainDteCategorical(rows, options);
    case "DTE-C single softmax":
      return trainDteCategorical(rows, { ...options, singleSoftmax: true });
    case "DTE-C bagging":
      return trainDteEnsemble(rows, options);
    case "DTE-IG":
      return trainDteInverseGamma(rows, options);
    case "DTE-IG raw":
      return trainDteInverseGamma(rows, { ...options, rawScore: true });
    case "DTE-Gaussian":
      return trainDteGaussian(rows, options);
    case "DDPM":
      return trainDdpm(rows, options);
    case "PlanarFlow":
      return trainPlanarFlow(rows, options);
    case "PlanarFlow released":
      return trainPlanarFlow(rows, { ...options, broadcastScore: true });
    case "VAE":
      return trainVae(rows, options);
  }
}

/** Seconds of a training relative to DTE-C's. */
const SECONDS: Partial<Record<NetworkMethod, number>> = {
  "DTE-C bagging": 5,
  "PlanarFlow": 0.4,
  "PlanarFlow released": 0.4,
  "VAE": 0.5,
};

/** Networks on one split: DTE-C, DTE-IG, DDPM and the deep baselines (paper Sec. 4, appendix tables). */
export const networks: Experiment<NetworkConfig, Scores> = {
  id: "networks",
  title: "Trained networks",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ epochs, setting, method }) =>
    (epochs / 400) * (setting === "unsup" ? 9 : 4.5) * (SECONDS[method] ?? 1),
  async run({ dataSet, setting, method, ...options }, context) {
    const { train: rows, test, testLabels } = await loadSplit({ dataSet, setting }, context);
    const { seed, executor } = context;
    const model = await trainNetwork(method, rows, {
      ...options,
      seed,
      executor,
      onProgress: ({ fraction }) => context.progress(0.95 * fraction),
    });
    try {
      return evaluate(await model.score(test), testLabels);
    } finally {
      await model.dispose();
    }
  },
};
