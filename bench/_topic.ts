/**
 * Times cases of a topic in a process of its own, and prints a row of results per line: what one topic leaves
 * behind (TensorFlow.js on WebAssembly makes V8's loops over typed arrays a third slower) must not slow
 * another's.
 */
import { type FoundPeers, Peers } from "./_peers.ts";
import { gemmRate, runCase } from "./_run.ts";
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
}

const encoder = new TextEncoder();
const note = (line: string) => void Deno.stderr.writeSync(encoder.encode(`${line}\n`));

async function runTopics({ topics, names, found, rounds, quick }: TopicRequest): Promise<void> {
  const peers = new Peers(found);
  const gemm = await gemmRate({ quick });
  try {
    const cases = topics.flatMap((topic) => TOPICS[topic]({ quick }));
    for (const item of cases.filter(({ name }) => names.includes(name))) {
      const row = JSON.stringify(await runCase(item, { peers, rounds, quick, gemm, note }));
      // What is measured is not lost if a later case fails or the run is stopped.
      note(row);
      Deno.stdout.writeSync(encoder.encode(`${row}\n`));
    }
  } finally {
    await peers.close();
    await gemm.dispose();
  }
}

if (import.meta.main) await runTopics(JSON.parse(Deno.args[0]));
