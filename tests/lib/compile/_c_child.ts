/**
 * Compiles a small program on `c`, twice in turn, in a process whose project, and so its cache, is another.
 * Prints what it gives as JSON, or why not.
 */
import { compile } from "../../../lib/compile/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { floats } from "./_host.ts";

/** What the script prints. */
export interface Made {
  /** x² + 1 for x = 0, 2. */
  readonly values: readonly number[];
  readonly error?: string;
}

const made: { values: number[]; error?: string } = { values: [] };
try {
  for (let time = 0; time < 2; time++) {
    const x = floats([0, 2]);
    await using program = await compile((x: Tensor) => tf.add(tf.square(x), 1), [x], {
      executor: "c",
      name: "small",
    });
    made.values = [...(await program.run(x)).data];
  }
} catch (error) {
  made.error = (error as Error).message;
}
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(made)}\n`));
