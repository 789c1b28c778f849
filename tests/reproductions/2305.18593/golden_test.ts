import assert from "node:assert/strict";
import {
  compareGolden,
  describeDifference,
  type Golden,
  loadGolden,
  loadPaper,
  places,
  recompute,
} from "../../../lib/harness/mod.ts";

const ID = "2305.18593";

async function differences(
  golden: Golden,
  executor: "native" | "wasm",
  tolerance: number,
): Promise<string[]> {
  const paper = await loadPaper(ID, places());
  const { records, failures } = await recompute(paper, golden.plan, executor);
  assert.deepEqual(failures, []);
  return (await compareGolden(paper, golden, records, tolerance)).map(describeDifference);
}

Deno.test("the smoke golden is recomputed exactly on the wasm executor", async () => {
  assert.deepEqual(await differences(await loadGolden(ID, "smoke"), "wasm", 0), []);
});

Deno.test("the native executor agrees with the smoke golden within its tolerance", async () => {
  const golden = await loadGolden(ID, "smoke");
  assert.ok(golden.tolerance > 0 && golden.tolerance <= 0.05, `${golden.tolerance}`);
  assert.deepEqual(await differences(golden, "native", golden.tolerance), []);
});

Deno.test("the committed laptop results pass the training-free parity gate on 31 data sets", async () => {
  const { claims, plan } = await loadGolden(ID, "laptop");
  assert.equal(plan.seeds, undefined);
  for (const [id, values] of [["parity-semi", 186], ["parity-unsup", 62]] as const) {
    const { status, numbers } = claims.find((claim) => claim.id === id)!;
    assert.equal(status, "supported");
    assert.equal(numbers.values, values);
  }
});

Deno.test("the committed laptop results use published data but for the two-dimensional example", async () => {
  const { jobs, claims } = await loadGolden(ID, "laptop");
  const standIns = jobs.flatMap(({ sources }) =>
    Object.keys(sources).filter((name) => sources[name] === "stand-in")
  );
  assert.deepEqual([...new Set(standIns)], ["dte-toy/spiral"]);
  assert.ok(claims.every(({ status }) => status !== "not attempted"));
});
