import {
  allOf,
  type Claim,
  compareSamples,
  type NameOf,
  notAttempted,
  type Results,
  type Safeguards,
  type Verdict,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { DigitResult } from "../experiments/digits.ts";
import { DIGITS } from "../studies.ts";
import { BARS, called, MARGINS, RULES, UPRIGHT_RULE } from "./_rules.ts";

const digitSample = (name: NameOf<typeof DIGITS>, value: (result: DigitResult) => number) =>
  DIGITS.sample(name, value);
const upright = (name: NameOf<typeof DIGITS>) =>
  called("upright", digitSample(name, (result) => result.upright));
const average = (name: NameOf<typeof DIGITS>) =>
  called("over C8", digitSample(name, (result) => result.average));

/** A claim on digits whose parts are comparisons; open where what it is held against has not learned. */
function digitClaim(
  id: string,
  { names, safeguards, test, parts, ...rest }:
    & Pick<Claim, "location" | "statement" | "test">
    & {
      readonly safeguards: Omit<Safeguards, "bar">;
      readonly names: readonly NameOf<typeof DIGITS>[];
      readonly parts: (results: Results) => Readonly<Record<string, Verdict>>;
    },
): Claim {
  const bar = `Not attempted unless ${UPRIGHT_RULE} ${BARS.digits} % of upright digits, on average${
    names.includes("augmented") ? ", with augmentation, too" : ""
  }.`;
  const asked = names.includes("lc") || names.includes("cp")
    ? " Of LC and CP nothing is asked: how good they are upright is what the table is about."
    : "";
  return {
    id,
    ...rest,
    safeguards: { bar: bar + asked, ...safeguards },
    test: `${test} ${bar}`,
    data: "published",
    jobs: (plan) => DIGITS.jobs(plan, [...new Set([...names, "vanilla" as const])]),
    evaluate(results) {
      // LC and CP are what is asked about; these two are what they are held against.
      for (const name of ["vanilla", ...names.includes("augmented") ? ["augmented" as const] : []] as const) {
        const { label, runs } = DIGITS.group(results, name);
        const accuracy = mean(runs.map(({ result }) => result.upright));
        if (accuracy < BARS.digits) {
          return notAttempted(`did not learn: ${label} has ${accuracy.toFixed(1)} % upright`);
        }
      }
      return allOf(parts(results));
    },
  };
}

/** log-free spread of a histogram, in nats. */
function entropy(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return -counts.reduce((sum, count) => sum + (count === 0 ? 0 : count / total * Math.log(count / total)), 0);
}

/** What three of them compare. */
const REGIMES = "ways of training against one another, digits";
/** Digits that CP must find upright, in percent. */
const FOUND = 90;

/** On digits. */
export const digitClaims: readonly Claim[] = [
  digitClaim("vanilla-collapses", {
    location: "Table 1",
    statement: "A network that was trained on upright digits fails on turned ones: 25 points lost, or more.",
    safeguards: {
      controls: "None: the same network on the same digits, upright and turned.",
      smallest: `${MARGINS.far} points`,
    },
    test: `Accuracy in percent, upright against the mean over C8. ${RULES.collapses.text}`,
    names: ["vanilla"],
    parts: (results) => ({
      digits: compareSamples(results, {
        first: upright("vanilla"),
        second: average("vanilla"),
        rule: RULES.collapses,
      }),
    }),
  }),
  digitClaim("augmentation-trades", {
    location: "Table 1",
    statement: "Augmentation makes the network robust, and costs accuracy on upright digits.",
    safeguards: {
      controls: "None: both take the same steps; augmentation may need more than the others.",
      smallest: `${MARGINS.far} points over C8, any upright`,
      kind: REGIMES,
    },
    test: `Accuracy in percent with augmentation against without. Over C8: ${RULES.gains.text} ` +
      `Upright: ${RULES.costs.text}`,
    names: ["augmented", "vanilla"],
    parts: (results) => ({
      turned: compareSamples(results, {
        first: average("augmented"),
        second: average("vanilla"),
        rule: RULES.gains,
      }),
      upright: compareSamples(results, {
        first: upright("augmented"),
        second: upright("vanilla"),
        rule: RULES.costs,
      }),
    }),
  }),
  digitClaim("lc-invariant-but-worse", {
    location: "Table 1",
    statement:
      "Learned canonicalization without a prior makes the network invariant, and worse on upright digits.",
    safeguards: {
      controls: ["prior-keeps-accuracy"],
      smallest: `${MARGINS.clear} points`,
      kind: REGIMES,
    },
    test: `Accuracy in percent. Upright against over C8: ${RULES.invariant.text} Upright, LC against the ` +
      `vanilla network: ${RULES.worse.text}`,
    names: ["lc", "vanilla"],
    parts: (results) => ({
      invariant: compareSamples(results, {
        first: upright("lc"),
        second: average("lc"),
        rule: RULES.invariant,
      }),
      worse: compareSamples(results, { first: upright("lc"), second: upright("vanilla"), rule: RULES.worse }),
    }),
  }),
  digitClaim("prior-keeps-accuracy", {
    location: "Table 1",
    statement:
      "With the prior (CP) the network stays as good upright, is better there than LC, and better turned than LC and " +
      "augmentation.",
    safeguards: {
      controls: ["prior-finds-identity"],
      smallest:
        `${MARGINS.clear} points upright against LC; any, beyond ${MARGINS.near} that it may be worse by, ` +
        "against the vanilla network; any turned",
      kind: REGIMES,
    },
    test: `Accuracy in percent. CP upright against LC: ${RULES.better.text} Against the vanilla network: ` +
      `${RULES.near.text} CP over C8 against LC, and against augmentation: ${RULES.above.text}`,
    names: ["cp", "lc", "augmented", "vanilla"],
    parts: (results) => ({
      "above LC": compareSamples(results, {
        first: upright("cp"),
        second: upright("lc"),
        rule: RULES.better,
      }),
      "near vanilla": compareSamples(results, {
        first: upright("cp"),
        second: upright("vanilla"),
        rule: RULES.near,
      }),
      "turned, above LC": compareSamples(results, {
        first: average("cp"),
        second: average("lc"),
        rule: RULES.above,
      }),
      "turned, above augmentation": compareSamples(results, {
        first: average("cp"),
        second: average("augmented"),
        rule: RULES.above,
      }),
    }),
  }),
  digitClaim("prior-finds-identity", {
    location: "Figure 2",
    statement: "With the prior upright digits are found upright; without it poses are spread.",
    safeguards: {
      controls: "None: LC, the same without the prior, is part of the claim.",
      smallest: `${FOUND} % found upright; any entropy`,
    },
    test:
      `CP finds at least ${FOUND} % of upright digits upright, for every seed. Entropy of the poses in which upright ` +
      `digits are found, in nats, LC against CP: ${RULES.above.text}`,
    names: ["cp", "lc"],
    parts(results) {
      const rates = DIGITS.group(results, "cp").runs.map(({ result }) => result.identity ?? 0);
      const least = Math.min(...rates);
      const spread = (name: "lc" | "cp") => digitSample(name, ({ poses }) => entropy(poses ?? [1]));
      return {
        identity: verdict({
          supported: least >= FOUND,
          numbers: { least },
          because: `at least ${least.toFixed(1)} % are found upright.`,
        }),
        spread: compareSamples(results, { first: spread("lc"), second: spread("cp"), rule: RULES.above }),
      };
    },
  }),
];
