import {
  allOf,
  type Claim,
  notAttempted,
  type Results,
  type Verdict,
  verdict,
} from "../../lib/harness/mod.ts";
import { LEAST_SEEDS, meanLogRatio, type Pair, pairRuns, RULE, smaller, text } from "./claims/_paired.ts";
import { controlJobs, formJobs, sweepJobs } from "./jobs.ts";
import { EQUATION_TITLES, type EquationName, EQUATIONS } from "./plan.ts";
import { pointsOf, runsOf, type Which } from "./summaries.ts";

/** Runs of an equation with the fewest or the most interior points. */
function runs(
  results: Results,
  equation: EquationName,
  which: Omit<Which, "equation" | "points"> & { readonly end?: "least" | "most" },
) {
  const { end = "least", ...rest } = which;
  const points = pointsOf(results, equation);
  return points.length === 0
    ? []
    : runsOf(results, { equation, points: end === "least" ? points[0] : points.at(-1)!, ...rest });
}

/** Largest ratio, either way, that counts as equal. */
const EQUAL = 1.25;

/** Claim 5: what is left of the symmetry loss if a PINN gets its weight. */
function control(results: Results, equation: EquationName): Verdict {
  const symmetry = runs(results, equation, { method: "symmetry" });
  const against = (method: "pinn" | "pinn-weighted" | "pinn-matched") =>
    pairRuns(symmetry, runs(results, equation, { method }));
  const [plain, weighted, matched] = [against("pinn"), against("pinn-weighted"), against("pinn-matched")];
  const least = Math.min(weighted.length, matched.length);
  if (least < LEAST_SEEDS) {
    return notAttempted(`${least} of the ${LEAST_SEEDS} seeds that are needed at least`);
  }
  const ratio = (pairs: readonly Pair[]) => Math.exp(meanLogRatio(pairs));
  const [toPlain, toWeighted, toMatched] = [ratio(plain), ratio(weighted), ratio(matched)];
  const logs = weighted.map(({ first, second }) => Math.abs(Math.log(first / second)));
  const equal = logs.every((value) => value <= Math.log(EQUAL));
  const inWords = equal
    ? "Written as a weighted PDE loss, without any symmetry, the same training gives the same error: beyond re-weighting the " +
      "symmetry loss adds nothing."
    : toWeighted < 1 / EQUAL
    ? "The symmetry loss is better than the weighted PDE loss that it equals on paper, which rounding alone should not do."
    : toWeighted > EQUAL
    ? "The symmetry loss is worse than the weighted PDE loss that it equals on paper, which rounding alone should not do."
    : "On average the symmetry loss gives the error of the weighted PDE loss that it equals on paper: no gain beyond " +
      "re-weighting is seen, but single seeds part, as rounding grows during training.";
  return verdict({
    supported: equal,
    contradicted: toWeighted > EQUAL || toWeighted < 1 / EQUAL,
    numbers: {
      "MSE_sym / MSE_pinn": toPlain,
      "MSE_sym / MSE_weighted": toWeighted,
      "MSE_sym / MSE_matched": toMatched,
      seeds: weighted.length,
    },
    because: `${inWords} MSE_sym is ${text(toPlain)} × that of the plain PINN, ${
      text(toWeighted)
    } × that of the weighted and ${
      text(toMatched)
    } × that of the matched PINN (geometric means over ${weighted.length} seeds).`,
  });
}

function claimsOf(equation: EquationName): Claim[] {
  const title = EQUATION_TITLES[equation];
  return [
    {
      id: `symmetry-helps-${equation}`,
      location: "Abstract, Tables 1 and 2",
      statement: `${title}: with few interior samples the symmetry loss lowers the test error.`,
      test: `MSE_sym / MSE_pinn at the smallest number of interior samples. ${RULE}`,
      jobs: (plan) => sweepJobs(plan, equation, "least"),
      evaluate: (results) =>
        smaller(
          pairRuns(
            runs(results, equation, { method: "symmetry" }),
            runs(results, equation, { method: "pinn" }),
          ),
          ["MSE_sym", "MSE_pinn"],
        ),
    },
    {
      id: `gain-shrinks-${equation}`,
      location: "Tables 1 and 2",
      statement: `${title}: the gain by the symmetry loss is largest with the fewest interior samples.`,
      test:
        `MSE_pinn / MSE_sym at the largest number of interior samples over the same at the smallest. ${RULE} Without a gain at the ` +
        "smallest number (geometric mean of MSE_pinn / MSE_sym at most 1) there is nothing that could shrink: inconclusive at best.",
      jobs: (plan) => sweepJobs(plan, equation, "ends"),
      evaluate: (results) => gainShrinks(results, equation),
    },
    {
      id: `samples-help-${equation}`,
      location: "Tables 1 and 2",
      statement: `${title}: more interior samples lower the error of the PINN without symmetry loss.`,
      test: `MSE_pinn at the largest over MSE_pinn at the smallest number of interior samples. ${RULE}`,
      jobs: (plan) => sweepJobs(plan, equation, "ends"),
      evaluate: (results) =>
        smaller(
          pairRuns(
            runs(results, equation, { method: "pinn", end: "most" }),
            runs(results, equation, { method: "pinn" }),
          ),
          ["MSE with the most samples", "MSE with the fewest"],
        ),
    },
    {
      id: `residual-${equation}`,
      location: "Section 5 (our reading)",
      statement: `${title}: the symmetry loss also lowers the PDE residual on held-out initial conditions.`,
      test: `Mean Δ² with the symmetry loss over that of the PINN, fewest interior samples. ${RULE}`,
      jobs: (plan) => sweepJobs(plan, equation, "least"),
      evaluate: (results) =>
        smaller(
          pairRuns(
            runs(results, equation, { method: "symmetry" }),
            runs(results, equation, { method: "pinn" }),
            "residual",
          ),
          ["mean Δ² with symmetry", "without"],
        ),
    },
    {
      id: `reweighting-${equation}`,
      location: "Control (ours)",
      statement:
        `${title}: in the point form the symmetry loss is a re-weighting of the PDE loss and nothing more.`,
      test:
        `MSE_sym / MSE_weighted for the PINN whose PDE loss has the pointwise weight α + β·w(x, t), fewest interior samples: ` +
        `supported if it is within ${EQUAL} either way for each of at least ${LEAST_SEEDS} seeds, contradicted if its geometric ` +
        "mean is not. MSE_sym / MSE_matched (one raised α) is reported beside it.",
      jobs: (plan) => [...sweepJobs(plan, equation, "least"), ...controlJobs(plan, equation)],
      evaluate: (results) => control(results, equation),
    },
    {
      id: `beyond-matched-${equation}`,
      location: "Control (ours)",
      statement: `${title}: the symmetry loss is better than a PINN whose α is raised by its mean weight.`,
      test: `MSE_sym / MSE_matched, fewest interior samples. ${RULE}`,
      jobs: (plan) => [...sweepJobs(plan, equation, "least"), ...controlJobs(plan, equation)],
      evaluate: (results) =>
        smaller(
          pairRuns(
            runs(results, equation, { method: "symmetry" }),
            runs(results, equation, { method: "pinn-matched" }),
          ),
          ["MSE_sym", "MSE_matched"],
        ),
    },
    {
      id: `other-forms-${equation}`,
      location: "Follow-up (arXiv 2502.00373)",
      statement:
        `${title}: forms with derivatives of the residual (total, evolutionary) are better than the point form.`,
      test:
        `MSE of each of the two forms over MSE of the point form, fewest interior samples; both must hold. ${RULE}`,
      jobs: (plan) => [
        ...sweepJobs(plan, equation, "least"),
        ...formJobs(plan, equation, ["total", "evolutionary"]),
      ],
      evaluate: (results) => {
        const point = runs(results, equation, { method: "symmetry" });
        return allOf(Object.fromEntries((["total", "evolutionary"] as const).map((form) => [
          form,
          smaller(pairRuns(runs(results, equation, { method: "symmetry", form }), point), [
            `MSE_${form}`,
            "MSE_point",
          ]),
        ])));
      },
    },
  ];
}

/** Claim 2, of the ratio of ratios. */
function gainShrinks(results: Results, equation: EquationName): Verdict {
  const gains = (end: "least" | "most") =>
    pairRuns(
      runs(results, equation, { method: "pinn", end }),
      runs(results, equation, { method: "symmetry", end }),
    );
  const [few, many] = [gains("least"), gains("most")];
  const pairs = many.flatMap(({ seed, first, second }) => {
    const other = few.find((pair) => pair.seed === seed);
    return other === undefined ? [] : [{ seed, first: first / second, second: other.first / other.second }];
  });
  const result = smaller(pairs, ["the gain MSE_pinn / MSE_sym with the most samples", "with the fewest"]);
  if (result.status === "not attempted") return result;
  const [gainFew, gainMany] = [few, many].map((list) => Math.exp(meanLogRatio(list)));
  const numbers = { ...result.numbers, "gain, fewest": gainFew, "gain, most": gainMany };
  const because = `${result.because} The gain is ${text(gainFew)} with the fewest and ${
    text(gainMany)
  } with the most samples.`;
  if (result.status === "supported" && gainFew <= 1) {
    return {
      status: "inconclusive",
      numbers,
      because: `${because} Below 1 there is no gain that could shrink.`,
    };
  }
  return { ...result, numbers, because };
}

/** The claims of the paper and the controls. */
export const claims: readonly Claim[] = EQUATIONS.flatMap(claimsOf);
