import { Buffer } from "node:buffer";
import type { ExecutorName } from "../../compile/mod.ts";
import type { DataPolicy, DataSource } from "../../data/mod.ts";
import type { Json } from "../paper/mod.ts";

/** What the parent sends to a worker process: one line of JSON. */
export interface WorkerRequest {
  readonly id: number;
  /** URL of the module that exports the experiment. */
  readonly module: string;
  readonly experiment: string;
  readonly config: Json;
  readonly seed: number;
  readonly executor: ExecutorName;
  readonly policy: DataPolicy;
  /** The data sets that the experiment declared for this configuration. */
  readonly data: readonly string[];
  /** Threads of each program on `native`. @default 1 */
  readonly threads?: number;
  /** Present if trainings are to be saved. */
  readonly checkpoints?: CheckpointRequest;
}

/** What a worker needs to know of its job's checkpoints. */
export interface CheckpointRequest {
  /** The job's cache key. */
  readonly owner: string;
  /** Those that there are. */
  readonly names: readonly string[];
  /** Seconds between two checkpoints of a training; absent: the usual. */
  readonly everySeconds?: number;
}

/** A checkpoint on its way from or to a worker, which may neither write nor read it: a part of its bytes. */
export interface CheckpointPart {
  readonly type: "checkpoint";
  /** That of the request. */
  readonly id: number;
  readonly name: string;
  /** Base64. */
  readonly part: string;
  readonly last: boolean;
}

/** Bytes of a {@link CheckpointPart}, a multiple of three so that no part but the last is padded. */
const PART_BYTES = 3 * 2 ** 19;

/** Cuts a checkpoint into parts. */
export function* cutCheckpoint(
  bytes: Uint8Array,
  label: Pick<CheckpointPart, "id" | "name">,
): Generator<CheckpointPart> {
  for (let start = 0; start === 0 || start < bytes.length; start += PART_BYTES) {
    const part = Buffer.from(bytes.subarray(start, start + PART_BYTES)).toString("base64");
    yield { type: "checkpoint", ...label, part, last: start + PART_BYTES >= bytes.length };
  }
}

/** Puts the parts of checkpoints together. */
export class CheckpointParts {
  readonly #open = new Map<string, Uint8Array[]>();

  /** The whole, if this is its last part. */
  add({ name, part, last }: CheckpointPart): Uint8Array | undefined {
    const parts = this.#open.get(name) ?? [];
    this.#open.set(name, parts);
    parts.push(Buffer.from(part, "base64"));
    if (!last) return undefined;
    this.#open.delete(name);
    return new Uint8Array(Buffer.concat(parts));
  }
}

/** A job that has a result. */
export interface TaskDone {
  /** Tells it from a failure. */
  readonly type: "done";
  /** That of the request. */
  readonly id: number;
  /** What came out. */
  readonly result: Json;
  /** How long it took, wall clock. */
  readonly seconds: number;
  /** MiB that the process has taken at most so far. */
  readonly memory?: number;
  /** Whether each data set that it read was real, generated or a stand-in, by name. */
  readonly sources: Readonly<Record<string, DataSource>>;
}

/**
 * What a worker sends back: a JSON text sequence (RFC 7464), so that stray output cannot be taken for a
 * message.
 */
export type WorkerMessage =
  | { readonly type: "progress"; readonly id: number; readonly fraction: number }
  | TaskDone
  | CheckpointPart
  /** Asks for a checkpoint, which the parent answers in parts. */
  | { readonly type: "recall"; readonly id: number; readonly name: string }
  /** A word for whoever watches the run. */
  | { readonly type: "note"; readonly id: number; readonly text: string }
  | { readonly type: "failed"; readonly id: number; readonly message: string; readonly stack: string };

/** Stands in front of each message. */
export const RECORD_SEPARATOR = "\x1e";

/** The lines of a byte stream, without their ends. */
export async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  // Parts of the line that has yet to end: a long one comes in many, which are put together once.
  let open: string[] = [];
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const [first, ...others] = text.split("\n");
    open.push(first);
    if (others.length === 0) continue;
    yield open.join("");
    open = [others.pop()!];
    yield* others;
  }
  const last = open.join("");
  if (last !== "") yield last;
}
