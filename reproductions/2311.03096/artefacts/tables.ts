import { type Artefact, metricTable } from "../../../lib/harness/mod.ts";
import type { TorusResult } from "../experiments/torus.ts";
import { REGRESSION, ROUNDS, TORUS } from "../studies.ts";

const NO_PAPER_VALUES = "The paper's own numbers were not available to us, so there is no column of them.";

/** Share of the first layer's weights, in percent. */
const share = (count: (result: TorusResult) => number | undefined) => (result: TorusResult) => {
  const found = count(result);
  return found === undefined ? null : 100 * found / result.weights;
};

/** All tables. */
export const tables: readonly Artefact[] = [
  metricTable({
    id: "table-torus",
    location: "Table on MNIST (existence inferred)",
    title: "Digits on the torus",
    caption: "Accuracy and sharing of all networks on the torus.",
    of: TORUS,
    rows: "Network",
    columns: {
      train: { title: "Training accuracy (%)", digits: 1, value: ({ trainAccuracy }) => trainAccuracy },
      test: { title: "Test accuracy (%)", digits: 1, value: ({ accuracy }) => accuracy },
      zeros: {
        title: "Zeros (%)",
        digits: 1,
        note: "exact zeros among the first layer's weights.",
        value: share(({ zeros }) => zeros),
      },
      distinct: {
        title: "Distinct (%)",
        note:
          "different values per weight of the first layer, as trained: the last steps are so small that nothing sticks.",
        value: share(({ distinct }) => distinct),
      },
      after: {
        title: "Distinct after a step (%)",
        note: "the same after one more step of the size that training began with.",
        value: share(({ afterStep }) => afterStep?.distinct),
      },
      largest: {
        title: "Largest cluster",
        digits: 0,
        note: "most weights that are equal then; two may agree by float32 rounding alone.",
        value: ({ afterStep }) => afterStep?.largestCluster,
      },
      magnitude: { title: "Mean |w|", digits: 4, value: ({ meanMagnitude }) => meanMagnitude },
      energy: {
        title: "Circulant energy",
        digits: 3,
        note: "share of the first layer's variance that one filter per channel explains, rows aligned.",
        value: ({ energy }) => energy?.trained,
      },
      shuffled: {
        title: "… rows shuffled",
        digits: 3,
        note: "what alignment alone gives.",
        value: ({ energy }) => energy?.shuffled,
      },
    },
    notes: [NO_PAPER_VALUES],
  }),
  metricTable({
    id: "table-regression",
    location: "released code (linear regression)",
    title: "Linear regression",
    caption: "Does the penalty find values that are shared in truth?",
    of: REGRESSION,
    rows: "Truth",
    columns: {
      sharing: { title: "λ", digits: 3, cell: ({ config }) => config.sharing },
      error: {
        title: "Error",
        digits: 4,
        note: "mean squared error on validation rows.",
        value: ({ error }) => error,
      },
      distinct: { title: "Distinct weights", digits: 0, value: ({ distinct }) => distinct },
      retrained: {
        title: "Error, retrained",
        digits: 4,
        note: "with the sharing pattern frozen.",
        value: ({ retrainedError }) => retrainedError,
      },
      noise: { title: "Noise", digits: 4, note: "error of the true weights.", value: ({ noise }) => noise },
    },
  }),
  {
    id: "table-rounds",
    kind: "table",
    location: "Section on parallel algorithms",
    title: "Parallel rounds",
    caption: "Dependent rounds of the parallel algorithms.",
    jobs: (plan) => ROUNDS.jobs(plan),
    render: (results) => ({
      kind: "table",
      columns: [
        { key: "family", title: "Input" },
        { key: "size", title: "d", digits: 0 },
        { key: "clusters", title: "Final clusters", digits: 0 },
        { key: "imminent", title: "ImminentCollisions, rounds", digits: 0 },
        { key: "end", title: "EndCollisions, steps", digits: 0 },
        { key: "search", title: "SearchCollisions, evaluations", digits: 0 },
        { key: "levels", title: "… levels", digits: 0 },
      ],
      rows: ROUNDS.result(results, "all").rows
        .map(({ bisections, ...row }) => ({ ...row, levels: bisections.length })),
      notes: ["First seed. A dash: not run, as a single thread would need too long."],
    }),
  },
];
