/**
 * What the C executor makes of a graph before it writes C: items that read views of tensors and write
 * tensors. Moving elements (slices, transpositions, broadcasts, reshapes) is no work: it is how a later item
 * reads.
 */
import { type ElementType, sameShape, sizeOf } from "../_graph.ts";

/** A run of elements in memory, row-major. */
export interface Tensor {
  readonly id: number;
  readonly dtype: ElementType;
  /** Number of elements. */
  readonly size: number;
  /** C expression for its first element; absent where the memory plan places it. */
  place?: string;
  /** Another tensor that it is a part of, from an element on. */
  inside?: { readonly tensor: Tensor; readonly offset: number };
  /** Whether a loop writes to it, so that nothing else may share its memory. */
  readonly changes?: boolean;
  /** Tensors whose memory it stands for: they must live as long as it is read. */
  readonly backing?: readonly Tensor[];
  /** The program that makes it. */
  readonly owner: Program;
}

/** Elements of a tensor: entry `i` lies at `offset` + Σ strides[k] · i[k]. */
export interface View {
  readonly tensor: Tensor;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** One number, as often as a shape says. */
export interface Splat {
  readonly splat: number;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

export type Operand = View | Splat;

export const isSplatOperand = (operand: Operand): operand is Splat => "splat" in operand;
export const dtypeOf = (operand: Operand): ElementType =>
  isSplatOperand(operand) ? operand.dtype : operand.tensor.dtype;

/** An operation element by element; every input has the shape of the result. */
export interface MapItem {
  readonly kind: "map";
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly inputs: readonly Operand[];
  readonly output: View;
}

/** A reduction of an operand of the given shape; the output's strides are 0 along reduced axes. */
export interface ReduceItem {
  readonly kind: "reduce";
  readonly op: string;
  readonly shape: readonly number[];
  readonly inputs: readonly [Operand];
  readonly output: View;
  /** What the result is divided by, for means. */
  readonly divisor?: number;
}

/** Something with C code of its own. */
export interface CallItem {
  readonly kind: "call";
  readonly name: string;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Tensor[];
  /** Which file of C it calls that is a part of the program. */
  readonly header?: "convolution";
  /** Bytes of memory that it needs while it runs. */
  readonly scratch?: number;
  /** The lines, given the C expression for a tensor's first element, and for the scratch. */
  readonly code: (pointer: (tensor: Tensor) => string, scratch: string) => readonly string[];
  /** An input whose memory an output may take over, as each element is read before it is written. */
  readonly inPlace?: Tensor;
}

/** A loop: its body runs once per entry. */
export interface ScanItem {
  readonly kind: "scan";
  readonly id: number;
  readonly body: Program;
  /** C expression of the number of entries. */
  readonly steps: string;
  readonly reverse: boolean;
  readonly carried: readonly Carried[];
  /** Tensors of the body that are entry `i` of a tensor outside. */
  readonly entries: readonly { readonly entry: Tensor; readonly whole: Tensor }[];
  /** Views of outside that the body reads, entries included. */
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Tensor[];
}

/** What a body carries from entry to entry. */
export interface Carried {
  /** What the body reads. */
  readonly now: Tensor;
  /** What it writes. */
  readonly next: Tensor;
  /** The memory of both, in turn; this one holds the start. */
  readonly first: Tensor;
  readonly second: Tensor;
  /** The value behind the loop. */
  readonly final: Tensor;
}

export type Item = MapItem | ReduceItem | CallItem | ScanItem;

/** Items in an order in which they can run. */
export interface Program {
  readonly parent?: Program;
  readonly items: Item[];
  /** Tensors of `parent` and beyond that items read. */
  readonly outside: Set<Tensor>;
}

/** Thrown where a graph holds what this executor cannot do. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";

  /** @param what An operator, or how it is used. */
  constructor(what: string) {
    super(`it has no C for ${what}: use native`);
  }
}

/** Strides of a row-major array. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** All of a tensor, as an array of the given shape. */
export const whole = (tensor: Tensor, shape: readonly number[]): View => ({
  tensor,
  offset: 0,
  shape,
  strides: rowMajor(shape),
});

/** Whether a view has all elements of its tensor in order. */
export function isWhole({ tensor, offset, shape, strides }: View): boolean {
  return offset === 0 && sizeOf(shape) === tensor.size && isContiguous({ shape, strides });
}

/** Whether entries lie one behind the other. */
export function isContiguous({ shape, strides }: Pick<View, "shape" | "strides">): boolean {
  const dense = rowMajor(shape);
  return shape.every((length, axis) => length === 1 || strides[axis] === dense[axis]);
}

/** A view as an array of another shape, or `undefined` where strides cannot say so. */
export function reshaped(view: View, shape: readonly number[]): View | undefined {
  if (sameShape(view.shape, shape)) return view;
  const { tensor, offset } = view;
  if (sizeOf(shape) <= 1) return { tensor, offset, shape, strides: shape.map(() => 0) };
  // Runs of axes with one stride between their entries.
  const runs = collapse(view.shape, [view.strides]);
  const strides = new Array<number>(shape.length).fill(0);
  let axis = shape.length - 1;
  for (let run = runs.shape.length - 1; run >= 0; run--) {
    let left = runs.shape[run], stride = runs.strides[0][run];
    while (left > 1) {
      if (axis < 0 || left % shape[axis] !== 0) return undefined;
      if (shape[axis] > 1) strides[axis] = stride;
      stride *= shape[axis];
      left /= shape[axis--];
    }
  }
  return { tensor, offset, shape, strides };
}

/** Merges neighbouring axes that every one of the accesses steps through alike; drops those of length 1. */
export function collapse(
  shape: readonly number[],
  accesses: readonly (readonly number[])[],
): { shape: number[]; strides: number[][] } {
  const lengths: number[] = [], strides: number[][] = accesses.map(() => []);
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const last = lengths.length - 1;
    if (last >= 0 && accesses.every((access, i) => strides[i][last] === access[axis] * length)) {
      lengths[last] *= length;
      accesses.forEach((access, i) => strides[i][last] = access[axis]);
      return;
    }
    lengths.push(length);
    accesses.forEach((access, i) => strides[i].push(access[axis]));
  });
  return { shape: lengths, strides };
}

/** An operand repeated to a shape (NumPy's rule). */
export function broadcast(operand: Operand, shape: readonly number[]): Operand {
  if (isSplatOperand(operand)) return { ...operand, shape };
  const missing = shape.length - operand.shape.length;
  const strides = shape.map((length, axis) =>
    axis < missing || (operand.shape[axis - missing] === 1 && length !== 1)
      ? 0
      : operand.strides[axis - missing]
  );
  return { ...operand, shape, strides };
}

/**
 * The coarsest shape that refines all of the given ones (of one size), or `undefined` where there is none:
 * each of their axes is then a run of its axes.
 */
export function refinement(shapes: readonly (readonly number[])[]): number[] | undefined {
  const cuts = new Set<number>([1]);
  for (const shape of shapes) {
    let size = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) cuts.add(size *= shape[axis]);
  }
  const sorted = [...cuts].toSorted((a, b) => a - b);
  const lengths: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] % sorted[i - 1] !== 0) return undefined;
    lengths.push(sorted[i] / sorted[i - 1]);
  }
  return lengths.reverse();
}

/** Strides along the axes of a {@link refinement}. */
export function refined(
  shape: readonly number[],
  strides: readonly number[],
  fine: readonly number[],
): number[] {
  const result = new Array<number>(fine.length).fill(0);
  let axis = fine.length - 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    for (let left = shape[i], stride = strides[i]; left > 1; axis--) {
      result[axis] = stride;
      stride *= fine[axis];
      left /= fine[axis];
    }
  }
  return result;
}
