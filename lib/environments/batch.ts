import type { Stream } from "../random/mod.ts";
import { checkAction } from "./_check.ts";
import type { Environment, MakeEnvironment } from "./types.ts";

/** Results of one step of a batch, row by row. */
export interface BatchTransition {
  /** `[rows, observationSize]` after the step. */
  readonly observations: Float64Array;
  /** `[rows]` */
  readonly rewards: Float64Array;
  /** `[rows]` 1 where an episode is over. */
  readonly terminated: Uint8Array;
}

/**
 * Environments of one kind in lock-step: one call of a policy serves all of them.
 *
 * @example
 * ```ts
 * import { EnvironmentBatch, pendulum } from "@refigure/refigure/environments";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const batch = new EnvironmentBatch(() => pendulum(), { rows: 4 });
 * batch.reset(stream(1, "starts"));
 * const { rewards } = batch.step(new Float64Array(4));
 * assert.equal(rewards.length, 4);
 * batch.dispose();
 * ```
 */
export class EnvironmentBatch {
  /** One environment per row. */
  readonly environments: readonly Environment[];
  /** Number of environments. */
  readonly rows: number;
  /** Numbers of an observation. */
  readonly observationSize: number;
  /** Numbers of an action. */
  readonly actionSize: number;
  /** `[rows, observationSize]` now; overwritten by every call. */
  readonly observations: Float64Array;

  /**
   * Makes the environments, none of them started.
   *
   * @throws {RangeError} If `rows` is not a positive integer.
   */
  constructor(make: MakeEnvironment, { rows }: { readonly rows: number }) {
    if (!Number.isInteger(rows) || rows < 1) {
      throw new RangeError(`Cannot make a batch as rows must be an integer >= 1: current value is ${rows}`);
    }
    this.environments = Array.from({ length: rows }, make);
    this.rows = rows;
    this.observationSize = this.environments[0].observationSize;
    this.actionSize = this.environments[0].action.size;
    this.observations = new Float64Array(rows * this.observationSize);
  }

  /** Starts every row anew, each from a stream of its own (`stream.split(row)`). */
  reset(stream: Stream): Float64Array {
    this.environments.forEach((environment, row) =>
      this.#write(row, environment.reset(stream.split(`${row}`)))
    );
    return this.observations;
  }

  /** Starts one row anew. */
  resetRow(row: number, stream: Stream): void {
    this.#write(row, this.environments[row].reset(stream));
  }

  /** Does one step in every environment. @param actions `[rows, actionSize]`. */
  step(actions: Float32Array | Float64Array): BatchTransition {
    checkAction("apply the actions", actions, this.rows * this.actionSize);
    const rewards = new Float64Array(this.rows), terminated = new Uint8Array(this.rows);
    this.environments.forEach((environment, row) => {
      const own = actions.subarray(row * this.actionSize, (row + 1) * this.actionSize);
      const transition = environment.step(own);
      this.#write(row, transition.observation);
      rewards[row] = transition.reward;
      terminated[row] = Number(transition.terminated);
    });
    return { observations: this.observations, rewards, terminated };
  }

  #write(row: number, observation: Float64Array): void {
    this.observations.set(observation, row * this.observationSize);
  }

  /** Frees the memory of all environments. */
  dispose(): void {
    for (const environment of this.environments) environment.dispose();
  }
}
