import { type Diagram, diagrams, type Figure, type Table } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import type { Pattern } from "../experiments/patterns.ts";
import { PATTERNS } from "../studies/mod.ts";
import { CELL_COLOURS } from "./_colours.ts";

const patternsOf = (results: Results): readonly Pattern[] => PATTERNS.result(results, "all");
const jobs = PATTERNS.jobs.bind(PATTERNS);
const CELLS = 8;

/** What panels show of a group. */
type PatternShown = Pick<Pattern, "group" | "colours"> & { readonly matrix: ArrayLike<number> };

/** The 8 × 8 matrix of a group, a square per pair of cells. */
export function matrixPanel({ group, colours, matrix }: PatternShown): Diagram {
  return {
    title: `${group} (${colours})`,
    nodes: Array.from(matrix, (colour, pair) => ({
      x: (pair % CELLS + 0.5) / CELLS,
      y: (Math.floor(pair / CELLS) + 0.5) / CELLS,
      colour: CELL_COLOURS[colour],
      size: 0.118,
    })),
  };
}

/** Cells before and after the layer, joined by a line in the colour of the pair. */
export function bipartitePanel({ group, colours, matrix }: PatternShown): Diagram {
  const place = (side: number, cell: number) => [side, (cell + 0.5) / CELLS] as const;
  // The colour of a cell to itself comes last, and so above.
  const pairs = Array.from({ length: matrix.length }, (_, pair) => pair).sort((a, b) =>
    matrix[b] - matrix[a]
  );
  return {
    title: `${group} (${colours})`,
    links: pairs.map((pair) => ({
      from: place(0.12, pair % CELLS),
      to: place(0.88, Math.floor(pair / CELLS)),
      colour: CELL_COLOURS[matrix[pair]],
      width: 0.9,
    })),
    nodes: [0.12, 0.88].flatMap((side) =>
      Array.from({ length: CELLS }, (_, cell) => {
        const [x, y] = place(side, cell);
        return { x, y, colour: "#444444", size: 0.115, label: `${cell}` };
      })
    ),
  };
}

const LOCATION = "figure of weight-sharing patterns (existence inferred)";

const matrices: Artefact = {
  id: "figure-patterns",
  kind: "figure",
  location: LOCATION,
  title: "Weight-sharing patterns of the fifteen groups",
  caption:
    "A map between functions on the eight cells of a 2 × 2 × 2 cluster has one weight per colour: row and column " +
    "are the cells after and before it. Point symmetry merges the eight colours of the translations.",
  jobs,
  render(results): Figure {
    return diagrams(patternsOf(results).map(matrixPanel), {
      columns: 5,
      shape: "square",
      outline: false,
      title: "Weight-sharing patterns of the fifteen groups",
      subtitle:
        "Columns: cells before the map, rows: after it, numbered 4 n₂ + 2 n₁ + n₃; one weight per colour (how many)",
      alt: "Fifteen matrices of 8 by 8 squares, with two to eight colours.",
    });
  },
};

const bipartite: Artefact = {
  id: "figure-bipartite",
  kind: "figure",
  location: LOCATION,
  title: "Weight sharing as bipartite graphs",
  caption:
    "The same patterns as graphs: cells before the map on the left, after it on the right; lines of one colour share " +
    "their weight.",
  jobs,
  render(results): Figure {
    return diagrams(patternsOf(results).map(bipartitePanel), {
      columns: 5,
      aspect: 1.25,
      title: "Weight sharing as bipartite graphs",
      subtitle:
        "Cells 4 n₂ + 2 n₁ + n₃ before the map (left) and after it (right); one weight per colour (how many)",
      alt: "Fifteen bipartite graphs on eight and eight nodes, with coloured edges.",
    });
  },
};

const table: Artefact = {
  id: "table-groups",
  kind: "table",
  location: "addition",
  title: "The fifteen groups",
  caption:
    "Order on the eight cells, colours of maps between functions on cells, and what the regular representation of " +
    "C × P would take; all derived from lattice vectors and point groups.",
  jobs,
  render(results): Table {
    return {
      kind: "table",
      columns: [
        { key: "group", title: "Group" },
        { key: "order", title: "Order on cells", digits: 0 },
        { key: "colours", title: "Colours", digits: 0 },
        { key: "sizes", title: "Cells per colour" },
        { key: "burnside", title: "Σ fix²/|G|", digits: 0, note: "Number of colours by Burnside's lemma." },
        { key: "regular", title: "|C × P|", digits: 0 },
        {
          key: "maps",
          title: "Colours with C × P",
          note: "Of maps cells → C × P, C × P → C × P and C × P → cells.",
        },
      ],
      rows: patternsOf(results).map(({ group, order, colours, sizes, burnside, regular }) => ({
        group,
        order,
        colours,
        sizes: sizes.join(", "),
        burnside,
        regular: regular?.size ?? null,
        maps: regular?.colours.join(", ") ?? null,
      })),
      notes: [],
    };
  },
};

export const patternArtefacts: readonly Artefact[] = [matrices, bipartite, table];
