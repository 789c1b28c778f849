import type { ExecutorName } from "../../compile/types.ts";
import type { Job, Places, Plan } from "../paper/mod.ts";
import { unique, writeAtomic } from "../run/mod.ts";
import type { SlurmJob } from "./scheduler.ts";

/** What one element does: `batch-<i>.json`. */
export interface Batch {
  readonly paper: string;
  readonly plan: Plan;
  readonly executor: ExecutorName;
  /** Of each job's programs. @default 1 */
  readonly threads?: number;
  /** Folder of the cache that holds the results. */
  readonly cache: string;
  readonly jobs: readonly { readonly job: Job; readonly key: string }[];
}

/** One array, or batch files that somebody else runs: `submission.json`. */
export interface Ticket {
  readonly format: 1;
  /** `null`: not (yet) known to Slurm. */
  readonly slurm: SlurmJob | null;
  readonly elements: number;
  /** Asked for; `null` if the user's options say it. */
  readonly minutes: number | null;
  /** 1, or one more than that of the submission whose elements ended early. */
  readonly attempt: number;
}

/** A submission's folder, `<out>/slurm/<paper>/<name>`, which the nodes see too. */
export class Submission {
  private constructor(
    readonly folder: string,
    readonly ticket: Ticket,
    /** The elements that were collected when it was read. */
    readonly collected: ReadonlySet<number> = new Set(),
  ) {}

  /** Folder of a paper's submissions. */
  static home(places: Places, paper: string): string {
    return `${places.out}/slurm/${paper}`;
  }

  /** Path of an element's log. */
  log(element: number): string {
    return `${this.folder}/${element}.log`;
  }

  /** Its name in the queue. */
  get jobName(): string {
    return `refigure-${this.folder.split("/").slice(-2).join("-")}`;
  }

  /** Its array in words. */
  get title(): string {
    return this.ticket.slurm ? `Slurm job ${this.ticket.slurm.id}` : this.jobName;
  }

  /** Writes all that the elements need; Slurm does not know of it yet. */
  static async write(
    home: string,
    { batches, script, ...ticket }: Omit<Ticket, "format" | "slurm" | "elements"> & {
      readonly batches: readonly Batch[];
      /** Makes the text of `job.sh`. */
      readonly script: (folder: string) => string;
    },
  ): Promise<Submission> {
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
    const folder = `${home}/${stamp}-${unique()}`;
    for (const [i, batch] of batches.entries()) {
      await writeAtomic(`${folder}/batch-${i}.json`, JSON.stringify(batch));
    }
    await writeAtomic(`${folder}/job.sh`, script(folder));
    return await new Submission(folder, { format: 1, slurm: null, elements: batches.length, ...ticket })
      .#save();
  }

  /** Notes which array of Slurm it became. */
  submitted(slurm: SlurmJob): Promise<Submission> {
    return new Submission(this.folder, { ...this.ticket, slurm }).#save();
  }

  async #save(): Promise<Submission> {
    await writeAtomic(`${this.folder}/${TICKET}`, `${JSON.stringify(this.ticket, null, 2)}\n`);
    return this;
  }

  /** The submissions of a paper with elements that were not collected, the newest first. */
  static async pending(home: string): Promise<readonly Submission[]> {
    return (await Submission.#all(home)).filter(({ ticket, collected }) => collected.size < ticket.elements);
  }

  static async #all(home: string): Promise<readonly Submission[]> {
    const found: Submission[] = [];
    for (const name of (await namesIn(home)).sort().reverse()) {
      const folder = `${home}/${name}`;
      const files = await namesIn(folder);
      if (!files.includes(TICKET)) continue; // something else, or not yet or no longer whole
      const ticket = JSON.parse(await Deno.readTextFile(`${folder}/${TICKET}`)) as Ticket;
      if (ticket.format !== 1) continue;
      const collected = files.flatMap((file) => file.match(COLLECTED)?.[1] ?? []).map(Number);
      found.push(new Submission(folder, ticket, new Set(collected)));
    }
    return found;
  }

  async batch(element: number): Promise<Batch> {
    return JSON.parse(await Deno.readTextFile(`${this.folder}/batch-${element}.json`)) as Batch;
  }

  /** Notes that an element has ended and that what became of it was told. */
  async collect(element: number): Promise<void> {
    await writeAtomic(`${this.folder}/${element}.collected`, "");
  }

  /** Removes it, as Slurm did not take it. */
  async remove(): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Removes collected submissions but the newest, whose logs somebody may want to read. */
  static async prune(home: string, keep = 20): Promise<void> {
    const all = await Submission.#all(home);
    const done = all.filter(({ ticket, collected }) => collected.size >= ticket.elements);
    for (const { folder } of done.slice(keep)) {
      await Deno.remove(folder, { recursive: true }).catch(() => {}); // somebody else did
    }
  }
}

/** Name of the file that holds a {@link Ticket}. */
const TICKET = "submission.json";

/** Marks a collected element. */
const COLLECTED = /^(\d+)\.collected$/;

/** Names in a folder; none if there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
  return names;
}
