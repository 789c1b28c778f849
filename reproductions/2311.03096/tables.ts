import type { Measured, Table } from "../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../lib/harness/mod.ts";
import type { CifarResult } from "./experiments/cifar.ts";
import type { RoundsConfig, RoundsResult } from "./experiments/rounds.ts";
import type { TorusResult } from "./experiments/torus.ts";
import { cifarJobs, regressionJobs, roundsJobs, torusJobs } from "./jobs.ts";
import { cifarRuns, namesOf, regressionGroups, runsOf, spread, torusRuns } from "./summaries.ts";

const NO_PAPER_VALUES = "The paper's own numbers were not available to us, so there is no column of them.";

/** Mean and standard deviation over seeds of what `value` takes from a result; `null` where it has none. */
function cell<Result>(
  runs: readonly { readonly result: Result }[],
  value: (result: Result) => number | null | undefined,
): Measured | null {
  const values = runs.map(({ result }) => value(result)).filter((v) => v !== null && v !== undefined);
  return values.length === 0 ? null : spread(values);
}

function torusTable(results: Results): Table {
  const runs = torusRuns(results);
  if (runs.length === 0) throw new NoResults("no network was trained");
  const share = (count: (result: TorusResult) => number) => (result: TorusResult) =>
    100 * count(result) / result.weights;
  return {
    kind: "table",
    columns: [
      { key: "name", title: "Network" },
      { key: "seeds", title: "Seeds", digits: 0 },
      { key: "train", title: "Training accuracy (%)", digits: 1 },
      { key: "test", title: "Test accuracy (%)", digits: 1 },
      { key: "zeros", title: "Zeros (%)", digits: 1, note: "exact zeros among the first layer's weights." },
      {
        key: "distinct",
        title: "Distinct (%)",
        digits: 2,
        note:
          "different values per weight of the first layer, as trained: the last steps are so small that nothing sticks.",
      },
      {
        key: "after",
        title: "Distinct after a step (%)",
        digits: 2,
        note: "the same after one more step of the size that training began with.",
      },
      {
        key: "largest",
        title: "Largest cluster",
        digits: 0,
        note: "most weights that are equal then; two may agree by float32 rounding alone.",
      },
      { key: "magnitude", title: "Mean |w|", digits: 4 },
      {
        key: "energy",
        title: "Circulant energy",
        digits: 3,
        note: "share of the first layer's variance that one filter per channel explains, rows aligned.",
      },
      { key: "shuffled", title: "… rows shuffled", digits: 3, note: "what alignment alone gives." },
    ],
    rows: namesOf(runs).map((name) => {
      const own = runsOf(runs, name);
      return {
        name,
        seeds: own.length,
        train: cell(own, ({ trainAccuracy }) => trainAccuracy),
        test: cell(own, ({ testAccuracy }) => testAccuracy),
        zeros: cell(own, share(({ zeros }) => zeros)),
        distinct: cell(own, share(({ distinct }) => distinct)),
        after: cell(own, ({ afterStep, weights }) => afterStep && 100 * afterStep.distinct / weights),
        largest: cell(own, ({ afterStep }) => afterStep?.largestCluster),
        magnitude: cell(own, ({ meanMagnitude }) => meanMagnitude),
        energy: cell(own, ({ energy }) => energy?.trained),
        shuffled: cell(own, ({ energy }) => energy?.shuffled),
      };
    }),
    notes: ["Mean ± standard deviation over seeds.", NO_PAPER_VALUES],
  };
}

function cifarTable(results: Results): Table {
  const runs = cifarRuns(results);
  if (runs.length === 0) throw new NoResults("no network was trained");
  return {
    kind: "table",
    columns: [
      { key: "name", title: "Network" },
      { key: "seeds", title: "Seeds", digits: 0 },
      { key: "train", title: "Training accuracy (%)", digits: 1 },
      { key: "test", title: "Test accuracy (%)", digits: 1 },
      { key: "zeros", title: "Zeros (%)", digits: 1, note: "exact zeros among the first layer's weights." },
      {
        key: "distinct",
        title: "Distinct non-zero (%)",
        digits: 1,
        note: "different non-zero values, rounded to 8 decimals, per non-zero weight of the first layer.",
      },
      {
        key: "after",
        title: "… after a step",
        digits: 1,
        note: "after one more proximal step of the size that training began with.",
      },
      { key: "magnitude", title: "Mean |w|", digits: 4 },
    ],
    rows: namesOf(runs).map((name) => {
      const own = runsOf(runs, name);
      const percent = (value: (result: CifarResult) => number | null) => (result: CifarResult) => {
        const share = value(result);
        return share === null ? null : 100 * share;
      };
      return {
        name,
        seeds: own.length,
        train: cell(own, ({ trainAccuracy }) => trainAccuracy),
        test: cell(own, ({ testAccuracy }) => testAccuracy),
        zeros: cell(own, ({ zeros, weights }) => 100 * zeros / weights),
        distinct: cell(own, percent(({ distinctShare }) => distinctShare)),
        after: cell(own, percent(({ distinctShareAfterStep }) => distinctShareAfterStep)),
        magnitude: cell(own, ({ meanMagnitude }) => meanMagnitude),
      };
    }),
    notes: [
      "Mean ± standard deviation over seeds. The training accuracy is on images as they are, not augmented.",
      NO_PAPER_VALUES,
    ],
  };
}

const TRUTHS = {
  teacher: "cyclic convolution, 16 → 16",
  normal: "normal weights, 100 → 10",
  shared: "weights from a pool, 100 → 10",
} as const;

function regressionTable(results: Results): Table {
  const groups = regressionGroups(results);
  if (groups.length === 0) throw new NoResults("no regression");
  return {
    kind: "table",
    columns: [
      { key: "truth", title: "Truth" },
      { key: "sharing", title: "λ", digits: 3 },
      { key: "error", title: "Error", digits: 4, note: "mean squared error on validation rows." },
      { key: "distinct", title: "Distinct weights", digits: 0 },
      { key: "retrained", title: "Error, retrained", digits: 4, note: "with the sharing pattern frozen." },
      { key: "noise", title: "Noise", digits: 4, note: "error of the true weights." },
    ],
    rows: groups.map(({ truth, sharing, runs }) => ({
      truth: TRUTHS[truth],
      sharing,
      error: cell(runs, ({ error }) => error),
      distinct: cell(runs, ({ distinct }) => distinct),
      retrained: cell(runs, ({ retrainedError }) => retrainedError),
      noise: cell(runs, ({ noise }) => noise),
    })),
    notes: ["Mean ± standard deviation over seeds."],
  };
}

function roundsTable(results: Results): Table {
  const [found] = results.of<RoundsConfig, RoundsResult>("rounds");
  if (!found) throw new NoResults("no result");
  return {
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
    rows: found.result.rows.map(({ bisections, ...row }) => ({ ...row, levels: bisections.length })),
    notes: ["First seed. A dash: not run, as a single thread would need too long."],
  };
}

const table = (
  id: string,
  title: string,
  texts: { readonly location: string; readonly caption: string; readonly jobs: Artefact["jobs"] },
  render: Artefact["render"],
): Artefact => ({ id, kind: "table", title, ...texts, render });

/** All tables. */
export const tables: readonly Artefact[] = [
  table("table-torus", "Digits on the torus", {
    location: "Table on MNIST (existence inferred)",
    caption: "Accuracy and sharing of all networks on the torus.",
    jobs: (plan) => torusJobs(plan),
  }, torusTable),
  table("table-cifar", "CIFAR-10", {
    location: "Table on CIFAR-10 (existence inferred)",
    caption: "Accuracy, sparsity and sharing on photographs.",
    jobs: (plan) => cifarJobs(plan),
  }, cifarTable),
  table("table-regression", "Linear regression", {
    location: "released code (linear regression)",
    caption: "Does the penalty find values that are shared in truth?",
    jobs: (plan) => regressionJobs(plan),
  }, regressionTable),
  table("table-rounds", "Parallel rounds", {
    location: "Section on parallel algorithms",
    caption: "Dependent rounds of the parallel algorithms.",
    jobs: roundsJobs,
  }, roundsTable),
];
