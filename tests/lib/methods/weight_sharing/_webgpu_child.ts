/** Runs the data-parallel prox on `webgpu`; prints the largest errors, by case, as JSON. */
import { compileParallelProx, imminentWorstCase } from "../../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { distance, proxOf, scaleOf } from "./_inputs.ts";

const size = 64;
const normal = stream(1, "webgpu").normal(new Float64Array(size));
const inputs = {
  normal: { w: normal, alpha: 0.3 },
  merged: { w: normal, alpha: 30 },
  ties: { w: normal.map((x) => Math.round(4 * x) / 4), alpha: 0.5 },
  worst: { w: imminentWorstCase(size).weights, alpha: imminentWorstCase(size).alpha },
};
const program = await compileParallelProx({ size, executor: "webgpu" });
const errors: Record<string, number> = {};
for (const [name, { w, alpha }] of Object.entries(inputs)) {
  const single = Float32Array.from(w);
  const got = await program.run(single, { alpha });
  errors[name] = distance(got, proxOf(Float64Array.from(single), alpha)) / scaleOf(w, alpha);
}
await program.dispose();
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(errors)}\n`));
