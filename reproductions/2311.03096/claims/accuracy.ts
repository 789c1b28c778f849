import {
  allOf,
  type Claim,
  compareSamples,
  comparison,
  higher,
  type NameOf,
  type Rule,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { TORUS } from "../studies.ts";
import {
  ACCURACY,
  accuracyOf,
  FEW_LOOKS,
  guarded,
  MORE_ACCURATE,
  MORE_ACCURATE_DEEP,
  POINTS,
} from "./_torus.ts";

type Network = NameOf<typeof TORUS>;

const PICKED =
  "Each has the strength, of five, that is best on validation images and on seeds that are not judged.";

const WAYS = "weight decay, l1 and β-lasso, each scaled with the learning rate";

/** The penalty against ways to shrink weights. */
function beyondShrinkage(
  { id, statement, rule, ways }: Pick<Claim, "id" | "statement"> & {
    readonly rule: Rule;
    readonly ways: string;
  },
  [shared, ...shrunk]: readonly [Network, ...Network[]],
): Claim {
  return {
    id,
    location: "control (not known to be in the paper)",
    statement,
    test: `${ACCURACY}, of the penalty and of ${ways}. ${PICKED} Against each: ${rule.text}`,
    safeguards: guarded(IS_CONTROL, "the penalty against ways to shrink weights"),
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, [shared, ...shrunk]),
    evaluate: (results) =>
      allOf(Object.fromEntries(
        shrunk.map((name) => [
          accuracyOf(name).label(results.plan).replace(/^FC \+ |, two layers$/g, ""),
          compareSamples(results, { first: accuracyOf(shared), second: accuracyOf(name), rule }),
        ]),
      )),
  };
}

const IS_CONTROL = "It is a control.";
const PERMUTED_LOSES = higher({ margin: 10, looks: FEW_LOOKS });
const MORE_THAN_PERMUTED = higher({ looks: FEW_LOOKS, matters: POINTS });
/** Largest difference of the first epoch's loss. */
const SAME_LOSS = 1e-3;

/** On how accurate networks on the torus are. */
export const accuracyClaims: readonly Claim[] = [
  comparison("sharing-helps", {
    location: "Abstract",
    statement: "The penalty makes a fully connected network on the torus more accurate.",
    measured: `${ACCURACY}. The penalty has the strength, of five, that is best on validation images`,
    first: accuracyOf("shared"),
    second: accuracyOf("plain"),
    rule: MORE_ACCURATE,
    safeguards: guarded(["beyond-shrinkage"]),
    data: "published",
  }),
  comparison("sharing-helps-deep", {
    location: "Abstract",
    statement: "The same with two hidden layers, as in the released network.",
    measured: `${ACCURACY}. The penalty has the strength, of five, that is best on validation images`,
    first: accuracyOf("deepShared"),
    second: accuracyOf("deepPlain"),
    rule: MORE_ACCURATE_DEEP,
    safeguards: guarded(["beyond-shrinkage-deep"]),
    data: "published",
  }),
  beyondShrinkage({
    id: "beyond-shrinkage",
    statement: "Sharing helps beyond shrinkage: the penalty gives more than pulling weights to zero does.",
    rule: MORE_ACCURATE,
    ways: WAYS,
  }, ["shared", "decay", "lasso", "betaLasso"]),
  beyondShrinkage({
    id: "beyond-shrinkage-deep",
    statement: "The same with two hidden layers.",
    rule: MORE_ACCURATE_DEEP,
    ways: WAYS,
  }, ["deepShared", "deepDecay", "deepLasso", "deepBetaLasso"]),
  comparison("beyond-subgradient", {
    location: "Section on proximal gradient descent",
    statement: "The proximal step helps beyond the subgradient of the same penalty, which ties no weights.",
    measured: `${ACCURACY}. ${PICKED}`,
    first: accuracyOf("shared"),
    second: accuracyOf("subgradient"),
    rule: MORE_ACCURATE,
    safeguards: guarded(IS_CONTROL),
    data: "published",
  }),
  comparison("convolution-best", {
    location: "Experiments on MNIST (existence inferred)",
    statement:
      "With pixels in order a convolutional network is at least as accurate as the fully connected one with the penalty.",
    measured: ACCURACY,
    first: accuracyOf("cnn"),
    second: accuracyOf("shared"),
    rule: MORE_ACCURATE,
    safeguards: guarded("None: it is the penalty that would have to catch up."),
    data: "published",
  }),
  {
    id: "permuted-identity",
    location: "Abstract",
    statement:
      "An identity, no finding: on permuted pixels a fully connected network, with the penalty or without, computes what it " +
      "does on pixels in order, if it starts from equally permuted weights.",
    test:
      `One seed: the first epoch's loss of both differs by at most ${SAME_LOSS}, which is rounding. Tests check it to 1e-5 for ` +
      "arbitrary weights; later epochs part as rounding grows.",
    safeguards: "An identity: it holds for any weights.",
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["plain", "plainPermuted", "shared", "sharedPermuted"]),
    evaluate(results) {
      const loss = (name: Network) => TORUS.group(results, name).runs[0].result.epochs[0].loss;
      const gap = (inOrder: Network, permuted: Network) => Math.abs(loss(inOrder) - loss(permuted));
      const [plain, shared] = [gap("plain", "plainPermuted"), gap("shared", "sharedPermuted")];
      return verdict({
        supported: Math.max(plain, shared) <= SAME_LOSS,
        numbers: { withPenalty: shared, without: plain },
        because: `First losses differ by ${shared.toExponential(1)} with the penalty, by ${
          plain.toExponential(1)
        } without.`,
      });
    },
  },
  {
    id: "permuted-pixels",
    location: "Abstract",
    statement:
      "On permuted pixels convolutions fail, and the fully connected network with the penalty is better.",
    test: [
      `${ACCURACY}. Of the convolution, pixels in order and permuted: ${PERMUTED_LOSES.text} Of the network with the penalty,`,
      "for which the order of the pixels changes nothing (the identity above), and the convolution on permuted ones:",
      `${MORE_THAN_PERMUTED.text} The network without the penalty is reported beside it: this needs no penalty.`,
    ].join(" "),
    safeguards: guarded(
      "The network without the penalty, in the verdict: it does as well, so this needs no penalty.",
    ),
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["plain", "shared", "cnn", "cnnPermuted"]),
    evaluate(results) {
      const found = allOf({
        "convolution": compareSamples(results, {
          first: accuracyOf("cnn"),
          second: accuracyOf("cnnPermuted"),
          rule: PERMUTED_LOSES,
        }),
        "pixels permuted": compareSamples(results, {
          first: accuracyOf("shared"),
          second: accuracyOf("cnnPermuted"),
          rule: MORE_THAN_PERMUTED,
        }),
      });
      const without = mean([...accuracyOf("plain").values(results).values()]);
      return {
        ...found,
        numbers: { ...found.numbers, withoutPenalty: without },
        because: `${found.because} Without the penalty it has ${without.toFixed(1)}.`,
      };
    },
  },
];
