import assert from "node:assert/strict";

export const meanOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Asserts |a − b| ≤ tolerance · max(1, |b|) for each number. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    assert.ok(
      error <= tolerance * Math.max(1, Math.abs(expected[i])),
      `[${i}] is ${actual[i]} instead of ${expected[i]}`,
    );
  }
}
