/** Small models that the tests of control share, and how a program is run once. */
import { compile, type HostTree } from "../../../../../lib/compile/mod.ts";
import { hostTensor } from "../../../../../lib/nn/mod.ts";
import type { HostTensor } from "../../../../../lib/tensor/mod.ts";
import { koopmanTransitions, mlpTransitions } from "../../../../../lib/methods/koopman/mod.ts";

/** Compiles, runs and frees. */
export async function once<A extends readonly unknown[], R>(
  program: (...args: A) => R,
  ...args: { [K in keyof A]: HostTree<A[K]> }
): Promise<HostTree<R>> {
  await using compiled = await compile(program, args as never);
  return await compiled.run(...args as never) as HostTree<R>;
}

export const ACTION = 2;

// deno-lint-ignore no-explicit-any -- each has parameters of its own
export const DYNAMICS: readonly any[] = [
  mlpTransitions({ latent: 6, actionSize: ACTION, width: 5 }),
  koopmanTransitions({ modes: 3, actionSize: ACTION, width: 5 }),
];

export const table = (shape: readonly number[], f: (i: number) => number): HostTensor =>
  hostTensor(Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, (_, i) => f(i)), shape);

export const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));
