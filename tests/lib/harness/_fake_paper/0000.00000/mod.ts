import type { Figure, Table } from "../../../../../lib/figures/mod.ts";
import {
  type Claim,
  everyProfile,
  type Paper,
  type Results,
  type Seeds,
  study,
  type Variant,
} from "../../../../../lib/harness/paper/mod.ts";
import { clock, mean, slow, square } from "./experiments.ts";

const once = <C>(config: C) => ({ config, seeds: { only: 0 } satisfies Seeds });

const SQUARES = study(
  square,
  everyProfile(Object.fromEntries([1, 2, 3].map((x) => [`x = ${x}`, { config: { x }, seeds: 2 }]))),
);
const PARTS = study(
  slow,
  everyProfile(Object.fromEntries([0, 1, 2, 3, 4, 5].map((part) => [part, once({ seconds: 0.2, part })]))),
);
const DATA: { readonly all?: Variant<{ readonly dataSet: string }> } = {
  all: once({ dataSet: "adbench/42_WBC" }),
};
const MEANS = study(mean, { smoke: DATA, laptop: {}, paper: DATA });
const CLOCK = study(clock, everyProfile({ all: once(null) }));

const points = (results: Results): { readonly x: number; readonly y: number; readonly seed: number }[] =>
  SQUARES.groups(results).flatMap(({ config: { x }, runs }) =>
    runs.map(({ seed, result }) => ({ x, y: result, seed }))
  );

const growth: Claim = {
  id: "growth",
  location: "Section 1",
  statement: "Squares grow.",
  test: "The last is larger than the first.",
  safeguards: "An identity.",
  jobs: (plan) => SQUARES.jobs(plan),
  evaluate(results) {
    const [first, last] = [points(results)[0].y, points(results).at(-1)!.y];
    return {
      status: last > first ? "supported" : "contradicted",
      numbers: { first, last },
      because: `The last is ${last}, the first ${first}.`,
    };
  },
};

/** A paper of which everything works. */
export default {
  id: "0000.00000",
  title: "On squares",
  authors: "A. Nonymous",
  venue: "Nowhere",
  read: "nothing",
  profiles: {
    smoke: { data: "stand-in", summary: "Stand-ins." },
    laptop: { data: "real", summary: "Real data." },
    paper: { data: "real", summary: "All." },
  },
  experiments: [square, slow, mean, clock],
  artefacts: [
    {
      id: "figure-1",
      kind: "figure",
      location: "Figure 1",
      title: "Squares",
      caption: "A parabola.",
      jobs: (plan) => SQUARES.jobs(plan),
      render: (results): Figure => ({
        kind: "figure",
        alt: "A parabola",
        spec: {
          $schema: "https://vega.github.io/schema/vega-lite/v5.json",
          data: { values: points(results) },
          mark: "point",
          encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
        },
      }),
    },
    {
      id: "table-1",
      kind: "table",
      location: "Table 1",
      title: "Parts and data",
      caption: "What was done.",
      jobs: (plan) => [...PARTS.jobs(plan), ...MEANS.jobs(plan)],
      render: (results): Table => ({
        kind: "table",
        columns: [{ key: "part", title: "Part" }],
        rows: PARTS.groups(results).map(({ runs: [{ result }] }) => ({ part: result.part })),
        notes: [],
      }),
    },
  ],
  claims: [growth, {
    id: "speed",
    location: "Section 2",
    statement: "It is quick.",
    test: "Less than a second.",
    safeguards: "A time.",
    jobs: (plan) => CLOCK.jobs(plan),
    evaluate(results) {
      const { seconds } = CLOCK.result(results, "all");
      return {
        status: seconds < 1 ? "supported" : "contradicted",
        numbers: { seconds },
        because: "Measured.",
      };
    },
  }],
} satisfies Paper;
