import { type ChildProcess, spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { launcher } from "../start/mod.ts";
import type { CheckpointStore } from "../../checkpoints/mod.ts";
import {
  CheckpointParts,
  cutCheckpoint,
  lines,
  RECORD_SEPARATOR,
  type WorkerMessage,
  type WorkerRequest,
} from "./_protocol.ts";

/** How a job in a worker ended. */
export type Outcome =
  | Extract<WorkerMessage, { type: "done" }>
  | Extract<WorkerMessage, { type: "failed" }>
  | Crash;

/** The process ended under the job: by a signal, or by itself with an exit code. */
export interface Crash {
  readonly type: "crashed";
  readonly signal: string | null;
  readonly code: number;
  /** Whether the job had begun. */
  readonly begun: boolean;
  /** The end of what the process printed. */
  readonly output: string;
}

/** Characters of a worker's output that are kept for error messages. */
const OUTPUT_KEPT = 10_000;

/** A worker process, running one job at a time. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  /** Never rejects. */
  readonly #status: Promise<{ readonly signal: string | null; readonly code: number }>;
  readonly #finished: Promise<void>;
  #output = "";
  #onMessage: (message: WorkerMessage) => void = () => {};

  /** @param options.executor Where its jobs run their programs. */
  constructor({ executor }: Pick<WorkerRequest, "executor">) {
    const { program, args } = launcher(["worker"], { compiler: executor === "c" });
    // Not Deno.Command, which has no fourth pipe: a worker ends when this one breaks.
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe", "pipe"], env: {} });
    const ended = Promise.withResolvers<{ signal: string | null; code: number }>();
    this.#status = ended.promise;
    this.#child.on("exit", (code, signal) => {
      this.#lifeline.end("\n");
      ended.resolve({ signal, code: code ?? 1 });
    });
    this.#child.on("error", (error) => {
      this.#keep(`${error.message}\n`);
      ended.resolve({ signal: null, code: 1 });
    });
    for (const pipe of [this.#child.stdin!, this.#lifeline]) {
      pipe.on("error", () => {}); // a dead worker shows in its status
    }
    this.#finished = Promise.all([this.#readMessages(), this.#readOutput()]).then(() => {});
  }

  get #lifeline(): Writable {
    return this.#child.stdio[3] as Writable;
  }

  /** The operating system's number of the process. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Runs a job; never rejects. @param store Keeps its checkpoints, if they are asked for. */
  async run(
    request: WorkerRequest,
    { onProgress, store }: { onProgress(fraction: number): void; readonly store?: CheckpointStore },
  ): Promise<Outcome> {
    this.#output = "";
    const parts = new CheckpointParts();
    // One after the other, and all before the job counts as ended.
    let stored: Promise<void> = Promise.resolve();
    const inTurn = (task: () => Promise<void>) => {
      stored = stored.then(task).catch((error) => store?.note((error as Error).message));
    };
    let begun = false;
    const answer = Promise.withResolvers<Outcome>();
    this.#onMessage = (message) => {
      begun = true;
      switch (message.type) {
        case "progress":
          return onProgress(message.fraction);
        case "note":
          return store?.note(message.text);
        case "checkpoint": {
          const bytes = parts.add(message);
          if (bytes && store) inTurn(() => store.write(message.name, bytes));
          return;
        }
        case "recall":
          return inTurn(() => this.#answer(message, store));
        default:
          void stored.then(() => answer.resolve(message));
      }
    };
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    // All its messages are read before its end counts.
    const ended = this.#finished.then(() => stored).then(() => this.#status).then((
      { signal, code },
    ): Outcome => ({
      type: "crashed",
      signal,
      code,
      begun,
      output: this.#output.trim(),
    }));
    return await Promise.race([answer.promise, ended]);
  }

  /** Lets the process end and waits for it. */
  async close(): Promise<void> {
    this.#child.stdin!.end();
    await this.#status;
    await this.#finished;
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.close();
  }

  /** Gives the worker a checkpoint, an empty one if it is gone. */
  async #answer(
    { id, name }: Extract<WorkerMessage, { type: "recall" }>,
    store: CheckpointStore | undefined,
  ): Promise<void> {
    const bytes = await store?.read(name).catch(() => undefined) ?? new Uint8Array();
    for (const part of cutCheckpoint(bytes, { id, name })) {
      this.#child.stdin!.write(`${JSON.stringify(part)}\n`);
    }
  }

  async #readMessages(): Promise<void> {
    for await (const line of lines(bytesOf(this.#child.stdout!))) {
      const message = line.startsWith(RECORD_SEPARATOR) ? parse(line.slice(1)) : null;
      if (message) this.#onMessage(message);
      else if (line !== "") this.#keep(`${line}\n`);
    }
  }

  async #readOutput(): Promise<void> {
    const text = bytesOf(this.#child.stderr!).pipeThrough(new TextDecoderStream());
    for await (const part of text) this.#keep(part);
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-OUTPUT_KEPT);
  }
}

function bytesOf(stream: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  return Readable.toWeb(stream) as ReadableStream<Uint8Array<ArrayBuffer>>;
}

function parse(text: string): WorkerMessage | null {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // cut off by the process's end
    throw error;
  }
}
