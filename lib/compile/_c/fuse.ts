/** Which items run in one loop, and in which order. */
import {
  type Carried,
  isSplatOperand,
  isWhole,
  type Item,
  type MapItem,
  type Program,
  type ReduceItem,
  refinement,
  type Tensor,
  type View,
} from "./ir.ts";
import { sizeOf } from "../_graph.ts";

/** Items that run together: element by element in one loop, or one item with code of its own. */
export interface Unit {
  items: Item[];
  /** Units that must run before. */
  before: Set<Unit>;
  readonly first: number;
}

/** More items than this in a loop only keep the C compiler busy. */
export const MOST_ITEMS = 64;

export type Elementwise = MapItem | ReduceItem;
export const isElementwise = (item: Item): item is Elementwise =>
  item.kind === "map" || item.kind === "reduce";

export const writes = (item: Item): readonly Tensor[] =>
  isElementwise(item) ? [item.output.tensor] : item.outputs;

/** A tensor, and those that it is a part of. */
function withOuter(tensor: Tensor): Tensor[] {
  return tensor.inside === undefined ? [tensor] : [tensor, ...withOuter(tensor.inside.tensor)];
}

/** Tensors that an item reads. */
export const reads = (item: Item): Tensor[] =>
  item.inputs.flatMap((operand) => isSplatOperand(operand) ? [] : [operand.tensor]);

/** Whether an item of a loop over `shape` reads a whole tensor of the same size, entry by entry. */
export const isPointwise = (view: View, { shape }: Elementwise): boolean =>
  isWhole(view) && sizeOf(shape) === view.tensor.size;

/** Operations of one tensor that cost less than to keep their result in memory. */
const CHEAP =
  /^(Add|Sub|Mul|Div|Neg|Abs|Relu|HardSigmoid|Cast|Not|Equal|Less|Greater|LessOrEqual|GreaterOrEqual)$/;
const isCheap = (item: Elementwise): boolean =>
  item.kind === "map" && CHEAP.test(item.op) && new Set(reads(item)).size === 1;

/** Whether `to` must run before `from`, by way of others than the edge between them. */
function reaches(from: Unit, to: Unit): boolean {
  const seen = new Set<Unit>();
  const pending = [...from.before].filter((unit) => unit !== to);
  while (pending.length > 0) {
    const unit = pending.pop()!;
    if (unit === to) return true;
    if (seen.has(unit)) continue;
    seen.add(unit);
    pending.push(...unit.before);
  }
  return false;
}

/**
 * Lets a loop's body write what it carries over what it was, where everything else that reads the old value
 * can run before. Returns those for which it can.
 */
export function updatedInPlace(
  units: readonly Unit[],
  carried: readonly Carried[],
  delivered: ReadonlyMap<Tensor, Tensor>,
): Set<Carried> {
  const found = new Set<Carried>();
  for (const one of carried) {
    const target = delivered.get(one.next) ?? one.next;
    const writers = units.filter(({ items }) => items.some((item) => writes(item).includes(target)));
    const readers = units.filter(({ items }) => items.some((item) => reads(item).includes(one.now)));
    const [writer] = writers;
    if (writers.length !== 1 || !isElementwise(writer.items[0])) continue;
    const own = writer.items as Elementwise[];
    const maker = own.filter((item) => item.output.tensor === target);
    if (maker.length !== 1 || maker[0].kind !== "map" || !isWhole(maker[0].output)) continue;
    const entryByEntry = own.every((item) =>
      item.inputs.every((operand) =>
        isSplatOperand(operand) || operand.tensor !== one.now || isPointwise(operand, item)
      )
    );
    const others = readers.filter((unit) => unit !== writer);
    if (!entryByEntry || others.some((unit) => unit.before.has(writer) || reaches(unit, writer))) continue;
    for (const unit of others) writer.before.add(unit);
    target.place = one.next.place = one.now.place;
    found.add(one);
  }
  return found;
}

/** Puts items together where they run over the same entries. */
export function unitsOf(program: Program): Unit[] {
  const unitOf = new Map<Item, Unit>();
  const makers = new Map<Tensor, Item[]>();
  const units = new Set<Unit>();

  /** Whether all that an item reads of a unit it reads entry by entry, as it was just computed. */
  const readsInLoop = (item: Elementwise, unit: Unit): boolean =>
    item.inputs.every((operand) => {
      if (isSplatOperand(operand)) return true;
      const own = (makers.get(operand.tensor) ?? []).filter((maker) => unitOf.get(maker) === unit);
      return own.length === 0 ||
        (own.length === 1 && own[0].kind === "map" && own[0].output.tensor === operand.tensor &&
          isWhole(own[0].output) && isPointwise(operand, item) && makers.get(operand.tensor)!.length === 1);
    });

  const canMerge = (unit: Unit, other: Unit): boolean => {
    if (unit === other || unit.items.length + other.items.length > MOST_ITEMS) return false;
    const [a, b] = [unit.items[0], other.items[0]];
    if (!isElementwise(a) || !isElementwise(b) || sizeOf(a.shape) !== sizeOf(b.shape)) return false;
    const shapes = [...unit.items, ...other.items].map((item) => (item as Elementwise).shape);
    if (refinement(shapes) === undefined) return false;
    return unit.items.every((item) => readsInLoop(item as Elementwise, other)) &&
      !reaches(unit, other) && !reaches(other, unit);
  };

  const merge = (unit: Unit, other: Unit): Unit => {
    const [early, late] = unit.first < other.first ? [unit, other] : [other, unit];
    early.items = [...early.items, ...late.items].toSorted((a, b) => order.get(a)! - order.get(b)!);
    for (const item of late.items) unitOf.set(item, early);
    for (const needed of late.before) early.before.add(needed);
    early.before.delete(early);
    early.before.delete(late);
    units.delete(late);
    for (const rest of units) {
      if (rest.before.delete(late)) rest.before.add(early);
    }
    early.before.delete(early);
    return early;
  };

  /** The items whose results one reads entry by entry, the last first. */
  const sourcesOf = (item: Elementwise): Item[] =>
    item.inputs.flatMap((operand) =>
      isSplatOperand(operand) || !isPointwise(operand, item) ? [] : makers.get(operand.tensor) ?? []
    ).toReversed();

  /** Joins a unit with those whose results it reads entry by entry, where it can. */
  const joinSources = (start: Unit, item: Elementwise): void => {
    let unit = start;
    const pending = sourcesOf(item);
    for (const source of pending) {
      const other = unitOf.get(source)!;
      if (!canMerge(unit, other)) continue;
      // One that has waited brings what it reads itself.
      if (other.items.length === 1 && isElementwise(source) && isCheap(source)) {
        pending.push(...sourcesOf(source));
      }
      unit = merge(unit, other);
    }
  };

  const order = new Map(program.items.map((item, i) => [item, i]));
  program.items.forEach((item, i) => {
    const sources = reads(item).flatMap((tensor) => makers.get(tensor) ?? []);
    const unit: Unit = {
      items: [item],
      before: new Set(sources.map((source) => unitOf.get(source)!)),
      first: i,
    };
    units.add(unit);
    unitOf.set(item, unit);
    for (const tensor of writes(item).flatMap(withOuter)) {
      makers.set(tensor, [...makers.get(tensor) ?? [], item]);
    }
    // What costs nothing waits for who reads it.
    if (isElementwise(item) && !isCheap(item)) joinSources(unit, item);
  });
  for (const unit of [...units]) {
    const [item] = unit.items;
    if (units.has(unit) && unit.items.length === 1 && isElementwise(item) && isCheap(item)) {
      joinSources(unit, item);
    }
  }
  return [...units];
}

/** Units in an order in which they can run, close to that of their items. */
export function scheduled(units: readonly Unit[]): Unit[] {
  const waiting = new Map(units.map((unit) => [unit, unit.before.size]));
  const after = new Map<Unit, Unit[]>();
  for (const unit of units) {
    for (const needed of unit.before) after.set(needed, [...after.get(needed) ?? [], unit]);
  }
  const last = (unit: Unit) => unit.first;
  const ready = units.filter((unit) => waiting.get(unit) === 0);
  const result: Unit[] = [];
  while (ready.length > 0) {
    let best = 0;
    for (let i = 1; i < ready.length; i++) if (last(ready[i]) < last(ready[best])) best = i;
    const [unit] = ready.splice(best, 1);
    result.push(unit);
    for (const next of after.get(unit) ?? []) {
      const left = waiting.get(next)! - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (result.length !== units.length) throw new Error("units wait for each other");
  return result;
}
