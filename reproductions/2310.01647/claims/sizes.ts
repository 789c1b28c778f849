import { type Claim, notAttempted, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { Size } from "../experiments/energies.ts";
import { ENERGIES } from "../studies.ts";
import { ANY, BARS, FOUND_BAR, overPhotographs, perPhotograph, RULES, UPRIGHT_RULE } from "./_rules.ts";

const rows = (results: Results, size: "plain" | Size) =>
  ENERGIES.group(results, "resnet56").runs.map(({ result }) => result[size]);

const BAR =
  `Not attempted unless ${UPRIGHT_RULE} ${BARS.photographs} % of upright photographs, and the large ` +
  `canonicalizer finds at least ${FOUND_BAR} % of them upright.`;

/** On the canonicalizer's size, with the paper's own kinds of networks. */
export const sizeClaim: Claim = {
  id: "larger-group-network-costs-less",
  location: "Table 2",
  statement: "Of two G-CNNs that are trained from scratch the larger one costs less upright accuracy.",
  safeguards: {
    bar: BAR,
    controls: "None: the two differ in the network only, the larger one is residual, too, as in the paper.",
    smallest: ANY,
  },
  test:
    "Accuracy of each unseen photograph upright, in percent: ResNet-56 behind the wide residual G-CNN against behind the " +
    `small G-CNN. ${RULES.above.text} ${BAR}`,
  data: "published",
  fixedPlan: { profile: "laptop", seeds: 3 },
  jobs: (plan) => ENERGIES.jobs(plan),
  evaluate(results) {
    const own = mean(rows(results, "plain").map(({ upright }) => upright));
    const found = mean(rows(results, "large").map(({ identity }) => identity!));
    if (own < BARS.photographs || found < FOUND_BAR) {
      return notAttempted(
        `did not learn: the network has ${own.toFixed(1)} % upright, the large canonicalizer finds ${
          found.toFixed(1)
        } % upright`,
      );
    }
    return overPhotographs(RULES.above, {
      names: ["G-WRN", "small G-CNN"],
      first: perPhotograph(rows(results, "large"), "upright"),
      second: perPhotograph(rows(results, "small"), "upright"),
    });
  },
};
