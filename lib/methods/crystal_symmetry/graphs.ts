import { type Crystal, findNeighbours, type NeighbourRule } from "../../crystals/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { cellCoordinates, cellIndex, CELLS } from "./cell_groups.ts";

/** A crystal as the network sees it. */
export interface CrystalGraph {
  /** `[n]` Z of each node. */
  readonly atomicNumbers: Uint8Array;
  /** `[n]` atom of the primitive cell that a node is a copy of. */
  readonly atoms: Int32Array;
  /** `[n]` cell of each node, 0 to 7; all 0 in the primitive form. */
  readonly cells: Uint8Array;
  /** `[E]` node i of each directed edge; edges are sorted by it. */
  readonly receivers: Int32Array;
  /** `[E]` node j. */
  readonly senders: Int32Array;
  /** `[E]` cell of j as seen from i, modulo 2: a cell's number, 0 to 7. */
  readonly differences: Uint8Array;
  /** `[E]` ångström; 0 on the edge from a node to itself. */
  readonly distances: Float64Array;
}

/**
 * The graph of a primitive cell: one node per atom, one edge per neighbour, labelled with the cell of the
 * neighbour modulo 2, and an edge of length 0 from each node to itself (as the released code adds it).
 *
 * On this graph the network without cell one-hots computes exactly what it computes on the 2 × 2 × 2
 * supercell, whose eight copies of an atom have the same features in every layer, at an eighth of the cost.
 *
 * @throws {RangeError} If the rule cannot be applied (`findNeighbours`).
 */
export function primitiveGraph(crystal: Crystal, rule: NeighbourRule): CrystalGraph {
  const { receivers, senders, offsets, distances } = findNeighbours(crystal, rule);
  const n = crystal.atomicNumbers.length;
  const nodes = Int32Array.from({ length: n }, (_, u) => u);
  return sorted({
    atomicNumbers: crystal.atomicNumbers,
    atoms: nodes,
    cells: new Uint8Array(n),
    receivers: Int32Array.from([...receivers, ...nodes]),
    senders: Int32Array.from([...senders, ...nodes]),
    differences: Uint8Array.from(
      { length: receivers.length + n },
      (_, e) => cellIndex(offsets[3 * e], offsets[3 * e + 1], offsets[3 * e + 2]),
    ),
    distances: Float64Array.from([...distances, ...new Float64Array(n)]),
  });
}

/**
 * The graph of the 2 × 2 × 2 supercell, as the paper has it: node 8 u + c is the copy of atom u in cell c.
 *
 * @throws {RangeError} If the rule cannot be applied (`findNeighbours`).
 */
export function supercellGraph(crystal: Crystal, rule: NeighbourRule): CrystalGraph {
  const cell = primitiveGraph(crystal, rule);
  const copies = CELLS * cell.receivers.length, n = CELLS * cell.atomicNumbers.length;
  const graph = {
    atomicNumbers: new Uint8Array(n),
    atoms: new Int32Array(n),
    cells: new Uint8Array(n),
    receivers: new Int32Array(copies),
    senders: new Int32Array(copies),
    differences: new Uint8Array(copies),
    distances: new Float64Array(copies),
  };
  for (let node = 0; node < n; node++) {
    graph.atoms[node] = Math.floor(node / CELLS);
    graph.cells[node] = node % CELLS;
    graph.atomicNumbers[node] = cell.atomicNumbers[graph.atoms[node]];
  }
  for (let e = 0; e < copies; e++) {
    const edge = Math.floor(e / CELLS), c = e % CELLS, d = cell.differences[edge];
    graph.receivers[e] = CELLS * cell.receivers[edge] + c;
    graph.senders[e] = CELLS * cell.senders[edge] + addCells(c, d);
    graph.differences[e] = d;
    graph.distances[e] = cell.distances[edge];
  }
  return sorted(graph);
}

function addCells(a: number, b: number): number {
  const [n, t] = [cellCoordinates(a), cellCoordinates(b)];
  return cellIndex(n[0] + t[0], n[1] + t[1], n[2] + t[2]);
}

/** Edges by receiver, otherwise in their order. */
function sorted(graph: CrystalGraph): CrystalGraph {
  const order = Array.from(graph.receivers, (_, e) => e).sort((a, b) =>
    graph.receivers[a] - graph.receivers[b] || a - b
  );
  return {
    ...graph,
    receivers: Int32Array.from(order, (e) => graph.receivers[e]),
    senders: Int32Array.from(order, (e) => graph.senders[e]),
    differences: Uint8Array.from(order, (e) => graph.differences[e]),
    distances: Float64Array.from(order, (e) => graph.distances[e]),
  };
}

/**
 * Renames the cells of a supercell graph by a permutation g: what was in cell c is then in cell g(c).
 *
 * @param permutation `[8]`.
 */
export function relabelCells(graph: CrystalGraph, permutation: ArrayLike<number>): CrystalGraph {
  const cells = graph.cells.map((c) => permutation[c]);
  const differences = graph.receivers.map((i, e) => cells[i] ^ cells[graph.senders[e]]);
  return { ...graph, cells, differences: Uint8Array.from(differences) };
}

/**
 * Control of the colours: the differences of a graph's edges between distinct nodes change places at random,
 * so that a colour's frequency stays and its meaning goes. The edge from a node to itself keeps its own.
 */
export function shuffleDifferences(graph: CrystalGraph, stream: Stream): CrystalGraph {
  const moved = Int32Array.from(graph.distances.keys()).filter((e) => graph.distances[e] > 0);
  const order = stream.permutation(moved.length);
  const differences = graph.differences.slice();
  moved.forEach((e, k) => differences[e] = graph.differences[moved[order[k]]]);
  return { ...graph, differences };
}
