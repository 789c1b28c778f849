/** From a graph of nodes to items on views. */
import { type Body, type ElementType, isSplat, type Node, sizeOf, type Value } from "../_graph.ts";
import { CALLS } from "./calls.ts";
import { integers, isMove, movedViews } from "./moves.ts";
import { concat, pad, tile } from "./parts.ts";
import { isMap, REDUCTIONS } from "./expressions.ts";
import { writeThrough } from "./through.ts";
import {
  broadcast,
  type Carried,
  dtypeOf,
  isContiguous,
  isSplatOperand,
  isWhole,
  type Item,
  type Operand,
  type Program,
  rowMajor,
  type Tensor,
  Unsupported,
  type View,
  whole,
} from "./ir.ts";

/** A constant that is handed over in memory. */
export interface Constant {
  readonly tensor: Tensor;
  readonly data: NonNullable<Value["data"]>;
}

/** A program with what is around it. */
export interface Lowered {
  readonly program: Program;
  readonly constants: readonly Constant[];
  /** Tensors that are made in the place of others. */
  readonly delivered: ReadonlyMap<Tensor, Tensor>;
}

/** Builds items; shared by a program and the bodies of its loops. */
export class Lowering {
  readonly constants: Constant[] = [];
  readonly #operands = new Map<Value, Operand>();
  /** Values that no view is, by what they are a reshape of. */
  readonly #reshapes = new Map<Value, View>();
  readonly #copies = new Map<string, Tensor>();
  readonly #makers = new Map<Tensor, Item[]>();
  readonly root: Program = { items: [], outside: new Set() };
  #program: Program = this.root;
  #ids = 0;

  /** A tensor of the program at hand. */
  tensor(dtype: ElementType, size: number, options: Partial<Tensor> = {}): Tensor {
    return { id: this.#ids++, dtype, size, owner: this.#program, ...options };
  }

  finish(): Lowered {
    this.#makeInPlace(this.root);
    return { program: this.root, constants: this.constants, delivered: this.delivered };
  }

  bind(value: Value, operand: Operand): void {
    this.#operands.set(value, operand);
  }

  /** Adds an item to a program. */
  #add(item: Item, program = this.#program): void {
    if (item.kind === "map" && sizeOf(item.shape) === 0) return;
    program.items.push(item);
    const written = "outputs" in item ? item.outputs : [item.output.tensor];
    for (const tensor of written) {
      const makers = this.#makers.get(tensor);
      if (makers === undefined) this.#makers.set(tensor, [item]);
      else makers.push(item);
    }
    for (const operand of item.inputs) {
      if (!isSplatOperand(operand)) this.#noteOutside(operand.tensor, program);
    }
  }

  #noteOutside(tensor: Tensor, program: Program): void {
    for (
      let inner: Program | undefined = program;
      inner !== undefined && inner !== tensor.owner;
      inner = inner.parent
    ) {
      inner.outside.add(tensor);
    }
  }

  /** How a value is read. */
  operand(value: Value): Operand {
    let known = this.#operands.get(value);
    const reshape = this.#reshapes.get(value);
    if (known === undefined && reshape !== undefined) {
      this.bind(value, known = whole(this.dense(reshape).tensor, value.shape));
    }
    if (known === undefined) {
      if (value.data === undefined) throw new Error(`value ${value.id} is not made`);
      const { data, dtype, shape } = value;
      if (isSplat(value)) known = { splat: Number(data[0]), dtype, shape };
      else {
        const tensor: Tensor = {
          ...this.tensor(dtype, sizeOf(shape), { place: `constants[${this.constants.length}]` }),
          owner: this.root,
        };
        this.constants.push({ tensor, data });
        known = whole(tensor, shape);
      }
      this.#operands.set(value, known);
    }
    return known;
  }

  /** An operand as a view of memory. */
  view(operand: Operand): View {
    if (!isSplatOperand(operand)) return operand;
    const tensor = this.#copied(
      operand,
      `${operand.dtype} ${Object.is(operand.splat, -0) ? "-0" : operand.splat}`,
      [1],
    );
    return { tensor, offset: 0, shape: operand.shape, strides: operand.shape.map(() => 0) };
  }

  /** An operand row-major in memory. */
  dense(operand: Operand): View {
    if (!isSplatOperand(operand) && isContiguous(operand)) return operand;
    const { shape } = operand;
    const key = isSplatOperand(operand)
      ? `${operand.dtype} ${Object.is(operand.splat, -0) ? "-0" : operand.splat} ${sizeOf(shape)}`
      : `${operand.tensor.id} ${operand.offset} ${shape} ${operand.strides}`;
    return whole(this.#copied(operand, key, shape), shape);
  }

  /** A copy of an operand, made once, in the program that it belongs to. */
  #copied(operand: Operand, key: string, shape: readonly number[]): Tensor {
    let copy = this.#copies.get(key);
    if (copy === undefined) {
      const program = isSplatOperand(operand) ? this.root : operand.tensor.owner;
      copy = { ...this.tensor(dtypeOf(operand), sizeOf(shape)), owner: program };
      this.#copies.set(key, copy);
      const input = isSplatOperand(operand) ? { ...operand, shape } : operand;
      const item: Item = {
        kind: "map",
        op: "Copy",
        attributes: {},
        shape,
        inputs: [input],
        output: whole(copy, shape),
      };
      // What belongs to the outermost program must be there before all loops.
      if (program === this.root && isSplatOperand(operand)) {
        program.items.unshift(item);
        this.#makers.set(copy, [item]);
      } else this.#add(item, program);
    }
    return copy;
  }

  /** Lowers the nodes of a graph, given that its inputs are bound. */
  nodes(nodes: readonly Node[]): void {
    for (const node of nodes) this.#node(node);
  }

  #node(node: Node): void {
    const { op, inputs, attributes, outputs } = node;
    const [value] = outputs;
    const view = isMove(node) ? movedViews(node, this.operand(inputs[0])) : undefined;
    if (view === "reshape") {
      this.#reshapes.set(value, this.view(this.operand(inputs[0])));
    } else if (view !== undefined) {
      outputs.forEach((output, i) => this.bind(output, view[i]));
    } else if (isOnesTimes(node)) {
      const x = this.operand(inputs[1]);
      this.bind(value, this.#reduce(x, { op: "ReduceSum", axes: [0], result: value }));
    } else if (isMap(op)) {
      this.bind(value, this.#map(node));
    } else if (Object.hasOwn(REDUCTIONS, op)) {
      const x = this.operand(inputs[0]);
      const axes = inputs[1] === undefined ? x.shape.map((_, axis) => axis) : integers(inputs[1]);
      this.bind(value, this.#reduce(x, { op, axes, result: value }));
    } else if (op === "Concat") {
      this.bind(value, concat(node, this));
    } else if (op === "Pad" && attributes.mode === undefined) {
      this.bind(value, pad(node, this));
    } else if (op === "Tile") {
      this.bind(value, tile(node, this));
    } else if (op === "Scan") {
      this.#scan(node);
    } else {
      const make = CALLS[op];
      if (make === undefined) throw new Unsupported(op);
      const made = outputs.map(({ dtype, shape }) => this.tensor(dtype, sizeOf(shape)));
      const operand = (input: Value) => this.operand(input);
      make({
        node,
        get operands() {
          return inputs.map(operand);
        },
        operand: (i) => operand(inputs[i]),
        reshape: (i) => this.#operands.has(inputs[i]) ? undefined : this.#reshapes.get(inputs[i]),
        integers,
        outputs: made,
        view: (operand) => this.view(operand),
        dense: (operand) => this.dense(operand),
        add: (item) => this.#add(item),
        temporary: (dtype, size) => this.tensor(dtype, size),
      });
      outputs.forEach((output, i) => this.bind(output, whole(made[i], output.shape)));
    }
  }

  /** Adds one operation element by element. */
  #map({ op, inputs, attributes, outputs: [{ dtype, shape }] }: Node): View {
    const given = inputs.map((input) => this.operand(input));
    const output = whole(this.tensor(dtype, sizeOf(shape)), shape);
    this.#add({
      kind: "map",
      op,
      attributes,
      shape,
      inputs: given.map((operand) => broadcast(operand, shape)),
      output,
    });
    return output;
  }

  #reduce(
    x: Operand,
    { op, axes, result }: { op: string; axes: readonly number[]; result: Value },
  ): View {
    const kept = x.shape.map((length, axis) => axes.includes(axis) ? 1 : length);
    const tensor = this.tensor(result.dtype, sizeOf(result.shape));
    const strides = rowMajor(kept).map((stride, axis) => axes.includes(axis) ? 0 : stride);
    this.#add({
      kind: "reduce",
      op,
      shape: x.shape,
      inputs: [x],
      output: { tensor, offset: 0, shape: x.shape, strides },
      ...op === "ReduceMean" && { divisor: sizeOf(x.shape) / sizeOf(kept) },
    });
    return whole(tensor, result.shape);
  }

  /** Writes an operand to a part of a tensor. */
  copy(operand: Operand, output: View): void {
    this.#add({ kind: "map", op: "Copy", attributes: {}, shape: operand.shape, inputs: [operand], output });
  }

  /** The program of a body or of the outermost graph; what is read of it is bound by `open`. */
  within<R>(parent: Program, open: (program: Program) => R): R {
    const before = this.#program;
    this.#program = { parent, items: [], outside: new Set() };
    try {
      return open(this.#program);
    } finally {
      this.#program = before;
    }
  }

  /** Adds a loop over entries of `scanned`. Returns the last carried values. */
  loop(
    { body, carried, scanned, steps, reverse, stacked }: {
      body: Pick<Body, "inputs" | "outputs"> & { readonly nodes: readonly Node[] };
      carried: readonly Operand[];
      scanned: readonly View[];
      /** C expression of the number of entries. */
      steps: string;
      reverse: boolean;
      /** Where stacked outputs go. */
      stacked: readonly Tensor[];
    },
  ): Tensor[] {
    const id = this.#ids++;
    const outer = this.#program;
    const firsts = carried.map((operand, i) => {
      const first = this.tensor(dtypeOf(operand), sizeOf(body.inputs[i].shape), { changes: true });
      this.copy(operand, whole(first, operand.shape));
      return first;
    });
    const seconds = firsts.map(({ dtype, size }) => this.tensor(dtype, size));
    const finals = firsts.map((first, i) =>
      this.tensor(first.dtype, first.size, { place: `now${id}_${i}`, backing: [first, seconds[i]] })
    );
    const item = this.within(outer, (program) => {
      const nows = firsts.map(({ dtype, size }, i) => this.tensor(dtype, size, { place: `now${id}_${i}` }));
      const nexts = firsts.map(({ dtype, size }, i) => this.tensor(dtype, size, { place: `next${id}_${i}` }));
      nows.forEach((now, i) => this.bind(body.inputs[i], whole(now, body.inputs[i].shape)));
      const entryOf = (tensor: Tensor, value: Value, name: string) => ({
        entry: this.tensor(value.dtype, sizeOf(value.shape), { place: `${name}${id}_${tensor.id}` }),
        whole: tensor,
      });
      const entries = scanned.map(({ tensor }, i) => entryOf(tensor, body.inputs[carried.length + i], "in"));
      entries.forEach(({ entry }, i) => {
        const value = body.inputs[carried.length + i];
        this.bind(value, whole(entry, value.shape));
      });
      this.nodes(body.nodes);
      const outs = stacked.map((tensor, i) => entryOf(tensor, body.outputs[carried.length + i], "out"));
      const targets = [...nexts, ...outs.map(({ entry }) => entry)];
      body.outputs.forEach((value, i) => this.deliver(this.operand(value), targets[i]));
      this.#makeInPlace(program);
      const outside = [...program.outside].map((tensor) => whole(tensor, [tensor.size]));
      return {
        kind: "scan" as const,
        id,
        body: program,
        steps,
        reverse,
        carried: nows.map((now, i): Carried => ({
          now,
          next: nexts[i],
          first: firsts[i],
          second: seconds[i],
          final: finals[i],
        })),
        entries: [...entries, ...outs],
        inputs: [...outside, ...scanned, ...firsts.map((first) => whole(first, [first.size]))],
        outputs: [...stacked, ...seconds, ...finals],
      };
    });
    this.#add(item);
    return finals;
  }

  #scan(node: Node): void {
    const { body, inputs, outputs, attributes } = node;
    const { carried } = body!;
    const length = inputs[carried].shape[0];
    const scanned = inputs.slice(carried).map((input) => {
      const view = this.dense(this.operand(input));
      return view.offset === 0 ? view : whole(this.#whole(view), view.shape);
    });
    const stacked = outputs.slice(carried).map(({ dtype, shape }) => this.tensor(dtype, sizeOf(shape)));
    const finals = this.loop({
      body: { inputs: body!.inputs, outputs: body!.outputs, nodes: body!.graph.nodes },
      carried: inputs.slice(0, carried).map((input) => this.operand(input)),
      scanned,
      steps: `${length}`,
      reverse: attributes.reverse === 1,
      stacked,
    });
    [...finals, ...stacked].forEach((tensor, i) => this.bind(outputs[i], whole(tensor, outputs[i].shape)));
  }

  #whole(view: View): Tensor {
    return this.#copied(view, `start ${view.tensor.id} ${view.offset} ${view.shape}`, view.shape);
  }

  /** Has what is only copied to a part of another tensor made there. */
  #makeInPlace(program: Program): void {
    writeThrough(program);
    const kept = program.items.filter((item) => {
      if (item.kind !== "map" || item.op !== "Copy") return true;
      const [input] = item.inputs, { output } = item;
      if (isSplatOperand(input) || !isWhole(input) || !isContiguous(output)) return true;
      const from = input.tensor, to = output.tensor;
      const isFree = from.owner === program && from.place === undefined && from.inside === undefined &&
        this.#makers.has(from);
      if (!isFree || to.owner !== program || to.changes || from.dtype !== to.dtype) return true;
      from.inside = { tensor: to, offset: output.offset };
      return false;
    });
    program.items.length = 0;
    for (const item of kept) program.items.push(item);
  }

  /** Has an operand end up in a tensor with a place of its own. */
  deliver(operand: Operand, target: Tensor): void {
    const place = target.place!;
    if (!isSplatOperand(operand) && isWhole(operand)) {
      const { tensor } = operand;
      const makers = this.#makers.get(tensor);
      if (tensor.owner === this.#program && tensor.place === undefined && makers !== undefined) {
        tensor.place = place;
        this.delivered.set(target, tensor);
        return;
      }
    }
    this.copy(operand, whole(target, operand.shape));
  }

  /** Tensors that are made in the place of others. */
  readonly delivered = new Map<Tensor, Tensor>();
}

/** A product with ones, by which rows are added up. */
const isOnesTimes = ({ op, inputs: [a, b] }: Node): boolean =>
  op === "MatMul" && isSplat(a) && Number(a.data![0]) === 1 && a.shape.length === 1 && b.shape.length === 2;
