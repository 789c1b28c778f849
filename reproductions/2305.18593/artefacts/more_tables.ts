/** Tables of what the paper's own do not hold: embeddings by family, other forms, training times. */
import type { Cell, Table } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { mean, meanAndStd } from "../../../lib/stats/mod.ts";
import { TIMED_EPOCHS } from "../experiments/training_time.ts";
import { familyOutcomes, overSeeds } from "../outcomes.ts";
import { reported, SETTING_TITLES } from "../reported.ts";
import { ALTERNATIVES, EMBEDDINGS, NETWORKS, SETTINGS, TRAINING_TIME } from "../studies.ts";

/** Training-free methods on families of embeddings; whole families stand beside the reported means. */
function embeddingsTable(results: Results): Table {
  const all = familyOutcomes(results);
  const rows = Map.groupBy(all, ({ dataSet, method }) => `${dataSet}, ${method}`);
  const cell = (own: typeof all): Cell => {
    const [found] = own;
    if (found === undefined) return null;
    const whole = found.sets.here === found.sets.all && results.standIns.length === 0;
    const printed = whole ? reported(found, "auroc") : undefined;
    return { ...overSeeds(found, "auroc"), ...(printed && { reported: printed.mean }) };
  };
  return {
    kind: "table",
    columns: [
      { key: "family", title: "Family" },
      { key: "method", title: "Method" },
      { key: "sets", title: "Sets" },
      ...SETTINGS.map((setting) => ({ key: setting, title: `AUROC, ${SETTING_TITLES[setting]}` })),
    ],
    rows: [...rows.values()].map((own) => ({
      family: own[0].dataSet,
      method: own[0].method,
      sets: `${own[0].sets.here} of ${own[0].sets.all}`,
      ...Object.fromEntries(
        SETTINGS.map((setting) => [setting, cell(own.filter((outcome) => outcome.setting === setting))]),
      ),
    })),
    notes: [
      "Mean over the family's sets, in percent, ± standard deviation of it over seeds; in parentheses the reported mean, " +
      "where all sets of the family were run.",
    ],
  };
}

/** Forms that the reported tables do not hold, beside the methods that they are forms of. */
function alternativesTable(results: Results): Table {
  const others = ALTERNATIVES.groups(results);
  const names = [...new Set(others.map(({ set }) => set.reportedName))];
  const own = NETWORKS.where(({ config: { setting, method }, set }) =>
    setting === "semi" && ["DTE-C", "DTE-IG"].includes(method) && names.includes(set.reportedName)
  ).finished(results);
  const order = ["DTE-C", "DTE-C bagging", "DTE-IG", "DTE-IG raw"];
  const groups = Map.groupBy([...own, ...others], ({ config }) => config.method);
  return {
    kind: "table",
    columns: [
      { key: "method", title: "Method" },
      ...names.map((name) => ({ key: name, title: name })),
      { key: "seeds", title: "By seed, mean over the sets" },
    ],
    rows: order.flatMap((method) => {
      const sets = groups.get(method as "DTE-C") ?? [];
      if (sets.length === 0) return [];
      const seeds = sets[0].runs.map(({ seed }) => seed);
      return [{
        method,
        ...Object.fromEntries(
          sets.map(({ set, runs }): [string, Cell] => [
            set.reportedName,
            meanAndStd(runs.map(({ result }) => result.auroc)),
          ]),
        ),
        seeds: seeds.map((seed) =>
          mean(sets.map(({ runs }) => runs.find((run) => run.seed === seed)?.result.auroc ?? NaN)).toFixed(1)
        ).join(", "),
      }];
    }),
    notes: [
      "AUROC in percent, semi-supervised. Bagging: five DTE-C on bootstraps of the rows, 200 epochs, T = 300, scores " +
      "summed. Raw: the score of the code of December 2023, the output f instead of its square; its sign is arbitrary, " +
      "so that a seed ranks anomalies first or last.",
    ],
  };
}

/** Seconds of a training. */
function trainingTimeTable(results: Results): Table {
  const columns = TRAINING_TIME.groups(results).map(({ set, runs: [{ result }] }) => ({
    key: set.reportedName,
    title: `${set.reportedName}, ${result.rows} rows, s`,
    seconds: result.seconds,
  }));
  return {
    kind: "table",
    columns: [
      { key: "method", title: "Method" },
      { key: "epochs", title: "Epochs", digits: 0 },
      ...columns.map(({ key, title }) => ({ key, title })),
    ],
    rows: Object.keys(columns[0].seconds).map((method) => ({
      method,
      epochs: TIMED_EPOCHS[method as "DTE-C"] ?? null,
      ...Object.fromEntries(columns.map(({ key, seconds }) => [key, seconds[method]])),
    })),
    notes: [
      "Seconds, semi-supervised. Networks: a few epochs were timed, and extrapolated to all; DDPM and ICL may end " +
      "before. Methods without epochs: as measured, after one run to warm up.",
    ],
  };
}

/** What goes beyond the paper's tables. */
export const moreTables: readonly Artefact[] = [
  {
    id: "table-embeddings",
    kind: "table",
    location: "Appendix tables",
    title: "Embeddings of images and texts",
    caption: "Training-free methods on ADBench's embeddings, by family.",
    jobs: (plan) => EMBEDDINGS.jobs(plan),
    render: embeddingsTable,
  },
  {
    id: "table-alternatives",
    kind: "table",
    location: "released code (not in the paper's tables)",
    title: "Bagging of DTE-C, and DTE-IG without its square",
    caption: "Forms of the methods that the released code has beside those of the tables.",
    jobs: (plan) => [
      ...ALTERNATIVES.jobs(plan),
      ...NETWORKS.where(({ config: { setting, method } }) =>
        setting === "semi" && ["DTE-C", "DTE-IG"].includes(method)
      ).jobs(plan),
    ],
    render: alternativesTable,
  },
  {
    id: "table-training-time",
    kind: "table",
    location: "Appendix, training times",
    title: "Training time",
    caption: "One core of the machine that made these results. The paper's own numbers were not available.",
    jobs: (plan) => TRAINING_TIME.jobs(plan),
    render: trainingTimeTable,
  },
];
