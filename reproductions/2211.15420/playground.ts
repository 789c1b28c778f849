/** For readers: a lattice's group, its orbits of cells, and the pattern of weights that follows. */
import { bravaisLattice, primitiveBasis, toCartesian } from "../../lib/crystals/mod.ts";
import { type Diagram, diagrams, type Figure, INK, type Table } from "../../lib/figures/mod.ts";
import {
  type CellColouring,
  cellColouring,
  cellCoordinates,
  cellGroup,
  type CellGroupName,
  CELLS,
  groupElements,
} from "../../lib/methods/crystal_symmetry/mod.ts";
import { CELL_COLOURS } from "./artefacts/_colours.ts";
import { fitting, project } from "./artefacts/_projection.ts";
import { bipartitePanel, matrixPanel } from "./artefacts/patterns.ts";

const cells = Array.from({ length: CELLS }, (_, cell) => cell);

/** The eight cells of a lattice, coloured by their orbit as seen from cell 0. */
function cellsPanel(name: CellGroupName, { ofDifference }: CellColouring): Diagram {
  const basis = primitiveBasis(name === "set" ? "P" : bravaisLattice(name).centring);
  const places = cells.map((cell) => project(toCartesian(cellCoordinates(cell), basis)));
  const fit = fitting(places);
  return {
    title: "Cells, orbits seen from cell 0",
    // Along one primitive vector, that is from a cell to one whose number has one binary digit more.
    links: cells.flatMap((cell) =>
      [1, 2, 4].filter((step) => (cell & step) === 0).map((step) => ({
        from: fit(places[cell]),
        to: fit(places[cell | step]),
        colour: INK.rule,
      }))
    ),
    nodes: cells.toSorted((a, b) => places[a].depth - places[b].depth).map((cell) => {
      const [x, y] = fit(places[cell]);
      return { x, y, colour: CELL_COLOURS[ofDifference[cell]], size: 0.1, label: `${cell}` };
    }),
  };
}

/** A lattice's cells with their orbits, its matrix of weights, and the same as a bipartite graph. */
export function latticeFigure(name: CellGroupName): Figure {
  const colouring = cellColouring(name), { colours, matrix } = colouring;
  const pattern = { group: name, colours, matrix };
  const matrixOfWeights = matrixPanel(pattern);
  return diagrams([
    cellsPanel(name, colouring),
    {
      title: "Weights: row after, column before",
      nodes: (matrixOfWeights.nodes ?? []).map((node, pair) => ({ ...node, label: `${matrix[pair]}` })),
    },
    { ...bipartitePanel(pattern), title: "Before (left) and after" },
  ], {
    columns: 3,
    title: `${name}: ${groupElements(cellGroup(name)).length} permutations of the cells, ${colours} weights`,
    subtitle: "Cells 4 n₂ + 2 n₁ + n₃; what has one colour shares its weight",
    alt: `The eight cells of ${name}, and which pairs of them share a weight.`,
  });
}

/** The orbits of a lattice's cells as seen from cell 0. */
export function latticeTable(name: CellGroupName): Table {
  const { colours, ofDifference, sizes } = cellColouring(name);
  return {
    kind: "table",
    columns: [
      { key: "weight", title: "Weight", digits: 0 },
      { key: "size", title: "Cells", digits: 0 },
      { key: "cells", title: "Differences (n₁ n₂ n₃) modulo 2" },
    ],
    rows: Array.from({ length: colours }, (_, colour) => ({
      weight: colour,
      size: sizes[colour],
      cells: cells.filter((cell) => ofDifference[cell] === colour)
        .map((cell) => `(${cellCoordinates(cell).join(" ")})`).join(" "),
    })),
    notes: [],
  };
}
