import { type Claim, decide, lower, notAttempted, verdict } from "../../../lib/harness/mod.ts";
import { mean, pairByUnit } from "../../../lib/stats/mod.ts";
import { TEACHER_REGRESSION } from "../studies.ts";

const MATTERS = 1.05;
const PATTERN_HELPS = lower({ scale: "ratio", looks: [3, 5, 10, 15, 20], matters: MATTERS });
/** Seeds on which the pattern's λ is chosen; more seeds do not change it. */
const CHOOSING_SEEDS = [1, 3];

/** On linear regressions. */
export const regressionClaims: readonly Claim[] = [
  {
    id: "teacher-values",
    location: "addition (sharper than the paper's regression)",
    statement: "On a cyclic convolution a fully connected layer finds the few values that the weights share.",
    test:
      "With some λ of the grid: at most 6 different weights on average over seeds (256 without the penalty).",
    safeguards: {
      bar: "None: without the penalty all 256 weights differ.",
      controls: "None: l1 and weight decay make no weights equal but zeros.",
      smallest: "6 values where the truth has as few",
    },
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
    safeguards: {
      bar: "None: the fit without the pattern is least squares on the same rows.",
      controls: "None: pattern and plain fit see the same rows, and λ is chosen on other seeds.",
      smallest: `a factor of ${MATTERS}`,
    },
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
];
