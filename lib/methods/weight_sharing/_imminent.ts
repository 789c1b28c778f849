import type { Found, FoundClusters } from "./_finder.ts";
import { initialVelocities } from "./_velocity.ts";
import type { Weights } from "./types.ts";

/**
 * ImminentCollisions: in each round, every run of neighbours that would pass each other until time α (z_{i−1} ≥ z_i with
 * z = x + v) becomes one cluster at the mean of x and v by mass; until nothing changes. A round is one boundary test, one
 * prefix sum and three segment sums: O(log d) deep on d processors. Touching neighbours always end in the same cluster.
 */
export function imminentCollisions(
  sorted: Weights,
  alpha: number,
  { masses, positions }: FoundClusters,
): Found {
  const d = sorted.length;
  const x = Float64Array.from(sorted), v = initialVelocities(d, alpha);
  masses.fill(1, 0, d);
  let count = d, rounds = 0;
  for (;;) {
    let clusters = 0;
    for (let first = 0; first < count;) {
      let end = first + 1, z = x[first] + v[first];
      let mass = masses[first], sumX = x[first] * mass, sumV = v[first] * mass;
      for (; end < count; end++) {
        const next = x[end] + v[end];
        // The test is on the clusters as the round found them, not as it has merged them.
        if (z < next) break;
        z = next;
        mass += masses[end];
        sumX += x[end] * masses[end];
        sumV += v[end] * masses[end];
      }
      x[clusters] = end === first + 1 ? x[first] : sumX / mass;
      v[clusters] = end === first + 1 ? v[first] : sumV / mass;
      masses[clusters++] = mass;
      first = end;
    }
    if (clusters === count) break;
    count = clusters;
    rounds++;
  }
  for (let c = 0; c < count; c++) positions[c] = x[c] + v[c];
  return { count, rounds, bisections: [] };
}
