import { hostTensor } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { HostTree, Tensor } from "../../../tensor/mod.ts";
import type { GoalEpisodes } from "../episodes.ts";
import { normalise } from "../normaliser.ts";
import { fitScaling, type Scaling } from "./_scaling.ts";

/** Transitions, row by row; observations and goals are normalised, actions within ±1. */
export interface Transitions {
  /** s_t `[batch, n]` */
  readonly observation: Tensor;
  /** a_t `[batch, m]` */
  readonly action: Tensor;
  /** s_{t+1} `[batch, n]` */
  readonly next: Tensor;
  /** g `[batch, d]`, relabelled with the probability that the replay was made for. */
  readonly goal: Tensor;
  /** 1 where φ(s_{t+1}) is within the threshold of g, else 0, `[batch]`. */
  readonly reward: Tensor;
  /** φ(s_t), normalised as a goal, `[batch, d]`. */
  readonly achieved: Tensor;
  /** s_0 of the episode `[batch, n]`. */
  readonly initial: Tensor;
  /** j − t − 1 where the goal was achieved at j, `[batch]`; T − 1 − t − 1 where it is the desired one. */
  readonly delay: Tensor;
  /** The same goals, but for a share that is the desired one again, `[batch, d]`. */
  readonly criticGoal: Tensor;
  /** The reward for `criticGoal` `[batch]`. */
  readonly criticReward: Tensor;
  /** s_t … s_{t+H−1}, one after the other, `[batch, H n]`. */
  readonly window: Tensor;
}

/** Options of {@link goalReplay}. */
export interface ReplayOptions<F extends keyof Transitions> {
  /** What batches hold. */
  readonly fields: readonly F[];
  readonly batchSize: number;
  /** Probability that a goal is replaced by one that the episode achieves later. */
  readonly relabel: number;
  /** Reach of a goal, for rewards. @default 0 */
  readonly threshold?: number;
  /** Probability that `criticGoal` is the desired goal, whatever `goal` is. @default 0 */
  readonly restore?: number;
  /** H: states in `window`; t is at most T − H. @default 2 */
  readonly window?: number;
}

/** Batches of transitions of recorded episodes. */
export interface GoalReplay<F extends keyof Transitions> {
  readonly scaling: Scaling;
  readonly example: HostTree<Pick<Transitions, F>>;
  /** Draws a batch into `batch`. */
  fill(batch: HostTree<Pick<Transitions, F>>, stream: Stream): void;
}

/**
 * Prepares batches: an episode is uniform, t uniform in 0 … T − H, and with probability `relabel` the goal is
 * φ(s_j) for j uniform in t + 1 … T − 1 ("future" of hindsight experience replay, Andrychowicz et al. 2017);
 * otherwise it is the desired one.
 */
export function goalReplay<F extends keyof Transitions>(
  episodes: GoalEpisodes,
  { fields, batchSize, relabel, threshold = 0, restore = 0, window = 2 }: ReplayOptions<F>,
): GoalReplay<F> {
  checkEpisodes(episodes);
  const { length, observationSize: n, actionSize: m, goalSize: d, actionBound } = episodes;
  const scaling = fitScaling(episodes);
  const observations = normalise(episodes.observations, scaling.observation);
  const achieved = normalise(episodes.achieved, scaling.goal);
  const desired = normalise(episodes.desired, scaling.goal);
  const actions = episodes.actions.map((value) => value / actionBound);
  const shapes: Record<keyof Transitions, readonly number[]> = {
    observation: [n],
    action: [m],
    next: [n],
    goal: [d],
    reward: [],
    achieved: [d],
    initial: [n],
    delay: [],
    criticGoal: [d],
    criticReward: [],
    window: [window * n],
  };
  const example = Object.fromEntries(fields.map((field) => {
    const shape = [batchSize, ...shapes[field]];
    return [field, hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape)];
  })) as unknown as HostTree<Pick<Transitions, F>>;

  /** 1 where a state, counted among all, has reached a goal. */
  const reached = (state: number, goal: Goal): number => {
    const from = goal.own ? episodes.achieved : episodes.desired;
    let sum = 0;
    for (let k = 0; k < d; k++) {
      sum += (episodes.achieved[state * d + k] - from[goal.row * d + k]) ** 2;
    }
    return Math.sqrt(sum) <= threshold ? 1 : 0;
  };
  const goalRows = (goal: Goal) => (goal.own ? achieved : desired).subarray(goal.row * d, (goal.row + 1) * d);

  return {
    scaling,
    example,
    fill(batch, stream) {
      const columns = batch as Partial<Record<keyof Transitions, { readonly data: Float32Array }>>;
      for (let i = 0; i < batchSize; i++) {
        const episode = stream.nextInteger(episodes.episodes);
        const t = stream.nextInteger(length - window + 1);
        const j = t + 1 + stream.nextInteger(length - 1 - t);
        const state = episode * length + t;
        const wanted: Goal = { own: false, row: episode };
        const goal = stream.nextUniform() < relabel ? { own: true, row: episode * length + j } : wanted;
        columns.observation?.data.set(observations.subarray(state * n, (state + 1) * n), i * n);
        columns.window?.data.set(observations.subarray(state * n, (state + window) * n), i * window * n);
        columns.next?.data.set(observations.subarray((state + 1) * n, (state + 2) * n), i * n);
        columns.initial?.data.set(
          observations.subarray(episode * length * n, (episode * length + 1) * n),
          i * n,
        );
        const act = (state - episode) * m;
        columns.action?.data.set(actions.subarray(act, act + m), i * m);
        columns.goal?.data.set(goalRows(goal), i * d);
        columns.achieved?.data.set(achieved.subarray(state * d, (state + 1) * d), i * d);
        if (columns.reward !== undefined) columns.reward.data[i] = reached(state + 1, goal);
        if (columns.delay !== undefined) columns.delay.data[i] = (goal.own ? j : length - 1) - t - 1;
        if (columns.criticGoal === undefined) continue;
        const other = stream.nextUniform() < restore ? wanted : goal;
        columns.criticGoal.data.set(goalRows(other), i * d);
        if (columns.criticReward !== undefined) columns.criticReward.data[i] = reached(state + 1, other);
      }
    },
  };
}

/** A goal: a row of the achieved ones or of the desired ones. */
interface Goal {
  readonly own: boolean;
  readonly row: number;
}

function checkEpisodes(episodes: GoalEpisodes): void {
  const { episodes: count, length, observationSize, actionSize, goalSize } = episodes;
  const wanted = {
    observations: count * length * observationSize,
    actions: count * (length - 1) * actionSize,
    achieved: count * length * goalSize,
    desired: count * goalSize,
  };
  for (const [name, size] of Object.entries(wanted)) {
    const current = episodes[name as keyof typeof wanted].length;
    if (count >= 1 && length >= 2 && current === size) continue;
    throw new RangeError(
      `Cannot train a baseline as ${name} of ${count} episodes of ${length} states must hold ${size} numbers: ` +
        `current value is ${current}`,
    );
  }
}
