import { type Artefact, metricBars, metricTable } from "../../../lib/harness/mod.ts";
import type { Cell, Table } from "../../../lib/figures/mod.ts";
import { CLOUDS, type Kind, PARTICLES, PARTS, TIMING } from "../studies.ts";

/** A colour for each way to a symmetry. */
const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  "none": "#6b6b6b",
  "data": "#56b4e9",
  "architecture": "#e69f00",
  "fixed frame": "#0072b2",
  "learned frame": "#d55e00",
};

/** Table 2. */
export const particleTable: Artefact = metricTable({
  id: "table-2",
  location: "Table 2",
  title: "Charged particles",
  caption:
    "Mean squared errors of predicted positions, as the simulations are and turned and moved as a whole, and by how much the two " +
    "predictions differ at the most.",
  of: PARTICLES,
  rows: "Predictor",
  columns: {
    error: { title: "Error", digits: 4, value: ({ error }) => error },
    moved: { title: "Error, moved", digits: 4, value: ({ movedError }) => movedError },
    gap: {
      title: "Gap",
      digits: 5,
      value: ({ gap }) => gap,
      note: "largest |φ(g x) − g φ(x)| of a coordinate; rounding only, where the network is equivariant",
    },
    parameters: { title: "Parameters", digits: 0, value: ({ parameters }) => parameters },
  },
  notes: ["The paper's numbers of this table were not available; remembered ones are left out."],
});

/** Table 3. */
export const cloudTable: Artefact = metricTable({
  id: "table-3",
  location: "Table 3 (ModelNet10 instead of ModelNet40)",
  title: "Point clouds of ModelNet10",
  caption:
    "Test accuracies on clouds turned about the upright axis and turned in space. Networks are trained on the former, those marked " +
    "“turned in training” on the latter.",
  of: CLOUDS,
  rows: "Network",
  columns: {
    upright: { title: "z (%)", digits: 1, value: ({ upright }) => upright },
    turned: { title: "SO(3) (%)", digits: 1, value: ({ turned }) => turned },
    changes: {
      title: "Changed (%)",
      digits: 2,
      value: ({ changes }) => changes,
      note: "clouds with another label in the one pose than in the other",
    },
    parameters: { title: "Parameters", digits: 0, value: ({ parameters }) => parameters },
  },
  notes: ["The paper's table is of ModelNet40, with 1 024 points; no value of it compares with these."],
});

/** Accuracy under rotations as bars. */
export const cloudFigure: Artefact = metricBars({
  id: "figure-clouds",
  location: "addition",
  title: "Clouds turned in space",
  caption: "Test accuracy on ModelNet10 clouds turned in space. Seeds as in the table.",
  of: CLOUDS,
  value: ({ turned }) => turned,
  axis: { title: "test accuracy, SO(3) (%)" },
  group: ({ kind }) => kind as Kind,
  colours: KIND_COLOURS,
  sort: "none",
  heading: "Clouds turned in space",
  subtitle: "Trained on upright clouds unless marked",
  alt: "Bars of accuracy on turned clouds by network.",
});

/** Part labels. */
export const partTable: Artefact = metricTable({
  id: "table-parts",
  location: "ShapeNet part segmentation (procedural shapes instead: a stand-in)",
  title: "Parts of procedural shapes",
  caption:
    "Mean IoU of part labels on test shapes; all networks are trained on shapes turned about the upright axis.",
  of: PARTS,
  rows: "Network",
  columns: {
    upright: { title: "z (%)", digits: 1, value: ({ upright }) => upright },
    turned: { title: "SO(3) (%)", digits: 1, value: ({ turned }) => turned },
    parameters: { title: "Parameters", digits: 0, value: ({ parameters }) => parameters },
  },
  notes: [
    "Reported on ShapeNet-Part, trained and tested in all poses (public leaderboard): CN(frozen)-PointNet 72.3, CN(L)-PointNet 73.4, " +
    "CN(NL)-PointNet 73.6, VN-PointNet 72.8. They do not compare with these shapes.",
  ],
});

const TASKS = {
  digits: "digits",
  finest: "digits",
  clouds: "clouds",
  particles: "particles",
} as const;

/** What a timed network is called. */
function nameOf(model: Record<string, unknown>): string {
  const { kind, order, network, canonicalizer } = model;
  if (network !== undefined) return canonicalizer === undefined ? String(network) : `CN(NL)-${network}`;
  const names: Record<string, string> = {
    discrete: `CN(C${order})-CNN`,
    group: `G-CNN(C${order})`,
    frame: "CN-GNN",
    egnn: "EGNN",
    average: "FA-GNN, 8 frames",
    gnn: "GNN",
  };
  return names[String(kind)];
}

/** Inference times. */
export const timeTable: Artefact = {
  id: "table-times",
  kind: "table",
  location: "inference times (Tables 2 and 4)",
  title: "Inference times",
  caption:
    "Median milliseconds an example of untrained networks, one thread, rounds interleaved in one process.",
  jobs: (plan) => TIMING.jobs(plan),
  render(results): Table {
    const rows = TIMING.groups(results).flatMap(({ name, config, runs: [{ result }] }) =>
      config.models.map((model, i): Record<string, Cell> => ({
        label: nameOf(model),
        task: TASKS[name],
        median: result.milliseconds[i].median,
        least: result.milliseconds[i].least,
      }))
    );
    return {
      kind: "table",
      columns: [
        { key: "label", title: "Network" },
        { key: "task", title: "Examples" },
        { key: "median", title: "Median (ms)", digits: 3 },
        { key: "least", title: "Least (ms)", digits: 3 },
      ],
      rows,
      notes: [],
    };
  },
};
