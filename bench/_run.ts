/** Times one case on everything, and judges it. */
import { useThreads, type WorkMeter } from "../lib/compile/mod.ts";
import { quantile } from "../lib/stats/mod.ts";
import { type Case, type Engine, ENGINES, OURS, type Ours, type PeerName, PEERS } from "./_case.ts";
import { bestRate, type GemmRate } from "./_machine.ts";
import type { Peers } from "./_peers.ts";
import { atGoal, flopOf, rooflineTime, STEPS, unitWork } from "./_roofline.ts";

/** Medians of one case in its unit; `null`: not measured. */
export type Row =
  & { readonly name: string; readonly unit: string }
  & Readonly<Record<Engine | PeerName, number | null>>
  & Readonly<Record<`ratioTorch${Suffix}` | `ratioTorchCompile${Suffix}`, number | null>>
  & Readonly<Record<`share${Suffix}`, number | null>>
  & {
    /** The faster of `native` and `c`. */
    readonly ours: number | null;
    /** native / c: above 1, c is faster. */
    readonly ratioC: number | null;
    readonly baseline: number | null;
    /** native / baseline. */
    readonly ratioBaseline: number | null;
    /** On `native` with several threads, if these were asked for. */
    readonly threaded: number | null;
    /** native / threaded: above 1, more threads are faster. */
    readonly scaling: number | null;
    /** FLOP of the products of a unit, as counted in the graphs. */
    readonly flop: number | null;
    /** Milliseconds of a unit at the machine's limit. */
    readonly roofline: number | null;
    /** GFLOP/s of a large product beside this case, by executor; the roofline stands on the best. */
    readonly gflops: Readonly<Record<Ours, number | null>>;
    readonly atGoalNative: boolean | null;
    readonly atGoalC: boolean | null;
    /** Whether the faster of `native` and `c` is at goal. */
    readonly atGoal: boolean | null;
  };

/**
 * Endings of what is told of `native` (none), of `c` and of the faster of both: ratios, as torch / native
 * (above 1, we are faster), and the share of the roofline, roofline / native.
 */
type Suffix = "" | "C" | "Ours";

/** How a time of ours stands beside PyTorch's and the roofline. */
interface Standing {
  readonly ratioTorch: number | null;
  readonly ratioTorchCompile: number | null;
  readonly share: number | null;
  readonly atGoal: boolean | null;
}

/** Judges a time of ours. */
function standing(
  time: number | null,
  { torch, torchCompile, roofline }: Readonly<Record<"torch" | "torchCompile" | "roofline", number | null>>,
): Standing {
  const over = (other: number | null) => time === null || other === null ? null : other / time;
  const ratioTorch = over(torch), share = over(roofline);
  return { ratioTorch, ratioTorchCompile: over(torchCompile), share, atGoal: atGoal({ ratioTorch, share }) };
}

/** Options of {@link runCase}. */
export interface RunOptions {
  readonly peers: Peers;
  /** Measurements per engine and peer, after one more as warm-up. */
  readonly rounds: number;
  /** One measurement of a few repeats, to see that everything runs. */
  readonly quick: boolean;
  /** Those to time; work is counted on `native` all the same. */
  readonly engines: readonly Engine[];
  /** Above 1, steps of trainings are timed on `native` with so many threads, too. */
  readonly threads: number;
  /** The machine's rate, measured in every round beside the case. */
  readonly gemm: GemmRate;
  readonly bandwidth: (bytes: number) => number;
  readonly meter: WorkMeter;
  note(text: string): void;
}

/** Repeats of a measurement that is to show no more than that it works: a time per step needs two. */
const QUICK_REPEATS = 2;

/** The shorter of two times, where there are two. */
function fasterOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.min(a, b);
}

/** Times a case on all its engines and peers in turn, round by round. */
export async function runCase(item: Case, options: RunOptions): Promise<Row> {
  const { peers, rounds, quick, engines, threads, gemm, bandwidth, meter, note } = options;
  const seen = new Map<string, number[]>();
  const repeatsOf = ({ repeats }: { readonly repeats: number }) =>
    quick ? Math.min(QUICK_REPEATS, repeats) : repeats;
  const record = (engine: string, value: number) => seen.set(engine, [...seen.get(engine) ?? [], value]);
  for (let round = quick ? 1 : 0; round <= (quick ? 1 : rounds); round++) {
    note(`${item.name}: ${round === 0 ? "warm-up" : `round ${round} of ${quick ? 1 : rounds}`}`);
    const rates = await gemm.measure();
    for (const [executor, rate] of Object.entries(rates)) if (round > 0) record(`gemm ${executor}`, rate);
    for (const engine of [...ENGINES.filter((name) => engines.includes(name)), "baseline"] as const) {
      const timing = engine === "baseline" ? item.baseline : item.engines[engine];
      if (timing === undefined || (timing.once && round !== 1)) continue;
      const milliseconds = await timing.measure(repeatsOf(timing));
      if (round > 0) record(engine, milliseconds);
    }
    // Other cases keep what they have compiled, for one thread.
    if (threads > 1 && item.unit === STEPS && item.engines.native !== undefined) {
      const timing = item.engines.native;
      useThreads(threads);
      const milliseconds = await timing.measure(repeatsOf(timing));
      useThreads(1);
      if (round > 0) record("threaded", milliseconds);
    }
    for (const peer of PEERS) {
      const timing = item.peers?.[peer === "torchCompile" ? "torch" : peer];
      if (timing === undefined) continue;
      const milliseconds = await peers.measure(peer, timing, repeatsOf(timing));
      if (round > 0 && milliseconds !== undefined) record(peer, milliseconds);
    }
  }
  const work = item.engines.native && await unitWork(item.engines.native, { meter, unit: item.unit });
  await item.dispose?.();
  const median = (engine: string) => {
    const values = seen.get(engine);
    return values === undefined ? null : quantile(values, 0.5);
  };
  const native = median("native"), c = median("c"), ours = fasterOf(native, c);
  const baseline = median("baseline"), threaded = median("threaded");
  const rates = Object.fromEntries(OURS.map((executor) => [executor, median(`gemm ${executor}`)])) as Record<
    Ours,
    number | null
  >;
  const roofline = work === undefined ? null : rooflineTime(work, { flop: bestRate(rates), bandwidth });
  const others = { torch: median("torch"), torchCompile: median("torchCompile"), roofline };
  const [onNative, onC, onOurs] = [native, c, ours].map((time) => standing(time, others));
  return {
    name: item.name,
    unit: item.unit,
    ...Object.fromEntries([...ENGINES, ...PEERS].map((name) => [name, median(name)])),
    ours,
    ratioC: native === null || c === null ? null : native / c,
    ratioTorch: onNative.ratioTorch,
    ratioTorchC: onC.ratioTorch,
    ratioTorchOurs: onOurs.ratioTorch,
    ratioTorchCompile: onNative.ratioTorchCompile,
    ratioTorchCompileC: onC.ratioTorchCompile,
    ratioTorchCompileOurs: onOurs.ratioTorchCompile,
    baseline,
    ratioBaseline: native === null || baseline === null ? null : native / baseline,
    threaded,
    scaling: native === null || threaded === null ? null : native / threaded,
    flop: work === undefined ? null : flopOf(work),
    roofline,
    gflops: Object.fromEntries(
      Object.entries(rates).map(([executor, rate]) => [executor, rate === null ? null : rate / 1e6]),
    ),
    share: onNative.share,
    shareC: onC.share,
    shareOurs: onOurs.share,
    atGoalNative: onNative.atGoal,
    atGoalC: onC.atGoal,
    atGoal: onOurs.atGoal,
  } as Row;
}
