import { type Cell as TableCell, type Table } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean, ranks, std } from "../../../lib/stats/mod.ts";
import { ARM_RUNS, BASELINE_NAMES, type Cell, CELLS, IMAGE_CELLS, PIXELS } from "../studies.ts";
import { behaviourOf, ceilingOn, jobsOf, type Method, outcomesOf } from "../summaries.ts";

/** What is ranked: the ten methods of the paper's table. */
const RANKED: readonly Method[] = [
  ...["GCSL", "WGCSL", "AM", "GoFAR", "Decision Diffuser", "g-DQL", "BESO"] as const,
  ...["Merlin", "P", "NP"] as const,
];
const METHODS: readonly Method[] = [
  ...BASELINE_NAMES,
  ...["Merlin", "P", "NP", "no horizon", "NP, δ = 2"] as const,
];
const TITLES: Partial<Record<Method, string>> = {
  P: "Merlin-P",
  NP: "Merlin-NP",
  "no horizon": "Merlin, no horizon",
  "NP, δ = 2": "Merlin-NP, no switch (δ = 2)",
};
const titleOf = (method: Method) => TITLES[method] ?? method;
type What = "return" | "success";

/** A number of one seed, or mean and standard deviation of several. */
function said(values: readonly number[]): TableCell {
  if (values.length === 0) return null;
  return values.length === 1 ? values[0] : { value: mean(values), std: std(values, { ddof: 1 }) };
}

/** Ranks, 1 the best, of the methods that have a result. */
function ranksOn(results: Results, cell: Cell, what: What): Map<Method, number> {
  const values = RANKED.flatMap((method) => {
    const found = outcomesOf(results, { cell, method });
    return found.length === 0 ? [] : [{ method, value: mean(found.map((outcome) => outcome[what])) }];
  });
  const order = ranks(values.map(({ value }) => -value));
  return new Map(values.map(({ method }, k) => [method, order[k]]));
}

const NOTES: Readonly<Record<What, string>> = {
  return:
    "Discounted return (γ = 0.98, 50 rewards of 0 or 1). The best possible policy has 28.68 on PointReach on average; " +
    "shown is what it has on the very episodes of the test. Elsewhere it is not known.",
  success: "Share of the episodes that end within the threshold of the goal.",
};
const SPREAD =
  "Mean ± standard deviation over three seeds (0 to 2 of Merlin’s variants, 10 to 12 of the rest); a value without " +
  "deviation is of one, and claims have more of it.";
const STAND_INS =
  "Data are recorded here: scripted experts stand in for the trained ones of the published data.";

/** Methods by task and data. */
function table(results: Results, what: What): Table {
  const valuesOf = (cell: Cell, method: Method) =>
    outcomesOf(results, { cell, method }).map((outcome) => outcome[what]);
  const cells = CELLS.filter((cell) => METHODS.some((method) => valuesOf(cell, method).length > 0));
  if (cells.length === 0) throw new NoResults("no method has a result");
  const orders = cells.map((cell) => ranksOn(results, cell, what)).filter(({ size }) =>
    size === RANKED.length
  );
  const columns = (of: (cell: Cell) => TableCell) =>
    Object.fromEntries(cells.map((cell) => [cell, of(cell)]));
  return {
    kind: "table",
    columns: [
      { key: "method", title: "Method" },
      ...cells.map((cell) => ({ key: cell, title: cell })),
      {
        key: "rank",
        title: "Average rank",
        note: "of the ten methods of the paper’s table, over the tasks and data on which all ten are run.",
      },
    ],
    rows: [
      {
        method: "The data",
        ...columns((cell) => said(behaviourOf(results, cell).map((outcome) => outcome[what]))),
        rank: null,
      },
      ...(what === "return"
        ? [{
          method: "The best possible policy",
          ...columns((cell) => ceilingOn(results, cell) ?? null),
          rank: null,
        }]
        : []),
      ...METHODS.filter((method) => cells.some((cell) => valuesOf(cell, method).length > 0)).map((
        method,
      ) => ({
        method: titleOf(method),
        ...columns((cell) => said(valuesOf(cell, method))),
        rank: RANKED.includes(method) && orders.length > 0
          ? mean(orders.map((order) => order.get(method)!))
          : null,
      })),
    ],
    notes: [
      `${NOTES[what]} ${SPREAD}`,
      "The paper’s Merlin-NP has an average rank of about 1.7 of ten methods on twenty rows, by its public slides; no cell " +
      "of its table could be verified, so none is shown.",
      STAND_INS,
    ],
  };
}

/** Tasks on MuJoCo: Merlin and GCSL; no rows in a profile without arms. */
function armTable(results: Results): Table {
  const rows = ARM_RUNS.finished(results).map(({ cell, runs }) => {
    const [task, behaviour] = cell.split(" ");
    const of = (what: What) => ({
      data: said(runs.map(({ result }) => result.behaviour[what])),
      gcsl: said(runs.map(({ result }) => result.gcsl[what])),
      merlin: said(runs.map(({ result }) => result.merlin[0][what])),
    });
    const [returns, successes] = [of("return"), of("success")];
    return {
      ...{ task, behaviour, ...returns },
      dataSuccess: successes.data,
      gcslSuccess: successes.gcsl,
      merlinSuccess: successes.merlin,
    };
  });
  return {
    kind: "table",
    columns: [
      { key: "task", title: "Task" },
      { key: "behaviour", title: "Data" },
      { key: "data", title: "Return of the data" },
      { key: "gcsl", title: "GCSL" },
      { key: "merlin", title: "Merlin" },
      { key: "dataSuccess", title: "Success of the data" },
      { key: "gcslSuccess", title: "GCSL" },
      { key: "merlinSuccess", title: "Merlin" },
    ],
    rows,
    notes: [
      "Discounted returns (γ = 0.98) and shares of the episodes that end at the goal, 20 episodes; one seed.",
      STAND_INS,
      "Of uniform actions on FetchPush nothing is learned: what it returns is for goals that the block lies at from the start. " +
      "Left out: such data of FetchPick, for the same reason; FetchSlide, which has no expert here; HandReach, whose expert never " +
      "arrives under the data’s noise.",
    ],
  };
}

/** Policies on images. */
function pixelTable(results: Results): Table {
  const rows = IMAGE_CELLS.flatMap((cell) => {
    const runs = (method: "Merlin" | "no horizon") =>
      PIXELS.finished(results, [`${cell} ${method}`]).flatMap(({ runs }) => runs.map(({ result }) => result));
    const [own, without] = [runs("Merlin"), runs("no horizon")];
    if (own.length === 0) return [];
    const [task, behaviour] = cell.split(" ");
    return [{
      task,
      behaviour,
      data: said(own.map((result) => result.behaviour.return)),
      merlin: said(own.map((result) => result.return)),
      without: said(without.map((result) => result.return)),
      success: said(own.map((result) => result.success)),
      withoutSuccess: said(without.map((result) => result.success)),
    }];
  });
  if (rows.length === 0) throw new NoResults("no policy on images was trained");
  return {
    kind: "table",
    columns: [
      { key: "task", title: "Task" },
      { key: "behaviour", title: "Data" },
      { key: "data", title: "Return of the data" },
      { key: "merlin", title: "Merlin" },
      { key: "without", title: "Merlin, no horizon" },
      { key: "success", title: "Success of Merlin" },
      { key: "withoutSuccess", title: "no horizon" },
    ],
    rows,
    notes: [
      "Discounted returns (γ = 0.98) and shares of the episodes that end at the goal, 100 episodes; one seed. The state is " +
      "an image of 48 × 48, the goal a place; no goal is drawn.",
      "The paper’s Merlin-NP has an average rank of about 1.25 on images, by its public slides. Merlin-NP is not run on images: " +
      "its encoder of images does not work in the released code. Sawyer tasks would need a renderer.",
      STAND_INS,
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
    caption: "All methods on the tasks that are written in TypeScript.",
    jobs: (plan) => jobsOf(plan, CELLS, METHODS),
    render: (results) => table(results, "return"),
  },
  {
    id: "table-success",
    kind: "table",
    location: "Table of success rates (appendix)",
    title: "Success rates",
    caption: "The same policies, by whether the last state is at the goal.",
    jobs: (plan) => jobsOf(plan, CELLS, METHODS),
    render: (results) => table(results, "success"),
  },
  {
    id: "table-arms",
    kind: "table",
    location: "Table of discounted returns, state observations",
    title: "Returns on arms",
    caption: "Arms of Fetch and Sawyer, with few episodes.",
    jobs: (plan) => ARM_RUNS.jobs(plan),
    render: armTable,
  },
  {
    id: "table-images",
    kind: "table",
    location: "Table of discounted returns, image observations",
    title: "Returns on images",
    caption: "Merlin sees the point in images.",
    jobs: (plan) => PIXELS.jobs(plan),
    render: pixelTable,
  },
];
