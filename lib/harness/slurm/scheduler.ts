import { HarnessError, oneLine } from "../paper/mod.ts";
import { subprocess } from "../run/mod.ts";

/** An array of Slurm. */
export interface SlurmJob {
  readonly id: string;
  /** Absent on the cluster where commands go anyway. */
  readonly cluster?: string;
}

/** An element of an array as the queue sees it. */
export interface QueueEntry {
  /** E.g. `PENDING`, `RUNNING`, `TIMEOUT`. */
  readonly state: string;
  /** Why it waits or ended; may be `None`. */
  readonly reason: string;
  /** The nodes it has, or the empty text. */
  readonly nodes: string;
}

/** Elements by number, by array. */
export type Queue = ReadonlyMap<string, ReadonlyMap<number, QueueEntry>>;

/** What is asked of Slurm. */
export interface Scheduler {
  /**
   * Submits an array.
   *
   * @throws {HarnessError} If it is refused, with what Slurm says and what to do.
   */
  submit(args: readonly string[]): Promise<SlurmJob>;
  /** What the queue knows of arrays; what it does not list has ended. `null`: it cannot be asked now. */
  queue(jobs: readonly SlurmJob[]): Promise<Queue | null>;
  /**
   * Finds an array by its name.
   *
   * @throws {HarnessError} If the queue cannot be asked.
   */
  find(name: string): Promise<SlurmJob | null>;
  /** How an element ended, of the accounting; `null` where there is none. */
  ended(job: SlurmJob, element: number): Promise<string | null>;
}

/** States after which an element runs no more, by the queue or the accounting. */
export const FINAL = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "REVOKED",
  "TIMEOUT",
]);

/** How an external command ended. */
interface Ended {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command of Slurm, or returns `null` if it is not there. Inside another job of Slurm, that job's
 * variables would be taken for wishes.
 */
async function command(program: string, args: readonly string[]): Promise<Ended | null> {
  try {
    const { success, stdout, stderr } = await subprocess(program, {
      args: [...args],
      stdin: "null",
      without: /^SLURM_(?!CONF$|CLUSTERS$)/,
    }).output();
    const text = new TextDecoder();
    return { success, stdout: text.decode(stdout).trim(), stderr: text.decode(stderr).trim() };
  } catch (error) {
    // Not capable: the task allows only programs that it found on the PATH.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}

/** The `-M` of a command. */
const on = (cluster: string | undefined) => cluster === undefined ? [] : [`--clusters=${cluster}`];

/** The only place that runs Slurm's commands. */
export const slurm: Scheduler = {
  async submit(args) {
    const ended = await command("sbatch", ["--parsable", ...args]);
    if (ended === null) {
      throw new HarnessError(
        "Cannot submit to Slurm as sbatch must be on the PATH: log in to the cluster, " +
          "or write the batch files with --on files and run them yourself",
      );
    }
    if (!ended.success) throw new HarnessError(refusal(ended.stderr));
    return parseSubmitted(ended.stdout);
  },

  async queue(jobs) {
    const all = new Map<string, ReadonlyMap<number, QueueEntry>>();
    for (const [cluster, some] of Map.groupBy(jobs, (job) => job.cluster)) {
      const ids = some.map(({ id }) => id).join(",");
      const ended = await command("squeue", [
        ...on(cluster),
        "--noheader",
        "--array",
        "--states=all",
        `--jobs=${ids}`,
        `--format=${FORMAT}`,
      ]);
      // The only failure that means anything: all are long gone.
      if (!ended || !ended.success && !/Invalid job id/i.test(ended.stderr)) return null;
      for (const [id, entries] of parseQueue(ended.stdout)) all.set(id, entries);
    }
    return all;
  },

  async find(name) {
    const ended = await command("squeue", [
      "--noheader",
      "--states=all",
      `--name=${name}`,
      "--format=%F",
    ]);
    if (!ended?.success) {
      throw new HarnessError(
        `Cannot see whether ${name} was submitted as Slurm's queue does not answer: try again in a minute`,
      );
    }
    const id = ended.stdout.match(/^\d+/)?.[0];
    return id === undefined ? null : { id };
  },

  async ended({ id, cluster }, element) {
    const ended = await command("sacct", [
      ...on(cluster),
      "--noheader",
      "--parsable2",
      "--allocations",
      `--jobs=${id}_${element}`,
      "--format=State",
    ]);
    const state = ended?.success ? ended.stdout.match(/^[A-Z_]+/)?.[0] : undefined;
    return state !== undefined && FINAL.has(state) ? state : null;
  },
};

/** What this machine has of Slurm, in a line. */
export interface SlurmFinding {
  readonly ok: boolean;
  readonly detail: string;
}

/** Asks Slurm for its version and partitions. */
export async function inspectSlurm(): Promise<SlurmFinding> {
  const version = await command("sinfo", ["--version"]);
  if (version === null) return { ok: false, detail: "sinfo is not on the PATH; only needed for --on slurm" };
  const partitions = await command("sinfo", ["--noheader", "--format=%P|%a|%l|%D|%G"]);
  return partitions?.success
    ? { ok: true, detail: `${version.stdout}: ${parsePartitions(partitions.stdout)}` }
    : {
      ok: false,
      detail: `${version.stdout}, but it does not answer: ${oneLine(partitions?.stderr ?? "")}`,
    };
}

/** Partitions in words, of what `sinfo` prints, e.g. `main (default, 2 nodes, 1:00:00)`. */
export function parsePartitions(text: string): string {
  const lines = text.split("\n").map((line) => line.trim().split("|")).filter(({ length }) => length === 5);
  const found = Map.groupBy(lines, ([name]) => name);
  return [...found].map(([name, some]) => {
    const nodes = some.reduce((sum, [, , , count]) => sum + Number(count), 0);
    const gpus = some.map(([, , , , gres]) => gres).filter((gres) => gres !== "(null)");
    const [, available, time] = some[0];
    return `${name.replace(/\*$/, "")} (${
      [
        ...name.endsWith("*") ? ["default"] : [],
        ...available === "up" ? [] : [available],
        `${nodes} node${nodes === 1 ? "" : "s"}`,
        ...new Set(gpus),
        time === "infinite" ? "no time limit" : `at most ${time}`,
      ].join(", ")
    })`;
  }).join("; ");
}

/** Array, element, state, reason, nodes. */
const FORMAT = "%F|%K|%T|%r|%N";

/** What `sbatch --parsable` prints: `ID` or `ID;cluster`. */
export function parseSubmitted(text: string): SlurmJob {
  const [, id, cluster] = text.match(/^(\d+)(?:;(\S+))?$/m) ?? [];
  if (id === undefined) {
    throw new HarnessError(
      `Cannot follow the jobs as sbatch must print their number: current value is ${text}`,
    );
  }
  return cluster === undefined ? { id } : { id, cluster };
}

/** Reads what `squeue` printed; several elements that wait may share a line (`0-3,7%2`). */
export function parseQueue(text: string): Queue {
  const arrays = new Map<string, Map<number, QueueEntry>>();
  for (const line of text.split("\n")) {
    const [id, elements, state, reason, nodes] = line.split("|").map((field) => field.trim());
    if (nodes === undefined) continue; // e.g. `CLUSTER: name`
    const entries = arrays.get(id) ?? new Map<number, QueueEntry>();
    arrays.set(id, entries);
    for (const [, from, to = from] of elements.replace(/%.*/, "").matchAll(/(\d+)(?:-(\d+))?/g)) {
      for (let element = Number(from); element <= Number(to); element++) {
        entries.set(element, { state, reason, nodes });
      }
    }
  }
  return arrays;
}

/** What to do when `sbatch` refuses, by what it says. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/account|qos/i, 'name one of yours, with --slurm "--account=…" (or --qos=…)'],
  [/partition/i, 'choose one that `deno task doctor` lists, with --slurm "--partition=…"'],
  [/time limit/i, 'ask for less, with --slurm "--time=…", or for another partition'],
  [/memory/i, 'ask for another amount, with --slurm "--mem-per-cpu=…"'],
  [/node configuration|gres|gpu/i, 'ask for what the partition has, with --slurm "--gres=…"'],
  [
    /unable to contact|socket timed out|connection refused|controller/i,
    "its controller does not answer; try again in a minute",
  ],
];

/** One line on why `sbatch` refused, and what to do. */
export function refusal(stderr: string): string {
  const said = stderr.replaceAll(/^sbatch: (error: )?/gm, "").replaceAll(/\s*\n\s*/g, "; ").trim();
  const advice = /submit|array/i.test(said) && /limit|array specification/i.test(said)
    ? "submit fewer elements, with --jobs, or wait until others have ended"
    : ADVICE.find(([pattern]) => pattern.test(said))?.[1];
  return `Slurm refused the jobs: ${said || "sbatch said nothing"}${advice ? `: ${advice}` : ""}`;
}
