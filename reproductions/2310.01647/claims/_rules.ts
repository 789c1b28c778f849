import {
  equalWithin,
  higher,
  lower,
  type Rule,
  type Sample,
  type Verdict,
} from "../../../lib/harness/mod.ts";
import { type MatchedPair, mean } from "../../../lib/stats/mod.ts";

// Bars, stated before the first judged run: who is below has not learned, and a claim about it is left open.

/** Least accuracy on upright digits, photographs and clouds, in percent. */
export const BARS = { digits: 85, photographs: 85, clouds: 50, scenes: 15 } as const;
/** Largest mean of (R − I)² on upright clouds of frames that have learned the prior; at random it is 2/3. */
export const FRAME_BAR = 0.4;
/** Least share of photographs that the larger of two networks finds upright, in percent; 25 at random. */
export const FOUND_BAR = 50;

export const UPRIGHT_RULE = "the network is right on at least";

/** Margins of the rules, in points. */
export const MARGINS = { far: 25, clear: 1.5, near: 2 } as const;

export const RULES = {
  collapses: higher({ margin: MARGINS.far }),
  gains: higher({ margin: MARGINS.far }),
  costs: lower(),
  invariant: equalWithin({ margin: MARGINS.clear }),
  worse: lower({ margin: MARGINS.clear }),
  better: higher({ margin: MARGINS.clear }),
  near: higher({ margin: -MARGINS.near }),
  above: higher(),
} as const;

/** What is said of the smallest effect of rules that name none. */
export const ANY = "Any difference counts.";

type Outcome = { readonly right: string; readonly rightUpright: string };

/** Accuracy of each photograph in percent, over quarter turns or upright, averaged over seeds. */
export function perPhotograph(outcomes: readonly Outcome[], what: "c4" | "upright"): number[] {
  const digits = outcomes.map(({ right, rightUpright }) => what === "c4" ? right : rightUpright);
  const scale = what === "c4" ? 25 : 100;
  return Array.from(
    { length: digits[0].length },
    (_, i) => scale * mean(digits.map((outcome) => Number(outcome[i]))),
  );
}

/** Decides photograph by photograph; the interval is over the photographs that might have been tested. */
export function overPhotographs(
  rule: Rule,
  { names, first, second }: {
    readonly names: readonly [string, string];
    readonly first: readonly number[];
    readonly second: readonly number[];
  },
): Verdict {
  const pairs = first.map((value, i): MatchedPair => ({ unit: i, first: value, second: second[i] }));
  return rule.decide(pairs, { names, units: "photographs" });
}

/** A sample whose label says what was measured, too. */
export const called = (what: string, sample: Sample): Sample => ({
  label: (plan) => `${sample.label(plan)} ${what}`,
  jobs: (plan) => sample.jobs(plan),
  values: (results) => sample.values(results),
});
