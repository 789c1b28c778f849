import type { Job, Plan } from "../../lib/harness/mod.ts";
import { CLASSICAL_METHODS, type ClassicalConfig, RANDOMISED_METHODS } from "./experiments/classical.ts";
import type { NetworkConfig } from "./experiments/networks.ts";
import type { NeighbourConfig } from "./experiments/neighbours.ts";
import type { PosteriorConfig } from "./experiments/posterior.ts";
import type { TimePredictionConfig } from "./experiments/time_prediction.ts";
import type { TimingConfig } from "./experiments/timing.ts";
import type { ToyConfig } from "./experiments/toy.ts";
import { hasFixedSplit, type NetworkMethod, PLAIN_SEEDS, scaleOf, type Setting, SETTINGS } from "./plan.ts";

/** Training-free methods on every set, setting and seed; what cannot differ between seeds is run once. */
export function classicalJobs(plan: Plan): Job<ClassicalConfig>[] {
  const { classicalSets, classicalSeeds } = scaleOf(plan);
  const job = (config: ClassicalConfig, seed: number): Job<ClassicalConfig> => ({
    experiment: "classical",
    config,
    seed,
  });
  const jobs: Job<ClassicalConfig>[] = [];
  for (const dataSet of classicalSets) {
    for (const [index, seed] of classicalSeeds.entries()) {
      const repeats = index > 0 && hasFixedSplit(dataSet, plan);
      jobs.push(
        job({ dataSet, setting: "semi", methods: repeats ? RANDOMISED_METHODS : CLASSICAL_METHODS }, seed),
      );
      jobs.push(job({ dataSet, setting: "unsup", methods: CLASSICAL_METHODS }, seed));
    }
    // The reported unsupervised KNN and DTE-NP columns have other seeds than the rest.
    for (
      const seed of PLAIN_SEEDS.slice(0, classicalSeeds.length).filter((seed) =>
        !classicalSeeds.includes(seed)
      )
    ) {
      jobs.push(job({ dataSet, setting: "unsup", methods: ["KNN", "DTE-NP"] }, seed));
    }
  }
  return jobs;
}

function network(config: NetworkConfig, seed: number): Job<NetworkConfig> {
  return { experiment: "networks", config, seed };
}

/** The networks of the tables, at the paper's settings, by method and setting. */
export function networkJobs(
  plan: Plan,
  which: { readonly methods?: readonly NetworkMethod[]; readonly setting?: Setting } = {},
): Job<NetworkConfig>[] {
  return scaleOf(plan).networks
    .filter(({ method }) => which.methods?.includes(method) ?? true)
    .flatMap(({ method, sets, settings, epochs, seeds, steps, start }) =>
      settings.filter((setting) => setting === (which.setting ?? setting)).flatMap((setting) =>
        sets.flatMap((dataSet) =>
          PLAIN_SEEDS.slice(0, seeds).map((seed) =>
            network({
              dataSet,
              setting,
              method,
              epochs,
              ...(steps ? { steps } : {}),
              ...(start ? { start } : {}),
            }, seed)
          )
        )
      )
    );
}

/** DTE-C by number of bins, with the paper's double softmax and with the textbook loss (semi-supervised). */
export function binsJobs(plan: Plan): Job<NetworkConfig>[] {
  const { sets, counts, epochs, seeds } = scaleOf(plan).bins;
  return (["DTE-C", "DTE-C single softmax"] as const).flatMap((method) =>
    counts.flatMap((bins) =>
      sets.flatMap((dataSet) =>
        PLAIN_SEEDS.slice(0, seeds).map((seed) =>
          network({ dataSet, setting: "semi", method, epochs, bins }, seed)
        )
      )
    )
  );
}

/** DTE-C by length T of the diffusion (semi-supervised). */
export function stepsJobs(plan: Plan): Job<NetworkConfig>[] {
  const { sets, counts, epochs, seeds } = scaleOf(plan).steps;
  return counts.flatMap((steps) =>
    sets.flatMap((dataSet) =>
      PLAIN_SEEDS.slice(0, seeds).map((seed) =>
        network({ dataSet, setting: "semi", method: "DTE-C", epochs, steps }, seed)
      )
    )
  );
}

/** KNN and DTE-NP by number of neighbours, with the comparison of the two rankings. */
export function neighbourJobs(plan: Plan): Job<NeighbourConfig>[] {
  const { sets, counts } = scaleOf(plan).neighbours;
  return SETTINGS.flatMap((setting) =>
    sets.map((dataSet) => ({ experiment: "neighbours", config: { dataSet, setting, counts }, seed: 0 }))
  );
}

/** Posterior over diffusion time, analytical and non-parametric. */
export function posteriorJobs(plan: Plan): Job<PosteriorConfig>[] {
  return [{ experiment: "posterior", config: scaleOf(plan).posterior, seed: 0 }];
}

/** Predicted against true diffusion time of the three parametric models. */
export function timePredictionJobs(plan: Plan): Job<TimePredictionConfig>[] {
  const { sets, steps, epochs, seeds } = scaleOf(plan).timePrediction;
  return sets.flatMap((dataSet) =>
    PLAIN_SEEDS.slice(0, seeds).map((seed) => ({
      experiment: "time-prediction",
      config: { dataSet, steps, epochs },
      seed,
    }))
  );
}

/** The two-dimensional example. */
export function toyJobs(plan: Plan): Job<ToyConfig>[] {
  return [{ experiment: "toy", config: scaleOf(plan).toy, seed: 0 }];
}

/** Inference time per row. */
export function timingJobs(plan: Plan): Job<TimingConfig>[] {
  const { sets, maxRows } = scaleOf(plan).timing;
  return sets.map((dataSet) => ({ experiment: "timing", config: { dataSet, maxRows }, seed: 0 }));
}
