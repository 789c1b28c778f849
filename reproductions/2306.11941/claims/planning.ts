import {
  type Claim,
  comparison,
  higher,
  notAttempted,
  type Results,
  type Safeguards,
  short,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { PlanningResult } from "../experiments/planning.ts";
import { LONG_PLAN, PLANNING, SHORT_PLAN } from "../planning_studies.ts";
import { ANY } from "./_shared.ts";

/** Mean reward of a step, over the episodes, when so many steps are looked ahead. */
export const plannedReward = (ahead: number) => ({ planned }: PlanningResult): number =>
  mean(planned.find((one) => one.ahead === ahead)!.rewards);

/** What hanging is worth. */
const HANGING = -(Math.PI ** 2);

/** Why planning decides nothing: with the Koopman model it is not half as good as with the simulator. */
function unlearned(results: Results): string | undefined {
  const [koopman, simulator] = (["koopman", "simulator"] as const).map((name) =>
    mean(PLANNING.group(results, name).runs.map(({ result }) => plannedReward(LONG_PLAN)(result)))
  );
  const bar = (HANGING + simulator) / 2;
  return koopman > bar
    ? undefined
    : `Did not learn: the mean reward is ${short(koopman)}, and ${short(bar)} is asked for.`;
}

/** Seeds at which it is looked. */
const LOOKS = [4, 8, 12];

const BAR =
  "Only if planning with the Koopman model is more than half as good as with the simulator (hanging is " +
  "worth nothing).";

interface Planning {
  readonly statement: string;
  /** Steps that the MLP is asked to look ahead. */
  readonly ahead: number;
  readonly controls: Safeguards["controls"];
}

function koopmanAgainstMlp(id: string, { statement, ahead, controls }: Planning): Claim {
  const claim = comparison(id, {
    location: "Figure 5",
    statement,
    safeguards: {
      bar: `${BAR} Of the MLP nothing is asked.`,
      controls,
      smallest: ANY,
      kind: "planning against the MLP",
    },
    measured:
      `Mean reward of a step of the pendulum's swing-up, two episodes; Koopman ${LONG_PLAN} steps ahead against MLP ${ahead}`,
    first: PLANNING.sample("koopman", plannedReward(LONG_PLAN)),
    second: PLANNING.sample("mlp", plannedReward(ahead)),
    rule: higher({ looks: LOOKS }),
  });
  return {
    ...claim,
    test: `${claim.test} ${BAR}`,
    jobs: (plan) => PLANNING.jobs(plan),
    evaluate(results) {
      const reason = unlearned(results);
      return reason === undefined ? claim.evaluate(results) : notAttempted(reason);
    },
  };
}

/** Planning with learned models (Figure 5, without a value function). */
export const planningClaims: readonly Claim[] = [
  koopmanAgainstMlp("plans-better-than-short-mlp", {
    statement:
      `Planning ${LONG_PLAN} steps ahead with a Koopman model is better than ${SHORT_PLAN} steps ahead with an MLP.`,
    ahead: SHORT_PLAN,
    // Looking further ahead may be all of it.
    controls: ["plans-better-than-long-mlp"],
  }),
  koopmanAgainstMlp("plans-better-than-long-mlp", {
    statement: `Planning ${LONG_PLAN} steps ahead is better with a Koopman model than with an MLP.`,
    ahead: LONG_PLAN,
    controls: "Not as a claim: plans with the simulator are rows of the table, at both horizons.",
  }),
];
