/**
 * Trains one network of the N-body table at the benchmark's size and keeps it in `full_size.json`; a
 * quarter of an hour for all four. In the repository's root, for K = 1 and 3 and the seeds 0 and 1:
 * `deno run -A reproductions/2309.03139/make_full_size.ts 1 0`.
 */
import { loadDataSet } from "../../lib/data/mod.ts";
import { nbody } from "./experiments/nbody.ts";
import { FULL_SIZE, type FullSizeRun } from "./full_size.ts";

const [channels, seed] = Deno.args.map(Number);
const path = new URL("full_size.json", import.meta.url);
const started = performance.now();
const { predictions: _, ...result } = await nbody.run({ ...FULL_SIZE, model: { kind: "EGNN", channels } }, {
  seed,
  executor: "native",
  loadData: (name) => loadDataSet(name, "real"),
  progress() {},
});
const run: FullSizeRun = {
  channels,
  seed,
  seconds: Math.round((performance.now() - started) / 1000),
  ...result,
};
const { runs, ...rest }: { runs: FullSizeRun[] } = JSON.parse(await Deno.readTextFile(path));
const others = runs.filter((other) => other.channels !== channels || other.seed !== seed);
const all = [...others, run].toSorted((a, b) => a.channels - b.channels || a.seed - b.seed);
await Deno.writeTextFile(path, `${JSON.stringify({ ...rest, runs: all }, null, 2)}\n`);
