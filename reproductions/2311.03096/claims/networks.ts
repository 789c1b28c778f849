import {
  allOf,
  type Claim,
  compareSamples,
  comparison,
  decide,
  equalWithin,
  higher,
  lower,
  type NameOf,
  notAttempted,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean, pairByUnit } from "../../../lib/stats/mod.ts";
import type { TorusResult } from "../experiments/torus.ts";
import { CIFAR, TEACHER_REGRESSION, TORUS } from "../studies.ts";

/** Numbers of seeds at which results are looked at: the laptop profile has five of some, three of others. */
const LOOKS = { five: [5, 10, 15, 20], three: [3, 5, 10, 15, 20] };
const HIGHER = { five: higher({ looks: LOOKS.five }), three: higher({ looks: LOOKS.three }) };
/** On accuracies half a point is the least that matters. */
const MORE_ACCURATE = {
  five: higher({ looks: LOOKS.five, matters: 0.5 }),
  three: higher({ looks: LOOKS.three, matters: 0.5 }),
};
const INFERRED = "Experiments on MNIST (existence inferred)";
const ACCURACY = "Test accuracy in percent";
const accuracy = ({ testAccuracy }: { readonly testAccuracy: number }) => testAccuracy;
const torusAccuracy = (name: NameOf<typeof TORUS>) => TORUS.sample(name, accuracy);

/** Share of weights that are different after a step of the size that training began with, in percent. */
const distinctAfter = ({ afterStep, weights }: TorusResult) => 100 * (afterStep?.distinct ?? NaN) / weights;

/** Most points that equally permuted pixels may cost, and fewest that they must cost a convolution. */
const PERMUTED = {
  same: equalWithin({ margin: 1, looks: LOOKS.five }),
  loses: higher({ margin: 10, looks: LOOKS.five }),
};
/** Largest difference of the first epoch's loss. */
const SAME_LOSS = 1e-3;

const PATTERN_HELPS = lower({ scale: "ratio", looks: LOOKS.three, matters: 1.05 });
/** Seeds on which the pattern's λ is chosen; more seeds do not change it. */
const CHOOSING_SEEDS = [1, 3];

/** On trained networks. */
export const networkClaims: readonly Claim[] = [
  {
    id: "exact-ties",
    location: "Section on proximal gradient descent",
    statement: "Proximal steps make weights exactly equal; descending along the subgradient does not.",
    test:
      "After one more step of the size that training began with, every seed: at most 99 % of the first layer's values are " +
      "different with the proximal step, at least 99.9 % with the subgradient (float32 makes some equal by chance).",
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["shared", "subgradient"]),
    evaluate(results) {
      const [prox, subgradient] = (["shared", "subgradient"] as const).map((name) =>
        TORUS.group(results, name).runs.map(({ result }) => distinctAfter(result))
      );
      const [most, least] = [Math.max(...prox), Math.min(...subgradient)];
      return verdict({
        supported: most <= 99 && least >= 99.9,
        contradicted: Math.min(...prox) >= 99.9,
        numbers: { proximal: most, subgradient: least, seeds: prox.length },
        because: `at most ${most.toFixed(2)} % different after a proximal step, at least ${
          least.toFixed(2)
        } % after a subgradient step`,
      });
    },
  },
  comparison("sharing-helps", {
    location: "Abstract",
    statement: "The penalty makes a fully connected network on the torus more accurate.",
    measured: ACCURACY,
    first: torusAccuracy("shared"),
    second: torusAccuracy("plain"),
    rule: MORE_ACCURATE.five,
    data: "published",
  }),
  comparison("sharing-helps-deep", {
    location: "Abstract",
    statement: "The same with two hidden layers, as in the released network.",
    measured: ACCURACY,
    first: torusAccuracy("deepShared"),
    second: torusAccuracy("deepPlain"),
    rule: MORE_ACCURATE.three,
    data: "published",
  }),
  comparison("convolution-best", {
    location: INFERRED,
    statement:
      "With pixels in order a convolutional network is at least as accurate as the fully connected one with the penalty.",
    measured: ACCURACY,
    first: torusAccuracy("cnn"),
    second: torusAccuracy("shared"),
    rule: MORE_ACCURATE.five,
    data: "published",
  }),
  {
    id: "permuted-pixels",
    location: "Abstract",
    statement:
      "With permuted pixels the fully connected network with the penalty is as accurate as before, where convolutions fail.",
    test: [
      `${ACCURACY}, pixels in order and permuted, of the fully connected network, started with equally permuted weights:`,
      `${PERMUTED.same.text} Its first epoch's loss differs by at most ${SAME_LOSS} on average. Of the convolution:`,
      `${PERMUTED.loses.text} Of the two with permuted pixels: ${MORE_ACCURATE.five.text}`,
    ].join(" "),
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["shared", "sharedPermuted", "cnn", "cnnPermuted"]),
    evaluate(results) {
      const firstLoss = ({ epochs }: TorusResult) => epochs[0].loss;
      const [inOrder, permuted] = (["shared", "sharedPermuted"] as const).map((name) =>
        mean(TORUS.group(results, name).runs.map(({ result }) => firstLoss(result)))
      );
      const difference = Math.abs(inOrder - permuted);
      return allOf({
        "fully connected": compareSamples(results, {
          first: torusAccuracy("shared"),
          second: torusAccuracy("sharedPermuted"),
          rule: PERMUTED.same,
        }),
        "same computation": verdict({
          supported: difference <= SAME_LOSS,
          numbers: { firstLoss: difference },
          because: `first losses differ by ${difference.toExponential(1)}.`,
        }),
        "convolution": compareSamples(results, {
          first: torusAccuracy("cnn"),
          second: torusAccuracy("cnnPermuted"),
          rule: PERMUTED.loses,
        }),
        "fully connected against convolution": compareSamples(results, {
          first: torusAccuracy("sharedPermuted"),
          second: torusAccuracy("cnnPermuted"),
          rule: MORE_ACCURATE.five,
        }),
      });
    },
  },
  {
    id: "convolution-like-filters",
    location: "Abstract",
    statement: "Fully connected networks trained with the penalty learn convolution-like filters.",
    test:
      `Circulant energy of the first layer with rows aligned, with the penalty and without. ${HIGHER.five.text} It must also be ` +
      "at least 0.5 on average (half of the variance is one filter per channel): if only the first holds, inconclusive.",
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["plain", "shared"]),
    evaluate(results) {
      const energy = ({ energy }: TorusResult) => energy?.trained ?? NaN;
      const { runs } = TORUS.group(results, "shared");
      const shared = mean(runs.map(({ result }) => energy(result)));
      const shuffled = mean(runs.map(({ result }) => result.energy?.shuffled ?? NaN));
      const compared = compareSamples(results, {
        first: TORUS.sample("shared", energy),
        second: TORUS.sample("plain", energy),
        rule: HIGHER.five,
      });
      return {
        ...compared,
        status: compared.status === "supported" && shared < 0.5 ? "inconclusive" : compared.status,
        numbers: { ...compared.numbers, rowsShuffled: shuffled },
        because: `${compared.because} With the penalty it is ${shared.toFixed(3)}; ${
          shuffled.toFixed(3)
        } if each row is shuffled.`,
      };
    },
  },
  comparison("l1-zeros", {
    location: "Section on sparsity (existence inferred)",
    statement: "The penalty together with the l1 norm gives more exact zeros than the penalty alone.",
    measured: "Zeros among the first layer's weights, in percent",
    first: TORUS.sample("both", ({ zeros, weights }) => 100 * zeros / weights),
    second: TORUS.sample("shared", ({ zeros, weights }) => 100 * zeros / weights),
    rule: HIGHER.three,
    data: "published",
  }),
  {
    id: "rho-debiases",
    location: "released code (not known to be in the paper)",
    statement: "ρ close to 1 keeps the ties but takes the penalty's shrinkage back.",
    test:
      `Mean |w| of the first layer, with ρ and without. ${HIGHER.three.text} And one more step of the size that training ` +
      "began with leaves at most 99 % of its values different, every seed: if only the first holds, inconclusive.",
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["shared", "debiased"]),
    evaluate(results) {
      const magnitude = ({ meanMagnitude }: TorusResult) => meanMagnitude;
      const most = Math.max(
        ...TORUS.group(results, "debiased").runs.map(({ result }) => distinctAfter(result)),
      );
      const compared = compareSamples(results, {
        first: TORUS.sample("debiased", magnitude),
        second: TORUS.sample("shared", magnitude),
        rule: HIGHER.three,
      });
      return {
        ...compared,
        status: compared.status === "supported" && most > 99 ? "inconclusive" : compared.status,
        numbers: { ...compared.numbers, distinctAfterStep: most },
        because: `${compared.because} At most ${most.toFixed(2)} % of the values are different after a step.`,
      };
    },
  },
  {
    id: "teacher-values",
    location: "addition (sharper than the paper's regression)",
    statement: "On a cyclic convolution a fully connected layer finds the few values that the weights share.",
    test:
      "With some λ of the grid: at most 6 different weights on average over seeds (256 without the penalty).",
    jobs: (plan) => TEACHER_REGRESSION.jobs(plan),
    evaluate(results) {
      const counts = TEACHER_REGRESSION.groups(results).map(({ config, runs }) => ({
        sharing: config.sharing,
        distinct: mean(runs.map(({ result }) => result.distinct)),
      }));
      const least = Math.min(...counts.filter(({ sharing }) => sharing > 0).map(({ distinct }) => distinct));
      const plain = counts.find(({ sharing }) => sharing === 0)?.distinct;
      if (plain === undefined || least === Infinity) {
        return notAttempted("needs fits with the penalty and without");
      }
      return verdict({
        supported: least <= 6 && plain === 256,
        numbers: { withPenalty: least, without: plain },
        because: `${least.toFixed(1)} different weights at the least with the penalty, ${plain} without`,
      });
    },
  },
  {
    id: "teacher-error",
    location: "addition (sharper than the paper's regression)",
    statement:
      "The pattern that the penalty finds there, frozen and retrained, predicts better than a fit without it.",
    test:
      "λ with the least mean error over the seeds 1 and 3, judged on even seeds (seed 0 is even): error with the pattern " +
      "and without. " +
      PATTERN_HELPS.text,
    jobs: (plan) => TEACHER_REGRESSION.jobs(plan),
    evaluate(results) {
      const groups = TEACHER_REGRESSION.groups(results);
      const errors = (name: string, fits: (seed: number) => boolean) => {
        const sample = TEACHER_REGRESSION.sample(name, ({ retrainedError }) => retrainedError);
        return new Map([...sample.values(results)].filter(([seed]) => fits(Number(seed))));
      };
      const choosing = (seed: number) => CHOOSING_SEEDS.includes(seed);
      const judging = (seed: number) => seed % 2 === 0;
      const chosen = groups.filter(({ config }) => config.sharing > 0)
        .map(({ name, config }) => ({
          name,
          lambda: config.sharing,
          errors: [...errors(name, choosing).values()],
        }))
        .filter(({ errors }) => errors.length > 0)
        .sort((a, b) => mean(a.errors) - mean(b.errors))[0];
      const plain = groups.find(({ config }) => config.sharing === 0);
      if (!chosen || !plain) return notAttempted("needs several seeds, with the penalty and without");
      const { numbers, ...compared } = decide(
        PATTERN_HELPS,
        pairByUnit(errors(chosen.name, judging), errors(plain.name, judging)),
        { names: ["with the pattern", "without"] },
      );
      return {
        ...compared,
        numbers: { lambda: chosen.lambda, ...numbers },
        because: `λ = ${chosen.lambda}: ${compared.because}`,
      };
    },
  },
  comparison("cifar-sharing-helps", {
    location: "Experiments on CIFAR-10 (existence inferred)",
    statement: "On photographs the penalty (with l1) makes a fully connected network more accurate.",
    measured: ACCURACY,
    first: CIFAR.sample("both", accuracy),
    second: CIFAR.sample("plain", accuracy),
    rule: MORE_ACCURATE.three,
    data: "published",
  }),
];
