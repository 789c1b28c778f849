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
import { chosenLevel } from "../findings.ts";
import {
  activeGenerators,
  distinct,
  EQUATION_TITLES,
  type EquationName,
  EQUATIONS,
  errorOf,
  GRADIENTS,
  OTHERS,
  pointsOf,
  residualOf,
  SOLUTIONS,
  SWEEP,
  SWEPT,
  weightLevels,
  WEIGHTS,
} from "../studies.ts";
import { gridNames, METHODS, sweepOf } from "./sweeps.ts";

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
  const groups = METHODS.map((method) => ({
    method,
    at: new Map(sweepOf(results, equation, method).map((group) => [group.points, group])),
  }));
  const points = [...new Set(groups.flatMap(({ at }) => [...at.keys()]))].sort((a, b) => a - b);
  if (points.length === 0) throw new NoResults("no training has a result");
  const [pinn, symmetry, matched] = groups;
  return {
    kind: "table",
    columns: [
      { key: "points", title: "Interior samples", digits: 0 },
      ...METHODS.map((method) => ({ key: method, title: SWEPT[method].label })),
      { key: "ratio", title: "symmetry / PINN" },
      { key: "beyond", title: "symmetry / matched" },
      { key: "seeds", title: "Seeds", digits: 0 },
    ],
    rows: points.map((count) => ({
      points: count,
      ...Object.fromEntries(groups.map(({ method, at }) => [method, error(at.get(count))])),
      ratio: ratio(symmetry.at.get(count), pinn.at.get(count)),
      beyond: ratio(symmetry.at.get(count), matched.at.get(count)),
      seeds: Math.max(...groups.map(({ at }) => at.get(count)?.runs.length ?? 0)),
    })),
    notes: [
      "Test mean squared error in 10⁻³, mean ± standard deviation over seeds; ratios are geometric means over seeds. Samples " +
      "are fixed, and the same for all functions. Matched and weighted are PINNs with the symmetry loss's weight; fewer seeds " +
      "than in the last column are told by their deviation, or by having none.",
      ...scaleNotes(results, equation),
      PAPER_NOTE,
    ],
  };
}

type Other = NameOf<typeof OTHERS>;

/** A table of trainings with few samples on the heat equation. */
function othersTable(
  { variants, notes, ...texts }: Pick<Artefact, "id" | "location" | "title" | "caption"> & {
    readonly variants: readonly Other[];
    readonly notes: readonly string[];
  },
): Artefact {
  return metricTable({
    ...texts,
    of: OTHERS,
    variants,
    rows: "Trained with",
    columns: {
      error: { title: "Test error (10⁻³)", value: (result) => errorOf(result) / UNIT },
      residual: { title: "Mean Δ² (10⁻³)", digits: 3, value: (result) => residualOf(result) / UNIT },
    },
    notes: (results) => [
      `Heat equation, ${
        pointsOf(results.plan).few
      } fixed interior samples unless said. Mean squared error and squared ` +
      "residual on held-out initial conditions, mean ± standard deviation over seeds.",
      ...scaleNotes(results, "heat"),
      ...notes,
    ],
    moreJobs: (plan) => SOLUTIONS.jobs(plan, ["heat"]),
  });
}

/** Leaving out one generator each. */
const ablations = activeGenerators("heat").map((name) => `without ${name}` as const);

function whenTable(results: Results): Table {
  const grid = WEIGHTS.finished(results, gridNames(results.plan));
  if (grid.length === 0) throw new NoResults("no training has a result");
  const chosen = { pinn: chosenLevel(results, "pinn"), symmetry: chosenLevel(results, "symmetry") };
  const levels = weightLevels("heat");
  const mark = (method: "pinn" | "symmetry", level: number) => chosen[method] === level ? "chosen" : null;
  const counts = [...new Set(grid.map(({ points }) => points))];
  return {
    kind: "table",
    columns: [
      { key: "points", title: "Interior samples", digits: 0 },
      { key: "weight", title: "Mean PDE weight", digits: 0 },
      { key: "pinn", title: "PINN (10⁻³)" },
      { key: "symmetry", title: "PINN + symmetry (10⁻³)" },
      { key: "ratio", title: "symmetry / PINN" },
      { key: "by", title: "Chosen on pilots" },
    ],
    rows: counts.flatMap((points) =>
      levels.flatMap((weight, level) => {
        const [pinn, symmetry] = (["pinn", "symmetry"] as const).map((method) =>
          grid.find((group) => group.method === method && group.points === points && group.weight === weight)
        );
        if (pinn === undefined && symmetry === undefined) return [];
        const by = (["pinn", "symmetry"] as const).filter((method) => mark(method, level)).join(", ");
        return [{
          points,
          weight,
          pinn: error(pinn),
          symmetry: error(symmetry),
          ratio: ratio(symmetry, pinn),
          by: by === "" ? null : by,
        }];
      })
    ),
    notes: [
      "The mean PDE weight is α of the PINN and α + β·mean(w) of the symmetry loss, α : β = 150 : 100. The ratio is a geometric " +
      "mean over common seeds. Weights are chosen with few samples, by the validation error of pilot seeds that are not " +
      "shown.",
      ...scaleNotes(results, "heat"),
    ],
  };
}

function gradientsTable(results: Results): Table {
  const rows = EQUATIONS.flatMap((equation) =>
    GRADIENTS.finished(results, [equation]).flatMap(({ runs }) =>
      Object.keys(runs[0].result.apart).map((method) => {
        const values = runs.map(({ result }) => result.apart[method]);
        return {
          equation: EQUATION_TITLES[equation],
          method,
          least: Math.min(...values),
          most: Math.max(...values),
          seeds: runs.length,
        };
      })
    )
  );
  if (rows.length === 0) throw new NoResults("no gradient has a result");
  return {
    kind: "table",
    columns: [
      { key: "equation", title: "Equation" },
      { key: "method", title: "Loss" },
      { key: "least", title: "Smallest |g − g_sym| / |g_sym|", digits: 7 },
      { key: "most", title: "Largest", digits: 7 },
      { key: "seeds", title: "Seeds", digits: 0 },
    ],
    rows,
    notes: [
      "Gradients over all parameters, in float32, of a PINN in training; g_sym has the symmetry loss beside.",
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
    caption: "Trained without and with the symmetry loss (point form), and with its weight but no symmetry.",
    jobs: (plan) => [...SWEEP[equation].jobs(plan), ...SOLUTIONS.jobs(plan, [equation])],
    render: (results) => sweepTable(results, equation),
  })),
  {
    id: "table-when",
    kind: "table",
    location: "Addition F",
    title: "Where the symmetry loss helps: number of samples × weight",
    caption: "PINN and symmetry loss at four mean weights of the PDE loss, heat equation.",
    jobs: (plan) => distinct([...WEIGHTS.jobs(plan), ...SOLUTIONS.jobs(plan, ["heat"])]),
    render: whenTable,
  },
  {
    id: "table-gradients",
    kind: "table",
    location: "Addition B",
    title: "The point form is a weighted PDE loss",
    caption:
      "How far gradients of other losses are from that with the symmetry loss, at the same parameters.",
    jobs: (plan) => GRADIENTS.jobs(plan),
    render: gradientsTable,
  },
  othersTable({
    id: "table-controls",
    location: "Additions A and B",
    title: "Baselines, and the symmetry loss without one of its generators",
    caption: "To be compared with the rows of few samples in Table 1.",
    variants: ["symmetryOnly", "gradientEnhanced", "augmented", "supervised", ...ablations],
    notes: [
      "For the generators v1 and v2 pr v[Δ] vanishes for every u, so that leaving one of them out changes nothing. Supervised " +
      "training sees as many true values of each function, at fixed places.",
    ],
  }),
  othersTable({
    id: "table-forms",
    location: "Addition C",
    title: "The four forms of the symmetry loss",
    caption: "The forms are different losses; only the point form is a mere re-weighting.",
    variants: ["smoothPinn", "point", "cosine", "total", "evolutionary"],
    notes: [
      "Networks with tanh, which has third derivatives, α = 150, and for each form the best β of 1, 100 and 10⁴ on a pilot " +
      "seed: 10⁴ for point and cosine, 100 for the others.",
    ],
  }),
  othersTable({
    id: "table-draws",
    location: "Addition E",
    title: "How interior samples are drawn",
    caption:
      "Samples anew in every step are not scarce; samples of each function's own are 64 times as many.",
    variants: ["freshPinn", "freshSymmetry", "ownPinn", "ownSymmetry"],
    notes: ["α = 150, β = 100. Points of each function: 5, drawn once."],
  }),
];
