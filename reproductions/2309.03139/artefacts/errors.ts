import { MOLECULE_LABELS, QM9_TARGETS } from "../../../lib/data/mod.ts";
import type { Cell, Table } from "../../../lib/figures/mod.ts";
import { type Artefact, metricTable, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean, meanAndStd } from "../../../lib/stats/mod.ts";
import type { SolarResult } from "../experiments/solar.ts";
import reported from "../reported.json" with { type: "json" };
import {
  type BodyErrors,
  geometricError,
  geometricMean,
  MOLECULE_BASELINES,
  MOLECULES,
  NBODY,
  NBODY_BASELINES,
  SOLAR,
  SOLAR_BASELINES,
} from "../studies.ts";
import { targetName } from "./_names.ts";

const NOT_PUBLISHED = "The paper's own table was not available: no reported value stands beside ours.";
const AT_BEST = "Test error at the best validation error.";

/** Of any network. */
const parameters = {
  title: "Parameters",
  digits: 0,
  cell: ({ runs: [{ result }] }: {
    readonly runs: readonly { readonly result: { readonly parameters: number } }[];
  }): Cell => result.parameters,
};

/** Errors on the same benchmark that others report; they say nothing about a stand-in. */
const quoted = (results: Results) => results.standIns.length === 0 ? reported.nbody : [];

const nbodyTable = metricTable({
  id: "table-n",
  location: "N-body table",
  title: "Charged N-body: test error",
  caption: "Mean squared error over coordinates of the positions 1 000 steps later (smoke: 200).",
  of: NBODY,
  rows: "Model",
  columns: {
    parameters,
    test: { title: "Test MSE", digits: 5, value: ({ test }) => test },
    relative: {
      title: "Against EGNN (%)",
      digits: 1,
      cell({ runs }, all) {
        const plain = all.find(({ name }) => name === "k1");
        const error = (list: typeof runs) => mean(list.map(({ result }) => result.test));
        return plain && 100 * (error(runs) / error(plain.runs) - 1);
      },
    },
  },
  moreJobs: (plan) => NBODY_BASELINES.jobs(plan),
  before: (results) =>
    NBODY_BASELINES.finished(results).flatMap(({ runs: [{ result }] }) => [
      { label: "No motion", parameters: 0, test: result.still },
      { label: `x + ${result.coefficient.toFixed(4)} v`, parameters: 1, test: result.drift },
      { label: "Affine map of (x, v)", parameters: 21, test: result.affine },
    ]),
  after: (results) =>
    quoted(results).map(({ model, test }) => ({ label: `${model} (quoted, not rerun)`, test })),
  notes: (results) => [
    `${AT_BEST} "Channels tied" and the wider EGNN are controls that are not in the paper.`,
    NOT_PUBLISHED,
    ...quoted(results).map(({ model, provenance }) => `${model}: ${provenance}.`),
  ],
});

/** On how many bodies errors are larger than a straight line's, and of how many. */
function worseThan({ bodies, perBody }: BodyErrors, line: BodyErrors | undefined): Cell {
  return line === undefined
    ? null
    : `${perBody.filter((error, i) => error > line.perBody[i]).length} of ${bodies.length}`;
}

/** The straight line over the whole horizon. */
const driftOf = (results: Results): BodyErrors | undefined =>
  SOLAR_BASELINES.finished(results).map(({ runs: [{ result: { bodies, rows } }] }) => ({
    bodies,
    perBody: rows[rows.length - 1].perBody,
  }))[0];

function solarTable(results: Results): Table {
  const line = driftOf(results);
  const baselines = SOLAR_BASELINES.finished(results).flatMap(({ runs: [{ result: { bodies, rows } }] }) =>
    rows.map(({ days, test, perBody }) => ({
      model: days === 0 ? "No motion" : `x + ${days.toFixed(days < 2 ? 2 : 1)} days · v`,
      parameters: days === 0 ? 0 : 1,
      test,
      geometric: geometricError({ bodies, perBody }, "all"),
      moons: geometricError({ bodies, perBody }, "moons"),
      others: geometricError({ bodies, perBody }, "others"),
      worse: worseThan({ bodies, perBody }, line),
    }))
  );
  const networks = SOLAR.finished(results).map(({ label, runs }) => {
    const { bodies, parameters } = runs[0].result;
    const over = (value: (result: SolarResult) => number) =>
      geometricMean(runs.map(({ result }) => value(result)));
    const perBody = bodies.map((_, i) => over((result) => result.perBody[i]));
    return {
      model: label,
      parameters,
      seeds: runs.length,
      valid: over((result) => geometricError({ bodies, perBody: result.validPerBody }, "all")),
      geometric: geometricError({ bodies, perBody }, "all"),
      spread: Math.exp(
        meanAndStd(runs.map(({ result }) => Math.log(geometricError(result, "all")))).std ?? 0,
      ),
      moons: geometricError({ bodies, perBody }, "moons"),
      others: geometricError({ bodies, perBody }, "others"),
      meanValid: over(({ valid }) => valid),
      test: over(({ test }) => test),
      worse: worseThan({ bodies, perBody }, line),
    };
  });
  if (baselines.length + networks.length === 0) throw new NoResults("no error on the solar system");
  return {
    kind: "table",
    columns: [
      { key: "model", title: "Model" },
      { key: "parameters", title: "Parameters", digits: 0 },
      { key: "seeds", title: "Seeds", digits: 0 },
      { key: "valid", title: "Validation, geometric", digits: 6 },
      { key: "geometric", title: "Test, geometric", digits: 6 },
      { key: "spread", title: "Seeds' factor", digits: 2 },
      { key: "moons", title: "Moons, geometric", digits: 6 },
      { key: "others", title: "Others, geometric", digits: 6 },
      { key: "meanValid", title: "Validation, mean", digits: 4 },
      { key: "test", title: "Test, mean", digits: 4 },
      { key: "worse", title: "Bodies worse than x + horizon · v" },
    ],
    rows: [...baselines, ...networks],
    notes: [
      `Squared error of a body over its own squared displacement, averaged over times. ${AT_BEST}`,
      "Networks predict what x + horizon · v leaves over or, where it says so, positions as in the paper. Geometric: geometric " +
      "mean over bodies; mean: the mean over bodies, which is what is trained. Both are geometric means over seeds; the " +
      "factor is exp of the standard deviation of logarithms.",
      NOT_PUBLISHED,
    ],
  };
}

const UNITS: Readonly<Record<string, string>> = {
  ...QM9_TARGETS,
  ...MOLECULE_LABELS,
  atomisation: "kcal/mol",
};

function moleculeTable(results: Results): Table {
  const groups = MOLECULES.groups(results);
  const baselines = new Map(
    MOLECULE_BASELINES.finished(results).map(({ name, runs: [{ result }] }) => [name, result]),
  );
  const networks = new Map(groups.map(({ channels, label }) => [channels, label]));
  const rows = [...Map.groupBy(groups, ({ target }) => target)].map(([target, networks]) => {
    const errors = new Map(
      networks.map(({ channels, runs }) => [channels, meanAndStd(runs.map(({ result }) => result.test))]),
    );
    const [one, three] = [errors.get(1), errors.get(3)];
    return {
      target: targetName(target),
      kind: target in MOLECULE_LABELS ? "model label" : "quantum chemistry",
      unit: UNITS[target] ?? "",
      constant: baselines.get(target)?.constant ?? null,
      dressed: baselines.get(target)?.dressedAtoms ?? null,
      ...Object.fromEntries([...errors].map(([channels, error]) => [`k${channels}`, error])),
      relative: one && three ? 100 * (three.value / one.value - 1) : null,
      seeds: Math.max(...networks.map(({ runs }) => runs.length)),
    };
  });
  return {
    kind: "table",
    columns: [
      { key: "target", title: "Target" },
      { key: "kind", title: "Labels" },
      { key: "unit", title: "Unit" },
      { key: "constant", title: "Mean", digits: 3 },
      { key: "dressed", title: "Atom counts", digits: 3 },
      ...[...networks].map(([channels, title]) => ({ key: `k${channels}`, title, digits: 3 })),
      { key: "relative", title: "K = 3 against K = 1 (%)", digits: 1 },
      { key: "seeds", title: "Seeds", digits: 0 },
    ],
    rows,
    notes: [
      `Mean absolute errors, mean ± standard deviation over seeds. ${AT_BEST} "Atom counts": linear in the number of ` +
      "atoms of each element.",
      "Model labels on real geometries: computed from QM7's geometries by fixed formulas, in place of QM9's targets.",
      NOT_PUBLISHED,
    ],
  };
}

/** The paper's tables of errors, by what they are on; numbers are not known. */
export const errorTables: readonly Artefact[] = [
  nbodyTable,
  {
    id: "table-s",
    kind: "table",
    location: "Solar-system table",
    title: "Solar system: error",
    caption:
      "Positions 20.83 days later (smoke: 1.04); each body's error is relative to its own displacement.",
    jobs: (plan) => [...SOLAR_BASELINES.jobs(plan), ...SOLAR.jobs(plan)],
    render: solarTable,
  },
  {
    id: "table-q",
    kind: "table",
    location: "QM9 table",
    title: "Molecules: mean absolute test error",
    caption: "Where the data is QM7 and not QM9, the table says which labels are models.",
    jobs: (plan) => [...MOLECULE_BASELINES.jobs(plan), ...MOLECULES.jobs(plan)],
    render: moleculeTable,
  },
];
