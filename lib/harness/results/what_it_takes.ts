import { duration } from "../run/mod.ts";
import type { EvaluatedClaim } from "./evaluate.ts";

/**
 * What would decide a claim that is open: pairs, and processor time at the rate of those so far. It is a
 * guess, as it takes the present means and spreads for the true ones. Of a claim that only its part of an
 * error rate leaves open it is what decides at that part. `undefined` if the claim is not open, or nothing
 * can be said yet.
 */
export function whatItTakes(
  { verdict: { status, evidence = [], sharedBy = 1 }, seconds }: Pick<EvaluatedClaim, "verdict" | "seconds">,
): string | undefined {
  const open = evidence.flatMap((own) => {
    if (!own.decided) return own;
    const needed = own.neededOf?.[sharedBy];
    return needed === undefined ? [] : { ...own, needed };
  });
  if (status !== "inconclusive" || open.length === 0 || open.some(({ points }) => points.length === 0)) {
    return;
  }
  const needed = open.map((own) => ({ ...own, more: (own.needed ?? Infinity) - own.points.at(-1)!.pairs }));
  const { needed: pairs, more, units, points } = needed.reduce((a, b) => b.more > a.more ? b : a);
  if (pairs === null) {
    return "Its mean lies where the test changes sides: with the present spread no number of pairs would tell.";
  }
  const hours = more * seconds / points.at(-1)!.pairs;
  return `If mean and spread stay as they are, about ${pairs} ${units} decide, ${
    hours > 0 ? `${duration(hours)} more of a core` : "of which all results are there"
  }.`;
}
