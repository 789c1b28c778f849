import type { HostTree } from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import type { CellColouring } from "./colouring.ts";
import type { CrystalGraph } from "./graphs.ts";

/** Edges of a batch in blocks of one colour each, padded at the end of each block. */
export interface EdgeColumns {
  /** `[E]` int32 */
  readonly receivers: Tensor;
  /** `[E]` int32 */
  readonly senders: Tensor;
  /** `[E]` ångström */
  readonly distances: Tensor;
}

/** Several crystals as one graph; the last node takes what padding sends. */
export interface CrystalBatch {
  /** `[N]` int32, Z − 1. */
  readonly species: Tensor;
  /** `[N]` int32, the slot of a node's cell in the one-hot: c − 1 modulo 8. */
  readonly cells: Tensor;
  /** `[N]` int32, the crystal of each node; B for padding. */
  readonly crystals: Tensor;
  /** `[B]` one over the number of nodes; 0 where there is no crystal. */
  readonly inverseSizes: Tensor;
  /** All edges. */
  readonly all: EdgeColumns;
  /** Edges between copies of one atom of the motif. */
  readonly own: EdgeColumns;
}

/** The fixed sizes of a compiled program. */
export interface BatchLayout {
  /** B. */
  readonly crystals: number;
  /** N, padding included. */
  readonly nodes: number;
  /** `[colours]` length of each block of all edges. */
  readonly all: readonly number[];
  /** `[colours]` length of each block of the edges between copies of an atom. */
  readonly own: readonly number[];
}

/** A graph with its edges sorted into blocks. */
interface Blocks {
  readonly graph: CrystalGraph;
  /** Edge numbers by colour. */
  readonly all: readonly Int32Array[];
  readonly own: readonly Int32Array[];
}

/** Which crystals are batched together, step by step. */
export interface BatchPlan {
  /** One entry per step: the numbers of its crystals. */
  readonly steps: readonly Int32Array[];
  /** Number of steps in which each crystal comes once. */
  readonly stepsPerEpoch: number;
  /** Sizes that all batches are padded to. */
  readonly layout: BatchLayout;
  /** Share of the edge columns that is padding, 0 to 1, over all steps. */
  readonly waste: number;
}

/** Crystals that are made into batches for a network with some pattern of colours. */
export class CrystalBatches {
  readonly #blocks: readonly Blocks[];
  readonly #colours: number;

  /** Sorts the edges of crystals by the pattern's colours. */
  constructor(readonly graphs: readonly CrystalGraph[], { colours, ofDifference }: CellColouring) {
    this.#colours = colours;
    this.#blocks = graphs.map((graph) => {
      const edges = Array.from(graph.receivers, (_, e) => e);
      const own = edges.filter((e) => graph.atoms[graph.receivers[e]] === graph.atoms[graph.senders[e]]);
      const byColour = (some: readonly number[]) =>
        Array.from(
          { length: colours },
          (_, k) => Int32Array.from(some.filter((e) => ofDifference[graph.differences[e]] === k)),
        );
      return { graph, all: byColour(edges), own: byColour(own) };
    });
  }

  /**
   * Plans training: every epoch takes ⌊n/B⌋ batches of B crystals, a random subset if B does not divide n.
   *
   * An epoch's crystals are sorted by their number of edges and cut into B strata, and a batch takes one of
   * each: of the smaller half of the strata at random, of the larger half so that the batches even out. So
   * all batches have nearly the same number of edges, and the program's sizes, which are the largest over all
   * steps planned, hold little padding (`waste` says how much).
   *
   * @throws {RangeError} If a number is not an integer in range.
   */
  planTraining(
    { batchSize, epochs, stream }: {
      readonly batchSize: number;
      readonly epochs: number;
      readonly stream: Stream;
    },
  ): BatchPlan {
    const n = this.graphs.length;
    for (const [name, value, most] of [["batchSize", batchSize, n], ["epochs", epochs, Infinity]] as const) {
      if (!Number.isInteger(value) || value < 1 || value > most) {
        throw new RangeError(
          `Cannot plan batches as ${name} must be an integer in [1, ${most}]: current value is ${value}`,
        );
      }
    }
    const stepsPerEpoch = Math.floor(n / batchSize);
    const steps: Int32Array[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const random = stream.split("epoch", String(epoch));
      const order = random.permutation(n).slice(0, stepsPerEpoch * batchSize);
      order.sort((a, b) => this.#edges(b) - this.#edges(a)); // stable: ties stay in random order
      const batches = Array.from({ length: stepsPerEpoch }, () => new Int32Array(batchSize));
      const loads = new Float64Array(stepsPerEpoch);
      for (let stratum = batchSize - 1; stratum >= 0; stratum--) {
        const places = random.permutation(stepsPerEpoch);
        // The crystals of a stratum come by decreasing size: of the larger ones, the largest to the lightest
        // batch.
        if (stratum < batchSize / 2) places.sort((a, b) => loads[a] - loads[b]);
        places.forEach((step, k) => {
          const row = order[stratum * stepsPerEpoch + k];
          batches[step][stratum] = row;
          loads[step] += this.#edges(row);
        });
      }
      steps.push(...batches);
    }
    return this.#plan(steps, { stepsPerEpoch, batchSize });
  }

  /**
   * Plans one pass over all crystals, in batches of nearly the same number of edges; the last may have room
   * left.
   */
  planPass({ batchSize }: { readonly batchSize: number }): BatchPlan {
    const n = this.graphs.length, stepsPerEpoch = Math.ceil(n / batchSize);
    const order = Int32Array.from(this.graphs.keys()).sort((a, b) =>
      this.#edges(b) - this.#edges(a) || a - b
    );
    const steps = Array.from(
      { length: stepsPerEpoch },
      (_, step) => order.filter((_, place) => place % stepsPerEpoch === step),
    );
    return this.#plan(steps, { stepsPerEpoch, batchSize });
  }

  /** A batch with room for a layout; its numbers are to be filled in. */
  example({ crystals, nodes, all, own }: BatchLayout): HostTree<CrystalBatch> {
    const columns = (blocks: readonly number[]) => {
      const edges = sum(blocks);
      return {
        receivers: hostTensor(new Int32Array(edges)),
        senders: hostTensor(new Int32Array(edges)),
        distances: hostTensor(new Float32Array(edges)),
      };
    };
    return {
      species: hostTensor(new Int32Array(nodes)),
      cells: hostTensor(new Int32Array(nodes)),
      crystals: hostTensor(new Int32Array(nodes)),
      inverseSizes: hostTensor(new Float32Array(crystals)),
      all: columns(all),
      own: columns(own),
    };
  }

  /** Writes some crystals into a batch. */
  fill(
    batch: HostTree<CrystalBatch>,
    { rows, layout }: { readonly rows: Int32Array; readonly layout: BatchLayout },
  ): void {
    const { species, cells, crystals, inverseSizes } = batch;
    species.data.fill(0);
    cells.data.fill(0);
    crystals.data.fill(layout.crystals);
    inverseSizes.data.fill(0);
    const starts = new Int32Array(rows.length);
    let node = 0;
    rows.forEach((row, b) => {
      const { graph } = this.#blocks[row];
      starts[b] = node;
      inverseSizes.data[b] = 1 / graph.atomicNumbers.length;
      graph.atomicNumbers.forEach((z, i) => {
        species.data[node + i] = z - 1;
        cells.data[node + i] = (graph.cells[i] + 7) % 8;
        crystals.data[node + i] = b;
      });
      node += graph.atomicNumbers.length;
    });
    for (const name of ["all", "own"] as const) {
      const { receivers, senders, distances } = batch[name];
      receivers.data.fill(layout.nodes - 1);
      senders.data.fill(layout.nodes - 1);
      distances.data.fill(0);
      let first = 0;
      layout[name].forEach((room, k) => {
        let at = first;
        rows.forEach((row, b) => {
          const { graph, [name]: blocks } = this.#blocks[row];
          for (const e of blocks[k]) {
            receivers.data[at] = starts[b] + graph.receivers[e];
            senders.data[at] = starts[b] + graph.senders[e];
            distances.data[at++] = graph.distances[e];
          }
        });
        first += room;
      });
    }
  }

  #edges(row: number): number {
    const { all, own } = this.#blocks[row];
    return [...all, ...own].reduce((total, { length }) => total + length, 0);
  }

  #plan(
    steps: readonly Int32Array[],
    { stepsPerEpoch, batchSize }: { readonly stepsPerEpoch: number; readonly batchSize: number },
  ): BatchPlan {
    const all = new Array<number>(this.#colours).fill(0), own = all.slice();
    let nodes = 0, used = 0;
    for (const rows of steps) {
      let count = 0;
      for (const row of rows) count += this.#blocks[row].graph.atomicNumbers.length;
      nodes = Math.max(nodes, count + 1);
      for (const [room, name] of [[all, "all"], [own, "own"]] as const) {
        for (let k = 0; k < this.#colours; k++) {
          let edges = 0;
          for (const row of rows) edges += this.#blocks[row][name][k].length;
          used += edges;
          room[k] = Math.max(room[k], edges);
        }
      }
    }
    const room = steps.length * (sum(all) + sum(own));
    return {
      steps,
      stepsPerEpoch,
      layout: { crystals: batchSize, nodes, all, own },
      waste: room === 0 ? 0 : 1 - used / room,
    };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
