import {
  type Claim,
  notAttempted,
  type Results,
  type Safeguards,
  type Verdict,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { PhotographResult, Row } from "../experiments/photographs.ts";
import { PHOTOGRAPHS } from "../studies.ts";
import { ANY, BARS, MARGINS, overPhotographs, perPhotograph, RULES, UPRIGHT_RULE } from "./_rules.ts";

const photographRuns = (results: Results): readonly PhotographResult[] =>
  PHOTOGRAPHS.group(results, "resnet56").runs.map(({ result }) => result);

/** The rows of all seeds. */
const rows = (results: Results, pick: (result: PhotographResult) => Row) => photographRuns(results).map(pick);

const BAR = `Not attempted unless ${UPRIGHT_RULE} ${BARS.photographs} % of upright photographs.`;

/** A claim on photographs; open where the published network is not what it should be. */
function photographClaim(
  id: string,
  { safeguards, evaluate, ...rest }:
    & Pick<Claim, "location" | "statement" | "test">
    & {
      readonly safeguards: Omit<Safeguards, "bar"> | string;
      readonly evaluate: (results: Results) => Verdict;
    },
): Claim {
  return {
    id,
    ...rest,
    safeguards: typeof safeguards === "string" ? safeguards : { bar: BAR, ...safeguards },
    test: `${rest.test} ${BAR}`,
    data: "published",
    fixedPlan: { profile: "laptop", seeds: 2 },
    jobs: (plan) => PHOTOGRAPHS.jobs(plan),
    evaluate(results) {
      const [{ plain }] = photographRuns(results);
      if (plain.upright < BARS.photographs) {
        return notAttempted(`did not learn: the network has ${plain.upright.toFixed(1)} % upright`);
      }
      return evaluate(results);
    },
  };
}

/** What the adaptation of a published network is to gain and may cost, in points. */
const RISE = 30, FALL = 3;
const IS_CONTROL = "It is a control.";
/** Two claims that share their error rate: of what needs no training. */
const UNTRAINED = "the canonicalizer against what needs no training, photographs";

/** On photographs, zero-shot. */
export const photographClaims: readonly Claim[] = [
  photographClaim("published-network-collapses", {
    location: "Table 1 (CIFAR-10)",
    statement: "A published ResNet-56 fails on turned photographs: 25 points lost, or more.",
    safeguards: {
      controls: "None: the same network on the same photographs, upright and turned.",
      smallest: `${MARGINS.far} points`,
    },
    test:
      `Accuracy of each unseen photograph in percent, upright against the mean over C4 (C8 is in the table). ` +
      RULES.collapses.text,
    evaluate: (results) =>
      overPhotographs(RULES.collapses, {
        names: ["upright", "over C4"],
        first: perPhotograph(rows(results, ({ plain }) => plain), "upright"),
        second: perPhotograph(rows(results, ({ plain }) => plain), "c4"),
      }),
  }),
  photographClaim("zero-shot-adaptation", {
    location: "Table 2 (classification instead of segmentation)",
    statement:
      `A canonicalizer in front of the frozen ResNet-56 raises its accuracy over C4 by ${RISE} points or more, and costs ` +
      `at most ${FALL} points upright.`,
    safeguards: {
      controls: ["prior-beyond-confidence", "beyond-averaging"],
      smallest: `a rise of ${RISE} points over C4, for a fall of ${FALL} upright`,
    },
    test:
      `On these unseen photographs, for every seed: accuracy over C4 rises by at least ${RISE} points and upright ` +
      `accuracy falls by at most ${FALL}; contradicted if for every seed one of the two fails. The network's weights ` +
      "have the same digest after training.",
    evaluate(results) {
      const runs = photographRuns(results).map(({ plain, behind: { both }, digests }) => ({
        rise: both.c4 - plain.c4,
        fall: plain.upright - both.upright,
        frozen: digests[0] === digests[1],
      }));
      const holds = ({ rise, fall, frozen }: typeof runs[number]) => rise >= RISE && fall <= FALL && frozen;
      const [rise, fall] = [mean(runs.map(({ rise }) => rise)), mean(runs.map(({ fall }) => fall))];
      const population = overPhotographs(RULES.above, {
        names: ["adapted", "as published"],
        first: perPhotograph(rows(results, ({ behind }) => behind.both), "upright"),
        second: perPhotograph(rows(results, ({ plain }) => plain), "upright"),
      });
      return verdict({
        supported: runs.every(holds),
        contradicted: !runs.some(holds),
        numbers: { rise, fall, seeds: runs.length, ...population.numbers },
        because:
          `over C4 it rises by ${rise.toFixed(1)} points, upright it falls by ${
            fall.toFixed(1)
          }, on average ` +
          `over ${runs.length} seeds. For other photographs of the kind: ${population.because}`,
      });
    },
  }),
  photographClaim("larger-canonicalizer-costs-less", {
    location: "Table 2",
    statement: "A larger canonicalizer costs less upright accuracy than a small one.",
    safeguards: {
      controls: ["larger-group-network-costs-less"],
      smallest: ANY,
    },
    test:
      `Accuracy of each photograph upright, in percent: behind the copy of ResNet-20's last stage against behind the small ` +
      `CNN, both trained by the prior. ${RULES.above.text}`,
    evaluate: (results) =>
      overPhotographs(RULES.above, {
        names: ["last stage", "small CNN"],
        first: perPhotograph(rows(results, ({ behind }) => behind.votes), "upright"),
        second: perPhotograph(rows(results, ({ behind }) => behind.small), "upright"),
      }),
  }),
  photographClaim("prior-beyond-confidence", {
    location: "addition (control)",
    statement:
      "The trained prior adds to what the networks' confidence in each pose tells without any training.",
    safeguards: {
      controls: IS_CONTROL,
      smallest: ANY,
      kind: UNTRAINED,
    },
    test:
      `Accuracy of each photograph over C4, in percent: with the trained votes against by confidence alone. ` +
      RULES.above.text,
    evaluate: (results) =>
      overPhotographs(RULES.above, {
        names: ["votes and confidence", "confidence alone"],
        first: perPhotograph(rows(results, ({ behind }) => behind.both), "c4"),
        second: perPhotograph(rows(results, ({ behind }) => behind.confidence), "c4"),
      }),
  }),
  photographClaim("beyond-averaging", {
    location: "addition (control)",
    statement:
      "Bringing a photograph to one pose is better than averaging the network's logits over all four.",
    safeguards: {
      controls: IS_CONTROL,
      smallest: ANY,
      kind: UNTRAINED,
    },
    test: `Accuracy of each photograph over C4, in percent. ${RULES.above.text}`,
    evaluate: (results) =>
      overPhotographs(RULES.above, {
        names: ["adapted", "average over poses"],
        first: perPhotograph(rows(results, ({ behind }) => behind.both), "c4"),
        second: perPhotograph(rows(results, ({ average }) => average), "c4"),
      }),
  }),
  photographClaim("exact-equivariance", {
    location: "Table 2",
    statement: "Over C4 invariance is exact: quarter turns change no label behind the canonicalizer.",
    safeguards: "An identity: holds for any weights.",
    test:
      "Photographs whose label changes under a quarter turn when everything is computed anew, every seed: exactly 0; as " +
      "published more than 1 % of labels are right upright only.",
    evaluate(results) {
      const runs = photographRuns(results);
      const changes = Math.max(...runs.map(({ quarterChanges }) => quarterChanges));
      const gap = Math.min(...runs.map(({ plain }) => plain.upright - plain.c4));
      return verdict({
        supported: changes === 0 && gap > 1,
        contradicted: changes > 0,
        numbers: { changes, gap },
        because: `${changes} % of labels change; as published upright and turned are ${
          gap.toFixed(1)
        } points apart`,
      });
    },
  }),
];
