import type { Found, FoundClusters } from "./_finder.ts";
import type { Weights } from "./types.ts";

/**
 * Pool adjacent violators: isotonic regression of z_k = x_k + v_k with a stack of clusters, O(d).
 *
 * The output is the stack, so a particle that collides with nothing costs one comparison.
 */
export function poolAdjacentViolators(
  x: Weights,
  alpha: number,
  { masses, positions }: FoundClusters,
): Found {
  const d = x.length;
  const pace = d === 1 ? 0 : alpha / (d - 1);
  let top = -1, above = -Infinity, merges = 0;
  for (let k = 0, places = d - 1; k < d; k++, places -= 2) {
    // z_k = x_k + α (d − 1 − 2k)/(d − 1)
    let position = x[k] + pace * places;
    let mass = 1;
    while (above >= position && top >= 0) {
      const total = masses[top] + mass;
      position += (above - position) * (masses[top] / total);
      mass = total;
      merges++;
      if (--top >= 0) above = positions[top];
    }
    positions[++top] = above = position;
    masses[top] = mass;
  }
  return { count: top + 1, rounds: merges, bisections: [] };
}
