import type { Job, Plan } from "../../lib/harness/mod.ts";
import type { AgreementConfig } from "./experiments/agreement.ts";
import type { CifarConfig } from "./experiments/cifar.ts";
import { INPUT_FAMILIES } from "./experiments/_inputs.ts";
import type { ParallelConfig } from "./experiments/parallel.ts";
import type { ParticlesConfig } from "./experiments/particles.ts";
import type { RegressionConfig } from "./experiments/regression.ts";
import type { RoundsConfig } from "./experiments/rounds.ts";
import type { TimingConfig } from "./experiments/timing.ts";
import type { TorusConfig } from "./experiments/torus.ts";
import { scaleOf } from "./plan.ts";

const seedsUpTo = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);

/** The particle system of the first figure. */
export function particlesJobs(plan: Plan): Job<ParticlesConfig>[] {
  return [{ experiment: "particles", config: scaleOf(plan).particles, seed: 3 }];
}

/** The four algorithms and the identities on random inputs. */
export function agreementJobs(plan: Plan): Job<AgreementConfig>[] {
  return [{ experiment: "agreement", config: scaleOf(plan).agreement, seed: 0 }];
}

/** Dependent rounds of the parallel algorithms. */
export function roundsJobs(plan: Plan): Job<RoundsConfig>[] {
  const { sizes, seeds } = scaleOf(plan).rounds;
  return seedsUpTo(seeds).map((seed) => ({ experiment: "rounds", config: { sizes }, seed }));
}

/** Depth of the data-parallel program. */
export function parallelJobs(plan: Plan): Job<ParallelConfig>[] {
  return [{ experiment: "parallel", config: scaleOf(plan).parallel, seed: 0 }];
}

/** Wall times of the four algorithms. */
export function timingJobs(plan: Plan): Job<TimingConfig>[] {
  const { sizes } = scaleOf(plan).timing;
  return INPUT_FAMILIES.map((family) => ({ experiment: "timing", config: { family, sizes }, seed: 0 }));
}

/** Linear regressions, all or those with a certain truth. */
export function regressionJobs(
  plan: Plan,
  truths?: readonly RegressionConfig["truth"][],
): Job<RegressionConfig>[] {
  return scaleOf(plan).regression
    .filter(({ config }) => truths?.includes(config.truth) ?? true)
    .flatMap(({ config, seeds }) =>
      seedsUpTo(seeds).map((seed) => ({ experiment: "regression", config, seed }))
    );
}

/** Digits on the torus, all networks or those of these names. */
export function torusJobs(plan: Plan, names?: readonly string[]): Job<TorusConfig>[] {
  return scaleOf(plan).torus
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap(({ config, seeds }) => seedsUpTo(seeds).map((seed) => ({ experiment: "torus", config, seed })));
}

/** Photographs, all networks or those of these names. */
export function cifarJobs(plan: Plan, names?: readonly string[]): Job<CifarConfig>[] {
  return scaleOf(plan).cifar
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap(({ config, seeds }) => seedsUpTo(seeds).map((seed) => ({ experiment: "cifar", config, seed })));
}
