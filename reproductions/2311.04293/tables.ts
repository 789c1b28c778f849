import type { Measured, Table } from "../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../lib/harness/mod.ts";
import type { MethodName, SymmetryForm } from "../../lib/methods/lie_symmetry/mod.ts";
import { mean } from "../../lib/stats/mod.ts";
import { ablationJobs, controlJobs, formJobs, methodJobs, solutionJobs, sweepJobs } from "./jobs.ts";
import { ACTIVE_GENERATORS, EQUATION_TITLES, type EquationName, EQUATIONS } from "./plan.ts";
import { pointsOf, type Run, runsOf, summarise, truthOf } from "./summaries.ts";

/** Methods in words, as figures and tables name them. */
export const METHOD_TITLES: Readonly<Record<MethodName, string>> = {
  "pinn": "PINN",
  "symmetry": "PINN + symmetry",
  "symmetry-only": "symmetry loss in place of the PDE loss (α = 0)",
  "pinn-matched": "PINN, α raised to α + β·mean(w)",
  "pinn-weighted": "PINN, weighted by α + β·w(x, t)",
  "gpinn": "gradient-enhanced PINN",
  "aug": "PINN on transformed initial conditions",
  "supervised": "supervised by true solutions",
};

/** Forms in words. */
export const FORM_TITLES: Readonly<Record<SymmetryForm, string>> = {
  point: "point (form 1)",
  cosine: "cosine (form 2)",
  total: "total (form 3)",
  evolutionary: "evolutionary (form 4)",
};

/** Errors in units of 10⁻³ read better than powers of ten. */
const UNIT = 1e-3;

function measured(runs: readonly Run[], quantity: "error" | "residual" = "error"): Measured | null {
  const summary = summarise(runs, quantity);
  if (summary === undefined) return null;
  return { value: summary.mean / UNIT, ...summary.seeds > 1 && { std: summary.std / UNIT } };
}

/** Geometric mean over common seeds of the errors' ratio, or null. */
function ratio(first: readonly Run[], second: readonly Run[]): number | null {
  const logs = first.flatMap(({ seed, final }) => {
    const other = second.find((run) => run.seed === seed);
    return other === undefined ? [] : [Math.log(final.error / other.final.error)];
  });
  return logs.length === 0 ? null : Math.exp(mean(logs));
}

function scaleNote(results: Results, equation: EquationName): string[] {
  const truth = truthOf(results, equation);
  return truth === undefined
    ? []
    : [`For scale: predicting u = 0 has the test error ${(truth.power / UNIT).toFixed(0)} · 10⁻³.`];
}

const PAPER_NOTE =
  "The paper's own values could not be verified, so none is shown; its sizes are those of the profile `paper`.";

function sweepTable(results: Results, equation: EquationName): Table {
  const points = pointsOf(results, equation);
  if (points.length === 0) throw new NoResults("no training has a result");
  return {
    kind: "table",
    columns: [
      { key: "points", title: "Interior samples", digits: 0 },
      { key: "pinn", title: "PINN (10⁻³)" },
      { key: "symmetry", title: "PINN + symmetry (10⁻³)" },
      { key: "ratio", title: "symmetry / PINN" },
      { key: "seeds", title: "Seeds", digits: 0 },
    ],
    rows: points.map((count) => {
      const [plain, symmetry] = (["pinn", "symmetry"] as const).map((method) =>
        runsOf(results, { equation, method, points: count })
      );
      return {
        points: count,
        pinn: measured(plain),
        symmetry: measured(symmetry),
        ratio: ratio(symmetry, plain),
        seeds: Math.max(plain.length, symmetry.length),
      };
    }),
    notes: [
      "Mean squared error on held-out initial conditions, mean ± standard deviation over seeds; the ratio is a geometric " +
      "mean over seeds.",
      ...scaleNote(results, equation),
      PAPER_NOTE,
    ],
  };
}

/** A table of trainings at the smallest number of points. */
function comparison(
  results: Results,
  equation: EquationName,
  rows: readonly { readonly name: string; readonly runs: readonly Run[] }[],
  notes: readonly string[],
): Table {
  const [points] = pointsOf(results, equation);
  if (points === undefined) throw new NoResults("no training has a result");
  const symmetry = runsOf(results, { equation, method: "symmetry", points });
  return {
    kind: "table",
    columns: [
      { key: "name", title: "Trained with" },
      { key: "error", title: "Test error (10⁻³)" },
      { key: "residual", title: "Mean Δ² (10⁻³)", digits: 3 },
      { key: "ratio", title: "symmetry / this" },
      { key: "seeds", title: "Seeds", digits: 0 },
    ],
    rows: rows.filter(({ runs }) => runs.length > 0).map(({ name, runs }) => ({
      name,
      error: measured(runs),
      residual: measured(runs, "residual"),
      ratio: ratio(symmetry, runs),
      seeds: runs.length,
    })),
    notes: [
      `${points} interior samples. Mean squared error and squared residual on held-out initial conditions, mean ± standard ` +
      "deviation over seeds; the last ratio is MSE with the symmetry loss over the row's MSE, geometric mean over common seeds.",
      ...scaleNote(results, equation),
      ...notes,
    ],
  };
}

function methodTable(results: Results, equation: EquationName): Table {
  const [points] = pointsOf(results, equation);
  return comparison(
    results,
    equation,
    (Object.keys(METHOD_TITLES) as MethodName[]).map((method) => ({
      name: METHOD_TITLES[method],
      runs: runsOf(results, { equation, method, points }),
    })),
    [
      "In the point form the symmetry loss is mean(w Δ²): the weighted PINN has the same loss, written without any symmetry; the " +
      "matched one has the same mean weight everywhere.",
    ],
  );
}

function formTable(results: Results, equation: EquationName): Table {
  const [points] = pointsOf(results, equation);
  const row = (form: SymmetryForm) => ({
    name: FORM_TITLES[form],
    runs: runsOf(results, {
      equation,
      method: "symmetry",
      points,
      ...form !== "point" && { form },
    }),
  });
  return comparison(results, equation, (Object.keys(FORM_TITLES) as SymmetryForm[]).map(row), [
    "All with α = 150, β = 100, γ = 20. Forms 3 and 4 need third derivatives.",
  ]);
}

function ablationTable(results: Results): Table {
  const rows = EQUATIONS.flatMap((equation) => {
    const [points] = pointsOf(results, equation);
    if (points === undefined) return [];
    const all = runsOf(results, { equation, method: "symmetry", points });
    const names = Array.from({ length: equation === "heat" ? 6 : 5 }, (_, i) => `v${i + 1}`);
    const row = (dropped: string, runs: readonly Run[]) => ({
      equation: EQUATION_TITLES[equation],
      dropped,
      error: measured(runs),
      ratio: ratio(runs, all),
      seeds: runs.length || null,
    });
    return [
      row("none", all),
      ...ACTIVE_GENERATORS[equation].map((name) =>
        row(
          name,
          runsOf(results, {
            equation,
            method: "symmetry",
            points,
            generators: names.filter((other) => other !== name),
          }),
        )
      ),
      row("all", runsOf(results, { equation, method: "pinn", points })),
    ].filter(({ error }) => error !== null);
  });
  if (rows.length === 0) throw new NoResults("no training has a result");
  return {
    kind: "table",
    columns: [
      { key: "equation", title: "Equation" },
      { key: "dropped", title: "Left out" },
      { key: "error", title: "Test error (10⁻³)" },
      { key: "ratio", title: "this / none left out" },
      { key: "seeds", title: "Seeds", digits: 0 },
    ],
    rows,
    notes: [
      "The point form. For the other generators (heat v1, v2; Burgers v1, v2, v3) pr v[Δ] vanishes for every u, so that leaving " +
      "one of them out changes nothing; they are not trained again.",
    ],
  };
}

/** All tables. */
export const tables: readonly Artefact[] = [
  ...EQUATIONS.map((equation, i): Artefact => ({
    id: `table-${i + 1}`,
    kind: "table",
    location: `Table ${i + 1}`,
    title: `${EQUATION_TITLES[equation]}: test error by number of interior samples`,
    caption: "Operator network trained without and with the symmetry loss (point form).",
    jobs: (plan) => [...sweepJobs(plan, equation), ...solutionJobs(plan, equation)],
    render: (results) => sweepTable(results, equation),
  })),
  {
    id: "table-ablation",
    kind: "table",
    location: "Addition A",
    title: "The symmetry loss without one of its generators",
    caption: "Which generator's term matters.",
    jobs: (plan) =>
      EQUATIONS.flatMap((equation) => [
        ...sweepJobs(plan, equation, "least"),
        ...ablationJobs(plan, equation),
      ]),
    render: ablationTable,
  },
  ...EQUATIONS.map((equation): Artefact => ({
    id: `table-controls-${equation}`,
    kind: "table",
    location: "Addition B",
    title: `${EQUATION_TITLES[equation]}: controls and baselines`,
    caption:
      "What is left of the gain when a PINN gets the symmetry loss's weight without the symmetry loss.",
    jobs: (plan) => [
      ...sweepJobs(plan, equation, "least"),
      ...controlJobs(plan, equation),
      ...methodJobs(plan, equation),
      ...solutionJobs(plan, equation),
    ],
    render: (results) => methodTable(results, equation),
  })),
  ...EQUATIONS.map((equation): Artefact => ({
    id: `table-forms-${equation}`,
    kind: "table",
    location: "Addition C",
    title: `${EQUATION_TITLES[equation]}: the four forms of the symmetry loss`,
    caption: "The forms are different losses; only the point form is a mere re-weighting.",
    jobs: (plan) => [
      ...sweepJobs(plan, equation, "least"),
      ...formJobs(plan, equation),
      ...solutionJobs(plan, equation),
    ],
    render: (results) => formTable(results, equation),
  })),
];
