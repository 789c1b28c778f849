/** Claims on rotated digits. */
import { type Claim, equalWithin, lower, type NameOf, verdict } from "../../../lib/harness/mod.ts";
import { DIGITS } from "../studies.ts";
import { type About, learnedClaim, LOOKS, SLOW_LOOKS } from "./_rules.ts";

/** Largest test error of a network of digits that has learned; guessing has 90 %. */
const DIGIT_BAR = 50;

/** A comparison of test errors. */
const digitClaim = (
  id: string,
  rest: About & {
    readonly names: readonly [NameOf<typeof DIGITS>, NameOf<typeof DIGITS>];
  },
): Claim =>
  learnedClaim(id, {
    ...rest,
    study: DIGITS,
    value: (result) => result.error,
    measured: "Test error in percent",
    bar: { better: "lower", text: `both networks' mean error is below ${DIGIT_BAR} %`, at: DIGIT_BAR },
    data: "published",
  });

/** Half of what Table 1 reports between the plain network and CN(p4): 4.90 − 2.41 points. */
const HALF_OF_REPORTED = 1.245;
/** The smallest difference that Table 1 tells apart, of CN(p64) and CN(p4): 2.41 − 1.99 points. */
const SMALLEST_REPORTED = 0.42;
const FEWER_ERRORS = lower({ looks: LOOKS, matters: SMALLEST_REPORTED });
/** As good as the equivariant network: within so many points. */
const AS_GOOD = 2;

/** What all but one of them ask. */
const RIVALS = "learned canonicalizer against its rivals, digits";
const SMALLEST = `${SMALLEST_REPORTED} points, the smallest difference that Table 1 tells apart`;

/** All of them. */
export const digitClaims: readonly Claim[] = [
  digitClaim("learned-beats-plain", {
    location: "Table 1",
    statement: "A learned canonicalizer over C4 makes a CNN more accurate on rotated digits.",
    safeguards: {
      controls: ["learned-beats-frozen", "learned-beats-pca"],
      smallest: `${HALF_OF_REPORTED} points, half of what Table 1 reports, give or take ${SMALLEST_REPORTED}`,
      kind: RIVALS,
    },
    names: ["c4", "cnn"],
    rule: lower({ margin: HALF_OF_REPORTED, looks: LOOKS, matters: SMALLEST_REPORTED }),
  }),
  digitClaim("learned-beats-frozen", {
    location: "Table 1",
    statement: "A learned canonicalizer is better than one that stays as it was drawn.",
    safeguards: {
      controls: "None: the two differ in nothing but whether the canonicalizer is trained.",
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["c4", "frozen"],
    rule: FEWER_ERRORS,
  }),
  digitClaim("learned-beats-pca", {
    location: "Table 1",
    statement: "A learned canonicalizer over C4 is better than principal components.",
    safeguards: {
      controls: ["learned-beats-frozen"],
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["c4", "pca"],
    rule: FEWER_ERRORS,
  }),
  digitClaim("finer-is-better", {
    location: "Table 1",
    statement: "A finer group helps: C64 is better than C4.",
    safeguards: {
      controls: "None: canonicalizers of all orders have the same template, and so as many parameters.",
      smallest: SMALLEST,
    },
    names: ["c64", "c4"],
    rule: FEWER_ERRORS,
  }),
  digitClaim("as-good-as-group-cnn", {
    location: "Table 1",
    statement: "The canonicalized CNN over C4 is as good as the equivariant network over C4.",
    safeguards: {
      controls: ["learned-beats-plain"],
      smallest: `${AS_GOOD} points on either side`,
      kind: RIVALS,
    },
    names: ["c4", "group"],
    rule: equalWithin({ margin: AS_GOOD, looks: SLOW_LOOKS }),
  }),
  digitClaim("beyond-augmentation", {
    location: "addition (control)",
    statement: "The finest learned canonicalizer is better than turning the digits in training.",
    safeguards: {
      controls: "It is a control, of what turned digits alone teach a plain network.",
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["c64", "augmented"],
    rule: FEWER_ERRORS,
  }),
  {
    id: "exact-invariance",
    location: "Section 3",
    statement:
      "A canonicalized network is invariant: turning a digit by quarter turns never changes its label.",
    safeguards: "An identity: holds for any weights.",
    test:
      "Share of test digits whose label changes under a further turn by 90°, 180° or 270°, every seed: exactly 0 for CN(C4), " +
      "learned and frozen; above 1 % for the plain CNN.",
    data: "published",
    jobs: (plan) => DIGITS.jobs(plan, ["c4", "frozen", "cnn"]),
    evaluate(results) {
      const changes = (name: "c4" | "frozen" | "cnn") =>
        DIGITS.group(results, name).runs.map(({ result }) => result.quarterChanges);
      const canonical = Math.max(...changes("c4"), ...changes("frozen"));
      const plain = Math.min(...changes("cnn"));
      return verdict({
        supported: canonical === 0 && plain > 1,
        contradicted: canonical > 0,
        numbers: { canonicalized: canonical, plain },
        because: `${canonical} % of labels change behind the canonicalizer, at least ${
          plain.toFixed(1)
        } % without it`,
      });
    },
  },
];
