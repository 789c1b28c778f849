import { groupStarts, meshCell, smoothedDensity, tidalAxes } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { directionalAdjacency, groupGraphs } from "../../../lib/methods/galaxy_graphs/mod.ts";
import { type CatalogueConfig, makeCatalogue } from "./_catalogue.ts";

/** A catalogue to be shown. */
export type PicturesConfig = {
  readonly catalogue: CatalogueConfig;
  /** Thickness of the slice from which haloes are shown, Mpc/h. */
  readonly thickness: number;
  /** Members of the group whose graph is shown, at least and at most. */
  readonly members: readonly [number, number];
};

/** A slice through the box, and a group as a graph. */
export type PicturesResult = {
  readonly slice: {
    readonly size: number;
    /** δ smoothed as the tides are, [y, x] rows from the smallest y, four digits. */
    readonly density: readonly number[];
    /** Projected stretching axes on a coarse grid: x, y, dx, dy in Mpc/h. */
    readonly stretching: readonly (readonly number[])[];
    /** Centrals in the slice with their projected major axes: x, y, dx, dy. */
    readonly centrals: readonly (readonly number[])[];
  };
  readonly graph: {
    /** Mpc/h from the central. */
    readonly positions: readonly (readonly number[])[];
    /** Σ_f A^f `[n, n]`. */
    readonly adjacency: readonly number[];
    /** q^f of the edge from the second member to the central, as a share of their sum. */
    readonly directions: readonly number[];
  };
};

const ARROWS = 16;
const round = (x: number) => Number(x.toPrecision(4));

/** The tidal field with the haloes in it, and one group's graph. */
export const pictures: Experiment<PicturesConfig, PicturesResult> = {
  id: "pictures",
  title: "A slice of the tidal field, and a graph",
  module: import.meta.url,
  usesExecutor: false,
  run({ catalogue: config, thickness, members: [least, most] }, { seed }) {
    const synthetic = makeCatalogue(config, seed);
    const { catalogue, density, tidalFields: [field] } = synthetic;
    const { box, size } = field;
    const smoothed = smoothedDensity(density, { scale: field.scale });
    const middle = Math.floor(size / 2), z = (middle + 0.5) * box / size;
    const grid: number[] = [];
    for (let j = 0; j < size; j++) {
      for (let i = 0; i < size; i++) grid.push(round(smoothed[(i * size + j) * size + middle]));
    }
    const step = box / ARROWS;
    const stretching = Array.from({ length: ARROWS ** 2 }, (_, a) => {
      const x = (a % ARROWS + 0.5) * step, y = (Math.floor(a / ARROWS) + 0.5) * step;
      const { vectors } = tidalAxes(field, meshCell(field, [x, y, z]));
      return [x, y, vectors[0], vectors[1]].map(round);
    });
    const centrals: number[][] = [];
    for (let i = 0; i < catalogue.galaxies; i++) {
      const [x, y, height] = catalogue.positions.subarray(3 * i, 3 * i + 3);
      if (!catalogue.central[i] || Math.abs(height - z) > thickness / 2) continue;
      centrals.push([x, y, catalogue.shapes.axes[9 * i], catalogue.shapes.axes[9 * i + 1]].map(round));
    }
    const starts = groupStarts(catalogue);
    const chosen = groupGraphs(catalogue).find((_, g) => {
      const count = starts[g + 1] - starts[g];
      return count >= least && count <= most;
    });
    if (chosen === undefined) {
      throw new RangeError(`Cannot show a graph as a group must have ${least} to ${most} members: none has`);
    }
    const n = chosen.rows.length;
    const edges = directionalAdjacency(chosen.positions, { edges: chosen.edges, scale: 0.4 });
    const adjacency = new Array<number>(n * n).fill(0);
    chosen.edges.receivers.forEach((i, e) => {
      const all = edges.subarray(26 * e, 26 * e + 26).reduce((sum, a) => sum + a, 0);
      adjacency[i * n + chosen.edges.senders[e]] = round(all);
    });
    const first = edges.subarray(0, 26), total = first.reduce((sum, a) => sum + a, 0);
    return Promise.resolve({
      slice: { size, density: grid, stretching, centrals },
      graph: {
        positions: Array.from(
          { length: n },
          (_, i) => [...chosen.positions.subarray(3 * i, 3 * i + 3)].map(round),
        ),
        adjacency,
        directions: Array.from(first, (a) => round(a / total)),
      },
    });
  },
};
