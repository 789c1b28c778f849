import type { Stream } from "../../random/mod.ts";
import type { Ellipticities } from "./projection.ts";

/**
 * The `random` baseline: every galaxy gets the label of another one, drawn without replacement. One-point
 * statistics stay, all alignment goes.
 *
 * @param labels `[N, width]`.
 * @returns `[N, width]`.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { shuffleLabels } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const shuffled = shuffleLabels(stream(1, "shuffle"), { labels: Float64Array.of(1, 2, 3, 4), width: 2 });
 * assert.deepEqual([...shuffled].sort(), [1, 2, 3, 4]);
 * assert.equal(shuffled[1] - shuffled[0], 1); // rows stay together
 * ```
 */
export function shuffleLabels(
  stream: Stream,
  { labels, width }: { readonly labels: Float64Array; readonly width: number },
): Float64Array {
  const out = new Float64Array(labels.length);
  stream.permutation(labels.length / width).forEach((from, to) => {
    out.set(labels.subarray(from * width, (from + 1) * width), to * width);
  });
  return out;
}

/**
 * The `mean-field` baseline: |e| drawn from the true galaxies', with the position angle of the mean of a
 * generator's draws. What is left of a model's alignment if it knew the preferred direction only.
 *
 * @param draws Several draws of a generator for the same galaxies.
 * @param options.truth Ellipticities of which the sizes are drawn, in random order.
 */
export function meanField(
  stream: Stream,
  { draws, truth }: { readonly draws: readonly Ellipticities[]; readonly truth: Ellipticities },
): Ellipticities {
  const galaxies = draws[0].e1.length;
  const e1 = new Float64Array(galaxies), e2 = new Float64Array(galaxies);
  for (let i = 0; i < galaxies; i++) {
    let x = 0, y = 0;
    for (const draw of draws) {
      x += draw.e1[i];
      y += draw.e2[i];
    }
    const angle = Math.atan2(y, x);
    const from = stream.nextInteger(truth.e1.length);
    const size = Math.hypot(truth.e1[from], truth.e2[from]);
    e1[i] = size * Math.cos(angle);
    e2[i] = size * Math.sin(angle);
  }
  return { e1, e2 };
}

/**
 * The mean-field baseline in three dimensions: the axis that a generator's draws prefer, the eigenvector of
 * the largest eigenvalue of Σ â âᵀ, found by power iteration.
 *
 * @param draws Several draws of unit vectors `[N, 3]` for the same galaxies.
 * @returns `[N, 3]`.
 */
export function meanAxes(draws: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(draws[0].length);
  for (let at = 0; at < out.length; at += 3) {
    const tensor = new Float64Array(9);
    for (const draw of draws) {
      for (let a = 0; a < 3; a++) {
        for (let b = 0; b < 3; b++) tensor[3 * a + b] += draw[at + a] * draw[at + b];
      }
    }
    // Start from the draw that the tensor stretches most: it is never perpendicular to the wanted axis.
    const stretched = (v: ArrayLike<number>) =>
      [0, 1, 2].map((a) => tensor[3 * a] * v[0] + tensor[3 * a + 1] * v[1] + tensor[3 * a + 2] * v[2]);
    let axis: number[] = [0, 0, 0], length = -1;
    for (const draw of draws) {
      const image = stretched(draw.subarray(at, at + 3));
      if (Math.hypot(...image) > length) [axis, length] = [image, Math.hypot(...image)];
    }
    for (let step = 0; step < 100; step++) {
      const scale = 1 / Math.hypot(...axis);
      axis = stretched(axis.map((x) => x * scale));
    }
    const scale = 1 / Math.hypot(...axis);
    out.set(axis.map((x) => x * scale), at);
  }
  return out;
}
