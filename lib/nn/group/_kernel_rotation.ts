import { type Tensor, tf } from "../../tensor/mod.ts";
import { groupAngles, groupOrder, type PlanarGroup } from "./planar_group.ts";

/** Filters up to this size are turned by a dense matrix, larger ones pixel by pixel. */
const DENSE_SIZE = 9;

/** What is left of a square filter: all of it, or the disc of diameter `size`. */
export type FilterMask = "none" | "disc";

/** Cosine and sine of an angle in degrees, exact for multiples of 90°. */
function cosSin(degrees: number): readonly [cos: number, sin: number] {
  const snap = (x: number) => Math.abs(x - Math.round(x)) < 1e-12 ? Math.round(x) : x;
  const radians = degrees * Math.PI / 180;
  return [snap(Math.cos(radians)), snap(Math.sin(radians))];
}

/** For each pixel of the turned filters of all elements its four sources and their bilinear shares. */
export interface Taps {
  /** Number of turned pixels, |G| · size². */
  readonly rows: number;
  /** Source pixels, four lists of `rows`. Sources outside have share 0 (and index 0). */
  readonly indices: readonly Int32Array[];
  readonly shares: readonly Float32Array[];
}

/** Turned (and, for reflections, then mirrored) copies of a square grid, one per element of the group. */
export function rotationTaps(group: PlanarGroup, size: number, mask: FilterMask = "none"): Taps {
  const centre = (size - 1) / 2, order = groupOrder(group), rows = order * size * size;
  const kept = (x: number, y: number) => mask === "none" || Math.hypot(x - centre, y - centre) <= size / 2;
  const indices = Array.from({ length: 4 }, () => new Int32Array(rows));
  const shares = Array.from({ length: 4 }, () => new Float32Array(rows));
  groupAngles(group).forEach((angle, e) => {
    const [c, s] = cosSin(angle);
    for (let y = 0; y < size; y++) {
      for (let column = 0; column < size; column++) {
        const row = (e * size + y) * size + column;
        if (!kept(column, y)) continue;
        const x = e >= group.rotations ? size - 1 - column : column;
        const [dx, dy] = [x - centre, y - centre];
        const [u, v] = [c * dx - s * dy + centre, s * dx + c * dy + centre];
        const [u0, v0] = [Math.floor(u + 1e-9), Math.floor(v + 1e-9)];
        [[0, 0], [1, 0], [0, 1], [1, 1]].forEach(([a, b], k) => {
          const [p, q] = [u0 + a, v0 + b];
          const share = (1 - Math.abs(u - p)) * (1 - Math.abs(v - q));
          if (share < 1e-9 || p < 0 || p >= size || q < 0 || q >= size || !kept(p, q)) return;
          indices[k][row] = q * size + p;
          shares[k][row] = share;
        });
      }
    }
  });
  return { rows, indices, shares };
}

/** Taps as a dense matrix `[rows, columns]`. */
function toMatrix({ rows, indices, shares }: Taps, columns: number): Float32Array {
  const matrix = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < 4; k++) matrix[row * columns + indices[k][row]] += shares[k][row];
  }
  return matrix;
}

/**
 * All turned copies of filters: `[size², channels]` → `[|G| · size², channels]`.
 *
 * A constant linear map, so that a traced program holds its table and nothing is built again per step.
 */
export function rotateFilters(
  filters: Tensor,
  { group, size, mask }: { readonly group: PlanarGroup; readonly size: number; readonly mask?: FilterMask },
): Tensor {
  const order = groupOrder(group);
  if (size === 1) return tf.tile(filters, [order, 1]);
  const taps = rotationTaps(group, size, mask);
  const area = size * size;
  if (size <= DENSE_SIZE) {
    return tf.matMul(tf.tensor2d(toMatrix(taps, area), [taps.rows, area]), filters as tf.Tensor2D);
  }
  return tf.addN(
    taps.indices.map((index, k) =>
      tf.mul(tf.gather(filters, tf.tensor1d(index, "int32")), tf.tensor2d(taps.shares[k], [taps.rows, 1]))
    ),
  );
}
