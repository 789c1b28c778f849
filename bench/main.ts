/**
 * Side-by-side benchmark: training loop against training loop, one thread each, interleaved medians.
 *
 * Both sides time all that a step needs: ours draws order, noise and dropout masks on the host and feeds them
 * in; PyTorch's takes rows by indexing with a shuffled index (no DataLoader) and draws in its own kernels.
 */
import { cpus } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { PEERS } from "./_case.ts";
import { findPeer, type FoundPeers } from "./_peers.ts";
import type { Row } from "./_run.ts";
import type { TopicRequest } from "./_topic.ts";
import { TOPICS } from "./cases/mod.ts";

const encoder = new TextEncoder();
const print = (line: string) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`));

/** Folder of the project, where its `node_modules` are. */
const ROOT = new URL("..", import.meta.url);
const PERMISSIONS = [
  "--allow-read",
  "--allow-env",
  "--allow-sys",
  // Not of a folder: it may be a link, and what may run programs may load libraries.
  "--allow-ffi",
  "--allow-run",
];

async function timeTopics(request: TopicRequest): Promise<Row[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...PERMISSIONS, "bench/_topic.ts", JSON.stringify(request)],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new Error(`Cannot time ${request.names.join("; ")} as a case fails: see its message above`);
  }
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

function printTable(rows: readonly Row[]): void {
  const number = (value: number | null) => value === null ? "-" : value.toPrecision(3);
  const percent = (share: number | null) => share === null ? "-" : `${(100 * share).toFixed(0)} %`;
  const cells = [
    [
      "case",
      "unit",
      "native",
      "wasm",
      "tfjs cpu",
      "tfjs wasm",
      "PyTorch",
      "scikit-learn",
      "NumPy",
      "PyTorch / native",
      "baseline",
      "native / baseline",
      "GEMM",
    ],
    ...rows.map((row) => [
      row.name,
      row.unit,
      ...[row.native, row.wasm, row.tfjsCpu, row.tfjsWasm, row.torch, row.sklearn, row.numpy].map(number),
      ...[row.ratioTorch, row.baseline, row.ratioBaseline].map(number),
      percent(row.gemmShare),
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  for (const line of cells) {
    print(line.map((cell, i) => i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  "));
  }
  const ratios = rows.flatMap(({ ratioTorch }) => ratioTorch ?? []);
  if (ratios.length === 0) return;
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  print(`PyTorch / native, geometric mean of ${ratios.length} cases: ${mean.toPrecision(3)}`);
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`must be an integer >= ${least}`);
    }
    return value;
  };
}

const command = new Command("bench")
  .description("Time this project's engine against TensorFlow.js, PyTorch and others, one thread each")
  .option("--json <file>", "also write the medians to this file")
  .option("--only <text>", "run only cases whose name contains this", "")
  .option("--rounds <count>", "measurements per engine", atLeast(1), 5)
  .option("--quick", "run every case once, on tiny shapes: shows that it works, not how fast it is", false)
  .exitOverride(({ exitCode }) => Deno.exit(exitCode === 0 ? 0 : 2))
  .parse(Deno.args, { from: "user" });
const { json, only, rounds, quick } = command.opts<
  { json?: string; only: string; rounds: number; quick: boolean }
>();

if (json !== undefined) {
  try {
    Deno.mkdirSync(dirname(json), { recursive: true });
    Deno.writeTextFileSync(`${json}.part`, "");
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    command.error(`Cannot write ${json} as --json must be a file in ${fileURLToPath(ROOT)}out: ${why}`, {
      exitCode: 2,
    });
  }
}

const cases = TOPICS.flatMap((topic, place) => topic({ quick }).map((item) => ({ ...item, topic: place })));
const chosen = cases.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()));
if (chosen.length === 0) {
  command.error(`Cannot run as --only must be part of one of: ${cases.map(({ name }) => name).join("; ")}`, {
    exitCode: 2,
  });
}
const machine: Record<string, string | number | null> = {
  processor: cpus()[0]?.model ?? "unknown",
  cores: navigator.hardwareConcurrency,
  system: `${Deno.build.os} ${Deno.build.arch}`,
  deno: Deno.version.deno,
};
print(`${machine.processor}, ${machine.cores} cores, ${machine.system}, Deno ${machine.deno}`);
const found: FoundPeers = Object.fromEntries(
  await Promise.all(
    PEERS.filter((peer) => chosen.some((item) => item.peers?.[peer] !== undefined))
      .map(async (name) => [name, await findPeer(name)] as const),
  ),
);
for (const [name, peer] of Object.entries(found)) {
  machine[name] = typeof peer === "string" ? null : peer.version;
  print(typeof peer === "string" ? `${name} is skipped (${peer})` : `${name} ${peer.version}`);
}
const topics = [...new Set(chosen.map(({ topic }) => topic))];
const rows: Row[] = [];
// Where it does not matter how long things take, one process does it all.
for (const group of quick ? [topics] : topics.map((topic) => [topic])) {
  const names = chosen.filter(({ topic }) => group.includes(topic)).map(({ name }) => name);
  rows.push(...await timeTopics({ topics: group, names, found, rounds, quick }));
}
printTable(rows);
if (json !== undefined) {
  Deno.writeTextFileSync(`${json}.part`, `${JSON.stringify({ machine, cases: rows }, null, 2)}\n`);
  Deno.renameSync(`${json}.part`, json);
}
