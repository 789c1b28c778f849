import { type Claim, decide, higher } from "../../../lib/harness/mod.ts";
import type { SpeedPolicy } from "../experiments/speed.ts";
import { SPEED } from "../studies.ts";

/** A claim that Merlin acts so many times as fast as another policy. */
function faster(
  id: string,
  { second, margin }: { readonly second: SpeedPolicy; readonly margin: number },
): Claim {
  const rule = higher({ scale: "ratio", margin });
  return {
    id,
    location: "Figure of time",
    statement: `Merlin chooses an action at least ${margin} times as fast as ${second}, at equal width.`,
    test: `Actions a second in lock-step batches, one thread, policies in turn in every round. ${rule.text}`,
    safeguards: "A time on this machine.",
    jobs: (plan) => SPEED.jobs(plan),
    evaluate(results) {
      const { policies } = SPEED.result(results, "all");
      const pairs = policies.Merlin.rates.map((first, unit) => ({
        unit,
        first,
        second: policies[second].rates[unit],
      }));
      const found = decide(rule, pairs, { names: ["Merlin", second], units: "rounds" });
      const [own, other] = [policies.Merlin, policies[second]].map(({ networkCalls }) => networkCalls);
      return {
        ...found,
        numbers: { ...found.numbers, networkCalls: own, otherNetworkCalls: other },
        because: `${found.because} An action takes ${own} and ${other} evaluations of a network.`,
      };
    },
  };
}

/** Time for an action: C7. */
export const speedClaims: readonly Claim[] = [
  faster("faster-than-g-dql", { second: "g-DQL", margin: 5 }),
  faster("faster-than-decision-diffuser", { second: "Decision Diffuser", margin: 20 }),
];
