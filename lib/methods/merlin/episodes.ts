/**
 * Recorded episodes of one length: T states, T − 1 actions and one desired goal each, in columns.
 *
 * `recordGoalEpisodes` of lib/environments makes them.
 */
export interface GoalEpisodes {
  /** N */
  readonly episodes: number;
  /** T: states of an episode. */
  readonly length: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly goalSize: number;
  /** Actions lie in ±`actionBound`. */
  readonly actionBound: number;
  /** `[N, T, n]` */
  readonly observations: Float32Array;
  /** `[N, T − 1, m]` */
  readonly actions: Float32Array;
  /** `[N, T, d]`: what each state has achieved. */
  readonly achieved: Float32Array;
  /** `[N, d]` */
  readonly desired: Float32Array;
}
