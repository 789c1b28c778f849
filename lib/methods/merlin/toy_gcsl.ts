import {
  compile,
  disposable,
  type ExecutorName,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import { adam, type Dense, dense, initDense, meanSquaredError, relu, train } from "../../nn/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { hostTensor, type Tensor } from "../../tensor/mod.ts";
import type { GoalPolicy } from "./goal_policy.ts";
import { TOY_BOUND, TOY_RADIUS, TOY_STEPS, toyStep } from "./toy.ts";

/** Options of {@link trainToyGcsl}. */
export interface ToyGcslOptions {
  /** Number of walks that are recorded while training. */
  readonly walks: number;
  /** Updates after each walk. */
  readonly updates: number;
  /** Seeds all random numbers. */
  readonly seed: number;
  /** Steps with random actions before the first update. @default 1000 */
  readonly randomSteps?: number;
  /** Transitions of an update. @default 100 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 5e-4 */
  readonly learningRate?: number;
  /** Widths of the hidden layers. @default [256, 256] */
  readonly hidden?: readonly number[];
  /** Standard deviation of the exploring noise. @default 0.1 */
  readonly noise?: number;
  /** Where the walks are to go. @default [0, 0] */
  readonly goal?: readonly [x: number, y: number];
  /** Most states that are remembered; the oldest walks are forgotten. @default 20000 */
  readonly memory?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Called with the share of the work that is done, in [0, 1]. */
  readonly onProgress?: (fraction: number) => void;
}

/** A recorded walk. */
interface Walk {
  /** `[T, 2]` */
  readonly states: readonly number[];
  /** `[T − 1, 2]`, before the environment scales them to length 1. */
  readonly actions: readonly number[];
}

/** A trained policy of the toy, compiled. */
export interface ToyGcsl extends GoalPolicy, NativeResource {
  /** Mean squared error after each walk's updates. */
  readonly losses: readonly number[];
}

const mlp = (layers: readonly Dense[], x: Tensor) =>
  layers.reduce((h, layer, i) => i === layers.length - 1 ? dense(h, layer) : relu(dense(h, layer)), x);

/**
 * GCSL in the toy (Ghosh et al. 2021; released script `train_gcsl.py`): the policy walks towards the one goal
 * of training with some noise, and imitates its walks with what they achieved later as goals.
 *
 * A draw is a walk, then a pair of its times i < j; target is the action at i, goal the state at j.
 */
export async function trainToyGcsl(options: ToyGcslOptions): Promise<ToyGcsl> {
  const { walks, updates, seed, randomSteps = 1000, batchSize = 100, learningRate = 5e-4 } = options;
  const { hidden = [256, 256], noise = 0.1, goal = [0, 0], memory = 20_000, executor, onProgress } = options;
  const widths = [4, ...hidden, 2];
  const layers = widths.slice(1).map((outputs, i) =>
    initDense(stream(seed, "policy", `layer ${i}`), { inputs: widths[i], outputs })
  ) as HostTree<readonly Dense[]>;
  const rows = 128, input = hostTensor(new Float32Array(rows * 4), [rows, 4]);
  const one = hostTensor(new Float32Array(4), [1, 4]);
  const [many, single] = [
    await compile(mlp, [layers, input], { executor, name: "toy policy" }),
    await compile(mlp, [layers, one], { executor, name: "toy policy, one row" }),
  ];
  const recorded: Walk[] = [], walking = stream(seed, "walks");
  const record = async (parameters: HostTree<readonly Dense[]> | undefined) => {
    const draws = walking.split(`${recorded.length} of ${count}`);
    recorded.push(
      await walk(draws, {
        goal,
        act: parameters === undefined ? undefined : async (state) => {
          one.data.set([state[0], state[1], ...goal]);
          const action = (await single.run(parameters, one)).data;
          const [a, b] = draws.normal(new Float64Array(2), { std: noise });
          return [clip(action[0] + a), clip(action[1] + b)];
        },
      }),
    );
    count++;
    let states = recorded.reduce((sum, { states }) => sum + states.length / 2, 0);
    while (states > memory && recorded.length > 1) states -= recorded.shift()!.states.length / 2;
  };
  let count = 0;
  for (let steps = 0; steps < randomSteps;) {
    await record(undefined);
    steps += recorded.at(-1)!.actions.length / 2;
  }
  const draws = stream(seed, "hindsight");
  const { parameters, epochLosses } = await train<
    readonly Dense[],
    { readonly input: Tensor; readonly target: Tensor }
  >(({ parameters, batch: { input, target }, weights }) => ({
    loss: meanSquaredError(mlp(parameters, input), { target, weights }),
  }), {
    parameters: layers,
    optimiser: adam(),
    learningRate,
    rows: updates * batchSize,
    batchSize,
    epochs: walks,
    batches: {
      example: {
        input: hostTensor(new Float32Array(batchSize * 4), [batchSize, 4]),
        target: hostTensor(new Float32Array(batchSize * 2), [batchSize, 2]),
      },
      fill({ input, target }) {
        for (let row = 0; row < batchSize; row++) {
          const { states, actions } = recorded[draws.nextInteger(recorded.length)];
          const times = states.length / 2, a = draws.nextInteger(times);
          const b = (a + 1 + draws.nextInteger(times - 1)) % times, [i, j] = [Math.min(a, b), Math.max(a, b)];
          input.data.set([states[2 * i], states[2 * i + 1], states[2 * j], states[2 * j + 1]], 4 * row);
          target.data.set([actions[2 * i], actions[2 * i + 1]], 2 * row);
        }
      },
    },
    stream: stream(seed, "order"),
    executor,
    afterEpoch: async ({ readState }) => {
      await record((await readState()).parameters);
    },
    onProgress: ({ fraction }) => onProgress?.(fraction),
  });
  await single.dispose();
  return {
    losses: epochLosses,
    async act({ observations, goals, rows: asked }) {
      const found = new Float32Array(2 * asked);
      for (let start = 0; start < asked; start += rows) {
        const end = Math.min(start + rows, asked);
        for (let row = start; row < end; row++) {
          input.data.set(observations.subarray(2 * row, 2 * row + 2), 4 * (row - start));
          input.data.set(goals.subarray(2 * row, 2 * row + 2), 4 * (row - start) + 2);
        }
        const { data } = await many.run(parameters, input);
        found.set((data as Float32Array).subarray(0, 2 * (end - start)), 2 * start);
      }
      return found;
    },
    ...disposable(() => many.dispose()),
  };
}

const clip = (x: number) => Math.min(Math.max(x, -1), 1);

/** One walk from a uniform start, of two states at least. */
async function walk(
  draws: Stream,
  { goal, act }: {
    readonly goal: readonly [number, number];
    /** @default actions uniform in ±1 */
    readonly act?: (state: ArrayLike<number>) => Promise<readonly number[]>;
  },
): Promise<Walk> {
  let state: Float64Array = draws.uniform(new Float64Array(2), { low: -TOY_BOUND, high: TOY_BOUND });
  const states = [...state], actions: number[] = [];
  do {
    const action = act === undefined
      ? [...draws.uniform(new Float64Array(2), { low: -1, high: 1 })]
      : await act(state);
    actions.push(...action);
    state = toyStep(state, action);
    states.push(...state);
  } while (Math.hypot(state[0] - goal[0], state[1] - goal[1]) > TOY_RADIUS && actions.length < 2 * TOY_STEPS);
  return { states, actions };
}
