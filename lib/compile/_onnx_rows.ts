/** Models that take any number of rows, of programs that take a fixed one. */
import type { Traced } from "./_backend.ts";
import { ONNX_TYPE, type Value } from "./_graph.ts";
import {
  attribute,
  encode,
  graphMessage,
  type Message,
  namedPorts,
  PORT_TYPE,
  type ProgramPorts,
  valueInfo,
} from "./_onnx.ts";

/** What happens in float64 to an input `[rows, columns]`, before the program gets it as float32. */
export interface InputScaling {
  /** Is taken away from each column, `[columns]`. */
  readonly mean?: Float64Array;
  /** Each column is divided by it afterwards, `[columns]`. */
  readonly std?: Float64Array;
  /** Larger magnitudes become this one. */
  readonly limit?: number;
}

/** How {@link encodeRows} writes a program. */
export interface RowPorts extends ProgramPorts {
  /** By input: the model takes it as float64. */
  readonly scaling?: Readonly<Record<string, InputScaling>>;
}

/**
 * The model of a program whose inputs and outputs all have a leading axis of rows, none of which depends on
 * another: as many rows as there are, padded to whole blocks of the program's number, block after block in a
 * `Scan`.
 *
 * @throws {TypeError} If an input or output has another leading axis.
 */
export function encodeRows(name: string, traced: Traced, options: RowPorts): Uint8Array {
  const { scaling = {}, metadata } = options;
  const inputs = namedPorts("input", traced.inputs, options.inputs);
  const outputs = namedPorts("output", traced.outputs, options.outputs);
  const block = traced.inputs[0]?.shape[0] ?? 0;
  for (const [port, { shape }] of [...inputs, ...outputs]) {
    if (block >= 1 && shape[0] === block) continue;
    throw new TypeError(
      `Cannot export "${name}" by rows as the leading axis of ${port} must be that of the first input, ` +
        `>= 1: current shape is [${shape}], that of the first input begins with ${block}`,
    );
  }
  const graph = new Parts();
  // Rows that are missing for whole blocks: (block − n mod block) mod block.
  const count = graph.add("Shape", [inputs[0][0]], { start: 0, end: 1 });
  const size = graph.integers([block]);
  const missing = graph.add("Mod", [graph.add("Sub", [size, graph.add("Mod", [count, size])]), size]);
  const blocks = inputs.map(([port, value]) => {
    const taken = port in scaling ? scaled(graph, port, { value, ...scaling[port] }) : port;
    const { shape } = value, none = graph.integers(Array(shape.length).fill(0));
    const rest = graph.integers(Array(shape.length - 1).fill(0));
    const padding = graph.add("Concat", [none, missing, ...shape.length > 1 ? [rest] : []], { axis: 0 });
    const padded = graph.add("Pad", [taken, padding]);
    return graph.add("Reshape", [padded, graph.integers([-1, ...shape])]);
  });
  const body = graphMessage("block", traced.graph.nodes, {
    inputs: inputs.map(([port, value]) => [`block_${port}`, value]),
    outputs: outputs.map(([port, value]) => [`block_${port}`, value]),
  });
  const made = outputs.map(([port]) => `blocks_${port}`);
  graph.nodes.push({
    opType: "Scan",
    name: "blocks",
    input: blocks,
    output: made,
    attribute: [attribute("num_scan_inputs", inputs.length), { name: "body", type: 5, g: body }],
  });
  outputs.forEach(([port, { shape }], i) => {
    const all = graph.add("Reshape", [made[i], graph.integers([-1, ...shape.slice(1)])]);
    graph.add("Slice", [all, graph.integers([0]), count, graph.integers([0])], {}, port);
  });
  const info = ([port, { dtype, shape }]: readonly [string, Value], scaled = false) =>
    valueInfo(port, scaled ? "float64" : dtype, ["rows", ...shape.slice(1)]);
  return encode({
    name,
    node: graph.nodes,
    initializer: graph.initializers,
    input: inputs.map((input) => info(input, input[0] in scaling)),
    output: outputs.map((output) => info(output)),
  }, metadata);
}

/** (x − mean)/std within ± limit, in float64, then as float32. */
function scaled(
  graph: Parts,
  port: string,
  { value: { shape, dtype }, mean, std, limit }: InputScaling & { readonly value: Value },
): string {
  const columns = shape.at(-1)!;
  for (const numbers of [mean, std]) {
    if (dtype === "float32" && (numbers === undefined || numbers.length === columns)) continue;
    throw new TypeError(
      `Cannot scale ${port} as it must be of float32 with a number for each of its ${columns} columns: ` +
        `current value is ${dtype} with ${numbers?.length}`,
    );
  }
  let x = port;
  if (mean !== undefined) x = graph.add("Sub", [x, graph.doubles(mean)]);
  if (std !== undefined) x = graph.add("Div", [x, graph.doubles(std)]);
  if (limit !== undefined) {
    const most = graph.add("Min", [x, graph.doubles(Float64Array.of(limit))]);
    x = graph.add("Max", [most, graph.doubles(Float64Array.of(-limit))]);
  }
  return graph.add("Cast", [x], { to: ONNX_TYPE.float32 });
}

/** Nodes and constants around a program. */
class Parts {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];

  /** Adds a node with one output. @returns its name. */
  add(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, number>> = {},
    output = `rows_${this.nodes.length}`,
  ): string {
    const written = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.nodes.push({ opType, name: output, input, output: [output], attribute: written });
    return output;
  }

  integers(values: readonly number[]): string {
    return this.#constant("int64", BigInt64Array.from(values, BigInt));
  }

  doubles(values: Float64Array): string {
    return this.#constant("float64", values);
  }

  #constant(dtype: "int64" | "float64", data: BigInt64Array | Float64Array): string {
    const name = `constant_${this.initializers.length}`;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, dims: [data.length], dataType: PORT_TYPE[dtype], rawData });
    return name;
  }
}
