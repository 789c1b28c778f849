import { compile, type ExecutorName, type HostTensor } from "../../../lib/compile/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { copyFeatures, type Features, POSES } from "./_photos.ts";

/**
 * Runs a program of features batch by batch.
 *
 * @param program From `[4 · batch, …]`, one pose of all photographs after the other.
 * @param options `slots`: for each output how many rows it has per photograph.
 * @returns for each output its rows photograph by photograph.
 */
export async function compileFeatures(
  features: Features,
  program: (h: Tensor) => readonly Tensor[],
  { executor, slots, batch: wanted = 50 }: {
    readonly executor: ExecutorName;
    readonly slots: readonly number[];
    readonly batch?: number;
  },
): Promise<Float32Array[]> {
  const width = features.shape.reduce((product, length) => product * length, 1);
  const count = features.data.length / (POSES * width), batch = Math.min(wanted, count);
  const h = hostTensor(new Float32Array(POSES * batch * width), [POSES * batch, ...features.shape]);
  await using compiled = await compile(program, [h], { executor, name: "features" });
  const results: Float32Array[] = [];
  for (let from = 0; from < count; from += batch) {
    const rows = Int32Array.from({ length: batch }, (_, i) => from + i < count ? from + i : from);
    copyFeatures(h.data as Float32Array, features, { rows });
    (await compiled.run(h) as readonly HostTensor[]).forEach(({ data }, k) => {
      const size = data.length / (batch * slots[k]);
      const out = results[k] ??= new Float32Array(count * slots[k] * size);
      for (let i = 0; i < Math.min(batch, count - from); i++) {
        for (let slot = 0; slot < slots[k]; slot++) {
          const at = (slot * batch + i) * size;
          out.set((data as Float32Array).subarray(at, at + size), ((from + i) * slots[k] + slot) * size);
        }
      }
    });
  }
  return results;
}
