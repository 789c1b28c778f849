import { AsyncLocalStorage } from "node:async_hooks";
import { decodeCheckpoint, encodeCheckpoint, type StoredArray } from "./_format.ts";

export type { StoredArray };

/** Where the checkpoints of one piece of work are kept. */
export interface CheckpointStore {
  /** The bytes last written under a name; `undefined` if there are none, or they cannot be read. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes whole or not at all, in place of those before. What it throws is told by `note`. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Says a word, e.g. that a file is damaged. */
  note(text: string): void;
}

/** Options of {@link Checkpoints}. */
export interface CheckpointsOptions {
  /** Seconds between two checkpoints of a training. @default 180 */
  readonly everySeconds?: number;
  /** Whose they are, e.g. a cache key; those of others are ignored. @default "" */
  readonly owner?: string;
}

/** What is kept of a training that is under way. */
export interface Snapshot {
  /** Steps taken. */
  readonly step: number;
  /** Whether it has come to its end. */
  readonly done: boolean;
  /** Its state, leaf by leaf. */
  readonly leaves: readonly StoredArray[];
  /** Positions of its random streams; `null` if they are found by drawing once more. */
  readonly streams: readonly (readonly number[])[] | null;
  /** What its callbacks have collected. */
  readonly carried: unknown;
}

/** The place of one training among the checkpoints of its work. */
export interface TrainingCheckpoint {
  /** Where it was when an earlier process ended. */
  readonly found: Snapshot | undefined;
  /** Whether it is time to save. */
  due(): boolean;
  /** Whether it has taken long enough that its end is worth saving. */
  readonly long: boolean;
  /** Keeps a snapshot in place of the one before. */
  save(snapshot: Snapshot): Promise<void>;
}

/** Of the time between checkpoints: a training that took as much is kept when it has ended. */
const WORTH_KEEPING = 1 / 6;

/**
 * The checkpoints of one piece of work, such as a job: trainings that run within {@link withCheckpoints} find
 * theirs by themselves, each by what it computes.
 */
export class Checkpoints {
  readonly #store: CheckpointStore;
  readonly #milliseconds: number;
  readonly #owner: string;
  readonly #started = performance.now();
  /** How many trainings of each identity have begun. */
  readonly #begun = new Map<string, number>();
  /** Seconds that earlier processes have spent on what was found. */
  secondsBefore = 0;

  /** Begins with what the store holds. */
  constructor(store: CheckpointStore, { everySeconds = 180, owner = "" }: CheckpointsOptions = {}) {
    this.#store = store;
    this.#milliseconds = 1000 * everySeconds;
    this.#owner = owner;
  }

  /**
   * The place of a training that begins now.
   *
   * @param identity A digest in hexadecimal digits of what it computes; equal ones are told apart by their
   * order.
   */
  async open(identity: string): Promise<TrainingCheckpoint> {
    const order = this.#begun.get(identity) ?? 0;
    this.#begun.set(identity, order + 1);
    const name = `${identity.slice(0, 32)}-${order}`;
    const label = { owner: this.#owner, identity };
    const found = await this.#find(name, label);
    const milliseconds = this.#milliseconds, began = performance.now();
    let saved = began;
    return {
      found,
      due: () => performance.now() - saved >= milliseconds,
      get long() {
        return performance.now() - began >= milliseconds * WORTH_KEEPING;
      },
      save: async ({ leaves, ...rest }) => {
        const seconds = this.secondsBefore + (performance.now() - this.#started) / 1000;
        try {
          await this.#store.write(name, encodeCheckpoint({ ...label, seconds, rest }, leaves));
        } catch (error) {
          this.#store.note(`Cannot save a training: ${(error as Error).message}; it goes on`);
        }
        saved = performance.now();
      },
    };
  }

  async #find(
    name: string,
    { owner, identity }: { readonly owner: string; readonly identity: string },
  ): Promise<Snapshot | undefined> {
    const bytes = await this.#store.read(name);
    if (bytes === undefined) return undefined;
    const content = decodeCheckpoint(bytes);
    if (content === undefined) {
      this.#store.note(`The checkpoint ${name} is damaged and ignored: its training starts over`);
      return undefined;
    }
    const about = content.about as {
      readonly owner: string;
      readonly identity: string;
      readonly seconds: number;
      readonly rest: Omit<Snapshot, "leaves">;
    };
    if (about.owner !== owner || about.identity !== identity) {
      this.#store.note(`The checkpoint ${name} is of another training and ignored: this one starts over`);
      return undefined;
    }
    this.secondsBefore = Math.max(this.secondsBefore, about.seconds);
    return { ...about.rest, leaves: content.arrays };
  }
}

const ambient = new AsyncLocalStorage<Checkpoints>();

/** Runs work whose trainings save themselves, and go on where an earlier process was. */
export function withCheckpoints<R>(checkpoints: Checkpoints, work: () => Promise<R>): Promise<R> {
  return ambient.run(checkpoints, work);
}

/** The checkpoints of the work that this is a part of, if it has any; trainings ask by themselves. */
export function currentCheckpoints(): Checkpoints | undefined {
  return ambient.getStore();
}
