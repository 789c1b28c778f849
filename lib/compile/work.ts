/** What programs must compute at least, counted from their graphs: the ground that a benchmark stands on. */
import { type Graph, isSplat, type Node, operands, sizeOf, type Value } from "./_graph.ts";

/** Something that a program does in one go. */
export interface Task {
  /**
   * Floating-point operations of matrix products, two per multiplication; a convolution counts as the product
   * that defines it, however it is computed.
   */
  readonly flop: number;
  /** What is read from memory and written to it. */
  readonly bytes: number;
  /** How often a run of the program does it. */
  readonly times: number;
}

/** A program that has run. */
export interface ProgramRuns {
  /** What each run (of a loop, each step) must do. */
  readonly tasks: readonly Task[];
  /** Whether it is a loop (`compileLoop`), whose steps are counted and not its calls. */
  readonly loop: boolean;
  /** Calls, or steps of a loop. */
  readonly runs: number;
}

const BYTES = { float32: 4, int32: 4, bool: 1, int64: 8 } as const;

/** Nodes that move elements: who reads the result could as well read through it. */
const VIEWS = /^(Reshape|Transpose|Slice|Pad|Concat|Expand|Split|Tile|Identity|Cast)$/;
/** What must have its operands in memory, and leaves its result there. */
const BARRIERS =
  /^(Gemm|MatMul|Einsum|Conv|ConvTranspose|Convolve\w*|Gather|GatherND|GatherElements|Scatter\w*|\w*Pool|Scan|TopK|CumSum|Softmax|Resize)$/;
/** A product with a repeated constant, by which `reduction.ts` adds up rows. */
const addsUp = ({ op, inputs: [a, b] }: Node): boolean =>
  /^(Gemm|MatMul)$/.test(op) && (isSplat(a) || isSplat(b));
const isView = ({ op }: Node): boolean => VIEWS.test(op);
const isBarrier = (node: Node): boolean => BARRIERS.test(node.op) && !addsUp(node);
const isReduction = (node: Node): boolean => /^(Reduce|Arg)/.test(node.op) || addsUp(node);

/** Constants that repeat one number, and lists of axes and the like, are part of the program. */
const bytesOf = (value: Value): number =>
  isSplat(value) || (value.data !== undefined && value.dtype === "int64")
    ? 0
    : sizeOf(value.shape) * BYTES[value.dtype];
const sum = (numbers: readonly number[]): number => numbers.reduce((total, x) => total + x, 0);

/** Operations of a matrix product, 0 for anything else. */
function flopOf(node: Node): number {
  const [a, b] = node.inputs, [y] = node.outputs;
  if (node.op === "Gemm") return 2 * sizeOf(y.shape) * sizeOf(a.shape) / y.shape[0];
  if (node.op === "MatMul") return 2 * sizeOf(y.shape) * a.shape[a.shape.length - 1];
  if (node.op === "Conv") return 2 * sizeOf(y.shape) * sizeOf(b.shape) / b.shape[0];
  if (node.op === "ConvTranspose") return 2 * sizeOf(a.shape) * sizeOf(b.shape) / b.shape[0];
  if (node.op === "Convolve") return 2 * sizeOf(y.shape) * sizeOf(b.shape) / b.shape[3];
  if (node.op === "ConvolveBack") return 2 * sizeOf(a.shape) * sizeOf(b.shape) / b.shape[3];
  if (node.op === "ConvolveFilter") return 2 * sizeOf(b.shape) * sizeOf(y.shape) / y.shape[3];
  if (node.op === "Einsum") {
    const terms = (node.attributes.equation as string).split("->")[0].split(",");
    const lengths = new Map(
      terms.flatMap((term, k) => [...term].map((axis, i) => [axis, node.inputs[k].shape[i]] as const)),
    );
    return 2 * sizeOf([...lengths.values()]);
  }
  return 0;
}

/**
 * The least that a graph must do, by the usual model of a roofline:
 *
 * - each product of matrices by itself, with its operations and the bytes of its operands and result;
 * - gathers, scatters, poolings and the like by themselves, with the bytes that they read and write;
 * - element-wise work and reductions in groups as large as they could be fused: a group reads once what comes
 *   from elsewhere and writes what goes elsewhere, and all between stays in registers;
 * - reshapes, transpositions, slices, paddings and concatenations not at all, as whoever reads their result
 *   could read through them;
 * - the body of a scan once per step.
 *
 * Arithmetic that is no product is not counted, nor what starting a node takes.
 */
export function workOf({ graph, outputs }: { graph: Graph; outputs: readonly Value[] }): Task[] {
  const nodes = new Set(graph.nodes);
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const value of new Set(operands(node))) readers.set(value, [...readers.get(value) ?? [], node]);
  }
  const given = new Set(outputs);
  const needed = new Map<Value, boolean>();
  /** Whether somebody wants a value in memory, be it through a view. */
  const isNeeded = (value: Value): boolean => {
    let known = needed.get(value);
    if (known === undefined) {
      known = given.has(value) ||
        (readers.get(value) ?? []).some((node) =>
          isBarrier(node) || (isView(node) && node.outputs.some(isNeeded))
        );
      needed.set(value, known);
    }
    return known;
  };
  const isStored = (value: Value): boolean => {
    const { node } = value;
    if (value.data !== undefined || node === undefined || !nodes.has(node)) return true;
    if (isBarrier(node) || isReduction(node)) return true;
    return !isView(node) && isNeeded(value);
  };

  const tasks: Task[] = [];
  const groups = new Map<Node, Node>();
  const groupOf = (node: Node): Node => {
    let group = node;
    for (let above = groups.get(group); above !== undefined && above !== group; above = groups.get(group)) {
      groups.set(group, groups.get(above) ?? above); // shorter for the next
      group = above;
    }
    return group;
  };
  for (const node of graph.nodes) {
    if (node.flop !== undefined) {
      if (node.flop > 0) tasks.push({ flop: node.flop, bytes: 0, times: 1 });
    } else if (node.body !== undefined) {
      const steps = node.inputs[node.body.carried].shape[0];
      tasks.push(...workOf(node.body).map((task) => ({ ...task, times: task.times * steps })));
    } else if (isBarrier(node)) {
      const bytes = sum([...trafficOf(node), ...node.outputs.map(bytesOf)]);
      tasks.push({ flop: flopOf(node), bytes, times: 1 });
    }
    for (const value of node.inputs) {
      const maker = value.node;
      if (isBarrier(node) || maker === undefined || !nodes.has(maker) || isStored(value)) continue;
      groups.set(groupOf(maker), groupOf(node));
    }
  }

  const members = new Map<Node, Node[]>();
  for (const node of graph.nodes.filter((node) => !isBarrier(node) && node.flop === undefined)) {
    const group = groupOf(node);
    members.set(group, [...members.get(group) ?? [], node]);
  }
  for (const group of members.values()) {
    if (group.every(isView)) continue;
    /** What the group takes of a value, perhaps through views. */
    const taken = (value: Value): number => {
      const parts = (readers.get(value) ?? []).filter((node) => groupOf(node) === groupOf(group[0]))
        .map((node) => isView(node) ? sum(node.outputs.map(taken)) : bytesOf(value));
      return Math.min(bytesOf(value), sum(parts));
    };
    const read = new Map(
      group.flatMap(({ inputs }) => inputs.filter(isStored).map((value) => [value, taken(value)] as const)),
    );
    const written = group.flatMap(({ outputs }) => outputs.filter(isStored));
    tasks.push({ flop: 0, bytes: sum([...read.values(), ...written.map(bytesOf)]), times: 1 });
  }
  return tasks.filter(({ flop, bytes }) => flop + bytes > 0);
}

/** What a barrier reads: of what it gathers from, and adds to, only the rows that it touches. */
function trafficOf({ op, inputs, outputs: [y] }: Node): number[] {
  const [from, ...others] = inputs.map(bytesOf);
  if (/^Gather/.test(op)) return [Math.min(from, bytesOf(y)), ...others];
  if (/^Scatter/.test(op)) return [Math.min(from, bytesOf(y)), ...others];
  return [from, ...others];
}

/** What has run since it was last asked, by the tasks of the program. */
let seen: Map<readonly Task[], ProgramRuns> | undefined;

/** A running count of programs. */
export interface WorkMeter {
  /** What has run since the last call. */
  take(): readonly ProgramRuns[];
}

/** Counts the runs of all programs that are compiled from now on in this process. */
export function meterWork(): WorkMeter {
  seen ??= new Map();
  return {
    take() {
      const runs = [...seen!.values()];
      seen!.clear();
      return runs;
    },
  };
}

/** How a compiled program tells the meter of its runs; nothing is counted where nobody asks. */
export function tallyOf(
  traced: { graph: Graph; outputs: readonly Value[] },
  { loop }: { readonly loop: boolean },
): (runs: number) => void {
  if (seen === undefined) return () => {};
  const tasks = workOf(traced);
  return (runs) => {
    seen!.set(tasks, { tasks, loop, runs: runs + (seen!.get(tasks)?.runs ?? 0) });
  };
}
