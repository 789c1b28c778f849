/** A difference of coordinates in a periodic box, brought into [−L/2, L/2]; exactly odd in d. */
export function shortest(d: number, box: number): number {
  const half = box / 2;
  return d > half ? d - box : d < -half ? d + box : d;
}

/** Which points count as a pair. */
export interface Reach {
  readonly box: number;
  /** Their separation is below it, and above 0; at most L/2. */
  readonly radius: number;
  /** Take separations across z, of points that are less far apart along it. @default undefined */
  readonly depth?: number;
}

/** Pairs of a batch: enough that calls cost nothing, few enough to stay in a core's cache. */
export const BATCH = 256;

/** Several pairs, each with i < j. What the arrays `[256]` hold after the last one means nothing. */
export interface PairBatch {
  /** Pairs in it. */
  count: number;
  /** i and j. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** The shortest x_i − x_j in the box. */
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  readonly dz: Float64Array;
  /** Squared separation, across z where the reach has a depth. */
  readonly square: Float64Array;
}

const emptyBatch = (): PairBatch => ({
  count: 0,
  first: new Int32Array(BATCH),
  second: new Int32Array(BATCH),
  dx: new Float64Array(BATCH),
  dy: new Float64Array(BATCH),
  dz: new Float64Array(BATCH),
  square: new Float64Array(BATCH),
});

/** What rounding may do to a place, relatively, at most. */
const HAIR = 1e-9;

/** Gets each unordered pair once, batch by batch; the batch is the same object every time. */
export type PairVisitor = (batch: PairBatch) => void;

/** All pairs by brute force, one a batch: what the grid is tested against. */
export function eachPair(positions: Float64Array, { box, radius, depth }: Reach, visit: PairVisitor): void {
  const batch = emptyBatch();
  for (let i = 0; 3 * i < positions.length; i++) {
    for (let j = i + 1; 3 * j < positions.length; j++) {
      const [dx, dy, dz] = [0, 1, 2].map((k) => shortest(positions[3 * i + k] - positions[3 * j + k], box));
      const square = dx * dx + dy * dy + (depth === undefined ? dz * dz : 0);
      if (square === 0 || square >= radius * radius || Math.abs(dz) >= (depth ?? Infinity)) continue;
      batch.first[0] = i;
      batch.second[0] = j;
      batch.dx[0] = dx;
      batch.dy[0] = dy;
      batch.dz[0] = dz;
      batch.square[0] = square;
      batch.count = 1;
      visit(batch);
    }
  }
}

/**
 * The pairs of {@link eachPair} (in another order) by a grid of cells at least as wide as the reach: a point
 * meets only those of its own and the neighbouring cells.
 */
export function eachNearPair(positions: Float64Array, reach: Reach, visit: PairVisitor): void {
  const { box, radius, depth } = reach;
  const points = positions.length / 3;
  // Many more cells than points would only be empty ones.
  const most = Math.max(1, Math.ceil(Math.cbrt(points)));
  // A hair wider than the reach, as places are rounded.
  const cells = [radius, radius, depth ?? radius].map((r) =>
    Math.max(1, Math.min(Math.floor(box / r * (1 - HAIR)), most))
  );
  const cellOf = new Int32Array(points);
  const starts = new Int32Array(cells[0] * cells[1] * cells[2] + 1);
  for (let i = 0; i < points; i++) {
    let cell = 0;
    for (let axis = 0; axis < 3; axis++) {
      const place = Math.floor(positions[3 * i + axis] / box * cells[axis]);
      cell = cell * cells[axis] + Math.min(Math.max(place, 0), cells[axis] - 1);
    }
    cellOf[i] = cell;
    starts[cell + 1]++;
  }
  for (let cell = 0; cell + 1 < starts.length; cell++) starts[cell + 1] += starts[cell];
  const next = starts.slice(), members = new Int32Array(points);
  // Points rise within a cell.
  for (let i = 0; i < points; i++) members[next[cellOf[i]]++] = i;
  const collector = new PairCollector(positions, { members, reach, visit });
  const [nx, ny, nz] = cells;
  for (let cell = 0; cell < nx * ny * nz; cell++) {
    const place = [Math.floor(cell / (ny * nz)), Math.floor(cell / nz) % ny, cell % nz];
    for (const [other, steps] of neighbours(place, cells)) {
      if (other < cell) continue;
      const walls = steps.map((step, axis) => {
        // Cells that are neighbours on both sides are everywhere near; a depth is no separation.
        if (step === 0 || cells[axis] < 3 || (axis === 2 && depth !== undefined)) return undefined;
        return (place[axis] + Math.max(step, 0)) * box / cells[axis];
      });
      for (let a = starts[cell]; a < starts[cell + 1]; a++) {
        if (collector.isBeyond(a, walls)) continue;
        collector.meet(a, other === cell ? a + 1 : starts[other], starts[other + 1]);
      }
    }
  }
  collector.flush();
}

/** A cell and those around it, each once, with the steps that lead there. */
function neighbours(place: readonly number[], cells: readonly number[]): Map<number, readonly number[]> {
  const near = new Map<number, readonly number[]>();
  for (const i of [-1, 0, 1]) {
    for (const j of [-1, 0, 1]) {
      for (const k of [-1, 0, 1]) {
        const steps = [i, j, k];
        const [x, y, z] = steps.map((step, axis) => (place[axis] + step + cells[axis]) % cells[axis]);
        const cell = (x * cells[1] + y) * cells[2] + z;
        // With one or two cells along an axis, several steps lead to the same cell.
        if (!near.has(cell)) near.set(cell, steps);
      }
    }
  }
  return near;
}

/** Collects pairs of points, which are met in the order of `members`. */
class PairCollector {
  readonly #batch = emptyBatch();
  readonly #members: Int32Array;
  // Coordinates are copied, so that those of points that are met one after the other lie side by side.
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #z: Float64Array;
  readonly #box: number;
  readonly #farthest: number;
  /** Along z a separation counts (1), or has only to be less than the depth (0). */
  readonly #solid: number;
  readonly #depth: number;
  readonly #visit: PairVisitor;

  constructor(
    positions: Float64Array,
    { members, reach: { box, radius, depth }, visit }: {
      readonly members: Int32Array;
      readonly reach: Reach;
      readonly visit: PairVisitor;
    },
  ) {
    const along = (axis: number) => Float64Array.from(members, (i) => positions[3 * i + axis]);
    this.#members = members;
    this.#x = along(0);
    this.#y = along(1);
    this.#z = along(2);
    this.#box = box;
    this.#farthest = radius * radius;
    this.#solid = depth === undefined ? 1 : 0;
    this.#depth = depth ?? Infinity;
    this.#visit = visit;
  }

  /** Whether all that is behind these walls (x, y and z; `undefined`: no wall) is too far from point a. */
  isBeyond(a: number, [x, y, z]: readonly (number | undefined)[]): boolean {
    const u = x === undefined ? 0 : this.#x[a] - x;
    const v = y === undefined ? 0 : this.#y[a] - y;
    const w = z === undefined ? 0 : this.#z[a] - z;
    return u * u + v * v + w * w > this.#farthest * (1 + HAIR);
  }

  /** Point a meets the points b from `from` to before `to`. */
  meet(a: number, from: number, to: number): void {
    const xs = this.#x, ys = this.#y, zs = this.#z, members = this.#members;
    const box = this.#box,
      half = box / 2,
      farthest = this.#farthest,
      solid = this.#solid,
      depth = this.#depth;
    const { first, second, dx, dy, dz, square } = this.#batch;
    const x = xs[a], y = ys[a], z = zs[a], i = members[a];
    let { count } = this.#batch;
    for (let b = from; b < to; b++) {
      let u = Math.abs(x - xs[b]), v = Math.abs(y - ys[b]), w = Math.abs(z - zs[b]);
      if (u > half) u = box - u;
      if (v > half) v = box - v;
      if (w > half) w = box - w;
      // One test instead of one an axis: a processor cannot guess how it ends, and each wrong guess costs.
      const apart = u * u + v * v + solid * w * w;
      if (apart >= farthest) continue;
      if (apart === 0 || w >= depth) continue;
      const j = members[b], sign = i < j ? 1 : -1;
      first[count] = i < j ? i : j;
      second[count] = i < j ? j : i;
      dx[count] = sign * shortest(x - xs[b], box);
      dy[count] = sign * shortest(y - ys[b], box);
      dz[count] = sign * shortest(z - zs[b], box);
      square[count] = apart;
      if (++count === BATCH) {
        this.#batch.count = count;
        this.flush();
        count = 0;
      }
    }
    this.#batch.count = count;
  }

  /** Hands over what is left. */
  flush(): void {
    if (this.#batch.count > 0) this.#visit(this.#batch);
    this.#batch.count = 0;
  }
}
