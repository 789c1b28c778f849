import type { Found, FoundClusters, Particles } from "./_finder.ts";
import { initialVelocities } from "./_velocity.ts";

/**
 * EndCollisions: from left to right, the cluster that starts at i ends at the (last) j ≥ i with the least
 * mean of z_i … z_j. A step is one prefix sum and one arg-min: O(log d) deep; the number of steps is that of
 * the final clusters.
 */
export function endCollisions(
  { x }: Particles,
  alpha: number,
  { firsts, masses, positions }: FoundClusters,
): Found {
  const d = x.length;
  const z = initialVelocities(d, alpha);
  for (let k = 0; k < d; k++) z[k] += x[k];
  let steps = 0, found = 0;
  for (let i = 0; i < d; steps++) {
    // The sum starts at i, so that it loses no digits to what lies before.
    let sum = 0, least = Infinity, last = i;
    for (let j = i; j < d; j++) {
      sum += z[j];
      const mean = sum / (j - i + 1);
      if (mean <= least) {
        least = mean;
        last = j;
      }
    }
    if (last > i) {
      firsts[found] = i;
      masses[found] = last - i + 1;
      positions[found++] = least;
    }
    i = last + 1;
  }
  return { found, rounds: steps, bisections: [] };
}
