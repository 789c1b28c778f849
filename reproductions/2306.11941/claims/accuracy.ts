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
import {
  type EnvironmentKey,
  type ModelName,
  MODELS,
  nameOfSet,
  PREDICTION,
  QUALITY_MODELS,
  RUNNER_KEYS,
  RUNNER_SETS,
  type SetKey,
  TRIVIAL,
  WIDER,
} from "../studies.ts";
import { compareModels, hasLearned, modelJobs, rewardError, stateError, type Value } from "../summaries.ts";
import { ANY, STATE } from "./_shared.ts";

/** Environments at which it is looked: those of the profile, and the Control Suite's. */
const LOOKS = [5, 8, 11];
const BETTER = lower({ scale: "ratio", looks: LOOKS });
/** By what factor the Koopman model may be worse than the GRU. */
const WORSE = 1.2;
const NEARLY = lower({ scale: "ratio", margin: 1 / WORSE, looks: LOOKS });
const LEARNED =
  "Only environments where both models have learned: over the steps that a model was trained on its error of " +
  "states is below those of persistence, the mean and linear least squares (of rewards: of the mean). " +
  "Geometric means over seeds.";

/** Of claims on models whose numbers of parameters are matched. */
const PARAMETERS = "None: parameters, updates and states an update are equal by construction.";

interface Across {
  readonly location: string;
  readonly statement: string;
  readonly smallest: string;
  readonly measured: string;
  readonly value: Value;
  readonly second: ModelName;
  readonly rule: Rule;
}

/** A claim about two models, with the environments as units. */
function acrossEnvironments(id: string, options: Across): Claim {
  const { location, statement, smallest, measured, value, second, rule } = options;
  return {
    id,
    location,
    statement,
    safeguards: {
      bar: LEARNED,
      controls: PARAMETERS,
      smallest,
      kind: `${value === rewardError ? "rewards" : "states"} over 100 steps against other models`,
    },
    test: `${measured}, by environment. ${LEARNED} ${rule.text}`,
    wider: WIDER,
    // All models: an environment that is added for one claim serves the others.
    jobs: (plan) => modelJobs(plan),
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
      const found = decide(rule, pairs, {
        names: [MODELS.koopman.label, MODELS[second].label],
        units: "environments",
      });
      const wins = pairs.filter((pair) => pair.first < pair.second).length;
      return {
        ...found,
        numbers: { ...found.numbers, wins, unlearned: unlearned.join(", ") || null },
        because: found.because + left,
      };
    },
  };
}

/** Sets at which it is looked: of the twelve those where both models have learned. */
const SET_LOOKS = [6, 9, 12];
const BETTER_ON_SETS = lower({ scale: "ratio", looks: SET_LOOKS });
/** For the sets of two of the three runners. */
const WITHOUT_A_RUNNER = lower({ scale: "ratio", minPairs: 3 });
const runnerOf = (set: SetKey) => set.split(" ")[0];

/** The runners without whose sets, all at once, the verdict would be another one. */
function decisiveRunners(pairs: readonly MatchedPair[], status: ClaimStatus, words: Words): string[] {
  if (!["supported", "contradicted"].includes(status)) return [];
  return RUNNER_KEYS.filter((runner) => {
    const rest = pairs.filter(({ unit }) => runnerOf(unit as SetKey) !== runner);
    return decide(WITHOUT_A_RUNNER, rest, words).status !== status;
  }).map((runner) => `all of ${runner}`);
}

/** The paper's own sets are runners with behaviour of several qualities. */
const onRunnersSets: Claim = {
  id: "states-better-than-mlp-by-quality",
  location: "Figure 3",
  statement:
    "Over 100 steps the Koopman model predicts states better than the MLP across the qualities of the runners' behaviour.",
  safeguards: {
    bar: LEARNED,
    controls:
      "None for the parameters, which are matched. Sets of one runner are alike, which the interval takes for " +
      "independent: a verdict that changes without all sets of one runner is called fragile.",
    smallest: ANY,
    kind: "states over 100 steps against other models",
  },
  test: `${STATE}, by set of a runner's behaviour (${
    RUNNER_SETS.map(nameOfSet).join(", ")
  }). ${LEARNED} ${BETTER_ON_SETS.text}`,
  wider: WIDER,
  jobs: (plan) => modelJobs(plan, { models: QUALITY_MODELS, sets: RUNNER_SETS }),
  evaluate(results) {
    const { pairs, unlearned } = compareModels(results, {
      first: "koopman",
      second: "mlp",
      value: stateError,
      sets: RUNNER_SETS,
    });
    const left = unlearned.length === 0
      ? ""
      : ` Left out, as one of the two did not learn: ${unlearned.map(nameOfSet).join(", ")}.`;
    const words = { names: [MODELS.koopman.label, MODELS.mlp.label], units: "sets" } as const;
    const found = decide(BETTER_ON_SETS, pairs, words);
    const fragile = [
      ...found.fragile ?? [],
      ...decisiveRunners(pairs.slice(0, Number(found.numbers.pairs)), found.status, words),
    ];
    return { ...found, because: found.because + left, ...(fragile.length > 0 && { fragile }) };
  },
};

const WHERE_LEARNED =
  "Only if both have learned: errors of states below those of persistence, the mean and linear " +
  "least squares, over the steps that a model was trained on.";

/** A comparison of the Koopman model and the MLP on one environment, if both have learned there. */
function whereLearned(environment: EnvironmentKey, claim: Claim): Claim {
  return {
    ...claim,
    test: `${claim.test} ${WHERE_LEARNED}`,
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
/** "Several times" the error. */
const SEVERAL = 3;
const REWARD = "Squared error of rewards, mean over 100 steps";

/** Errors over the horizon (Figure 3). */
export const accuracyClaims: readonly Claim[] = [
  ...(["mlp", "transformer", "ssm"] as const).flatMap((second) => [
    acrossEnvironments(`states-better-than-${second}`, {
      location: FIGURE_3,
      statement: `Over 100 steps the Koopman model predicts states better than the ${MODELS[second].label}.`,
      smallest: ANY,
      measured: STATE,
      value: stateError,
      second,
      rule: BETTER,
    }),
    acrossEnvironments(`rewards-better-than-${second}`, {
      location: FIGURE_3,
      statement: `The same for rewards, against the ${MODELS[second].label}.`,
      smallest: ANY,
      measured: REWARD,
      value: rewardError,
      second,
      rule: BETTER,
    }),
  ]),
  onRunnersSets,
  acrossEnvironments("states-as-good-as-gru", {
    location: FIGURE_3,
    statement:
      "The GRU predicts about as well as the Koopman model: its error is not more than a sixth below.",
    smallest: `Any difference counts, beyond the factor of ${WORSE} that the Koopman model may be worse by.`,
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
      safeguards: {
        bar: WHERE_LEARNED,
        controls: "None: that the MLP was trained on 10 steps, as in the paper, is not controlled for.",
        smallest: `a factor of ${SEVERAL}`,
      },
      measured: "Squared error of states at step 100, hopper",
      first: PREDICTION.sample("hopper koopman", ({ stateErrors }) => stateErrors.at(-1)),
      second: PREDICTION.sample("hopper mlp", ({ stateErrors }) => stateErrors.at(-1)),
      rule: lower({ scale: "ratio", margin: SEVERAL }),
    }),
  ),
];

/** Norm of the gradient at the longest horizon of a profile. */
const lastGradient = ({ gradients }: PredictionResult) => gradients.at(-1)?.trained;
/** "Far larger". */
const STEEP = 10;
const STEEPER = higher({ scale: "ratio", margin: STEEP, minPairs: 4 });

/** Gradients through a long unroll. */
export const gradientClaims: readonly Claim[] = [
  {
    id: "mlp-gradients-explode",
    location: "Section on long horizons",
    statement: "Unrolled over 100 steps, an MLP has far larger gradients than the Koopman model.",
    safeguards: {
      bar: LEARNED,
      controls: "None: that the MLP was trained on 10 steps, as in the paper, is not controlled for.",
      smallest: `a factor of ${STEEP}`,
    },
    test:
      "Norm of the loss's gradient over 100 steps, after training, geometric mean over seeds, by environment; " +
      `first: MLP. Only environments where both have learned, as above. ${STEEPER.text}`,
    jobs: (plan) => modelJobs(plan, { models: ["mlp", "koopman"] }),
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
