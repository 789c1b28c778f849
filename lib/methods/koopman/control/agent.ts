import { compile, disposable, type ExecutorName, type HostTree } from "../../../compile/mod.ts";
import type { NativeResource } from "../../../compile/mod.ts";
import { hostTensor } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { HostTensor, Tensor } from "../../../tensor/mod.ts";
import { type Plan, type PlanOptions, searchActions } from "../planning.ts";
import type { SequenceValue, TdMpcModel } from "./tdmpc_model.ts";
import type { PackedNetworks, TdMpcTrainer } from "./tdmpc_training.ts";

/** Options of {@link tdMpcPlanner}; actions are in ±1. */
export interface TdMpcPlannerOptions extends Omit<PlanOptions, "bounds" | "leastSpread" | "startSpread"> {
  /** Share of the samples that the policy proposes in addition. @default 0.05 */
  readonly policyShare?: number;
  /** Standard deviation of the policy's noise. @default 0.05 */
  readonly policySpread?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** How one action is chosen. */
export interface ActOptions {
  /** `[n]` */
  readonly observation: ArrayLike<number>;
  /** What plans. */
  readonly networks: PackedNetworks;
  /** Steps that are looked ahead, at most H. @default H */
  readonly horizon?: number;
  /** Least standard deviation of the search. @default 0.05 */
  readonly leastSpread?: number;
  /** Adds noise of the elites' standard deviation, as in training. @default false */
  readonly explore?: boolean;
}

/** Chooses actions by TD-MPC's search. */
export interface TdMpcPlanner extends NativeResource {
  /** The next action, `[p]` in ±1. */
  act(options: ActOptions): Promise<Float64Array>;
  /** Forgets the last plan and starts an episode, with the noise of this stream. */
  reset(stream: Stream): void;
}

/** Standard deviation that every search starts with, in TD-MPC. */
const START_SPREAD = 2;

/**
 * Compiles what TD-MPC plans with: sequences that the policy would take in the model, and the value of
 * sequences. The search ({@link searchActions}) starts from the last plan; one of the elites is taken with
 * its weight as probability, of which the first action is done (Hansen et al. 2022, Algorithm 1).
 */
export async function tdMpcPlanner<D>(
  model: TdMpcModel<D>,
  { world, policy }: TdMpcTrainer<D>["learners"],
  options: TdMpcPlannerOptions,
): Promise<TdMpcPlanner> {
  const { horizon: longest, samples = 512, elites = 64, iterations = 6 } = options;
  const { temperature, momentum, policyShare = 0.05, policySpread = 0.05, executor } = options;
  const { observationSize, actionSize, discount, dynamics } = model.options;
  const proposed = Math.floor(policyShare * samples), sequences = samples + proposed;
  const bounds = Array.from({ length: actionSize }, () => [-1, 1] as const);
  const zeros = (...shape: number[]) =>
    hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);
  const start = {
    world: world.start.parameters,
    policy: policy.start.parameters,
  } as unknown as HostTree<PackedNetworks>;
  const unpacked = (networks: Packed) => ({
    world: world.tree(networks.world),
    policy: policy.tree(networks.policy),
  });

  const imagined = {
    observation: zeros(1, observationSize),
    noise: zeros(longest, Math.max(1, proposed), actionSize),
  };
  const begin = await compile(
    (networks: Packed, { observation, noise }: Imagined) => {
      const trees = unpacked(networks);
      const latent = model.encode(trees.world, observation);
      return { latent, actions: model.imagine(trees, { latent, noise }) };
    },
    [start as unknown as HostTree<Packed>, imagined],
    { executor, name: "TD-MPC's policy" },
  );
  const valued = {
    latent: zeros(1, dynamics.latent),
    actions: zeros(longest, sequences, actionSize),
    rewardWeights: zeros(longest),
    valueWeights: zeros(longest),
    noise: zeros(sequences, actionSize),
  };
  const value = await compile(
    (networks: Packed, input: SequenceValue) => model.sequenceValue(unpacked(networks), input),
    [start as unknown as HostTree<Packed>, valued as unknown as HostTree<SequenceValue>],
    { executor, name: "TD-MPC's value" },
  );

  let stream: Stream | undefined, last: Plan | undefined;
  return {
    reset(own) {
      stream = own;
      last = undefined;
    },
    async act({ observation, networks, horizon = longest, leastSpread = 0.05, explore = false }) {
      if (stream === undefined) {
        throw new TypeError("Cannot act as reset must come first: current number of episodes is 0");
      }
      const draws = stream, trees = networks as unknown as HostTree<Packed>;
      imagined.observation.data.set(observation);
      draws.normal(imagined.noise.data, { std: policySpread });
      const { latent, actions: taken } = await begin.run(trees, imagined) as unknown as Begun;
      for (let t = 0; t < longest; t++) {
        valued.rewardWeights.data[t] = t < horizon ? discount ** t : 0;
        valued.valueWeights.data[t] = t === horizon - 1 ? discount ** horizon : 0;
      }
      const search = await searchActions(async (actions) => {
        valued.actions.data.fill(0);
        valued.actions.data.set(actions);
        draws.normal(valued.noise.data, { std: policySpread });
        const found = await value.run(
          trees,
          { ...valued, latent } as unknown as HostTree<SequenceValue>,
        );
        return (found as unknown as HostTensor).data;
      }, {
        ...{ horizon, bounds, samples, elites, iterations, temperature, momentum, leastSpread },
        startSpread: START_SPREAD,
        stream: draws,
        last,
        proposals: proposed === 0 ? undefined : taken.data.slice(0, horizon * proposed * actionSize),
      });
      last = search.mean;
      const chosen = chooseByWeight(search.weights, draws.nextUniform());
      const noise = draws.normal(new Float64Array(actionSize));
      return search.elites.slice(chosen * actionSize, (chosen + 1) * actionSize).map((action, k) =>
        Math.min(Math.max(action + (explore ? search.spread[k] * noise[k] : 0), -1), 1)
      );
    },
    ...disposable(async () => {
      await begin.dispose();
      await value.dispose();
    }),
  };
}

/** Networks inside a program. */
interface Packed {
  readonly world: readonly Tensor[];
  readonly policy: readonly Tensor[];
}

interface Imagined {
  readonly observation: Tensor;
  readonly noise: Tensor;
}

interface Begun {
  readonly latent: HostTensor;
  readonly actions: { readonly data: Float32Array };
}

/** The index at which the running sum of weights exceeds a number in [0, 1). */
function chooseByWeight(weights: Float64Array, uniform: number): number {
  let sum = 0;
  const found = weights.findIndex((weight) => (sum += weight) > uniform);
  return found < 0 ? weights.length - 1 : found;
}
