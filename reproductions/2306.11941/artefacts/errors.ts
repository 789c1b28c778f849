import {
  type Figure,
  lineChart,
  type LineSeries,
  panels,
  panelWidth,
  type Table,
} from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  meanCurve,
  NoResults,
  type Results,
  spreadSubtitle,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { PredictionResult } from "../experiments/prediction.ts";
import {
  ENVIRONMENT_KEYS,
  type EnvironmentKey,
  ENVIRONMENTS,
  MODEL_NAMES,
  type ModelName,
  MODELS,
  nameOfSet,
  partsOf,
  PREDICTION,
  QUALITY_MODELS,
  RUNNER_SETS,
  type SetKey,
  TRIVIAL,
} from "../studies.ts";
import { meanOver, modelJobs, rewardError, stateError, type Value } from "../summaries.ts";
import { MODEL_COLOURS, TRIVIAL_COLOUR } from "./_style.ts";

const DATA_NOTE =
  "Behaviour data of this project (random search, or random oscillations), not D4RL: the paper's numbers cannot be compared.";

/** Models' error curves on one environment, with predictors that need no network. */
function chart(
  results: Results,
  environment: EnvironmentKey,
  curve: (result: PredictionResult) => readonly number[],
  { states }: { readonly states: boolean },
): Figure | undefined {
  const series: LineSeries[] = MODEL_NAMES.flatMap((model) => {
    const [group] = PREDICTION.finished(results, [`${environment} ${model}`]);
    const curves = (group?.runs ?? []).map(({ result }) => curve(result)).filter(({ length }) => length > 0);
    if (curves.length === 0) return [];
    return [meanCurve(curves.map((y) => ({ x: y.map((_, k) => k + 1), y })), {
      name: MODELS[model].label,
      colour: MODEL_COLOURS[model],
      log: true,
    })];
  });
  if (series.length === 0) return undefined;
  const [reference] = TRIVIAL.finished(results, [environment]);
  const lines = reference === undefined || !states ? [] : (["persistence", "linear"] as const).map((name) => {
    const y = reference.runs[0].result[name];
    return {
      name: name === "linear" ? "least squares" : name,
      x: y.map((_, k) => k + 1),
      // What has blown up is not shown.
      y: y.map((value) => value > 30 ? null : value),
      colour: TRIVIAL_COLOUR,
      dashed: true,
    };
  });
  return lineChart([...series, ...lines], {
    title: ENVIRONMENTS[environment],
    x: { title: "step" },
    y: { title: states ? "state error" : "reward error", log: true },
    width: panelWidth(2) - 20,
    height: 190,
    alt: `Errors over the horizon on ${ENVIRONMENTS[environment]}.`,
  });
}

function horizonFigure(
  curve: (result: PredictionResult) => readonly number[],
  { states }: { readonly states: boolean },
): (results: Results) => Figure {
  return (results) => {
    const charts = ENVIRONMENT_KEYS.flatMap((key) => chart(results, key, curve, { states }) ?? []);
    if (charts.length === 0) throw new NoResults("no model has an error curve");
    return panels(charts, {
      title: states ? "State error over the horizon" : "Reward error over the horizon",
      subtitle: [
        spreadSubtitle(PREDICTION.groups(results), {
          subtitle: "Open loop on held-out episodes, in units of the data's variance",
          axes: "log",
        }),
        states
          ? "(the mean predictor has about 1). Dashed: the first state kept, and a linear model of the states."
          : "(the mean predictor has about 1).",
      ],
      columns: 2,
      alt: "Panels by environment: squared error of all models over the steps predicted.",
    });
  };
}

/** Two numbers by set of data and model. */
function errorsTable(
  results: Results,
  { sets, nameOf, models = MODEL_NAMES }: {
    readonly sets: readonly SetKey[];
    readonly nameOf: (set: SetKey) => string;
    readonly models?: readonly ModelName[];
  },
): Table {
  const groups = PREDICTION.groups(results);
  const shown = sets.filter((key) => groups.some(({ environment }) => environment === key));
  const row = (
    environment: SetKey,
    what: string,
    value: Value,
    trivial: Record<string, number | null>,
  ) => ({
    environment: nameOf(environment),
    what,
    ...Object.fromEntries(models.map((model) => [
      model,
      meanOver(results, { environment, model, value }) ?? null,
    ])),
    ...trivial,
  });
  return {
    kind: "table",
    columns: [
      { key: "environment", title: "Environment" },
      { key: "what", title: "Error of" },
      ...models.map((model) => ({ key: model, title: MODELS[model].label, digits: 4 })),
      { key: "persistence", title: "Persistence", digits: 3 },
      { key: "mean", title: "Mean", digits: 3 },
      {
        key: "linear",
        title: "Least squares",
        digits: 3,
        note: "for one step, rolled out; “–” where it blows up.",
      },
    ],
    rows: shown.flatMap((environment) => {
      const [reference] = TRIVIAL.finished(results, [environment]);
      const own = reference?.runs[0].result;
      const of = (list: readonly number[] | undefined) => {
        const value = list === undefined ? Infinity : mean(list);
        return value < 1e3 ? value : null;
      };
      return [
        row(environment, "states", stateError, {
          persistence: of(own?.persistence),
          mean: of(own?.mean),
          linear: of(own?.linear),
        }),
        row(environment, "rewards", rewardError, { persistence: null, mean: null, linear: null }),
      ];
    }),
    notes: [
      "Squared error, mean over the horizon; geometric mean over seeds; units of the training data's variance.",
      "All models have the same number of parameters (within 5 %).",
      DATA_NOTE,
    ],
  };
}

/** Errors over the horizon. */
export const errorArtefacts: readonly Artefact[] = [
  {
    id: "figure-3-states",
    kind: "figure",
    location: "Figure 3",
    title: "State prediction",
    caption: "Which models stay accurate over the horizon, by environment.",
    jobs: (plan) => modelJobs(plan),
    largest: true,
    render: horizonFigure(({ stateErrors }) => stateErrors, { states: true }),
  },
  {
    id: "figure-3-rewards",
    kind: "figure",
    location: "Figure 3",
    title: "Reward prediction",
    caption: "The same for rewards.",
    jobs: (plan) => modelJobs(plan),
    largest: true,
    render: horizonFigure(({ rewardErrors }) => rewardErrors, { states: false }),
  },
  {
    id: "table-errors",
    kind: "table",
    location: "Figure 3",
    title: "Errors over the horizon",
    caption: "The figures' means, with predictors that need no network.",
    jobs: (plan) => modelJobs(plan),
    largest: true,
    render: (results) =>
      errorsTable(results, { sets: ENVIRONMENT_KEYS, nameOf: (set) => partsOf(set).environment }),
  },
  {
    id: "table-qualities",
    kind: "table",
    location: "Figure 3",
    title: "Errors by quality of the data",
    caption: "The runners again, with behaviour of other qualities than in the figures.",
    jobs: (plan) => modelJobs(plan, { models: QUALITY_MODELS, sets: RUNNER_SETS }),
    largest: true,
    render: (results) =>
      errorsTable(results, { sets: RUNNER_SETS, nameOf: nameOfSet, models: QUALITY_MODELS }),
  },
];
