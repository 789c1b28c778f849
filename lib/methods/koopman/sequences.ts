import type { HostTree } from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { SequenceBatch } from "./model.ts";

/** Recorded episodes, as an `EpisodeSet` of `lib/environments` has them. */
export interface Sequences {
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
  /** Observations, actions and rewards, episode by episode. */
  readonly episodes: readonly {
    /** `[steps + 1, observationSize]` */
    readonly observations: Float32Array;
    /** `[steps, actionSize]` */
    readonly actions: Float32Array;
    /** `[steps]` */
    readonly rewards: Float32Array;
    readonly steps: number;
  }[];
}

/** Draws windows of τ steps, each within one episode, all equally likely. */
export class WindowSampler {
  /** Number of windows before each episode's, and in all. */
  readonly #before: number[] = [0];

  /**
   * Finds where windows can begin.
   *
   * @throws {RangeError} If no episode is long enough, or one has not as many numbers as steps ask for.
   */
  constructor(readonly sequences: Sequences, readonly steps: number) {
    const { observationSize, actionSize } = sequences;
    for (const [i, episode] of sequences.episodes.entries()) {
      const wanted = {
        observations: (episode.steps + 1) * observationSize,
        actions: episode.steps * actionSize,
        rewards: episode.steps,
      };
      for (const part of ["observations", "actions", "rewards"] as const) {
        if (episode[part].length === wanted[part]) continue;
        throw new RangeError(
          `Cannot draw windows as ${part} of episode ${i} must have ${wanted[part]} numbers, ` +
            `it has ${episode.steps} steps: current value is ${episode[part].length}`,
        );
      }
      this.#before.push(this.#before.at(-1)! + Math.max(0, episode.steps - steps + 1));
    }
    if (this.count === 0) {
      const longest = Math.max(0, ...sequences.episodes.map((episode) => episode.steps));
      throw new RangeError(
        `Cannot draw windows as their length must be at most the longest episode's ${longest} steps: ` +
          `current value is ${steps}`,
      );
    }
  }

  /** Number of windows. */
  get count(): number {
    return this.#before.at(-1)!;
  }

  /** A batch of the right shapes to be filled. */
  example(batch: number): HostTree<SequenceBatch> {
    const { observationSize: n, actionSize: p } = this.sequences;
    const zeros = (...shape: number[]) =>
      hostTensor(new Float32Array(shape.reduce((size, length) => size * length, 1)), shape);
    return {
      observations: zeros(this.steps + 1, batch, n),
      actions: zeros(this.steps, batch, p),
      rewards: zeros(this.steps, batch),
    };
  }

  /** Writes window `index` into column `column` of a batch. */
  write(
    batch: HostTree<SequenceBatch>,
    { index, column }: { readonly index: number; readonly column: number },
  ): void {
    let episode = 0;
    while (this.#before[episode + 1] <= index) episode++;
    const start = index - this.#before[episode];
    const columns = batch.rewards.shape[1];
    const { observations, actions, rewards } = this.sequences.episodes[episode];
    const copy = (from: Float32Array, to: Float32Array, size: number, rows: number) => {
      for (let k = 0; k < rows; k++) {
        to.set(from.subarray((start + k) * size, (start + k + 1) * size), (k * columns + column) * size);
      }
    };
    const { observationSize: n, actionSize: p } = this.sequences;
    copy(observations, batch.observations.data as Float32Array, n, this.steps + 1);
    copy(actions, batch.actions.data as Float32Array, p, this.steps);
    copy(rewards, batch.rewards.data as Float32Array, 1, this.steps);
  }

  /** Fills a batch with random windows. */
  fill(batch: HostTree<SequenceBatch>, stream: Stream): void {
    const columns = batch.rewards.shape[1];
    for (let column = 0; column < columns; column++) {
      this.write(batch, { index: stream.nextInteger(this.count), column });
    }
  }
}
