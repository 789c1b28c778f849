import { type Claim, type Results, verdict } from "../../../lib/harness/mod.ts";
import type { RoundsRow } from "../experiments/rounds.ts";
import { AGREEMENT, PARALLEL, PARTICLES, ROUNDS } from "../studies.ts";

const rowsOf = (results: Results): readonly RoundsRow[] =>
  ROUNDS.group(results, "all").runs.flatMap(({ result }) => result.rows);

/** Size at which the round count on random input is judged. */
const RANDOM_SIZE = 100_000;

const IDENTITY = "An identity: it holds for any input.";
const COUNT = "A count of steps.";

/** On the proximal operator and its algorithms. */
export const algorithmClaims: readonly Claim[] = [
  {
    id: "algorithms-agree",
    location: "Section on algorithms",
    statement:
      "Pool adjacent violators, ImminentCollisions, EndCollisions and SearchCollisions give the same vector, the minimiser.",
    test:
      "On random inputs with ties and large differences of scale, in float64, relative to the largest weight: algorithms " +
      "differ by at most 1e-12, and no nearby point has a lower objective (by more than 1e-12).",
    safeguards: IDENTITY,
    jobs: (plan) => AGREEMENT.jobs(plan),
    evaluate(results) {
      const { inputs, algorithms, objective } = AGREEMENT.result(results, "all");
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
    safeguards: IDENTITY,
    jobs: (plan) => [...PARTICLES.jobs(plan), ...AGREEMENT.jobs(plan)],
    evaluate(results) {
      const { error } = PARTICLES.result(results, "all");
      const { semigroup, semigroupOfRidge } = AGREEMENT.result(results, "all");
      return verdict({
        supported: error <= 1e-12 && semigroup <= 1e-12 && semigroupOfRidge > 1e-3,
        numbers: { particles: error, semigroup, semigroupOfRidge },
        because: `particles differ by ${error.toExponential(1)}, two steps from one by ${
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
    safeguards: COUNT,
    jobs: (plan) => ROUNDS.jobs(plan),
    evaluate(results) {
      const rows = rowsOf(results);
      const random = rows.filter(({ family, imminent }) => family === "normal" && imminent !== null);
      const worst = rows.filter(({ family, imminent }) => family === "worst case" && imminent !== null);
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
    safeguards: COUNT,
    jobs: (plan) => [...ROUNDS.jobs(plan), ...PARALLEL.jobs(plan)],
    evaluate(results) {
      const rows = rowsOf(results);
      const expected = (size: number) =>
        Array.from({ length: Math.ceil(Math.log2(size)) }, (_, l) => l).join();
      const asExpected = rows.filter(({ size, bisections }) => bisections.join() === expected(size)).length;
      const depths = PARALLEL.result(results, "all").rows;
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
    safeguards: COUNT,
    jobs: (plan) => ROUNDS.jobs(plan),
    evaluate(results) {
      const rows = rowsOf(results).filter(({ end }) => end !== null);
      const off = rows.map(({ end, clusters }) => Math.abs(end! - clusters));
      return verdict({
        supported: Math.max(...off) <= 1,
        numbers: { inputs: rows.length, largestDifference: Math.max(...off) },
        because: `steps and clusters differ by at most ${Math.max(...off)} on ${rows.length} inputs`,
      });
    },
  },
];
