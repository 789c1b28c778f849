/** Axonometric projection: directions of the page's right and up, and towards the reader. */
const RIGHT = [0.97, 0.242, 0], UP = [-0.106, 0.425, 0.899], NEAR = [0.217, -0.872, 0.438];

/** A point of space on the page. */
export interface Projected {
  readonly x: number;
  /** Downwards. */
  readonly y: number;
  /** Towards the reader. */
  readonly depth: number;
}

/** Projects a point `[3]`. In a cubic lattice no two atoms on quarters of the cell's edges coincide. */
export function project(point: ArrayLike<number>): Projected {
  const dot = (a: readonly number[]) => a[0] * point[0] + a[1] * point[1] + a[2] * point[2];
  return { x: dot(RIGHT), y: -dot(UP), depth: dot(NEAR) };
}

/** The map that fits projected points into the unit square, with a margin around them. */
export function fitting(points: readonly Projected[]): (point: Projected) => readonly [number, number] {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const extent = Math.max(Math.max(...xs) - left, Math.max(...ys) - top);
  return ({ x, y }) => [0.08 + 0.84 * (x - left) / extent, 0.08 + 0.84 * (y - top) / extent];
}
