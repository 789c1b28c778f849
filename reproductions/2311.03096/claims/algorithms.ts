import { type Claim, notAttempted, type Results, verdict } from "../../../lib/harness/mod.ts";
import type { AgreementConfig, AgreementResult } from "../experiments/agreement.ts";
import type { ParallelConfig, ParallelResult } from "../experiments/parallel.ts";
import type { ParticlesConfig, ParticlesResult } from "../experiments/particles.ts";
import type { RoundsConfig, RoundsResult, RoundsRow } from "../experiments/rounds.ts";
import { agreementJobs, parallelJobs, particlesJobs, roundsJobs } from "../jobs.ts";

const rowsOf = (results: Results): readonly RoundsRow[] =>
  results.of<RoundsConfig, RoundsResult>("rounds").flatMap(({ result }) => result.rows);

/** Size at which the round count on random input is judged. */
const RANDOM_SIZE = 100_000;

/** Claims on the proximal operator and its algorithms. */
export const algorithmClaims: readonly Claim[] = [
  {
    id: "algorithms-agree",
    location: "Section on algorithms",
    statement:
      "Pool adjacent violators, ImminentCollisions, EndCollisions and SearchCollisions give the same vector, the minimiser.",
    test:
      "On random inputs with ties and large differences of scale, in float64, relative to the largest weight: algorithms " +
      "differ by at most 1e-12, and no nearby point has a lower objective (by more than 1e-12).",
    jobs: agreementJobs,
    evaluate(results) {
      const [found] = results.of<AgreementConfig, AgreementResult>("agreement");
      if (!found) return notAttempted("no result");
      const { inputs, algorithms, objective } = found.result;
      return verdict({
        supported: algorithms <= 1e-12 && objective <= 1e-12,
        numbers: { inputs, algorithms, objective },
        because:
          `${inputs} inputs: largest difference ${
            algorithms.toExponential(1)
          }, largest fall of the objective ` +
          objective.toExponential(1),
      });
    },
  },
  {
    id: "sticky-particles",
    location: "Section on the particle system",
    statement:
      "prox of αR is where sticky particles are at time α; so two steps of sizes s and t are one of size s + t.",
    test:
      "Particles against the closed form at 51 times: at most 1e-12. Semigroup on random inputs: at most 1e-12 relative to " +
      "the largest weight, while the same test on ½‖w‖², for which it is false, exceeds 1e-3.",
    jobs: (plan) => [...particlesJobs(plan), ...agreementJobs(plan)],
    evaluate(results) {
      const [system] = results.of<ParticlesConfig, ParticlesResult>("particles");
      const [found] = results.of<AgreementConfig, AgreementResult>("agreement");
      if (!system || !found) return notAttempted("no result");
      const { semigroup, semigroupOfRidge } = found.result;
      return verdict({
        supported: system.result.error <= 1e-12 && semigroup <= 1e-12 && semigroupOfRidge > 1e-3,
        numbers: { particles: system.result.error, semigroup, semigroupOfRidge },
        because: `particles differ by ${system.result.error.toExponential(1)}, two steps from one by ${
          semigroup.toExponential(1)
        } (for ½‖w‖²: ${semigroupOfRidge.toExponential(1)})`,
      });
    },
  },
  {
    id: "imminent-rounds",
    location: "Section on parallel algorithms",
    statement: "ImminentCollisions is fast in practice, but needs O(d) rounds on some inputs.",
    test:
      `At most 10 rounds on N(0, 1) with α = 0.1 and d = ${RANDOM_SIZE} (largest size otherwise), for every seed; exactly ` +
      "d − 1 rounds on the worst-case construction at every size.",
    jobs: roundsJobs,
    evaluate(results) {
      const rows = rowsOf(results);
      const random = rows.filter(({ family, imminent }) => family === "normal" && imminent !== null);
      const worst = rows.filter(({ family, imminent }) => family === "worst case" && imminent !== null);
      if (random.length === 0 || worst.length === 0) return notAttempted("no result");
      const sizes = random.map(({ size }) => size);
      const size = sizes.includes(RANDOM_SIZE) ? RANDOM_SIZE : Math.max(...sizes);
      const most = Math.max(...random.filter((row) => row.size === size).map(({ imminent }) => imminent!));
      const exact = worst.filter(({ size, imminent }) => imminent === size - 1).length;
      return verdict({
        supported: most <= 10 && exact === worst.length,
        numbers: {
          size,
          roundsOnRandom: most,
          worstCases: worst.length,
          exactlyDMinus1: exact,
          largestWorstCase: Math.max(...worst.map(({ size }) => size)),
        },
        because:
          `at most ${most} rounds at d = ${size}; d − 1 rounds on ${exact} of ${worst.length} worst cases`,
      });
    },
  },
  {
    id: "search-depth",
    location: "Section on SearchCollisions",
    statement: "SearchCollisions needs O(log³ d) depth, whatever the input.",
    test:
      "Levels are ⌈log₂ d⌉ and level l takes l − 1 bisection steps, for every input; the tensor program's depth divided by " +
      "log₂³ d at its largest size is at most 1.2 times that at half the logarithm, and its error is at most 1e-5.",
    jobs: (plan) => [...roundsJobs(plan), ...parallelJobs(plan)],
    evaluate(results) {
      const rows = rowsOf(results);
      const [program] = results.of<ParallelConfig, ParallelResult>("parallel");
      if (rows.length === 0 || !program) return notAttempted("no result");
      const expected = (size: number) =>
        Array.from({ length: Math.ceil(Math.log2(size)) }, (_, l) => l).join();
      const asExpected = rows.filter(({ size, bisections }) => bisections.join() === expected(size)).length;
      const depths = program.result.rows;
      const ratio = ({ size, rounds }: (typeof depths)[number]) => rounds / Math.log2(size) ** 3;
      const last = depths.at(-1)!;
      const half = depths.find(({ size }) => Math.log2(size) >= Math.log2(last.size) / 2)!;
      const growth = ratio(last) / ratio(half);
      const error = Math.max(...depths.map((row) => row.error));
      return verdict({
        supported: asExpected === rows.length && growth <= 1.2 && error <= 1e-5,
        numbers: {
          inputs: rows.length,
          asExpected,
          largestDepth: last.rounds,
          atSize: last.size,
          growth,
          error,
        },
        because:
          `steps as expected on ${asExpected} of ${rows.length} inputs; depth ${last.rounds} at d = ${last.size}, depth/` +
          `log³ d ${growth.toFixed(2)} times that at d = ${half.size}; error ${error.toExponential(1)}`,
      });
    },
  },
  {
    id: "end-steps",
    location: "Section on parallel algorithms",
    statement:
      "EndCollisions takes as many steps as there are final clusters: many where the penalty is weak, few where it is strong.",
    test: "Steps and final clusters differ by at most 1 on every input.",
    jobs: roundsJobs,
    evaluate(results) {
      const rows = rowsOf(results).filter(({ end }) => end !== null);
      if (rows.length === 0) return notAttempted("no result");
      const off = rows.map(({ end, clusters }) => Math.abs(end! - clusters));
      return verdict({
        supported: Math.max(...off) <= 1,
        numbers: { inputs: rows.length, largestDifference: Math.max(...off) },
        because: `steps and clusters differ by at most ${Math.max(...off)} on ${rows.length} inputs`,
      });
    },
  },
];
