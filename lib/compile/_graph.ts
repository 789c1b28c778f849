/**
 * The graph a trace records: values and ONNX nodes, simplified while they are added.
 *
 * Constants are known values, and so are empty tensors (some operators of onnxruntime crash on them); equal
 * nodes are merged; broadcasts are pushed behind elementwise operations; casts, reshapes and transposes that
 * do nothing vanish. Nodes that no output needs are dropped by {@link liveNodes}.
 */

/** Element types; `int64` occurs only inside the graph (shapes, axes, indices). */
export type ElementType = "float32" | "int32" | "bool" | "int64";

/** Data of a constant. A single element stands for every element of the constant's shape. */
export type ConstantData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** ONNX attributes: a `number` is an integer, a `{ float }` a float. */
export type Attribute = number | { readonly float: number } | readonly number[] | string;
export type Attributes = Readonly<Record<string, Attribute>>;

/** A tensor of the graph. */
export interface Value {
  readonly id: number;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Present on constants. */
  readonly data?: ConstantData;
  /** Absent on inputs and constants. */
  readonly node?: Node;
  /** Name of the TensorFlow.js kernel that made it, for errors. */
  readonly kernel: string;
  /** How deep in loops' bodies it is made; absent on constants and on the outermost level. */
  readonly level?: number;
}

/**
 * The body of a `Scan` node: one step as a graph of its own, which may use values of the graphs around it.
 */
export interface Body {
  readonly graph: Graph;
  /** Number of carried values. */
  carried: number;
  /** The carried values first, then one entry of each scanned input. */
  inputs: readonly Value[];
  /** The next carried values first, then one entry of each scanned output. */
  outputs: readonly Value[];
}

/** An ONNX node (opset {@link OPSET}). */
export interface Node {
  op: string;
  inputs: readonly Value[];
  attributes: Attributes;
  outputs: readonly Value[];
  /** Present on `Scan`. */
  readonly body?: Body;
  /**
   * What it stands for where a convolution is made of several nodes: one counts all its operations, the
   * others 0. Only who counts work reads it.
   */
  flop?: number;
}

/** Type and shape of a node's output. */
export interface OutputType {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

export const OPSET = 18;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}

/** The shape that several shapes broadcast to (NumPy's rule; TensorFlow.js has checked that they do). */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const lengths = shapes.map((shape) => shape[shape.length - rank + i] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}

/** Whether a constant repeats one element. */
export function isSplat(value: Value): boolean {
  return value.data?.length === 1;
}

function isSplatOf(value: Value, element: number): boolean {
  return isSplat(value) && value.dtype !== "int64" && value.data![0] === element;
}

/** Arrays of elements. */
export const ARRAYS = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  int64: BigInt64Array,
} as const;

/**
 * A graph under construction. With a parent it is the body of a loop; what does not vary there goes to the
 * parent.
 */
export class Graph {
  /** In an order in which they can run. */
  nodes: Node[] = [];
  /** Name of the kernel being lowered. */
  kernel = "input";
  readonly level: number;
  /** Shared by a graph and its bodies, so that names are unique. */
  readonly #ids: { next: number };
  readonly #known = new Map<string, readonly Value[]>();

  /** @param convolves Whether who runs it convolves images as they lie, with their channels last. */
  constructor(readonly parent?: Graph, readonly convolves: boolean = parent?.convolves ?? false) {
    this.level = parent === undefined ? 0 : parent.level + 1;
    this.#ids = parent === undefined ? { next: 0 } : parent.#ids;
  }

  /** A fed value. */
  input(type: OutputType): Value {
    return { ...this.#made(type), kernel: "input" };
  }

  #made({ dtype, shape }: OutputType): Value {
    const made = { id: this.#ids.next++, dtype, shape, kernel: this.kernel };
    return this.level === 0 ? made : { ...made, level: this.level };
  }

  /** A constant; `data` has all its elements or a single one for all. */
  constant(data: ConstantData, type: OutputType): Value {
    if (this.parent !== undefined) return this.#outside(this.parent).constant(data, type);
    const elements = data.length > 1 && data.every((element) => Object.is(element, data[0]))
      ? data.slice(0, 1)
      : data;
    const { dtype, shape } = type;
    const make = () => [{ id: this.#ids.next++, dtype, shape, data: elements, kernel: this.kernel }];
    if (elements.length > 64) return make()[0];
    // -0 must not be merged with 0.
    const text = Array.from(elements as Float32Array, (x) => Object.is(x, -0) ? "-0" : `${x}`);
    return this.#merged(`${type.dtype}[${type.shape}]${text}`, make)[0];
  }

  /** A constant that repeats one number. */
  splat(element: number, type: OutputType & { readonly dtype: "float32" | "int32" | "bool" }): Value {
    return this.constant(ARRAYS[type.dtype].of(element), type);
  }

  /** A constant of the type of `like` with a single element, shape `[]`. */
  scalar(element: number, like: { readonly dtype: ElementType } = { dtype: "float32" }): Value {
    return this.splat(element, { dtype: like.dtype as "float32", shape: [] });
  }

  /** An int64 list, as ONNX wants shapes and axes. */
  ints(list: readonly number[]): Value {
    const data = BigInt64Array.from(list, (item) => BigInt(item));
    return this.constant(data, { dtype: "int64", shape: [list.length] });
  }

  /** Adds a node with any number of outputs; where none has an element there is nothing to compute. */
  multiNode(
    op: string,
    inputs: readonly Value[],
    attributes: Attributes,
    types: readonly OutputType[],
  ): readonly Value[] {
    if (types.every(({ shape }) => sizeOf(shape) === 0)) {
      return types.map((type) => this.constant(new ARRAYS[type.dtype](0), type));
    }
    if (this.parent !== undefined && inputs.every(({ level = 0 }) => level < this.level)) {
      return this.#outside(this.parent).multiNode(op, inputs, attributes, types);
    }
    const ids = inputs.map(({ id }) => id);
    const outputs = types.map(({ dtype, shape }) => `${dtype}[${shape}]`);
    return this.#merged(`${op}(${ids})${JSON.stringify(attributes)}${outputs}`, () => {
      const node: Node = { op, inputs, attributes, outputs: [] };
      return this.add(node, types);
    });
  }

  /** Appends a node as it is and makes its outputs. */
  add(node: Node, types: readonly OutputType[]): readonly Value[] {
    for (const type of types) this.extend(node, type);
    this.nodes.push(node);
    return node.outputs;
  }

  /** Gives a node one more output. */
  extend(node: Node, type: OutputType): Value {
    const value = { ...this.#made(type), node };
    node.outputs = [...node.outputs, value];
    return value;
  }

  /** The graph around a body, told which kernel is being lowered. */
  #outside(parent: Graph): Graph {
    parent.kernel = this.kernel;
    return parent;
  }

  /** Adds a node with one output. */
  node(op: string, inputs: readonly Value[], type: OutputType, attributes: Attributes = {}): Value {
    return this.multiNode(op, inputs, attributes, [type])[0];
  }

  #merged(key: string, make: () => readonly Value[]): readonly Value[] {
    let values = this.#known.get(key);
    if (values === undefined) this.#known.set(key, values = make());
    return values;
  }

  /**
   * An operation element by element with broadcasting.
   *
   * Works on the operands before they were broadcast and broadcasts the result, if it must be.
   */
  elementwise(
    op: string,
    operands: readonly Value[],
    options: { readonly dtype?: ElementType; readonly attributes?: Attributes } = {},
  ): Value {
    const { dtype = operands[0].dtype, attributes = {} } = options;
    const shape = broadcastShape(operands.map((operand) => operand.shape));
    const neutral = this.#neutral(op, operands);
    if (neutral !== undefined) return this.expand(neutral, shape);
    const cores = operands.map((operand) => this.#core(operand));
    const core = broadcastShape(cores.map((operand) => operand.shape));
    if (cores.some((operand) => sizeOf(operand.shape) === sizeOf(core) && hasPlacesFirst(operand))) {
      const moved = cores.map((operand) => this.#placesFirst(operand));
      const type = { dtype, shape: inverse(PLACES_FIRST).map((axis) => core[axis]) };
      return this.expand(this.transpose(this.node(op, moved, type, attributes), PLACES_FIRST), shape);
    }
    return this.expand(this.node(op, cores, { dtype, shape: core }, attributes), shape);
  }

  /** A value with its places first, for use in an operation with others that have them so. */
  #placesFirst(value: Value): Value {
    if (sizeOf(value.shape) === 1) return value;
    const rank = PLACES_FIRST.length, missing = rank - value.shape.length;
    const whole = this.reshape(value, [...Array<number>(missing).fill(1), ...value.shape]);
    const moved = this.transpose(whole, inverse(PLACES_FIRST));
    // A bias stays a list.
    const first = moved.shape.findIndex((length) => length !== 1);
    return missing > 0 ? this.reshape(moved, moved.shape.slice(first)) : moved;
  }

  /** The operand that the result equals, if the others are neutral: x + 0, x − 0, x · 1, x / 1. */
  #neutral(op: string, [a, b]: readonly Value[]): Value | undefined {
    if ((op === "Add" || op === "Sub") && isSplatOf(b, 0)) return a;
    if ((op === "Mul" || op === "Div") && isSplatOf(b, 1)) return a;
    if (op === "Add" && isSplatOf(a, 0)) return b;
    if (op === "Mul" && isSplatOf(a, 1)) return b;
    return undefined;
  }

  /** The value before it was broadcast. */
  #core(value: Value): Value {
    if (value.node?.op === "Expand") return value.node.inputs[0];
    if (isSplat(value) && value.shape.length > 0) {
      return this.constant(value.data!, { dtype: value.dtype, shape: [] });
    }
    return value;
  }

  expand(value: Value, shape: readonly number[]): Value {
    if (sameShape(value.shape, shape)) return value;
    const core = this.#core(value);
    if (isSplat(core)) return this.constant(core.data!, { dtype: core.dtype, shape });
    return this.node("Expand", [core, this.ints(shape)], { dtype: core.dtype, shape });
  }

  cast(value: Value, dtype: ElementType): Value {
    if (value.dtype === dtype) return value;
    if (isSplat(value) && dtype !== "int64" && value.dtype !== "int64") {
      const element = Number(value.data![0]);
      return this.splat(dtype === "bool" ? Number(element !== 0) : Math.trunc(element), {
        dtype,
        shape: value.shape,
      });
    }
    return this.elementwise("Cast", [value], { dtype, attributes: { to: ONNX_TYPE[dtype] } });
  }

  reshape(value: Value, shape: readonly number[]): Value {
    if (sameShape(value.shape, shape)) return value;
    if (value.data !== undefined) return this.constant(value.data, { dtype: value.dtype, shape });
    if (value.node?.op === "Reshape") return this.reshape(value.node.inputs[0], shape);
    return this.node("Reshape", [value, this.ints(shape)], { dtype: value.dtype, shape }, { allowzero: 1 });
  }

  transpose(value: Value, perm: readonly number[]): Value {
    if (perm.every((axis, i) => axis === i)) return value;
    const shape = perm.map((axis) => value.shape[axis]);
    if (isSplat(value)) return this.constant(value.data!, { dtype: value.dtype, shape });
    // Moving only axes of length 1 leaves the order of the elements as it is.
    const moved = perm.filter((axis) => value.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) return this.reshape(value, shape);
    if (value.data !== undefined && sizeOf(shape) <= MOVED_LIMIT) {
      return this.constant(transposed(value.data, value.shape, perm), { dtype: value.dtype, shape });
    }
    if (value.node?.op === "Transpose") {
      const before = value.node.attributes.perm as readonly number[];
      return this.transpose(value.node.inputs[0], perm.map((axis) => before[axis]));
    }
    return this.node("Transpose", [value], { dtype: value.dtype, shape }, { perm });
  }
}

/** Constants of more elements are left to the engine to transpose. */
const MOVED_LIMIT = 65_536;

/** The elements of a constant, transposed. */
function transposed(data: ConstantData, shape: readonly number[], perm: readonly number[]): ConstantData {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const moved = data.slice();
  const lengths = perm.map((axis) => shape[axis]);
  for (let i = 0; i < data.length; i++) {
    let rest = i, from = 0;
    for (let axis = perm.length - 1; axis >= 0; axis--) {
      from += rest % lengths[axis] * strides[perm[axis]];
      rest = Math.floor(rest / lengths[axis]);
    }
    moved[i] = data[from];
  }
  return moved;
}

/** The permutation that undoes one. */
export function inverse(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}

/** [height, width, batch, channels] → [batch, height, width, channels]. */
export const PLACES_FIRST: readonly number[] = [2, 0, 1, 3];

/**
 * Whether a value is an image with its places last that comes from one with its places first, as large
 * convolutions make them: what keeps places is then done before the transposition, so that those behind one
 * layer meet those before the next, and vanish.
 */
export function hasPlacesFirst(value: Value): boolean {
  return value.node?.op === "Transpose" && String(value.node.attributes.perm) === String(PLACES_FIRST);
}

/** `TensorProto.DataType` of the ONNX specification. */
export const ONNX_TYPE: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** The values of surrounding graphs that a body uses, constants aside. */
export function captured({ graph, outputs }: Body): Value[] {
  const used = new Set([...graph.nodes.flatMap(operands), ...outputs]);
  return [...used].filter(({ data, level = 0 }) => data === undefined && level < graph.level);
}

/** All values that a node reads, those of its body included. */
export function operands(node: Node): readonly Value[] {
  return node.body === undefined ? node.inputs : [...node.inputs, ...captured(node.body)];
}

/** The nodes that the given outputs need, in order. */
export function liveNodes(nodes: readonly Node[], outputs: readonly Value[]): Node[] {
  const live = new Set<Node>();
  const pending = [...outputs];
  while (pending.length > 0) {
    const { node } = pending.pop()!;
    if (node === undefined || live.has(node)) continue;
    live.add(node);
    pending.push(...operands(node));
  }
  return nodes.filter((node) => live.has(node));
}
