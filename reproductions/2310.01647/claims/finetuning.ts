import { allOf, type Claim, notAttempted, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { Regime } from "../experiments/finetuning.ts";
import { FINETUNING } from "../studies.ts";
import { ANY, BARS, overPhotographs, perPhotograph, RULES, UPRIGHT_RULE } from "./_rules.ts";

const regimes = (results: Results, regime: Regime) =>
  FINETUNING.group(results, "resnet20").runs.map(({ result }) => result.regimes[regime]);

const BAR =
  `Not attempted unless ${UPRIGHT_RULE} ${BARS.photographs} % of upright photographs, as published and fine-tuned ` +
  "without a canonicalizer.";

/** On photographs, fine-tuned. */
export const finetuningClaim: Claim = {
  id: "prior-helps-fine-tuning",
  location: "Table 1 (CIFAR-10)",
  statement: "Fine-tuning ResNet-20 behind a canonicalizer, the prior gives better accuracy than none (LC).",
  safeguards: {
    bar: `${BAR} Of LC and CP nothing is asked.`,
    controls: "None: the two differ in the prior only.",
    smallest: ANY,
  },
  test:
    "Accuracy of each unseen photograph in percent, CP against LC, upright and over C4 (both must hold). " +
    `${RULES.above.text} ${BAR}`,
  data: "published",
  jobs: (plan) => FINETUNING.jobs(plan),
  evaluate(results) {
    const runs = FINETUNING.group(results, "resnet20").runs.map(({ result }) => result);
    const before = mean(runs.map(({ published }) => published.upright));
    const after = mean(regimes(results, "vanilla").map(({ upright }) => upright));
    if (Math.min(before, after) < BARS.photographs) {
      return notAttempted(
        `did not learn: the network has ${before.toFixed(1)} % upright, ${
          after.toFixed(1)
        } % after fine-tuning`,
      );
    }
    const compare = (what: "upright" | "c4") =>
      overPhotographs(RULES.above, {
        names: ["CP", "LC"],
        first: perPhotograph(regimes(results, "cp"), what),
        second: perPhotograph(regimes(results, "lc"), what),
      });
    return allOf({ upright: compare("upright"), "over C4": compare("c4") });
  },
};
