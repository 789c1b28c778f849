import type { Stream } from "../../../lib/random/mod.ts";

/** A rotation uniform in SO(3), row-major: from a quaternion of four normal numbers. */
export function randomRotation(random: Stream): readonly number[] {
  const q = random.normal(new Float64Array(4));
  const norm = Math.hypot(...q);
  const [w, x, y, z] = q.map((value) => value / norm);
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}

/** A rotation about the upright axis by an angle uniform in [0, 2π). */
export function randomTurn(random: Stream): readonly number[] {
  const angle = 2 * Math.PI * random.nextUniform(), [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

/** Multiplies each of the vectors `[n, 3]` by a matrix, in place. */
export function turnRows(vectors: Float32Array, m: readonly number[]): void {
  for (let i = 0; i < vectors.length; i += 3) {
    const [x, y, z] = [vectors[i], vectors[i + 1], vectors[i + 2]];
    vectors[i] = m[0] * x + m[1] * y + m[2] * z;
    vectors[i + 1] = m[3] * x + m[4] * y + m[5] * z;
    vectors[i + 2] = m[6] * x + m[7] * y + m[8] * z;
  }
}
