/** What this machine can do: the rate of its matrix products and the bandwidth of its memory. */
import { OURS, type Ours } from "./_case.ts";
import { now } from "./_clock.ts";
import { compile } from "../lib/compile/mod.ts";
import { hostTensor } from "../lib/nn/mod.ts";
import { quantile } from "../lib/stats/mod.ts";
import { tf } from "../lib/tensor/mod.ts";

/** Rates of one thread, per millisecond. */
export interface Rates {
  /** FLOP of a large matrix product. */
  readonly flop: number;
  /** Bytes read and written by what touches so many. */
  bandwidth(bytes: number): number;
}

/** FLOP per millisecond of each executor that was asked. */
export type GemmRates = Partial<Readonly<Record<Ours, number>>>;

/** The machine's rate, to be measured beside whatever is timed. */
export interface GemmRate {
  measure(): Promise<GemmRates>;
  dispose(): Promise<void>;
}

/** The machine's limit is the best that any executor reaches: a slow yardstick flatters. */
export function bestRate(rates: Partial<Readonly<Record<Ours, number | null>>>): number {
  return Math.max(...OURS.map((executor) => rates[executor] ?? 0));
}

/** Measures the machine's rate in matrix products: two float32 matrices of 1024 by 1024 on each executor. */
export async function gemmRate(
  { quick, executors }: { readonly quick: boolean; readonly executors: readonly Ours[] },
): Promise<GemmRate> {
  const size = quick ? 64 : 1024;
  const matrix = hostTensor(Float32Array.from({ length: size * size }, (_, i) => Math.sin(i)), [size, size]);
  const product = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
  const compiled = await Promise.all(
    executors.map((executor) => compile(product, [matrix, matrix], { executor, name: "yardstick" })),
  );
  return {
    async measure(): Promise<GemmRates> {
      const rates: Partial<Record<Ours, number>> = {};
      for (const [i, program] of compiled.entries()) {
        // A call to wake up, then the median of three.
        const seen: number[] = [];
        for (let i = 0; i < 4; i++) {
          const started = now();
          await program.run(matrix, matrix);
          seen.push(now() - started);
        }
        rates[executors[i]] = 2 * size ** 3 / quantile(seen.slice(1), 0.5);
      }
      return rates;
    },
    async dispose() {
      for (const program of compiled) await program.dispose();
    },
  };
}

/** Sizes of a copy's two arrays together, from the first cache to memory beyond the last. */
const SIZES = [13, 15, 17, 19, 21, 23, 25, 27].map((power) => 2 ** power);
/** Bytes that a measurement copies. */
const COPIED = 2 ** 26;

/**
 * Measures bytes per millisecond, read and written by copies of arrays in float32, at sizes from 8 KiB to 128
 * MiB; between them it is interpolated in the logarithm of the size. The best of five, as the machine's limit
 * is wanted.
 */
export function memoryBandwidth({ quick }: { readonly quick: boolean }): (bytes: number) => number {
  const points = SIZES.map((bytes) => {
    const from = new Float32Array(bytes / 8).fill(1), to = new Float32Array(bytes / 8);
    const repeats = Math.max(1, Math.round((quick ? 2 ** 16 : COPIED) / bytes));
    const seen = Array.from({ length: 5 }, () => {
      const started = now();
      for (let i = 0; i < repeats; i++) to.set(from);
      return Math.max(now() - started, 1e-6);
    });
    return [Math.log2(bytes), repeats * bytes / Math.min(...seen)] as const;
  });
  return (bytes) => interpolate(points, Math.log2(Math.max(1, bytes)));
}

/** The value at x between points with rising x; beyond them that of the nearest. */
export function interpolate(points: readonly (readonly [x: number, y: number])[], x: number): number {
  const next = points.findIndex(([at]) => at >= x);
  if (next < 0) return points[points.length - 1][1];
  if (next === 0) return points[0][1];
  const [[x0, y0], [x1, y1]] = points.slice(next - 1, next + 1);
  return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}
