/** Host tensors for tests. */
import assert from "node:assert/strict";
import type { HostTensor } from "../../../lib/compile/mod.ts";

/** A float32 host tensor; by default of shape `[values.length]`. */
export function floats(values: readonly number[], shape: readonly number[] = [values.length]): HostTensor {
  return { dtype: "float32", shape, data: Float32Array.from(values) };
}

/** An int32 host tensor. */
export function ints(values: readonly number[], shape: readonly number[] = [values.length]): HostTensor {
  return { dtype: "int32", shape, data: Int32Array.from(values) };
}

/** A bool host tensor. */
export function bools(values: readonly number[], shape: readonly number[] = [values.length]): HostTensor {
  return { dtype: "bool", shape, data: Uint8Array.from(values) };
}

/** Float32 numbers that look irregular, in [low, high]. */
export function spread(
  shape: readonly number[],
  { low = -1, high = 1, phase = 0 }: { low?: number; high?: number; phase?: number } = {},
): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return floats(
    Array.from(
      { length: size },
      (_, i) => low + (high - low) * (0.5 + 0.5 * Math.sin(12.9898 * i + 1 + phase)),
    ),
    shape,
  );
}

/**
 * Asserts equal types and shapes, and |actual − expected| ≤ tolerance · (1 + |expected|) element by element.
 */
export function assertTensor(actual: HostTensor, expected: HostTensor, tolerance: number): void {
  assert.equal(actual.dtype, expected.dtype);
  assert.deepEqual(actual.shape, expected.shape);
  assert.equal(actual.data.length, expected.data.length);
  expected.data.forEach((value, i) => {
    if (Object.is(value, actual.data[i]) || value === actual.data[i]) return;
    const difference = Math.abs(actual.data[i] - value);
    assert.ok(
      difference <= tolerance * (1 + Math.abs(value)),
      `element ${i}: ${actual.data[i]} must be within ${tolerance} of ${value}`,
    );
  });
}
