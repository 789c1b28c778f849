import { checkNotNegative, checkWeights } from "./_check.ts";
import { CollisionHeap } from "./_collision_heap.ts";
import { Sorter } from "./_sorter.ts";
import { velocity } from "./_velocity.ts";
import type { Clusters, Weights } from "./types.ts";

/** Two neighbouring clusters that meet and stick. */
export interface Collision {
  /** When, α ≥ 0; 0 for particles that start in one place. */
  readonly time: number;
  /** Where. */
  readonly position: number;
  /** The sorted particles (first, first of the right cluster, last) that are one cluster from now on. */
  readonly first: number;
  /** First particle of the right cluster. */
  readonly split: number;
  /** Last particle of the right cluster. */
  readonly last: number;
}

/** A cluster between its birth and the collision that ends it; positions are linear in time. */
export interface WorldLine {
  /** Its sorted particles, from `first` to `last`. */
  readonly first: number;
  /** The last of its sorted particles. */
  readonly last: number;
  /** Time of birth (0, or a collision) and of death (`Infinity` for the last cluster). */
  readonly from: number;
  /** Time of death, `Infinity` for the last cluster. */
  readonly to: number;
  /** Centre of mass of its particles at time 0; the position at time t is `centre + velocity·t`. */
  readonly centre: number;
  /** (mass to its right − mass to its left)/(d − 1). */
  readonly velocity: number;
}

/** The motion of sticky particles from time 0 until all are one. */
export interface ParticleSystem {
  /** Number of particles, d. */
  readonly size: number;
  /** `[d]` `order[k]` is the weight that particle k (from the left) starts at. */
  readonly order: Int32Array;
  /** d − 1 collisions in order of time (none for d ≤ 1). */
  readonly collisions: readonly Collision[];
  /** 2d − 1 lines: the particles' first from left to right, then one per collision. */
  readonly worldLines: readonly WorldLine[];
  /** Time of the last collision: from here on all weights are equal. 0 for d ≤ 1. */
  readonly end: number;
  /**
   * Where the particles are at a time: prox_{αR}(w).
   *
   * @returns `[d]` in the order of the weights.
   * @throws {RangeError} If `alpha` is negative or not finite.
   */
  positions(alpha: number): Float64Array;
  /** The clusters at a time; particles that meet at that very moment are one. */
  clusters(alpha: number): Clusters;
}

/**
 * Sticky particles on a line: d of unit mass start at the weights, every pair attracts with a force that does
 * not depend on distance (velocity: (number to the right − number to the left)/(d − 1)), and particles that
 * meet stick, keeping momentum. Their positions at time α are prox_{αR}(w) (Shakerinava et al. 2024).
 *
 * Exact event by event: a heap gives the next collision of neighbours. As momentum is kept, a cluster is
 * always at the centre of its particles' starts plus time × velocity, so no error builds up along the way.
 * O(d log d).
 *
 * @param weights `[d]` finite.
 * @throws {RangeError} If a weight is not finite.
 *
 * @example
 * ```ts
 * import { stickyParticles } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * const system = stickyParticles(Float64Array.of(0, 1, 3.5));
 * assert.deepEqual(system.collisions.map(({ time }) => time), [1, 2]);
 * assert.deepEqual([...system.positions(1)], [1, 1, 2.5]);
 * ```
 */
export function stickyParticles(weights: Weights): ParticleSystem {
  checkWeights("move the particles", weights);
  const d = weights.length;
  const sorter = new Sorter();
  sorter.sort(weights);
  const { sorted, order } = sorter;
  const lines = simulate(sorted);
  const collisions = lines.slice(d).map(({ first, last, from, centre, velocity, split }) => ({
    time: from,
    position: centre + from * velocity,
    first,
    split,
    last,
  }));
  const at = (alpha: number): readonly Line[] => {
    checkNotNegative("place the particles", { alpha });
    return lines.filter(({ from, to }) => from <= alpha && alpha < to)
      .sort((a, b) => a.first - b.first);
  };
  return {
    size: d,
    order,
    collisions,
    worldLines: lines.map(({ split: _, ...line }) => line),
    end: collisions.at(-1)?.time ?? 0,
    positions(alpha) {
      const positions = new Float64Array(d);
      for (const { first, last, centre, velocity } of at(alpha)) {
        for (let k = first; k <= last; k++) positions[order[k]] = centre + alpha * velocity;
      }
      return positions;
    },
    clusters(alpha) {
      const present = at(alpha);
      const clusterOf = new Int32Array(d);
      present.forEach(({ first, last }, c) => {
        for (let k = first; k <= last; k++) clusterOf[order[k]] = c;
      });
      return {
        count: present.length,
        clusterOf,
        sizes: Int32Array.from(present, ({ first, last }) => last - first + 1),
      };
    },
  };
}

/** A world line, and where the right one of the clusters that formed it begins. */
type Line = WorldLine & { to: number; readonly split: number };

/** All world lines, in order of birth. */
function simulate(sorted: Weights): Line[] {
  const d = sorted.length;
  const lines = Array.from({ length: d }, (_, k): Line => ({
    first: k,
    last: k,
    from: 0,
    to: Infinity,
    centre: sorted[k],
    velocity: velocity(k, k, d),
    split: k,
  }));
  // The line that a cluster with this first (last) particle has now.
  const byFirst = lines.slice(), byLast = lines.slice();
  const heap = new CollisionHeap<readonly [left: Line, right: Line]>();
  const expect = (left: Line | undefined, right: Line | undefined, now: number) => {
    if (left === undefined || right === undefined) return;
    // Neighbours always approach: their velocities differ by their joint mass/(d − 1).
    const time = (right.centre - left.centre) / (left.velocity - right.velocity);
    heap.push(Math.max(now, time), [left, right]);
  };
  for (let k = 1; k < d; k++) expect(lines[k - 1], lines[k], 0);
  while (lines.length < 2 * d - 1) {
    const { time, item: [left, right] } = heap.pop()!;
    // Collisions of clusters that are part of a larger one by now do not happen.
    if (left.to < Infinity || right.to < Infinity) continue;
    left.to = right.to = time;
    const leftMass = left.last - left.first + 1, mass = right.last - left.first + 1;
    const merged: Line = {
      first: left.first,
      last: right.last,
      from: time,
      to: Infinity,
      centre: right.centre + (left.centre - right.centre) * (leftMass / mass),
      velocity: velocity(left.first, right.last, d),
      split: right.first,
    };
    lines.push(merged);
    byFirst[merged.first] = byLast[merged.last] = merged;
    expect(byLast[merged.first - 1], merged, time);
    expect(merged, byFirst[merged.last + 1], time);
  }
  return lines;
}
