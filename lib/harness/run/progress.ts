/** A job as progress displays see it. */
export interface ProgressJob {
  /** The job in a few words. */
  readonly label: string;
  /** Estimated seconds on one core. */
  readonly cost: number;
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

/** Estimates the time left from the jobs' declared costs, corrected by how long the finished ones took. */
export class TimeLeft {
  readonly #fractions = new Map<ProgressJob, number>();
  readonly #workers: number;
  #estimated = 0;
  #taken = 0;

  constructor(jobs: readonly ProgressJob[], workers: number) {
    for (const job of jobs) this.#fractions.set(job, 0);
    this.#workers = workers;
  }

  /** Notes how far a job is, 0 to 1. */
  progress(job: ProgressJob, fraction: number): void {
    this.#fractions.set(job, fraction);
  }

  /** Notes that a job has ended. */
  ended(job: ProgressJob, seconds: number): void {
    this.#fractions.delete(job);
    this.#estimated += job.cost;
    this.#taken += seconds;
  }

  /** Seconds left; `null` while nothing has finished. */
  get seconds(): number | null {
    if (this.#estimated === 0) return null;
    let together = 0;
    let alone = 0;
    let longest = 0;
    for (const [job, fraction] of this.#fractions) {
      const rest = job.cost * (1 - fraction);
      if (job.alone) alone += rest;
      else together += rest;
      if (!job.alone) longest = Math.max(longest, rest);
    }
    return this.#taken / this.#estimated * (alone + Math.max(together / this.#workers, longest));
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

/** One line per event, for logs and pipes. */
export function lineProgress(write: (line: string) => void): Progress {
  let total = 0;
  let done = 0;
  let left: TimeLeft;
  const downloaded = new Map<string, number>();
  return {
    ...silentProgress,
    start({ title, jobs, cached, workers }) {
      total = jobs.length;
      done = 0;
      left = new TimeLeft(jobs, workers);
      write(`${title}: ${total} jobs to run on ${workers} processes, ${cached} cached`);
    },
    jobEnded(job, seconds, failure) {
      left.ended(job, seconds);
      done++;
      const rest = left.seconds;
      const time = done === total || rest === null ? "" : `, about ${duration(rest)} left`;
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
