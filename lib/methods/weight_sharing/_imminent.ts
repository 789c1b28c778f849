import type { Found, FoundClusters, Particles } from "./_finder.ts";
import { initialVelocities } from "./_velocity.ts";

/**
 * ImminentCollisions: in each round, every run of neighbours that would pass each other until time α (z_{i−1}
 * ≥ z_i with z = x + v) becomes one cluster at the mean of x and v by mass; until nothing changes. A round is
 * one boundary test, one prefix sum and three segment sums: O(log d) deep on d processors. Touching
 * neighbours always end in the same cluster.
 */
export function imminentCollisions(
  { x: sorted }: Particles,
  alpha: number,
  out: FoundClusters,
): Found {
  const d = sorted.length;
  const x = Float64Array.from(sorted), v = initialVelocities(d, alpha);
  const masses = new Int32Array(d).fill(1);
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
  let found = 0;
  for (let c = 0, first = 0; c < count; first += masses[c++]) {
    if (masses[c] === 1) continue;
    out.firsts[found] = first;
    out.masses[found] = masses[c];
    out.positions[found++] = x[c] + v[c];
  }
  return { found, rounds, bisections: [] };
}
