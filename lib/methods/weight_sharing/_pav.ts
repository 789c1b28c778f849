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
  let top = -1, merges = 0;
  for (let k = 0; k < d; k++) {
    let position = x[k] + (d === 1 ? 0 : alpha * (d - 1 - 2 * k) / (d - 1));
    let mass = 1;
    while (top >= 0 && positions[top] >= position) {
      const total = masses[top] + mass;
      position += (positions[top] - position) * (masses[top] / total);
      mass = total;
      top--;
      merges++;
    }
    top++;
    positions[top] = position;
    masses[top] = mass;
  }
  return { count: top + 1, rounds: merges, bisections: [] };
}
