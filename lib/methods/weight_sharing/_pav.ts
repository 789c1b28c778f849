import type { Found, FoundClusters, Particles } from "./_finder.ts";

/**
 * Up to this many particles, a cluster is placed as it forms, while its places in the result are near in the
 * cache.
 */
const SMALL = 4;

/**
 * Pool adjacent violators: isotonic regression of z_k = x_k + v_k, O(d).
 *
 * The stack of clusters so far is kept as those of two or more, which are the output; what lies between is
 * particles at z_k. So a particle that collides with nothing costs one comparison, and is placed in the
 * result at once; so are small clusters.
 */
export function poolAdjacentViolators(
  particles: Particles,
  alpha: number,
  { firsts, masses, positions }: FoundClusters,
): Found {
  const { x, order, result } = particles;
  const d = x.length, pace = paceOf(d, alpha);
  // `end` is the first particle after the last cluster.
  let found = 0, merges = 0, end = 0;
  let k = placeUntilCollision(particles, 0, { above: -Infinity, pace });
  while (k < d) {
    // Particles first … k are one cluster.
    let first = k, position = x[k] + pace * (d - 1 - 2 * k);
    while (first > 0) {
      const joins = found > 0 && end === first;
      const left = joins ? positions[found - 1] : x[first - 1] + pace * (d + 1 - 2 * first);
      if (left < position) break;
      const mass = joins ? masses[--found] : 1;
      if (joins && found > 0) end = firsts[found - 1] + masses[found - 1];
      first -= mass;
      position += (left - position) * (mass / (k + 1 - first));
      merges++;
    }
    firsts[found] = first;
    masses[found] = k + 1 - first;
    positions[found++] = position;
    end = k + 1;
    if (end - first <= SMALL) {
      for (; first < end; first++) result[order[first]] = position;
    }
    k = placeUntilCollision(particles, end, { above: position, pace });
  }
  return { found, rounds: merges, bisections: [], placed: SMALL };
}

/**
 * Places particles from `k` on up to the first that its left neighbour reaches, the one before `k` being at
 * `above`.
 *
 * @returns That first particle; d if there is none.
 */
function placeUntilCollision(
  { x, order, result }: Particles,
  k: number,
  { above, pace }: { readonly above: number; readonly pace: number },
): number {
  const d = x.length;
  for (let left = above, places = d - 1 - 2 * k; k < d; k++, places -= 2) {
    // z_k = x_k + α (d − 1 − 2k)/(d − 1)
    const position = x[k] + pace * places;
    if (left >= position) return k;
    left = position;
    result[order[k]] = position;
  }
  return d;
}

/** α/(d − 1), so that z_k = x_k + (d − 1 − 2k) · pace. */
export function paceOf(d: number, alpha: number): number {
  return d === 1 ? 0 : alpha / (d - 1);
}
