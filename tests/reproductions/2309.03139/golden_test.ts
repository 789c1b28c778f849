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

const ID = "2309.03139";

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

const laptop = `${places().fixtures}/${ID}/laptop.json`;
const unblessed = await Deno.stat(laptop).then(() => false, () => true);

Deno.test({
  name: "the committed laptop results use no stand-in, and its exact claims are supported",
  ignore: unblessed,
  async fn() {
    const { jobs, claims } = await loadGolden(ID, "laptop");
    assert.ok(jobs.every(({ sources }) => !Object.values(sources).includes("stand-in")));
    for (const id of ["equivariance", "permutation", "one-channel", "parameters"]) {
      assert.equal(claims.find((claim) => claim.id === id)?.status, "supported", id);
    }
    assert.ok(claims.every(({ status }) => status !== "not attempted"));
  },
});
