import { compile, type ExecutorName, type HostTree, scan } from "../../compile/mod.ts";
import { adam, dense, initDense, train } from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import { type HostTensor, hostTensor, type Tensor, tf } from "../../tensor/mod.ts";
import {
  type Behaviour,
  decode,
  type Dynamics,
  type Gru,
  gruStep,
  initMlp,
  mlp,
  scalingByTime,
  type TimeScaling,
  transitions,
} from "./_reverse_networks.ts";
import type { GoalEpisodes } from "./episodes.ts";

/** Spread of the latent numbers when actions are generated: practically none. */
const LATENT_STD = 1e-3;

/** Options of {@link generateReverse}. */
export interface ReverseModelOptions {
  /** Seeds all random numbers. */
  readonly seed: number;
  /** Updates of the dynamics, of whole episodes. */
  readonly dynamicsSteps: number;
  /** Updates of the behaviour. */
  readonly behaviourSteps: number;
  /** Units of each GRU layer. @default 256 */
  readonly hidden?: number;
  /** Width of the two hidden layers of the behaviour's encoder and decoder. @default 256 */
  readonly width?: number;
  /** Episodes, or transitions, of a batch. @default 256 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 1e-3 */
  readonly learningRate?: number;
  /**
   * Train the dynamics backwards in time, too, as they generate. The released code trains them forwards, and
   * generates backwards with the hidden state carried on.
   *
   * @default false
   */
  readonly reverseTrain?: boolean;
  /**
   * Train the behaviour on the first N transitions only, N the number of episodes, as the released code does
   * by an index of episodes into transitions.
   *
   * @default false
   */
  readonly compatFirstTransitions?: boolean;
  /** Episodes to make. @default those of the data */
  readonly count?: number;
  /** φ: what a state has achieved. */
  readonly achievedOf: (observation: Float32Array) => ArrayLike<number>;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Called with the share of the work that is done, in [0, 1]. */
  readonly onProgress?: (fraction: number) => void;
}

/** Episodes of a learned reverse model. */
export interface Generated {
  /** In columns. */
  readonly episodes: GoalEpisodes;
  /** Mean squared error of the dynamics over the last tenth of their updates, in units of the spread. */
  readonly dynamicsLoss: number;
  /** Loss of the behaviour over the last tenth of its updates. */
  readonly behaviourLoss: number;
  /** Episodes that were dropped, as a number in them was not finite. */
  readonly dropped: number;
}

/**
 * Learns to play episodes backwards, and plays new ones (Merlin-P, released code `dynamics_model.py`).
 *
 * The dynamics are a GRU of two layers, [s_{t+1}, a_t] → s_{t+1} − s_t, standardised for each time by itself.
 * The behaviour b(a_t | s_{t+1}) is a conditional variational autoencoder with 2m latent numbers and the loss
 * ‖a − â‖² (mean) + ½ mean KL. From the last state of an episode of the data, a = b(s′), s = s′ − Δ̂, and so
 * on; what the last state achieved becomes the goal.
 */
export async function generateReverse(data: GoalEpisodes, options: ReverseModelOptions): Promise<Generated> {
  const { onProgress } = options;
  const dynamics = await trainDynamics(data, { ...options, onProgress: (f) => onProgress?.(0.6 * f) });
  const behaviour = await trainBehaviour(data, {
    ...options,
    onProgress: (f) => onProgress?.(0.6 + 0.3 * f),
  });
  const { episodes, dropped } = await generate(data, { ...options, dynamics, behaviour });
  return { episodes, dropped, dynamicsLoss: dynamics.loss, behaviourLoss: behaviour.loss };
}

type TrainedDynamics = Awaited<ReturnType<typeof trainDynamics>>;

async function trainDynamics(data: GoalEpisodes, options: ReverseModelOptions) {
  const { seed, dynamicsSteps, hidden = 256, batchSize = 256, learningRate = 1e-3, executor } = options;
  const { reverseTrain = false, onProgress } = options;
  const { observationSize: n, actionSize: m, length, episodes } = data, steps = length - 1;
  const { inputs, changes } = transitions(data);
  const scaling = {
    inputs: scalingByTime(inputs, { steps, columns: n + m }),
    changes: scalingByTime(changes, { steps, columns: n }),
  };
  const source = stream(seed, "dynamics"), draws = source.split("episodes");
  const layer = (name: string, width: number) => ({
    input: initDense(source.split(name, "input"), { inputs: width, outputs: 3 * hidden }),
    hidden: initDense(source.split(name, "hidden"), { inputs: hidden, outputs: 3 * hidden }),
  });
  const parameters = {
    layers: [layer("first", n + m), layer("second", hidden)],
    head: initDense(source.split("head"), { inputs: hidden, outputs: n }),
  } as HostTree<Dynamics>;
  const every = dynamicsSteps % 10 === 0 ? dynamicsSteps / 10 : dynamicsSteps;
  const trained = await train<Dynamics, { readonly inputs: Tensor; readonly changes: Tensor }>(
    ({ parameters, batch }) => {
      const zeros = () => tf.zeros([batchSize, hidden]) as Tensor;
      const { outputs } = scan(
        ({ first, second }: { first: Tensor; second: Tensor }, x: Tensor, layers: readonly Gru[]) => {
          const [a, b] = gruStep(layers, [first, second], x);
          return { carry: { first: a, second: b }, output: b };
        },
        {
          carry: { first: zeros(), second: zeros() },
          inputs: batch.inputs,
          parameters: parameters.layers,
          reverse: reverseTrain,
        },
      );
      const predicted = dense(tf.reshape(outputs, [steps * batchSize, hidden]), parameters.head);
      return {
        loss: tf.mean(tf.square(tf.sub(predicted, tf.reshape(batch.changes, [steps * batchSize, n])))),
      };
    },
    {
      parameters,
      optimiser: adam(),
      learningRate,
      rows: every * batchSize,
      batchSize,
      epochs: dynamicsSteps / every,
      batches: {
        example: {
          inputs: hostTensor(new Float32Array(steps * batchSize * (n + m)), [steps, batchSize, n + m]),
          changes: hostTensor(new Float32Array(steps * batchSize * n), [steps, batchSize, n]),
        },
        fill(batch) {
          for (let row = 0; row < batchSize; row++) {
            const episode = draws.nextInteger(episodes);
            fillTimes(batch.inputs, {
              row,
              episode,
              values: inputs,
              columns: n + m,
              steps,
              ...scaling.inputs,
            });
            fillTimes(batch.changes, {
              row,
              episode,
              values: changes,
              columns: n,
              steps,
              ...scaling.changes,
            });
          }
        },
      },
      stream: source.split("order"),
      executor,
      onProgress: ({ fraction }) => onProgress?.(fraction),
    },
  );
  return { parameters: trained.parameters, scaling, loss: trained.epochLosses.at(-1)!, hidden };
}

/** Writes one episode, standardised, as a column of a batch `[T − 1, rows, columns]`. */
function fillTimes(
  { data, shape }: HostTensor,
  { row, episode, values, columns, steps, mean, std }: TimeScaling & {
    readonly row: number;
    readonly episode: number;
    readonly values: Float32Array;
    readonly columns: number;
    readonly steps: number;
  },
): void {
  const rows = shape[1];
  for (let t = 0; t < steps; t++) {
    for (let k = 0; k < columns; k++) {
      const at = t * columns + k;
      data[(t * rows + row) * columns + k] = (values[episode * steps * columns + at] - mean[at]) / std[at];
    }
  }
}

type TrainedBehaviour = Awaited<ReturnType<typeof trainBehaviour>>;

async function trainBehaviour(data: GoalEpisodes, options: ReverseModelOptions) {
  const { seed, behaviourSteps, width = 256, batchSize = 256, learningRate = 1e-3, executor } = options;
  const { compatFirstTransitions = false, onProgress } = options;
  const { observationSize: n, actionSize: m, actionBound, length, episodes } = data, latent = 2 * m;
  const { inputs } = transitions(data);
  const source = stream(seed, "behaviour"), draws = source.split("transitions");
  const parameters = {
    encoder: initMlp(source.split("encoder"), [n + m, width, width, 2 * latent]),
    decoder: initMlp(source.split("decoder"), [n + latent, width, width, m]),
  } as HostTree<Behaviour>;
  const rows = compatFirstTransitions ? episodes : episodes * (length - 1);
  const every = behaviourSteps % 10 === 0 ? behaviourSteps / 10 : behaviourSteps;
  const zeros = (columns: number) => hostTensor(new Float32Array(batchSize * columns), [batchSize, columns]);
  type Batch = { readonly state: Tensor; readonly action: Tensor; readonly noise: Tensor };
  const trained = await train<Behaviour, Batch>(
    ({ parameters, batch: { state, action, noise } }) => {
      const [mean, raw] = tf.split(mlp(parameters.encoder, tf.concat([state, action], 1)), 2, 1);
      const logStd = tf.clipByValue(raw, -4, 15), std = tf.exp(logStd);
      const drawn = tf.add(mean, tf.mul(std, noise));
      const decoded = decode(parameters.decoder, tf.concat([state, drawn], 1), actionBound);
      // KL(N(μ, σ²) ‖ N(0, 1)) = −½ (1 + log σ² − μ² − σ²).
      const kl = tf.mul(
        -0.5,
        tf.mean(tf.sub(tf.add(1, tf.mul(2, logStd)), tf.add(tf.square(mean), tf.square(std)))),
      );
      return { loss: tf.add(tf.mean(tf.square(tf.sub(action, decoded))), tf.mul(0.5, kl)) };
    },
    {
      parameters,
      optimiser: adam(),
      learningRate,
      rows: every * batchSize,
      batchSize,
      epochs: behaviourSteps / every,
      batches: {
        example: { state: zeros(n), action: zeros(m), noise: zeros(latent) },
        fill({ state, action, noise }) {
          for (let row = 0; row < batchSize; row++) {
            const at = draws.nextInteger(rows) * (n + m);
            state.data.set(inputs.subarray(at, at + n), row * n);
            action.data.set(inputs.subarray(at + n, at + n + m), row * m);
          }
          draws.normal(noise.data as Float32Array);
        },
      },
      stream: source.split("order"),
      executor,
      onProgress: ({ fraction }) => onProgress?.(fraction),
    },
  );
  return { parameters: trained.parameters, loss: trained.epochLosses.at(-1)! };
}

async function generate(
  data: GoalEpisodes,
  { dynamics, behaviour, seed, count = data.episodes, achievedOf, executor }: ReverseModelOptions & {
    readonly dynamics: TrainedDynamics;
    readonly behaviour: TrainedBehaviour;
  },
): Promise<{ episodes: GoalEpisodes; dropped: number }> {
  const { observationSize: n, actionSize: m, goalSize: d, actionBound, length } = data, steps = length - 1;
  const rows = Math.min(count, 1000), { scaling, hidden } = dynamics;
  const matrix = (columns: number) => hostTensor(new Float32Array(rows * columns), [rows, columns]);
  const [state, latent, mean, std] = [matrix(n), matrix(2 * m), vector(n + m), vector(n + m)];
  let hiddens = [matrix(hidden), matrix(hidden)];
  const program = await compile(
    (
      networks: { dynamics: Dynamics; behaviour: Behaviour },
      input: { state: Tensor; latent: Tensor; mean: Tensor; std: Tensor; hiddens: readonly Tensor[] },
    ) => {
      const action = decode(
        networks.behaviour.decoder,
        tf.concat([input.state, input.latent], 1),
        actionBound,
      );
      const x = tf.div(tf.sub(tf.concat([input.state, action], 1), input.mean), input.std);
      const hiddens = gruStep(networks.dynamics.layers, input.hiddens, x);
      return { action, hiddens, change: dense(hiddens[1], networks.dynamics.head) };
    },
    [{ dynamics: dynamics.parameters, behaviour: behaviour.parameters }, {
      state,
      latent,
      mean,
      std,
      hiddens,
    }],
    { executor, name: "reverse model" },
  );
  const draws = stream(seed, "generated");
  const observations: Float32Array[] = [], actions: Float32Array[] = [];
  let dropped = 0;
  try {
    while (observations.length < count) {
      const states = Array.from({ length: rows }, () => new Float32Array(length * n));
      const taken = Array.from({ length: rows }, () => new Float32Array(steps * m));
      for (let row = 0; row < rows; row++) {
        const last = (draws.nextInteger(data.episodes) * length + length - 1) * n;
        states[row].set(data.observations.subarray(last, last + n), (length - 1) * n);
        state.data.set(data.observations.subarray(last, last + n), row * n);
      }
      hiddens = [matrix(hidden), matrix(hidden)];
      for (let t = steps - 1; t >= 0; t--) {
        draws.normal(latent.data as Float32Array, { std: LATENT_STD });
        mean.data.set(scaling.inputs.mean.subarray(t * (n + m), (t + 1) * (n + m)));
        std.data.set(scaling.inputs.std.subarray(t * (n + m), (t + 1) * (n + m)));
        const found = await program.run(
          { dynamics: dynamics.parameters, behaviour: behaviour.parameters },
          { state, latent, mean, std, hiddens },
        );
        hiddens = found.hiddens as unknown as typeof hiddens;
        for (let row = 0; row < rows; row++) {
          taken[row].set((found.action.data as Float32Array).subarray(row * m, (row + 1) * m), t * m);
          for (let k = 0; k < n; k++) {
            const change = scaling.changes.mean[t * n + k] +
              scaling.changes.std[t * n + k] * found.change.data[row * n + k];
            state.data[row * n + k] -= change;
            states[row][t * n + k] = state.data[row * n + k];
          }
        }
      }
      for (let row = 0; row < rows && observations.length < count; row++) {
        if (states[row].every(Number.isFinite)) {
          observations.push(states[row]);
          actions.push(taken[row]);
        } else if (++dropped > 100 * count) throw new RangeError("Cannot generate episodes: none is finite");
      }
    }
  } finally {
    await program.dispose();
  }
  const all = joined(observations), achieved = new Float32Array(count * length * d);
  for (let row = 0; row < count * length; row++) {
    achieved.set(achievedOf(all.subarray(row * n, (row + 1) * n)), row * d);
  }
  const desired = new Float32Array(count * d);
  for (let e = 0; e < count; e++) {
    const last = (e * length + length - 1) * d;
    desired.set(achieved.subarray(last, last + d), e * d);
  }
  const sizes = { ...data, episodes: count };
  return { dropped, episodes: { ...sizes, observations: all, actions: joined(actions), achieved, desired } };
}

const vector = (size: number) => hostTensor(new Float32Array(size));

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.length * parts[0].length);
  parts.forEach((part, i) => all.set(part, i * part.length));
  return all;
}
