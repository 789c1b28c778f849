/** A difference of coordinates in a periodic box, brought into [−L/2, L/2]; exactly odd in d. */
export function shortest(d: number, box: number): number {
  const half = box / 2;
  return d > half ? d - box : d < -half ? d + box : d;
}

/** How far apart, along each axis, points may be that count as a pair. */
export interface Reach {
  readonly box: number;
  /** Mpc/h, along x, y and z. */
  readonly reach: readonly [number, number, number];
}

/** Gets each unordered pair once, with i < j and the shortest x_i − x_j in the box. */
export type PairVisitor = (i: number, j: number, dx: number, dy: number, dz: number) => void;

/** All pairs by brute force: what the grid is tested against. */
export function eachPair(
  positions: ArrayLike<number>,
  { box, reach }: Reach,
  visit: PairVisitor,
): void {
  for (let i = 0; 3 * i < positions.length; i++) {
    for (let j = i + 1; 3 * j < positions.length; j++) {
      const dx = shortest(positions[3 * i] - positions[3 * j], box);
      const dy = shortest(positions[3 * i + 1] - positions[3 * j + 1], box);
      const dz = shortest(positions[3 * i + 2] - positions[3 * j + 2], box);
      if (Math.abs(dx) > reach[0] || Math.abs(dy) > reach[1] || Math.abs(dz) > reach[2]) continue;
      visit(i, j, dx, dy, dz);
    }
  }
}

/**
 * The pairs of {@link eachPair} (in another order) by a grid of cells at least as wide as the reach: a point
 * meets only those of its own and the neighbouring cells.
 */
export function eachNearPair(positions: Float64Array, { box, reach }: Reach, visit: PairVisitor): void {
  const points = positions.length / 3;
  // Many more cells than points would only be empty ones.
  const most = Math.max(1, Math.ceil(Math.cbrt(points)));
  // A hair wider than the reach, as places are rounded.
  const cells = reach.map((r) => Math.max(1, Math.min(Math.floor(box / r * (1 - 1e-9)), most)));
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
  // Points rise within a cell. Their coordinates are copied, so that a cell's lie side by side.
  for (let i = 0; i < points; i++) members[next[cellOf[i]]++] = i;
  const sorted = new Float64Array(3 * points);
  for (let m = 0; m < points; m++) {
    for (let k = 0; k < 3; k++) sorted[3 * m + k] = positions[3 * members[m] + k];
  }
  const [rx, ry, rz] = reach;
  const between = (first: number, second: number) => {
    for (let a = starts[first]; a < starts[first + 1]; a++) {
      const x = sorted[3 * a], y = sorted[3 * a + 1], z = sorted[3 * a + 2], i = members[a];
      for (let b = first === second ? a + 1 : starts[second]; b < starts[second + 1]; b++) {
        const dx = shortest(x - sorted[3 * b], box);
        if (Math.abs(dx) > rx) continue;
        const dy = shortest(y - sorted[3 * b + 1], box);
        if (Math.abs(dy) > ry) continue;
        const dz = shortest(z - sorted[3 * b + 2], box);
        if (Math.abs(dz) > rz) continue;
        const j = members[b];
        if (i < j) visit(i, j, dx, dy, dz);
        else visit(j, i, -dx, -dy, -dz);
      }
    }
  };
  const [nx, ny, nz] = cells;
  for (let cell = 0; cell < nx * ny * nz; cell++) {
    const place = [Math.floor(cell / (ny * nz)), Math.floor(cell / nz) % ny, cell % nz];
    // With one or two cells along an axis, several offsets lead to the same cell.
    const near = new Set<number>();
    for (const i of [-1, 0, 1]) {
      for (const j of [-1, 0, 1]) {
        for (const k of [-1, 0, 1]) {
          const [x, y, z] = [i, j, k].map((offset, axis) =>
            (place[axis] + offset + cells[axis]) % cells[axis]
          );
          near.add((x * ny + y) * nz + z);
        }
      }
    }
    for (const other of near) if (other >= cell) between(cell, other);
  }
}
