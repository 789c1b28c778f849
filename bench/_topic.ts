/**
 * Times cases of a topic in a process of its own, and prints a row of results per line: what one topic leaves
 * behind (TensorFlow.js on WebAssembly makes V8's loops over typed arrays a third slower) must not slow
 * another's.
 */
import { meterWork, profileTo } from "../lib/compile/mod.ts";
import type { Case, Engine, Ours } from "./_case.ts";
import { type Clock, useClock } from "./_clock.ts";
import { gemmRate, memoryBandwidth } from "./_machine.ts";
import { type FoundPeers, Peers } from "./_peers.ts";
import { STEPS } from "./_roofline.ts";
import { runCase } from "./_run.ts";
import { TOPICS } from "./cases/mod.ts";

/** The process's only argument, as JSON. */
export interface TopicRequest {
  /** Places among {@link TOPICS}: one, unless it does not matter how long things take. */
  readonly topics: readonly number[];
  /** Cases to run. */
  readonly names: readonly string[];
  readonly found: FoundPeers;
  readonly rounds: number;
  readonly quick: boolean;
  readonly engines: readonly Engine[];
  /** Executors that this machine has, whose matrix products show what it can do. */
  readonly yardsticks: readonly Ours[];
  readonly clock: Clock;
  /** Of `native`, in a second measurement of trainings. @default none */
  readonly threads?: number;
  /** Instead of timing, have the engine write profiles of the only case to this folder. */
  readonly profile?: string;
}

/** How often the profiles show a case's unit. */
export interface Profiled {
  readonly units: number;
}

const encoder = new TextEncoder();
const note = (line: string) => void Deno.stderr.writeSync(encoder.encode(`${line}\n`));

async function runTopics(
  { topics, names, found, rounds, quick, engines, yardsticks, clock, threads = 1 }: TopicRequest,
): Promise<void> {
  const meter = meterWork();
  const bandwidth = memoryBandwidth({ quick });
  const peers = new Peers(found, clock);
  const gemm = await gemmRate({ quick, executors: yardsticks });
  try {
    const cases = topics.flatMap((topic) => TOPICS[topic]({ quick }));
    for (const item of cases.filter(({ name }) => names.includes(name))) {
      const options = { peers, rounds, quick, engines, threads, gemm, bandwidth, meter, note };
      const row = JSON.stringify(await runCase(item, options));
      // What is measured is not lost if a later case fails or the run is stopped.
      note(row);
      Deno.stdout.writeSync(encoder.encode(`${row}\n`));
    }
  } finally {
    await peers.close();
    await gemm.dispose();
  }
}

/** Most repeats of a profile: onnxruntime writes no more than a million events. */
const PROFILED = 50;

/** Runs a case on `native` with the engine's profiler on. */
async function profileCase(item: Case, folder: string, { quick }: { quick: boolean }): Promise<Profiled> {
  const timing = item.engines.native;
  if (timing === undefined) throw new Error(`Cannot profile ${item.name} as it does not run on native`);
  profileTo(folder);
  const meter = meterWork();
  const inSteps = item.unit === STEPS;
  let steps = 0, calls = 0;
  const runs = async (repeats: number) => {
    meter.take();
    await timing.measure(repeats);
    const programs = meter.take();
    if (programs.length === 0) throw new Error(`Cannot profile ${item.name} as it runs no compiled program`);
    const counts = programs.filter(({ loop }) => loop && inSteps).map(({ runs }) => runs);
    steps += Math.max(0, ...counts);
    const own = programs.filter(({ loop }) => !(loop && inSteps)).reduce((sum, { runs }) => sum + runs, 0);
    calls += own;
    return own;
  };
  const one = await runs(1), two = await runs(2);
  await runs(Math.min(timing.repeats, quick ? 4 : PROFILED));
  await item.dispose?.();
  return { units: steps > 0 ? steps : calls / (two - one) };
}

async function run(request: TopicRequest): Promise<void> {
  useClock(request.clock);
  const { topics, names, quick, profile } = request;
  if (profile === undefined) return await runTopics(request);
  const item = topics.flatMap((topic) => TOPICS[topic]({ quick })).find(({ name }) => name === names[0])!;
  Deno.stdout.writeSync(encoder.encode(JSON.stringify(await profileCase(item, profile, { quick }))));
}

if (import.meta.main) await run(JSON.parse(Deno.args[0]));
