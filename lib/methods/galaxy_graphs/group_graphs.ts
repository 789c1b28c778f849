/**
 * Which members of a group are linked: all of them (the released code's radius of 1000 Mpc), those within a
 * radius or among the nearest k of one another, the central with each satellite, or none.
 */
export type Links =
  | "complete"
  | "star"
  | "none"
  | { readonly radius: number }
  | { readonly nearest: number };

/** Directed edges, each link in both directions; no galaxy is linked to itself. */
export interface Edges {
  /** i `[E]`: who receives. */
  readonly receivers: Int32Array;
  /** j `[E]`: who sends. */
  readonly senders: Int32Array;
}

/** Members of one group. */
export interface GroupMembers {
  /** Mpc/h, relative to any point, *not* wrapped around a box: `[n, 3]`. */
  readonly positions: ArrayLike<number>;
  /** n; the first is the central. */
  readonly count: number;
}

/**
 * Links within one group, ordered by receiver, then by sender.
 *
 * Jagvaral et al. 2022, released code; `star` and `nearest` are additions.
 *
 * @throws {RangeError} If a radius is not positive, or the number of neighbours not an integer ≥ 1.
 *
 * @example
 * ```ts
 * import { groupEdges } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const group = { count: 3, positions: [0, 0, 0, 1, 0, 0, 0, 5, 0] };
 * assert.equal(groupEdges(group, "complete").senders.length, 6);
 * assert.deepEqual([...groupEdges(group, { radius: 2 }).senders], [1, 0]);
 * ```
 */
export function groupEdges({ positions, count }: GroupMembers, links: Links = "complete"): Edges {
  const receivers: number[] = [], senders: number[] = [];
  const linked = linkTest({ positions, count }, links);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      if (i === j || !linked(i, j)) continue;
      receivers.push(i);
      senders.push(j);
    }
  }
  return { receivers: Int32Array.from(receivers), senders: Int32Array.from(senders) };
}

function linkTest({ positions, count }: GroupMembers, links: Links): (i: number, j: number) => boolean {
  if (links === "complete") return () => true;
  if (links === "none") return () => false;
  if (links === "star") return (i, j) => i === 0 || j === 0;
  const distanceSquared = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < 3; k++) sum += (positions[3 * i + k] - positions[3 * j + k]) ** 2;
    return sum;
  };
  if ("radius" in links) {
    const { radius } = links;
    if (!(radius > 0)) {
      throw new RangeError(`Cannot link galaxies as radius must be > 0: current value is ${radius}`);
    }
    return (i, j) => distanceSquared(i, j) <= radius * radius;
  }
  const { nearest } = links;
  if (!(Number.isInteger(nearest) && nearest >= 1)) {
    throw new RangeError(
      `Cannot link galaxies as nearest must be an integer >= 1: current value is ${nearest}`,
    );
  }
  const among = Array.from({ length: count }, (_, i) => {
    const others = Array.from({ length: count }, (_, j) => j).filter((j) => j !== i);
    others.sort((a, b) => distanceSquared(i, a) - distanceSquared(i, b) || a - b);
    return new Set(others.slice(0, nearest));
  });
  // Undirected: it suffices that one of the two counts the other among its nearest.
  return (i, j) => among[i].has(j) || among[j].has(i);
}
