import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  CELL_GROUP_NAMES,
  cellColouring,
  cellGroup,
  type CellGroupName,
  CELLS,
  groupElements,
  pairOrbits,
  regularGroup,
} from "../../../lib/methods/crystal_symmetry/mod.ts";

/** One group on the eight cells. */
export type Pattern = {
  readonly group: string;
  readonly order: number;
  readonly colours: number;
  /** Cells of each colour, seen from one. */
  readonly sizes: readonly number[];
  /** `[8, 8]` */
  readonly matrix: readonly number[];
  /** Number of colours by Burnside's lemma, Σ_g fix(g)²/|G|. */
  readonly burnside: number;
  /** Pairs of cells and generators g with colour(g i, g j) ≠ colour(i, j). */
  readonly broken: number;
  /** Entries in which A_c A_d differs from Σ_k p^k_cd A_k. */
  readonly unclosed: number;
  /** Of the regular representation: its size, and colours of maps cells → regular → regular → cells. */
  readonly regular: { readonly size: number; readonly colours: readonly [number, number, number] } | null;
};

/** The weight-sharing patterns of the fifteen groups, computed from the lattices. */
export const patterns: Experiment<null, readonly Pattern[]> = {
  id: "patterns",
  title: "Groups on the eight cells and their colours",
  module: import.meta.url,
  usesExecutor: false,
  cost: () => 2,
  run(_, context) {
    return Promise.resolve(CELL_GROUP_NAMES.map((group, k) => {
      context.progress(k / CELL_GROUP_NAMES.length);
      return patternOf(group);
    }));
  },
};

function patternOf(group: CellGroupName): Pattern {
  const generators = cellGroup(group);
  const { colours, matrix, sizes, intersections } = cellColouring(group);
  const elements = groupElements(generators);
  const fixed = elements.reduce((sum, g) => sum + g.filter((image, cell) => image === cell).length ** 2, 0);
  let broken = 0, unclosed = 0;
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; j < CELLS; j++) {
      const k = matrix[CELLS * i + j];
      for (const g of generators) if (matrix[CELLS * g[i] + g[j]] !== k) broken++;
      for (let c = 0; c < colours; c++) {
        for (let d = 0; d < colours; d++) {
          let product = 0;
          for (let n = 0; n < CELLS; n++) {
            if (matrix[CELLS * i + n] === c && matrix[CELLS * n + j] === d) product++;
          }
          if (product !== intersections[(k * colours + c) * colours + d]) unclosed++;
        }
      }
    }
  }
  return {
    group,
    order: elements.length,
    colours,
    sizes: [...sizes],
    matrix: [...matrix],
    burnside: fixed / elements.length,
    broken,
    unclosed,
    regular: group === "set" ? null : regularOf(group, generators),
  };
}

function regularOf(group: Exclude<CellGroupName, "set">, cells: readonly (readonly number[])[]) {
  const regular = regularGroup(group);
  const colours = [pairOrbits(regular, cells), pairOrbits(regular), pairOrbits(cells, regular)];
  return {
    size: regular[0].length,
    colours: colours.map(({ count }) => count) as [number, number, number],
  };
}
