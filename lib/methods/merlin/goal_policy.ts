/** Rows of what a goal-conditioned policy sees. */
export interface GoalQuery {
  /** `[rows, n]`, as the environment gives them. */
  readonly observations: Float32Array;
  /** Desired goals `[rows, d]`. */
  readonly goals: Float32Array;
  readonly rows: number;
}

/** Chooses actions for many states and goals at once; what every method of the comparison trains. */
export interface GoalPolicy {
  /** @returns actions `[rows, m]`. */
  act(query: GoalQuery): Promise<Float32Array> | Float32Array;
}
