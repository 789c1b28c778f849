/** Claims on the shapes of galaxies by themselves. */
import { bySeed, type ModelName, runsBySeed, SEEDS_TEXT, type Unguarded } from "./_findings.ts";
import { MODELS } from "./studies.ts";

/** Distribution of ellipticities: its distance from the true one, and how far its spread may be off. */
const DISTANCE = 0.1, SPREAD = 0.1;
/** Share of the true scatter below which a regression has lost it. */
const COLLAPSED = 0.7;

/** The distribution of ellipticities is right. */
export function onePointClaim(variant: ModelName): Unguarded {
  return {
    id: "one-point",
    location: "Ellipticities",
    statement: "Generated ellipticities have the distribution of the true ones.",
    safeguards: {
      controls: ["regression-collapses"],
      smallest: `a distance of ${DISTANCE}, and ${100 * SPREAD} % of the standard deviations`,
    },
    test:
      `On the test half: Kolmogorov–Smirnov distance of |e| below ${DISTANCE}, and the standard deviations of e₁ and e₂ ` +
      `within ${100 * SPREAD} % of the truth's. ${SEEDS_TEXT}`,
    jobs: (plan) => MODELS.jobs(plan, [variant]),
    evaluate: (results) =>
      bySeed(
        runsBySeed(results, [variant]).map(({ seed, runs: [{ test: { onePoint } }] }) => {
          const { std1, std2, trueStd1, trueStd2, distance } = onePoint!;
          const ratios = [std1 / trueStd1, std2 / trueStd2];
          return {
            seed,
            finding: {
              holds: distance < DISTANCE && ratios.every((ratio) => Math.abs(ratio - 1) <= SPREAD),
              numbers: { "KS distance": distance, "std ratio e₁": ratios[0], "std ratio e₂": ratios[1] },
            },
          };
        }),
        "Ellipticities",
      ),
  };
}

/** A regression loses the scatter. */
export function spreadClaim(variant: ModelName): Unguarded {
  return {
    id: "regression-collapses",
    location: "Why a generative model",
    statement: "The same generator trained by squared error makes shapes with too little scatter.",
    safeguards: {
      controls: "It is a control, of what another loss makes of the same generator.",
      smallest: `a factor of ${COLLAPSED} of the true standard deviations`,
    },
    test:
      `On the test half: standard deviation of e₁ and of e₂ below ${COLLAPSED} of the truth's. ${SEEDS_TEXT}`,
    jobs: (plan) => MODELS.jobs(plan, [variant]),
    evaluate: (results) =>
      bySeed(
        runsBySeed(results, [variant]).map(({ seed, runs: [{ test: { onePoint } }] }) => {
          const { std1, std2, trueStd1, trueStd2 } = onePoint!;
          const ratios = [std1 / trueStd1, std2 / trueStd2];
          return {
            seed,
            finding: {
              holds: ratios.every((ratio) => ratio < COLLAPSED),
              numbers: { "std ratio e₁": ratios[0], "std ratio e₂": ratios[1] },
            },
          };
        }),
        "Spread",
      ),
  };
}
