import type { Figure, Table } from "../../../../../lib/figures/mod.ts";
import type { Claim, Paper, Plan, Results } from "../../../../../lib/harness/mod.ts";
import { clock, mean, slow, square } from "./experiments.ts";

const squares = ({ seeds = 2 }: Plan) =>
  [1, 2, 3].flatMap((x) =>
    Array.from({ length: seeds }, (_, seed) => ({ experiment: "square", config: { x }, seed }))
  );
const slowParts = () =>
  [0, 1, 2, 3, 4, 5].map((part) => ({ experiment: "slow", config: { seconds: 0.2, part }, seed: 0 }));

function points(results: Results): { readonly x: number; readonly y: number; readonly seed: number }[] {
  return results.of<{ readonly x: number }, number>("square").map(({ config, seed, result }) => ({
    x: config.x,
    y: result,
    seed,
  }));
}

const growth: Claim = {
  id: "growth",
  location: "Section 1",
  statement: "Squares grow.",
  test: "The last is larger than the first.",
  jobs: squares,
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
      jobs: squares,
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
      jobs: (plan) => [
        ...slowParts(),
        ...(plan.profile !== "laptop"
          ? [{ experiment: "mean", config: { dataSet: "adbench/42_WBC" }, seed: 0 }]
          : []),
      ],
      render: (results): Table => ({
        kind: "table",
        columns: [{ key: "part", title: "Part" }],
        rows: results.of<null, { readonly part: number }>("slow").map(({ result }) => ({
          part: result.part,
        })),
        notes: [],
      }),
    },
  ],
  claims: [growth, {
    id: "speed",
    location: "Section 2",
    statement: "It is quick.",
    test: "Less than a second.",
    jobs: () => [{ experiment: "clock", config: null, seed: 0 }],
    evaluate(results) {
      const [{ result }] = results.of<null, { readonly seconds: number }>("clock");
      return {
        status: result.seconds < 1 ? "supported" : "contradicted",
        numbers: { seconds: result.seconds },
        because: "Measured.",
      };
    },
  }],
} satisfies Paper;
