import {
  type Claim,
  comparison,
  decide,
  higher,
  lower,
  type Rule,
  short,
  verdict,
} from "../../lib/harness/mod.ts";
import type { PredictionResult } from "./experiments/prediction.ts";
import {
  ABLATION,
  type AblationName,
  ENVIRONMENT_KEYS,
  type ModelName,
  MODELS,
  PREDICTION,
  RECOVERY,
  ROLLOUTS,
} from "./studies.ts";
import { compareModels, modelJobs, rewardError, stateError, type Value } from "./summaries.ts";

/** Tolerances of the identities. */
const AGREES = 1e-5;
const AGREES_EXACTLY = 1e-12;
/** A law with another μ must miss by so much at the last step. */
const MISSES = 0.05;

const identityClaims: readonly Claim[] = [
  {
    id: "gradient-law",
    location: "Theorem on gradients",
    statement:
      "Over k steps the gradient of each mode changes in modulus by e^{kΔtμ}, whatever its frequency.",
    test:
      `Relative distance from the law at most ${AGREES} for all modes, real parts and k; at the largest k the law of a μ ` +
      `that is 0.05 larger misses by at least ${MISSES} (smoke: any distance).`,
    jobs: (plan) => ROLLOUTS.jobs(plan),
    evaluate(results) {
      const { gradients } = ROLLOUTS.result(results, "all");
      const last = Math.max(...gradients.map(({ steps }) => steps));
      const error = Math.max(...gradients.map((row) => row.error));
      const other = Math.min(
        ...gradients.filter(({ steps }) => steps === last).map((row) => row.errorOfOther),
      );
      const sees = last >= 100 ? other >= MISSES : other > 10 * AGREES;
      return verdict({
        supported: error <= AGREES && sees,
        numbers: { error, errorOfOther: other, systems: gradients.length, last },
        because: `the law holds to ${error.toExponential(1)}; with another μ it misses by ${
          short(other)
        } at k = ${last}`,
      });
    },
  },
  {
    id: "rollouts-agree",
    location: "Section on the convolution",
    statement:
      "The recurrence, the Vandermonde form, the convolution and a parallel scan give the same roll-out.",
    test:
      `Largest difference from the float64 recurrence over the largest |x|: at most ${AGREES} for all four in float32, and ` +
      `${AGREES_EXACTLY} for the float64 convolution.`,
    jobs: (plan) => ROLLOUTS.jobs(plan),
    evaluate(results) {
      const { differences, reference } = ROLLOUTS.result(results, "all");
      const worst = Math.max(...Object.values(differences));
      return verdict({
        supported: worst <= AGREES && reference <= AGREES_EXACTLY,
        numbers: { ...differences, float64: reference },
        because: `they differ by ${worst.toExponential(1)} at most, in float64 by ${
          reference.toExponential(1)
        }`,
      });
    },
  },
  {
    id: "eigenvalues-recovered",
    location: "addition",
    statement:
      "On a system with a known Koopman operator the learned eigenvalues are the true ones, from data alone.",
    test: "Slow manifold, linear decoder: each of the three within 0.02 in 1/s (modulus), for every seed.",
    jobs: (plan) => RECOVERY.jobs(plan),
    evaluate(results) {
      const errors = RECOVERY.group(results, "all").runs.map(({ result }) => result.error);
      const [best, worst] = [Math.min(...errors), Math.max(...errors)];
      return verdict({
        supported: worst <= 0.02,
        contradicted: best > 0.02,
        numbers: { largest: worst, smallest: best, seeds: errors.length },
        because: `largest distance ${short(worst)} over ${errors.length} seeds`,
      });
    },
  },
];

/** Three comparisons of one kind share the 5 %. */
const FAMILY = 3;
const LEVEL = Math.ceil(1000 * (1 - 0.05 / FAMILY)) / 1000;
const BETTER = lower({ scale: "ratio", level: LEVEL, minPairs: 5 });
const NEARLY = lower({ scale: "ratio", margin: 1 / 1.2, minPairs: 5 });
const LEARNED =
  "Only environments where both models' state error is below the mean predictor's; geometric means over seeds.";

/** A claim about two models, with the environments as units. */
function acrossEnvironments(
  id: string,
  { location, statement, measured, value, second, rule }: {
    readonly location: string;
    readonly statement: string;
    readonly measured: string;
    readonly value: Value;
    readonly second: ModelName;
    readonly rule: Rule;
  },
): Claim {
  return {
    id,
    location,
    statement,
    test: `${measured}, by environment. ${LEARNED} ${rule.text}`,
    jobs: (plan) => modelJobs(plan, ["koopman", second]),
    evaluate(results) {
      const { pairs, unlearned } = compareModels(results, { first: "koopman", second, value });
      const found = decide(rule, pairs, {
        names: [MODELS.koopman.label, MODELS[second].label],
        units: "environments",
      });
      const wins = pairs.filter((pair) => pair.first < pair.second).length;
      return {
        ...found,
        numbers: { ...found.numbers, wins, unlearned: unlearned.join(", ") || null },
        because: unlearned.length === 0
          ? found.because
          : `${found.because} Left out, as one of the two has not learned: ${unlearned.join(", ")}.`,
      };
    },
  };
}

const FIGURE_3 = "Figure 3";
const STATE = "Squared error of states, mean over 100 steps";
const REWARD = "Squared error of rewards, mean over 100 steps";

const accuracyClaims: readonly Claim[] = [
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
  comparison("mlp-fails-on-hopper", {
    location: FIGURE_3,
    statement:
      "On hopper the MLP's error after 100 steps is several times the Koopman model's (up to 50 in the paper).",
    measured: "Squared error of states at step 100, hopper",
    first: PREDICTION.sample("hopper koopman", ({ stateErrors }) => stateErrors.at(-1)),
    second: PREDICTION.sample("hopper mlp", ({ stateErrors }) => stateErrors.at(-1)),
    rule: lower({ scale: "ratio", margin: 3 }),
  }),
];

/** Norm of the gradient at the longest horizon of a profile. */
const lastGradient = ({ gradients }: PredictionResult) => gradients.at(-1)?.trained;
const STEEPER = higher({ scale: "ratio", margin: 10, minPairs: 5 });

const gradientClaims: readonly Claim[] = [
  {
    id: "mlp-gradients-explode",
    location: "Section on long horizons",
    statement: "Unrolled over 100 steps, an MLP has far larger gradients than the Koopman model.",
    test:
      "Norm of the loss's gradient over 100 steps, after training, geometric mean over seeds, by environment; first: MLP. " +
      STEEPER.text,
    jobs: (plan) =>
      PREDICTION.jobs(
        plan,
        ENVIRONMENT_KEYS.flatMap((key) => [`${key} mlp` as const, `${key} koopman` as const]),
      ),
    evaluate(results) {
      const pairs = ENVIRONMENT_KEYS.flatMap((key) => {
        const [first, second] = (["mlp", "koopman"] as const).map((model) => {
          const [group] = PREDICTION.finished(results, [`${key} ${model}`]);
          const norms = group?.runs.map(({ result }) => lastGradient(result)) ?? [];
          return norms.length === 0 || norms.includes(undefined)
            ? undefined
            : Math.exp(norms.reduce<number>((sum, norm) => sum + Math.log(norm!), 0) / norms.length);
        });
        return first === undefined || second === undefined ? [] : [{ unit: key, first, second }];
      });
      return decide(STEEPER, pairs, { names: ["MLP", "Koopman"], units: "environments" });
    },
  },
];

const NOT_WORSE = lower({ scale: "ratio", margin: 1 / 1.05, minPairs: 4 });

function notWorse(other: AblationName, statement: string): Claim {
  return comparison(`decay-against-${other}`, {
    location: "Appendix, ablation of the initialisation",
    statement,
    measured: STATE,
    first: ABLATION.sample("decaying", stateError),
    second: ABLATION.sample(other, stateError),
    rule: NOT_WORSE,
  });
}

const ablationClaims: readonly Claim[] = [
  notWorse("unitary", "Real parts fixed at −0.2 predict no worse than fixed at 0 (at most 5 %)."),
  notWorse("free", "Real parts fixed at −0.2 predict no worse than learned without limits (at most 5 %)."),
  comparison("spacing-helps", {
    location: "Appendix, ablation of the initialisation",
    statement: "Frequencies that start at jπ predict better than random ones.",
    measured: STATE,
    first: ABLATION.sample("decaying", stateError),
    second: ABLATION.sample("random", stateError),
    rule: lower({ scale: "ratio", minPairs: 4 }),
  }),
];

/** All claims. */
export const claims: readonly Claim[] = [
  ...identityClaims,
  ...accuracyClaims,
  ...gradientClaims,
  ...ablationClaims,
];
