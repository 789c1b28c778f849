import process from "node:process";
import type { Experiment, Json } from "../../../../../lib/harness/mod.ts";

const experiment = (id: string, run: Experiment["run"], usesExecutor = false): Experiment => ({
  id,
  title: id,
  module: import.meta.url,
  usesExecutor,
  run,
});

/** Never ends, and nothing else in its process gets a turn. */
export const endless: Experiment = {
  id: "endless",
  title: "Endless",
  module: import.meta.url,
  usesExecutor: false,
  run() {
    // Like a computation of hours it never gets to see an event, but leaves most of the processor to others.
    const bell = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0;; i++) {
      if (i < 0) return Promise.resolve(null);
      if (i % 1e6 === 0) Atomics.wait(bell, 0, 0, 20);
    }
  },
};

/** Fails with a message that a terminal would take for commands. */
export const loud: Experiment = {
  id: "loud",
  title: "Loud",
  module: import.meta.url,
  usesExecutor: false,
  run() {
    throw new Error("one\n  two\x1b[2J\x1b]0;title\x07 \x1b[31mred\r\nthree\b");
  },
};

/** Ends as V8 ends a process whose heap is full, with the same words. */
export const full: Experiment = {
  id: "full",
  title: "Full",
  module: import.meta.url,
  usesExecutor: false,
  run() {
    Deno.stderr.writeSync(new TextEncoder().encode(
      "#\n# Fatal JavaScript out of memory: Ineffective mark-compacts near heap limit\n#\n",
    ));
    process.abort();
  },
};

/** Fills this many MiB of memory for a moment. */
export const filling: Experiment<number> = {
  id: "filling",
  title: "Filling",
  module: import.meta.url,
  usesExecutor: false,
  run: (mebibytes) => Promise.resolve(new Uint8Array(mebibytes * 2 ** 20).fill(1).at(-1)!),
};

/** Gives a result of about this many bytes. */
export const large: Experiment<number> = {
  id: "large",
  title: "Large",
  module: import.meta.url,
  usesExecutor: false,
  run: (bytes) => Promise.resolve("x".repeat(bytes)),
};

/** Ways to fail, and one that does not. */
export const experiments: readonly Experiment[] = [
  experiment("fine", () => Promise.resolve("fine")),
  experiment("throws", () => {
    throw new RangeError("Cannot do it as it must be possible: current value is false");
  }),
  experiment("aborts", (): never => process.abort()),
  experiment("exits", (): never => Deno.exit(3)),
  experiment("rejects", () => {
    Promise.reject(new Error("nobody caught this"));
    return new Promise((resolve) => setTimeout(() => resolve(null), 5000));
  }),
  experiment("nan", () => Promise.resolve({ scores: [1, NaN] })),
  experiment("bytes", () => Promise.resolve({ scores: new Float32Array(2) as unknown as Json })),
  experiment("undeclared", async (_, { loadData }) => (await loadData("adbench/42_WBC")).name),
  experiment("writes", async () => await Deno.writeTextFile("out/written.txt", "by a job") ?? null),
];
