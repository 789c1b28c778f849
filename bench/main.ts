/**
 * Side-by-side benchmark: training loop against training loop, one thread each, interleaved medians.
 *
 * Both sides time all that a step needs: ours draws order, noise and dropout masks on the host and feeds them in;
 * PyTorch's takes rows by indexing with a shuffled index (no DataLoader) and draws in its own kernels.
 */
import { cpus } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import type { ExecutorName } from "../lib/compile/mod.ts";
import { quantile } from "../lib/stats/mod.ts";
import { type Case, CASES } from "./_cases.ts";
import { type Peer, startPeer } from "./_peer.ts";

/** Medians of one case; `null`: not measured. */
interface Row {
  readonly name: string;
  readonly unit: string;
  readonly native: number | null;
  readonly wasm: number | null;
  readonly tfjsCpu: number | null;
  readonly torch: number | null;
  /** torch / native: above 1, we are faster. */
  readonly ratioTorch: number | null;
}

const encoder = new TextEncoder();
const print = (line: string) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`));
const note = (line: string) => void Deno.stderr.writeSync(encoder.encode(`${line}\n`));

async function run(item: Case, peer: Peer | string, rounds: number): Promise<Row> {
  const seen = new Map<string, number[]>();
  const record = (engine: string, milliseconds: number) =>
    seen.set(engine, [...seen.get(engine) ?? [], milliseconds]);
  // The round before the first is warm-up.
  for (let round = 0; round <= rounds; round++) {
    note(`${item.name}: ${round === 0 ? "warm-up" : `round ${round} of ${rounds}`}`);
    for (const [executor, measure] of Object.entries(item.measure)) {
      const milliseconds = await measure();
      if (round > 0) record(executor, milliseconds);
    }
    if (typeof peer === "string") continue;
    const milliseconds = await peer.measure(...item.torch);
    if (round > 0) record("torch", milliseconds);
  }
  await item.dispose?.();
  const median = (engine: ExecutorName | "torch") => {
    const values = seen.get(engine);
    return values === undefined ? null : quantile(values, 0.5);
  };
  const native = median("native"), torch = median("torch");
  return {
    name: item.name,
    unit: item.unit,
    native,
    wasm: median("wasm"),
    tfjsCpu: median("eager"),
    torch,
    ratioTorch: native === null || torch === null ? null : torch / native,
  };
}

function printTable(rows: readonly Row[]): void {
  const number = (value: number | null) => value === null ? "-" : value.toPrecision(3);
  const cells = [
    ["case", "unit", "native", "wasm", "tfjs cpu", "PyTorch", "PyTorch / native"],
    ...rows.map(({ name, unit, native, wasm, tfjsCpu, torch, ratioTorch }) => [
      name,
      unit,
      ...[native, wasm, tfjsCpu, torch, ratioTorch].map(number),
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  for (const line of cells) {
    print(line.map((cell, i) => i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  "));
  }
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
  .description("Time this project's engine against TensorFlow.js and PyTorch, one thread each")
  .option("--json <file>", "also write the medians to this file")
  .option("--only <text>", "run only cases whose name contains this", "")
  .option("--rounds <count>", "measurements per engine", atLeast(1), 5)
  .exitOverride(({ exitCode }) => Deno.exit(exitCode === 0 ? 0 : 2))
  .parse(Deno.args, { from: "user" });
const { json, only, rounds } = command.opts<{ json?: string; only: string; rounds: number }>();

const chosen = CASES.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()));
if (chosen.length === 0) {
  command.error(`Cannot run as --only must be part of one of: ${CASES.map(({ name }) => name).join("; ")}`, {
    exitCode: 2,
  });
}
const peer = await startPeer();
const machine = {
  processor: cpus()[0]?.model ?? "unknown",
  cores: navigator.hardwareConcurrency,
  system: `${Deno.build.os} ${Deno.build.arch}`,
  deno: Deno.version.deno,
  torch: typeof peer === "string" ? null : peer.version,
};
print(`${machine.processor}, ${machine.cores} cores, ${machine.system}, Deno ${machine.deno}`);
print(typeof peer === "string" ? `PyTorch is skipped (${peer})` : `PyTorch ${peer.version}`);
const rows: Row[] = [];
try {
  for (const item of chosen) rows.push(await run(item, peer, rounds));
} finally {
  if (typeof peer !== "string") await peer.close();
}
printTable(rows);
if (json !== undefined) {
  Deno.writeTextFileSync(json, `${JSON.stringify({ machine, cases: rows }, null, 2)}\n`);
}
