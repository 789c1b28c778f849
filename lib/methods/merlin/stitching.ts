import { neighbourIndex } from "../../anomaly/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";
import type { EncodedStates } from "./state_encoder.ts";

/** For every recorded state the nearest other one in the learned space. */
export interface NearestStates {
  /** `[N T]` */
  readonly nearest: Int32Array;
  /** `[N T]` cosine of the two points. */
  readonly cosine: Float32Array;
}

/**
 * Finds the nearest other state of each, exactly; equal states are neighbours at distance 0.
 *
 * Generation asks for neighbours of recorded states only, so that this is done once.
 */
export function nearestStates({ points, size }: Omit<EncodedStates, "loss">): NearestStates {
  const data = Float64Array.from(points), rows = data.length / size;
  const { indices } = neighbourIndex({ data, rows, columns: size }).searchOthers({ k: 1 });
  const cosine = Float32Array.from(indices, (other, row) => {
    let dot = 0, own = 0, its = 0;
    for (let k = 0; k < size; k++) {
      const [x, y] = [data[row * size + k], data[other * size + k]];
      [dot, own, its] = [dot + x * y, own + x * x, its + y * y];
    }
    return dot / Math.sqrt(own * its || 1);
  });
  return { nearest: indices, cosine };
}

/** Options of {@link stitchEpisodes}. */
export interface StitchOptions extends NearestStates {
  /** δ: least cosine of a neighbour that the walk may switch to; above 1: no switch. @default 0.9999 */
  readonly threshold?: number;
  /** How many episodes to make. @default those of the data */
  readonly count?: number;
  /** Where random numbers come from. */
  readonly stream: Stream;
}

/** Episodes made from pieces of others. */
export interface Stitched {
  /** In columns. */
  readonly episodes: GoalEpisodes;
  /** Number of switches of each episode kept. */
  readonly switches: readonly number[];
  /** Walks that ran into the beginning of an episode and were dropped. */
  readonly discarded: number;
  /** `[count, T]` rows of the data that each episode is made of: where its state was recorded. */
  readonly rows: Int32Array;
}

/**
 * Stitches episodes backwards in time (Merlin-NP, released code `trajectory_stitching.py`).
 *
 * A walk starts at an episode's last state, whose achieved goal becomes its goal. At each step back it may
 * switch to the nearest other state, if their cosine is at least δ and that state is not the first of its
 * episode; then it goes one step back there, and records the state and the action found. A walk that stands
 * on the first state of an episode too early is dropped. After a switch the recorded action leads to the
 * neighbour, not to the state the walk came from: the error is the distance of the two.
 *
 * @throws {RangeError} If a hundred times as many walks as asked for do not suffice.
 */
export function stitchEpisodes(data: GoalEpisodes, options: StitchOptions): Stitched {
  const { nearest, cosine, threshold = 0.9999, count = data.episodes, stream } = options;
  const { length } = data;
  const rows = new Int32Array(count * length), switches: number[] = [];
  let discarded = 0;
  while (switches.length < count) {
    if (discarded > 100 * count) {
      throw new RangeError(
        `Cannot stitch ${count} episodes as threshold lets too many walks end early: current value is ${threshold}`,
      );
    }
    const at = switches.length * length;
    let current = stream.nextInteger(data.episodes) * length + length - 1, switched = 0;
    rows[at + length - 1] = current;
    let step = 1;
    for (; step < length; step++) {
      const candidate = nearest[current];
      if (cosine[current] >= threshold && candidate % length !== 0) {
        current = candidate;
        switched++;
      }
      if (current % length === 0) break;
      current--;
      rows[at + length - 1 - step] = current;
    }
    if (step < length) discarded++;
    else switches.push(switched);
  }
  return { episodes: episodesOfRows(data, rows), switches, discarded, rows };
}

/** Episodes whose states and actions are those of rows; the goal is what the last state achieved. */
function episodesOfRows(data: GoalEpisodes, rows: Int32Array): GoalEpisodes {
  const { length, observationSize: n, actionSize: m, goalSize: d } = data;
  const episodes = rows.length / length;
  const observations = new Float32Array(rows.length * n), achieved = new Float32Array(rows.length * d);
  const actions = new Float32Array(episodes * (length - 1) * m), desired = new Float32Array(episodes * d);
  rows.forEach((row, i) => {
    const episode = Math.floor(i / length), time = i % length;
    observations.set(data.observations.subarray(row * n, (row + 1) * n), i * n);
    const goal = data.achieved.subarray(row * d, (row + 1) * d);
    achieved.set(goal, i * d);
    if (time === length - 1) {
      desired.set(goal, episode * d);
      return;
    }
    // Row T·e + t of the states is row (T − 1)·e + t of the actions.
    const from = (row - Math.floor(row / length)) * m;
    actions.set(data.actions.subarray(from, from + m), (episode * (length - 1) + time) * m);
  });
  return { ...data, episodes, observations, actions, achieved, desired };
}
