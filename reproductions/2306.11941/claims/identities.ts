import { type Claim, short, verdict } from "../../../lib/harness/mod.ts";
import { RECOVERY, ROLLOUTS } from "../spectrum_studies.ts";

/** Tolerances of the identities. */
const AGREES = 1e-5;
const AGREES_EXACTLY = 1e-12;
/** A law with another μ must miss by so much at the last step. */
const MISSES = 0.05;
/** How near a recovered eigenvalue must be to the true one, in 1/s. */
const NEAR = 0.02;

/** What is exact, and what is recovered. */
export const identityClaims: readonly Claim[] = [
  {
    id: "gradient-law",
    location: "Theorem on gradients",
    statement:
      "Over k steps the gradient of each mode changes in modulus by e^{kΔtμ}, whatever its frequency.",
    safeguards: "An identity: holds for any weights.",
    test:
      `Relative distance from the law at most ${AGREES} for all modes, real parts and k; at the largest k the law of a μ ` +
      `that is 0.05 larger misses by at least ${MISSES} (smoke: any distance).`,
    jobs: (plan) => ROLLOUTS.jobs(plan),
    evaluate(results) {
      const { gradients } = ROLLOUTS.result(results, "all");
      const last = Math.max(...gradients.map(({ steps }) => steps));
      const error = Math.max(...gradients.map((row) => row.error));
      const other = Math.min(
        ...gradients.filter(({ steps }) => steps === last).map((row) => row.errorOfOther),
      );
      const sees = last >= 100 ? other >= MISSES : other > 10 * AGREES;
      return verdict({
        supported: error <= AGREES && sees,
        numbers: { error, errorOfOther: other, systems: gradients.length, last },
        because: `the law holds to ${error.toExponential(1)}; with another μ it misses by ${
          short(other)
        } at k = ${last}`,
      });
    },
  },
  {
    id: "rollouts-agree",
    location: "Section on the convolution",
    statement:
      "The recurrence, the Vandermonde form, the convolution and a parallel scan give the same roll-out.",
    safeguards: "An identity: holds for any weights.",
    test:
      `Largest difference from the float64 recurrence over the largest |x|: at most ${AGREES} for all four in float32, and ` +
      `${AGREES_EXACTLY} for the float64 convolution.`,
    jobs: (plan) => ROLLOUTS.jobs(plan),
    evaluate(results) {
      const { differences, reference } = ROLLOUTS.result(results, "all");
      const worst = Math.max(...Object.values(differences));
      return verdict({
        supported: worst <= AGREES && reference <= AGREES_EXACTLY,
        numbers: { ...differences, float64: reference },
        because: `they differ by ${worst.toExponential(1)} at most, in float64 by ${
          reference.toExponential(1)
        }`,
      });
    },
  },
  {
    id: "eigenvalues-recovered",
    location: "addition",
    statement:
      "On a system with a known Koopman operator the learned eigenvalues are the true ones, from data alone.",
    safeguards: {
      bar: "None: a model that has not learned is far from them.",
      controls: "None: tests show exactly that these are eigenvalues of the system.",
      smallest: `${NEAR} in 1/s`,
    },
    test: `Slow manifold, linear decoder: each of the three within ${NEAR} in 1/s (modulus), for every seed.`,
    jobs: (plan) => RECOVERY.jobs(plan),
    evaluate(results) {
      const errors = RECOVERY.group(results, "all").runs.map(({ result }) => result.error);
      const [best, worst] = [Math.min(...errors), Math.max(...errors)];
      return verdict({
        supported: worst <= NEAR,
        contradicted: best > NEAR,
        numbers: { largest: worst, smallest: best, seeds: errors.length },
        because: `largest distance ${short(worst)} over ${errors.length} seeds`,
      });
    },
  },
];
