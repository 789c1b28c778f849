import { compile } from "../lib/compile/mod.ts";
import { hostTensor } from "../lib/nn/mod.ts";
import { quantile } from "../lib/stats/mod.ts";
import { tf } from "../lib/tensor/mod.ts";
import { type Case, type Engine, ENGINES, type PeerName, PEERS } from "./_case.ts";
import type { Peers } from "./_peers.ts";

/** Medians of one case in its unit; `null`: not measured. */
export type Row =
  & { readonly name: string; readonly unit: string }
  & Readonly<Record<Engine | PeerName, number | null>>
  & {
    /** torch / native: above 1, we are faster. */
    readonly ratioTorch: number | null;
    readonly baseline: number | null;
    /** native / baseline. */
    readonly ratioBaseline: number | null;
    /** Share of the machine's rate in matrix products that native reaches. */
    readonly gemmShare: number | null;
  };

/** Options of {@link runCase}. */
export interface RunOptions {
  readonly peers: Peers;
  /** Measurements per engine and peer, after one more as warm-up. */
  readonly rounds: number;
  /** One measurement of a few repeats, to see that everything runs. */
  readonly quick: boolean;
  /** The machine's rate, measured in every round beside the case. */
  readonly gemm: { measure(): Promise<number> };
  note(text: string): void;
}

/** Times a case on all its engines and peers in turn, round by round. */
export async function runCase(item: Case, options: RunOptions): Promise<Row> {
  const { peers, rounds, quick, gemm, note } = options;
  const seen = new Map<string, number[]>();
  const record = (engine: string, value: number) => seen.set(engine, [...seen.get(engine) ?? [], value]);
  for (let round = quick ? 1 : 0; round <= (quick ? 1 : rounds); round++) {
    note(`${item.name}: ${round === 0 ? "warm-up" : `round ${round} of ${quick ? 1 : rounds}`}`);
    if (item.flop !== undefined) {
      const rate = await gemm.measure();
      if (round > 0) record("gemm", rate);
    }
    for (const engine of [...ENGINES, "baseline"] as const) {
      const timing = engine === "baseline" ? item.baseline : item.engines[engine];
      if (timing === undefined || (timing.once && round !== 1)) continue;
      const milliseconds = await timing.measure(quick ? Math.min(4, timing.repeats) : timing.repeats);
      if (round > 0) record(engine, milliseconds);
    }
    for (const peer of PEERS) {
      const timing = item.peers?.[peer];
      if (timing === undefined) continue;
      const repeats = quick ? Math.min(4, timing.repeats) : timing.repeats;
      const milliseconds = await peers.measure(peer, timing, repeats);
      if (round > 0 && milliseconds !== undefined) record(peer, milliseconds);
    }
  }
  await item.dispose?.();
  const median = (engine: string) => {
    const values = seen.get(engine);
    return values === undefined ? null : quantile(values, 0.5);
  };
  const native = median("native"), torch = median("torch"), rate = median("gemm");
  const baseline = median("baseline");
  return {
    name: item.name,
    unit: item.unit,
    ...Object.fromEntries([...ENGINES, ...PEERS].map((name) => [name, median(name)])),
    ratioTorch: native === null || torch === null ? null : torch / native,
    baseline,
    ratioBaseline: native === null || baseline === null ? null : native / baseline,
    gemmShare: native === null || rate === null ? null : item.flop! / native / rate,
  } as Row;
}

/**
 * Measures the machine's rate in matrix products: two float32 matrices of 1024 by 1024 on `native`, FLOP per
 * millisecond.
 */
export async function gemmRate({ quick }: { readonly quick: boolean }) {
  const size = quick ? 64 : 1024;
  const matrix = hostTensor(Float32Array.from({ length: size * size }, (_, i) => Math.sin(i)), [size, size]);
  const product = await compile(
    (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
    [
      matrix,
      matrix,
    ],
  );
  return {
    async measure(): Promise<number> {
      // A call to wake up, then the median of three.
      const seen: number[] = [];
      for (let i = 0; i < 4; i++) {
        const started = performance.now();
        await product.run(matrix, matrix);
        seen.push(performance.now() - started);
      }
      return 2 * size ** 3 / quantile(seen.slice(1), 0.5);
    },
    dispose: () => product.dispose(),
  };
}
