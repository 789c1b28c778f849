import assert from "node:assert/strict";
import { loadGolden } from "../../../lib/harness/mod.ts";
import { testSmokeGolden } from "../_smoke_golden.ts";

const ID = "2305.18593";

testSmokeGolden(ID);

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
