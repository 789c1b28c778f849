import type { Job, Plan } from "../../lib/harness/mod.ts";
import type { EquivarianceConfig } from "./experiments/equivariance.ts";
import type { MoleculeChoice } from "./experiments/_molecules.ts";
import type { MoleculeConfig } from "./experiments/molecules.ts";
import type { NBodyConfig } from "./experiments/nbody.ts";
import type { NBodyBaselineConfig } from "./experiments/nbody_baselines.ts";
import type { PathsConfig } from "./experiments/paths.ts";
import type { SolarConfig } from "./experiments/solar.ts";
import type { SolarBaselineConfig } from "./experiments/solar_baselines.ts";
import type { TimingConfig } from "./experiments/timing.ts";
import { scaleOf } from "./plan.ts";

const seedsOf = (count: number) => Array.from({ length: count }, (_, seed) => seed);

/** The trained N-body networks. */
export function nbodyJobs(plan: Plan): Job<NBodyConfig>[] {
  const { models, training } = scaleOf(plan).nbody;
  return models.flatMap(({ model, seeds }) =>
    seedsOf(seeds).map((seed) => ({ experiment: "nbody", config: { ...training, model }, seed }))
  );
}

/** The N-body predictors in closed form. */
export function nbodyBaselineJobs(plan: Plan): Job<NBodyBaselineConfig>[] {
  const { dataSet } = scaleOf(plan).nbody.training;
  return [{ experiment: "nbody-baselines", config: { dataSet }, seed: 0 }];
}

/** True motion of the simulations drawn. */
export function pathJobs(plan: Plan): Job<PathsConfig>[] {
  return [{ experiment: "paths", config: scaleOf(plan).nbody.paths, seed: 0 }];
}

/** The trained solar-system networks. */
export function solarJobs(plan: Plan): Job<SolarConfig>[] {
  const { channels, seeds, training } = scaleOf(plan).solar;
  return channels.flatMap((count) =>
    seedsOf(seeds).map((seed) => ({ experiment: "solar", config: { ...training, channels: count }, seed }))
  );
}

/** Constant velocities. */
export function solarBaselineJobs(plan: Plan): Job<SolarBaselineConfig>[] {
  const { dataSet } = scaleOf(plan).solar.training;
  return [{ experiment: "solar-baselines", config: { dataSet }, seed: 0 }];
}

/** The trained molecule networks. */
export function moleculeJobs(plan: Plan): Job<MoleculeConfig>[] {
  const { channels, targets, seeds, training } = scaleOf(plan).molecules;
  return targets.flatMap((target) =>
    channels.flatMap((count) =>
      seedsOf(seeds).map((seed) => ({
        experiment: "molecules",
        config: { ...training, target, channels: count },
        seed,
      }))
    )
  );
}

/** Molecules without geometry. */
export function moleculeBaselineJobs(plan: Plan): Job<MoleculeChoice>[] {
  const { targets, training: { dataSet, train, valid, test } } = scaleOf(plan).molecules;
  return targets.map((target) => ({
    experiment: "molecule-baselines",
    config: { dataSet, target, train, valid, test },
    seed: 0,
  }));
}

/** Symmetries of networks with random weights. */
export function equivarianceJobs(plan: Plan): Job<EquivarianceConfig>[] {
  return [{ experiment: "equivariance", config: scaleOf(plan).equivariance, seed: 0 }];
}

/** Time per update. */
export function timingJobs(plan: Plan): Job<TimingConfig>[] {
  return scaleOf(plan).timing.map((config) => ({ experiment: "timing", config, seed: 0 }));
}
