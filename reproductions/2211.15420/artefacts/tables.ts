import type { Table } from "../../../lib/figures/mod.ts";
import { type Artefact, type ExtraRow, metricTable, type Results } from "../../../lib/harness/mod.ts";
import { meanAndStd } from "../../../lib/stats/mod.ts";
import type { PropertyResult } from "../experiments/property.ts";
import type { TrivialResult } from "../experiments/trivial.ts";
import {
  CARBON,
  CARBON_TRIVIAL,
  FORMS,
  GAPS,
  GAPS_TRIVIAL,
  OTHER_PROPERTIES,
  OTHERS,
  OTHERS_TRIVIAL,
  PEAKS,
  PEAKS_TRIVIAL,
  PEROVSKITE_TRIVIAL,
  PEROVSKITES,
  VARIANTS,
} from "../studies/mod.ts";

const NO_PAPER_VALUES =
  "The paper's tables could not be read, so there is no column of its values; networks, data and training are smaller than its own.";

/** Rows of the predictors without a network. */
function trivialRows(
  groups: readonly { readonly runs: readonly { readonly result: TrivialResult }[] }[],
): ExtraRow[] {
  const labels = {
    mean: "mean of the training crystals",
    median: "median of the training crystals",
    composition: "ridge on shares of elements",
    sites: "ridge on element × site and cell length",
  };
  return groups.flatMap(({ runs }) =>
    (Object.keys(labels) as (keyof TrivialResult)[]).flatMap((name) => {
      const values = runs.map(({ result }) => result[name]).filter((value) => value !== null);
      if (values.length === 0) return [];
      return [{ label: labels[name], seeds: values.length, test: meanAndStd(values) }];
    })
  );
}

const columns = (unit: string, digits: number) => ({
  parameters: { title: "Parameters", digits: 0, value: ({ parameters }: PropertyResult) => parameters },
  test: { title: `Test MAE (${unit})`, digits, value: ({ test }: PropertyResult) => test },
  waste: {
    title: "Padding (%)",
    digits: 1,
    value: ({ waste }: PropertyResult) => 100 * waste,
    note: "Share of the edge rows of training batches that is empty.",
  },
});

const perovskites = metricTable({
  id: "table-perovskites",
  location: "table of perovskites (existence inferred)",
  title: "Heat of formation of perovskites (heat_all)",
  caption:
    "Test errors on crystals of CDVAE's test part; networks learn from its validation part, as its training part was " +
    "not at hand.",
  of: PEROVSKITES,
  rows: "Predictor",
  columns: columns("eV per atom", 3),
  notes: [NO_PAPER_VALUES],
  moreJobs: (plan) => PEROVSKITE_TRIVIAL.jobs(plan),
  before(results) {
    const [own, full] = (["all", "full"] as const).map((name) =>
      trivialRows(PEROVSKITE_TRIVIAL.finished(results, [name]))
    );
    return [...own, ...full.slice(-1).map((row) => ({ ...row, label: `${row.label}, all crystals` }))];
  },
});

const others: Artefact = {
  id: "table-perovskites-others",
  kind: "table",
  location: "table of perovskites (existence inferred)",
  title: "heat_ref and gaps of perovskites",
  caption:
    "Only 4 % of the gaps are not zero, so that the median, 0, is hard to beat: gaps are reported without conclusions.",
  jobs: (plan) => [...OTHERS.jobs(plan), ...OTHERS_TRIVIAL.jobs(plan)],
  render(results): Table {
    const networks = OTHERS.groups(results), plain = OTHERS_TRIVIAL.finished(results);
    const rows = OTHER_PROPERTIES.flatMap((property) => [
      ...trivialRows(plain.filter((group) => group.property === property))
        .map((row) => ({ property, ...row })),
      ...networks.filter((group) => group.property === property).map(({ label, runs }) => ({
        property,
        label,
        seeds: runs.length,
        test: meanAndStd(runs.map(({ result }) => result.test)),
      })),
    ]);
    return {
      kind: "table",
      columns: [
        { key: "property", title: "Property" },
        { key: "label", title: "Predictor" },
        { key: "seeds", title: "Seeds", digits: 0 },
        { key: "test", title: "Test MAE (eV; heat per atom)", digits: 3 },
      ],
      rows,
      notes: [NO_PAPER_VALUES],
    };
  },
};

const carbon = metricTable({
  id: "table-carbon",
  location: "addition",
  title: "Energy of carbon allotropes",
  caption:
    "One element only: composition says nothing, and the structure all. The networks of the groups have about the same " +
    "number of parameters.",
  of: CARBON,
  rows: "Predictor",
  columns: columns("eV per atom", 4),
  notes: [NO_PAPER_VALUES],
  moreJobs: (plan) => CARBON_TRIVIAL.jobs(plan),
  before: (results) => trivialRows(CARBON_TRIVIAL.finished(results)),
});

const variants = metricTable({
  id: "table-variants",
  location: "table of ablations (existence inferred)",
  title: "Variants of the network of pcubic, on carbon",
  caption:
    "Energy of carbon allotropes with layers on the regular representation, cell one-hots that break the symmetry, without " +
    "the messages between copies of an atom (hierarchical), and with the released schedule of the learning rate.",
  of: VARIANTS,
  rows: "Network",
  columns: columns("eV per atom", 4),
  notes: [
    NO_PAPER_VALUES,
    "Too few seeds to rank the variants; no claim is about them. The mean predictor is in the table of carbon.",
  ],
});

const gaps = metricTable({
  id: "table-gaps",
  location: "table of Materials Project targets (existence inferred; here 1 056 insulators)",
  title: "Band gap of insulators",
  caption:
    "Crystals of 85 space groups from a snapshot of 2017; random split. The paper's 62 919 crystals of the Materials " +
    "Project need its interface.",
  of: GAPS,
  rows: "Predictor",
  columns: columns("eV", 3),
  notes: [NO_PAPER_VALUES],
  moreJobs: (plan) => GAPS_TRIVIAL.jobs(plan),
  before: (results) => trivialRows(GAPS_TRIVIAL.finished(results)),
});

const peaks = metricTable({
  id: "table-phonons",
  location: "addition",
  title: "Last peak of the phonon spectrum",
  caption: "1 375 crystals of the Materials Project; networks learn its logarithm.",
  of: PEAKS,
  rows: "Predictor",
  columns: columns("cm⁻¹", 1),
  notes: [NO_PAPER_VALUES],
  moreJobs: (plan) => PEAKS_TRIVIAL.jobs(plan),
  before: (results) => trivialRows(PEAKS_TRIVIAL.finished(results)),
});

const forms: Artefact = {
  id: "table-forms",
  kind: "table",
  location: "addition",
  title: "Forms of the network against each other",
  caption: "Largest difference of outputs relative to the largest output, in float32, on random weights.",
  jobs: (plan) => FORMS.jobs(plan),
  render(results: Results): Table {
    return {
      kind: "table",
      columns: [
        { key: "group", title: "Group" },
        { key: "groupedDense", title: "Intersection numbers / lift to 8 cells" },
        { key: "primitiveSupercell", title: "Primitive cell / supercell" },
        { key: "tied", title: "Colours tied / set" },
        { key: "untied", title: "Not tied / set" },
        { key: "renamed", title: "Cells renamed by the group" },
        { key: "renamedOneHot", title: "… with cell one-hots" },
        { key: "renamedOutside", title: "… by another group" },
      ],
      rows: FORMS.result(results, "all").map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([key, value]) => [
            key,
            typeof value === "number" ? (value === 0 ? "0" : value.toExponential(1)) : value,
          ]),
        )
      ),
      notes: [
        "With cell one-hots a renaming must be a symmetry of the crystal, too: here it is simple cubic.",
      ],
    };
  },
};

export const tables: readonly Artefact[] = [forms, perovskites, others, carbon, variants, gaps, peaks];
