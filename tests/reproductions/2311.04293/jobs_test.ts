import assert from "node:assert/strict";
import { collectJobs, PROFILES, select } from "../../../lib/harness/mod.ts";
import { CANDIDATES, SEARCH_SEED, SEARCHED } from "../../../reproductions/2311.04293/burgers_search.ts";
import { problemOf } from "../../../reproductions/2311.04293/experiments/_problem.ts";
import { gradients } from "../../../reproductions/2311.04293/experiments/gradients.ts";
import { training, type TrainingConfig } from "../../../reproductions/2311.04293/experiments/training.ts";
import { TARGET } from "../../../reproductions/2311.04293/findings.ts";
import paper from "../../../reproductions/2311.04293/mod.ts";
import {
  activeGenerators,
  EQUATIONS,
  OTHERS,
  pointsOf,
  SWEEP,
  weightLevels,
} from "../../../reproductions/2311.04293/studies.ts";

Deno.test("steps divide by checkpoints in every profile", () => {
  for (const profile of PROFILES) {
    for (const { config: { scale: { steps, checkpoints } } } of SWEEP.heat.variants({ profile })) {
      assert.ok(Number.isInteger(steps / checkpoints), profile);
    }
  }
});

Deno.test("the laptop profile has the length of its description", () => {
  const jobs = collectJobs(paper, { profile: "laptop" }, select(paper));
  const cost = jobs.reduce((sum, { experiment, config }) => {
    const of = [training, gradients].find(({ id }) => id === experiment);
    return sum + (of?.cost?.(config as never) ?? 0);
  }, 0);
  assert.ok(cost > 300 && cost < 1000, `${cost} s on one core`); // two cores, 10 minutes
});

Deno.test("samples are fixed and shared but where a variant says otherwise", () => {
  const jobs = collectJobs(paper, { profile: "laptop" }, select(paper))
    .filter(({ experiment }) => experiment === training.id);
  const other = jobs.map(({ config }) => config as TrainingConfig)
    .filter(({ fresh, perFunction }) => fresh || perFunction);
  assert.deepEqual([...new Set(other.map(({ method }) => method))].sort(), ["pinn", "symmetry"]);
  assert.equal(other.length, 4);
});

Deno.test("claims compare seeds that were not looked at before: ten, and three with the most samples", () => {
  const { most } = pointsOf({ profile: "laptop" });
  for (const { method, points, seeds } of SWEEP.heat.variants({ profile: "laptop" })) {
    const list = seeds as readonly number[];
    assert.equal(list.length, points === most ? 3 : 10, method);
    // 0 to 4 and 10 to 14 were judged before; from 100 on they choose settings.
    assert.ok(list.every((seed) => seed >= 20 && seed < 100));
  }
});

Deno.test("predictions are kept of what the maps show, by the first seed alone", () => {
  const kept = SWEEP.heat.jobs({ profile: "laptop" }).filter(({ config }) => config.map);
  assert.deepEqual(
    kept.map(({ config: { method, points }, seed }) => `${method} ${points} ${seed}`).sort(),
    ["pinn", "symmetry"].flatMap((method) => [100, 200, 400, 50].map((count) => `${method} ${count} 20`)),
  );
});

Deno.test("weights to choose from hold those of the PINN and of the symmetry loss", () => {
  for (const equation of EQUATIONS) {
    const levels = weightLevels(equation);
    assert.equal(levels[0], 150);
    const factors = levels.slice(1).map((level, i) => level / levels[i]);
    for (const factor of factors) assert.ok(Math.abs(factor - factors[0]) < 1e-9, `${factors}`);
    // Mean weights of 352 (heat) and 27.4 (Burgers), times β = 100, and α = 150.
    assert.ok(Math.abs(levels[2] - { heat: 35_350, burgers: 2890 }[equation]) < 60, `${levels}`);
  }
});

Deno.test("left out are, one at a time, the generators that have a term in the point form", () => {
  // The table of the paper's card: heat q = (0, 0, 1, −2, −x, −(x² + 10νt)), Burgers q = (0, 0, 0, −3, −3t).
  const active = { heat: ["v3", "v4", "v5", "v6"], burgers: ["v4", "v5"] };
  for (const equation of EQUATIONS) {
    assert.deepEqual(activeGenerators(equation), active[equation]);
    const all = problemOf(equation).equation.generators.map(({ name }) => name);
    assert.equal(all.length, { heat: 6, burgers: 5 }[equation]);
  }
  const all = problemOf("heat").equation.generators.map(({ name }) => name);
  const ablations = OTHERS.variants(
    { profile: "paper" },
    active.heat.map((name) => `without ${name}` as const),
  );
  assert.deepEqual(
    ablations.map(({ config }) => all.filter((name) => !config.generators!.includes(name))),
    active.heat.map((name) => [name]),
  );
});

Deno.test("more seeds of a claim leave alone what is asked whether networks learn, and what chooses weights", () => {
  const { most } = pointsOf({ profile: "laptop" });
  const count = (id: string, seeds: number | undefined, of: (config: TrainingConfig) => boolean) =>
    paper.claims.find((claim) => claim.id === id)!.jobs({ profile: "laptop", seeds })
      .filter(({ experiment, config }) => experiment === training.id && of(config as TrainingConfig)).length;
  for (const id of ["symmetry-helps-heat", "gain-shrinks-heat", "beyond-matched-heat", "samples-needed"]) {
    const gate = ({ points }: TrainingConfig) => points === most;
    assert.deepEqual([1, undefined, 20].map((seeds) => count(id, seeds, gate)), [2, 6, 6], id);
    const compared = ({ points, method }: TrainingConfig) => points === 100 && method === "symmetry";
    assert.deepEqual([1, undefined, 20].map((seeds) => count(id, seeds, compared)), [1, 10, 20], id);
  }
  const pilots = ({ pilot }: TrainingConfig) => pilot === true;
  assert.deepEqual([1, undefined, 20].map((seeds) => count("beyond-tuned", seeds, pilots)), [8, 24, 24]);
});

Deno.test("all settings tried for Burgers' equation are kept, and none learned: else claims would be judged in it", () => {
  assert.deepEqual(SEARCHED.map(({ name }) => name), Object.keys(CANDIDATES));
  for (const { name, validation } of SEARCHED) {
    assert.equal(validation.length, CANDIDATES[name].scale.checkpoints, name);
    assert.ok(validation.at(-1)! > TARGET, name);
  }
  const judged = collectJobs(paper, { profile: "paper" }, select(paper)).map(({ seed }) => seed);
  assert.ok(!judged.includes(SEARCH_SEED));
});
