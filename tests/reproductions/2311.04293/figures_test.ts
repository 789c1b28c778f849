import assert from "node:assert/strict";
import type { Table } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  evaluateGolden,
  type Golden,
  goldenResults,
  loadGolden,
  NoResults,
} from "../../../lib/harness/mod.ts";
import { evaluateSeries } from "../../../lib/methods/lie_symmetry/mod.ts";
import { heldOutFunctions } from "../../../reproductions/2311.04293/experiments/_problem.ts";
import { neighbours } from "../../../reproductions/2311.04293/experiments/neighbours.ts";
import { solutions } from "../../../reproductions/2311.04293/experiments/solutions.ts";
import paper from "../../../reproductions/2311.04293/mod.ts";
import { EQUATIONS, NEIGHBOURS, SOLUTIONS } from "../../../reproductions/2311.04293/studies.ts";
import { context } from "@refigure/refigure/testing";

const PLAN = { profile: "smoke" } as const;
const golden: Golden = await loadGolden("2311.04293", "smoke");
const artefact = (id: string): Artefact => paper.artefacts.find((item) => item.id === id)!;

Deno.test("solutions start from the held-out functions and lose energy", async () => {
  for (const equation of EQUATIONS) {
    const [{ config }] = SOLUTIONS.jobs(PLAN, [equation]);
    const { positions, map, power } = await solutions.run(config, context(0));
    const start = evaluateSeries(heldOutFunctions(equation, config.test.functions), positions);
    positions.forEach((_, i) => assert.ok(Math.abs(map[i] - start.data[i]) < 1e-5));
    const energy = (from: number) =>
      map.slice(from).slice(0, positions.length).reduce((sum, u) => sum + u * u, 0);
    assert.ok(energy(map.length - positions.length) < energy(0));
    assert.ok(power > 0.01 && power < 1, `${power}`);
  }
});

Deno.test("neighbours of a solution are solutions, and differ from it", async () => {
  const [{ config }] = NEIGHBOURS.jobs(PLAN);
  const { neighbours: found } = await neighbours.run(config, context(0));
  for (const [generator, epsilons] of Object.entries(config.parameters)) {
    const curves = found.filter((entry) => entry.generator === generator);
    assert.equal(curves.length, epsilons.length);
    for (const { epsilon, values, residual } of curves) {
      assert.ok(residual < 1e-7, `${generator}, ${epsilon}: ${residual}`);
      const apart = Math.max(...values.map((value, i) => Math.abs(value - curves[0].values[i])));
      assert.equal(apart > 0.02, epsilon !== 0, `${generator}, ${epsilon}: ${apart}`);
    }
  }
});

Deno.test("the maps show the truth and an error for each number of samples and method", () => {
  for (const [id, columns] of [["figure-2", 4], ["figure-3", 3]] as const) {
    const { spec } = artefact(id).render(goldenResults(golden)) as { spec: Record<string, unknown> };
    assert.equal((spec.concat as unknown[]).length, 2 * columns, id);
    assert.equal(spec.columns, columns, id);
  }
});

Deno.test("the tables have what their jobs promise, and no value of the paper", async () => {
  const { artefacts } = await evaluateGolden(paper, golden);
  const rows = (id: string) => (artefacts.find((item) => item.artefact.id === id)!.value as Table).rows;
  assert.deepEqual(rows("table-1").map(({ points }) => points), [8, 16, 32, 64]);
  assert.deepEqual(rows("table-2").map(({ points }) => points), [16, 32, 64]);
  assert.equal(rows("table-when").length, 12);
  assert.equal(rows("table-gradients").length, 6);
  assert.equal(rows("table-forms").length, 5);
  for (const { artefact, value } of artefacts) {
    if (artefact.kind === "table") assert.ok(!JSON.stringify(value).includes('"reported"'), artefact.id);
  }
});

Deno.test("figures and tables say so when there is no result", () => {
  const none = { ...golden, jobs: [] };
  for (const { id, jobs, render } of paper.artefacts) {
    if (jobs(golden.plan).length === 0) continue; // a table of what was tried once
    assert.throws(() => render(goldenResults(none)), NoResults, id);
  }
});
