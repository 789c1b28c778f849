import { allOf, type Claim, compareSamples, higher, notAttempted } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { SCENES } from "../studies.ts";
import { BARS, called, MARGINS, RULES } from "./_rules.ts";

const precision = (front: "frozen" | "small" | "large", what: "upright" | "c4") =>
  called(
    `${what === "c4" ? "over C4" : "upright"}${front === "frozen" ? "" : ` behind a ${front} canonicalizer`}`,
    SCENES.sample("labeller", (result) => result[front][what]),
  );

/** Points by which AP over C4 must rise. */
const RISE = 2;
const RISES = higher({ margin: RISE });
const BAR = `Not attempted unless the frozen network has an AP of ${BARS.scenes} % upright, on average.`;

/** On scenes, a stand-in. */
export const sceneClaim: Claim = {
  id: "segmentation-zero-shot",
  location: "Table 2 (scenes of digits, a stand-in for COCO)",
  statement:
    "In front of a frozen segmenting network a canonicalizer raises AP over C4 by 2 points or more and costs at most 2 upright; " +
    "a small one costs more.",
  safeguards: {
    bar: BAR,
    controls: "None: the small canonicalizer is part of the claim, and an untrained one was not run.",
    smallest: `${RISE} points over C4; any, beyond ${MARGINS.near} that it may cost, upright`,
  },
  test: `Mask AP@[.5:.95] in percent. Large canonicalizer over C4 against none: ${RISES.text} Upright: ` +
    `${RULES.near.text} Large against small, upright: ${RULES.above.text} ${BAR}`,
  data: "published",
  jobs: (plan) => SCENES.jobs(plan),
  evaluate(results) {
    const own = mean(SCENES.group(results, "labeller").runs.map(({ result }) => result.frozen.upright));
    if (own < BARS.scenes) return notAttempted(`did not learn: the network has an AP of ${own.toFixed(1)} %`);
    return allOf({
      "over C4": compareSamples(results, {
        first: precision("large", "c4"),
        second: precision("frozen", "c4"),
        rule: RISES,
      }),
      upright: compareSamples(results, {
        first: precision("large", "upright"),
        second: precision("frozen", "upright"),
        rule: RULES.near,
      }),
      "large against small": compareSamples(results, {
        first: precision("large", "upright"),
        second: precision("small", "upright"),
        rule: RULES.above,
      }),
    });
  },
};
