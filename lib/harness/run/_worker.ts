/**
 * A worker process: takes jobs from standard input, one JSON line each, runs them one after the other, and
 * answers on standard output (see `_protocol.ts`). It ends when its input ends, so it does not outlive its
 * parent.
 */
import process from "node:process";
import { Checkpoints, type CheckpointStore, withCheckpoints } from "../../checkpoints/mod.ts";
import type { Experiment, JobContext } from "../paper/mod.ts";
// deno-lint-ignore refigure/through-doors -- the door loads packages, and each worker would
import { checkJson } from "../paper/json.ts";
import {
  type CheckpointPart,
  CheckpointParts,
  type CheckpointRequest,
  cutCheckpoint,
  lines,
  RECORD_SEPARATOR,
  type WorkerMessage,
  type WorkerRequest,
} from "./_protocol.ts";

const encoder = new TextEncoder();

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  for (let start = 0; start < bytes.length;) start += stream.writeSync(bytes.subarray(start));
}

function send(message: WorkerMessage): void {
  try {
    // The line break in front ends whatever a job may have printed.
    write(Deno.stdout, `\n${RECORD_SEPARATOR}${JSON.stringify(message)}\n`);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0); // the parent is gone
    throw error;
  }
}

/** What jobs print goes to standard error, of which the parent keeps the end for error messages. */
function redirectConsole(): void {
  const text = (value: unknown) => typeof value === "string" ? value : Deno.inspect(value);
  const log = (...values: unknown[]) => write(Deno.stderr, `${values.map(text).join(" ")}\n`);
  Object.assign(globalThis.console, { log, info: log, debug: log, warn: log, error: log });
}

function fail(id: number, error: unknown): void {
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  const name = error instanceof Error ? error.name : "Error";
  send({ type: "failed", id, message: `${name}: ${message}`, stack });
}

/** The checkpoints that were asked for, until they are here. */
const recalls = new Map<string, (bytes: Uint8Array) => void>();
const received = new CheckpointParts();

function receive(part: CheckpointPart): void {
  const bytes = received.add(part);
  if (bytes === undefined) return;
  recalls.get(part.name)?.(bytes);
  recalls.delete(part.name);
}

/** The parent keeps them: a worker writes no files. */
function checkpointsOf(id: number, { owner, names, everySeconds }: CheckpointRequest): Checkpoints {
  const store: CheckpointStore = {
    note: (text) => send({ type: "note", id, text }),
    read(name) {
      if (!names.includes(name)) return Promise.resolve(undefined);
      const { promise, resolve } = Promise.withResolvers<Uint8Array>();
      recalls.set(name, resolve);
      send({ type: "recall", id, name });
      return promise;
    },
    write(name, bytes) {
      for (const part of cutCheckpoint(bytes, { id, name })) send(part);
      return Promise.resolve();
    },
  };
  return new Checkpoints(store, { owner, everySeconds });
}

/** Finds an exported experiment: by itself or in an exported list. */
async function findExperiment(request: WorkerRequest): Promise<Experiment> {
  const exported: Record<string, unknown> = await import(request.module);
  for (const value of Object.values(exported).flat()) {
    const candidate = value as Partial<Experiment> | null | undefined;
    if (candidate?.id === request.experiment && typeof candidate.run === "function") {
      return candidate as Experiment;
    }
  }
  throw new TypeError(
    `Cannot run ${request.experiment} as ${request.module} must export it: ` +
      `current exports are ${Object.keys(exported).join(", ") || "none"}`,
  );
}

async function runJob(request: WorkerRequest): Promise<void> {
  const { id, config, seed, executor } = request;
  send({ type: "progress", id, fraction: 0 });
  const experiment = await findExperiment(request);
  if (request.threads !== undefined) {
    const { useThreads } = await import("../../compile/mod.ts");
    useThreads(request.threads);
  }
  const sources: Record<string, "file" | "download" | "generated" | "stand-in"> = {};
  let lastReport = -Infinity;
  const context: JobContext = {
    seed,
    executor,
    async loadData<T>(name: string) {
      if (!request.data.includes(name)) {
        throw new TypeError(
          `Cannot load ${name} as the experiment must declare it in data(config): current value is ` +
            `${request.data.join(", ") || "none"}`,
        );
      }
      const { loadDataSet } = await import("../../data/mod.ts"); // many formats, and not all jobs read data
      const loaded = await loadDataSet<T>(name, request.policy);
      sources[name] = loaded.source;
      return loaded;
    },
    progress(fraction) {
      const now = performance.now();
      if (now - lastReport < 100) return;
      lastReport = now;
      send({ type: "progress", id, fraction });
    },
  };
  const start = performance.now();
  const checkpoints = request.checkpoints && checkpointsOf(id, request.checkpoints);
  const work = async () => await experiment.run(config, context);
  const result = await (checkpoints === undefined ? work() : withCheckpoints(checkpoints, work));
  const seconds = (performance.now() - start) / 1000 + (checkpoints?.secondsBefore ?? 0);
  checkJson(result, "result");
  const memory = Math.ceil(process.resourceUsage().maxRSS / 1024);
  send({ type: "done", id, result, seconds, memory, sources });
}

redirectConsole();
// Ctrl-C reaches the whole group of processes; the parent decides what ends.
Deno.addSignalListener("SIGINT", () => {});

for (const event of ["unhandledrejection", "error"] as const) {
  globalThis.addEventListener(event, (raised) => {
    raised.preventDefault();
    globalThis.console.error(
      raised instanceof PromiseRejectionEvent ? raised.reason : (raised as ErrorEvent).error,
    );
    Deno.exit(1); // what is left of this job may disturb the next
  });
}

let queue: Promise<void> = Promise.resolve();
for await (const line of lines(Deno.stdin.readable)) {
  const request = JSON.parse(line) as WorkerRequest | CheckpointPart;
  if ("type" in request) {
    receive(request);
    continue;
  }
  queue = queue.then(() => runJob(request)).catch((error) => fail(request.id, error));
}
Deno.exit(0);
