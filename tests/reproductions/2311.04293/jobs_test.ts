import assert from "node:assert/strict";
import { PROFILES } from "../../../lib/harness/mod.ts";
import { problemOf } from "../../../reproductions/2311.04293/experiments/_problem.ts";
import { training } from "../../../reproductions/2311.04293/experiments/training.ts";
import { activeGenerators, EQUATIONS, TRAINING } from "../../../reproductions/2311.04293/studies.ts";

Deno.test("steps divide by checkpoints in every profile", () => {
  for (const profile of PROFILES) {
    for (const { config: { scale: { steps, checkpoints } } } of TRAINING.heat.variants({ profile })) {
      assert.ok(Number.isInteger(steps / checkpoints), profile);
    }
  }
});

Deno.test("the laptop profile has the length of its description, and at least three seeds of every training", () => {
  const plan = { profile: "laptop" } as const;
  const seconds = EQUATIONS.flatMap((equation) => {
    for (const { label, seeds } of TRAINING[equation].variants(plan)) {
      assert.ok(typeof seeds === "number" && seeds >= 3, label);
    }
    return TRAINING[equation].jobs(plan).map(({ config }) => training.cost!(config));
  });
  const cost = seconds.reduce((sum, value) => sum + value, 0);
  assert.ok(cost > 300 && cost < 1020, `${cost} s on one core`); // 2 cores, 10 minutes, 15 % to spare
});

Deno.test("predictions are kept of what the maps show, by the first seed alone", () => {
  for (const equation of EQUATIONS) {
    const kept = TRAINING[equation].jobs({ profile: "laptop" }).filter(({ config }) => config.map);
    assert.deepEqual(kept.map(({ config: { method, points }, seed }) => `${method} ${points} ${seed}`), [
      ...["pinn 100 0", "pinn 400 0", "pinn 1600 0"],
      ...["symmetry 100 0", "symmetry 400 0", "symmetry 1600 0"],
    ]);
  }
});

Deno.test("left out are, one at a time, the generators that have a term in the point form", () => {
  // The table of the paper's card: heat q = (0, 0, 1, −2, −x, −(x² + 10νt)), Burgers q = (0, 0, 0, −3, −3t).
  const active = { heat: ["v3", "v4", "v5", "v6"], burgers: ["v4", "v5"] };
  for (const equation of EQUATIONS) {
    assert.deepEqual(activeGenerators(equation), active[equation]);
    const all = problemOf(equation).equation.generators.map(({ name }) => name);
    assert.equal(all.length, { heat: 6, burgers: 5 }[equation]);
    const ablations = TRAINING[equation].variants(
      { profile: "laptop" },
      active[equation].map((name) => `without ${name}` as const),
    );
    assert.deepEqual(
      ablations.map(({ config }) => all.filter((name) => !config.generators!.includes(name))),
      active[equation].map((name) => [name]),
    );
  }
});
