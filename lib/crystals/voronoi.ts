// @ts-types="./_convex_hull.d.ts"
import convexHull from "convex-hull";

/** A facet's area over the squared distance below which it counts as zero. */
const TOLERANCE = 1e-6;

/**
 * Which of some points share a face of positive area with the Voronoi cell of the origin.
 *
 * The cell is {x : x · r ≤ |r|²/2 for all points r}; its polar dual is the convex hull of the points 2
 * r/|r|², and r has a face exactly if its dual point is a vertex of the hull. A point that touches the cell
 * in an edge or a corner only, as the second neighbours in a simple cubic lattice do, has its dual point on
 * an edge or a face of the hull; as rounding may lift it off, the area of the face is measured, too.
 *
 * @param points `[m, 3]` vectors from the origin, none of them zero.
 * @param options.within Half the size of a box that bounds the cell where the points do not; unit of the
 *   points.
 * @returns `[m]` area of the shared face, 0 if there is none.
 *
 * @example
 * ```ts
 * import { facetAreas } from "@refigure/refigure/crystals";
 * import assert from "node:assert/strict";
 *
 * const square = [1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 1, 1, 0, 3, 0, 0];
 * assert.deepEqual([...facetAreas(square, { within: 4 })], [1, 1, 1, 1, 1, 1, 0, 0]);
 * ```
 */
export function facetAreas(
  points: ArrayLike<number>,
  { within }: { readonly within: number },
): Float64Array {
  const count = points.length / 3;
  const duals: number[][] = [];
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [points[3 * i], points[3 * i + 1], points[3 * i + 2]];
    const scale = 2 / (x * x + y * y + z * z);
    duals.push([scale * x, scale * y, scale * z]);
  }
  for (const axis of [0, 1, 2]) {
    for (const sign of [-1, 1]) duals.push([0, 1, 2].map((k) => k === axis ? sign / within : 0));
  }
  // A triangle's plane v · x = 1 is the corner v of the cell; around a vertex i, the triangles (i, a, b) link
  // a to b.
  const around = new Map<number, Map<number, { readonly next: number; readonly corner: number[] }>>();
  for (const triangle of convexHull(duals)) {
    const corner = planeThrough(triangle.map((i) => duals[i]));
    triangle.forEach((i, k) => {
      const links = around.get(i) ?? new Map();
      around.set(i, links.set(triangle[(k + 1) % 3], { next: triangle[(k + 2) % 3], corner }));
    });
  }
  const areas = new Float64Array(count);
  for (const [i, links] of around) {
    if (i >= count) continue;
    const corners: number[][] = [];
    const [start] = links.keys();
    let at = start;
    do {
      const { next, corner } = links.get(at)!;
      corners.push(corner);
      at = next;
    } while (at !== start);
    const area = polygonArea(corners);
    const distanceSquared = points[3 * i] ** 2 + points[3 * i + 1] ** 2 + points[3 * i + 2] ** 2;
    if (area > TOLERANCE * distanceSquared) areas[i] = area;
  }
  return areas;
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** v with v · x = 1 for the three points: (a × b + b × c + c × a)/(a · b × c). */
function planeThrough([a, b, c]: readonly (readonly number[])[]): number[] {
  const [ab, bc, ca] = [cross(a, b), cross(b, c), cross(c, a)];
  const volume = a[0] * bc[0] + a[1] * bc[1] + a[2] * bc[2];
  return ab.map((x, k) => (x + bc[k] + ca[k]) / volume);
}

/** Area of a plane polygon in space. */
function polygonArea(corners: readonly (readonly number[])[]): number {
  const [first, ...rest] = corners;
  const sum = [0, 0, 0];
  for (let k = 0; k + 1 < rest.length; k++) {
    const [u, v] = [rest[k], rest[k + 1]].map((corner) => corner.map((x, axis) => x - first[axis]));
    cross(u, v).forEach((x, axis) => sum[axis] += x / 2);
  }
  return Math.hypot(...sum);
}
