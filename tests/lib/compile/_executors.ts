/** The executors that tests run on, `c` only where there is a C compiler. */
import { engineVersions, type ExecutorName } from "../../../lib/compile/mod.ts";

/** Why there is no `c` here; every other fault of it is one, and its tests fail. */
async function missing(): Promise<string | undefined> {
  try {
    await engineVersions("c");
  } catch (error) {
    const { message } = error as Error;
    if (/no C compiler was found/.test(message)) return message;
  }
}

/** Why `c` cannot be tested here, if it cannot. */
export const WITHOUT_C = await missing();

/** These, and `c` where it can be. */
export function andC<Name extends ExecutorName>(...names: readonly Name[]): readonly (Name | "c")[] {
  return WITHOUT_C === undefined ? [...names, "c"] : names;
}

if (WITHOUT_C !== undefined) {
  Deno.test({ name: `tests of the executor c (skipped: ${WITHOUT_C})`, ignore: true, fn() {} });
}
