import assert from "node:assert/strict";
import type { JobRecord, Results } from "../../../lib/harness/mod.ts";
import type { PredictionResult } from "../../../reproductions/2306.11941/experiments/prediction.ts";
import { rollouts } from "../../../reproductions/2306.11941/experiments/rollouts.ts";
import paper from "../../../reproductions/2306.11941/mod.ts";
import {
  ABLATION,
  ENVIRONMENT_KEYS,
  MODEL_NAMES,
  type ModelName,
  PREDICTION,
  RECOVERY,
  ROLLOUTS,
  TRIVIAL,
} from "../../../reproductions/2306.11941/studies.ts";
import { context } from "../_context.ts";
import { claimTests, records, resultsFrom } from "../_paper.ts";

const { status, testEveryClaim } = claimTests(paper);

// Identities: on the experiment's own results, then with something wrong in them.

const found = await rollouts.run(ROLLOUTS.jobs({ profile: "laptop" })[0].config, context(0));

Deno.test("claim gradient-law holds, and fails off the law or when its test is blind", () => {
  const at = (change: object) =>
    resultsFrom(records(ROLLOUTS, {
      all: () => ({ ...found, gradients: found.gradients.map((row) => ({ ...row, ...change })) }),
    }));
  assert.equal(status("gradient-law", at({})), "supported");
  assert.equal(status("gradient-law", at({ error: 1e-3 })), "contradicted");
  assert.equal(status("gradient-law", at({ errorOfOther: 1e-6 })), "contradicted");
});

Deno.test("claim rollouts-agree holds, and fails when one way differs", () => {
  const at = (change: object, reference = found.reference) =>
    resultsFrom(records(ROLLOUTS, {
      all: () => ({ ...found, reference, differences: { ...found.differences, ...change } }),
    }));
  assert.equal(status("rollouts-agree", at({})), "supported");
  assert.equal(status("rollouts-agree", at({ fft: 1e-3 })), "contradicted");
  assert.equal(status("rollouts-agree", at({}, 1e-6)), "contradicted");
});

Deno.test("claim eigenvalues-recovered needs every seed, and is contradicted where none succeeds", () => {
  const at = (error: (seed: number) => number) =>
    resultsFrom(records(RECOVERY, { all: (seed) => ({ error: error(seed) }) }));
  assert.equal(status("eigenvalues-recovered", at(() => 0.01)), "supported");
  assert.equal(status("eigenvalues-recovered", at((seed) => seed === 0 ? 0.01 : 0.03)), "inconclusive");
  assert.equal(status("eigenvalues-recovered", at(() => 0.03)), "contradicted");
});

/**
 * Results of all models on all environments from one number each; it differs a little by environment and
 * seed.
 */
function predicted(
  value: (model: ModelName, environment: number) => number,
  { trained = () => 1, bar = 1 }: { trained?: (model: ModelName) => number; bar?: number } = {},
): Results {
  const list: JobRecord[] = ENVIRONMENT_KEYS.flatMap((environment, e) => [
    ...MODEL_NAMES.flatMap((model) =>
      records(PREDICTION, {
        [`${environment} ${model}`]: (seed: number): Partial<PredictionResult> => {
          const error = value(model, e) * (1 + 0.02 * ((7 * e + 3 * seed) % 5 - 2));
          return {
            stateErrors: [error / 2, error],
            rewardErrors: [error, error],
            gradients: [{ horizon: 100, start: 1, trained: trained(model) * (1 + 0.1 * (e % 3)) }],
          };
        },
      })
    ),
    ...records(TRIVIAL, { [environment]: () => ({ mean: [bar, bar] }) }),
  ]);
  return resultsFrom(list);
}

for (const second of ["mlp", "transformer", "ssm"] as const) {
  for (const what of ["states", "rewards"] as const) {
    Deno.test(`claim ${what}-better-than-${second} is decided by the environments where both have learned`, () => {
      const id = `${what}-better-than-${second}`;
      const ratio = (by: number) => predicted((model) => model === second ? 0.2 * by : 0.2);
      assert.equal(status(id, ratio(2)), "supported");
      assert.equal(status(id, ratio(0.5)), "contradicted");
      // Half of the environments one way, half the other.
      assert.equal(
        status(id, predicted((model, e) => model === second ? (e % 2 ? 0.4 : 0.1) : 0.2)),
        "inconclusive",
      );
      // A model that has not learned is no comparison.
      assert.equal(status(id, predicted((model) => model === second ? 3 : 0.2)), "not attempted");
    });
  }
}

Deno.test("claim states-as-good-as-gru allows a sixth", () => {
  const at = (gru: number) => predicted((model) => model === "gru" ? gru : 0.2);
  assert.equal(status("states-as-good-as-gru", at(0.2)), "supported");
  assert.equal(status("states-as-good-as-gru", at(0.1)), "contradicted");
});

Deno.test("claim mlp-fails-on-hopper needs three times the error", () => {
  const at = (mlp: number) => predicted((model) => model === "mlp" ? mlp : 0.2);
  assert.equal(status("mlp-fails-on-hopper", at(1)), "supported");
  assert.equal(status("mlp-fails-on-hopper", at(0.4)), "contradicted");
});

Deno.test("claim mlp-gradients-explode needs ten times the norm", () => {
  const at = (mlp: number) => predicted(() => 0.2, { trained: (model) => model === "mlp" ? mlp : 1 });
  assert.equal(status("mlp-gradients-explode", at(100)), "supported");
  assert.equal(status("mlp-gradients-explode", at(2)), "contradicted");
});

for (const other of ["unitary", "free"] as const) {
  Deno.test(`claim decay-against-${other} allows 5 %`, () => {
    const at = (decaying: number) =>
      resultsFrom(records(ABLATION, {
        decaying: (seed) => ({ stateErrors: [decaying * (1 + 0.002 * seed)] }),
        [other]: (seed: number) => ({ stateErrors: [0.2 * (1 - 0.002 * (seed % 2))] }),
      }));
    assert.equal(status(`decay-against-${other}`, at(0.2)), "supported");
    assert.equal(status(`decay-against-${other}`, at(0.3)), "contradicted");
  });
}

Deno.test("claim spacing-helps is about the frequencies", () => {
  const at = (random: number) =>
    resultsFrom(records(ABLATION, {
      decaying: (seed) => ({ stateErrors: [0.2 * (1 + 0.01 * (seed % 3))] }),
      random: (seed) => ({ stateErrors: [random * (1 + 0.01 * (seed % 2))] }),
    }));
  assert.equal(status("spacing-helps", at(0.4)), "supported");
  assert.equal(status("spacing-helps", at(0.1)), "contradicted");
});

testEveryClaim();
