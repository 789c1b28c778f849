import {
  type Claim,
  type ClaimStatus,
  comparison,
  decide,
  higher,
  lower,
  notAttempted,
  type Rule,
  type Words,
} from "../../../lib/harness/mod.ts";
import type { MatchedPair } from "../../../lib/stats/mod.ts";
import type { PredictionResult } from "../experiments/prediction.ts";
import { type EnvironmentKey, type ModelName, MODELS, PREDICTION, TRIVIAL } from "../studies.ts";
import { compareModels, hasLearned, modelJobs, rewardError, stateError, type Value } from "../summaries.ts";
import { FAMILY_LEVEL, STATE } from "./_shared.ts";

const BETTER = lower({ scale: "ratio", level: FAMILY_LEVEL, minPairs: 4 });
const NEARLY = lower({ scale: "ratio", margin: 1 / 1.2, minPairs: 4 });
const LEARNED =
  "Only environments where both models have learned: over the steps that a model was trained on its error of " +
  "states is below those of persistence, the mean and linear least squares (of rewards: of the mean). " +
  "Geometric means over seeds.";

interface Across {
  readonly location: string;
  readonly statement: string;
  readonly measured: string;
  readonly value: Value;
  readonly second: ModelName;
  readonly rule: Rule;
}

/** A claim about two models, with the environments as units. */
function acrossEnvironments(id: string, options: Across): Claim {
  const { location, statement, measured, value, second, rule } = options;
  const words = {
    names: [MODELS.koopman.label, MODELS[second].label],
    units: "environments",
  } as const;
  return {
    id,
    location,
    statement,
    test: `${measured}, by environment. ${LEARNED} ${rule.text}`,
    jobs: (plan) => modelJobs(plan, ["koopman", second]),
    evaluate(results) {
      const { pairs, unlearned } = compareModels(results, { first: "koopman", second, value });
      const left = unlearned.length === 0
        ? ""
        : ` Left out, as one of the two did not learn: ${unlearned.join(", ")}.`;
      if (pairs.length < rule.minPairs && unlearned.length > 0) {
        return notAttempted(
          `Did not learn: ${pairs.length} environments are left, and ${rule.minPairs} are needed.${left}`,
        );
      }
      const found = decide(rule, pairs, words);
      const wins = pairs.filter((pair) => pair.first < pair.second).length;
      const fragile = decisive(rule, pairs, { words, status: found.status });
      return {
        ...found,
        numbers: {
          ...found.numbers,
          wins,
          unlearned: unlearned.join(", ") || null,
          fragile: fragile.join(", ") || null,
        },
        because: found.because + left +
          (fragile.length === 0 ? "" : ` Fragile: it rests on ${fragile.join(", ")}.`),
      };
    },
  };
}

/** The units without any one of which the verdict would be another. */
function decisive(
  rule: Rule,
  pairs: readonly MatchedPair[],
  { words, status }: { readonly words: Words; readonly status: ClaimStatus },
): (string | number)[] {
  if (pairs.length <= 2 || status === "inconclusive" || status === "not attempted") return [];
  return pairs.map(({ unit }) => unit).filter((unit) =>
    rule.decide(pairs.filter((pair) => pair.unit !== unit), words).status !== status
  );
}

/** A comparison of the Koopman model and the MLP on one environment, if both have learned there. */
function whereLearned(environment: EnvironmentKey, claim: Claim): Claim {
  return {
    ...claim,
    test: `${claim.test} Only if both have learned, as above.`,
    jobs: (plan) => [...claim.jobs(plan), ...TRIVIAL.jobs(plan, [environment])],
    evaluate(results) {
      const unlearned = (["koopman", "mlp"] as const).filter((model) =>
        hasLearned(results, { environment, model, rewards: false }) === false
      );
      return unlearned.length === 0 ? claim.evaluate(results) : notAttempted(
        `Did not learn on ${environment}: ${unlearned.map((model) => MODELS[model].label).join(", ")}.`,
      );
    },
  };
}

const FIGURE_3 = "Figure 3";
const REWARD = "Squared error of rewards, mean over 100 steps";

/** Errors over the horizon (Figure 3). */
export const accuracyClaims: readonly Claim[] = [
  ...(["mlp", "transformer", "ssm"] as const).flatMap((second) => [
    acrossEnvironments(`states-better-than-${second}`, {
      location: FIGURE_3,
      statement: `Over 100 steps the Koopman model predicts states better than the ${MODELS[second].label}.`,
      measured: STATE,
      value: stateError,
      second,
      rule: BETTER,
    }),
    acrossEnvironments(`rewards-better-than-${second}`, {
      location: FIGURE_3,
      statement: `The same for rewards, against the ${MODELS[second].label}.`,
      measured: REWARD,
      value: rewardError,
      second,
      rule: BETTER,
    }),
  ]),
  acrossEnvironments("states-as-good-as-gru", {
    location: FIGURE_3,
    statement:
      "The GRU predicts about as well as the Koopman model: its error is not more than a sixth below.",
    measured: STATE,
    value: stateError,
    second: "gru",
    rule: NEARLY,
  }),
  whereLearned(
    "hopper",
    comparison("mlp-fails-on-hopper", {
      location: FIGURE_3,
      statement:
        "On hopper the MLP's error after 100 steps is several times the Koopman model's (up to 50 in the paper).",
      measured: "Squared error of states at step 100, hopper",
      first: PREDICTION.sample("hopper koopman", ({ stateErrors }) => stateErrors.at(-1)),
      second: PREDICTION.sample("hopper mlp", ({ stateErrors }) => stateErrors.at(-1)),
      rule: lower({ scale: "ratio", margin: 3 }),
    }),
  ),
];

/** Norm of the gradient at the longest horizon of a profile. */
const lastGradient = ({ gradients }: PredictionResult) => gradients.at(-1)?.trained;
const STEEPER = higher({ scale: "ratio", margin: 10, minPairs: 4 });

/** Gradients through a long unroll. */
export const gradientClaims: readonly Claim[] = [
  {
    id: "mlp-gradients-explode",
    location: "Section on long horizons",
    statement: "Unrolled over 100 steps, an MLP has far larger gradients than the Koopman model.",
    test:
      "Norm of the loss's gradient over 100 steps, after training, geometric mean over seeds, by environment; " +
      `first: MLP. Only environments where both have learned, as above. ${STEEPER.text}`,
    jobs: (plan) => modelJobs(plan, ["mlp", "koopman"]),
    evaluate(results) {
      const { pairs, unlearned } = compareModels(results, {
        first: "mlp",
        second: "koopman",
        value: lastGradient,
      });
      const found = decide(STEEPER, pairs, { names: ["MLP", "Koopman"], units: "environments" });
      return unlearned.length === 0
        ? found
        : { ...found, numbers: { ...found.numbers, unlearned: unlearned.join(", ") } };
    },
  },
];
