import assert from "node:assert/strict";
import {
  compareGolden,
  describeDifference,
  type Golden,
  loadGolden,
  loadPaper,
  places,
  recompute,
} from "../../lib/harness/mod.ts";

async function differences(
  golden: Golden,
  executor: "native" | "wasm",
  tolerance: number,
): Promise<string[]> {
  const paper = await loadPaper(golden.paper, places());
  const { records, failures } = await recompute(paper, golden.plan, executor);
  assert.deepEqual(failures, []);
  return (await compareGolden(paper, golden, records, tolerance)).map(describeDifference);
}

/** Tests that recompute a paper's smoke golden: exactly on `wasm`, within its tolerance on `native`. */
export function testSmokeGolden(id: string): void {
  Deno.test("the smoke golden is recomputed exactly on the wasm executor", async () => {
    assert.deepEqual(await differences(await loadGolden(id, "smoke"), "wasm", 0), []);
  });

  Deno.test("the native executor agrees with the smoke golden within its tolerance", async () => {
    const golden = await loadGolden(id, "smoke");
    assert.ok(golden.tolerance > 0 && golden.tolerance <= 0.05, `${golden.tolerance}`);
    assert.deepEqual(await differences(golden, "native", golden.tolerance), []);
  });
}
