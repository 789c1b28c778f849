import { loadRoutines } from "../../compile/mod.ts";
import { checkProx, checkWeights } from "./_check.ts";
import routine from "./_prox.c" with { type: "text" };
import type { SolveOptions } from "./prox.ts";

/**
 * `ProxSolver.solve` by pool adjacent violators, for float32 weights, in C. Results are the same to the last
 * bit. Memory is kept from call to call and grows as needed: 1 MB and 30 bytes per weight, of which 8 are
 * touched only where most weights are close together and some far away.
 */
export interface CProx extends Disposable {
  /** As `ProxSolver.solve`. */
  solve(weights: Float32Array, options: SolveOptions<Float32Array>): Float32Array;
}

/** Builds the routine with the compiler of the executor `c`. @throws {Error} If there is none. */
export async function loadCProx(): Promise<CProx> {
  const library = await loadRoutines(routine, {
    symbols: {
      prox_bytes: { parameters: ["i32"], result: "i64" },
      prox_solve: {
        parameters: ["buffer", "buffer", "i32", "f64", "f64", "f64", "buffer"],
        result: "i32",
      },
    },
    name: "prox",
  });
  const { symbols } = library;
  let memory = new Uint8Array(), capacity = 0;
  return {
    solve(weights, { alpha, l1 = 0, rho = 0, factor = 1, out }) {
      checkProx(weights, out, { alpha, l1, rho, factor });
      const d = weights.length, result = out ?? new Float32Array(d);
      if (d > capacity) {
        memory = new Uint8Array(Number(symbols.prox_bytes(d)));
        capacity = d;
      }
      const bytes = (array: Float32Array) => array as Float32Array<ArrayBuffer>;
      const failed = symbols.prox_solve(
        bytes(weights),
        bytes(result),
        d,
        alpha,
        l1,
        (1 - rho) * factor,
        memory,
      );
      if (failed !== 0) checkWeights("compute the prox", weights);
      return result;
    },
    [Symbol.dispose]: () => library.close(),
  };
}
