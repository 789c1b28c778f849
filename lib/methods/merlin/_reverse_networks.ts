import { type Dense, dense, initDense, relu } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";

/** Added to standard deviations. */
const EPSILON = 1e-6;

export interface Gru {
  readonly input: Dense;
  readonly hidden: Dense;
}

export interface Dynamics {
  readonly layers: readonly Gru[];
  readonly head: Dense;
}

export interface Behaviour {
  readonly encoder: readonly Dense[];
  readonly decoder: readonly Dense[];
}

/** One step of a stack of GRU layers in PyTorch's form; returns all hidden states. */
export function gruStep(layers: readonly Gru[], states: readonly Tensor[], x: Tensor): Tensor[] {
  const next: Tensor[] = [];
  layers.forEach(({ input, hidden }, k) => {
    const [ir, iz, inew] = tf.split(dense(k === 0 ? x : next[k - 1], input), 3, 1);
    const [hr, hz, hnew] = tf.split(dense(states[k], hidden), 3, 1);
    const reset = tf.sigmoid(tf.add(ir, hr)), update = tf.sigmoid(tf.add(iz, hz));
    const fresh = tf.tanh(tf.add(inew, tf.mul(reset, hnew)));
    next.push(tf.add(fresh, tf.mul(update, tf.sub(states[k], fresh))));
  });
  return next;
}

export const mlp = (layers: readonly Dense[], x: Tensor) =>
  layers.reduce((h, layer, i) => i === layers.length - 1 ? dense(h, layer) : relu(dense(h, layer)), x);

export const initMlp = (source: Stream, widths: readonly number[]) =>
  widths.slice(1).map((outputs, i) => initDense(source.split(`layer ${i}`), { inputs: widths[i], outputs }));

export const decode = (layers: readonly Dense[], x: Tensor, bound: number) =>
  tf.mul(tf.tanh(mlp(layers, x)), bound);

/** Mean and spread over the episodes, for each time by itself. `[T − 1, columns]` each. */
export interface TimeScaling {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** Rows of s_{t+1}, a_t and Δ = s_{t+1} − s_t, `[N, T − 1, columns]`. */
export function transitions(
  { episodes, length, observationSize: n, actionSize: m, observations, actions }: GoalEpisodes,
) {
  const steps = length - 1;
  const inputs = new Float32Array(episodes * steps * (n + m)),
    changes = new Float32Array(episodes * steps * n);
  for (let e = 0; e < episodes; e++) {
    for (let t = 0; t < steps; t++) {
      const row = e * steps + t, state = (e * length + t) * n;
      for (let k = 0; k < n; k++) {
        inputs[row * (n + m) + k] = observations[state + n + k];
        changes[row * n + k] = observations[state + n + k] - observations[state + k];
      }
      inputs.set(actions.subarray(row * m, (row + 1) * m), row * (n + m) + n);
    }
  }
  return { inputs, changes };
}

export function scalingByTime(
  values: Float32Array,
  { steps, columns }: { steps: number; columns: number },
): TimeScaling {
  const period = steps * columns, count = values.length / period;
  const mean = new Float64Array(period), square = new Float64Array(period);
  values.forEach((x, i) => mean[i % period] += x / count);
  values.forEach((x, i) => square[i % period] += (x - mean[i % period]) ** 2 / count);
  return { mean, std: square.map((s) => Math.sqrt(s) + EPSILON) };
}
