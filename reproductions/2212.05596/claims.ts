import { type Claim, type Safeguards, short } from "../../lib/harness/mod.ts";
import { chiSquaredTail } from "../../lib/stats/mod.ts";
import { closedForms, recoveryClaim, satelliteClaim } from "./_alignments.ts";
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
  type Unguarded,
} from "./_findings.ts";
import { onePointClaim, spreadClaim } from "./_shapes.ts";
import { MODELS } from "./studies.ts";

const ABSTRACT = "Abstract";
/** A correlation of generated galaxies agrees with the true one. */
export function agreementClaim(
  id: string,
  { statement, controls, model, detection }: {
    readonly statement: string;
    readonly controls: Safeguards["controls"];
    readonly model: ModelName;
    readonly detection: Detection;
  },
): Unguarded {
  return {
    id,
    location: ABSTRACT,
    statement,
    safeguards: {
      controls,
      smallest: `${DETECTION} jackknife errors of signal; ${SIGMAS} errors or ${100 * SHARE} % off the truth`,
    },
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
export function halvesClaim(variant: ModelName): Unguarded {
  return {
    id: "no-memorising",
    location: "Train and test halves",
    statement:
      "Generated galaxies of halves that the model was and was not trained on follow the truth equally well.",
    safeguards: {
      controls: "None: a model that had learned nothing would follow it equally badly, hence the bar.",
      smallest: "what χ² tells at the jackknife errors of the halves",
    },
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

/** Without the tidal field there is no correlation between groups. */
export function tideClaim(
  { model, without }: { readonly model: ModelName; readonly without: ModelName },
): Unguarded {
  return {
    id: "tide-carries-large-scales",
    location: "Method (inputs)",
    statement: "The correlation between groups comes from the tidal inputs: without them it vanishes.",
    safeguards: {
      controls:
        "None: without the tides the critic's squared cosines go, too, and nothing else tells the two apart.",
      smallest: `${DETECTION} jackknife errors with the tides; without them what chance allows`,
    },
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

/** All claims. */
export const claims: readonly Claim[] = [
  ...[
    agreementClaim("orientations", {
      statement:
        "Generated orientations correlate with the positions of galaxies as in the simulation, on all scales.",
      controls: ["directions-carry-satellites", "tide-carries-large-scales", "no-memorising"],
      model: "axis",
      detection: "every bin",
    }),
    halvesClaim("axis"),
    satelliteClaim("graph-carries-satellites", {
      statement:
        "The graph carries the satellites' alignment: without edges it goes, while that between haloes stays.",
      controls: ["directions-carry-satellites"],
      model: "axis",
      without: "axisNoGraph",
    }),
    satelliteClaim("directions-carry-satellites", {
      statement:
        "It is the directions, not parameters or compute: with directions scrambled the satellites' alignment goes.",
      controls: "It is a control, of parameters and compute.",
      model: "axis",
      without: "axisScrambled",
    }),
    tideClaim({ model: "axis", without: "axisNoTide" }),
  ].map((claim) => onceLearned(claim, "axis")),
  onceLearned(
    agreementClaim("ellipticities", {
      statement:
        "Generated ellipticities correlate with the positions of galaxies in projection as in the simulation.",
      controls:
        "Not as a claim in projection: the models without a graph and by regression are rows of the table.",
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
