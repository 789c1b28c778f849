/** Writes graphs as ONNX models (protobuf). */
import protobuf from "protobufjs";
import {
  type Attribute,
  type ElementType,
  isSplat,
  type Node,
  ONNX_TYPE,
  OPSET,
  sizeOf,
  type Value,
} from "./_graph.ts";
import type { Traced } from "./_backend.ts";

/** IR version 8 goes with opset 18. */
const IR_VERSION = 8;

const field = (type: string, id: number, rule?: "repeated") => ({ type, id, ...(rule && { rule }) });

/** The messages of `onnx.proto` as far as they are used here, with their field numbers. */
const SCHEMA = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field("int64", 1),
        producerName: field("string", 2),
        graph: field("Graph", 7),
        opsetImport: field("OperatorSet", 8, "repeated"),
        metadataProps: field("Entry", 14, "repeated"),
      },
    },
    Entry: { fields: { key: field("string", 1), value: field("string", 2) } },
    OperatorSet: { fields: { domain: field("string", 1), version: field("int64", 2) } },
    Graph: {
      fields: {
        node: field("Node", 1, "repeated"),
        name: field("string", 2),
        initializer: field("Tensor", 5, "repeated"),
        input: field("ValueInfo", 11, "repeated"),
        output: field("ValueInfo", 12, "repeated"),
      },
    },
    Node: {
      fields: {
        input: field("string", 1, "repeated"),
        output: field("string", 2, "repeated"),
        name: field("string", 3),
        opType: field("string", 4),
        attribute: field("Attribute", 5, "repeated"),
      },
    },
    Attribute: {
      fields: {
        name: field("string", 1),
        f: field("float", 2),
        i: field("int64", 3),
        s: field("bytes", 4),
        g: field("Graph", 6),
        ints: field("int64", 8, "repeated"),
        type: field("int32", 20),
      },
    },
    Tensor: {
      fields: {
        dims: field("int64", 1, "repeated"),
        dataType: field("int32", 2),
        name: field("string", 8),
        rawData: field("bytes", 9),
      },
    },
    ValueInfo: { fields: { name: field("string", 1), type: field("Type", 2) } },
    Type: { fields: { tensorType: field("TensorType", 1) } },
    TensorType: { fields: { elemType: field("int32", 1), shape: field("Shape", 2) } },
    Shape: { fields: { dim: field("Dimension", 1, "repeated") } },
    Dimension: { fields: { dimValue: field("int64", 1), dimParam: field("string", 2) } },
  },
});

export type Message = Readonly<Record<string, unknown>>;

/** A length, or the name of a length known only when the model runs. */
type Dimension = number | string;

/** Element types of a model's ports; `float64` is for what is around a program. */
type PortType = ElementType | "float64";

export const PORT_TYPE: Readonly<Record<PortType, number>> = { ...ONNX_TYPE, float64: 11 };

export function valueInfo(name: string, dtype: PortType, shape: readonly Dimension[]): Message {
  const dim = shape.map((length) => typeof length === "string" ? { dimParam: length } : { dimValue: length });
  return { name, type: { tensorType: { elemType: PORT_TYPE[dtype], shape: { dim } } } };
}

/** `AttributeProto.AttributeType`: FLOAT 1, INT 2, STRING 3, GRAPH 5, INTS 7. */
export function attribute(name: string, value: Attribute): Message {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  if (value instanceof Array) return { name, type: 7, ints: value };
  return { name, type: 1, f: (value as { float: number }).float };
}

function initializer(name: string, value: Value): Message {
  const { dtype, shape, data } = value as Required<Value>;
  const size = sizeOf(shape);
  const all = isSplat(value) && size !== 1
    ? new (data.constructor as Float32ArrayConstructor)(size).fill((data as Float32Array)[0])
    : data;
  const rawData = new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
  return { name, dims: shape, dataType: ONNX_TYPE[dtype], rawData };
}

/** Names under which a graph's inputs and outputs are known outside. */
export interface Ports {
  readonly inputs: readonly (readonly [name: string, value: Value])[];
  readonly outputs: readonly (readonly [name: string, value: Value])[];
  /** Values that an enclosing graph holds under these names. */
  readonly captured?: readonly (readonly [name: string, value: Value])[];
  /** Names what is not made in this graph; absent on the outermost. */
  readonly outside?: (value: Value) => string;
}

export function graphMessage(name: string, nodes: readonly Node[], ports: Ports): Message {
  const { inputs, outputs, captured = [], outside } = ports;
  const own = new Set(nodes.flatMap((item) => item.outputs));
  const names = new Map<Value, string>();
  for (const [portName, value] of [...inputs, ...captured]) names.set(value, portName);
  const copies: Message[] = [];
  for (const [portName, value] of outputs) {
    // An output that is an input, a constant or another output needs a node of its own.
    if (!own.has(value) || names.has(value)) {
      copies.push({ opType: "Identity", name: portName, input: [value], output: [portName] });
    } else names.set(value, portName);
  }
  const initializers: Message[] = [];
  const nameOf = (value: Value): string => {
    let known = names.get(value);
    if (known === undefined) {
      if (outside !== undefined && !own.has(value)) return outside(value);
      names.set(value, known = `v${value.id}`);
      if (value.data !== undefined) initializers.push(initializer(known, value));
    }
    return known;
  };
  const node = nodes.map((item, i) => ({
    opType: item.op,
    name: `${item.op}_${i}`,
    input: item.inputs.map(nameOf),
    output: item.outputs.map(nameOf),
    attribute: item.body === undefined
      ? Object.entries(item.attributes).map(([key, value]) => attribute(key, value))
      : scanAttributes(item, nameOf),
  }));
  const identity = copies.map((copy) => ({ ...copy, input: (copy.input as Value[]).map(nameOf) }));
  const port = ([portName, { dtype, shape }]: readonly [string, Value]) => valueInfo(portName, dtype, shape);
  return {
    name,
    node: [...node, ...identity],
    initializer: initializers,
    input: inputs.map(port),
    output: outputs.map(port),
  };
}

/** The attributes of a `Scan` node whose body is a graph. */
function scanAttributes({ attributes, body, outputs }: Node, outside: (value: Value) => string): Message[] {
  const { graph, carried, inputs } = body!;
  const id = outputs[0].id;
  const direction = attributes.reverse as number;
  const directions = (count: number) => new Array<number>(count).fill(direction);
  const message = graphMessage(`body${id}`, graph.nodes, {
    inputs: inputs.map((value) => [`v${value.id}`, value] as const),
    outputs: body!.outputs.map((value, i) => [`v${id}_${i}`, value] as const),
    outside,
  });
  return [
    attribute("num_scan_inputs", inputs.length - carried),
    attribute("scan_input_directions", directions(inputs.length - carried)),
    attribute("scan_output_directions", directions(outputs.length - carried)),
    { name: "body", type: 5, g: message },
  ];
}

/** The bytes of a model; `metadata` is for whoever reads the file. */
export function encode(graph: Message, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const type = SCHEMA.lookupType("Model");
  const model = {
    irVersion: IR_VERSION,
    producerName: "refigure",
    graph,
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
  return type.encode(type.create(model)).finish();
}

/** What a model's metadata says. @throws {Error} If these bytes are no model. */
export function decodeMetadata(model: Uint8Array): Record<string, string> {
  const { metadataProps } = SCHEMA.lookupType("Model").decode(model) as unknown as {
    readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  };
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
}

const named = (prefix: string, values: readonly Value[]) =>
  values.map((value, i) => [`${prefix}${i}`, value] as const);

/** How a program's model is called from outside. */
export interface ProgramPorts {
  /** Names of the inputs. @default `input0`… */
  readonly inputs?: readonly string[];
  /** Names of the outputs. @default `output0`… */
  readonly outputs?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Values with their names, or with numbered ones. */
export function namedPorts(
  prefix: "input" | "output",
  values: readonly Value[],
  names?: readonly string[],
): (readonly [name: string, value: Value])[] {
  if (names === undefined) return named(prefix, values);
  const different = new Set(names).size === names.length && names.every((name) => /^[a-z]\w*$/i.test(name));
  if (names.length !== values.length || !different) {
    throw new RangeError(
      `Cannot name ${prefix}s as there must be ${values.length} different names of letters, digits and "_": ` +
        `current value is ${names.join(", ")}`,
    );
  }
  return values.map((value, i) => [names[i], value] as const);
}

/** The model of a program. */
export function encodeProgram(
  name: string,
  { graph, inputs, outputs }: Traced,
  options: ProgramPorts = {},
): Uint8Array {
  const ports = {
    inputs: namedPorts("input", inputs, options.inputs),
    outputs: namedPorts("output", outputs, options.outputs),
  };
  return encode(graphMessage(name, graph.nodes, ports), options.metadata);
}

/** How the inputs and outputs of a traced step divide: state leaves come first in both. */
export interface LoopPorts {
  readonly stateLeaves: number;
}

/**
 * The model of a loop: the traced step is the body of a `Scan` over the leading axis of the batches.
 *
 * Inputs `state0`…, `batch0`…; outputs `next0`… (only for leaves that the step changes, see
 * {@link changedState}) and `metric0`….
 */
export function encodeLoop(name: string, traced: Traced, { stateLeaves }: LoopPorts): Uint8Array {
  const { graph, inputs, outputs } = traced;
  const state = named("state", inputs.slice(0, stateLeaves));
  const batch = named("batch", inputs.slice(stateLeaves));
  const next = named("next", outputs.slice(0, stateLeaves));
  const metrics = named("metric", outputs.slice(stateLeaves));
  const changed = changedState(traced, { stateLeaves });
  const body = graphMessage("step", graph.nodes, {
    inputs: [
      ...changed.map((i) => [`body_state${i}`, state[i][1]] as const),
      ...batch.map(([port, value]) => [`body_${port}`, value] as const),
    ],
    outputs: [...changed.map((i) => next[i]), ...metrics].map(([port, value]) =>
      [`body_${port}`, value] as const
    ),
    // What the step leaves as it is need not be carried.
    captured: state.filter((_, i) => !changed.includes(i)),
  });
  const scan = {
    opType: "Scan",
    name: "loop",
    input: [...changed.map((i) => state[i][0]), ...batch.map(([port]) => port)],
    output: [...changed.map((i) => next[i][0]), ...metrics.map(([port]) => port)],
    attribute: [attribute("num_scan_inputs", batch.length), { name: "body", type: 5, g: body }],
  };
  const stacked = ([port, { dtype, shape }]: readonly [string, Value]) =>
    valueInfo(port, dtype, ["steps", ...shape]);
  const single = ([port, { dtype, shape }]: readonly [string, Value]) => valueInfo(port, dtype, shape);
  return encode({
    name,
    node: [scan],
    input: [...state.map(single), ...batch.map(stacked)],
    output: [...changed.map((i) => single(next[i])), ...metrics.map(stacked)],
  });
}

/** Indices of the state leaves that a step changes. */
export function changedState({ inputs, outputs }: Traced, { stateLeaves }: LoopPorts): number[] {
  return inputs.slice(0, stateLeaves).map((_, i) => i).filter((i) => inputs[i] !== outputs[i]);
}
