/** What a topic exports: its cases, each timed on every engine and against its peers. */

/** Our executors, and TensorFlow.js as it is. */
export const ENGINES = ["native", "c", "wasm", "tfjsCpu", "tfjsWasm"] as const;
export type Engine = typeof ENGINES[number];

/** Our executors for speed on one processor; the faster of them is what a case is judged by. */
export const OURS = ["native", "c"] as const satisfies readonly Engine[];
export type Ours = typeof OURS[number];

/**
 * Python packages to compare with, by the names that Python imports; and PyTorch once more, with
 * `torch.compile`, where a peer's script and PyTorch can do it.
 */
export const PEERS = ["torch", "torchCompile", "sklearn", "numpy"] as const;
export type PeerName = typeof PEERS[number];

/** How to time one engine. */
export interface Timing {
  /** Does the work that many times and returns milliseconds per unit. */
  readonly measure: (repeats: number) => Promise<number>;
  /** Repeats of one measurement. */
  readonly repeats: number;
  /** It takes so long that it is measured once, in the first round. */
  readonly once?: boolean;
}

/** Times what runs compiled programs on each of our executors for speed, in the same way. */
export function onOurs(timing: (executor: Ours) => Timing): Readonly<Record<Ours, Timing>> {
  return { native: timing("native"), c: timing("c") };
}

/** How to time one peer. */
export interface PeerTiming {
  /** File in `bench/peers`. */
  readonly script: string;
  /** Key of the script's table of cases. */
  readonly name: string;
  /** Keyword arguments of the case. */
  readonly options?: Readonly<Record<string, number | string | boolean>>;
  readonly repeats: number;
}

/** Something to time. */
export interface Case {
  readonly name: string;
  /** E.g. `ms/step`. */
  readonly unit: string;
  /** Floating-point operations of one unit, counting matrix products and convolutions only. */
  readonly flop?: number;
  /** Engines that cannot run a case or would take minutes are left out. */
  readonly engines: Partial<Readonly<Record<Engine, Timing>>>;
  /** Other work on `native` to compare with in the same rounds, e.g. the same without an ingredient. */
  readonly baseline?: Timing;
  readonly peers?: Partial<Readonly<Record<Exclude<PeerName, "torchCompile">, PeerTiming>>>;
  /** Frees what measurements keep. */
  dispose?(): Promise<void>;
}

/** The cases of a topic; `quick`: the same code on shapes so small that everything takes milliseconds. */
export type Topic = (options: { readonly quick: boolean }) => readonly Case[];
