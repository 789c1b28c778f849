import {
  type Claim,
  decide,
  higher,
  type Results,
  type Rule,
  type Safeguards,
} from "../../../lib/harness/mod.ts";
import type { Timing } from "../experiments/speed.ts";
import { SPEED, type TimedName } from "../speed_studies.ts";
import { MODELS } from "../studies.ts";
import { ANY } from "./_shared.ts";

/** By what factor the Koopman model must be faster. */
const FAST = 1.5;
const FASTER = higher({ scale: "ratio", margin: FAST });
const GROWS = higher({ scale: "ratio" });

/** What is timed. */
type Part = keyof Pick<Timing, "whole" | "rollout">;

/** How many times as fast as another model the Koopman model is, by round, at the first and last horizon. */
function advantage(
  results: Results,
  { second, part }: { readonly second: TimedName; readonly part: Part },
) {
  const horizons = SPEED.finished(results).toSorted((a, b) => a.config.horizon - b.config.horizon);
  return [horizons[0], horizons.at(-1)].map((group) => {
    const { koopman, [second]: other } = group?.runs[0].result.models ?? {};
    if (koopman === undefined || other === undefined) return [];
    return koopman[part].map((first, i) => ({ unit: i, first, second: other[part][i] }));
  });
}

interface Timed {
  readonly statement: string;
  readonly controls: Safeguards["controls"];
  readonly measured: string;
  readonly second: "gru" | "mlp" | "transformer";
  readonly part: Part;
}

/** A claim about rates at the longest horizon, with the rounds as units. */
function faster(id: string, { statement, controls, measured, second, part }: Timed): Claim {
  return speedClaim(id, {
    statement,
    controls,
    smallest: `a factor of ${FAST}`,
    measured,
    rule: FASTER,
    evaluate: (results) =>
      decide(FASTER, advantage(results, { second, part })[1], {
        names: [MODELS.koopman.label, MODELS[second].label],
        units: "rounds",
      }),
  });
}

function speedClaim(
  id: string,
  { statement, controls, smallest, measured, rule, evaluate }:
    & Pick<Claim, "statement" | "evaluate">
    & Pick<Safeguards, "controls" | "smallest">
    & { readonly measured: string; readonly rule: Rule },
): Claim {
  return {
    id,
    location: "Figure 4",
    statement,
    safeguards: {
      bar: "None: how long a gradient takes does not depend on what was learned.",
      controls,
      smallest,
      kind: "training speed",
    },
    test: `${measured}, one thread, models in turn in every round. ${rule.text}`,
    jobs: (plan) => SPEED.jobs(plan),
    evaluate,
  };
}

const EQUAL = "None: numbers of parameters are equal, and models take turns in every round.";
const WHOLE = "Gradients of the whole training loss a second at the longest horizon";

/** Training speed (Figure 4). */
export const speedClaims: readonly Claim[] = [
  ...(["gru", "mlp", "transformer"] as const).map((second) =>
    faster(`faster-than-${second}`, {
      statement: `Over 100 steps the Koopman model trains at least ${FAST} times as fast as the ${
        second === "mlp" ? "MLP" : MODELS[second].label
      }.`,
      controls: second === "gru" ? ["rollout-faster-than-gru"] : EQUAL,
      measured: WHOLE,
      second,
      part: "whole",
    })
  ),
  faster("rollout-faster-than-gru", {
    statement: `Its roll-out alone, forward and backward, is at least ${FAST} times as fast as the GRU's.`,
    controls: EQUAL,
    measured: "Gradients of the roll-out alone a second at the longest horizon",
    second: "gru",
    part: "rollout",
  }),
  speedClaim("advantage-grows", {
    statement: "The advantage over the GRU grows with the horizon.",
    controls: EQUAL,
    smallest: ANY,
    measured:
      "Rate of the Koopman model over the GRU's, whole training loss, at the longest (first) and the shortest horizon",
    rule: GROWS,
    evaluate(results) {
      const [short, long] = advantage(results, { second: "gru", part: "whole" });
      const pairs = long.flatMap((pair, i) =>
        short[i] === undefined
          ? []
          : [{ unit: i, first: pair.first / pair.second, second: short[i].first / short[i].second }]
      );
      return decide(GROWS, pairs, { names: ["The longest", "the shortest"], units: "rounds" });
    },
  }),
];
