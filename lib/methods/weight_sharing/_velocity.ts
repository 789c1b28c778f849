/**
 * Velocity of a cluster of sorted particles `first` … `last` (counted from 0), (mass to its right − mass to
 * its left)/(d − 1); α times it is the mean of v_k = α (d − 1 − 2k)/(d − 1) over the cluster. 0 for a single
 * particle.
 */
export function velocity(first: number, last: number, d: number): number {
  return d === 1 ? 0 : (d - 1 - first - last) / (d - 1);
}

/** v_k = α (d − 1 − 2k)/(d − 1), k = 0 … d − 1: how far particle k moves until time α if it meets nothing. */
export function initialVelocities(d: number, alpha: number): Float64Array {
  return Float64Array.from({ length: d }, (_, k) => alpha * velocity(k, k, d));
}
