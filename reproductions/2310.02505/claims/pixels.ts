import { allOf, type Claim, decide, higher, notAttempted } from "../../../lib/harness/mod.ts";
import { pairByUnit } from "../../../lib/stats/mod.ts";
import { IMAGE_CELLS, PIXELS } from "../studies.ts";
import { SEEDS } from "./_shared.ts";

const RULE = higher({ scale: "ratio", matters: 1.03, looks: [SEEDS] });
const METHODS = ["Merlin", "no horizon"] as const;
const NAMES = IMAGE_CELLS.flatMap((cell) => METHODS.map((method) => `${cell} ${method}` as const));

/** On images. */
export const pixelClaims: readonly Claim[] = [{
  id: "horizon-helps-on-images",
  location: "Table of discounted returns, image observations",
  statement: "Where the state is seen in images a policy that is told the horizon returns more, too.",
  test: `Discounted return, 100 episodes, with (first) and without the horizon, on ${
    IMAGE_CELLS.join(" and ")
  }; must hold on each. ${RULE.text}`,
  safeguards: {
    bar: "None in the test: the table of images has what the data return.",
    controls: "It is one: imitation without the horizon.",
    smallest: "a factor of 1.03",
  },
  jobs: (plan) => PIXELS.jobs(plan, NAMES),
  evaluate(results) {
    const parts = IMAGE_CELLS.flatMap((cell) => {
      const [first, second] = METHODS.map((method) =>
        new Map(
          PIXELS.finished(results, [`${cell} ${method}`]).flatMap(({ runs }) =>
            runs.map(({ seed, result }) => [seed, result.return] as const)
          ),
        )
      );
      const pairs = pairByUnit(first, second);
      return pairs.length === 0 ? [] : [[cell, decide(RULE, pairs, { names: METHODS })] as const];
    });
    return parts.length === 0 ? notAttempted("There are no results.") : allOf(Object.fromEntries(parts));
  },
}];
