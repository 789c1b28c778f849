import {
  type Claim,
  comparison,
  lower,
  notAttempted,
  type Results,
  short,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { ABLATION, type AblationName, ENVIRONMENT_KEYS, ENVIRONMENTS, TRIVIAL } from "../studies.ts";
import { stateError, trivialBar } from "../summaries.ts";
import { STATE } from "./_shared.ts";

const NOT_WORSE = lower({ scale: "ratio", margin: 1 / 1.05, minPairs: 4 });

/** Why the ablation decides nothing: its default has not learned. */
function unlearned(results: Results): string | undefined {
  const { config, runs } = ABLATION.group(results, "decaying");
  const environment = ENVIRONMENT_KEYS.find((key) => ENVIRONMENTS[key] === config.data.environment)!;
  const bar = trivialBar(results, { environment, steps: config.horizon });
  const error = mean(runs.map(({ result }) => stateError(result) ?? Infinity));
  return error < bar
    ? undefined
    : `Did not learn: its error is ${short(error)}, and ${short(bar)} without a network.`;
}

/** A comparison of two variants, if the default has learned. */
function ifLearned(claim: Claim): Claim {
  return {
    ...claim,
    test: `${claim.test} Only if the first is better than all predictors without a network.`,
    jobs: (plan) => [...claim.jobs(plan), ...TRIVIAL.jobs(plan)],
    evaluate(results) {
      const reason = unlearned(results);
      return reason === undefined ? claim.evaluate(results) : notAttempted(reason);
    },
  };
}

function notWorse(other: AblationName, statement: string): Claim {
  return ifLearned(comparison(`decay-against-${other}`, {
    location: "Appendix, ablation of the initialisation",
    statement,
    measured: STATE,
    first: ABLATION.sample("decaying", stateError),
    second: ABLATION.sample(other, stateError),
    rule: NOT_WORSE,
  }));
}

/** What the initialisation of the eigenvalues does. */
export const ablationClaims: readonly Claim[] = [
  notWorse("unitary", "Real parts fixed at −0.2 predict no worse than fixed at 0 (at most 5 %)."),
  notWorse("free", "Real parts fixed at −0.2 predict no worse than learned without limits (at most 5 %)."),
  ifLearned(comparison("spacing-helps", {
    location: "Appendix, ablation of the initialisation",
    statement: "Frequencies that start at jπ predict better than random ones.",
    measured: STATE,
    first: ABLATION.sample("decaying", stateError),
    second: ABLATION.sample("random", stateError),
    rule: lower({ scale: "ratio", minPairs: 4 }),
  })),
];
