import assert from "node:assert/strict";
import { andC } from "../compile/_executors.ts";
import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";

/** Executors that large programs are run on: a C compiler takes seconds for each of them. */
export const LARGE_EXECUTORS = ["eager", "native", "wasm"] as const;

/** Executors that every other program here is run on. */
export const EXECUTORS: readonly ExecutorName[] = andC(...LARGE_EXECUTORS);

/** A tensor as the golden files hold it. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A float32 host tensor. */
export function host({ shape, data }: Numbers): HostTensor {
  return { dtype: "float32", shape, data: Float32Array.from(data) };
}

/** Compiles a program, runs it once and frees it. */
export async function evaluate<Args extends readonly unknown[], Output>(
  executor: ExecutorName,
  program: (...args: Args) => Output,
  ...args: { [K in keyof Args]: HostTree<Args[K]> }
): Promise<HostTree<Output>> {
  const compiled = await compile(program, args, { executor });
  try {
    return await compiled.run(...args);
  } finally {
    await compiled.dispose();
  }
}

/** Asserts that two lists agree within `tolerance` of the larger of 1 and the wanted magnitude. */
export function assertClose(
  actual: unknown,
  wanted: ArrayLike<number>,
  { tolerance = 2e-6, what = "value" }: { tolerance?: number; what?: string } = {},
): void {
  const values = ((actual as HostTensor).data ?? actual) as ArrayLike<number>;
  assert.equal(values.length, wanted.length, `${what}: length`);
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs(values[i] - wanted[i]);
    assert.ok(
      error <= tolerance * Math.max(1, Math.abs(wanted[i])),
      `${what}[${i}]: ${values[i]} instead of ${wanted[i]}`,
    );
  }
}
