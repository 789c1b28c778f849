/** Runs programs that were translated to C, in this process. */
import type { Traced } from "../_backend.ts";
import { ARRAYS, type ElementType, sizeOf } from "../_graph.ts";
import { changedState } from "../_onnx.ts";
import { type Library, loadCompiler } from "./compiler.ts";
import { emit } from "./emit.ts";
import { ALIGNMENT } from "./plan.ts";
import { lowerLoop, lowerProgram } from "./programs.ts";

/** A tensor of the host, as the other engines' are described. */
export interface CTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | BigInt64Array;
}

interface Port {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Whether it has a leading axis of as many entries as there are steps. */
  readonly stacked: boolean;
}

export interface CSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, CTensor>>): Promise<Record<string, CTensor>>;
  release(): Promise<void>;
}

export interface CEngine {
  readonly versions: Readonly<Record<string, string>>;
  open(traced: Traced, options: { stateLeaves?: number }): Promise<CSession>;
}

/** Names and types of what a program takes and gives, in its order. */
interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

const port = (name: string, { dtype, shape }: Pick<Port, "dtype" | "shape">, stacked: boolean): Port => ({
  name,
  dtype,
  shape,
  stacked,
});

const programPorts = ({ inputs, outputs }: Traced): Ports => ({
  inputs: inputs.map((value, i) => port(`input${i}`, value, false)),
  outputs: outputs.map((value, i) => port(`output${i}`, value, false)),
});

const loopPorts = (
  { inputs, outputs }: Traced,
  { stateLeaves, changed }: { stateLeaves: number; changed: readonly number[] },
): Ports => ({
  inputs: inputs.map((value, i) =>
    i < stateLeaves ? port(`state${i}`, value, false) : port(`batch${i - stateLeaves}`, value, true)
  ),
  outputs: [
    ...changed.map((i) => port(`next${i}`, outputs[i], false)),
    ...outputs.slice(stateLeaves).map((value, i) => port(`metric${i}`, value, true)),
  ],
});

/** Runs of fewer milliseconds do not go to another thread, where they would find none of their data. */
const SHORT = 2;

/** Finds a compiler for the executor. */
export async function loadCEngine(): Promise<CEngine> {
  const compiler = await loadCompiler();
  return {
    versions: { cc: compiler.version },
    async open(traced, { stateLeaves }) {
      const changed = stateLeaves === undefined ? [] : changedState(traced, { stateLeaves });
      const lowered = stateLeaves === undefined
        ? lowerProgram(traced)
        : lowerLoop(traced, { stateLeaves, changed });
      const ports = stateLeaves === undefined
        ? programPorts(traced)
        : loopPorts(traced, { stateLeaves, changed });
      const { source, bytes } = emit(lowered);
      const constants = lowered.constants.map(({ data }) => data);
      return sessionOf(await compiler.build(source), { ports, bytes, constants });
    },
  };
}

function sessionOf(
  library: Library,
  { ports: { inputs, outputs }, bytes, constants }: {
    ports: Ports;
    bytes: number;
    constants: readonly CTensor["data"][];
  },
): CSession {
  const { symbols } = library;
  // Not by Deno.UnsafePointer, which wants every library allowed, not those of a folder.
  const addressOf = ({ buffer, byteOffset }: CTensor["data"]): bigint =>
    symbols.rf_address(buffer as ArrayBuffer) + BigInt(byteOffset);
  const aligned = (address: bigint) =>
    (address + BigInt(ALIGNMENT - 1)) / BigInt(ALIGNMENT) * BigInt(ALIGNMENT);
  const scratchBytes = aligned(symbols.rf_scratch_bytes());
  const scratch = symbols.rf_allocate(scratchBytes + BigInt(bytes));
  if (scratch === 0n) throw new Error(`there is no memory for ${bytes} bytes`);
  const arena = scratch + scratchBytes;
  const fixed = BigUint64Array.from(constants, addressOf);

  /** Milliseconds that a step took the last time. */
  let stepTime = Infinity;
  // What a run reads and writes must not be collected meanwhile: the library has its addresses only.
  const running = new Set<unknown>([constants, fixed]);
  const runOnce = async (feeds: Readonly<Record<string, CTensor>>) => {
    const given = inputs.map(({ name }) => feeds[name]);
    const stacked = inputs.findIndex((one) => one.stacked);
    const steps = stacked < 0 ? 1 : given[stacked].dims[0];
    const made = outputs.map(({ dtype, shape, stacked }): CTensor => {
      const dims = stacked ? [steps, ...shape] : shape;
      return { type: dtype, dims, data: new ARRAYS[dtype](sizeOf(dims)) };
    });
    const from = BigUint64Array.from(given, ({ data }) => addressOf(data));
    const to = BigUint64Array.from(made, ({ data }) => addressOf(data));
    const held = [given, made, from, to];
    running.add(held);
    const began = performance.now();
    const isShort = stepTime * steps < SHORT;
    const failed = isShort
      ? symbols.runHere(from, to, fixed, arena, scratch, BigInt(steps))
      : await symbols.run(from, to, fixed, arena, scratch, BigInt(steps));
    stepTime = (performance.now() - began) / steps;
    running.delete(held);
    if (failed !== 0) throw new RangeError("an index is out of range");
    return Object.fromEntries(outputs.map(({ name }, i) => [name, made[i]]));
  };

  // Runs share the memory.
  let last: Promise<unknown> = Promise.resolve();
  let released = false;
  return {
    inputNames: inputs.map(({ name }) => name),
    outputNames: outputs.map(({ name }) => name),
    run(feeds) {
      if (released) return Promise.reject(new Error("Cannot run a program that was disposed of"));
      const turn = last.then(() => runOnce(feeds));
      last = turn.catch(() => {});
      return turn;
    },
    async release() {
      released = true;
      await last;
      symbols.rf_free(scratch);
      library.close();
    },
  };
}
