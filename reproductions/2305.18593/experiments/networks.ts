import type { Experiment, JobContext } from "../../../lib/harness/mod.ts";
import {
  fitDdpm,
  fitDteCategorical,
  fitDteEnsemble,
  fitDteGaussian,
  fitDteInverseGamma,
} from "../../../lib/methods/diffusion_time/mod.ts";
import { fitDeepSvdd, fitIcl, fitPlanarFlow, fitVae } from "../../../lib/anomaly/mod.ts";
import { evaluate, loadSplit, type Scores, type Setting } from "./_evaluation.ts";

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
  | "VAE"
  | "DeepSVDD"
  | "ICL";

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

/** The protocol has standardised the rows. */
const STANDARDISED = { standardise: false } as const;

/** Trains one network; settings that are absent keep the methods' defaults, the paper's values. */
export function trainNetwork(
  method: NetworkMethod,
  rows: Parameters<typeof fitDteCategorical>[0],
  options: TrainOptions,
) {
  switch (method) {
    case "DTE-C":
      return fitDteCategorical(rows, { ...options, ...STANDARDISED });
    case "DTE-C single softmax":
      return fitDteCategorical(rows, { ...options, ...STANDARDISED, singleSoftmax: true });
    case "DTE-C bagging":
      return fitDteEnsemble(rows, { ...options, ...STANDARDISED });
    case "DTE-IG":
      return fitDteInverseGamma(rows, { ...options, ...STANDARDISED });
    case "DTE-IG raw":
      return fitDteInverseGamma(rows, { ...options, ...STANDARDISED, rawScore: true });
    case "DTE-Gaussian":
      return fitDteGaussian(rows, { ...options, ...STANDARDISED });
    case "DDPM":
      return fitDdpm(rows, { ...options, ...STANDARDISED });
    case "PlanarFlow":
      return fitPlanarFlow(rows, options);
    case "PlanarFlow released":
      return fitPlanarFlow(rows, { ...options, broadcastScore: true });
    case "VAE":
      return fitVae(rows, options);
    case "DeepSVDD":
      return fitDeepSvdd(rows, options);
    case "ICL":
      return fitIcl(rows, options);
  }
}

/** Seconds of a training relative to DTE-C's. */
const SECONDS: Partial<Record<NetworkMethod, number>> = {
  "DTE-C bagging": 5,
  "PlanarFlow": 0.4,
  "PlanarFlow released": 0.4,
  "VAE": 0.5,
  "DeepSVDD": 0.3,
  "ICL": 100,
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
    await using model = await trainNetwork(method, rows, {
      ...options,
      seed,
      executor,
      onProgress: ({ fraction }) => context.progress(0.95 * fraction),
    });
    return evaluate(await model.score(test), testLabels);
  },
};
