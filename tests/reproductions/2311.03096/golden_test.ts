import assert from "node:assert/strict";
import {
  allRecords,
  evaluateGolden,
  loadGolden,
  type NameOf,
  places,
  type Plan,
  readDecided,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import paper from "../../../reproductions/2311.03096/mod.ts";
import {
  CHOSEN,
  type Depth,
  type Penalty,
  TORUS,
  TUNING,
} from "../../../reproductions/2311.03096/studies.ts";
import { resultsFrom, statusWith, testPaper } from "@refigure/refigure/testing";

testPaper(paper);

Deno.test("the committed laptop results support the claims on the algorithms", async () => {
  const { claims } = await evaluateGolden(paper, await loadGolden(paper.id, "laptop"));
  for (const id of ["algorithms-agree", "sticky-particles", "imminent-rounds", "search-depth", "end-steps"]) {
    assert.equal(claims.find(({ claim }) => claim.id === id)?.verdict.status, "supported", id);
  }
});

const laptop = await loadGolden(paper.id, "laptop");
const decided = await readDecided(places(), paper.id);
const jobs = [...allRecords(laptop, decided).values()];

Deno.test("the strengths of the comparisons are those that the committed sweeps pick", () => {
  const groups = TUNING.groups(resultsFrom(jobs));
  for (const depth of ["one layer", "two layers"] as Depth[]) {
    const own = groups.filter((group) => group.depth === depth);
    const [plain] = own.filter(({ penalty }) => penalty === undefined);
    const accuracy = ({ runs }: typeof plain) => mean(runs.map(({ result }) => result.accuracy));
    const energy = ({ runs }: typeof plain) => mean(runs.map(({ result }) => result.energy!.trained));
    const best = (penalty: Penalty, value: typeof accuracy, least = -Infinity) =>
      own.filter((group) => group.penalty === penalty && accuracy(group) >= least)
        .reduce((a, b) => value(b) > value(a) ? b : a).strength;
    const { accurate, alike } = CHOSEN[depth];
    for (const penalty of Object.keys(accurate) as Penalty[]) {
      assert.equal(best(penalty, accuracy), accurate[penalty], `${depth}, ${penalty}`);
    }
    for (const penalty of ["sharing", "decay"] as const) {
      assert.equal(best(penalty, energy, accuracy(plain)), alike[penalty], `${depth}, ${penalty}: alike`);
    }
  }
});

// The ingredient is taken out, or put in, by real runs on the same data and seeds.

const status = (id: string, place: NameOf<typeof TORUS>, runs: NameOf<typeof TORUS>) => {
  const plan: Plan = decided?.claims.find((each) => each.id === id)?.plan ?? { profile: "laptop" };
  return statusWith(paper.claims.find((each) => each.id === id)!, { jobs, study: TORUS, place, runs, plan });
};

Deno.test("claims that the penalty helps fail without it", () => {
  assert.equal(status("sharing-helps", "shared", "plain"), "contradicted");
  assert.equal(status("sharing-helps-deep", "deepShared", "deepPlain"), "contradicted");
});

Deno.test("claims on more than shrinkage would have been supported by a network that has it", () => {
  assert.equal(status("beyond-shrinkage", "shared", "cnn"), "supported");
  assert.equal(status("beyond-subgradient", "shared", "cnn"), "supported");
  assert.equal(status("beyond-shrinkage-deep", "deepShared", "deepCnn"), "supported");
});

Deno.test("without the penalty no claim on more than shrinkage or the subgradient is supported", () => {
  assert.notEqual(status("beyond-shrinkage", "shared", "plain"), "supported");
  assert.notEqual(status("beyond-shrinkage-deep", "deepShared", "deepPlain"), "supported");
  assert.notEqual(status("beyond-subgradient", "shared", "plain"), "supported");
});

Deno.test("the prox looks better than its subgradient if the subgradient is taken out as well", () => {
  assert.equal(status("beyond-subgradient", "subgradient", "plain"), "supported");
});

Deno.test("on permuted pixels the claim needs a convolution", () => {
  assert.equal(status("permuted-pixels", "cnnPermuted", "shared"), "contradicted");
});

Deno.test("the penalty's filters are less alike than weight decay's if the penalty is taken out, at each depth", () => {
  assert.equal(status("filters-beyond-shrinkage", "alikeShared", "plain"), "contradicted");
  assert.equal(status("filters-beyond-shrinkage", "deepShared", "deepPlain"), "contradicted");
});

Deno.test("claim rho-debiases fails without ρ, and is not attempted where nothing is tied", () => {
  assert.notEqual(status("rho-debiases", "deepTiedDebiased", "deepTied"), "supported");
  assert.equal(status("rho-debiases", "deepTied", "deepPlain"), "not attempted");
});

Deno.test("claim tied-filters is not attempted without a penalty that ties, be it weaker or none", () => {
  assert.equal(status("tied-filters", "deepTied", "deepPlain"), "not attempted");
  assert.equal(status("tied-filters", "deepTied", "deepShared"), "not attempted");
  assert.equal(status("tied-filters", "deepTied", "deepAlikeDecay"), "not attempted");
});
