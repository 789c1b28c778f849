import {
  allOf,
  type Claim,
  compareSamples,
  higher,
  type NameOf,
  notAttempted,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { CloudResult } from "../experiments/clouds.ts";
import { CLOUDS } from "../studies.ts";
import { BARS, FRAME_BAR, MARGINS, RULES, UPRIGHT_RULE } from "./_rules.ts";

const cloud = (name: NameOf<typeof CLOUDS>, value: (result: CloudResult) => number) =>
  CLOUDS.sample(name, value);
/** Points by which CP must be above the plain network. */
const FALL = 30;
const PLAIN_FALL = higher({ margin: FALL });
const BAR =
  `Not attempted unless ${UPRIGHT_RULE} ${BARS.clouds} % of upright clouds, and CP's frames miss the identity by at ` +
  `most ${FRAME_BAR} (mean of (R − I)², 2/3 at random), on average.`;

/** On point clouds. */
export const cloudClaim: Claim = {
  id: "clouds-under-rotations",
  location: "point-cloud table (ModelNet10 instead of ModelNet40)",
  statement: "On clouds turned in space CP is no worse than LC, and 30 points above the plain PointNet.",
  safeguards: {
    bar: BAR,
    controls: "None: LC, the same without the prior, is part of the claim.",
    smallest:
      `${FALL} points against PointNet; any, beyond ${MARGINS.near} that it may be worse by, against LC`,
  },
  test:
    `Accuracy in percent on turned ModelNet10 clouds. CP against LC: ${RULES.near.text} Against PointNet: ` +
    `${PLAIN_FALL.text} ${BAR}`,
  data: "published",
  fixedPlan: { profile: "laptop", seeds: 3 },
  jobs: (plan) => CLOUDS.jobs(plan, ["vanilla", "lc", "cp"]),
  evaluate(results) {
    const accuracy = mean(CLOUDS.group(results, "vanilla").runs.map(({ result }) => result.upright));
    if (accuracy < BARS.clouds) {
      return notAttempted(`did not learn: PointNet has ${accuracy.toFixed(1)} % upright`);
    }
    const miss = mean(CLOUDS.group(results, "cp").runs.map(({ result }) => result.prior ?? 0));
    if (miss > FRAME_BAR) {
      return notAttempted(
        `did not learn: CP's frames miss the identity by ${miss.toFixed(2)}, at random 0.67`,
      );
    }
    const turned = (name: "vanilla" | "lc" | "cp") => cloud(name, (result) => result.turned);
    return allOf({
      "against LC": compareSamples(results, { first: turned("cp"), second: turned("lc"), rule: RULES.near }),
      "against PointNet": compareSamples(results, {
        first: turned("cp"),
        second: turned("vanilla"),
        rule: PLAIN_FALL,
      }),
    });
  },
};
