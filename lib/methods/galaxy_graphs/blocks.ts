import { type GalaxyCatalogue, groupStarts } from "../../data/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { shortest } from "./_pairs.ts";
import { type Edges, groupEdges, type Links } from "./group_graphs.ts";

/** A group as a graph. */
export interface GroupGraph {
  /** Row of each member in the catalogue; the central first. */
  readonly rows: Int32Array;
  /** Relative to the central, not wrapped around the box, Mpc/h `[n, 3]`. */
  readonly positions: Float64Array;
  /** Pairs of galaxies that see each other. */
  readonly edges: Edges;
}

/** The groups of a catalogue as graphs, in the catalogue's order. */
export function groupGraphs(
  catalogue: GalaxyCatalogue,
  { links = "complete" }: { readonly links?: Links } = {},
): GroupGraph[] {
  const { positions, box } = catalogue;
  const starts = groupStarts(catalogue);
  return Array.from({ length: starts.length - 1 }, (_, g) => {
    const rows = Int32Array.from({ length: starts[g + 1] - starts[g] }, (_, i) => starts[g] + i);
    const relative = new Float64Array(3 * rows.length);
    for (let i = 0; i < relative.length; i++) {
      relative[i] = shortest(positions[3 * starts[g] + i] - positions[3 * starts[g] + i % 3], box);
    }
    return {
      rows,
      positions: relative,
      edges: groupEdges({ positions: relative, count: rows.length }, links),
    };
  });
}

/**
 * A group cut down to its central and some of its satellites at random, where it has more than `most`
 * members.
 */
export function cutGroup(
  stream: Stream,
  { graph, most, links }: { readonly graph: GroupGraph; readonly most: number; readonly links: Links },
): GroupGraph {
  const { length } = graph.rows;
  if (length <= most) return graph;
  const satellites = [...stream.choice(length - 1, { size: most - 1 })].map((i) => i + 1);
  return partOf(graph, { kept: [0, ...satellites.sort((a, b) => a - b)], links });
}

/**
 * A group in parts of at most `most` members: each has the central and some of the satellites, dealt out in
 * turn, so that parts are as large as those that {@link cutGroup} makes.
 *
 * @throws {RangeError} If `most` is less than 2 and the group has satellites.
 */
export function partsOf(
  graph: GroupGraph,
  { most, links }: { readonly most: number; readonly links: Links },
): GroupGraph[] {
  const { length } = graph.rows;
  if (length <= most) return [graph];
  if (most < 2) {
    throw new RangeError(
      `Cannot part a group as parts must have at least 2 members: current value is ${most}`,
    );
  }
  const parts = Math.ceil((length - 1) / (most - 1));
  return Array.from({ length: parts }, (_, part) => {
    const kept = [0];
    for (let i = 1 + part; i < length; i += parts) kept.push(i);
    return partOf(graph, { kept, links });
  });
}

/** Some members of a group with their own edges. */
function partOf(
  { rows, positions: all }: GroupGraph,
  { kept, links }: { readonly kept: readonly number[]; readonly links: Links },
): GroupGraph {
  const positions = Float64Array.from(kept.flatMap((i) => [...all.subarray(3 * i, 3 * i + 3)]));
  return {
    rows: Int32Array.from(kept, (i) => rows[i]),
    positions,
    edges: groupEdges({ positions, count: kept.length }, links),
  };
}

/** A place for a group: its first node is node `first` of the block. */
export interface Place {
  /** Index of the block. */
  readonly block: number;
  /** Index of the group's first node. */
  readonly first: number;
}

/**
 * Places groups in blocks of equal size, large ones first, each in the first block that has room.
 *
 * @param sizes Members of each group, at most `blockSize`.
 * @returns One place per group, in the groups' order, and the number of blocks.
 * @throws {RangeError} If a group is larger than a block.
 *
 * @example
 * ```ts
 * import { packGroups } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const { places, blocks } = packGroups([2, 5, 3, 4], { blockSize: 8 });
 * assert.equal(blocks, 2);
 * assert.deepEqual(places[2], { block: 0, first: 5 }); // beside the group of five
 * ```
 */
export function packGroups(
  sizes: ArrayLike<number>,
  { blockSize }: { readonly blockSize: number },
): { readonly places: readonly Place[]; readonly blocks: number } {
  const order = Array.from(sizes, (_, g) => g).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const used: number[] = [];
  const places = new Array<Place>(sizes.length);
  // Blocks without room for even one more node are passed over.
  let open = 0;
  for (const g of order) {
    if (sizes[g] > blockSize) {
      throw new RangeError(
        `Cannot pack groups as they must have at most ${blockSize} members: one has ${sizes[g]}`,
      );
    }
    while (open < used.length && used[open] === blockSize) open++;
    let block = open;
    while (block < used.length && used[block] + sizes[g] > blockSize) block++;
    if (block === used.length) used.push(0);
    places[g] = { block, first: used[block] };
    used[block] += sizes[g];
  }
  return { places, blocks: used.length };
}
