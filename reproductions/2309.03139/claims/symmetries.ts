import {
  allOf,
  type Claim,
  notAttempted,
  type Results,
  type Verdict,
  verdict,
} from "../../../lib/harness/mod.ts";
import type { EquivarianceConfig, EquivarianceResult } from "../experiments/equivariance.ts";
import { equivarianceJobs } from "../jobs.ts";

/** Evaluates on the result of the symmetry experiment, if there is one. */
function withSymmetries(evaluate: (result: EquivarianceResult) => Verdict): (results: Results) => Verdict {
  return (results) => {
    const [found] = results.of<EquivarianceConfig, EquivarianceResult>("equivariance");
    return found ? evaluate(found.result) : notAttempted("there is no result");
  };
}

const scientific = (value: number) => value.toExponential(1);

/** Claims that hold for any weights: symmetries and counts. */
export const symmetries: readonly Claim[] = [
  {
    id: "equivariance",
    location: "Method",
    statement:
      "Networks with any number of channels are equivariant to rotations, reflections and translations.",
    test:
      "With random weights, |f(QX + t, Qv) − (Q f(X, v) + t)| < 1e-4 (float32) for every K, differences normalised or not, " +
      "while the network moves particles by more than 0.01. For molecules the coordinates after a layer follow a shift " +
      "within 1e-4 in the masked variant, and miss it by more than 1e-3 on padded molecules where updates are not masked, " +
      "as in the released code.",
    jobs: equivarianceJobs,
    evaluate: withSymmetries(({ dynamics, molecules }) => {
      const rotation = Math.max(...dynamics.map(({ rotation }) => rotation));
      const motion = Math.min(...dynamics.map(({ motion }) => motion));
      const shifts = (masked: boolean) =>
        molecules.filter((item) => item.masked === masked).map(({ shift }) => shift);
      const [masked, unmasked] = [Math.max(...shifts(true)), Math.min(...shifts(false))];
      return allOf({
        "particles": verdict({
          supported: rotation < 1e-4 && motion > 0.01,
          contradicted: rotation >= 1e-4,
          numbers: { rotation, motion },
          because: `error at most ${scientific(rotation)}, particles move by ${motion.toFixed(2)} or more.`,
        }),
        "molecules": verdict({
          supported: masked < 1e-4 && unmasked > 1e-3,
          contradicted: masked >= 1e-4,
          numbers: { masked, unmasked },
          because: `error at most ${scientific(masked)} masked, at least ${scientific(unmasked)} unmasked.`,
        }),
      });
    }),
  },
  {
    id: "permutation",
    location: "Method",
    statement: "Networks with any number of channels are equivariant to the order of nodes.",
    test: "With random weights, exchanging nodes exchanges predictions within 1e-5 (float32) for every K.",
    jobs: equivarianceJobs,
    evaluate: withSymmetries(({ dynamics }) => {
      const permutation = Math.max(...dynamics.map((item) => item.permutation));
      return verdict({
        supported: permutation < 1e-5,
        numbers: { permutation },
        because: `error at most ${scientific(permutation)}`,
      });
    }),
  },
  {
    id: "one-channel",
    location: "Method",
    statement: "With one channel the network is EGNN.",
    test: "Bit for bit equal to EGNN in plain loops with the same weights (eager executor).",
    jobs: equivarianceJobs,
    evaluate: withSymmetries(({ plain }) =>
      verdict({
        supported: plain === 0,
        numbers: { difference: plain },
        because: `largest difference ${plain === 0 ? 0 : scientific(plain)}`,
      })
    ),
  },
  {
    id: "parameters",
    location: "Abstract",
    statement: "Several channels add very few parameters.",
    test:
      "In the N-body network (L = 4, H = 64) K = 3 has at most 2.3 % and K = 5 at most 6 % more than K = 1; the closed form " +
      "equals the number of weights for every K.",
    jobs: equivarianceJobs,
    evaluate: withSymmetries(({ parameters }) => {
      const count = (channels: number) => parameters.find((item) => item.channels === channels)?.formula;
      const [one, three, five] = [1, 3, 5].map(count);
      if (!one || !three || !five) return notAttempted("K = 1, 3 and 5 are needed");
      const more = { three: 100 * (three / one - 1), five: 100 * (five / one - 1) };
      const exact = parameters.every(({ formula, counted }) => formula === counted);
      return verdict({
        supported: exact && more.three <= 2.3 && more.five <= 6,
        numbers: { "K = 3: percent": more.three, "K = 5: percent": more.five, exact: exact ? "yes" : "no" },
        because: `K = 3 adds ${more.three.toFixed(2)} %, K = 5 ${
          more.five.toFixed(2)
        } %; the closed form is ${exact ? "" : "not "}exact`,
      });
    }),
  },
];
