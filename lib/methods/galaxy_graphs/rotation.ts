import type { Stream } from "../../random/mod.ts";
import type { Matrix3 } from "./directions.ts";

/**
 * Draws a rotation uniform in SO(3): a random rotation about z, then a Householder reflection that takes z to
 * a random direction, negated (Arvo 1992).
 *
 * @returns 3×3, row by row.
 */
export function drawRotation(stream: Stream): Matrix3 {
  const [u, v, w] = stream.uniform(new Float64Array(3));
  const cosine = Math.cos(2 * Math.PI * u), sine = Math.sin(2 * Math.PI * u);
  const about = [cosine, sine, 0, -sine, cosine, 0, 0, 0, 1];
  const flip = [
    Math.cos(2 * Math.PI * v) * Math.sqrt(w),
    Math.sin(2 * Math.PI * v) * Math.sqrt(w),
    Math.sqrt(1 - w),
  ];
  // (2 v vᵀ − 1) R
  return about.map((_, at) => {
    const row = Math.floor(at / 3), column = at % 3;
    let sum = 0;
    for (let k = 0; k < 3; k++) {
      sum += (2 * flip[row] * flip[k] - (row === k ? 1 : 0)) * about[3 * k + column];
    }
    return sum;
  });
}

/**
 * Rotates vectors in place.
 *
 * @param vectors `[count, 3]`.
 * @returns `vectors`.
 */
export function rotateVectors<T extends Float32Array | Float64Array>(vectors: T, rotation: Matrix3): T {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = rotation;
  for (let at = 0; at < vectors.length; at += 3) {
    const x = vectors[at], y = vectors[at + 1], z = vectors[at + 2];
    vectors[at] = xx * x + xy * y + xz * z;
    vectors[at + 1] = yx * x + yy * y + yz * z;
    vectors[at + 2] = zx * x + zy * y + zz * z;
  }
  return vectors;
}
