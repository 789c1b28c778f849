import { compile, disposable, type ExecutorName } from "../../../compile/mod.ts";
import { constants, hostTensor } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { HostTensor, HostTree, Tensor } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import { normalise } from "../normaliser.ts";
import type { Mlp } from "./_mlp.ts";
import { actorOf } from "./_networks.ts";
import type { Scaling } from "./_scaling.ts";
import type { BaselinePolicy } from "./options.ts";

/** Normalised observations `[rows, n]` and goals `[rows, d]`, with normal noise if the policy draws any. */
export interface PolicyInput {
  readonly observation: Tensor;
  readonly goal: Tensor;
  readonly noise: readonly Tensor[];
}

/** Options of {@link compileGoalPolicy}. */
export interface CompileGoalPolicyOptions<P> {
  readonly parameters: HostTree<P>;
  readonly scaling: Scaling;
  readonly actionBound: number;
  readonly networkCalls?: number;
  /** Shapes of the standard normal numbers that a call needs. @default none */
  readonly noise?: (rows: number) => readonly (readonly number[])[];
  /** Where the noise comes from. */
  readonly stream: Stream;
  readonly executor?: ExecutorName;
}

/**
 * Makes a policy of a network `(parameters, input) → actions [rows, m]` within ±1. A program is compiled for
 * each number of rows that occurs.
 */
export function compileGoalPolicy<P>(
  network: (parameters: P, input: PolicyInput) => Tensor,
  { parameters, scaling, actionBound, networkCalls = 1, noise = () => [], stream, executor }:
    CompileGoalPolicyOptions<P>,
): BaselinePolicy {
  const zeros = (shape: readonly number[]) =>
    hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);
  const make = (rows: number) => {
    const input = {
      observation: zeros([rows, scaling.observation.mean.length]),
      goal: zeros([rows, scaling.goal.mean.length]),
      noise: noise(rows).map(zeros),
    };
    const program = compile(
      (input: PolicyInput) => network(constants<P>(parameters), input),
      [input as unknown as HostTree<PolicyInput>],
      { executor, name: "goal policy" },
    );
    return { input, program };
  };
  const programs = new Map<number, ReturnType<typeof make>>();
  const draws = stream.split("acting");
  return {
    networkCalls,
    async act({ observations, goals, rows }) {
      let made = programs.get(rows);
      if (made === undefined) programs.set(rows, made = make(rows));
      const { input, program } = made;
      normalise(observations, { ...scaling.observation, into: input.observation.data });
      normalise(goals, { ...scaling.goal, into: input.goal.data });
      for (const { data } of input.noise) draws.normal(data);
      const actions = await (await program).run(input as unknown as HostTree<PolicyInput>) as HostTensor;
      return Float32Array.from(actions.data, (action) => action * actionBound);
    },
    ...disposable(async () => {
      for (const { program } of programs.values()) await (await program).dispose();
    }),
  };
}

/** The policy π(s, g) of trained layers, see `actorOf`. */
export function compileActor(
  parameters: HostTree<Mlp>,
  { episodes, ...options }:
    & Pick<CompileGoalPolicyOptions<Mlp>, "scaling" | "stream" | "executor">
    & { readonly episodes: GoalEpisodes },
): BaselinePolicy {
  return compileGoalPolicy<Mlp>(
    (parameters, { observation, goal }) => actorOf(parameters, observation, goal),
    { parameters, actionBound: episodes.actionBound, ...options },
  );
}
