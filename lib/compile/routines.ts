/** What {@link loadRoutines} loads. */
export interface RoutineOptions<Symbols extends Deno.ForeignLibraryInterface> {
  /** What the library lets be called. */
  readonly symbols: Symbols;
  /** Shown in errors. */
  readonly name: string;
}

/**
 * Builds C code of the host's side with the compiler of the executor `c`, for this processor, and loads it.
 * What was built is kept beside that executor's programs. Products and sums are rounded apart, so that
 * results depend neither on the compiler nor on the processor.
 *
 * @param source C11 with the compiler's extensions; of the standard library, it may call what `-lm` has.
 * @returns the library, which the caller closes.
 * @throws {Error} If there is no compiler, or it refuses the code.
 *
 * @example
 * ```ts
 * import { loadRoutines } from "@refigure/refigure/compile";
 *
 * async function twice(x: number): Promise<number> {
 *   const library = await loadRoutines("double twice(double x) { return 2 * x; }", {
 *     symbols: { twice: { parameters: ["f64"], result: "f64" } },
 *     name: "twice",
 *   });
 *   const result = library.symbols.twice(x);
 *   library.close();
 *   return result;
 * }
 * ```
 */
export async function loadRoutines<const Symbols extends Deno.ForeignLibraryInterface>(
  source: string,
  { symbols, name }: RoutineOptions<Symbols>,
): Promise<Deno.DynamicLibrary<Symbols>> {
  // deno-lint-ignore refigure/through-doors -- a door that is loaded on demand counts whole in module graphs
  const { loadCompiler } = await import("./_c/compiler.ts");
  const compiler = await loadCompiler();
  try {
    return Deno.dlopen(await compiler.buildRoutines(source), symbols);
  } catch (cause) {
    throw new Error(`Cannot compile "${name}" on c: ${(cause as Error).message}`, { cause });
  }
}
