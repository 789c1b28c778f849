/** How long jobs will take here: from what they took before, here or where results were committed. */
import type { ExecutorName } from "../../compile/types.ts";
import {
  experimentOf,
  type Job,
  jobId,
  type JobRecord,
  type Paper,
  type Places,
  type ProfileName,
  settingsOf,
} from "../paper/mod.ts";
import { readTextOrNull, writeAtomic } from "./files.ts";
import { machine } from "./machine.ts";

/** A job with what is known of its last run here. */
export interface Estimable {
  readonly job: Job;
  /** Seconds that its last run took here with this executor, whatever the code was. */
  readonly lastSeconds?: number;
}

/** What {@link readEstimates} reads. */
interface Source {
  readonly paper: Paper;
  readonly profile: ProfileName;
  readonly executor: ExecutorName;
  readonly places: Places;
}

/** Seconds of the same jobs where results were committed, and here. */
interface Pace {
  readonly there: number;
  readonly here: number;
}

/** What is kept of this machine, by executor. */
interface KeptPace {
  readonly cpu: string;
  readonly paces: Readonly<Record<string, Pace>>;
}

/** Less than this many seconds of work tell nothing of a machine. */
const TELLING_SECONDS = 2;

/** Estimates of a paper's jobs. */
export class Estimates {
  private constructor(
    private readonly paper: Paper,
    /** Seconds of committed jobs, and their mean by settings. */
    private readonly committed: ReadonlyMap<string, number>,
    private readonly kept: KeptPace,
    private readonly executor: ExecutorName,
    private readonly path: string,
  ) {}

  /** Reads what is known. Files that are missing or damaged tell nothing. */
  static async read({ paper, profile, executor, places }: Source): Promise<Estimates> {
    const committed = new Map<string, number>();
    const settings = new Map<string, number[]>();
    let [stated, measured] = [0, 0];
    for (const name of [profile, "decided"]) {
      const golden = await readJson(`${places.fixtures}/${paper.id}/${name}.json`) as Partial<
        { executor: ExecutorName; jobs: readonly JobRecord[] }
      >;
      if (golden.executor !== undefined && golden.executor !== executor) continue;
      for (const { job, seconds } of golden.jobs ?? []) {
        const experiment = paper.experiments.find(({ id }) => id === job.experiment);
        if (!(seconds >= 0) || experiment === undefined) continue;
        stated += experiment.cost?.(job.config) ?? 1;
        measured += seconds;
        committed.set(jobId(job), seconds);
        const own = settingsOf(job);
        settings.set(own, [...settings.get(own) ?? [], seconds]);
      }
    }
    for (const [key, all] of settings) committed.set(key, all.reduce((sum, s) => sum + s, 0) / all.length);
    // Results are often made beside other work. Their times tell how jobs compare, even where what
    // experiments state for all of them together is nearer to an idle machine's.
    const idle = measured > 0 ? Math.min(1, stated / measured) : 1;
    for (const [key, seconds] of committed) committed.set(key, idle * seconds);
    const path = `${places.out}/cache/pace.json`;
    const { cpu } = machine();
    const kept = await readJson(path) as Partial<KeptPace>;
    return new Estimates(
      paper,
      committed,
      kept.cpu === cpu && kept.paces ? { cpu, paces: kept.paces } : { cpu, paces: {} },
      executor,
      path,
    );
  }

  /** Seconds of the job where results were committed, or of jobs that differ in their seed only. */
  private there(job: Job): number | undefined {
    return this.committed.get(jobId(job)) ?? this.committed.get(settingsOf(job));
  }

  /**
   * This machine's seconds for one second where results were committed; `undefined` while nothing was run
   * here.
   */
  get pace(): number | undefined {
    const pace = this.kept.paces[this.executor] ?? Object.values(this.kept.paces)[0];
    return pace && pace.here / pace.there;
  }

  /** Seconds of one core. */
  secondsOf({ job, lastSeconds }: Estimable): number {
    const there = this.there(job) ?? experimentOf(this.paper, job).cost?.(job.config) ?? 1;
    return lastSeconds ?? there * (this.pace ?? 1);
  }

  /**
   * Learns from jobs that have just run here, and keeps it. Earlier runs count half as much with each
   * new one. Not to be able to keep it does no harm.
   */
  async learn(records: Iterable<JobRecord>): Promise<void> {
    let [there, here] = [0, 0];
    for (const { job, seconds, machine: other } of records) {
      const known = this.committed.get(jobId(job));
      if (known === undefined || other || experimentOf(this.paper, job).timing) continue;
      there += known;
      here += seconds;
    }
    if (there < TELLING_SECONDS) return;
    const before = this.kept.paces[this.executor] ?? { there: 0, here: 0 };
    const pace = { there: before.there / 2 + there, here: before.here / 2 + here };
    const kept: KeptPace = { ...this.kept, paces: { ...this.kept.paces, [this.executor]: pace } };
    await writeAtomic(this.path, JSON.stringify(kept)).catch(() => {});
  }
}

/** An object, or one without anything. */
async function readJson(path: string): Promise<object> {
  try {
    const value = JSON.parse(await readTextOrNull(path) ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
