import assert from "node:assert/strict";
import type { HostTensor } from "../../../../lib/compile/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Matrix, matrix } from "../../../../lib/stats/mod.ts";
import type { Numbers } from "../../nn/_check.ts";

export { evaluate, EXECUTORS, type Numbers } from "../../nn/_check.ts";

/** A tree of {@link Numbers} as float32 host tensors. */
export function hostTree(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(hostTree);
  const { shape, data } = tree as Partial<Numbers>;
  if (shape && data) return { dtype: "float32", shape, data: Float32Array.from(data) };
  return Object.fromEntries(Object.entries(tree as object).map(([key, child]) => [key, hostTree(child)]));
}

/**
 * Asserts that numbers, or trees of them, agree within `tolerance` of the larger of 1 and the wanted
 * magnitude.
 */
export function assertClose(actual: unknown, wanted: unknown, tolerance: number, path = "value"): void {
  const leaf = (value: unknown) =>
    typeof value === "number" ? [value] : (value as Partial<HostTensor>).data ??
      (ArrayBuffer.isView(value) ? value : undefined);
  const numbers = leaf(wanted) as ArrayLike<number> | undefined;
  if (numbers === undefined) {
    const entries = Object.entries(wanted as object);
    assert.ok(entries.length > 0, `${path} is empty`);
    for (const [key, child] of entries) {
      assertClose((actual as Record<string, unknown>)[key], child, tolerance, `${path}.${key}`);
    }
    return;
  }
  const values = leaf(actual) as ArrayLike<number>;
  assert.equal(values.length, numbers.length, `${path}: length`);
  for (let i = 0; i < numbers.length; i++) {
    const error = Math.abs(values[i] - numbers[i]);
    assert.ok(
      error <= tolerance * Math.max(1, Math.abs(numbers[i])),
      `${path}[${i}]: ${values[i]} instead of ${numbers[i]}`,
    );
  }
}

/**
 * Normal rows on two opposite clusters in R⁴, test rows of the same kind and as many anomalies between and
 * beside the clusters: no linear score tells them apart.
 */
export function clusters(seed: number): { train: Matrix; test: Matrix; labels: Uint8Array } {
  const random = stream(seed, "clusters");
  const rows = (count: number, normal: boolean) => {
    const data = random.normal(new Float64Array(4 * count), { std: 0.25 });
    for (let i = 0; i < count; i++) {
      const sign = random.nextUniform() < 0.5 ? -1 : 1;
      // Normal: ±(1.4, 1.4, 0, 0). Anomalies: the centre, or ±(1.4, −1.4, 0, 0).
      const size = normal || i % 2 === 0 ? 1.4 * sign : 0;
      data[4 * i] += size;
      data[4 * i + 1] += normal ? size : -size;
    }
    return data;
  };
  return {
    train: matrix(rows(320, true), { columns: 4 }),
    test: matrix([...rows(100, true), ...rows(100, false)], { columns: 4 }),
    labels: Uint8Array.from({ length: 200 }, (_, i) => i < 100 ? 0 : 1),
  };
}
