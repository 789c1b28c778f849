import assert from "node:assert/strict";
import {
  type CacheMode,
  compareGolden,
  describeDifference,
  type Golden,
  loadGolden,
  loadPaper,
  places,
  recompute,
} from "../mod.ts";

async function differences(
  golden: Golden,
  { executor, cache, tolerance }: {
    readonly executor: "native" | "wasm";
    readonly cache: CacheMode;
    readonly tolerance: number;
  },
): Promise<string[]> {
  const paper = await loadPaper(golden.paper, places());
  // Test files run side by side, and each process loads and compiles the engine anew.
  const jobs = Math.ceil(navigator.hardwareConcurrency / 2);
  const { records, failures } = await recompute(paper, golden.plan, executor, { cache, jobs });
  assert.deepEqual(failures, []);
  return (await compareGolden(paper, golden, records, tolerance)).map(describeDifference);
}

/** Tests that recompute a paper's smoke golden: exactly on `wasm`, within its tolerance on `native`. */
export function testSmokeGolden(id: string): void {
  Deno.test("the smoke golden is recomputed exactly on the wasm executor", async () => {
    // All jobs run. What no engine computes is kept for the next test, as it is the same there.
    const exactly = { executor: "wasm", cache: "refresh", tolerance: 0 } as const;
    assert.deepEqual(await differences(await loadGolden(id, "smoke"), exactly), []);
  });

  Deno.test("the native executor agrees with the smoke golden within its tolerance", async () => {
    const golden = await loadGolden(id, "smoke");
    assert.ok(golden.tolerance > 0 && golden.tolerance <= 0.05, `${golden.tolerance}`);
    // The notebook's test runs the same jobs: who comes second finds them in the cache, whose keys hold all
    // that a result depends on.
    const closely = { executor: "native", cache: "use", tolerance: golden.tolerance } as const;
    assert.deepEqual(await differences(golden, closely), []);
  });
}
