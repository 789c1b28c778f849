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
