import { compile, type ExecutorName, type HostTensor } from "../../../lib/compile/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";

/** Images on the host with their classes. */
export interface Photos {
  /** `[count, size, size, channels]` in [0, 1]. */
  readonly data: Float32Array;
  readonly count: number;
  readonly size: number;
  readonly channels: number;
  readonly labels: Uint8Array;
}

/** Numbers of one image. */
export const areaOf = ({ size, channels }: Photos): number => size * size * channels;

/** The pixels of one image. */
export const imageOf = (photos: Photos, row: number): Float32Array =>
  photos.data.subarray(row * areaOf(photos), (row + 1) * areaOf(photos));

/** Some images, in the order of the rows. */
export function pick(photos: Photos, rows: ArrayLike<number>): Photos {
  const area = areaOf(photos), data = new Float32Array(rows.length * area);
  Array.from(rows, (row, i) => data.set(imageOf(photos, row), i * area));
  return {
    ...photos,
    data,
    count: rows.length,
    labels: Uint8Array.from(rows, (row) => photos.labels[row]),
  };
}

/** Sets of images of one kind, one after the other. */
export function joined(parts: readonly Photos[]): Photos {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  const labels = new Uint8Array(parts.reduce((sum, part) => sum + part.count, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at * areaOf(part));
    labels.set(part.labels, at);
    at += part.count;
  }
  return { ...parts[0], data, labels, count: at };
}

/**
 * Runs a program of images batch by batch.
 *
 * @param program From `[batch, size, size, channels]` to tensors whose rows are `slots` per image, one slot
 *   of all images after the other.
 * @returns for each tensor its rows image by image, `[count, slots, …]`.
 */
export async function overPhotos(
  program: (x: Tensor) => readonly Tensor[],
  photos: Photos,
  { executor, slots = 1, batch: wanted = 50 }: {
    readonly executor: ExecutorName;
    readonly slots?: number;
    readonly batch?: number;
  },
): Promise<Float32Array[]> {
  const { count, size, channels } = photos, area = areaOf(photos);
  const batch = Math.min(wanted, count);
  const x = hostTensor(new Float32Array(batch * area), [batch, size, size, channels]);
  await using compiled = await compile(program, [x], { executor, name: "evaluation" });
  const results: Float32Array[] = [];
  for (let from = 0; from < count; from += batch) {
    for (let i = 0; i < batch; i++) {
      (x.data as Float32Array).set(imageOf(photos, from + i < count ? from + i : from), i * area);
    }
    (await compiled.run(x) as readonly HostTensor[]).forEach(({ data }, k) => {
      const width = data.length / (batch * slots);
      const out = results[k] ??= new Float32Array(count * slots * width);
      for (let i = 0; i < Math.min(batch, count - from); i++) {
        for (let slot = 0; slot < slots; slot++) {
          const at = (slot * batch + i) * width;
          out.set((data as Float32Array).subarray(at, at + width), ((from + i) * slots + slot) * width);
        }
      }
    });
  }
  return results;
}

/** The largest of each row of `[rows, classes]`. */
export function largest(values: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: values.length / classes }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (values[row * classes + k] > values[row * classes + best]) best = k;
    return best;
  });
}

/** Numbers of a tree of host tensors. */
export function countNumbers(tree: unknown): number {
  const node = tree as { readonly dtype?: string; readonly data?: ArrayLike<number> };
  if (node?.dtype !== undefined) return node.data!.length;
  return Object.values(tree as object).reduce((sum: number, child) => sum + countNumbers(child), 0);
}

/** How many of each value from 0 on. */
export function histogram(values: ArrayLike<number>, bins: number): number[] {
  const counts = Array<number>(bins).fill(0);
  Array.from(values, (value) => counts[value]++);
  return counts;
}

/** A picture of an image in [0, 1]: its grey values as bytes, base 64. */
export function picture(photos: Photos, row: number): string {
  const image = imageOf(photos, row), { channels } = photos;
  const bytes = new Uint8Array(image.length / channels);
  for (let i = 0; i < bytes.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += image[i * channels + c];
    bytes[i] = Math.round(255 * Math.min(1, Math.max(0, sum / channels)));
  }
  return bytes.toBase64();
}
