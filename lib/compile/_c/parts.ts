/** Nodes whose result is put together from copies. */
import { type ElementType, type Node, sizeOf, type Value } from "../_graph.ts";
import { broadcast, type Operand, type Tensor, type View, whole } from "./ir.ts";
import { integers } from "./moves.ts";

/** Makes tensors, and copies operands to parts of them. */
export interface Writer {
  tensor(dtype: ElementType, size: number): Tensor;
  operand(value: Value): Operand;
  view(operand: Operand): View;
  copy(operand: Operand, output: View): void;
}

/** Joins inputs along an axis. */
export function concat({ inputs, attributes, outputs: [{ dtype, shape }] }: Node, writer: Writer): View {
  const result = whole(writer.tensor(dtype, sizeOf(shape)), shape);
  const axis = attributes.axis as number;
  let start = 0;
  for (const input of inputs) {
    const operand = writer.operand(input);
    writer.copy(operand, { ...result, shape: operand.shape, offset: start * result.strides[axis] });
    start += operand.shape[axis];
  }
  return result;
}

/** Puts a border of one number around an input. */
export function pad({ inputs: [x, list, fill], outputs: [{ dtype, shape }] }: Node, writer: Writer): View {
  const operand = writer.operand(x), before = integers(list), number = writer.operand(fill);
  const result = whole(writer.tensor(dtype, sizeOf(shape)), shape);
  // The border piece by piece, so that nothing is written twice.
  let inner = { begin: shape.map(() => 0), end: [...shape] };
  const write = ({ begin, end }: typeof inner, operand: Operand) => {
    const lengths = begin.map((from, axis) => end[axis] - from);
    if (sizeOf(lengths) === 0) return;
    const offset = begin.reduce((sum, from, axis) => sum + from * result.strides[axis], 0);
    writer.copy(broadcast(operand, lengths), { ...result, shape: lengths, offset });
  };
  shape.forEach((length, axis) => {
    const from = before[axis], to = from + operand.shape[axis];
    write({ begin: inner.begin, end: inner.end.with(axis, from) }, number);
    write({ begin: inner.begin.with(axis, to), end: inner.end.with(axis, length) }, number);
    inner = { begin: inner.begin.with(axis, from), end: inner.end.with(axis, to) };
  });
  write(inner, operand);
  return result;
}

/** Repeats an input along its axes. */
export function tile({ inputs: [x, list], outputs: [{ dtype, shape }] }: Node, writer: Writer): View {
  const operand = writer.view(writer.operand(x)), repeats = integers(list);
  const lengths = operand.shape.flatMap((length, axis) => [repeats[axis], length]);
  const strides = operand.strides.flatMap((stride) => [0, stride]);
  const result = writer.tensor(dtype, sizeOf(shape));
  writer.copy({ ...operand, shape: lengths, strides }, whole(result, lengths));
  return whole(result, shape);
}
