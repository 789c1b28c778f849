import assert from "node:assert/strict";
import type { Job, Json, Results } from "../../../lib/harness/mod.ts";
import { claims } from "../../../reproductions/2311.04293/claims.ts";
import { pairRuns, signTest, smaller } from "../../../reproductions/2311.04293/claims/_paired.ts";
import {
  training,
  type TrainingConfig,
  type TrainingResult,
} from "../../../reproductions/2311.04293/experiments/training.ts";
import { controlJobs, formJobs, sweepJobs } from "../../../reproductions/2311.04293/jobs.ts";
import { type EquationName, EQUATIONS, scaleOf } from "../../../reproductions/2311.04293/plan.ts";
import type { Run } from "../../../reproductions/2311.04293/summaries.ts";
import { context } from "../_context.ts";

const PLAN = { profile: "laptop" } as const;
const [FEW, , MANY] = scaleOf(PLAN).points;

interface Entry {
  readonly config: TrainingConfig;
  readonly seed: number;
  readonly result: TrainingResult;
}

/** Results as the harness would hand them over. */
function resultsFrom(entries: readonly Entry[]): Results {
  const found = entries.map((entry) => ({ ...entry, seconds: 0 }));
  return {
    plan: PLAN,
    records: [],
    standIns: [],
    of: ((experiment: string) => experiment === "training" ? found : []) as Results["of"],
  };
}

/** Errors by job; small differences between seeds leave the order of methods alone. */
function trainingsAt(
  equation: EquationName,
  value: (config: TrainingConfig, seed: number) => number,
  seeds?: number,
): Results {
  const plan = { ...PLAN, ...seeds && { seeds } };
  const jobs = [...sweepJobs(plan, equation), ...controlJobs(plan, equation), ...formJobs(plan, equation)];
  return resultsFrom(jobs.map(({ config, seed }) => {
    const error = value(config, seed) * (1 + 0.01 * seed);
    return { config, seed, result: { checkpoints: [{ step: 1, error, residual: error, loss: 1 }] } };
  }));
}

function status(id: string, results: Results): string {
  return claims.find((claim) => claim.id === id)!.evaluate(results).status;
}

for (const equation of EQUATIONS) {
  const statusAt = (
    id: string,
    value: (config: TrainingConfig, seed: number) => number,
    seeds?: number,
  ) => status(`${id}-${equation}`, trainingsAt(equation, value, seeds));

  for (const id of ["symmetry-helps", "residual"]) {
    Deno.test(`claim ${id}-${equation} follows what the symmetry loss does to the PINN`, () => {
      const at = (symmetry: number, seeds?: number) =>
        statusAt(id, ({ method }) => method === "symmetry" ? symmetry : 0.02, seeds);
      assert.equal(at(0.01), "supported");
      assert.equal(at(0.03), "contradicted");
      assert.equal(at(0.02), "inconclusive"); // the loss has no effect
      assert.equal(at(0.01, 4), "inconclusive"); // too few seeds for the sign test
      assert.equal(at(0.01, 2), "not attempted");
      // Four of five seeds are not enough.
      const mixed = statusAt(id, ({ method }, seed) => method === "symmetry" && seed > 0 ? 0.01 : 0.011);
      assert.equal(mixed, "inconclusive");
    });
  }

  Deno.test(`claim gain-shrinks-${equation} compares the gains, and needs one`, () => {
    const at = (few: number, many: number) =>
      statusAt(
        "gain-shrinks",
        ({ method, points }) => method === "symmetry" ? points === FEW ? few : many : 0.02,
      );
    assert.equal(at(0.01, 0.015), "supported");
    assert.equal(at(0.015, 0.01), "contradicted");
    assert.equal(at(0.03, 0.04), "inconclusive"); // it only gets worse
  });

  Deno.test(`claim samples-help-${equation} looks at the PINN alone`, () => {
    const at = (many: number) =>
      statusAt("samples-help", ({ method, points }) => method === "pinn" && points === MANY ? many : 0.02);
    assert.equal(at(0.01), "supported");
    assert.equal(at(0.03), "contradicted");
    assert.equal(at(0.02), "inconclusive");
  });

  Deno.test(`claim reweighting-${equation} fails where the symmetry loss does something of its own`, () => {
    const at = (weighted: (seed: number) => number) =>
      statusAt("reweighting", ({ method }, seed) => method === "pinn-weighted" ? weighted(seed) : 0.02);
    assert.equal(at(() => 0.021), "supported");
    assert.equal(at(() => 0.04), "contradicted");
    assert.equal(at(() => 0.01), "contradicted");
    assert.equal(at((seed) => seed === 0 ? 0.03 : 0.02), "inconclusive");
  });

  Deno.test(`claim reweighting-${equation} says in words what is left beyond re-weighting`, () => {
    const { because } = claims.find(({ id }) => id === `reweighting-${equation}`)!
      .evaluate(trainingsAt(equation, ({ method }) => method === "pinn" ? 0.04 : 0.02));
    assert.match(because, /beyond re-weighting the symmetry loss adds nothing/);
    assert.match(
      because,
      /0\.5 × that of the plain PINN, 1 × that of the weighted and 1 × that of the matched/,
    );
  });

  Deno.test(`claim beyond-matched-${equation} fails where a raised α does as well`, () => {
    const at = (matched: number) =>
      statusAt("beyond-matched", ({ method }) => method === "pinn-matched" ? matched : 0.02);
    assert.equal(at(0.03), "supported");
    assert.equal(at(0.02), "inconclusive");
    assert.equal(at(0.01), "contradicted");
  });

  Deno.test(`claim other-forms-${equation} needs both forms`, () => {
    const at = (total: number, evolutionary: number) =>
      statusAt(
        "other-forms",
        ({ form }) => form === "total" ? total : form === "evolutionary" ? evolutionary : 0.02,
      );
    assert.equal(at(0.01, 0.01), "supported");
    assert.equal(at(0.01, 0.03), "contradicted");
    assert.equal(at(0.02, 0.01), "inconclusive");
  });
}

Deno.test("claims are not attempted without results", () => {
  for (const claim of claims) assert.equal(claim.evaluate(resultsFrom([])).status, "not attempted", claim.id);
});

Deno.test("signTest() is the tail of the binomial distribution", () => {
  for (
    const [count, total, wanted] of [[5, 5, 1 / 32], [4, 5, 6 / 32], [0, 5, 1], [3, 3, 1 / 8], [0, 0, 1]]
  ) {
    assert.equal(signTest(count, total), wanted);
  }
});

Deno.test("smaller() leaves ties out of the sign test", () => {
  const pairs = [1, 1, 1, 1, 1, 2].map((second, seed) => ({ seed, first: 1, second }));
  const { status, numbers } = smaller(pairs, ["a", "b"]);
  assert.deepEqual([status, numbers.wins, numbers.losses, numbers.p], ["inconclusive", 1, 0, 0.5]);
});

/** Trains in earnest, but small. */
async function train(
  method: TrainingConfig["method"],
  seed: number,
  changes: Partial<TrainingConfig["scale"]> = {},
): Promise<Run> {
  const [{ config }] = sweepJobs({ profile: "smoke" }, "heat", "least");
  const small: TrainingConfig = { ...config, method, map: false, scale: { ...config.scale, ...changes } };
  const result = await training.run(small, context(seed)) as TrainingResult;
  return { seed, config: small, result, final: result.checkpoints.at(-1)! };
}

Deno.test("claim reweighting-heat holds in real trainings, and fails when the weight is taken out", async () => {
  const runs = async (method: TrainingConfig["method"]) =>
    await Promise.all([0, 1, 2].map((seed) => train(method, seed, { steps: 200 })));
  const [symmetry, weighted, plain, matched] = [
    await runs("symmetry"),
    await runs("pinn-weighted"),
    await runs("pinn"),
    await runs("pinn-matched"),
  ];
  const as = (list: readonly Run[], method: TrainingConfig["method"]): Entry[] =>
    list.map(({ config, ...run }) => ({ ...run, config: { ...config, method } }));
  const others = [...as(symmetry, "symmetry"), ...as(plain, "pinn"), ...as(matched, "pinn-matched")];
  const verdict = (control: readonly Run[]) =>
    claims.find(({ id }) => id === "reweighting-heat")!
      .evaluate(resultsFrom([...others, ...as(control, "pinn-weighted")]));
  assert.equal(verdict(weighted).status, "supported");
  // Residuals tell the two apart long before errors do.
  const residuals = pairRuns(symmetry, plain, "residual");
  assert.ok(residuals.every(({ first, second }) => first < 0.5 * second), JSON.stringify(residuals));
  const same = pairRuns(symmetry, weighted, "residual");
  assert.ok(same.every(({ first, second }) => Math.abs(first / second - 1) < 0.05), JSON.stringify(same));
});

Deno.test("every claim is tested here", async () => {
  const source = await Deno.readTextFile(new URL(import.meta.url));
  for (const { id } of claims) {
    const [, stem] = id.match(/^(.*)-(?:heat|burgers)$/)!;
    assert.ok(source.includes(`"${stem}"`) || source.includes(`${stem}-\${equation}`), id);
  }
});

Deno.test("every claim's jobs suffice for its verdict", () => {
  const five = (jobs: readonly Job<Json>[]) =>
    resultsFrom(jobs.map(({ config, seed }) => ({
      config: config as unknown as TrainingConfig,
      seed,
      result: { checkpoints: [{ step: 1, error: 0.01, residual: 0.01, loss: 1 }] },
    })));
  for (const claim of claims) {
    assert.notEqual(claim.evaluate(five(claim.jobs(PLAN))).status, "not attempted", claim.id);
  }
});
