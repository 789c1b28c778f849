import {
  type Claim,
  comparison,
  lower,
  notAttempted,
  type Plan,
  type Results,
  type Rule,
  short,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import {
  ABLATION,
  type AblationName,
  ENVIRONMENT_KEYS,
  type EnvironmentKey,
  ENVIRONMENTS,
  TRIVIAL,
} from "../studies.ts";
import { stateError, trivialBar } from "../summaries.ts";
import { ANY, STATE } from "./_shared.ts";

/** By what factor the default may be worse. */
const WORSE = 1.05;
/** Seeds at which it is looked. */
const LOOKS = [4, 8, 16];
const NOT_WORSE = lower({ scale: "ratio", margin: 1 / WORSE, looks: LOOKS });
const BAR = "Only if both are better than all predictors without a network.";

/** Where the ablation is run. */
function environmentsOf(plan: Plan): readonly EnvironmentKey[] {
  const names = new Set(ABLATION.variants(plan).map(({ config }) => config.data.environment));
  return ENVIRONMENT_KEYS.filter((key) => names.has(ENVIRONMENTS[key]));
}

/** Why a variant decides nothing: it has not learned. */
function unlearned(results: Results, name: AblationName): string | undefined {
  const { config, label, runs } = ABLATION.group(results, name);
  const environment = ENVIRONMENT_KEYS.find((key) => ENVIRONMENTS[key] === config.data.environment)!;
  const bar = trivialBar(results, { environment, steps: config.horizon });
  const error = mean(runs.map(({ result }) => stateError(result) ?? Infinity));
  return error < bar
    ? undefined
    : `Did not learn: the error with ${label} is ${short(error)}, and ${short(bar)} without a network.`;
}

/** The default against another variant, if both have learned. */
function defaultAgainst(
  id: string,
  { other, statement, smallest, rule }: {
    readonly other: AblationName;
    readonly statement: string;
    readonly smallest: string;
    readonly rule: Rule;
  },
): Claim {
  const claim = comparison(id, {
    location: "Appendix, ablation of the initialisation",
    statement,
    safeguards: {
      bar: BAR,
      controls: "None: the two differ in the initialisation only, with equal sizes and updates.",
      smallest,
      kind: "ablations of the initialisation",
    },
    measured: STATE,
    first: ABLATION.sample("decaying", stateError),
    second: ABLATION.sample(other, stateError),
    rule,
  });
  return {
    ...claim,
    test: `${claim.test} ${BAR}`,
    jobs: (plan) => [...claim.jobs(plan), ...TRIVIAL.jobs(plan, environmentsOf(plan))],
    evaluate(results) {
      const reason = unlearned(results, "decaying") ?? unlearned(results, other);
      return reason === undefined ? claim.evaluate(results) : notAttempted(reason);
    },
  };
}

const notWorse = (other: AblationName, statement: string): Claim =>
  defaultAgainst(`decay-against-${other}`, {
    other,
    statement,
    smallest: `Any difference counts, beyond the factor of ${WORSE} that it may be worse by.`,
    rule: NOT_WORSE,
  });

/** What the initialisation of the eigenvalues does. */
export const ablationClaims: readonly Claim[] = [
  notWorse("unitary", "Real parts fixed at −0.2 predict no worse than fixed at 0 (at most 5 %)."),
  notWorse("free", "Real parts fixed at −0.2 predict no worse than learned without limits (at most 5 %)."),
  defaultAgainst("spacing-helps", {
    other: "random",
    statement: "Frequencies that start at jπ predict better than random ones.",
    smallest: ANY,
    rule: lower({ scale: "ratio", looks: LOOKS }),
  }),
];
