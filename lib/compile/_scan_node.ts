/** `Scan` nodes: making them, and letting a later scan use what an earlier one has computed. */
import { type Body, type Graph, liveNodes, type Node, operands, type Value } from "./_graph.ts";

/** What {@link scanNode} makes a node of. */
export interface ScanParts {
  readonly body: Body;
  readonly carried: readonly Value[];
  /** At least one, with a leading axis of `steps`. */
  readonly scanned: readonly Value[];
  readonly steps: number;
  readonly reverse: boolean;
}

/** Adds a `Scan` to a graph; returns the last carried values, then the stacked outputs. */
export function scanNode(
  graph: Graph,
  { body, carried, scanned, steps, reverse }: ScanParts,
): readonly Value[] {
  const node: Node = {
    op: "Scan",
    inputs: [...carried, ...scanned],
    attributes: { reverse: reverse ? 1 : 0 },
    outputs: [],
    body,
  };
  const makers = new Set(scanned.map(({ node }) => node));
  for (const producer of graph.nodes.filter((other) => other.body !== undefined && makers.has(other))) {
    shareWork(graph, { producer, node, steps });
  }
  const types = body.outputs.map(({ dtype, shape }, i) => ({
    dtype,
    shape: i < body.carried ? shape : [steps, ...shape],
  }));
  return graph.add(node, types);
}

/** Operators that are cheaper to repeat than to read their result from memory. */
const CHEAP = new Set(
  ["Add", "Sub", "Mul", "Neg", "Cast", "Concat", "Expand", "Gather", "Identity", "Reshape", "Slice", "Split"]
    .concat([
      "Squeeze",
      "Transpose",
      "Unsqueeze",
      "Where",
      "Greater",
      "GreaterOrEqual",
      "Less",
      "Equal",
      "Not",
    ]),
);

/**
 * Takes out of a scan's body what another scan can compute in the same entry, and reads it from there.
 *
 * The gradient of a scan repeats its body, given the carried value before every step. What depends on nothing
 * else becomes an output of the forward scan instead: so the forward pass runs once.
 */
function shareWork(
  graph: Graph,
  { producer, node, steps }: { producer: Node; node: Node; steps: number },
): void {
  const from = producer.body!, to = node.body!;
  const twins = knownTwins(producer, node);
  // What surrounds both bodies and was there before the producer.
  const limit = producer.outputs[0].id;
  const shared = ({ data, level = 0, id }: Value) =>
    data !== undefined || level < graph.level || (level === graph.level && id < limit);

  const live = liveNodes(to.graph.nodes, to.outputs);
  const movable = new Set<Value>(), worthwhile = new Set<Value>();
  const kept: Node[] = [];
  for (const item of live) {
    const known = item.body === undefined &&
      item.inputs.every((value) => twins.has(value) || movable.has(value) || shared(value));
    if (!known) {
      kept.push(item);
      continue;
    }
    const heavy = !CHEAP.has(item.op) || item.inputs.some((value) => worthwhile.has(value));
    for (const value of item.outputs) {
      movable.add(value);
      if (heavy) worthwhile.add(value);
    }
  }

  const twin = (value: Value): Value => {
    const known = twins.get(value);
    if (known !== undefined || !movable.has(value)) return known ?? value;
    const { op, inputs, attributes, outputs } = value.node!;
    const made = from.graph.multiNode(op, inputs.map(twin), attributes, outputs);
    outputs.forEach((output, i) => twins.set(output, made[i]));
    return twins.get(value)!;
  };
  const frontier = new Set([...kept.flatMap(operands), ...to.outputs]);
  for (const value of frontier) {
    if (!worthwhile.has(value)) continue;
    const made = twin(value);
    const entry = to.graph.input(value);
    twins.set(entry, made);
    to.inputs = [...to.inputs, entry];
    node.inputs = [...node.inputs, stackedOutput(graph, { producer, value: made, steps })];
    replace(to, value, entry);
  }
}

/** Entries of scanned inputs that two scans both have, or that the first makes. */
function knownTwins(producer: Node, node: Node): Map<Value, Value> {
  const from = producer.body!, to = node.body!;
  const twins = new Map<Value, Value>();
  node.inputs.forEach((value, i) => {
    if (i < to.carried) return;
    const made = producer.outputs.indexOf(value, from.carried);
    const read = producer.inputs.indexOf(value, from.carried);
    const twin = made >= 0 ? from.outputs[made] : read >= 0 ? from.inputs[read] : undefined;
    if (twin?.level === from.graph.level) twins.set(to.inputs[i], twin);
  });
  return twins;
}

/** The stacked output of a scan for a value of its body. */
function stackedOutput(
  graph: Graph,
  { producer, value, steps }: { producer: Node; value: Value; steps: number },
): Value {
  const body = producer.body!;
  const known = body.outputs.indexOf(value, body.carried);
  if (known >= 0) return producer.outputs[known];
  body.outputs = [...body.outputs, value];
  return graph.extend(producer, { dtype: value.dtype, shape: [steps, ...value.shape] });
}

/** Puts one value in place of another in a body and the bodies within. */
function replace(body: Body, old: Value, by: Value): void {
  const swap = (values: readonly Value[]) =>
    values.includes(old) ? values.map((value) => value === old ? by : value) : values;
  for (const node of body.graph.nodes) {
    node.inputs = swap(node.inputs);
    if (node.body !== undefined) replace(node.body, old, by);
  }
  body.outputs = swap(body.outputs);
}

/** Drops the outputs of a scan that nobody reads, with the carried values and inputs that only they need. */
export function pruneScan(node: Node, needed: ReadonlySet<Value>): void {
  const body = node.body!;
  const { carried, inputs, outputs } = body;
  const wanted = new Set(node.outputs.map((_, i) => i).filter((i) => needed.has(node.outputs[i])));
  let used = new Set<Value>();
  for (let before = -1; before < wanted.size;) {
    before = wanted.size;
    const results = outputs.filter((_, i) => wanted.has(i));
    used = new Set([...liveNodes(body.graph.nodes, results).flatMap(operands), ...results]);
    for (let i = 0; i < carried; i++) if (used.has(inputs[i])) wanted.add(i);
  }
  // A scan needs something to scan, and what it carries it must also get.
  const scanned = inputs.map((_, i) => i).filter((i) => i >= carried);
  const read = scanned.filter((i) => used.has(inputs[i]));
  const kept = read.length > 0 ? read : scanned.slice(0, 1);
  const keepsInput = (_: Value, i: number) => i < carried ? wanted.has(i) : kept.includes(i);
  const keepsOutput = (_: Value, i: number) => wanted.has(i);
  node.inputs = node.inputs.filter(keepsInput);
  node.outputs = node.outputs.filter(keepsOutput);
  body.inputs = inputs.filter(keepsInput);
  body.outputs = outputs.filter(keepsOutput);
  body.carried = [...wanted].filter((i) => i < carried).length;
}
