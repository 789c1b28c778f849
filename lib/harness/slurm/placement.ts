import { jobId } from "../paper/mod.ts";
import { Cache, keyOf, type PlannedJob, readTextOrNull, type Run, writeAtomic } from "../run/mod.ts";
import { type ArrayPlan, describeArray, planArrays, type Request } from "./arrays.ts";
import { EventReader } from "./events.ts";
import { withLock } from "./lock.ts";
import type { ClusterOptions } from "./options.ts";
import type { Scheduler } from "./scheduler.ts";
import { elementScript } from "./script.ts";
import { Submission } from "./submission.ts";

/** An element that has some of the wanted jobs. */
export interface Placed {
  readonly submission: Submission;
  readonly index: number;
  /** How many jobs it has. */
  readonly size: number;
  /** Those of them that are wanted, by their place in its batch. */
  readonly jobs: ReadonlyMap<number, PlannedJob>;
  /** Whether it was there before. */
  readonly attached: boolean;
}

/** Finds where jobs are, and submits those that are nowhere. */
export class Placement {
  /** Where the results come: the run's cache or, for a run that takes no known results, one of its own. */
  readonly cache: Cache;
  /** Whether it is the run's. */
  readonly shared: boolean;
  /** Folder of the paper's submissions. */
  readonly home: string;
  readonly options: ClusterOptions;
  readonly scheduler: Scheduler;
  readonly #note: (text: string) => void;
  /** Elements given up, with the job: nothing more is expected of them. */
  readonly #givenUp = new Set<string>();

  constructor(
    readonly run: Run,
    { options, scheduler, note }: {
      readonly options: ClusterOptions;
      readonly scheduler: Scheduler;
      /** Takes a line for the user. */
      readonly note: (text: string) => void;
    },
  ) {
    const { paper, plan, cacheFolder, options: { places, cache, executor } } = run;
    this.options = options;
    this.scheduler = scheduler;
    this.#note = note;
    this.home = Submission.home(places, paper.id);
    this.shared = cache === "use";
    this.cache = new Cache(this.shared ? cacheFolder : `${this.home}/fresh/${plan.profile}-${executor}`);
  }

  /** Expects nothing more of an element for a job. */
  giveUp({ submission, index }: Placed, job: PlannedJob): void {
    this.#givenUp.add(`${submission.folder} ${index} ${job.id}`);
  }

  /**
   * Finds or submits jobs. One process at a time does so for a paper: what another has submitted in between
   * is found.
   *
   * @returns the elements that have jobs; all other jobs are in the cache.
   * @throws {HarnessError} If Slurm refuses.
   */
  async place(jobs: readonly PlannedJob[], request: Request = {}, signal?: AbortSignal): Promise<Placed[]> {
    return await this.#locked(async () => {
      if (!this.shared) await this.#beginAfresh();
      const wanted = new Map(jobs.map((job) => [job.id, job]));
      const placed = await this.#attach(wanted);
      // One that nobody has may have been finished since it was planned.
      for (const job of [...wanted.values()]) {
        if ((await this.cache.lookup(job.parts!)).hit) wanted.delete(job.id);
      }
      for (const array of this.#arrays([...wanted.values()], request)) {
        placed.push(...await this.#submit(array, request));
      }
      await Submission.prune(this.home);
      return placed;
    }, signal);
  }

  /** Does something to the paper's submissions while no other process does. */
  async #locked<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await Deno.mkdir(this.home, { recursive: true });
    const onUnsupported = (message: string) =>
      this.#note(`Do not start this command twice at once, as ${this.home} cannot be locked: ${message}`);
    return await withLock(`${this.home}/lock`, action, { signal, onUnsupported });
  }

  /** Takes wanted jobs out of the map that elements of earlier submissions have. */
  async #attach(wanted: Map<string, PlannedJob>): Promise<Placed[]> {
    const { plan, options: { executor, threads = 1 } } = this.run;
    const placed: Placed[] = [];
    for (const submission of await this.#pending()) {
      const keys = new Map<number, readonly string[]>();
      for (const { element, event } of await new EventReader(submission.folder).read()) {
        if (event.type === "begin") keys.set(element, event.keys);
      }
      for (let index = 0; index < submission.ticket.elements && wanted.size > 0; index++) {
        if (submission.collected.has(index)) continue;
        const batch = await submission.batch(index);
        if (batch.cache !== this.cache.folder) continue;
        const same = batch.plan.profile === plan.profile && batch.executor === executor &&
          (batch.threads ?? 1) === threads;
        const taken = new Map<number, PlannedJob>();
        for (const [place, { job, key }] of batch.jobs.entries()) {
          const planned = wanted.get(jobId(job));
          if (!planned || this.#givenUp.has(`${submission.folder} ${index} ${planned.id}`)) continue;
          const own = await keyOf(planned.parts!);
          // One that has not begun will run the code of then.
          if ((keys.get(index)?.[place] ?? (same ? own : key)) !== own) continue;
          taken.set(place, planned);
          wanted.delete(planned.id);
        }
        if (taken.size > 0) {
          placed.push({ submission, index, size: batch.jobs.length, jobs: taken, attached: true });
        }
      }
    }
    return placed;
  }

  /** Submissions that were not collected; those that were cut off before Slurm's answer are looked up. */
  async #pending(): Promise<readonly Submission[]> {
    const found = [];
    for (const submission of await Submission.pending(this.home)) {
      if (submission.ticket.slurm) found.push(submission);
      else {
        const job = await this.scheduler.find(submission.jobName);
        if (job) found.push(await submission.submitted(job));
        else await submission.remove();
      }
    }
    return found;
  }

  #arrays(jobs: readonly PlannedJob[], request: Request = {}): readonly ArrayPlan<PlannedJob>[] {
    return planArrays(jobs, { executor: this.run.options.executor, options: this.options, request });
  }

  async #write({ batches, minutes }: ArrayPlan<PlannedJob>, { attempt = 1 }: Request): Promise<Submission> {
    const { paper, plan, options: { executor, threads = 1, places } } = this.run;
    const shared = {
      paper: paper.id,
      plan,
      executor,
      ...threads > 1 && { threads },
      cache: this.cache.folder,
    };
    return await Submission.write(this.home, {
      batches: await Promise.all(batches.map(async (batch) => ({
        ...shared,
        jobs: await Promise.all(batch.map(async ({ job, parts }) => ({ job, key: await keyOf(parts!) }))),
      }))),
      script: (folder) => elementScript(folder, { places, executor, setup: this.options.setup }),
      minutes,
      attempt,
    });
  }

  async #submit(array: ArrayPlan<PlannedJob>, request: Request): Promise<Placed[]> {
    const written = await this.#write(array, request);
    const { folder, jobName } = written;
    const args = [`--job-name=${jobName}`, `--output=${folder}/%a.log`, ...array.args, `${folder}/job.sh`];
    let submission: Submission;
    try {
      submission = await written.submitted(await this.scheduler.submit(args));
    } catch (error) {
      await written.remove();
      throw error;
    }
    this.#note(`${submission.title}: ${describeArray(array)} (${folder})`);
    return array.batches.map((batch, index) => ({
      submission,
      index,
      size: batch.length,
      jobs: new Map(batch.entries()),
      attached: false,
    }));
  }

  /**
   * Writes batch files for somebody else to run, and submits nothing.
   *
   * @returns the command line of each element.
   */
  async writeFiles(jobs: readonly PlannedJob[]): Promise<readonly string[]> {
    return await this.#locked(async () => {
      const commands: string[] = [];
      for (const array of this.#arrays(jobs)) {
        const submission = await this.#write(array, {});
        for (const index of array.batches.keys()) {
          // Nobody can ask whether it runs.
          await submission.collect(index);
          commands.push(`sh ${submission.folder}/job.sh ${index}`);
        }
      }
      return commands;
    });
  }

  /** Notes that all results were collected; a later run that takes no known results begins anew. */
  async finish(): Promise<void> {
    if (!this.shared) await writeAtomic(`${this.cache.folder}/${FINISHED}`, "");
  }

  async #beginAfresh(): Promise<void> {
    if (await readTextOrNull(`${this.cache.folder}/${FINISHED}`) === null) return;
    await Deno.remove(this.cache.folder, { recursive: true });
  }
}

/** Marks a cache of fresh results that were collected. */
const FINISHED = "finished";
