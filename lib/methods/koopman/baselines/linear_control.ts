import { Matrix as Dense, solve } from "ml-matrix";

/** Pairs of successive states with the action between them, row by row. */
export interface Transitions {
  /** s_t `[rows, n]` */
  readonly states: Float64Array;
  /** a_t `[rows, p]` */
  readonly actions: Float64Array;
  /** s_{t+1} `[rows, n]` */
  readonly next: Float64Array;
  /** n, numbers of a state. */
  readonly stateSize: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
}

/** s_{t+1} = A s_t + B a_t + b. */
export interface LinearModel {
  /** Aᵀ, Bᵀ and b one below the other, `[n + p + 1, n]`. */
  readonly weights: Float64Array;
  /** n, numbers of a state. */
  readonly stateSize: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
}

/**
 * Dynamic mode decomposition with control (Proctor, Brunton & Kutz 2016), with an offset: least squares for
 * one step, by the normal equations with a ridge of 1e-9 times their mean diagonal.
 *
 * @throws {RangeError} If the arrays do not have the same number of rows, there is none, or a number is not
 *   finite.
 */
export function fitLinearControl(
  { states, actions, next, stateSize: n, actionSize: p }: Transitions,
): LinearModel {
  const rows = states.length / n;
  if (!(rows >= 1) || actions.length !== rows * p || next.length !== rows * n) {
    throw new RangeError(
      `Cannot fit as states, actions and next must have the same number of rows, at least 1: current ` +
        `lengths are ${states.length}, ${actions.length}, ${next.length}`,
    );
  }
  for (
    const [name, values, size] of [["states", states, n], ["actions", actions, p], ["next", next, n]] as const
  ) {
    const wrong = Array.prototype.findIndex.call(values, (value: number) => !Number.isFinite(value));
    if (wrong < 0) continue;
    throw new RangeError(
      `Cannot fit as ${name} must be finite: current value in row ${Math.floor(wrong / size)}, ` +
        `column ${wrong % size} is ${values[wrong]}`,
    );
  }
  const width = n + p + 1;
  const gram = Dense.zeros(width, width), right = Dense.zeros(width, n);
  const row = new Float64Array(width);
  row[width - 1] = 1;
  for (let r = 0; r < rows; r++) {
    row.set(states.subarray(r * n, (r + 1) * n));
    row.set(actions.subarray(r * p, (r + 1) * p), n);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) gram.set(i, j, gram.get(i, j) + row[i] * row[j]);
      for (let j = 0; j < n; j++) right.set(i, j, right.get(i, j) + row[i] * next[r * n + j]);
    }
  }
  const ridge = 1e-9 * gram.trace() / width;
  for (let i = 0; i < width; i++) gram.set(i, i, gram.get(i, i) + ridge);
  return { weights: Float64Array.from(solve(gram, right).to1DArray()), stateSize: n, actionSize: p };
}

/**
 * Rolls a linear model out.
 *
 * @param model As fitted.
 * @param sequence `start` `[n]`, `actions` `[τ, p]`.
 * @returns s_{t+1}, …, s_{t+τ} `[τ, n]`.
 */
export function rollLinearControl(
  { weights, stateSize: n, actionSize: p }: LinearModel,
  { start, actions }: { readonly start: ArrayLike<number>; readonly actions: ArrayLike<number> },
): Float64Array {
  const steps = actions.length / p;
  const out = new Float64Array(steps * n);
  let state = Array.from(start);
  for (let k = 0; k < steps; k++) {
    const row = [...state, ...Array.from({ length: p }, (_, i) => actions[k * p + i]), 1];
    state = Array.from({ length: n }, (_, j) => row.reduce((sum, x, i) => sum + x * weights[i * n + j], 0));
    out.set(state, k * n);
  }
  return out;
}
