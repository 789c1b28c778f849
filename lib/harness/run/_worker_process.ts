import { type ChildProcess, spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { launcher } from "../start/mod.ts";
import { lines, RECORD_SEPARATOR, type WorkerMessage, type WorkerRequest } from "./_protocol.ts";

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

  constructor() {
    const { program, args } = launcher("worker");
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

  /** Runs a job; never rejects. */
  async run(request: WorkerRequest, onProgress: (fraction: number) => void): Promise<Outcome> {
    this.#output = "";
    let begun = false;
    const answer = Promise.withResolvers<Outcome>();
    this.#onMessage = (message) => {
      begun = true;
      if (message.type === "progress") onProgress(message.fraction);
      else answer.resolve(message);
    };
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    // All its messages are read before its end counts.
    const ended = this.#finished.then(() => this.#status).then(({ signal, code }): Outcome => ({
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
