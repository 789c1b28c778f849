/**
 * Variables of the dynamic loader: with one of them set, Deno refuses to start a program it may run only by
 * name.
 */
const LOADER_VARIABLE = /^(LD|DYLD)_/;

/** Options of {@link subprocess}. */
export interface SubprocessOptions extends Deno.CommandOptions {
  /** More variables of this process that the program does not get. */
  readonly without?: RegExp;
}

/**
 * A program to run with this process's environment less the dynamic loader's variables (clusters often set
 * `LD_LIBRARY_PATH`) and those of `options.without`, plus `options.env`.
 */
export function subprocess(program: string, { without, ...options }: SubprocessOptions): Deno.Command {
  const kept = Object.entries(Deno.env.toObject())
    .filter(([name]) => !LOADER_VARIABLE.test(name) && !without?.test(name));
  return new Deno.Command(program, {
    ...options,
    clearEnv: true,
    env: { ...Object.fromEntries(kept), ...options.env },
  });
}
