import { type Figure, lineChart, type LineSeries, PALETTE, panels } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import type { MethodName } from "../../../lib/methods/lie_symmetry/mod.ts";
import { mean, std } from "../../../lib/stats/mod.ts";
import { controlJobs, sweepJobs } from "../jobs.ts";
import { EQUATION_TITLES, type EquationName, EQUATIONS } from "../plan.ts";
import { pointsOf, type Run, runsOf } from "../summaries.ts";

/** Methods of these figures, with short names for the ends of lines. */
const LINES: readonly { readonly method: MethodName; readonly name: string; readonly colour: string }[] = [
  { method: "pinn", name: "PINN", colour: PALETTE[0] },
  { method: "symmetry", name: "with symmetry", colour: PALETTE[1] },
  { method: "pinn-matched", name: "matched α", colour: PALETTE[2] },
  { method: "pinn-weighted", name: "weighted", colour: PALETTE[3] },
];

/** Geometric mean and the band of one standard deviation of the logarithms. */
function band(values: readonly (readonly number[])[]): Pick<LineSeries, "y" | "low" | "high"> {
  const logs = values.map((list) => list.map(Math.log));
  const centre = logs.map(mean);
  const spread = logs.map((list) => list.length > 1 ? std(list, { ddof: 1 }) : 0);
  return {
    y: centre.map(Math.exp),
    ...spread.some((value) => value > 0) && {
      low: centre.map((value, i) => Math.exp(value - spread[i])),
      high: centre.map((value, i) => Math.exp(value + spread[i])),
    },
  };
}

/** The range of lines on a logarithmic axis, at least a factor of 5 wide, so that it has ticks. */
function logDomain(lines: readonly Pick<LineSeries, "y" | "low" | "high">[]): readonly [number, number] {
  const values = lines.flatMap(({ y, low = [], high = [] }) =>
    [y, low, high].flatMap((list) => Array.from(list, Number))
  );
  const [low, high] = [Math.min(...values) / 1.05, Math.max(...values) * 1.05];
  const widen = Math.sqrt(Math.max(1, 5 * low / high));
  return [low / widen, high * widen];
}

function seedsText(seeds: number): string {
  return seeds > 1
    ? `geometric mean and one standard deviation of the logarithms over ${seeds} seeds`
    : "one seed";
}

function sweepFigure(results: Results): Figure {
  let seeds = 0;
  const charts = EQUATIONS.flatMap((equation) => {
    const points = pointsOf(results, equation);
    const lines = LINES.slice(0, 2).flatMap(({ method, ...style }) => {
      const runs = points.map((count) => runsOf(results, { equation, method, points: count }));
      seeds = Math.max(seeds, ...runs.map(({ length }) => length));
      const kept = points.map((count, i) => [count, runs[i]] as const).filter(([, list]) => list.length > 0);
      if (kept.length === 0) return [];
      const x = kept.map(([count]) => count);
      return [{
        ...style,
        x,
        ...band(kept.map(([, list]) => list.map(({ final }) => final.error))),
        points: true,
      }];
    });
    if (lines.length === 0) return [];
    return [lineChart(lines, {
      title: EQUATION_TITLES[equation],
      x: { title: "Interior samples N_r", log: true },
      y: { title: "Test mean squared error", log: true, domain: logDomain(lines) },
      width: 440,
      height: 240,
      alt: `Test error against the number of interior samples, ${EQUATION_TITLES[equation]}.`,
    })];
  });
  if (charts.length === 0) throw new NoResults("no training has a result");
  return panels(charts, {
    columns: 2,
    title: "Test error by number of interior samples",
    subtitle: `Lines and bands: ${seedsText(seeds)}`,
    alt: "Test error of the PINN and of the PINN with symmetry loss against the number of interior samples.",
  });
}

function trainingFigure(results: Results, equation: EquationName): Figure {
  const [points] = pointsOf(results, equation);
  if (points === undefined) throw new NoResults("no training has a result");
  let seeds = 0;
  const charts = (["error", "residual"] as const).map((quantity) => {
    const lines = LINES.flatMap(({ method, ...style }) => {
      const runs: Run[] = runsOf(results, { equation, method, points });
      if (runs.length === 0) return [];
      seeds = Math.max(seeds, runs.length);
      const steps = runs[0].result.checkpoints.map(({ step }) => step);
      return [{
        ...style,
        x: steps,
        ...band(steps.map((_, i) => runs.map(({ result }) => result.checkpoints[i][quantity]))),
      }];
    });
    const title = quantity === "error" ? "Mean squared error" : "Mean squared residual Δ²";
    return lineChart(lines, {
      title,
      x: { title: "Training step" },
      y: { title, log: true, domain: logDomain(lines) },
      width: 440,
      height: 240,
      alt: `${title} on held-out functions against the training step.`,
    });
  });
  return panels(charts, {
    columns: 2,
    title: `${EQUATION_TITLES[equation]}: held-out error and residual during training`,
    subtitle: `${points} interior samples; lines and bands: ${seedsText(seeds)}`,
    alt: "Error and residual of the PINN, with the symmetry loss, and of the two controls.",
  });
}

/** Sweep over the number of points, and courses of training. */
export const sweeps: readonly Artefact[] = [
  {
    id: "sweep",
    kind: "figure",
    location: "Tables 1 and 2 as curves",
    title: "Test error by number of interior samples",
    caption: "What Tables 1 and 2 hold, with the spread over seeds.",
    jobs: (plan) => EQUATIONS.flatMap((equation) => sweepJobs(plan, equation)),
    render: sweepFigure,
  },
  ...EQUATIONS.map((equation): Artefact => ({
    id: `training-${equation}`,
    kind: "figure",
    location: "Addition D",
    title: `${EQUATION_TITLES[equation]}: error by training step`,
    caption:
      "The symmetry loss and the PINN that is weighted like it have the same loss: their curves part only as rounding grows.",
    jobs: (plan) => [...sweepJobs(plan, equation, "least"), ...controlJobs(plan, equation)],
    render: (results) => trainingFigure(results, equation),
  })),
];
