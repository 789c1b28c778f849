/**
 * Trains the candidates of `burgers_search.ts` that `burgers_search.json` does not have yet, a quarter of a
 * minute to two minutes each. In the repository's root:
 * `deno run -A reproductions/2311.04293/make_burgers_search.ts`.
 */
import { type Candidate, CANDIDATES, SEARCH_SEED } from "./burgers_search.ts";
import { training } from "./experiments/training.ts";

const path = new URL("burgers_search.json", import.meta.url);
const { what, candidates }: { what: string; candidates: Candidate[] } = JSON.parse(
  await Deno.readTextFile(path),
);
const found = new Map(candidates.map((own) => [own.name, own]));
for (const [name, config] of Object.entries(CANDIDATES)) {
  if (found.has(name)) continue;
  const started = performance.now();
  const { checkpoints } = await training.run(config, {
    seed: SEARCH_SEED,
    executor: "native",
    loadData: () => Promise.reject(new Error("no data is read")),
    progress() {},
  });
  const { residual, loss } = checkpoints.at(-1)!;
  const seconds = Math.round((performance.now() - started) / 1000);
  found.set(name, {
    name,
    validation: checkpoints.map(({ validation }) => validation),
    residual,
    loss,
    seconds,
  });
  const kept = Object.keys(CANDIDATES).flatMap((each) => found.get(each) ?? []);
  await Deno.writeTextFile(path, `${JSON.stringify({ what, candidates: kept }, null, 2)}\n`);
}
