import { lines, RECORD_SEPARATOR, type WorkerMessage, type WorkerRequest } from "./_protocol.ts";
import { ROOT } from "../paper/mod.ts";
import { subprocess } from "./subprocess.ts";

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
const OUTPUT_KEPT = 2000;

/** Least permissions: jobs read data and load native libraries of installed packages; they write nothing. */
const PERMISSIONS = ["--allow-read", "--allow-env", "--allow-sys", `--allow-ffi=${ROOT}node_modules`];

/** A worker process, running one job at a time. */
export class WorkerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #finished: Promise<void>;
  #output = "";
  #onMessage: (message: WorkerMessage) => void = () => {};

  constructor() {
    this.#child = subprocess(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--config",
        `${ROOT}deno.json`,
        ...PERMISSIONS,
        `${ROOT}lib/harness/run/_worker.ts`,
      ],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {}); // a dead worker shows in its status
    this.#finished = Promise.all([this.#readMessages(), this.#readOutput()]).then(() => {});
  }

  /** The operating system's number of the process. */
  get pid(): number {
    return this.#child.pid;
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
    const line = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
    this.#input.write(line).catch(() => {}); // a dead worker shows in its status
    // All its messages are read before its end counts.
    const ended = this.#finished.then(() => this.#child.status).then(({ signal, code }): Outcome => ({
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
    await this.#input.close().catch(() => {}); // it may have ended already
    await this.#child.status;
    await this.#finished;
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // TypeError: it has ended already
    }
    await this.close();
  }

  async #readMessages(): Promise<void> {
    for await (const line of lines(this.#child.stdout)) {
      const message = line.startsWith(RECORD_SEPARATOR) ? parse(line.slice(1)) : null;
      if (message) this.#onMessage(message);
      else if (line !== "") this.#keep(`${line}\n`);
    }
  }

  async #readOutput(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.#keep(text);
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-OUTPUT_KEPT);
  }
}

function parse(text: string): WorkerMessage | null {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // cut off by the process's end
    throw error;
  }
}
