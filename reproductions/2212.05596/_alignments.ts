/** Claims on what was planted: alignments of satellites and centrals. */
import { type Claim, type Safeguards, short, verdict } from "../../lib/harness/mod.ts";
import {
  binsWithin,
  bySeed,
  DETECTION,
  FAR,
  limitFor,
  type ModelName,
  runsBySeed,
  SEEDS_TEXT,
  TWO_HALO_FROM,
  TWO_HALO_TO,
  type Unguarded,
} from "./_findings.ts";
import type { Estimate } from "./experiments/_statistics.ts";
import type { TrainingResult } from "./experiments/training.ts";
import { MODELS, TRUTHS } from "./studies.ts";

/** Recovered alignment of satellites against the closed form. */
const RECOVERY = 0.2;
/** Share of the satellites' alignment below which it has gone. */
const GONE = 0.5;
/** Standard errors that the catalogues may be off their closed forms. */
const OFF = 3;

/** What the model has learned of satellites, on the test half. */
const satellites = ({ test }: TrainingResult): Estimate => test.alignment!.model.satellite!;

/** Without something the satellites' alignment goes, though the haloes' stays. */
export function satelliteClaim(
  id: string,
  { statement, controls, model, without }: {
    readonly statement: string;
    readonly controls: Safeguards["controls"];
    readonly model: ModelName;
    readonly without: ModelName;
  },
): Unguarded {
  return {
    id,
    location: "Method (graph)",
    statement,
    safeguards: {
      controls,
      smallest: `${100 * GONE} % of the graph model's alignment, and ${DETECTION} errors of the difference`,
    },
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
              holds: b.value < GONE * a.value && apart > DETECTION && far <= limit,
              fails: b.value >= GONE * a.value,
              numbers: { with: a.value, without: b.value, "σ apart": apart, "largest σ between groups": far },
            },
          };
        }),
        `Alignment of satellites (limit between groups ${short(limit)} σ)`,
      );
    },
  };
}

/** The planted alignment comes out. */
export function recoveryClaim(variant: ModelName): Claim {
  return {
    id: "recovered-alignment",
    location: "addition (planted truth)",
    statement:
      "The model recovers how strongly satellites point at their central, a number known in closed form.",
    safeguards: {
      bar: "None: how much was learned is what it asks.",
      controls: ["directions-carry-satellites", "no-memorising"],
      smallest: `${100 * RECOVERY} % of the closed form`,
    },
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
export const closedForms: Claim = {
  id: "closed-forms",
  location: "addition (data)",
  statement: "The synthetic catalogues have the alignments that follow from their construction.",
  safeguards: {
    bar: "None: nothing is trained.",
    controls: "None: nothing but the construction goes into either number.",
    smallest: `${OFF} standard errors of all that was drawn`,
  },
  test:
    `Alignments of satellites and centrals, pooled over seeds, within ${OFF} standard errors of the closed forms, for both ` +
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
      supported: largest <= OFF,
      numbers,
      because: `The largest deviation is ${short(largest)} standard errors, of ${
        Object.keys(numbers).length
      }.`,
    });
  },
};
