/** Prints how many threads this process has with a program open, compiled for one thread, then for 64. */
import { compile, useThreads } from "../../../lib/compile/mod.ts";
import { hostTensor, type Tensor, tf } from "../../../lib/tensor/mod.ts";

const x = hostTensor(Float32Array.from({ length: 65_536 }, (_, i) => Math.sin(i)), [256, 256]);
const counts: number[] = [], results: number[][] = [];
for (const threads of [1, 64]) {
  useThreads(threads);
  await using program = await compile(
    (x: Tensor) => {
      const square = tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D);
      return tf.sum(tf.matMul(square, square), 1);
    },
    [x],
    { name: `on ${threads}` },
  );
  results.push(Array.from((await program.run(x)).data));
  const { stdout } = new Deno.Command("ps", { args: ["-o", "nlwp=", "-p", `${Deno.pid}`] }).outputSync();
  counts.push(Number(new TextDecoder().decode(stdout)));
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ counts, results })));
