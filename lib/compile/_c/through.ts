/** Parts of an array that is only copied to a part of another are written there. */
import { reads, writes } from "./fuse.ts";
import {
  isContiguous,
  isSplatOperand,
  isWhole,
  type Item,
  type MapItem,
  type Program,
  rowMajor,
  type Tensor,
  type View,
} from "./ir.ts";

/** Where what goes to a part of an array lies if that array goes to another, where strides can say so. */
function through(part: View, shape: readonly number[], target: View): View | undefined {
  const dense = rowMajor(shape);
  let rest = part.offset, offset = target.offset;
  const reach = dense.map((step, axis) => {
    const first = Math.floor(rest / step);
    rest %= step;
    offset += first * target.strides[axis];
    return first;
  });
  const strides = part.shape.map((length, k) => {
    if (length === 1) return 0;
    const step = part.strides[k];
    const axis = dense.findIndex((own, axis) => shape[axis] > 1 && step >= own && step % own === 0);
    if (axis < 0) return undefined;
    reach[axis] += step / dense[axis] * (length - 1);
    return step / dense[axis] * target.strides[axis];
  });
  if (strides.includes(undefined) || reach.some((last, axis) => last >= shape[axis])) return undefined;
  return { tensor: target.tensor, offset, shape: part.shape, strides: strides as number[] };
}

/**
 * Has element-wise results that are put together to an array, which is then only copied to a part of another,
 * written there at once (as where an image is put together from its columns, then its rows).
 */
export function writeThrough(program: Program): void {
  const makers = new Map<Tensor, Item[]>(), readers = new Map<Tensor, Item[]>();
  const note = (map: Map<Tensor, Item[]>, tensor: Tensor, item: Item) =>
    map.set(tensor, [...map.get(tensor) ?? [], item]);
  for (const item of program.items) {
    for (const tensor of writes(item)) note(makers, tensor, item);
    for (const tensor of reads(item)) note(readers, tensor, item);
  }
  const replaced = new Map<Item, Item | undefined>();
  const current = (item: Item): Item => replaced.get(item) ?? item;
  for (const copy of program.items) {
    if (copy.kind !== "map" || copy.op !== "Copy" || isContiguous(copy.output)) continue;
    const [input] = copy.inputs, to = copy.output.tensor;
    if (isSplatOperand(input) || !isWhole(input) || to.owner !== program || to.changes) continue;
    const from = input.tensor, own = makers.get(from) ?? [];
    const isFree = from.owner === program && from.place === undefined && from.inside === undefined &&
      from.dtype === to.dtype && readers.get(from)?.length === 1;
    if (!isFree || own.length === 0 || own.some(({ kind }) => kind !== "map")) continue;
    const outputs = own.map((item) => through((current(item) as MapItem).output, input.shape, copy.output));
    if (outputs.includes(undefined)) continue;
    own.forEach((item, i) => {
      replaced.set(item, { ...current(item) as MapItem, output: outputs[i]! });
      note(makers, to, item);
    });
    replaced.set(copy, undefined);
    makers.set(to, makers.get(to)!.filter((item) => item !== copy));
  }
  const items = program.items.flatMap((item) => replaced.has(item) ? replaced.get(item) ?? [] : [item]);
  program.items.length = 0;
  for (const item of items) program.items.push(item);
}
