import { type Figure, heatmap, panels, panelWidth, type Table } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { toyGrid, type ToyView } from "../experiments/toy.ts";
import { TOY, TOY_GOALS, TOY_HORIZONS, type ToyName } from "../studies.ts";

const LOCATION = "Figure of toy navigation";
/** Side of a panel in pixels, of three and of four beside each other. */
const SIDES = { three: 190, four: 140 };
const AXES = { x: { title: "x", domain: [-10, 10] as const }, y: { title: "y", domain: [-10, 10] as const } };

interface FieldOptions {
  readonly title: string;
  readonly grid: number;
  readonly side: number;
}

/** Arrows of mean actions, with the goal as a point. */
function field({ field, goal, horizon }: ToyView, { title, grid, side }: FieldOptions): Figure {
  const places = toyGrid(grid);
  return heatmap({
    vectors: field!.map(([dx, dy], i) => ({ x: places[i][0], y: places[i][1], dx, dy })),
    points: [TOY_GOALS[goal]],
  }, {
    title,
    ...AXES,
    width: side,
    height: side,
    pointSize: 70,
    pointColour: "#D55E00",
    alt: `Mean actions towards ${TOY_GOALS[goal].join(", ")} at h = ${horizon}.`,
  });
}

function kept(results: Results, name: ToyName): { views: readonly ToyView[]; grid: number } {
  const { runs, config } = TOY.group(results, name);
  const views = runs[0].result.views.filter(({ field }) => field !== null);
  if (views.length === 0) throw new NoResults("no field of arrows was kept");
  return { views, grid: config.grid };
}

function fieldsFigure(results: Results): Figure {
  const { views, grid } = kept(results, "merlin");
  return panels(
    views.filter(({ goal }) => goal === 0).map((view) =>
      field(view, { title: `h = ${view.horizon}`, grid, side: SIDES.three })
    ),
    {
      title: "Merlin’s mean actions in the toy",
      subtitle:
        "Towards the goal of training (orange), by the horizon told; arrows grow with the root of their length; " +
        "first seed",
      columns: 3,
      alt: "Six quiver fields by horizon: arrows point to the goal in the middle.",
    },
  );
}

function goalsFigure(results: Results): Figure {
  const [own, other] = [kept(results, "merlin"), kept(results, "gcsl")];
  const charts = [1, 2, 3, 4].flatMap((goal) => {
    const merlin = own.views.find((view) => view.goal === goal && view.horizon === 5);
    const gcsl = other.views.find((view) => view.goal === goal);
    const name = `(${TOY_GOALS[goal].join(", ")})`.replaceAll("-", "−");
    return [
      ...(merlin ? [field(merlin, { title: `Merlin, ${name}`, grid: own.grid, side: SIDES.four })] : []),
      ...(gcsl ? [field(gcsl, { title: `GCSL, ${name}`, grid: other.grid, side: SIDES.four })] : []),
    ];
  });
  return panels(charts, {
    title: "Goals that were never asked for in training",
    subtitle: "Merlin at h = 5 and GCSL; the goal is orange; first seed",
    columns: 4,
    alt: "Quiver fields of Merlin and GCSL for four goals.",
  });
}

function noiseFigure(results: Results): Figure {
  const noise = TOY.result(results, "merlin").noise;
  if (noise === null) throw new NoResults("no noise was kept");
  return heatmap({ paths: noise.map((walk) => walk.toReversed()), points: [[0, 0]] }, {
    title: "Forward noise",
    subtitle:
      "Walks of 49 steps of length 1 from the goal in the middle; played backwards they are the training data",
    x: { title: "x" },
    y: { title: "y" },
    width: panelWidth(1) - 260,
    height: 420,
    pointSize: 90,
    alt: "Random walks that leave the middle of a square.",
  });
}

function toyTable(results: Results): Table {
  const groups = TOY.groups(results);
  const of = (views: readonly ToyView[], value: (view: ToyView) => number) =>
    views.length === 0 ? null : mean(views.map(value));
  return {
    kind: "table",
    columns: [
      { key: "method", title: "Method" },
      { key: "horizon", title: "h", digits: 0 },
      { key: "seeds", title: "Seeds", digits: 0 },
      { key: "trained", title: "Cosine, goal of training", digits: 3 },
      { key: "unseen", title: "Cosine, new goals", digits: 3 },
      { key: "length", title: "‖μ‖", digits: 2 },
      { key: "spread", title: "σ", digits: 2 },
      { key: "reachedTrained", title: "Reached, goal of training", digits: 2 },
      { key: "reachedUnseen", title: "Reached, new goals", digits: 2 },
    ],
    rows: groups.flatMap(({ label, name, runs, config: { horizons } }) =>
      horizons.map((horizon) => {
        const views = runs.flatMap(({ result }) => result.views.filter((view) => view.horizon === horizon));
        const [trained, unseen] = [
          views.filter(({ goal }) => goal === 0),
          views.filter(({ goal }) => goal > 0),
        ];
        return {
          method: label,
          horizon: name === "gcsl" || name === "noHorizon" ? null : horizon,
          seeds: runs.length,
          trained: of(trained, ({ cosine }) => cosine),
          unseen: of(unseen, ({ cosine }) => cosine),
          length: of(views, ({ length }) => length),
          spread: name === "gcsl" ? null : of(views, ({ spread }) => spread ?? 0),
          reachedTrained: of(trained, ({ reached }) => reached),
          reachedUnseen: of(unseen, ({ reached }) => reached),
        };
      })
    ),
    notes: [
      "Means over the grid and over seeds. Cosine of mean action and way to the goal; reached: share of walks of at most 100 " +
      "steps that come within 0.5 of the goal.",
      "“misaligned” pairs states with actions as the released script does: at h = 1 the action then says nothing of the goal.",
      `Horizons: ${
        TOY_HORIZONS.join(", ")
      }; walks of noise are 49 steps long, so 50 and 200 are beyond what was trained.`,
    ],
  };
}

/** Toy navigation. */
export const toyArtefacts: readonly Artefact[] = [
  {
    id: "figure-toy-noise",
    kind: "figure",
    location: LOCATION,
    title: "Forward noise",
    caption: "What the toy’s policy is trained to undo.",
    jobs: (plan) => TOY.jobs(plan, ["merlin"]),
    render: noiseFigure,
  },
  {
    id: "figure-toy-fields",
    kind: "figure",
    location: LOCATION,
    title: "Mean actions by horizon",
    caption: "Small horizons give long arrows that are sure of the way, large ones short arrows.",
    jobs: (plan) => TOY.jobs(plan, ["merlin"]),
    render: fieldsFigure,
  },
  {
    id: "figure-toy-goals",
    kind: "figure",
    location: LOCATION,
    title: "New goals",
    caption: "Merlin points to goals that it was never asked for; GCSL less so.",
    jobs: (plan) => TOY.jobs(plan, ["merlin", "gcsl"]),
    render: goalsFigure,
  },
  {
    id: "table-toy",
    kind: "table",
    location: LOCATION,
    title: "Toy navigation in numbers",
    caption: "With the ablations: no horizon, and states and actions misaligned.",
    jobs: (plan) => TOY.jobs(plan),
    render: toyTable,
  },
];
