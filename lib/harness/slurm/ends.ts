import { readTextOrNull } from "../run/mod.ts";
import type { Placed } from "./placement.ts";
import { FINAL, type QueueEntry, type Scheduler } from "./scheduler.ts";

/** How an element ended that did not say so itself. */
export interface EarlyEnd {
  /** A final state of Slurm; `null` if nobody knows. */
  readonly state: string | null;
  /** One line: what happened, and what to do. */
  readonly message: string;
  /** The end of its log. */
  readonly detail: string;
}

/** Characters of a log that are kept. */
const LOG_KEPT = 2000;

/** What Slurm writes into a log, by the state that it means. */
const IN_LOG: readonly (readonly [RegExp, string])[] = [
  [/DUE TO TIME LIMIT/, "TIMEOUT"],
  [/oom[-_ ]?kill|out of memory/i, "OUT_OF_MEMORY"],
  [/DUE TO PREEMPTION/, "PREEMPTED"],
  [/DUE TO NODE FAILURE/, "NODE_FAIL"],
  [/\*\*\* .*CANCELLED AT/, "CANCELLED"],
];

/** Final states in words, with advice. */
const IN_WORDS: Readonly<Record<string, string>> = {
  TIMEOUT: 'ran out of time: ask for more with --slurm "--time=…"',
  OUT_OF_MEMORY: 'ran out of memory: ask for more with --slurm "--mem-per-cpu=…"',
  PREEMPTED: "was preempted by other jobs",
  NODE_FAIL: "lost its node",
  BOOT_FAIL: "got a node that did not start",
  CANCELLED: "was cancelled",
  DEADLINE: "passed its deadline",
  FAILED: "failed",
  COMPLETED: "ended without a word",
};

/** Finds out why an element ended early: from the queue, else the accounting, else its log. */
export async function earlyEnd(
  { submission, index }: Placed,
  { entry, node, scheduler }: {
    /** What the queue said last. */
    readonly entry?: QueueEntry;
    /** Where it ran, if it began. */
    readonly node?: string;
    readonly scheduler: Scheduler;
  },
): Promise<EarlyEnd> {
  const path = submission.log(index);
  const log = await readTextOrNull(path);
  const state = entry && FINAL.has(entry.state)
    ? entry.state
    : await scheduler.ended(submission.ticket.slurm!, index) ?? stateInLog(log ?? "");
  const where = `element ${index} of ${submission.title}${node ? `, on ${node}` : ""}`;
  const what = state === null ? "is gone from the queue" : IN_WORDS[state] ?? `ended as ${state}`;
  const said = log === null
    ? `it left no log: ${submission.folder} must be on a disk that the nodes share`
    : lastWord(log);
  return {
    state,
    message: `Its element ${what} (${where})${said ? `; ${said}` : ""}`,
    detail: log === null ? "" : `The end of ${path}:\n${log.trim().slice(-LOG_KEPT)}`,
  };
}

/** The state that the last line of a log which tells one means. */
export function stateInLog(log: string): string | null {
  for (const line of log.split("\n").reverse()) {
    const found = IN_LOG.find(([pattern]) => pattern.test(line));
    if (found) return found[1];
  }
  return null;
}

/** The line of a log that tells most: the last that begins with `error:`, else the last. */
function lastWord(log: string): string {
  const lines = log.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const line = lines.findLast((text) => text.startsWith("error:")) ?? lines.at(-1);
  return line === undefined ? "its log is empty" : `its log: ${line}`;
}
