import { type Claim, short, verdict } from "../../lib/harness/mod.ts";
import { chiSquaredTail } from "../../lib/stats/mod.ts";
import { bandClaim } from "./_band.ts";
import {
  agreement,
  binsWithin,
  bySeed,
  DETECTION,
  type Detection,
  FAR,
  limitFor,
  type ModelName,
  MOST,
  NEAR,
  onceLearned,
  ONE_HALO_TO,
  runsBySeed,
  SEEDS_TEXT,
  SHARE,
  SIGMAS,
  together,
  TWO_HALO_FROM,
  TWO_HALO_TO,
} from "./_findings.ts";
import type { Estimate } from "./experiments/_statistics.ts";
import type { TrainingResult } from "./experiments/training.ts";
import { MODELS, TRUTHS } from "./studies.ts";

const ABSTRACT = "Abstract";
/** Recovered alignment of satellites against the closed form. */
const RECOVERY = 0.2;

/** A correlation of generated galaxies agrees with the true one. */
export function agreementClaim(
  id: string,
  { statement, model, detection }: {
    readonly statement: string;
    readonly model: ModelName;
    readonly detection: Detection;
  },
): Claim {
  return {
    id,
    location: ABSTRACT,
    statement,
    test:
      `On the test half: at least ${DETECTION} jackknife errors above zero in ${detection} below ${ONE_HALO_TO} ` +
      `Mpc/h within groups; and in ${
        100 * MOST
      } % of these bins and of those between groups at ${TWO_HALO_FROM}–` +
      `${TWO_HALO_TO} Mpc/h, within ${SIGMAS} errors of the difference or ${
        100 * SHARE
      } % of the truth. ${SEEDS_TEXT}`,
    jobs: (plan) => MODELS.jobs(plan, [model]),
    evaluate: (results) =>
      bySeed(
        runsBySeed(results, [model]).map(({ seed, runs: [{ test }] }) => ({
          seed,
          finding: agreement(test, detection),
        })),
        "Generated against true correlation",
      ),
  };
}

/** The two halves are alike: nothing was memorised. */
export function halvesClaim(variant: ModelName): Claim {
  return {
    id: "no-memorising",
    location: "Train and test halves",
    statement:
      "Generated galaxies of halves that the model was and was not trained on follow the truth equally well.",
    test:
      "χ² of the difference between the halves' residuals (generated minus true ω), over bins within groups below " +
      `${ONE_HALO_TO} and between groups at ${TWO_HALO_FROM}–${TWO_HALO_TO} Mpc/h: p ≥ 0.05 over the number of seeds; against it p < 0.01. ` +
      SEEDS_TEXT,
    jobs: (plan) => MODELS.jobs(plan, [variant]),
    evaluate(results) {
      const all = runsBySeed(results, [variant]);
      return bySeed(
        all.map(({ seed, runs: [{ train, test }] }) => {
          let chiSquare = 0, bins = 0;
          for (const [key, [from, to]] of [["oneHalo", NEAR], ["twoHalo", FAR]] as const) {
            for (const b of binsWithin(test[key], from, to)) {
              const [first, second] = [train[key].differences.model, test[key].differences.model];
              if (first.value[b] === null || first.error[b] === null) continue;
              chiSquare += (first.value[b]! - second.value[b]!) ** 2 /
                (first.error[b]! ** 2 + second.error[b]! ** 2);
              bins++;
            }
          }
          const p = chiSquaredTail(chiSquare, bins);
          return {
            seed,
            finding: {
              holds: p >= 0.05 / all.length,
              fails: p < 0.01,
              numbers: { "χ²": chiSquare, bins, p },
            },
          };
        }),
        "Difference between the halves",
      );
    },
  };
}

/** What the model has learned of satellites, on the test half. */
const satellites = ({ test }: TrainingResult): Estimate => test.alignment!.model.satellite!;

/** Without something the satellites' alignment goes, though the haloes' stays. */
export function satelliteClaim(
  id: string,
  { statement, model, without }: {
    readonly statement: string;
    readonly model: ModelName;
    readonly without: ModelName;
  },
): Claim {
  return {
    id,
    location: "Method (graph)",
    statement,
    test:
      "On the test half: the satellites' alignment with the direction to their central is below half of the graph " +
      `model's, and more than ${DETECTION} errors of the difference below it; between groups, ω at ${TWO_HALO_FROM}–` +
      `${TWO_HALO_TO} Mpc/h differs by no more errors than chance allows (5 % over all bins and seeds). ${SEEDS_TEXT}`,
    jobs: (plan) => MODELS.jobs(plan, [model, without]),
    evaluate(results) {
      const runs = runsBySeed(results, [model, without]);
      const limit = limitFor(
        runs.reduce((sum, { runs: [{ test: { twoHalo } }] }) => sum + binsWithin(twoHalo, ...FAR).length, 0),
      );
      return bySeed(
        runs.map(({ seed, runs: [full, less] }) => {
          const [a, b] = [satellites(full), satellites(less)];
          const apart = (a.value - b.value) / Math.hypot(a.error, b.error);
          const far = Math.max(
            ...binsWithin(full.test.twoHalo, ...FAR).map((bin) => {
              const [first, second] = [full, less].map(({ test }) => test.twoHalo.curves.model);
              return Math.abs(first.value[bin]! - second.value[bin]!) /
                Math.hypot(first.error[bin]!, second.error[bin]!);
            }),
          );
          return {
            seed,
            finding: {
              holds: b.value < 0.5 * a.value && apart > DETECTION && far <= limit,
              fails: b.value >= 0.5 * a.value,
              numbers: { with: a.value, without: b.value, "σ apart": apart, "largest σ between groups": far },
            },
          };
        }),
        `Alignment of satellites (limit between groups ${short(limit)} σ)`,
      );
    },
  };
}

/** Without the tidal field there is no correlation between groups. */
export function tideClaim(
  { model, without }: { readonly model: ModelName; readonly without: ModelName },
): Claim {
  return {
    id: "tide-carries-large-scales",
    location: "Method (inputs)",
    statement: "The correlation between groups comes from the tidal inputs: without them it vanishes.",
    test:
      `On the test half, ω between groups averaged over ${TWO_HALO_FROM}–${TWO_HALO_TO} Mpc/h (weights 1/error²): ` +
      `more than ${DETECTION} errors above zero with the tides, no farther from zero without than chance allows ` +
      `(5 % over all seeds). ${SEEDS_TEXT}`,
    jobs: (plan) => MODELS.jobs(plan, [model, without]),
    evaluate(results) {
      const all = runsBySeed(results, [model, without]), limit = limitFor(all.length);
      return bySeed(
        all.map(({ seed, runs }) => {
          const [full, less] = runs.map(({ test: { twoHalo } }) =>
            together(twoHalo, binsWithin(twoHalo, ...FAR))
          );
          return {
            seed,
            finding: {
              holds: full > DETECTION && Math.abs(less) <= limit,
              fails: Math.abs(less) > limit && full > DETECTION,
              numbers: { "σ with tides": full, "σ without": less },
            },
          };
        }),
        `Correlation between groups (limit without tides ${short(limit)} σ)`,
      );
    },
  };
}

/** The distribution of ellipticities is right. */
export function onePointClaim(variant: ModelName): Claim {
  return {
    id: "one-point",
    location: "Ellipticities",
    statement: "Generated ellipticities have the distribution of the true ones.",
    test:
      "On the test half: Kolmogorov–Smirnov distance of |e| below 0.1, and the standard deviations of e₁ and e₂ within " +
      `10 % of the truth's. ${SEEDS_TEXT}`,
    jobs: (plan) => MODELS.jobs(plan, [variant]),
    evaluate: (results) =>
      bySeed(
        runsBySeed(results, [variant]).map(({ seed, runs: [{ test: { onePoint } }] }) => {
          const { std1, std2, trueStd1, trueStd2, distance } = onePoint!;
          const ratios = [std1 / trueStd1, std2 / trueStd2];
          return {
            seed,
            finding: {
              holds: distance < 0.1 && ratios.every((ratio) => Math.abs(ratio - 1) <= 0.1),
              numbers: { "KS distance": distance, "std ratio e₁": ratios[0], "std ratio e₂": ratios[1] },
            },
          };
        }),
        "Ellipticities",
      ),
  };
}

/** A regression loses the scatter. */
export function spreadClaim(variant: ModelName): Claim {
  return {
    id: "regression-collapses",
    location: "Why a generative model",
    statement: "The same generator trained by squared error makes shapes with too little scatter.",
    test: `On the test half: standard deviation of e₁ and of e₂ below 0.7 of the truth's. ${SEEDS_TEXT}`,
    jobs: (plan) => MODELS.jobs(plan, [variant]),
    evaluate: (results) =>
      bySeed(
        runsBySeed(results, [variant]).map(({ seed, runs: [{ test: { onePoint } }] }) => {
          const { std1, std2, trueStd1, trueStd2 } = onePoint!;
          const ratios = [std1 / trueStd1, std2 / trueStd2];
          return {
            seed,
            finding: {
              holds: ratios.every((ratio) => ratio < 0.7),
              numbers: { "std ratio e₁": ratios[0], "std ratio e₂": ratios[1] },
            },
          };
        }),
        "Spread",
      ),
  };
}

/** The planted alignment comes out. */
export function recoveryClaim(variant: ModelName): Claim {
  return {
    id: "recovered-alignment",
    location: "addition (planted truth)",
    statement:
      "The model recovers how strongly satellites point at their central, a number known in closed form.",
    test:
      `On the test half: ⟨cos²⟩ − 1/3 of generated axes within ${
        100 * RECOVERY
      } % of ⅔ S(0.8) = 0.2996; against it if ` +
      `two standard errors do not reach that range. ${SEEDS_TEXT}`,
    jobs: (plan) => [...MODELS.jobs(plan, [variant]), ...TRUTHS.jobs(plan, ["strong"])],
    evaluate: (results) => {
      const truth = TRUTHS.result(results, "strong").closed.satellite;
      return bySeed(
        runsBySeed(results, [variant]).map(({ seed, runs: [run] }) => {
          const { value, error } = satellites(run);
          const off = Math.abs(value / truth - 1);
          return {
            seed,
            finding: {
              holds: off <= RECOVERY,
              fails: off - 2 * error / truth > RECOVERY,
              numbers: { recovered: value, error, truth },
            },
          };
        }),
        "Satellites",
      );
    },
  };
}

/** The data are what they are said to be. */
const closedForms: Claim = {
  id: "closed-forms",
  location: "addition (data)",
  statement: "The synthetic catalogues have the alignments that follow from their construction.",
  test:
    "Alignments of satellites and centrals, pooled over seeds, within 3 standard errors of the closed forms, for both " +
    "presets.",
  jobs: (plan) => TRUTHS.jobs(plan),
  evaluate(results) {
    const numbers: Record<string, number> = {};
    for (const { label, runs } of TRUTHS.groups(results)) {
      for (const kind of ["satellite", "central"] as const) {
        const found = runs.flatMap(({ result: { sampled, closed } }) => {
          const estimate = sampled[kind];
          return estimate === null ? [] : [{ off: estimate.value - closed[kind], error: estimate.error }];
        });
        const weight = found.reduce((sum, { error }) => sum + error ** -2, 0);
        const off = found.reduce((sum, { off, error }) => sum + off / error ** 2, 0);
        numbers[`${label}, ${kind}`] = off / Math.sqrt(weight);
      }
    }
    const largest = Math.max(...Object.values(numbers).map(Math.abs));
    return verdict({
      supported: largest <= 3,
      numbers,
      because: `The largest deviation is ${short(largest)} standard errors, of ${
        Object.keys(numbers).length
      }.`,
    });
  },
};

/** All claims. */
export const claims: readonly Claim[] = [
  ...[
    agreementClaim("orientations", {
      statement:
        "Generated orientations correlate with the positions of galaxies as in the simulation, on all scales.",
      model: "axis",
      detection: "every bin",
    }),
    halvesClaim("axis"),
    satelliteClaim("graph-carries-satellites", {
      statement:
        "The graph carries the satellites' alignment: without edges it goes, while that between haloes stays.",
      model: "axis",
      without: "axisNoGraph",
    }),
    satelliteClaim("directions-carry-satellites", {
      statement:
        "It is the directions, not parameters or compute: with directions scrambled the satellites' alignment goes.",
      model: "axis",
      without: "axisScrambled",
    }),
    tideClaim({ model: "axis", without: "axisNoTide" }),
  ].map((claim) => onceLearned(claim, "axis")),
  onceLearned(
    agreementClaim("ellipticities", {
      statement:
        "Generated ellipticities correlate with the positions of galaxies in projection as in the simulation.",
      model: "shape",
      detection: "all bins together",
    }),
    "shape",
  ),
  onceLearned(onePointClaim("shape"), "shape"),
  onceLearned(spreadClaim("shapeRegression"), "shapeRegression"),
  recoveryClaim("axis"),
  closedForms,
  bandClaim,
];
