import type { CheckpointStore } from "../../checkpoints/mod.ts";
import type { CheckpointRequest } from "./_protocol.ts";
import { makeWay, readBytesOrNull, writeAtomic } from "./files.ts";

/** Ending of the folders of {@link JobCheckpoints}. */
export const UNFINISHED = ".unfinished";

/** Names that `Checkpoints` gives; a worker, which runs a paper's code, can ask for no others. */
const NAME = /^[0-9a-f]{32}-\d{1,9}$/;

/** Options of {@link JobCheckpoints}. */
export interface JobCheckpointsOptions {
  /** A folder that stays as it is, above the job's. */
  readonly root: string;
  /** The job's cache key. */
  readonly owner: string;
  /** Leave aside what earlier runs have saved. @default false */
  readonly fresh?: boolean;
  /** Seconds between two checkpoints of a training. */
  readonly everySeconds?: number;
  /** Tells whoever watches the run. */
  note(text: string): void;
}

/**
 * What the trainings of one job have saved, for one state of the code: files in a folder of the cache. Two
 * runs of the same job may share it: a file appears whole or not at all, and they save the same course.
 */
export class JobCheckpoints implements CheckpointStore {
  readonly #written = new Set<string>();
  #problem = "";

  /** @param folder Made when something is saved; its name ends in {@link UNFINISHED}. */
  constructor(readonly folder: string, readonly options: JobCheckpointsOptions) {}

  /** What a worker that begins the job is told. */
  async request(): Promise<CheckpointRequest> {
    const { owner, everySeconds, fresh } = this.options;
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.folder)) {
        if (NAME.test(name) && (!fresh || this.#written.has(name))) names.push(name);
      }
    } catch {
      // No folder, or none that can be read: the job starts over.
    }
    return { owner, names: names.sort(), ...everySeconds !== undefined && { everySeconds } };
  }

  /** Tells whoever watches the run. */
  note(text: string): void {
    this.options.note(text);
  }

  /** The bytes of a checkpoint. */
  async read(name: string): Promise<Uint8Array | undefined> {
    return NAME.test(name) ? await readBytesOrNull(`${this.folder}/${name}`) ?? undefined : undefined;
  }

  /** Keeps a checkpoint; where the disk is full, a training goes on without, and this is told once. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (!NAME.test(name)) return;
    const path = `${this.folder}/${name}`;
    try {
      await makeWay(this.options.root, path);
      await writeAtomic(path, bytes);
      this.#written.add(name);
      this.#problem = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#problem) this.note(`${message}; the job goes on, and is not saved meanwhile`);
      this.#problem = message;
    }
  }

  /** Removes all, as the job is done. */
  async remove(): Promise<void> {
    // There is none as a rule; what cannot be removed does no harm.
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }
}
