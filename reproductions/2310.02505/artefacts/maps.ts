import { ROOM_OUTLINES } from "../../../lib/environments/mod.ts";
import {
  type Figure,
  FIGURE_WIDTH,
  heatmap,
  lineChart,
  type LineSeries,
  PALETTE,
  panels,
} from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import {
  type Arm,
  ARM_RUNS,
  BEHAVIOURS,
  type Cell,
  CELLS,
  mainOf,
  MERLIN,
  RATIOS,
  type Task,
  TASKS,
} from "../studies.ts";
import { ceilingOn, mainTest } from "../summaries.ts";

const POINT_CELLS = CELLS.filter((cell) => cell.startsWith("Point"));
type Path = readonly (readonly [x: number, y: number])[];

/** Outlines of the walls as one sees them, cut at the border. */
function outlines(): Path[] {
  const cut = (x: number) => Math.min(Math.max(x, -5), 5);
  return ROOM_OUTLINES.map(({ x, y }) => {
    const [[x0, x1], [y0, y1]] = [x.map(cut), y.map(cut)];
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]];
  });
}

/** Walks of the policy on the map; the last place kept is the goal. */
function mapsFigure(results: Results): Figure {
  const charts = POINT_CELLS.flatMap((cell) => {
    const paths = MERLIN.finished(results, [mainOf(cell)])[0]?.runs[0].result.paths;
    if (!paths) return [];
    const walks = paths.slice(0, 16);
    return [
      heatmap({
        outlines: cell.startsWith("PointRooms") ? outlines() : [],
        paths: walks.map((walk) => walk.slice(0, -1)),
        points: walks.map((walk) => walk.at(-1)!),
      }, {
        title: cell,
        // The maps end at 5; points at their border are shown whole.
        x: { title: "x", domain: [-5.3, 5.3] },
        y: { title: "y", domain: [-5.3, 5.3] },
        width: 300,
        height: 300,
        pointSize: 45,
        alt: `Walks of Merlin on ${cell}.`,
      }),
    ];
  });
  if (charts.length === 0) throw new NoResults("no walks were kept");
  return panels(charts, {
    title: "Merlin walks to its goals",
    subtitle: "16 episodes of the first seed; goals blue, ends orange; within 1 of the goal is rewarded",
    columns: 2,
    alt: "Walks on the maps of PointReach and PointRooms.",
  });
}

const COLOURS: Readonly<Record<string, string>> = {
  PointReach: PALETTE[0],
  PointRooms: PALETTE[1],
  Reacher: PALETTE[2],
  FetchReach: PALETTE[3],
  FetchPush: PALETTE[4],
  SawyerReach: PALETTE[5],
  SawyerDoor: PALETTE[6],
  FetchPick: "#882255",
};
const nameOf = (cell: AnyCell) => cell.split(" ")[0];

type AnyCell = Cell<Task | Arm>;

/** Returns at the horizons of a test, ascending; a list for each seed. */
function byHorizon(
  results: Results,
): { readonly cell: AnyCell; readonly tests: ReadonlyMap<number, number> }[] {
  const means = (runs: readonly (readonly { readonly horizon: number; readonly return: number }[])[]) =>
    new Map(
      [...Map.groupBy(runs.flat(), ({ horizon }) => horizon)]
        .map(([horizon, own]) => [horizon, mean(own.map((test) => test.return))] as const)
        .sort(([a], [b]) => a - b),
    );
  return [
    ...MERLIN.finished(results, CELLS.map(mainOf)).map(({ cell, runs }) => ({
      cell,
      tests: means(runs.map(({ result }) => result.tests)),
    })),
    ...ARM_RUNS.finished(results).map(({ cell, runs }) => ({
      cell,
      tests: means(runs.map(({ result }) => result.merlin)),
    })),
  ];
}

/** Lines of returns, a chart for each kind of data. */
function returnsByBehaviour(
  results: Results,
  seriesOf: (behaviour: typeof BEHAVIOURS[number]) => readonly LineSeries[],
  { x, by, none, ...options }: ReturnsOptions,
): Figure {
  const charts = BEHAVIOURS.flatMap((behaviour) => {
    const own = seriesOf(behaviour), series = [...own, ...ceilingLine(results, { behaviour, series: own })];
    return own.length === 0 ? [] : [lineChart(series, {
      title: `${behaviour} data`,
      x,
      y: { title: "discounted return" },
      width: FIGURE_WIDTH,
      height: 230,
      alt: `Returns by ${by} on ${behaviour} data.`,
    })];
  });
  if (charts.length === 0) throw new NoResults(none);
  return panels(charts, { ...options, columns: 1 });
}

/** What the best possible policy returns on PointReach, over a range of x; no line where it is not shown. */
function ceilingLine(
  results: Results,
  { behaviour, series }: {
    readonly behaviour: typeof BEHAVIOURS[number];
    readonly series: readonly LineSeries[];
  },
): LineSeries[] {
  const value = ceilingOn(results, `PointReach ${behaviour}`);
  const x = series.filter(({ name }) => name === "PointReach").flatMap(({ x }) => Array.from(x));
  if (value === undefined || x.length === 0) return [];
  const ends = [Math.min(...x), Math.max(...x)];
  return [{
    name: "PointReach, best possible",
    x: ends,
    y: ends.map(() => value),
    colour: COLOURS.PointReach,
    dashed: true,
  }];
}

interface ReturnsOptions {
  readonly x: { readonly title: string; readonly log?: boolean };
  /** What is on the axis, in words. */
  readonly by: string;
  /** Said where there are no results. */
  readonly none: string;
  readonly title: string;
  readonly subtitle: string;
  readonly alt: string;
}

function horizonFigure(results: Results): Figure {
  return returnsByBehaviour(
    results,
    (behaviour) =>
      byHorizon(results).filter(({ cell }) => cell.endsWith(behaviour)).map(({ cell, tests }) => ({
        name: nameOf(cell),
        x: [...tests.keys()],
        y: [...tests.values()],
        colour: COLOURS[nameOf(cell)],
        points: true,
      })),
    {
      x: { title: "horizon that the policy is told", log: true },
      by: "test horizon",
      none: "no horizon was tested",
      title: "The horizon at test time",
      subtitle: "One policy for each task, tested at several constant horizons; means over seeds",
      alt: "Returns over the horizon, by task and data.",
    },
  );
}

/** Pixels of a cell: the picture is stretched smoothly. */
const SHARP = 24;

/** Returns by task and horizon, as colours. */
function horizonMap(results: Results): Figure {
  const all = byHorizon(results);
  const inCommon = all.filter(({ cell }) => (CELLS as readonly AnyCell[]).includes(cell));
  const shown = [...new Set(inCommon.flatMap(({ tests }) => [...tests.keys()]))].sort((a, b) => a - b);
  const columns = shown.length + 1;
  const charts = BEHAVIOURS.flatMap((behaviour) => {
    const rows = inCommon.filter(({ cell }) => cell.endsWith(behaviour)).flatMap(({ cell, tests }) => {
      const without = MERLIN.finished(results, [`${cell as Cell} no horizon`])[0]?.runs ?? [];
      const none = without.length === 0
        ? null
        : mean(without.map(({ result }) => mainTest(cell as Cell, result).return));
      return [{ cell, values: [...shown.map((horizon) => tests.get(horizon) ?? null), none] }];
    }).filter(({ values }) => !values.includes(null));
    if (rows.length === 0) return [];
    const upwards = rows.toReversed();
    const centred = (label: string, i: number) => ({ value: i + 0.5, label });
    return [heatmap({
      grid: {
        x: [0, columns],
        y: [0, rows.length],
        columns: columns * SHARP,
        rows: rows.length * SHARP,
        // Shares of each row's best.
        values: upwards.flatMap(({ values }) => {
          const best = Math.max(...values as number[]);
          const row = (values as number[]).flatMap((value) => new Array<number>(SHARP).fill(value / best));
          return Array.from({ length: SHARP }, () => row).flat();
        }),
        title: "share of the best",
        domain: [0, 1],
      },
    }, {
      title: `${behaviour} data`,
      x: { title: "horizon h", ticks: [...shown.map(String), "none"].map(centred) },
      y: { title: "", ticks: upwards.map(({ cell }) => nameOf(cell)).map(centred) },
      width: 240,
      height: 60 * rows.length,
      alt: `Returns by task and horizon on ${behaviour} data.`,
    })];
  });
  if (charts.length === 0) throw new NoResults("no horizon was tested");
  return panels(charts, {
    title: "Return by task and test horizon",
    subtitle: "In shares of each task’s best; means over seeds",
    columns: 2,
    alt: "Heat maps of returns.",
  });
}

function ratioFigure(results: Results): Figure {
  return returnsByBehaviour(results, (behaviour) =>
    TASKS.flatMap((task) => {
      const cell = `${task} ${behaviour}` as const;
      const points = RATIOS.flatMap((ratio) => {
        const [group] = MERLIN.finished(results, [`${cell} ρ ${ratio}`]);
        return group === undefined
          ? []
          : [{ ratio, value: mean(group.runs.map(({ result }) => mainTest(cell, result).return)) }];
      });
      return points.length === 0 ? [] : [{
        name: task,
        x: points.map(({ ratio }) => ratio),
        y: points.map(({ value }) => value),
        colour: COLOURS[task],
        points: true,
      }];
    }), {
    x: { title: "hindsight ratio ρ" },
    by: "hindsight ratio",
    none: "no hindsight ratio was run",
    title: "How often the goal is one of hindsight",
    subtitle: "Means over seeds, at the horizons of the released code",
    alt: "Returns over the hindsight ratio, by task and data.",
  });
}

const mains = CELLS.map(mainOf);

/** Walks, horizons and hindsight. */
export const mapArtefacts: readonly Artefact[] = [
  {
    id: "figure-walks",
    kind: "figure",
    location: "addition",
    title: "Walks on the maps",
    caption: "What a trained policy does.",
    jobs: (plan) => MERLIN.jobs(plan, POINT_CELLS.map(mainOf)),
    render: mapsFigure,
  },
  {
    id: "figure-horizons",
    kind: "figure",
    location: "Figure of the ablation",
    title: "The horizon at test time",
    caption: "Which constant horizon is best, by task.",
    jobs: (plan) => [...MERLIN.jobs(plan, mains), ...ARM_RUNS.jobs(plan)],
    render: horizonFigure,
  },
  {
    id: "figure-horizon-map",
    kind: "figure",
    location: "Figure of the ablation",
    title: "Heat map of the horizon",
    caption: "The same as colours, with the policy that is told no horizon.",
    jobs: (plan) => MERLIN.jobs(plan, [...mains, ...CELLS.map((cell) => `${cell} no horizon` as const)]),
    render: horizonMap,
  },
  {
    id: "figure-hindsight",
    kind: "figure",
    location: "Ablation of the hindsight ratio",
    title: "Hindsight",
    caption: "Random data need hindsight.",
    jobs: (plan) =>
      MERLIN.jobs(plan, CELLS.flatMap((cell) => RATIOS.map((ratio) => `${cell} ρ ${ratio}` as const))),
    render: ratioFigure,
  },
];
