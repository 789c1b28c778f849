/** Products of two square matrices, a call each. */
import { compile, type ExecutorName, type HostTensor } from "../../lib/compile/mod.ts";
import { hostTensor } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import { type Case, onOurs } from "../_case.ts";
import { now } from "../_clock.ts";
import { onTfjs, type TfjsBackend, upload } from "../_tfjs.ts";

type Measure = (repeats: number) => Promise<number>;

const product = (a: Tensor, b: Tensor): Tensor => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);

const ours = (executor: ExecutorName, a: HostTensor): Measure => async (repeats) => {
  const program = await compile(product, [a, a], { executor, name: "product" });
  await program.run(a, a);
  const started = now();
  for (let i = 0; i < repeats; i++) await program.run(a, a);
  const milliseconds = (now() - started) / repeats;
  await program.dispose();
  return milliseconds;
};

const tfjs = (backend: TfjsBackend, a: HostTensor): Measure => (repeats) =>
  onTfjs(backend, () => {
    const x = upload(a) as Tensor;
    const started = now();
    for (let i = 0; i < repeats; i++) {
      const y = product(x, x);
      y.dataSync();
      y.dispose();
    }
    const milliseconds = (now() - started) / repeats;
    x.dispose();
    return milliseconds;
  });

export function matmul({ quick }: { readonly quick: boolean }): readonly Case[] {
  return (quick ? [16] : [512, 1024]).map((size): Case => {
    const a = hostTensor(stream(0, "bench").normal(new Float32Array(size ** 2)), [size, size]);
    // About equal work at both sizes.
    const repeats = (most: number) => Math.max(1, Math.round(most * (512 / size) ** 3));
    const timing = (measure: Measure, most: number) => ({ measure, repeats: repeats(most) });
    const engines: Case["engines"] = {
      ...onOurs((executor) => timing(ours(executor, a), 32)),
      wasm: timing(ours("wasm", a), 16),
      tfjsCpu: timing(tfjs("cpu", a), 1),
      tfjsWasm: timing(tfjs("wasm", a), 8),
    };
    const peer = { name: "product", options: { size }, repeats: repeats(32) };
    return {
      name: `Matrix product ${size}`,
      unit: "ms",
      flop: 2 * size ** 3,
      engines,
      peers: { torch: { ...peer, script: "matmul.py" }, numpy: { ...peer, script: "matmul_numpy.py" } },
    };
  });
}
