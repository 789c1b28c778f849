import {
  allOf,
  type Claim,
  notAttempted,
  type Results,
  type Verdict,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { TorusResult } from "../experiments/torus.ts";
import { cifarJobs, regressionJobs, torusJobs } from "../jobs.ts";
import { CIFAR_NAMES, NAMES } from "../plan.ts";
import { cifarRuns, regressionGroups, runsOf, torusRuns } from "../summaries.ts";
import { inWords, numbersOf, onRealData, pairedDifference } from "./_shared.ts";

const accuracy = ({ testAccuracy }: { readonly testAccuracy: number }) => testAccuracy;

/** Supported if the paired difference of test accuracies is above 2 standard errors, contradicted if below 0 by as much. */
function moreAccurate(results: Results, names: readonly [string, string]): Verdict {
  const found = pairedDifference(torusRuns(results), names, accuracy);
  if (!found) return notAttempted("needs at least 3 seeds of both networks");
  const { difference, standardError } = found;
  return verdict({
    supported: difference > 2 * standardError,
    contradicted: difference < -2 * standardError,
    numbers: numbersOf(found),
    because: `${names[0]} minus ${names[1]}: ${inWords(found)} points`,
  });
}

/** Share of weights that are different after a step of the size that training began with. */
const distinctAfter = ({ afterStep, weights }: TorusResult) => (afterStep?.distinct ?? NaN) / weights;

/** Claims on trained networks. */
export const networkClaims: readonly Claim[] = [
  {
    id: "exact-ties",
    location: "Section on proximal gradient descent",
    statement: "Proximal steps make weights exactly equal; descending along the subgradient does not.",
    test:
      "After one more step of the size that training began with, every seed: at most 99 % of the first layer's values are " +
      "different with the proximal step, at least 99.9 % with the subgradient (float32 makes some equal by chance).",
    jobs: (plan) => torusJobs(plan, [NAMES.shared, NAMES.subgradient]),
    evaluate: onRealData((results) => {
      const of = (name: string) =>
        runsOf(torusRuns(results), name).map(({ result }) => 100 * distinctAfter(result));
      const [prox, subgradient] = [of(NAMES.shared), of(NAMES.subgradient)];
      if (prox.length === 0 || subgradient.length === 0) return notAttempted("no network was trained");
      const [most, least] = [Math.max(...prox), Math.min(...subgradient)];
      return verdict({
        supported: most <= 99 && least >= 99.9,
        contradicted: Math.min(...prox) >= 99.9,
        numbers: { proximal: most, subgradient: least, seeds: prox.length },
        because: `at most ${most.toFixed(2)} % different after a proximal step, at least ${
          least.toFixed(2)
        } % after a subgradient step`,
      });
    }),
  },
  {
    id: "sharing-helps",
    location: "Abstract",
    statement: "The penalty makes a fully connected network on the torus more accurate.",
    test:
      "Paired difference of test accuracies over at least 3 seeds above two standard errors (contradicted: below minus two).",
    jobs: (plan) => torusJobs(plan, [NAMES.plain, NAMES.shared]),
    evaluate: onRealData((results) => moreAccurate(results, [NAMES.shared, NAMES.plain])),
  },
  {
    id: "sharing-helps-deep",
    location: "Abstract",
    statement: "The same with two hidden layers, as in the released network.",
    test: "As above.",
    jobs: (plan) => torusJobs(plan, [NAMES.deepPlain, NAMES.deepShared]),
    evaluate: onRealData((results) => moreAccurate(results, [NAMES.deepShared, NAMES.deepPlain])),
  },
  {
    id: "convolution-best",
    location: "Experiments on MNIST (existence inferred)",
    statement:
      "With pixels in order a convolutional network is at least as accurate as the fully connected one with the penalty.",
    test:
      "Paired difference of test accuracies over at least 3 seeds above two standard errors (contradicted: below minus two).",
    jobs: (plan) => torusJobs(plan, [NAMES.cnn, NAMES.shared]),
    evaluate: onRealData((results) => moreAccurate(results, [NAMES.cnn, NAMES.shared])),
  },
  {
    id: "permuted-pixels",
    location: "Abstract",
    statement:
      "With permuted pixels the fully connected network with the penalty is as accurate as before, where convolutions fail.",
    test:
      "The fully connected network, started with equally permuted weights, loses less than 1 point on average and its first " +
      "epoch's loss is the same to 1e-3; the convolution loses at least 10 points, and is less accurate than the " +
      "fully connected network with the penalty by more than two standard errors.",
    jobs: (plan) => torusJobs(plan, [NAMES.shared, NAMES.sharedPermuted, NAMES.cnn, NAMES.cnnPermuted]),
    evaluate: onRealData((results) => {
      const runs = torusRuns(results);
      const connected = pairedDifference(runs, [NAMES.shared, NAMES.sharedPermuted], accuracy);
      const convolution = pairedDifference(runs, [NAMES.cnn, NAMES.cnnPermuted], accuracy);
      const losses = pairedDifference(
        runs,
        [NAMES.shared, NAMES.sharedPermuted],
        ({ epochs }) => epochs[0].loss,
      );
      if (!connected || !convolution || !losses) {
        return notAttempted("needs at least 3 seeds of each network");
      }
      const firstLoss = Math.abs(losses.difference);
      return allOf({
        "fully connected": verdict({
          supported: Math.abs(connected.difference) < 1 && firstLoss < 1e-3,
          numbers: { ...numbersOf(connected), firstLoss },
          because: `it loses ${inWords(connected)} points; first losses differ by ${
            firstLoss.toExponential(1)
          }.`,
        }),
        convolution: verdict({
          supported: convolution.difference >= 10,
          numbers: numbersOf(convolution),
          because: `it loses ${inWords(convolution)} points.`,
        }),
        "fully connected against convolution": moreAccurate(results, [
          NAMES.sharedPermuted,
          NAMES.cnnPermuted,
        ]),
      });
    }),
  },
  {
    id: "convolution-like-filters",
    location: "Abstract",
    statement: "Fully connected networks trained with the penalty learn convolution-like filters.",
    test:
      "Circulant energy of the first layer with rows aligned: with the penalty above that without by more than two standard " +
      "errors, and at least 0.5 (half of the variance is one filter per channel). Inconclusive if only the first holds.",
    jobs: (plan) => torusJobs(plan, [NAMES.plain, NAMES.shared]),
    evaluate: onRealData((results) => {
      const runs = torusRuns(results);
      const energy = ({ energy }: TorusResult) => energy?.trained ?? NaN;
      const found = pairedDifference(runs, [NAMES.shared, NAMES.plain], energy);
      if (!found) return notAttempted("needs at least 3 seeds of both networks");
      const shared = mean(runsOf(runs, NAMES.shared).map(({ result }) => energy(result)));
      const shuffled = mean(runsOf(runs, NAMES.shared).map(({ result }) => result.energy?.shuffled ?? NaN));
      const higher = found.difference > 2 * found.standardError;
      return verdict({
        supported: higher && shared >= 0.5,
        contradicted: !higher,
        numbers: { ...numbersOf(found), withPenalty: shared, rowsShuffled: shuffled },
        because: `${shared.toFixed(3)} with the penalty, ${inWords(found, 3)} more than without; ${
          shuffled.toFixed(3)
        } if each row is shuffled`,
      });
    }),
  },
  {
    id: "l1-zeros",
    location: "Section on sparsity (existence inferred)",
    statement: "The penalty together with the l1 norm gives more exact zeros than the penalty alone.",
    test: "More zeros in the first layer for every seed.",
    jobs: (plan) => torusJobs(plan, [NAMES.shared, NAMES.both]),
    evaluate: onRealData((results) => {
      const runs = torusRuns(results);
      const zeros = ({ zeros, weights }: TorusResult) => 100 * zeros / weights;
      const pairs = runsOf(runs, NAMES.both).flatMap(({ seed, result }) => {
        const other = runsOf(runs, NAMES.shared).find((run) => run.seed === seed);
        return other ? [[zeros(result), zeros(other.result)]] : [];
      });
      if (pairs.length === 0) return notAttempted("no network was trained");
      const [both, alone] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
      return verdict({
        supported: pairs.every(([x, y]) => x > y),
        numbers: { seeds: pairs.length, both, alone },
        because: `${both.toFixed(1)} % zeros with both, ${alone.toFixed(1)} % with the penalty alone`,
      });
    }),
  },
  {
    id: "rho-debiases",
    location: "released code (not known to be in the paper)",
    statement: "ρ close to 1 keeps the ties but takes the penalty's shrinkage back.",
    test:
      "Mean |w| of the first layer is larger than with ρ = 0 for every seed, and one more step of the size that training began " +
      "with leaves at most 99 % of its values different. Inconclusive if only the first holds.",
    jobs: (plan) => torusJobs(plan, [NAMES.shared, NAMES.debiased]),
    evaluate: onRealData((results) => {
      const runs = torusRuns(results);
      const found = pairedDifference(
        runs,
        [NAMES.debiased, NAMES.shared],
        ({ meanMagnitude }) => meanMagnitude,
      );
      if (!found) return notAttempted("needs at least 3 seeds of both networks");
      const larger = runsOf(runs, NAMES.debiased).every(({ seed, result }) => {
        const other = runsOf(runs, NAMES.shared).find((run) => run.seed === seed);
        return !other || result.meanMagnitude > other.result.meanMagnitude;
      });
      const most = Math.max(
        ...runsOf(runs, NAMES.debiased).map(({ result }) => 100 * distinctAfter(result)),
      );
      return verdict({
        supported: larger && most <= 99,
        contradicted: !larger,
        numbers: { ...numbersOf(found), distinctAfterStep: most },
        because: `mean |w| grows by ${inWords(found, 4)}; ${
          most.toFixed(2)
        } % of the values are different after a step`,
      });
    }),
  },
  {
    id: "teacher-values",
    location: "addition (sharper than the paper's regression)",
    statement: "On a cyclic convolution a fully connected layer finds the few values that the weights share.",
    test:
      "With some λ of the grid: at most 6 different weights on average over seeds (256 without the penalty).",
    jobs: (plan) => regressionJobs(plan, ["teacher"]),
    evaluate(results) {
      const groups = regressionGroups(results).filter(({ truth }) => truth === "teacher");
      const count = (sharing: (value: number) => boolean) =>
        groups.filter((group) => sharing(group.sharing))
          .map(({ runs }) => mean(runs.map(({ result }) => result.distinct)));
      const [shared, plain] = [count((value) => value > 0), count((value) => value === 0)];
      if (shared.length === 0 || plain.length === 0) return notAttempted("no regression");
      const least = Math.min(...shared);
      return verdict({
        supported: least <= 6 && Math.min(...plain) === 256,
        numbers: { withPenalty: least, without: Math.min(...plain) },
        because: `${least.toFixed(1)} different weights at the least with the penalty, ${
          Math.min(...plain)
        } without`,
      });
    },
  },
  {
    id: "teacher-error",
    location: "addition (sharper than the paper's regression)",
    statement:
      "The pattern that the penalty finds there, frozen and retrained, predicts better than a fit without it.",
    test:
      "λ with the least mean error over odd seeds, judged on even seeds (seed 0 is even): lower than without the penalty for each " +
      "of at least 3 of them.",
    jobs: (plan) => regressionJobs(plan, ["teacher"]),
    evaluate(results) {
      const groups = regressionGroups(results).filter(({ truth }) => truth === "teacher");
      const errors = (group: typeof groups[number], parity: number) =>
        group.runs.filter(({ seed }) => seed % 2 === parity).map(({ result }) => result.retrainedError);
      const [plain] = groups.filter(({ sharing }) => sharing === 0);
      const shared = groups.filter((group) => group.sharing > 0 && errors(group, 1).length > 0);
      if (!plain || shared.length === 0) return notAttempted("needs several seeds");
      const best = shared.reduce((a, b) => mean(errors(b, 1)) < mean(errors(a, 1)) ? b : a);
      const [with_, without] = [errors(best, 0), errors(plain, 0)];
      if (with_.length < 3 || without.length !== with_.length) return notAttempted("needs 3 even seeds");
      return verdict({
        supported: with_.every((error, i) => error < without[i]),
        contradicted: mean(with_) >= mean(without),
        numbers: {
          lambda: best.sharing,
          withPattern: mean(with_),
          without: mean(without),
          seeds: with_.length,
        },
        because: `λ = ${best.sharing}: ${mean(with_).toFixed(4)} with the pattern, ${
          mean(without).toFixed(4)
        } without`,
      });
    },
  },
  {
    id: "cifar-sharing-helps",
    location: "Experiments on CIFAR-10 (existence inferred)",
    statement: "On photographs the penalty (with l1) makes a fully connected network more accurate.",
    test:
      "Paired difference of test accuracies over at least 3 seeds above two standard errors (contradicted: below minus two).",
    jobs: (plan) => cifarJobs(plan, [CIFAR_NAMES.both, CIFAR_NAMES.plain]),
    evaluate: onRealData((results) => {
      const found = pairedDifference(cifarRuns(results), [CIFAR_NAMES.both, CIFAR_NAMES.plain], accuracy);
      if (!found) return notAttempted("needs at least 3 seeds of both networks");
      const { difference, standardError } = found;
      return verdict({
        supported: difference > 2 * standardError,
        contradicted: difference < -2 * standardError,
        numbers: numbersOf(found),
        because: `${CIFAR_NAMES.both} minus ${CIFAR_NAMES.plain}: ${inWords(found)} points`,
      });
    }),
  },
];
