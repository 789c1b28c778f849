/**
 * Side-by-side benchmark: training loop against training loop, one thread each, interleaved medians.
 *
 * Both sides time all that a step needs: ours draws order, noise and dropout masks on the host and feeds them
 * in; PyTorch's takes rows by indexing with a shuffled index (no DataLoader) and draws in its own kernels.
 */
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { engineVersions } from "../lib/compile/mod.ts";
import { type Engine, ENGINES, OURS, type Ours, type PeerName } from "./_case.ts";
import { type Clock, CLOCKS, useClock } from "./_clock.ts";
import { bestRate, gemmRate, memoryBandwidth } from "./_machine.ts";
import { findPeer, type Found, type FoundPeers, torchCompilePeer, unfair } from "./_peers.ts";
import { nodeTimes, profileTable } from "./_profile.ts";
import type { Row } from "./_run.ts";
import { tableOf } from "./_table.ts";
import type { Profiled, TopicRequest } from "./_topic.ts";
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
  // Where the executor `c` keeps what it has built.
  "--allow-write=node_modules/.cache/refigure-c",
];

async function inTopic(request: TopicRequest): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...PERMISSIONS, "bench/_topic.ts", JSON.stringify(request)],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new Error(`Cannot time ${request.names.join("; ")} as a case fails: see its message above`);
  }
  return new TextDecoder().decode(stdout).trim();
}

async function timeTopics(request: TopicRequest): Promise<Row[]> {
  return (await inTopic(request)).split("\n").map((line) => JSON.parse(line));
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
  .addOption(
    new Option("--engines <names...>", "engines of ours and of TensorFlow.js to time").choices([...ENGINES])
      .default([...ENGINES]),
  )
  .addOption(
    new Option("--clock <name>", "processor: on a busy machine, time by what each process uses").choices([
      ...CLOCKS,
    ])
      .default("wall"),
  )
  .addOption(
    new Option(
      "--threads <count>",
      "time trainings on so many threads, too, to see how they scale (native only)",
    )
      .argParser(atLeast(2)),
  )
  .option("--no-torch-compile", "do not time PyTorch's torch.compile, which takes minutes to compile")
  .option(
    "--profile <case>",
    "show the time of the case with this in its name by kind of node, on native only: onnxruntime tells it",
  )
  .option("--shapes", "with --profile: tell nodes apart by the shapes of what they read", false)
  .option("--quick", "run every case once, on tiny shapes: shows that it works, not how fast it is", false)
  .exitOverride(({ exitCode }) => Deno.exit(exitCode === 0 ? 0 : 2))
  .parse(Deno.args, { from: "user" });
const { json, only, rounds, quick, profile, shapes, engines: wanted, clock, threads, torchCompile } = command
  .opts<
    {
      json?: string;
      only: string;
      rounds: number;
      quick: boolean;
      profile?: string;
      shapes: boolean;
      engines: Engine[];
      clock: Clock;
      threads?: number;
      torchCompile: boolean;
    }
  >();

if (threads !== undefined && clock === "processor") {
  command.error("Cannot time threads as --clock processor adds up what all of them use: use --clock wall", {
    exitCode: 2,
  });
}
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
const chosen = cases.filter(({ name }) => name.toLowerCase().includes((profile ?? only).toLowerCase()));
const option = profile === undefined ? "--only" : "--profile";
if (chosen.length === 0) {
  command.error(
    `Cannot run as ${option} must be part of one of: ${cases.map(({ name }) => name).join("; ")}`,
    {
      exitCode: 2,
    },
  );
}
const machine: Record<string, string | number | null> = {
  processor: cpus()[0]?.model ?? "unknown",
  cores: navigator.hardwareConcurrency,
  system: `${Deno.build.os} ${Deno.build.arch}`,
  deno: Deno.version.deno,
};
print(`${machine.processor}, ${machine.cores} cores, ${machine.system}, Deno ${machine.deno}`);
if (profile !== undefined) {
  await showProfile();
  Deno.exit(0);
}

/** The time of the chosen case by kind of node. */
async function showProfile(): Promise<void> {
  if (chosen.length > 1) {
    command.error(
      `Cannot profile as its text must be part of one case's name: current cases are ${
        chosen.map(({ name }) => name).join("; ")
      }`,
      { exitCode: 2 },
    );
  }
  const [{ name, unit, topic }] = chosen;
  const out = new URL("out/", ROOT);
  Deno.mkdirSync(out, { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: fileURLToPath(out), prefix: "profile-" });
  try {
    const answer = await inTopic({
      topics: [topic],
      names: [name],
      found: {},
      rounds,
      quick,
      engines: ["native"],
      yardsticks: ["native"],
      clock,
      profile: folder,
    });
    const { units }: Profiled = JSON.parse(answer);
    const texts = [...Deno.readDirSync(folder)].map((file) => Deno.readTextFileSync(join(folder, file.name)));
    print(`${name}: time of nodes on native, as onnxruntime's profiler tells it, over ${units} units`);
    for (const line of profileTable(nodeTimes(texts, { shapes }), { units, unit })) print(line);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Why there is no executor `c` here, or the compiler that it builds with. */
async function findC(): Promise<{ readonly missing: string } | { readonly compiler: string }> {
  try {
    return { compiler: (await engineVersions("c")).cc };
  } catch (error) {
    return { missing: (error as Error).message || "its compiler fails, and does not say why" };
  }
}

const c = await findC();
if ("missing" in c) print(`c is skipped (${c.missing})`);
else print(`c is built by ${c.compiler}`);
machine.c = "missing" in c ? null : c.compiler;
const works = (engine: Engine) => engine !== "c" || !("missing" in c);
const engines = wanted.filter(works), yardsticks: readonly Ours[] = OURS.filter(works);

useClock(clock);
const gemm = await gemmRate({ quick, executors: yardsticks });
const rates = await gemm.measure();
await gemm.dispose();
const own = bestRate(rates) / 1e6;
const bandwidth = memoryBandwidth({ quick });
machine.gflops = own;
machine.gflopsNative = rates.native! / 1e6;
machine.gflopsC = rates.c === undefined ? null : rates.c / 1e6;
machine.gigabytesPerSecond = bandwidth(2 ** 27) / 1e6;
print(
  `One thread multiplies matrices at ${
    yardsticks.map((name) => `${(rates[name]! / 1e6).toPrecision(3)} GFLOP/s on ${name}`).join(" and ")
  } (rooflines stand on the best), and copies ` +
    [15, 19, 23, 27].map((power) =>
      `${2 ** (power - 10) < 1024 ? `${2 ** (power - 10)} KiB` : `${2 ** (power - 20)} MiB`} at ${
        (bandwidth(2 ** power) / 1e6).toPrecision(3)
      } GB/s`
    ).join(", "),
);

/** The peers that cases want, and that are fair to compare with. */
async function findPeers(): Promise<FoundPeers> {
  const wanted = ["torch", "sklearn", "numpy"] as const;
  const found: Partial<Record<PeerName, Found | string>> = {};
  for (const name of wanted.filter((peer) => chosen.some((item) => item.peers?.[peer] !== undefined))) {
    const peer = await findPeer(name);
    found[name] = typeof peer === "string" ? peer : quick ? peer : unfair(peer, { gflops: own }) ?? peer;
  }
  if (found.torch !== undefined) {
    found.torchCompile = !torchCompile
      ? "not asked for"
      : quick
      ? "takes long"
      : torchCompilePeer(found.torch);
  }
  return found;
}

const found = await findPeers();
for (const [name, peer] of Object.entries(found)) {
  machine[name] = typeof peer === "string" ? null : peer.version;
  if (typeof peer === "string") {
    print(`${name} is skipped (${peer})`);
    continue;
  }
  const { version, blas, gflops, python } = peer;
  const rate = gflops === undefined ? "" : `: ${blas}, ${gflops.toPrecision(3)} GFLOP/s`;
  if (blas !== undefined) machine[`${name}Blas`] = blas;
  print(`${name} ${version}${rate} (${python})`);
}
const topics = [...new Set(chosen.map(({ topic }) => topic))];
const rows: Row[] = [];
// Where it does not matter how long things take, one process does it all.
for (const group of quick ? [topics] : topics.map((topic) => [topic])) {
  const names = chosen.filter(({ topic }) => group.includes(topic)).map(({ name }) => name);
  rows.push(
    ...await timeTopics({ topics: group, names, found, rounds, quick, engines, yardsticks, clock, threads }),
  );
}
for (const line of tableOf(rows)) print(line);
if (json !== undefined) {
  Deno.writeTextFileSync(`${json}.part`, `${JSON.stringify({ machine, cases: rows }, null, 2)}\n`);
  Deno.renameSync(`${json}.part`, json);
}
