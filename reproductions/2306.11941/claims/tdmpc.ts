import {
  type Claim,
  comparison,
  higher,
  notAttempted,
  type Results,
  type Rule,
  type Safeguards,
  short,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { type AgentName, AGENTS, TDMPC } from "../control_studies.ts";
import { finalScore, scoresByTask } from "../control_summaries.ts";
import { ANY } from "./_shared.ts";

/** Score from which on an agent has learned to swing up: upright for half of the episode. */
const BAR = 0.5;
/** How much of a perfect episode's return does not matter. */
const SLACK = 0.05;
/** Seeds at which it is looked. */
const LOOKS = [4, 8, 12];

/** Why two agents are not compared: one of those that must have learned has not. */
function unlearned(results: Results, agents: readonly AgentName[]): string | undefined {
  for (const agent of agents) {
    const scores = scoresByTask(results, agent).get("pendulum");
    if (scores === undefined) continue;
    const found = mean(scores);
    if (found >= BAR) continue;
    return `Did not learn: the score of ${AGENTS[agent].label} is ${short(found)}, and ${BAR} is asked for.`;
  }
}

interface Compared {
  readonly statement: string;
  readonly location: string;
  readonly second: AgentName;
  readonly rule: Rule;
  /** Agents that must have learned. */
  readonly learned: readonly AgentName[];
  readonly safeguards: Pick<Safeguards, "controls" | "smallest" | "kind">;
}

/** The Koopman model over 20 steps against another agent on the pendulum's swing-up. */
function koopmanAgainst(id: string, options: Compared): Claim {
  const { statement, location, second, rule, learned, safeguards } = options;
  const names = learned.map((agent) => AGENTS[agent].label).join(" and ");
  const bar = `Only if ${names} scored ${BAR} or more on average: upright for half of the episode.`;
  const claim = comparison(id, {
    location,
    statement,
    safeguards: { bar, ...safeguards },
    measured:
      "Score of five episodes of the pendulum's swing-up without noise after training (1 is upright throughout); " +
      `${AGENTS.koopman.label} against ${AGENTS[second].label}`,
    first: TDMPC.sample("pendulum koopman", finalScore),
    second: TDMPC.sample(`pendulum ${second}`, finalScore),
    rule,
  });
  return {
    ...claim,
    test: `${claim.test} ${bar}`,
    evaluate(results) {
      const reason = unlearned(results, learned);
      return reason === undefined ? claim.evaluate(results) : notAttempted(reason);
    },
  };
}

const AGAINST_MLP = "TD-MPC against the MLP";

/** Planning with a value function and a policy, learned while acting (Figure 5). */
export const tdMpcClaims: readonly Claim[] = [
  koopmanAgainst("tdmpc-as-good-as-mlp", {
    location: "Figure 5",
    statement:
      `In TD-MPC the Koopman model over 20 steps returns no less than the MLP over 5 (at most ${SLACK}).`,
    second: "mlp",
    rule: higher({ margin: -SLACK, looks: LOOKS }),
    learned: ["koopman", "mlp"],
    safeguards: {
      controls: ["tdmpc-better-than-long-mlp"],
      smallest: `${SLACK} of a perfect episode's return`,
      kind: AGAINST_MLP,
    },
  }),
  koopmanAgainst("tdmpc-better-than-long-mlp", {
    location: "Figure 5",
    statement: "In TD-MPC over 20 steps the Koopman model returns more than the MLP.",
    second: "longMlp",
    rule: higher({ looks: LOOKS }),
    learned: ["koopman"],
    safeguards: {
      controls: "None: the two differ in what predicts latent states only.",
      smallest: ANY,
      kind: AGAINST_MLP,
    },
  }),
  koopmanAgainst("tdmpc-needs-consistency", {
    location: "Section on planning",
    statement: "In TD-MPC the Koopman model returns more with the latent consistency loss than without it.",
    second: "inconsistent",
    rule: higher({ looks: LOOKS }),
    learned: ["koopman"],
    safeguards: {
      controls: "None: the two differ in the weight of that loss only.",
      smallest: ANY,
    },
  }),
];
