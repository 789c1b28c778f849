import {
  barChart,
  type Figure,
  INK,
  lineChart,
  type LineSeries,
  PALETTE,
  panels,
  panelWidth,
} from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  meanCurve,
  metricCurves,
  NoResults,
  type Plan,
  type Results,
  type Run,
  spreadText,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { TrainingCheckpoint, TrainingResult } from "../experiments/training.ts";
import { samplesNeeded, TARGET } from "../findings.ts";
import {
  distinct,
  EQUATION_TITLES,
  type EquationName,
  EQUATIONS,
  errorOf,
  pointsOf,
  SWEEP,
  SWEPT,
  type Swept,
  type Weighed,
  weightLevels,
  WEIGHTS,
} from "../studies.ts";

/** In the order of the sweep; each method has one colour throughout. */
export const METHODS = Object.keys(SWEPT) as readonly Swept[];
const COLOURS: Readonly<Record<Swept, string>> = {
  pinn: PALETTE[0],
  symmetry: PALETTE[1],
  matched: PALETTE[2],
  weighted: PALETTE[3],
};

/** A group of a sweep, at one number of samples. */
interface AtPoints {
  readonly points: number;
  readonly runs: readonly Run<TrainingResult>[];
}

/** Geometric mean of the errors and their deviation over seeds, by number of samples. */
function errorCurve(
  groups: readonly AtPoints[],
  style: { readonly name: string; readonly colour: string; readonly dashed?: boolean },
): LineSeries {
  const curves = groups.map(({ points, runs }) =>
    meanCurve(runs.map(({ result }) => ({ x: [points], y: [errorOf(result)] })), { ...style, log: true })
  );
  const flat = (key: "x" | "y" | "low" | "high") =>
    curves.flatMap((curve) => Array.from(curve[key] ?? curve.y as ArrayLike<number | null>));
  return {
    ...style,
    points: true,
    x: flat("x") as number[],
    y: flat("y"),
    low: flat("low"),
    high: flat("high"),
  };
}

const target = (from: number, to: number): LineSeries => ({
  name: String(TARGET),
  x: [from, to],
  y: [TARGET, TARGET],
  colour: INK.muted,
  dashed: true,
});

const AXES = {
  x: { title: "Interior samples N_r, fixed", log: true },
  y: { title: "Test mean squared error", log: true },
} as const;

/** The finished trainings of a method by ascending number of samples. */
export function sweepOf(results: Results, equation: EquationName, method: Swept): AtPoints[] {
  return SWEEP[equation].where((network) => network.method === method).finished(results)
    .toSorted((a, b) => a.points - b.points);
}

function neededFigure(results: Results): Figure {
  const groups = METHODS.map((method) => ({ method, at: sweepOf(results, "heat", method) }))
    .filter(({ at }) => at.length > 0);
  if (groups.length === 0) throw new NoResults("no training has a result");
  const all = groups.flatMap(({ at }) => at.map(({ points }) => points));
  const errors = lineChart([
    ...groups.map(({ method, at }) =>
      errorCurve(at, {
        name: SWEPT[method].label,
        colour: COLOURS[method],
        // It lies on the symmetry loss's line.
        dashed: method === "weighted",
      })
    ),
    target(Math.min(...all), Math.max(...all)),
  ], {
    title: "Error by number of samples",
    ...AXES,
    width: panelWidth(1),
    height: 240,
    alt: "Test error against the number of fixed interior samples, by method.",
  });
  const bars = groups.flatMap(({ method }) => {
    const needed = [...samplesNeeded(results, method).values()];
    if (needed.length === 0) return [];
    const bounds = needed.flatMap(({ bound }) => bound ?? []);
    return [{
      label: SWEPT[method].label + (2 * bounds.length > needed.length ? ` (${bounds[0]})` : ""),
      group: SWEPT[method].label,
      value: Math.exp(mean(needed.map(({ samples }) => Math.log(samples)))),
    }];
  });
  const charts = bars.length === 0 ? [errors] : [
    errors,
    barChart(bars, {
      title: `Samples needed for ${TARGET}`,
      value: { title: "Interior samples (geometric mean)" },
      sort: "none",
      digits: 0,
      colours: Object.fromEntries(METHODS.map((method) => [SWEPT[method].label, COLOURS[method]])),
      width: panelWidth(1),
      alt: "Bars of the number of samples that each method needs.",
    }),
  ];
  return panels(charts, {
    title: `Heat equation: how many samples does an error of ${TARGET} take?`,
    subtitle: [
      "α = 150, β = 100; matched and weighted: PINNs with the symmetry loss’s weight and no symmetry",
      spreadText(groups.flatMap(({ at }) => at), "log"),
    ],
    columns: 1,
    alt: "Error by number of samples, and the number that an error takes, of four methods.",
  });
}

/** The grid over N_r × weight of one method at one weight. */
const gridOf = (results: Results, method: Weighed, weight: number): AtPoints[] =>
  WEIGHTS.finished(results).filter((group) =>
    group.method === method && group.weight === weight && !group.pilot
  );

/** The grid's networks, without its pilots. */
export const gridNames = (plan: Plan): string[] =>
  WEIGHTS.variants(plan).filter(({ pilot }) => !pilot).map(({ name }) => name);

function whenFigure(results: Results): Figure {
  const charts = weightLevels("heat").flatMap((weight) => {
    const lines = (["pinn", "symmetry"] as const).flatMap((method) => {
      const at = gridOf(results, method, weight);
      return at.length === 0 ? [] : [errorCurve(at, { name: SWEPT[method].label, colour: COLOURS[method] })];
    });
    if (lines.length === 0) return [];
    const { points } = pointsOf(results.plan);
    return [lineChart([...lines, target(points[0], points.at(-1)!)], {
      title: `mean PDE weight ${Number(weight.toPrecision(3))}`,
      x: AXES.x,
      y: { ...AXES.y, domain: [5e-4, 2] },
      width: panelWidth(2),
      height: 180,
      endLabels: false,
      alt: `Errors by number of samples at the weight ${weight}.`,
    })];
  });
  if (charts.length === 0) throw new NoResults("no training has a result");
  return panels(charts, {
    columns: 2,
    title: "When does the symmetry loss help?",
    subtitle: [
      "Heat equation. Blue: PINN with this α; orange: symmetry loss with α : β = 150 : 100 and this α + β·mean(w)",
      spreadText(WEIGHTS.finished(results, gridNames(results.plan)), "log"),
    ],
    spacing: 18,
    alt:
      "Four panels, by weight of the PDE loss, with the errors of PINN and symmetry loss by number of samples.",
  });
}

/** A panel of {@link sweeps} by training step. */
const course = (title: string, value: (row: TrainingCheckpoint) => number) => ({
  title,
  curve: ({ checkpoints }: { readonly checkpoints: readonly TrainingCheckpoint[] }) => ({
    x: checkpoints.map(({ step }) => step),
    y: checkpoints.map(value),
  }),
  x: { title: "Training step" },
  y: { title, log: true },
});

/** Sweep over the number of points, and training curves. */
export const sweeps: readonly Artefact[] = [
  {
    id: "samples-needed",
    kind: "figure",
    location: "Abstract; Tables 1 and 2 as curves",
    title: `Samples that an error of ${TARGET} takes`,
    caption:
      "Fixed samples are scarce: the symmetry loss is compared with the PINN, and with PINNs that have its weight alone.",
    jobs: (plan) => SWEEP.heat.jobs(plan),
    render: neededFigure,
  },
  {
    id: "when",
    kind: "figure",
    location: "Addition F",
    title: "When does the symmetry loss help?",
    caption: "PINN and symmetry loss over the number of samples, at four mean weights of the PDE loss.",
    jobs: (plan) => distinct(WEIGHTS.jobs(plan, gridNames(plan))),
    render: whenFigure,
  },
  ...EQUATIONS.map((equation) =>
    metricCurves({
      id: `training-${equation}`,
      location: "Addition D",
      title: `${EQUATION_TITLES[equation]}: error by training step`,
      caption:
        "The symmetry loss and the PINN that is weighted like it have the same loss: their curves part only as rounding grows.",
      of: SWEEP[equation].where(({ few }) => few),
      panels: [
        course("Mean squared error", ({ error }) => error),
        course("Mean squared residual Δ²", ({ residual }) => residual),
      ],
      heading: `${EQUATION_TITLES[equation]}: held-out error and residual during training`,
      subtitle: ([{ config }]) => `${config.points} interior samples, fixed`,
      alt: "Error and residual of the PINN, with the symmetry loss, and of the two controls.",
    })
  ),
];
