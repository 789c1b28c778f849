import type { Table } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  metricTable,
  type NameOf,
  NoResults,
  type Results,
  type Run,
} from "../../../lib/harness/mod.ts";
import { mean, type MeanAndStd, meanAndStd, pairByUnit } from "../../../lib/stats/mod.ts";
import type { TrainingResult } from "../experiments/training.ts";
import {
  activeGenerators,
  EQUATION_TITLES,
  type EquationName,
  EQUATIONS,
  errorOf,
  residualOf,
  SOLUTIONS,
  TRAINING,
} from "../studies.ts";
import { sweepOf, SWEPT } from "./_sweep.ts";

type Training = NameOf<typeof TRAINING.heat>;
interface Group {
  readonly runs: readonly Run<TrainingResult>[];
}

/** Errors in units of 10⁻³ read better than powers of ten. */
const UNIT = 1e-3;

const error = (group: Group | undefined): MeanAndStd | null =>
  group === undefined ? null : meanAndStd(group.runs.map(({ result }) => errorOf(result) / UNIT));

/** Geometric mean over common seeds of the errors' ratio, or null. */
function ratio(first: Group | undefined, second: Group | undefined): number | null {
  const [a, b] = [first, second].map((group) =>
    new Map(group?.runs.map(({ seed, result }) => [seed, errorOf(result)]))
  );
  const logs = pairByUnit(a, b).map(({ first, second }) => Math.log(first / second));
  return logs.length === 0 ? null : Math.exp(mean(logs));
}

/** The size of solutions, where they were computed. */
const scaleNotes = (results: Results, equation: EquationName): string[] =>
  SOLUTIONS.finished(results, [equation]).map(({ runs: [{ result: { power } }] }) =>
    `For scale: predicting u = 0 has the test error ${(power / UNIT).toFixed(0)} · 10⁻³.`
  );

const PAPER_NOTE =
  "The paper's own values could not be verified, so none is shown; its sizes are those of the profile `paper`.";

function sweepTable(results: Results, equation: EquationName): Table {
  const [plain, symmetry] = sweepOf(results, equation).map(({ groups }) =>
    new Map(groups.map((group) => [group.config.points, group]))
  );
  const points = [...new Set([...plain.keys(), ...symmetry.keys()])].sort((a, b) => a - b);
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
      const both = [plain.get(count), symmetry.get(count)];
      return {
        points: count,
        pinn: error(both[0]),
        symmetry: error(both[1]),
        ratio: ratio(both[1], both[0]),
        seeds: Math.max(...both.map((group) => group?.runs.length ?? 0)),
      };
    }),
    notes: [
      "Mean squared error on held-out initial conditions, mean ± standard deviation over seeds; the ratio is a geometric " +
      "mean over seeds.",
      ...scaleNotes(results, equation),
      PAPER_NOTE,
    ],
  };
}

/** A table of trainings with the fewest interior points, the symmetry loss among them. */
function comparisonTable(
  equation: EquationName,
  { variants, notes, label, ...texts }: Pick<Artefact, "id" | "location" | "title" | "caption"> & {
    readonly variants: readonly Training[];
    readonly notes: readonly string[];
    readonly label?: (group: { readonly name: Training; readonly label: string }) => string;
  },
): Artefact {
  return metricTable({
    ...texts,
    of: TRAINING[equation],
    variants,
    label,
    rows: "Trained with",
    columns: {
      error: { title: "Test error (10⁻³)", value: (result) => errorOf(result) / UNIT },
      residual: { title: "Mean Δ² (10⁻³)", digits: 3, value: (result) => residualOf(result) / UNIT },
      ratio: {
        title: "symmetry / this",
        note: "geometric mean over common seeds of the test errors' ratio.",
        cell: (group, all) => ratio(all.find(({ name }) => name === "symmetry"), group),
      },
    },
    notes: (results) => [
      `${
        TRAINING[equation].groups(results)[0].config.points
      } interior samples. Mean squared error and squared residual on ` +
      "held-out initial conditions.",
      ...scaleNotes(results, equation),
      ...notes,
    ],
    moreJobs: (plan) => SOLUTIONS.jobs(plan, [equation]),
  });
}

/** No symmetry loss, all of it, and without one generator each. */
const ablations = (equation: EquationName): Training[] => [
  "pinn",
  "symmetry",
  ...activeGenerators(equation).map((name) => `without ${name}` as const),
];

function ablationTable(results: Results): Table {
  const rows = EQUATIONS.flatMap((equation) => {
    const groups = TRAINING[equation].finished(results, ablations(equation));
    const all = groups.find(({ name }) => name === "symmetry");
    return groups.map((group) => ({
      equation: EQUATION_TITLES[equation],
      label: group.label,
      error: error(group),
      ratio: ratio(group, all),
      seeds: group.runs.length,
    }));
  });
  if (rows.length === 0) throw new NoResults("no training has a result");
  return {
    kind: "table",
    columns: [
      { key: "equation", title: "Equation" },
      { key: "label", title: "Trained with" },
      { key: "error", title: "Test error (10⁻³)" },
      { key: "ratio", title: "this / PINN + symmetry" },
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
    jobs: (plan) => [...TRAINING[equation].jobs(plan, SWEPT), ...SOLUTIONS.jobs(plan, [equation])],
    render: (results) => sweepTable(results, equation),
  })),
  {
    id: "table-ablation",
    kind: "table",
    location: "Addition A",
    title: "The symmetry loss without one of its generators",
    caption: "Which generator's term matters.",
    jobs: (plan) => EQUATIONS.flatMap((equation) => TRAINING[equation].jobs(plan, ablations(equation))),
    render: ablationTable,
  },
  ...EQUATIONS.map((equation) =>
    comparisonTable(equation, {
      id: `table-controls-${equation}`,
      location: "Addition B",
      title: `${EQUATION_TITLES[equation]}: controls and baselines`,
      caption:
        "What is left of the gain when a PINN gets the symmetry loss's weight without the symmetry loss.",
      variants: [
        "pinn",
        "symmetry",
        "symmetryOnly",
        "matched",
        "weighted",
        "gradientEnhanced",
        "augmented",
        "supervised",
      ],
      notes: [
        "In the point form the symmetry loss is mean(w Δ²). The weighted PINN has the same loss, (α + β·w(x, t)) Δ², written " +
        "without any symmetry; the matched one has the same mean weight, α + β·mean(w), everywhere.",
      ],
    })
  ),
  ...EQUATIONS.map((equation) =>
    comparisonTable(equation, {
      id: `table-forms-${equation}`,
      location: "Addition C",
      title: `${EQUATION_TITLES[equation]}: the four forms of the symmetry loss`,
      caption: "The forms are different losses; only the point form is a mere re-weighting.",
      variants: ["symmetry", "cosine", "total", "evolutionary"],
      label: ({ name, label }) => name === "symmetry" ? "point (form 1)" : label,
      notes: ["All with α = 150, β = 100, γ = 20. Forms 3 and 4 need third derivatives."],
    })
  ),
];
