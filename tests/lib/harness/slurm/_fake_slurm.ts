import { Cache, type PlannedJob } from "../../../../lib/harness/run/mod.ts";
import { type ElementEvent, EventWriter } from "../../../../lib/harness/slurm/events.ts";
import type { Queue, Scheduler, SlurmJob } from "../../../../lib/harness/slurm/scheduler.ts";
import type { Batch } from "../../../../lib/harness/slurm/submission.ts";
import { jobId } from "../../../../lib/harness/paper/mod.ts";

/** An element that runs at once, as a test says. */
export class FakeElement {
  constructor(
    readonly folder: string,
    readonly index: number,
    readonly batch: Batch,
    readonly planned: ReadonlyMap<string, PlannedJob>,
  ) {}

  tell(...events: ElementEvent[]): void {
    using writer = new EventWriter(this.folder, this.index, 0);
    for (const event of events) writer.write(event);
  }

  begin(memory: number | null = null): void {
    this.tell({ type: "begin", node: "n1", keys: this.batch.jobs.map(({ key }) => key), memory });
  }

  /** Keeps the result of a job, its place in the batch, and tells it or not. */
  async finish(place: number, { told = true }: { readonly told?: boolean } = {}): Promise<void> {
    const { job } = this.batch.jobs[place];
    const record = { job, result: 7, seconds: 1, sources: {} };
    await new Cache(this.batch.cache).store(this.planned.get(jobId(job))!.parts!, record);
    if (told) this.tell({ type: "done", job: place, seconds: 1 });
  }

  /** Does all its jobs. */
  async finishAll(): Promise<void> {
    this.begin();
    for (const place of this.batch.jobs.keys()) await this.finish(place);
    this.tell({ type: "end" });
  }

  log(text: string): Promise<void> {
    return Deno.writeTextFile(`${this.folder}/${this.index}.log`, text);
  }
}

/** Does what an element does; returns its state, or `null` if the queue no longer knows it. */
export type Behaviour = (element: FakeElement, submission: number) => Promise<string | null>;

/** Stands for Slurm: elements do at submission what a test says. */
export class FakeSlurm implements Scheduler {
  readonly submissions: { readonly args: readonly string[]; readonly elements: readonly FakeElement[] }[] =
    [];
  readonly #states: Map<number, string>[] = [];
  /** How many times the queue does not answer. */
  silent = 0;

  constructor(
    readonly planned: readonly PlannedJob[],
    readonly behave: Behaviour = async (element) => (await element.finishAll(), "COMPLETED"),
  ) {}

  async submit(args: readonly string[]): Promise<SlurmJob> {
    const folder = args.at(-1)!.replace(/\/job\.sh$/, "");
    const count = 1 + Number(args.find((arg) => arg.startsWith("--array="))!.match(/-(\d+)/)![1]);
    const planned = new Map(this.planned.map((job) => [job.id, job]));
    const elements = await Promise.all(Array.from({ length: count }, async (_, index) => {
      const text = await Deno.readTextFile(`${folder}/batch-${index}.json`);
      return new FakeElement(folder, index, JSON.parse(text), planned);
    }));
    this.submissions.push({ args, elements });
    const id = this.submissions.length;
    const states = new Map<number, string>();
    this.#states.push(states);
    for (const element of elements) {
      const state = await this.behave(element, id);
      if (state !== null) states.set(element.index, state);
    }
    return { id: `${id}` };
  }

  /** Says that an element has another state now. */
  set(id: number, index: number, state: string): void {
    this.#states[id - 1].set(index, state);
  }

  queue(): Promise<Queue | null> {
    if (this.silent-- > 0) return Promise.resolve(null);
    return Promise.resolve(
      new Map(this.#states.map((states, i) => [
        `${i + 1}`,
        new Map([...states].map(([index, state]) => [index, { state, reason: "None", nodes: "n1" }])),
      ])),
    );
  }

  find(name: string): Promise<SlurmJob | null> {
    const at = this.submissions.findIndex(({ args }) => args.includes(`--job-name=${name}`));
    return Promise.resolve(at < 0 ? null : { id: `${at + 1}` });
  }

  ended(): Promise<null> {
    return Promise.resolve(null);
  }
}
