import assert from "node:assert/strict";
import { type JobRecord, judge, type Plan, type Results } from "../../../lib/harness/mod.ts";
import type { PredictionResult } from "../../../reproductions/2306.11941/experiments/prediction.ts";
import { rollouts } from "../../../reproductions/2306.11941/experiments/rollouts.ts";
import {
  type AgentName,
  CONTROL_TASK_NAMES,
  TDMPC,
} from "../../../reproductions/2306.11941/control_studies.ts";
import paper from "../../../reproductions/2306.11941/mod.ts";
import { PIXELS } from "../../../reproductions/2306.11941/pixel_studies.ts";
import { type PlannerName, PLANNING } from "../../../reproductions/2306.11941/planning_studies.ts";
import { SPEED, type TimedName } from "../../../reproductions/2306.11941/speed_studies.ts";
import { RECOVERY, ROLLOUTS } from "../../../reproductions/2306.11941/spectrum_studies.ts";
import {
  ABLATION,
  ENVIRONMENT_KEYS,
  MODEL_NAMES,
  type ModelName,
  PREDICTION,
  RUNNER_SETS,
  type SetKey,
  TRIVIAL,
  WIDER,
} from "../../../reproductions/2306.11941/studies.ts";
import { hasLearned } from "../../../reproductions/2306.11941/summaries.ts";
import { claimTests, context, records, resultsFrom } from "@refigure/refigure/testing";

/** The plan of claims whose laptop results are fewer than the first look's. */
const FOUR = { profile: "laptop", seeds: 4 } as const;

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
  { trained = () => 1, bar = 1, sets = ENVIRONMENT_KEYS, plan }: {
    trained?: (model: ModelName) => number;
    bar?: number;
    sets?: readonly SetKey[];
    plan?: Plan;
  } = {},
): Results {
  const list: JobRecord[] = sets.flatMap((environment, e) => [
    ...MODEL_NAMES.flatMap((model) =>
      records(PREDICTION, {
        [`${environment} ${model}`]: (seed: number): Partial<PredictionResult> => {
          const error = value(model, e) * (1 + 0.02 * ((7 * e + 3 * seed) % 5 - 2));
          return {
            diverged: null,
            stateErrors: [error / 2, error],
            rewardErrors: [error, error],
            gradients: [{ horizon: 100, start: 1, trained: trained(model) * (1 + 0.1 * (e % 3)) }],
          };
        },
      }, plan)
    ),
  ]);
  return resultsFrom([...list, ...barsOf(bar, { sets, plan })]);
}

/** Predictors without a network on all environments, the best with this error. */
function barsOf(
  bar: number,
  { sets = ENVIRONMENT_KEYS, plan }: { sets?: readonly SetKey[]; plan?: Plan } = {},
): JobRecord[] {
  return sets.flatMap((environment) =>
    records(TRIVIAL, {
      [environment]: () => ({
        persistence: [2, 2],
        mean: [1.5, 1.5],
        linear: [bar, bar],
        rewardMean: [1, 1],
      }),
    }, plan)
  );
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
      // A model that has not learned is no comparison, nor are environments that least squares are better on.
      assert.equal(status(id, predicted((model) => model === second ? 3 : 0.2)), "not attempted");
      assert.equal(status(id, predicted(() => 0.2, { bar: 0.1 })), "not attempted");
    });
  }
}

Deno.test("a verdict that rests on one environment says so", () => {
  const claim = paper.claims.find(({ id }) => id === "states-better-than-ssm")!;
  const fragile = (value: (environment: number) => number) =>
    judge(claim, predicted((model, e) => model === "ssm" ? value(e) : 0.2)).fragile;
  assert.equal(fragile(() => 0.5), undefined);
  // Small advantages, spread just so that the interval needs some of them.
  const needed = fragile((e) => 0.2 * [1.6, 1.1, 1.3, 1.15, 1.4, 1.2][e]);
  assert.deepEqual(needed, ["pendulum", "acrobot", "hopper", "walker"]);
});

Deno.test("claim states-better-than-mlp-by-quality is about all sets of the runners, and flags one runner's", () => {
  const id = "states-better-than-mlp-by-quality";
  const at = (mlp: (set: number) => number, sets: readonly SetKey[] = RUNNER_SETS) =>
    predicted((model, e) => model === "mlp" ? mlp(e) : 0.2, { sets, plan: WIDER });
  assert.equal(status(id, at(() => 0.4)), "supported");
  assert.equal(status(id, at(() => 0.1)), "contradicted");
  assert.equal(status(id, at((e) => e % 2 ? 0.4 : 0.1)), "inconclusive");
  assert.equal(status(id, at(() => 0.4, RUNNER_SETS.slice(0, 5))), "inconclusive");
  assert.equal(status(id, at(() => 3)), "not attempted");
  const claim = paper.claims.find((claim) => claim.id === id)!;
  const fragile = (mlp: (set: number) => number) => judge(claim, at(mlp)).fragile;
  assert.equal(fragile(() => 0.4), undefined);
  // Sets come by quality: hopper, walker, cheetah. Without the hopper's the others contradict one another.
  assert.ok(fragile((e) => [0.364, 0.314, 0.19][e % 3])?.includes("all of hopper"));
});

Deno.test("hasLearned() asks for the steps that a model was trained on", () => {
  const curve = Array.from({ length: 100 }, (_, k) => k < 10 ? 0.1 : 5);
  const [environment, dull] = ["pendulum" as const, new Array<number>(100).fill(1)];
  const results = resultsFrom([
    ...records(PREDICTION, {
      "pendulum mlp": () => ({ diverged: null, stateErrors: curve, rewardErrors: dull }),
      "pendulum gru": () => ({ diverged: null, stateErrors: curve, rewardErrors: dull }),
    }),
    ...records(TRIVIAL, {
      pendulum: () => ({ persistence: dull, mean: dull, linear: dull, rewardMean: dull }),
    }),
  ]);
  const learned = (model: ModelName, rewards = false) => hasLearned(results, { environment, model, rewards });
  // The MLP was trained on ten steps, the GRU on all.
  assert.equal(learned("mlp"), true);
  assert.equal(learned("gru"), false);
  assert.equal(learned("mlp", true), false);
  assert.equal(learned("ssm"), undefined);
});

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

/** Gradients a second at the shortest and the longest horizon. */
function timed(rates: Partial<Record<TimedName, readonly [short: number, long: number]>>): Results {
  const horizons = SPEED.variants({ profile: "laptop" });
  const shortest = Math.min(...horizons.map(({ config }) => config.horizon));
  return resultsFrom(horizons.flatMap(({ name, config: { horizon } }) =>
    records(SPEED, {
      [name]: () => ({
        models: Object.fromEntries(
          Object.entries(rates).map(([model, [short, long]]) => {
            const around = [0.99, 1, 1.01, 1.02].map((factor) =>
              factor * (horizon === shortest ? short : long)
            );
            return [model, { compile: 1, whole: around, rollout: around }];
          }),
        ),
      }),
    })
  ));
}

for (
  const [id, second] of [
    ["faster-than-gru", "gru"],
    ["faster-than-mlp", "mlp"],
    ["faster-than-transformer", "transformer"],
    ["rollout-faster-than-gru", "gru"],
  ] as const
) {
  Deno.test(`claim ${id} needs half as many gradients again`, () => {
    const at = (rate: number) => timed({ koopman: [100, 50], [second]: [100, rate] });
    assert.equal(status(id, at(20)), "supported");
    assert.equal(status(id, at(45)), "contradicted");
  });
}

Deno.test("claim advantage-grows compares the horizons", () => {
  assert.equal(status("advantage-grows", timed({ koopman: [100, 50], gru: [80, 10] })), "supported");
  assert.equal(status("advantage-grows", timed({ koopman: [100, 10], gru: [80, 40] })), "contradicted");
});

/** Mean rewards by planner, 5 and 20 steps ahead. */
function plans(rewards: Record<PlannerName, readonly [short: number, long: number]>): Results {
  const result = (name: PlannerName) => (seed: number) => ({
    planned: [5, 20].map((ahead, i) => ({
      ahead,
      rewards: [rewards[name][i] + 0.1 * (seed % 2)],
      upright: [0],
    })),
  });
  return resultsFrom(
    records(PLANNING, {
      koopman: result("koopman"),
      mlp: (seed) => result("mlp")(seed + 1),
      simulator: result("simulator"),
    }, FOUR),
  );
}

for (const [id, which] of [["plans-better-than-short-mlp", 0], ["plans-better-than-long-mlp", 1]] as const) {
  Deno.test(`claim ${id} needs a model that can plan`, () => {
    const at = (koopman: number, mlp: number) =>
      plans({
        koopman: [-9, koopman],
        mlp: which === 0 ? [mlp, -2] : [-9, mlp],
        simulator: [-9, -2],
      });
    assert.equal(status(id, at(-3, -5)), "supported");
    assert.equal(status(id, at(-3, -2.5)), "contradicted");
    assert.equal(status(id, at(-8, -9)), "not attempted");
  });
}

for (const other of ["unitary", "free"] as const) {
  Deno.test(`claim decay-against-${other} allows 5 %`, () => {
    const at = (decaying: number, bar = 1) =>
      resultsFrom([
        ...barsOf(bar),
        ...records(ABLATION, {
          decaying: (seed) => ({ stateErrors: [decaying * (1 + 0.002 * seed)] }),
          [other]: (seed: number) => ({ stateErrors: [0.2 * (1 - 0.002 * (seed % 2))] }),
        }, FOUR),
      ]);
    assert.equal(status(`decay-against-${other}`, at(0.2, 0.1)), "not attempted");
    assert.equal(status(`decay-against-${other}`, at(0.2)), "supported");
    assert.equal(status(`decay-against-${other}`, at(0.3)), "contradicted");
  });
}

Deno.test("claim spacing-helps is about the frequencies", () => {
  const at = (random: number) =>
    resultsFrom([
      ...barsOf(1),
      ...records(ABLATION, {
        decaying: (seed) => ({ stateErrors: [0.2 * (1 + 0.01 * (seed % 3))] }),
        random: (seed) => ({ stateErrors: [random * (1 + 0.01 * (seed % 2))] }),
      }, FOUR),
    ]);
  assert.equal(status("spacing-helps", at(0.4)), "supported");
  assert.equal(status("spacing-helps", at(0.1)), "contradicted");
});

/** Final scores by agent, the same on both tasks. */
function agents(scores: Partial<Record<AgentName, (seed: number) => number>>): Results {
  return resultsFrom(
    CONTROL_TASK_NAMES.flatMap((task) =>
      Object.entries(scores).flatMap(([agent, score]) =>
        records(TDMPC, {
          [`${task} ${agent}`]: (seed: number) => ({
            training: new Array<number>(30).fill(0.05),
            final: [score(seed), score(seed)],
            episodeSteps: 100,
            heights: [],
          }),
        }, FOUR)
      )
    ),
  );
}

const around = (score: number) => (seed: number) => score + 0.01 * (seed % 3);

Deno.test("claim tdmpc-as-good-as-mlp allows a twentieth, and wants both to have learned", () => {
  const at = (koopman: number, mlp: number) =>
    status("tdmpc-as-good-as-mlp", agents({ koopman: around(koopman), mlp: around(mlp + 0.001) }));
  assert.equal(at(0.6, 0.6), "supported");
  assert.equal(at(0.6, 0.8), "contradicted");
  assert.equal(at(0.6, 0.4), "not attempted");
  assert.equal(at(0.4, 0.6), "not attempted");
});

for (
  const [id, other] of [
    ["tdmpc-better-than-long-mlp", "longMlp"],
    ["tdmpc-needs-consistency", "inconsistent"],
  ] as const
) {
  Deno.test(`claim ${id} asks the Koopman model alone to have learned`, () => {
    const at = (koopman: number, score: (seed: number) => number) =>
      status(id, agents({ koopman: around(koopman), [other]: score }));
    assert.equal(at(0.6, around(0.1)), "supported");
    assert.equal(at(0.6, around(0.8)), "contradicted");
    assert.equal(at(0.6, (seed) => seed % 2 ? 0.9 : 0.3), "inconclusive");
    assert.equal(at(0.4, around(0.1)), "not attempted");
  });
}

for (const second of ["sac", "spr"] as const) {
  Deno.test(`claim pixels-as-good-as-${second} allows a twentieth, and wants both to have learned`, () => {
    const at = (koopman: number, other: number, seeds = 6) =>
      status(
        `pixels-as-good-as-${second}`,
        resultsFrom(
          Object.entries({ koopman, [second]: other }).flatMap(([name, score]) =>
            records(PIXELS, {
              [name]: (seed: number) => ({
                training: new Array<number>(40).fill(0.3),
                final: [score + 0.005 * (seed % (name === "koopman" ? 2 : 3))],
              }),
            }, { profile: "laptop", seeds })
          ),
        ),
      );
    assert.equal(at(0.7, 0.7), "supported");
    assert.equal(at(0.6, 0.75), "contradicted");
    assert.equal(at(0.7, 0.35), "not attempted");
    assert.equal(at(0.7, 0.7, 1), "inconclusive");
  });
}

testEveryClaim();
