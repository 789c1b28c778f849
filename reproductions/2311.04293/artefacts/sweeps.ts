import { lineChart, panels, panelWidth } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  meanCurve,
  metricCurves,
  NoResults,
  type Results,
  spreadText,
} from "../../../lib/harness/mod.ts";
import type { TrainingCheckpoint } from "../experiments/training.ts";
import { EQUATION_TITLES, EQUATIONS, errorOf, TRAINING } from "../studies.ts";
import { sweepOf, SWEPT } from "./_sweep.ts";

function sweepFigure(results: Results) {
  const sweeps = EQUATIONS.map((equation) => ({ equation, lines: sweepOf(results, equation) }));
  const charts = sweeps.flatMap(({ equation, lines }) => {
    const series = lines.flatMap(({ title: name, groups }) => {
      const points = groups.flatMap(({ config, runs }) =>
        runs.map(({ seed, result }) => ({ seed, x: config.points, y: errorOf(result) }))
      );
      const bySeed = [...Map.groupBy(points, ({ seed }) => seed).values()];
      const curves = bySeed.map((own) => ({ x: own.map(({ x }) => x), y: own.map(({ y }) => y) }));
      return curves.length === 0 ? [] : [meanCurve(curves, { name, log: true, points: true })];
    });
    if (series.length === 0) return [];
    const title = EQUATION_TITLES[equation];
    return [lineChart(series, {
      title,
      x: { title: "Interior samples N_r", log: true },
      y: { title: "Test mean squared error", log: true },
      width: panelWidth(2),
      height: 200,
      alt: `Test error against the number of interior samples, ${title}.`,
    })];
  });
  if (charts.length === 0) throw new NoResults("no training has a result");
  const groups = sweeps.flatMap(({ lines }) => lines.flatMap(({ groups }) => groups));
  return panels(charts, {
    title: "Test error by number of interior samples",
    subtitle: spreadText(groups, "log"),
    alt: "Test error of the PINN and of the PINN with symmetry loss against the number of interior samples.",
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
    id: "sweep",
    kind: "figure",
    location: "Tables 1 and 2 as curves",
    title: "Test error by number of interior samples",
    caption: "What Tables 1 and 2 hold, with the spread over seeds.",
    jobs: (plan) => EQUATIONS.flatMap((equation) => TRAINING[equation].jobs(plan, SWEPT)),
    render: sweepFigure,
  },
  ...EQUATIONS.map((equation) =>
    metricCurves({
      id: `training-${equation}`,
      location: "Addition D",
      title: `${EQUATION_TITLES[equation]}: error by training step`,
      caption:
        "The symmetry loss and the PINN that is weighted like it have the same loss: their curves part only as rounding grows.",
      of: TRAINING[equation],
      variants: ["pinn", "symmetry", "matched", "weighted"],
      panels: [
        course("Mean squared error", ({ error }) => error),
        course("Mean squared residual Δ²", ({ residual }) => residual),
      ],
      heading: `${EQUATION_TITLES[equation]}: held-out error and residual during training`,
      subtitle: ([{ config }]) => `${config.points} interior samples`,
      alt: "Error and residual of the PINN, with the symmetry loss, and of the two controls.",
    })
  ),
];
