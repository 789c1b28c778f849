import { ConditionalPoisson, probabilityOfMissing } from "../../stats/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import {
  experimentOf,
  Interrupted,
  jobId,
  type JobRecord,
  labeller,
  type Paper,
  type Places,
} from "../paper/mod.ts";
import { type Backend, type JobFailure, type Progress, Run } from "../run/mod.ts";
import { readDecided } from "./decided.ts";
import { compareJson, type Difference, type Golden, toleranceFor } from "./goldens.ts";

/** A committed result that an audit can draw. */
export interface CommittedJob {
  readonly paper: Paper;
  readonly golden: Golden;
  readonly record: JobRecord;
}

/** The committed results of goldens, but those of jobs that measure time. */
export function committedJobs(
  goldens: readonly { readonly paper: Paper; readonly golden: Golden }[],
): readonly CommittedJob[] {
  return goldens.flatMap(({ paper, golden }) =>
    golden.jobs.filter(({ job }) => !experimentOf(paper, job).timing)
      .map((record) => ({ paper, golden, record }))
  );
}

/** The same goldens, and those beside them by which claims were decided. */
export async function withDecidedJobs(
  goldens: readonly { readonly paper: Paper; readonly golden: Golden }[],
  places: Places,
): Promise<readonly { readonly paper: Paper; readonly golden: Golden }[]> {
  const all = await Promise.all(goldens.map(async ({ paper, golden }) => {
    const decided = await readDecided(places, paper.id);
    return [{ paper, golden }, ...decided ? [{ paper, golden: decided }] : []];
  }));
  return all.flat();
}

/** What limits an audit. */
export interface AuditOptions {
  /** Decides which jobs are drawn. */
  readonly seed: number;
  /** Largest number of jobs. @default as many as the budget holds */
  readonly sample?: number;
  /** Seconds that recomputing should take. */
  readonly budgetSeconds: number;
  /** Number of worker processes. */
  readonly workers: number;
}

/** Share of wrong jobs that an audit says its chance to see of. */
export const WRONG_SHARE = 0.05;

/** Shorter jobs are drawn as if they took this long, about what starting a process takes. */
const LEAST_SECONDS = 0.5;

/** Share of the budget that the jobs' stored seconds may take: machines differ. */
const PLANNED_SHARE = 0.8;

/** Jobs drawn from the committed ones, and what finding nothing wrong with them would say. */
export class Audit {
  /** The jobs to recompute. */
  readonly drawn: readonly CommittedJob[];
  private readonly design: ConditionalPoisson;

  /**
   * Draws jobs with probabilities ∝ 1/√seconds, which at a given time of computing tells the most of a share
   * (Cochran 1977, "Sampling techniques", Sec. 5.5), by conditional Poisson sampling.
   *
   * @param jobs At least one.
   */
  constructor(readonly jobs: readonly CommittedJob[], options: AuditOptions) {
    this.design = designOf(jobs.map(({ record }) => record.seconds), options);
    this.drawn = this.design.draw(auditStream(options.seed)).map((i) => jobs[i]);
  }

  /** Number of jobs that are "more than 5 %" of all. */
  get wrong(): number {
    return Math.floor(WRONG_SHARE * this.jobs.length) + 1;
  }

  /**
   * The probability that this way of drawing sees at least one of the wrong jobs, if more than
   * {@link WRONG_SHARE} of all are wrong, whichever they are: the worst case is that the longest ones are.
   */
  get confidence(): number {
    return 1 - this.design.largestProbabilityOfMissing(this.wrong);
  }

  /**
   * The same for wrong jobs that do not depend on how long a job takes, with a number of the drawn ones
   * finished. This also holds if the audit was stopped early, when the longer jobs have finished less often.
   */
  confidenceByChance(finished: number): number {
    return 1 - probabilityOfMissing({ units: this.jobs.length, marked: this.wrong, drawn: finished });
  }

  /** The probability that this way of drawing draws one particular job. */
  probabilityOf(job: CommittedJob): number {
    return 1 - this.design.probabilityOfMissing([this.jobs.indexOf(job)]);
  }

  /** The smallest and the largest {@link probabilityOf}: of the longest and the shortest job. */
  get probabilities(): readonly [number, number] {
    const bySeconds = this.jobs.toSorted((a, b) => b.record.seconds - a.record.seconds);
    return [this.probabilityOf(bySeconds[0]), this.probabilityOf(bySeconds.at(-1)!)];
  }
}

/** The stream that an audit draws from. */
function auditStream(seed: number): Stream {
  return stream(seed, "audit");
}

/** As many jobs as are asked for, or fewer, so that their expected seconds fit into the budget. */
function designOf(
  seconds: readonly number[],
  { sample = Infinity, budgetSeconds, workers }: AuditOptions,
): ConditionalPoisson {
  const taken = seconds.map((value) => Math.max(LEAST_SECONDS, value));
  const weights = taken.map((value) => 1 / Math.sqrt(value));
  const design = (count: number) => new ConditionalPoisson(weights, count);
  const fits = (count: number) => {
    const expected = design(count).chances.reduce((sum, chance, i) => sum + chance * taken[i], 0);
    return expected <= PLANNED_SHARE * budgetSeconds * workers;
  };
  let low = 1, high = Math.min(sample, seconds.length);
  if (fits(high)) return design(high);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return design(low);
}

/** What recomputing the drawn jobs showed. */
export interface AuditOutcome {
  /** Drawn jobs that were recomputed. */
  readonly finished: readonly CommittedJob[];
  readonly differences: readonly Difference[];
  /** Jobs that could not be recomputed. */
  readonly failures: readonly JobFailure[];
  /** Why it ended before all was recomputed. */
  readonly stopped?: "budget" | "interrupted";
}

/**
 * Recomputes the drawn jobs without the cache, on the executor that made them, and compares within the
 * golden's tolerance.
 */
export async function runAudit(
  { drawn }: Audit,
  { budgetSeconds, workers, places, progress, signal, backend }:
    & Pick<AuditOptions, "budgetSeconds" | "workers">
    & {
      readonly places: Places;
      readonly progress: Progress;
      /** Ends it early; what is finished counts. */
      readonly signal: AbortSignal;
      /** Where the jobs run; then the budget ends nothing. @default worker processes of this machine */
      readonly backend?: Backend;
    },
): Promise<AuditOutcome> {
  const finished: CommittedJob[] = [];
  const differences: Difference[] = [];
  const failures: JobFailure[] = [];
  const budget = new AbortController();
  const timer = backend ? undefined : setTimeout(() => budget.abort(), 1000 * budgetSeconds);
  const either = AbortSignal.any([signal, budget.signal]);
  try {
    for (const [golden, own] of Map.groupBy(drawn, ({ golden }) => golden)) {
      const { paper } = own[0];
      const known = new Map(own.map((committed) => [jobId(committed.record.job), committed]));
      const label = labeller(paper, golden.plan);
      const tolerance = toleranceFor(golden, golden.executor);
      const jobs = own.map(({ record }) => record.job);
      const run = new Run(paper, golden.plan, {
        executor: golden.executor,
        cache: "off",
        workers,
        places,
        jobs,
      });
      const outcome = await run.execute({
        progress,
        signal: either,
        backend,
        onRecord({ job, result }) {
          const committed = known.get(jobId(job))!;
          const path = `${paper.id} ${label(job)}: result`;
          finished.push(committed);
          differences.push(...compareJson(committed.record.result, result, path, tolerance));
        },
      });
      failures.push(...outcome.failures);
    }
    return { finished, differences, failures };
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const stopped = signal.aborted ? "interrupted" : "budget";
    return { finished, differences, failures, stopped };
  } finally {
    clearTimeout(timer);
    progress.stop();
  }
}
