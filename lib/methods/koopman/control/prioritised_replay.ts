import type { Stream } from "../../../random/mod.ts";
import type { HostTree } from "../../../tensor/mod.ts";
import type { ControlBatch } from "./tdmpc_model.ts";

/** An episode as a replay keeps it. */
export interface ControlEpisode {
  /** `[steps + 1, n]` */
  readonly observations: Float32Array;
  /** `[steps, p]`, in ±1. */
  readonly actions: Float32Array;
  /** `[steps]` */
  readonly rewards: Float32Array;
  /** Number of steps. */
  readonly steps: number;
}

/** Options of {@link PrioritisedReplay}. */
export interface PrioritisedReplayOptions {
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
  /** H: steps of a window. */
  readonly horizon: number;
  /** α: windows are drawn with P_i ∝ p_i^α. @default 0.6 */
  readonly priority?: number;
  /** β: their losses are weighted by w_i ∝ (N P_i)^{−β}, the largest of a batch 1. @default 0.4 */
  readonly correction?: number;
}

/** Sums of ranges of numbers, so that one is changed or drawn in O(log n). */
class SumTree {
  #leaves = 1;
  /** Node i has the children 2i and 2i + 1; the root is 1. */
  #sums = new Float64Array(2);

  get total(): number {
    return this.#sums[1];
  }

  get(index: number): number {
    return this.#sums[this.#leaves + index];
  }

  /** Changes a number, or adds one behind the last. */
  set(index: number, value: number): void {
    while (index >= this.#leaves) this.#grow();
    let node = this.#leaves + index;
    this.#sums[node] = value;
    for (node >>= 1; node >= 1; node >>= 1) {
      this.#sums[node] = this.#sums[2 * node] + this.#sums[2 * node + 1];
    }
  }

  /** The first index at which the running sum exceeds `mass`, which is below the total. */
  find(mass: number): number {
    let node = 1;
    while (node < this.#leaves) {
      const left = this.#sums[2 * node];
      // Rounding must not lead to where nothing is.
      const right = mass >= left && this.#sums[2 * node + 1] > 0;
      if (right) mass -= left;
      node = 2 * node + Number(right);
    }
    return node - this.#leaves;
  }

  #grow(): void {
    const old = this.#sums.slice(this.#leaves);
    this.#leaves *= 2;
    this.#sums = new Float64Array(2 * this.#leaves);
    this.#sums.set(old, this.#leaves);
    for (let node = this.#leaves - 1; node >= 1; node--) {
      this.#sums[node] = this.#sums[2 * node] + this.#sums[2 * node + 1];
    }
  }
}

/**
 * Prioritised experience replay of windows (Schaul et al. 2016, proportional), as TD-MPC uses it: a new
 * window has the largest priority so far, later that of its last error. It keeps everything.
 *
 * @example
 * ```ts
 * import { PrioritisedReplay } from "@refigure/refigure/koopman";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const replay = new PrioritisedReplay({ observationSize: 1, actionSize: 1, horizon: 2 });
 * replay.add({
 *   observations: Float32Array.of(0, 1, 2, 3),
 *   ...{ actions: new Float32Array(3), rewards: new Float32Array(3), steps: 3 },
 * });
 * replay.update([0], [3]); // Window 0 was wrong by 3, window 1 keeps its priority of 1.
 * assert.equal(replay.probability(0), 3 ** 0.6 / (3 ** 0.6 + 1));
 * const [drawn] = replay.draw(1, stream(1));
 * assert.ok(drawn === 0 || drawn === 1);
 * ```
 */
export class PrioritisedReplay {
  readonly #episodes: ControlEpisode[] = [];
  /** Where each window is. */
  readonly #windows: { readonly episode: number; readonly start: number }[] = [];
  readonly #tree = new SumTree();
  readonly #priority: number;
  readonly #correction: number;

  /** Makes an empty one. */
  constructor(readonly options: PrioritisedReplayOptions) {
    this.#priority = options.priority ?? 0.6;
    this.#correction = options.correction ?? 0.4;
  }

  /** Number of windows. */
  get count(): number {
    return this.#windows.length;
  }

  /** P_i. */
  probability(window: number): number {
    return this.#tree.get(window) / this.#tree.total;
  }

  /** Adds all windows of an episode. @throws {RangeError} If it is shorter than a window. */
  add(episode: ControlEpisode): void {
    const { horizon } = this.options;
    if (episode.steps < horizon) {
      throw new RangeError(
        `Cannot keep an episode as it must have at least ${horizon} steps: current number is ${episode.steps}`,
      );
    }
    let largest = 0;
    for (let i = 0; i < this.count; i++) largest = Math.max(largest, this.#tree.get(i));
    for (let start = 0; start + horizon <= episode.steps; start++) {
      this.#tree.set(this.count, largest || 1);
      this.#windows.push({ episode: this.#episodes.length, start });
    }
    this.#episodes.push(episode);
  }

  /** Draws windows with replacement. */
  draw(count: number, stream: Stream): Int32Array {
    return Int32Array.from(
      { length: count },
      () => this.#tree.find(stream.nextUniform() * this.#tree.total),
    );
  }

  /** Writes windows and their weights into the columns of a batch. */
  write(batch: HostTree<ControlBatch>, windows: ArrayLike<number>): void {
    const { observationSize, actionSize, horizon } = this.options;
    const columns = windows.length, weights = new Float64Array(columns);
    for (let column = 0; column < columns; column++) {
      const { episode, start } = this.#windows[windows[column]];
      const { observations, actions, rewards } = this.#episodes[episode];
      const copy = (from: Float32Array, to: ArrayLike<number>, size: number, rows: number) => {
        for (let k = 0; k < rows; k++) {
          const row = from.subarray((start + k) * size, (start + k + 1) * size);
          (to as Float32Array).set(row, (k * columns + column) * size);
        }
      };
      copy(observations, batch.observations.data, observationSize, horizon + 1);
      copy(actions, batch.actions.data, actionSize, horizon);
      copy(rewards, batch.rewards.data, 1, horizon);
      weights[column] = (this.count * this.probability(windows[column])) ** -this.#correction;
    }
    const largest = Math.max(...weights);
    weights.forEach((weight, column) => batch.weights.data[column] = weight / largest);
  }

  /** Gives windows new priorities, their errors. */
  update(windows: ArrayLike<number>, errors: ArrayLike<number>): void {
    for (let i = 0; i < windows.length; i++) {
      this.#tree.set(windows[i], Math.max(errors[i], LEAST) ** this.#priority);
    }
  }
}

/** Nothing is left out for ever. */
const LEAST = 1e-6;
