import type { Stream } from "../../random/mod.ts";

/** Bins of group mass in which groups are drawn equally often. */
const BINS = 16;

/**
 * Draws groups with replacement, with probability ∝ 1/(number of groups in the same of 16 bins of mass): flat
 * in mass.
 *
 * Jagvaral et al. 2022, released code.
 *
 * @param logMass One number a group.
 * @returns A function that draws `count` indices of groups.
 * @throws {RangeError} If there is no group.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { massBalanced } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const draw = massBalanced([11, 11, 11, 11, 11, 11, 11, 11, 11, 14]);
 * const heavy = draw(stream(1, "groups"), 1000).filter((g) => g === 9).length;
 * assert.ok(heavy > 400 && heavy < 600); // one of ten groups, but half of the draws
 * ```
 */
export function massBalanced(logMass: ArrayLike<number>): (stream: Stream, count: number) => Int32Array {
  const masses = Float64Array.from(logMass);
  if (masses.length === 0) {
    throw new RangeError("Cannot draw groups as there must be a group: current number is 0");
  }
  const lowest = masses.reduce((a, b) => Math.min(a, b)), highest = masses.reduce((a, b) => Math.max(a, b));
  const width = (highest - lowest) / BINS || 1;
  const binOf = masses.map((mass) => Math.min(Math.floor((mass - lowest) / width), BINS - 1));
  const members = Array.from({ length: BINS }, (_, bin) => [...binOf.keys()].filter((g) => binOf[g] === bin));
  const filled = members.filter(({ length }) => length > 0);
  return (stream, count) =>
    Int32Array.from({ length: count }, () => {
      const bin = filled[stream.nextInteger(filled.length)];
      return bin[stream.nextInteger(bin.length)];
    });
}
