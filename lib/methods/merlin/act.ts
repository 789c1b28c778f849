import {
  compile,
  disposable,
  type ExecutorName,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import { constants, type Dense } from "../../nn/mod.ts";
import { hostTensor, type Tensor } from "../../tensor/mod.ts";
import type { GoalPolicy, GoalPolicyInput } from "./goal_policy.ts";
import { normalise } from "./normaliser.ts";
import type { TrainedMerlin } from "./training.ts";

/** Options of {@link compileMerlin}. */
export interface CompileMerlinOptions {
  /** Rows that are computed in one call. @default 100 */
  readonly batchSize?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** Means and standard deviations of actions, `[rows, m]` each. */
export interface GaussianRows {
  /** μ, `[rows, m]`. */
  readonly mean: Float32Array;
  /** σ, `[rows, m]`. */
  readonly std: Float32Array;
}

/** A trained policy, compiled: one network call for up to `batchSize` rows. */
export interface CompiledMerlin extends NativeResource {
  /** π(· | s, g, h) of rows, with one horizon for all. */
  distribution(query: GoalPolicyInput & { readonly horizon: number }): Promise<GaussianRows>;
  /** The policy that acts by the mean, with a constant horizon, as in the released evaluation. */
  at(horizon: number): GoalPolicy;
}

/** Compiles a trained policy; its parameters become constants of the program. */
export async function compileMerlin(
  { policy, layers, normalisations }: TrainedMerlin,
  { batchSize = 100, executor }: CompileMerlinOptions = {},
): Promise<CompiledMerlin> {
  const { observationSize, goalSize, actionSize } = policy.options;
  const observations = new Float32Array(batchSize * observationSize);
  const goals = new Float32Array(batchSize * goalSize);
  const horizons = new Float32Array(batchSize);
  const input = {
    observations: hostTensor(observations, [batchSize, observationSize]),
    goals: hostTensor(goals, [batchSize, goalSize]),
    horizons: hostTensor(horizons),
  };
  type Input = { readonly observations: Tensor; readonly goals: Tensor; readonly horizons: Tensor };
  const program = await compile(
    (input: Input) => {
      const { mean, std } = policy.apply(
        constants<readonly Dense[]>(layers as HostTree<readonly Dense[]>),
        input,
      );
      return { mean, std };
    },
    [input],
    { executor, name: "policy" },
  );
  const distribution: CompiledMerlin["distribution"] = async (query) => {
    const { rows } = query;
    const found = { mean: new Float32Array(rows * actionSize), std: new Float32Array(rows * actionSize) };
    for (let start = 0; start < rows; start += batchSize) {
      const end = Math.min(start + batchSize, rows);
      observations.fill(0).set(query.observations.subarray(start * observationSize, end * observationSize));
      goals.fill(0).set(query.goals.subarray(start * goalSize, end * goalSize));
      if (normalisations !== undefined) {
        normalise(observations, { ...normalisations.observations, into: observations });
        normalise(goals, { ...normalisations.goals, into: goals });
      }
      horizons.fill(query.horizon);
      const { mean, std } = await program.run(input);
      const size = (end - start) * actionSize;
      found.mean.set((mean.data as Float32Array).subarray(0, size), start * actionSize);
      found.std.set((std.data as Float32Array).subarray(0, size), start * actionSize);
    }
    return found;
  };
  return {
    distribution,
    at: (horizon) => ({ act: async (query) => (await distribution({ ...query, horizon })).mean }),
    ...disposable(() => program.dispose()),
  };
}
