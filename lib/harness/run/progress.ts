/** A job as progress displays see it. */
export interface ProgressJob {
  /** The job in a few words. */
  readonly label: string;
  /** Estimated seconds on one core. */
  readonly cost: number;
  /** Jobs of one group take longer than estimated, or less long, by about the same factor. */
  readonly group?: string;
  /** Whether it runs alone. */
  readonly alone: boolean;
}

/** Shows how far a run is. */
export interface Progress {
  /** Called once before the first job of a paper. */
  start(run: {
    readonly title: string;
    readonly jobs: readonly ProgressJob[];
    readonly cached: number;
    readonly workers: number;
  }): void;
  /** A worker has begun with a job. */
  jobStarted(job: ProgressJob): void;
  /** A job tells how far it is. @param fraction Share of it that is done, in [0, 1]. */
  jobProgress(job: ProgressJob, fraction: number): void;
  /** A job is over. @param failure Why the job failed; absent if it did not. */
  jobEnded(job: ProgressJob, seconds: number, failure?: string): void;
  /** A data set is being downloaded. */
  download(name: string, receivedBytes: number, totalBytes: number): void;
  /** A line of text that stays. */
  note(text: string): void;
  /** Ends the display. */
  stop(): void;
}

/** Shows nothing. */
export const silentProgress: Progress = {
  start() {},
  jobStarted() {},
  jobProgress() {},
  jobEnded() {},
  download() {},
  note() {},
  stop() {},
};

/**
 * Seconds that jobs take on so many processes: side by side, but none shorter than the longest of them, then
 * those that run alone.
 */
export function secondsFor(jobs: Iterable<Pick<ProgressJob, "cost" | "alone">>, workers: number): number {
  let [together, longest, alone] = [0, 0, 0];
  for (const job of jobs) {
    if (job.alone) alone += job.cost;
    else {
      together += job.cost;
      longest = Math.max(longest, job.cost);
    }
  }
  return alone + Math.max(together / workers, longest);
}

/** So many seconds of work count as estimated well: the start of a process says little of other jobs. */
const TRUST_SECONDS = 5;

/** What is estimated and what was taken, in seconds. */
class Tally {
  private estimated = 0;
  private taken = 0;

  add(estimated: number, taken: number): void {
    this.estimated += estimated;
    this.taken += taken;
  }

  /** `undefined` while nothing has finished. */
  get ratio(): number | undefined {
    return this.estimated > 0 ? (this.taken + TRUST_SECONDS) / (this.estimated + TRUST_SECONDS) : undefined;
  }
}

/** From this fraction on, a running job's own pace tells best how long it still takes. */
const TELLING = 0.05;

/** By this factor, and so many seconds, must an estimate exceed what was shown before it is shown. */
const GROWTH = 1.2, GROWTH_SECONDS = 0.5;

/**
 * Estimates the time left from the jobs' estimated costs, corrected by how long finished jobs of the same
 * experiment took (before there are any: all finished jobs), and by how far running ones are. It counts down,
 * and grows only where the estimate has grown by much.
 */
export class TimeLeft {
  readonly #open = new Map<ProgressJob, { started?: number; fraction: number }>();
  readonly #workers: number;
  readonly #now: () => number;
  readonly #all = new Tally();
  readonly #groups = new Map<string | undefined, Tally>();
  #shown?: { readonly seconds: number; readonly at: number };

  /** @param now Seconds of a clock. */
  constructor(jobs: readonly ProgressJob[], workers: number, now = () => performance.now() / 1000) {
    for (const job of jobs) this.#open.set(job, { fraction: 0 });
    this.#workers = workers;
    this.#now = now;
  }

  /** Notes that a job runs from now on. */
  started(job: ProgressJob): void {
    this.#open.set(job, { started: this.#now(), fraction: 0 });
  }

  /** Notes how far a job is, 0 to 1. */
  progress(job: ProgressJob, fraction: number): void {
    const state = this.#open.get(job);
    if (state) state.fraction = fraction;
  }

  /** Notes that a job has ended. */
  ended(job: ProgressJob, seconds: number): void {
    this.#open.delete(job);
    this.#all.add(job.cost, seconds);
    const group = this.#groups.get(job.group) ?? new Tally();
    group.add(job.cost, seconds);
    this.#groups.set(job.group, group);
  }

  /** Seconds left. */
  get seconds(): number {
    const now = this.#now();
    const rests = [...this.#open].map(([job, { started, fraction }]) => {
      const ratio = this.#groups.get(job.group)?.ratio ?? this.#all.ratio ?? 1;
      if (started === undefined) return { alone: job.alone, cost: job.cost * ratio };
      const elapsed = now - started;
      const cost = fraction >= TELLING
        ? elapsed * (1 - fraction) / fraction
        : Math.max(job.cost * ratio - elapsed, 0);
      return { alone: job.alone, cost };
    });
    const estimate = secondsFor(rests, this.#workers);
    if (this.#shown) {
      const counted = Math.max(0, this.#shown.seconds - (now - this.#shown.at));
      if (estimate >= counted && estimate <= GROWTH * counted + GROWTH_SECONDS) return counted;
    }
    this.#shown = { seconds: estimate, at: now };
    return estimate;
  }
}

/** `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

/** How a run is announced. */
export function startLine({ title, jobs, cached, workers }: Parameters<Progress["start"]>[0]): string {
  const time = jobs.length > 0 ? `, about ${duration(secondsFor(jobs, workers))}` : "";
  return `${title}: ${jobs.length} jobs to run on ${workers} processes, ${cached} cached${time}`;
}

/** One line per event, for logs and pipes. */
export function lineProgress(write: (line: string) => void): Progress {
  let [total, done] = [0, 0];
  let left: TimeLeft;
  const downloaded = new Map<string, number>();
  return {
    ...silentProgress,
    start(run) {
      [total, done] = [run.cached + run.jobs.length, run.cached];
      left = new TimeLeft(run.jobs, run.workers);
      write(startLine(run));
    },
    jobStarted: (job) => left.started(job),
    jobProgress: (job, fraction) => left.progress(job, fraction),
    jobEnded(job, seconds, failure) {
      left.ended(job, seconds);
      done++;
      const time = done === total ? "" : `, about ${duration(left.seconds)} left`;
      write(`[${done}/${total}] ${job.label}: ${failure ? `FAILED: ${failure}` : duration(seconds)}${time}`);
    },
    download(name, received, all) {
      const quarter = Math.floor(4 * received / Math.max(all, 1));
      if (quarter <= (downloaded.get(name) ?? -1)) return;
      downloaded.set(name, quarter);
      write(`downloading ${name}: ${25 * quarter} % of ${(all / 1e6).toFixed(1)} MB`);
    },
    note: write,
  };
}
