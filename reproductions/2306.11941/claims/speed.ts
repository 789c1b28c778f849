import { type Claim, decide, higher, type Results, type Rule } from "../../../lib/harness/mod.ts";
import type { Timing } from "../experiments/speed.ts";
import { MODELS, SPEED, type TimedName } from "../studies.ts";
import { FAMILY_LEVEL } from "./_shared.ts";

const FASTER = higher({ scale: "ratio", margin: 1.5, level: FAMILY_LEVEL });
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
  readonly measured: string;
  readonly second: "gru" | "mlp" | "transformer";
  readonly part: Part;
}

/** A claim about rates at the longest horizon, with the rounds as units. */
function faster(id: string, { statement, measured, second, part }: Timed): Claim {
  return speedClaim(id, {
    statement,
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
  { statement, measured, rule, evaluate }: Pick<Claim, "statement" | "evaluate"> & {
    readonly measured: string;
    readonly rule: Rule;
  },
): Claim {
  return {
    id,
    location: "Figure 4",
    statement,
    test: `${measured}, one thread, models in turn in every round. ${rule.text}`,
    jobs: (plan) => SPEED.jobs(plan),
    evaluate,
  };
}

const WHOLE = "Gradients of the whole training loss a second at the longest horizon";

/** Training speed (Figure 4). */
export const speedClaims: readonly Claim[] = [
  ...(["gru", "mlp", "transformer"] as const).map((second) =>
    faster(`faster-than-${second}`, {
      statement: `Over 100 steps the Koopman model trains at least 1.5 times as fast as the ${
        second === "mlp" ? "MLP" : MODELS[second].label
      }.`,
      measured: WHOLE,
      second,
      part: "whole",
    })
  ),
  faster("rollout-faster-than-gru", {
    statement: "Its roll-out alone, forward and backward, is at least 1.5 times as fast as the GRU's.",
    measured: "Gradients of the roll-out alone a second at the longest horizon",
    second: "gru",
    part: "rollout",
  }),
  speedClaim("advantage-grows", {
    statement: "The advantage over the GRU grows with the horizon.",
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
