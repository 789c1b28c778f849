import assert from "node:assert/strict";
import {
  compareGolden,
  describeDifference,
  type Golden,
  goldenResults,
  loadGolden,
  loadPaper,
  places,
  recompute,
  type Results,
} from "../../../lib/harness/mod.ts";
import type { NBodyConfig } from "../../../reproductions/2309.03139/experiments/nbody.ts";

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

Deno.test({
  name: "with the committed laptop results, K = 3 with tied channels does not stand in for K = 3",
  ignore: unblessed,
  async fn() {
    const golden = await loadGolden(ID, "laptop");
    const paper = await loadPaper(ID, places());
    const claim = paper.claims.find(({ id }) => id === "nbody-channels")!;
    const results = goldenResults(golden);
    const tied: Results = {
      ...results,
      of: ((experiment: string) => {
        const found = results.of<NBodyConfig, never>(experiment);
        if (experiment !== "nbody") return found;
        const isThree = ({ model }: NBodyConfig) => model.kind === "EGNN" && model.channels === 3;
        return found
          .filter(({ config }) => !(isThree(config) && !("tied" in config.model)))
          .map((entry) =>
            isThree(entry.config)
              ? { ...entry, config: { ...entry.config, model: { kind: "EGNN", channels: 3 } } }
              : entry
          );
      }) as Results["of"],
    };
    assert.notEqual(claim.evaluate(tied).status, "supported");
  },
});
