import { Detached, Interrupted } from "../paper/mod.ts";
import type { BackendContext, PlannedJob } from "../run/mod.ts";
import type { Request } from "./arrays.ts";
import { earlyEnd } from "./ends.ts";
import { type ElementEvent, EventReader } from "./events.ts";
import { sets } from "./options.ts";
import type { Placed, Placement } from "./placement.ts";
import { FINAL, type QueueEntry } from "./scheduler.ts";

/** How long things are waited for, in milliseconds. */
export interface Patience {
  /** At most for a result that was told of, as network file systems show files late. */
  readonly result: number;
  /** For the last events of an element that ended early. */
  readonly events: number;
  /** At least between two questions to the queue; the longer the jobs have been there, the longer. */
  readonly queue: number;
  /** At least between two looks at events. */
  readonly look: number;
}

const PATIENCE: Patience = { result: 60_000, events: 5000, queue: 2000, look: 500 };

/** An element as it is watched. */
interface Watched extends Placed {
  /** Those that it still answers for. */
  readonly jobs: Map<number, PlannedJob>;
  begun?: Extract<ElementEvent, { type: "begin" }>;
  /** Jobs of which it told how they ended, wanted or not. */
  readonly told: Set<number>;
  /** Whether it told that nothing is left to do. */
  ended: boolean;
  entry?: QueueEntry;
  /** When it was first missed in the queue. */
  goneSince?: number;
  /** Whether the queue had it at any time since it is watched. */
  alive: boolean;
  /** Whether nothing more is expected of it. */
  closed: boolean;
}

/** Whether nothing more will come of an element. */
const hasEnded = ({ closed, ended, told, size }: Watched) => closed || ended || told.size === size;

const folderOf = ({ submission }: Placed) => submission.folder;

/** Whether an element had ended before this process came: by the user's wish, or nobody saw why. */
const unseen = ({ attached, alive }: Watched) => attached && !alive;

/** Reasons for which an element will not start by waiting alone. */
const STUCK =
  /^(Partition(TimeLimit|NodeLimit|Config|Inactive|Down)|BadConstraints|Invalid(Account|QOS)|.*NotAllowed|JobHeld.*|.*held|DependencyNeverSatisfied)$/;

/** Waits for jobs on the cluster: reads what elements tell, asks the queue, and collects results. */
export class Watch {
  readonly #elements: Watched[] = [];
  /** Jobs without an end, by their ids. */
  readonly #open: Map<string, PlannedJob>;
  /** Jobs whose results should be there, and since when. */
  readonly #due = new Map<PlannedJob, number>();
  /** By the submission's folder. */
  readonly #readers = new Map<string, EventReader>();
  readonly #noted = new Set<string>();
  #placedAt = performance.now();
  #askedAt = -Infinity;

  constructor(
    readonly placement: Placement,
    readonly context: BackendContext,
    jobs: readonly PlannedJob[],
    readonly patience: Patience = PATIENCE,
  ) {
    this.#open = new Map(jobs.map((job) => [job.id, job]));
  }

  /**
   * Places all jobs and waits until each has ended.
   *
   * @param detach Whether to stop waiting as soon as all are placed.
   * @throws {Detached} If they go on without this process.
   * @throws {Interrupted} If the signal was raised; they go on, too.
   */
  async run(detach: boolean): Promise<void> {
    await this.#place([...this.#open.values()]);
    while (true) {
      await this.#readEvents();
      await this.#askQueue();
      await this.#closeEnded();
      await this.#collect();
      if (this.#open.size === 0) break;
      if (detach) throw new Detached(this.#leaving());
      if (this.context.signal?.aborted) throw new Interrupted(`Interrupted: ${this.#leaving()}`);
      await this.#pause();
    }
    await this.#collected();
  }

  /** What is said when the process ends before the jobs. */
  #leaving(): string {
    const live = Map.groupBy(this.#elements.filter((element) => !hasEnded(element)), folderOf);
    if (live.size === 0) return `${this.#open.size} results are there, but have yet to show`;
    const submissions = [...live.values()].map(([{ submission }]) => submission);
    const titles = submissions.map(({ title }) => title).join(" and ");
    const ids = submissions.map(({ ticket }) => ticket.slurm!.id).join(" ");
    return `${this.#open.size} jobs go on in ${titles} (to cancel them: scancel ${ids})`;
  }

  async #place(jobs: readonly PlannedJob[], request: Request = {}): Promise<void> {
    const placed = await this.placement.place(jobs, request, this.context.signal);
    const elsewhere = new Set(jobs);
    for (const element of placed) {
      for (const job of element.jobs.values()) elsewhere.delete(job);
      const known = this.#elements.find(({ submission, index }) =>
        submission.folder === element.submission.folder && index === element.index
      );
      if (known) this.#elements.splice(this.#elements.indexOf(known), 1);
      this.#elements.push({
        ...element,
        jobs: new Map([...known?.jobs ?? [], ...element.jobs]),
        told: new Set(),
        ended: false,
        alive: false,
        closed: false,
      });
      // It is read from its beginning.
      this.#readers.set(element.submission.folder, new EventReader(element.submission.folder));
    }
    // They have been finished by others.
    for (const job of elsewhere) this.#due.set(job, performance.now());
    const attached = placed.filter(({ attached }) => attached);
    for (const some of Map.groupBy(attached, folderOf).values()) {
      const count = some.reduce((sum, element) => sum + element.jobs.size, 0);
      this.context.progress.note(`${some[0].submission.title} has ${count} of the jobs`);
    }
    this.#placedAt = performance.now();
    this.#askedAt = -Infinity;
  }

  async #readEvents(): Promise<void> {
    for (const [folder, reader] of this.#readers) {
      for (const { element: index, event } of await reader.read()) {
        const element = this.#elements.find(({ submission, index: own }) =>
          submission.folder === folder && own === index
        );
        if (element) await this.#hear(element, event);
      }
    }
  }

  async #hear(element: Watched, event: ElementEvent): Promise<void> {
    const { progress } = this.context;
    if (event.type === "begin") element.begun = event;
    else if (event.type === "end") {
      element.ended = true;
      // What was not told of is missing; why, the cache knows.
      for (const job of this.#openOf(element)) this.#expect(job);
    } else {
      if (event.type === "done" || event.type === "failed") element.told.add(event.job);
      const job = element.jobs.get(event.job);
      if (!job || !this.#open.has(job.id)) return;
      if (event.type === "started") progress.jobStarted(job);
      else if (event.type === "progress") progress.jobProgress(job, event.fraction);
      else if (event.type === "done") this.#expect(job);
      else await this.#failed(element, job, event);
    }
  }

  async #failed(
    element: Watched,
    job: PlannedJob,
    event: Extract<ElementEvent, { type: "failed" }>,
  ): Promise<void> {
    const more = event.killed && this.#moreMemory(element);
    if (more) {
      this.#giveUp(element, job);
      this.context.progress.note(`${job.label}: killed, submitted again with ${more.memory} MiB`);
      await this.#place([job], more);
    } else await this.#end(job, event);
  }

  /** Expects nothing more of an element for a job, whatever it may yet tell. */
  #giveUp(element: Watched, job: PlannedJob): void {
    this.placement.giveUp(element, job);
    for (const [place, own] of element.jobs) if (own.id === job.id) element.jobs.delete(place);
  }

  async #end(job: PlannedJob, end: { readonly message: string; readonly detail: string; seconds?: number }) {
    if (!this.#open.delete(job.id)) return;
    const { message, detail, seconds = 0 } = end;
    await this.context.onEnd(job, { type: "failed", message, detail }, seconds);
  }

  #openOf(element: Watched): PlannedJob[] {
    return [...element.jobs.values()].filter((job) => this.#open.has(job.id) && !this.#due.has(job));
  }

  #expect(job: PlannedJob): void {
    if (!this.#due.has(job)) this.#due.set(job, performance.now());
  }

  /** Takes results that should be there out of the cache. */
  async #collect(): Promise<void> {
    const { cache, shared } = this.placement;
    for (const [job, since] of this.#due) {
      const lookup = await cache.lookup(job.parts!);
      if (lookup.hit) {
        this.#due.delete(job);
        this.#open.delete(job.id);
        const { result, seconds, memory, sources, machine } = lookup.record;
        await this.context.onEnd(
          job,
          { type: "done", id: 0, result, seconds, memory, sources, machine, kept: shared },
          seconds,
        );
      } else if (performance.now() - since > this.patience.result) {
        this.#due.delete(job);
        const waited = Math.round(this.patience.result / 1000);
        const message = lookup.reason === "never run"
          ? `It was done, but its result is not in ${cache.folder} after ${waited} s: do the nodes share it?`
          : `It was done on the cluster, but not as it is here: ${lookup.reason}`;
        await this.#end(job, { message, detail: "" });
      }
    }
  }

  /** Asks the queue, the less often the longer the jobs have been there. */
  async #askQueue(): Promise<void> {
    const now = performance.now();
    const interval = Math.min(Math.max((now - this.#placedAt) / 10, this.patience.queue), 60_000);
    const waiting = this.#elements.filter(({ closed, ended }) => !closed && !ended);
    if (now - this.#askedAt < interval || waiting.length === 0) return;
    this.#askedAt = now;
    const jobs = new Map(waiting.map(({ submission: { ticket } }) => [ticket.slurm!.id, ticket.slurm!]));
    const queue = await this.placement.scheduler.queue([...jobs.values()]);
    if (queue === null) return; // it will be asked again
    for (const element of waiting) {
      element.entry = queue.get(element.submission.ticket.slurm!.id)?.get(element.index) ?? element.entry;
      const listed = queue.get(element.submission.ticket.slurm!.id)?.has(element.index) ?? false;
      const live = listed && !FINAL.has(element.entry!.state);
      if (live) {
        element.alive = true;
        element.goneSince = undefined;
      } else element.goneSince ??= now;
    }
    this.#noteWaiting(waiting);
  }

  /** Says why elements wait: once for each reason. */
  #noteWaiting(elements: readonly Watched[]): void {
    for (const { submission, entry } of elements) {
      if (entry?.state !== "PENDING" || !STUCK.test(entry.reason)) continue;
      const text =
        `${submission.title} does not start: ${entry.reason}. If that will not change, cancel it ` +
        `with: scancel ${submission.ticket.slurm!.id}`;
      if (!this.#noted.has(text)) this.context.progress.note(text);
      this.#noted.add(text);
    }
  }

  /** Decides about the jobs of elements that the queue no longer has. */
  async #closeEnded(): Promise<void> {
    for (const element of [...this.#elements]) {
      if (element.closed) continue;
      element.closed = hasEnded(element);
      if (element.closed || element.goneSince === undefined) continue;
      // One that ended well has events yet to be seen.
      const patience = element.entry?.state === "COMPLETED" ? this.patience.result : this.patience.events;
      if (performance.now() - element.goneSince < patience && !unseen(element)) continue;
      element.closed = true;
      const lost: PlannedJob[] = [];
      for (const job of this.#openOf(element)) {
        // It may have been killed between a result and its event.
        if ((await this.placement.cache.lookup(job.parts!)).hit) this.#expect(job);
        else lost.push(job);
      }
      if (lost.length > 0) await this.#lost(element, lost);
    }
  }

  /** Submits the jobs of an element that ended early again, or says what happened to it. */
  async #lost(element: Watched, jobs: readonly PlannedJob[]): Promise<void> {
    const { entry, begun } = element;
    const end = await earlyEnd(element, {
      entry,
      node: begun?.node,
      scheduler: this.placement.scheduler,
    });
    const again = this.#again(element, end.state);
    if (!again) {
      for (const job of jobs) await this.#end(job, end);
      return;
    }
    for (const job of jobs) this.#giveUp(element, job);
    const { minutes, memory } = again;
    const more = minutes ? ` with ${minutes} min` : memory ? ` with ${memory} MiB` : "";
    this.context.progress.note(`${end.message}; ${jobs.length} jobs are submitted again${more}`);
    await this.#place(jobs, again);
  }

  /** How to repeat what an element leaves; `null` if that is the user's decision. */
  #again(element: Watched, state: string | null): Request | null {
    const { minutes, attempt } = element.submission.ticket;
    if (state === "TIMEOUT") {
      return attempt === 1 && minutes !== null ? { attempt: 2, minutes: 3 * minutes } : null;
    }
    if (state === "OUT_OF_MEMORY") return this.#moreMemory(element);
    if (unseen(element)) return { attempt };
    const slurms = ["PREEMPTED", "NODE_FAIL", "BOOT_FAIL"].includes(state ?? "");
    return slurms && attempt === 1 ? { attempt: 2 } : null;
  }

  /** Twice the memory, once, where it is known and the user did not ask for an amount. */
  #moreMemory({ submission, begun }: Watched): Request | null {
    const { sbatch = [] } = this.placement.options;
    const known = begun?.memory && !sets(sbatch, "--mem", "--mem-per-cpu", "--mem-per-gpu");
    return known && submission.ticket.attempt === 1 ? { attempt: 2, memory: 2 * begun!.memory! } : null;
  }

  /** Notes which elements have ended, so that their failures are not told again. */
  async #collected(): Promise<void> {
    for (const element of this.#elements) {
      if (hasEnded(element)) await element.submission.collect(element.index);
    }
    await this.placement.finish();
  }

  /** Waits before the next look, the longer the longer the jobs have been there. */
  async #pause(): Promise<void> {
    const ms = Math.min(Math.max((performance.now() - this.#placedAt) / 50, this.patience.look), 5000);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(end, ms);
      const { signal } = this.context;
      signal?.addEventListener("abort", end, { once: true });
      function end() {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      }
    });
  }
}
