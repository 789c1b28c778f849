import {
  allOf,
  type Claim,
  type ClaimStatus,
  compareSamples,
  comparison,
  equalWithin,
  lower,
  type NameOf,
  type Sample,
  short,
} from "../../lib/harness/mod.ts";
import { pairByUnit } from "../../lib/stats/mod.ts";
import { EQUATION_TITLES, type EquationName, EQUATIONS, errorOf, residualOf, TRAINING } from "./studies.ts";

type Training = NameOf<typeof TRAINING.heat>;

/** Numbers of seeds at which the results are looked at, the laptop profile's first. */
const LOOKS = [5, 10, 15, 20];
/** Errors vary by factors; 10 % is the least that matters. */
const SMALLER = lower({ scale: "ratio", looks: LOOKS, matters: 1.1 });
/** Largest ratio, either way, that counts as equal. */
const EQUAL = equalWithin({ scale: "ratio", looks: LOOKS, margin: 1.25 });

const ERROR = "Test mean squared error";
const FEWEST = "with the fewest interior samples";

/** What a verdict on the re-weighting says. */
const MEANINGS: Readonly<Record<ClaimStatus, string>> = {
  "supported":
    "Written as a weighted PDE loss, without any symmetry, the same training gives the same error: beyond re-weighting the " +
    "symmetry loss adds nothing. ",
  "contradicted":
    "The error is not that of the weighted PDE loss that the symmetry loss equals on paper, which rounding alone should not do. ",
  "inconclusive":
    "Seeds part too far, as rounding grows during training, to call the symmetry loss and the weighted PDE loss that it equals " +
    "on paper the same. ",
  "not attempted": "",
};

function claimsOf(equation: EquationName): Claim[] {
  const title = EQUATION_TITLES[equation];
  const trainings = TRAINING[equation];
  const error = (name: Training): Sample => trainings.sample(name, errorOf);
  const called = (label: string, sample: Sample): Sample => ({ ...sample, label: () => label });
  /** MSE_pinn / MSE_sym by seed. */
  const gain = (label: string, plain: Training, symmetry: Training): Sample => ({
    label: () => label,
    jobs: (plan) => trainings.jobs(plan, [plain, symmetry]),
    values: (results) =>
      new Map(
        pairByUnit(error(plain).values(results), error(symmetry).values(results))
          .map(({ unit, first, second }) => [unit, first / second]),
      ),
  });
  const gains = {
    first: gain("the gain with the most samples", "pinnMost", "symmetryMost"),
    second: gain("that with the fewest", "pinn", "symmetry"),
  };
  return [
    comparison(`symmetry-helps-${equation}`, {
      location: "Abstract, Tables 1 and 2",
      statement: `${title}: with few interior samples the symmetry loss lowers the test error.`,
      measured: `${ERROR} with and without the symmetry loss, ${FEWEST}`,
      first: error("symmetry"),
      second: error("pinn"),
      rule: SMALLER,
    }),
    {
      id: `gain-shrinks-${equation}`,
      location: "Tables 1 and 2",
      statement: `${title}: the gain by the symmetry loss is largest with the fewest interior samples.`,
      test:
        `MSE_pinn / MSE_sym with the most interior samples and with the fewest. ${SMALLER.text} Without a gain with the ` +
        "fewest (geometric mean of MSE_pinn / MSE_sym at most 1) there is nothing that could shrink: inconclusive at best.",
      jobs: (plan) => [...gains.first.jobs(plan), ...gains.second.jobs(plan)],
      evaluate(results) {
        const compared = compareSamples(results, { ...gains, rule: SMALLER });
        const fewest = compared.numbers[gains.second.label(results.plan)];
        if (typeof fewest !== "number") return compared;
        const none = fewest <= 1;
        return {
          ...compared,
          status: none && compared.status === "supported" ? "inconclusive" : compared.status,
          because: `${compared.because} The gain with the fewest is ${short(fewest)}${
            none ? ": below 1 there is none that could shrink." : "."
          }`,
        };
      },
    },
    comparison(`samples-help-${equation}`, {
      location: "Tables 1 and 2",
      statement: `${title}: more interior samples lower the error of the PINN without symmetry loss.`,
      measured: `${ERROR} of the PINN with the most interior samples and with the fewest`,
      first: called("the error with the most samples", error("pinnMost")),
      second: called("that with the fewest", error("pinn")),
      rule: SMALLER,
    }),
    comparison(`residual-${equation}`, {
      location: "Section 5 (our reading)",
      statement: `${title}: the symmetry loss also lowers the PDE residual on held-out initial conditions.`,
      measured: `Mean Δ² with and without the symmetry loss, ${FEWEST}`,
      first: called("mean Δ² with the symmetry loss", trainings.sample("symmetry", residualOf)),
      second: called("that of the PINN", trainings.sample("pinn", residualOf)),
      rule: SMALLER,
    }),
    {
      id: `reweighting-${equation}`,
      location: "Control (ours)",
      statement:
        `${title}: in the point form the symmetry loss is a re-weighting of the PDE loss and nothing more.`,
      test:
        `${ERROR} with the symmetry loss and of the PINN whose PDE loss has the pointwise weight α + β·w(x, t), ${FEWEST}. ` +
        `${EQUAL.text} The ratios to the plain PINN and to that with one raised α are reported beside it.`,
      jobs: (plan) => trainings.jobs(plan, ["pinn", "symmetry", "matched", "weighted"]),
      evaluate(results) {
        const against = (name: Training) =>
          compareSamples(results, { first: error("symmetry"), second: error(name), rule: EQUAL });
        const { status, numbers, because, ...compared } = against("weighted");
        return {
          ...compared,
          status,
          numbers: {
            ...numbers,
            "ratio to the plain PINN": against("pinn").numbers.ratio ?? null,
            "ratio to the matched PINN": against("matched").numbers.ratio ?? null,
          },
          because: `${"ratio" in numbers ? MEANINGS[status] : ""}${because}`,
        };
      },
    },
    comparison(`beyond-matched-${equation}`, {
      location: "Control (ours)",
      statement: `${title}: the symmetry loss is better than a PINN whose α is raised by its mean weight.`,
      measured: `${ERROR} with the symmetry loss and with the raised α, ${FEWEST}`,
      first: error("symmetry"),
      second: error("matched"),
      rule: SMALLER,
    }),
    {
      id: `other-forms-${equation}`,
      location: "Follow-up (arXiv 2502.00373)",
      statement:
        `${title}: forms with derivatives of the residual (total, evolutionary) are better than the point form.`,
      test:
        `${ERROR} with each of the two forms and with the point form, ${FEWEST}; both must hold. ${SMALLER.text}`,
      jobs: (plan) => trainings.jobs(plan, ["symmetry", "total", "evolutionary"]),
      evaluate: (results) =>
        allOf(Object.fromEntries((["total", "evolutionary"] as const).map((form) => [
          form,
          compareSamples(results, { first: error(form), second: error("symmetry"), rule: SMALLER }),
        ]))),
    },
  ];
}

/** The claims of the paper and the controls. */
export const claims: readonly Claim[] = EQUATIONS.flatMap(claimsOf);
