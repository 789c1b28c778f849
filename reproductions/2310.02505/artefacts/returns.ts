import { type Cell as TableCell, type Table } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean, ranks, std } from "../../../lib/stats/mod.ts";
import { type Cell, CELLS, FETCH_CELLS, MERLIN, OTHERS } from "../studies.ts";
import { behaviourOf, type Method, outcomesOf } from "../summaries.ts";

const METHODS: readonly Method[] = [
  "goal BC",
  "GCSL",
  "WGCSL",
  "GoFAR",
  "DDPG+HER",
  "no horizon",
  "Merlin",
  "P",
  "NP",
  "NP, δ = 2",
];
/** What is ranked: all but the ablations. */
const RANKED = METHODS.filter((method) => method !== "no horizon" && method !== "NP, δ = 2");
const TITLES: Partial<Record<Method, string>> = { P: "Merlin-P", NP: "Merlin-NP" };
const titleOf = (method: Method) => TITLES[method] ?? method;

/** Ranks, 1 the best, of the methods that have a result. */
function ranksOn(results: Results, cell: Cell, what: "return" | "success"): Map<Method, number> {
  const values = RANKED.flatMap((method) => {
    const found = outcomesOf(results, { cell, method });
    return found.length === 0 ? [] : [{ method, value: mean(found.map((outcome) => outcome[what])) }];
  });
  const order = ranks(values.map(({ value }) => -value));
  return new Map(values.map(({ method }, k) => [method, order[k]]));
}

function table(results: Results, what: "return" | "success"): Table {
  const said = (values: readonly number[]): TableCell => {
    if (values.length === 0) return null;
    return values.length === 1 ? values[0] : { value: mean(values), std: std(values, { ddof: 1 }) };
  };
  const cells = [...CELLS, ...FETCH_CELLS].filter((cell) =>
    METHODS.some((method) => outcomesOf(results, { cell, method }).length > 0)
  );
  if (cells.length === 0) throw new NoResults("no method has a result");
  const rows = cells.map((cell) => {
    const [task, behaviour] = cell.split(" ");
    return {
      task,
      behaviour,
      seeds: Math.max(...METHODS.map((method) => outcomesOf(results, { cell, method }).length)),
      data: said(behaviourOf(results, cell).map((outcome) => outcome[what])),
      ...Object.fromEntries(
        METHODS.map((method) => [
          method,
          said(outcomesOf(results, { cell, method }).map((outcome) => outcome[what])),
        ]),
      ),
    };
  });
  const all = cells.filter((cell) => ranksOn(results, cell, what).size === RANKED.length);
  const averages = RANKED.map((method) => [
    method,
    all.length === 0 ? null : mean(all.map((cell) => ranksOn(results, cell, what).get(method)!)),
  ]);
  return {
    kind: "table",
    columns: [
      { key: "task", title: "Task" },
      { key: "behaviour", title: "Data" },
      { key: "seeds", title: "Seeds", digits: 0 },
      { key: "data", title: "The data", note: "what the recorded episodes themselves came to." },
      ...METHODS.map((method) => ({ key: method, title: titleOf(method) })),
    ],
    rows: [
      ...rows,
      {
        task: "Average rank",
        behaviour: null,
        seeds: all.length,
        data: null,
        ...Object.fromEntries(averages),
      },
    ],
    notes: [
      what === "return"
        ? "Discounted return (γ = 0.98, 50 rewards of 0 or 1), mean ± standard deviation over seeds. The best possible policy " +
          "has 28.68 on PointReach on average."
        : "Share of the episodes that end within the threshold of the goal.",
      "Ranks of the eight methods over the rows on which all have a result (their number is in the column of seeds); ablations " +
      "are not ranked. The paper’s Merlin-NP has an average rank of about 1.7 of ten methods on twenty rows, by its public " +
      "slides; no cell of its table could be verified, so none is shown.",
      "Data are recorded here: scripted experts stand in for the trained ones of the published data.",
    ],
  };
}

/** Returns and success rates. */
export const returnArtefacts: readonly Artefact[] = [
  {
    id: "table-returns",
    kind: "table",
    location: "Table of discounted returns, state observations",
    title: "Discounted returns",
    caption: "All methods on all tasks that were run.",
    jobs: (plan) => [...MERLIN.jobs(plan), ...OTHERS.jobs(plan)],
    render: (results) => table(results, "return"),
  },
  {
    id: "table-success",
    kind: "table",
    location: "Table of success rates (appendix)",
    title: "Success rates",
    caption: "The same policies, by whether the last state is at the goal.",
    jobs: (plan) => [...MERLIN.jobs(plan), ...OTHERS.jobs(plan)],
    render: (results) => table(results, "success"),
  },
];
