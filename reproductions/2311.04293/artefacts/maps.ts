import { type Figure, heatmap, lineChart, panels, panelWidth } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Plan, type Results } from "../../../lib/harness/mod.ts";
import type { SolutionsResult } from "../experiments/solutions.ts";
import {
  EQUATION_TITLES,
  type EquationName,
  EQUATIONS,
  pointsOf,
  SOLUTIONS,
  SWEEP,
  SWEPT,
} from "../studies.ts";

/** Range of the colours of solutions, as in a public attempt's figures, and of errors. */
const RANGE = [-0.8, 0.8] as const;

const METHODS = ["pinn", "symmetry"] as const;

/** Numbers of samples of the maps: three at most. */
function shownPoints(plan: Plan, equation: EquationName): readonly number[] {
  const { points, few, many } = pointsOf(plan);
  return equation === "heat" ? [...new Set([points[0], few, many])] : [few, many];
}

const namesOf = (plan: Plan, equation: EquationName) =>
  METHODS.flatMap((method) => shownPoints(plan, equation).map((count) => `${method} ${count}` as const));

/** Truth and the kept predictions, method by method, by ascending number of points. */
function predictions(results: Results, equation: EquationName) {
  const truth = SOLUTIONS.result(results, equation);
  const rows = METHODS.map((method) => ({
    title: SWEPT[method].label,
    maps: shownPoints(results.plan, equation).flatMap((points) =>
      SWEEP[equation].finished(results, [`${method} ${points}`]).flatMap(({ runs }) =>
        runs.flatMap(({ result: { map } }) => map ? [{ points, map }] : []).slice(0, 1)
      )
    ),
  }));
  if (rows.every(({ maps }) => maps.length === 0)) throw new NoResults("no prediction was kept");
  return { truth, rows };
}

const subtitle = "One held-out initial condition, first seed; numbers: interior samples, fixed";

function plane(
  { positions, times }: SolutionsResult,
  values: readonly number[],
  options: { readonly title: string; readonly legend?: string },
): Figure {
  const half = (list: readonly number[]) => (list[1] - list[0]) / 2;
  return heatmap({
    grid: {
      x: [positions[0] - half(positions), positions.at(-1)! + half(positions)],
      y: [times[0], times.at(-1)!],
      columns: positions.length,
      rows: times.length,
      values: values.map((value) => Math.max(RANGE[0], Math.min(RANGE[1], value))),
      domain: RANGE,
      colours: "diverging",
      ...options.legend && { title: options.legend },
    },
  }, {
    title: options.title,
    x: { title: "x" },
    y: { title: "t" },
    width: 130,
    height: 150,
    alt: options.title,
  });
}

function mapsFigure(results: Results, equation: EquationName): Figure {
  const { truth, rows } = predictions(results, equation);
  const charts = rows.flatMap(({ title, maps }) => [
    plane(truth, truth.map, { title: "true solution" }),
    ...maps.map(({ points, map }, i) =>
      plane(truth, map.map((value, at) => value - truth.map[at]), {
        title: `${title.replace("PINN + ", "+ ")}, ${points}`,
        ...i === maps.length - 1 && { legend: "u, error" },
      })
    ),
  ]);
  return panels(charts, {
    columns: Math.max(...rows.map(({ maps }) => maps.length)) + 1,
    title: `${EQUATION_TITLES[equation]}: errors of predictions`,
    subtitle: `${subtitle}. Left: u; others: prediction minus u. Colours end at ±0.8`,
    spacing: 18,
    alt:
      "Space-time maps of the true solution and of the errors without and with the symmetry loss, by number of samples.",
  });
}

/** Dark to light, t = 0 first. */
const TIME_COLOURS = ["#08306b", "#2171b5", "#6baed6", "#e6550d"];

function slicesFigure(results: Results, equation: EquationName): Figure {
  const { truth, rows } = predictions(results, equation);
  const columns = truth.positions.length;
  const last = truth.times.length - 1;
  const slices = [0, 1 / 4, 1 / 2, 1].map((part) => Math.round(part * last));
  const at = (map: readonly number[], slice: number) => map.slice(slice * columns, (slice + 1) * columns);
  const all = [truth.map, ...rows.flatMap(({ maps }) => maps.map(({ map }) => map))].flat();
  const domain = [Math.min(...all) - 0.05, Math.max(...all) + 0.05] as const;
  const most = Math.max(...rows.map(({ maps }) => maps.length));
  const charts = rows.flatMap(({ title, maps }) =>
    maps.map(({ points, map }) =>
      lineChart(
        slices.flatMap((slice, k) => [
          { name: `truth ${k}`, x: truth.positions, y: at(truth.map, slice), colour: TIME_COLOURS[k] },
          {
            name: `model ${k}`,
            x: truth.positions,
            y: at(map, slice),
            colour: TIME_COLOURS[k],
            dashed: true,
          },
        ]),
        {
          title: `${title}, ${points}`,
          x: { title: "x" },
          y: { title: "u", domain },
          width: panelWidth(most),
          height: 150,
          endLabels: false,
          alt: `${title}, ${points} interior samples`,
        },
      )
    )
  );
  const times = slices.map((slice) => Number(truth.times[slice].toPrecision(3)));
  return panels(charts, {
    columns: most,
    title: `${EQUATION_TITLES[equation]}: the same predictions at four times`,
    subtitle: [
      `Solid: truth, dashed: model, at t = ${times.slice(0, 3).join(", ")} (dark to light blue) and ${
        times[3]
      } (orange)`,
      subtitle,
    ],
    spacing: 18,
    alt: "Curves of truth and model over x at four times, by method and number of samples.",
  });
}

/** Figures 2 and 3, maps and slices each. */
export const maps: readonly Artefact[] = EQUATIONS.flatMap((equation, i): Artefact[] => {
  const jobs: Artefact["jobs"] = (plan) => [
    ...SOLUTIONS.jobs(plan, [equation]),
    ...SWEEP[equation].jobs(plan, namesOf(plan, equation)),
  ];
  return [
    {
      id: `figure-${i + 2}`,
      kind: "figure",
      location: `Figure ${i + 2} (a)`,
      title: `${EQUATION_TITLES[equation]}: errors of predictions`,
      caption:
        "Truth, and prediction minus truth as the number of fixed samples grows, without and with the symmetry loss.",
      jobs,
      render: (results) => mapsFigure(results, equation),
    },
    {
      id: `figure-${i + 2}-slices`,
      kind: "figure",
      location: `Figure ${i + 2} (b)`,
      title: `${EQUATION_TITLES[equation]}: time slices`,
      caption:
        "The same predictions as curves at the beginning, at a quarter, at half and at the end of the time.",
      jobs,
      render: (results) => slicesFigure(results, equation),
    },
  ];
});
