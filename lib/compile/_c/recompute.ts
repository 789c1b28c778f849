/** What a loop works out once more, from what it reads anyway, instead of having it in memory. */
import { sizeOf } from "../_graph.ts";
import { isElementwise, isPointwise, MOST_ITEMS, reads, type Unit } from "./fuse.ts";
import { isSplatOperand, isWhole, type MapItem, type Operand, refinement, type Tensor } from "./ir.ts";

/** Operations that take less time than to write their result to memory and to read it there. */
const CHEAP =
  /^(Copy|Add|Sub|Mul|Div|Sum|Neg|Abs|Max|Min|Relu|HardSigmoid|Cast|Not|And|Or|Equal|Less|Greater|LessOrEqual|GreaterOrEqual|Where)$/;
/** At most so many of them for one tensor. */
const MOST_STEPS = 8;
/** Tensors of fewer elements stay in the cache until they are read. */
const LARGE = 65_536;
/** What has so many times fewer elements costs nothing to read. */
const FEWER = 8;

/**
 * Has loops work out again what others of a program make, where all loops that read it can do so from tensors
 * that they read themselves: nobody writes it then. (The step of ReLU behind a normalization, for one, is
 * found from what was normalized.)
 */
export function recompute(units: readonly Unit[]): void {
  const makers = new Map<Tensor, { items: number; item: MapItem; unit: Unit }>();
  const readers = new Map<Tensor, Set<Unit>>();
  for (const unit of units) {
    for (const item of unit.items) {
      for (const tensor of reads(item)) readers.set(tensor, (readers.get(tensor) ?? new Set()).add(unit));
      if (item.kind !== "map") continue;
      const { tensor } = item.output;
      makers.set(tensor, { items: (makers.get(tensor)?.items ?? 0) + 1, item, unit });
    }
  }
  /** The item that makes a tensor all by itself. */
  const madeBy = (tensor: Tensor) => {
    const maker = makers.get(tensor);
    const isOne = maker?.items === 1 && tensor.place === undefined && tensor.inside === undefined &&
      isWhole(maker.item.output) && CHEAP.test(maker.item.op);
    return isOne ? maker : undefined;
  };
  const readsPointwise = (unit: Unit, tensor: Tensor): boolean =>
    makers.get(tensor)?.unit !== unit &&
    unit.items.some((item) =>
      isElementwise(item) &&
      item.inputs.some((view) => !isSplatOperand(view) && view.tensor === tensor && isPointwise(view, item))
    );

  /** The items that make a tensor of what a loop has, in order; `undefined` where there are none. */
  const stepsIn = (unit: Unit, tensor: Tensor, found: MapItem[] = []): MapItem[] | undefined => {
    const maker = madeBy(tensor);
    if (maker === undefined || maker.unit === unit || found.length >= MOST_STEPS) return undefined;
    const { item } = maker;
    for (const operand of item.inputs) {
      if (isSplatOperand(operand) || operand.tensor.size * FEWER <= sizeOf(item.shape)) continue;
      if (!isPointwise(operand, item)) return undefined;
      if (found.some(({ output }) => output.tensor === operand.tensor)) continue;
      if (readsPointwise(unit, operand.tensor)) continue;
      if (stepsIn(unit, operand.tensor, found) === undefined) return undefined;
    }
    found.push(item);
    return found.length <= MOST_STEPS ? found : undefined;
  };

  /** Puts steps before a loop's items, with tensors of their own. */
  const insert = (unit: Unit, steps: readonly MapItem[]): void => {
    const own = new Map(steps.map(({ output: { tensor } }) => [tensor, { ...tensor }]));
    const renamed = <Item extends { readonly inputs: readonly Operand[] }>(item: Item): Item => ({
      ...item,
      inputs: item.inputs.map((operand) =>
        isSplatOperand(operand) || !own.has(operand.tensor)
          ? operand
          : { ...operand, tensor: own.get(operand.tensor)! }
      ),
    });
    const clones = steps.map((item) => {
      const clone = renamed(item), tensor = own.get(item.output.tensor)!;
      return { ...clone, output: { ...clone.output, tensor } };
    });
    unit.items = [...clones, ...unit.items.map(renamed)];
    for (const item of clones) {
      makers.set(item.output.tensor, { items: 1, item, unit });
      for (const tensor of reads(item)) readers.set(tensor, (readers.get(tensor) ?? new Set()).add(unit));
    }
    for (const tensor of own.keys()) readers.get(tensor)?.delete(unit);
  };

  for (const unit of units) {
    for (const { output: { tensor }, kind } of unit.items.filter(isElementwise).toReversed()) {
      if (kind !== "map" || tensor.size < LARGE || madeBy(tensor) === undefined) continue;
      const others = [...readers.get(tensor) ?? []].filter((other) => other !== unit);
      const steps = others.map((other) => {
        const items = other.items;
        if (!items.every(isElementwise)) return undefined;
        const isRead = items.every((item) =>
          item.inputs.every((view) =>
            isSplatOperand(view) || view.tensor !== tensor || isPointwise(view, item)
          )
        );
        const found = isRead ? stepsIn(other, tensor) : undefined;
        if (found === undefined || items.length + found.length > MOST_ITEMS) return undefined;
        const shapes = [...items, ...found].map((item) => item.shape);
        return refinement(shapes) === undefined ? undefined : found;
      });
      if (steps.includes(undefined)) continue;
      others.forEach((other, i) => insert(other, steps[i]!));
    }
  }
}
