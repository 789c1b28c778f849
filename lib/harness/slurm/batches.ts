/** What batches are made of. */
export interface Costed {
  /** Estimated seconds on one core. */
  readonly cost: number;
  /** Estimated MiB of a process. */
  readonly memory: number;
}

/** Elements at once, if the user names no number. */
export const AT_ONCE = 100;

/** Elements of one array: Slurm's default `MaxArraySize` is 1001. */
const MOST = 1000;

/** Seconds of estimated work that are worth an element: starting one takes some 5 s. */
const SHORT = 60;

/** Seconds of estimated work after which more elements are made than run at once. */
const LONG = 4 * 3600;

/** How jobs are spread over the elements of an array. */
export interface Spread<J extends Costed> {
  /** The jobs of each element, the longest first. Each job is in one. */
  readonly batches: readonly (readonly J[])[];
  /** How many elements run at once. */
  readonly atOnce: number;
}

/**
 * Spreads jobs over elements: the longest job first into the element with the least work so far.
 *
 * @param atOnce Elements at once. Absent: as many as hold at least a minute of estimated work each, at most
 *   {@link AT_ONCE}, and beyond that more elements where one would hold more than four hours.
 */
export function spread<J extends Costed>(jobs: readonly J[], atOnce?: number): Spread<J> {
  const total = sum(jobs);
  const side = atOnce ?? clamp(Math.ceil(total / SHORT), 1, AT_ONCE);
  const wanted = atOnce ?? Math.max(side, Math.ceil(total / LONG));
  const count = Math.min(wanted, jobs.length, MOST);
  const batches: J[][] = Array.from({ length: count }, () => []);
  const loads = new Float64Array(count);
  for (const job of jobs.toSorted((a, b) => b.cost - a.cost)) {
    const lightest = loads.indexOf(Math.min(...loads));
    batches[lightest].push(job);
    loads[lightest] += job.cost;
  }
  return { batches: batches.filter((batch) => batch.length > 0), atOnce: Math.min(side, MOST) };
}

/**
 * Minutes to ask for: ten, and three times the longest element's estimate.
 *
 * On the committed laptop results, papers took 0.6 to 1.4 times their estimates, single jobs of more than 5 s
 * at most three times theirs.
 */
export function minutesFor(batches: readonly (readonly Costed[])[]): number {
  return 10 + Math.ceil(3 * Math.max(...batches.map(sum)) / 60);
}

/** MiB that a process of an element needs beside its worker's. */
const MAIN_PROCESS = 256;

/** MiB to ask for, for each core: half more than the largest job's estimate, in steps of 256. */
export function memoryFor(batches: readonly (readonly Costed[])[]): number {
  const most = Math.max(...batches.flat().map(({ memory }) => memory));
  return 256 * Math.ceil((1.5 * most + MAIN_PROCESS) / 256);
}

function sum(jobs: readonly Costed[]): number {
  return jobs.reduce((total, { cost }) => total + cost, 0);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
