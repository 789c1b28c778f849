/** The order of a program's units, and the places of its tensors in memory. */
import { BYTES, STORED } from "./expressions.ts";
import { reads, scheduled, type Unit, unitsOf, updatedInPlace, writes } from "./fuse.ts";
import {
  type CallItem,
  type Carried,
  isSplatOperand,
  isWhole,
  type Item,
  type MapItem,
  type Program,
  type ScanItem,
  type Tensor,
  type View,
} from "./ir.ts";
import type { Lowered } from "./lower.ts";
import { recompute } from "./recompute.ts";

/** Places of tensors are multiples of it, in bytes. */
export const ALIGNMENT = 64;

/** Units of a program in order, with those of the bodies of its loops. */
export interface Plan {
  readonly units: readonly Unit[];
  readonly bodies: ReadonlyMap<ScanItem, Plan>;
}

interface Life {
  first: number;
  last: number;
}

/** The tensor that one is a part of, if it is. */
const outermost = (tensor: Tensor): Tensor =>
  tensor.inside === undefined ? tensor : outermost(tensor.inside.tensor);

/** When what runs, and where each tensor lies. */
export class Planning {
  readonly program: Program;
  readonly plan: Plan;
  /** Items that read a tensor; a loop reads what its body reads of outside. */
  readonly #readers = new Map<Tensor, Set<Item>>();
  readonly #lives = new Map<Tensor, Life>();
  readonly #offsets = new Map<Tensor, number>();
  readonly scratch = new Map<CallItem, Tensor>();
  bytes = 0;

  /** What loops carry and update where it is. */
  readonly inPlace = new Set<Carried>();
  readonly #unneeded = new Set<Tensor>();
  /** Tensors whose memory may be taken over, by who would. */
  readonly #heirs = new Map<Tensor, Tensor[]>();
  readonly #delivered: ReadonlyMap<Tensor, Tensor>;

  constructor({ program, delivered }: Lowered) {
    this.program = program;
    this.#delivered = delivered;
    this.plan = this.#planned(program);
    this.#live(this.plan, { now: 0 });
    this.#place();
  }

  #planned(program: Program, carried: readonly Carried[] = []): Plan {
    const units = unitsOf(program);
    recompute(units);
    for (const item of units.flatMap(({ items }) => items)) {
      for (const tensor of reads(item)) {
        const known = this.#readers.get(tensor);
        if (known === undefined) this.#readers.set(tensor, new Set([item]));
        else known.add(item);
      }
    }
    for (const one of updatedInPlace(units, carried, this.#delivered)) {
      this.inPlace.add(one);
      this.#unneeded.add(one.second);
    }
    const bodies = new Map(
      program.items.flatMap((item) =>
        item.kind === "scan" ? [[item, this.#planned(item.body, item.carried)] as const] : []
      ),
    );
    return { units: scheduled(units), bodies };
  }

  /** Whether what an item writes must be in memory: whoever is not in the same unit reads it there. */
  isStored({ output }: MapItem, unit: Unit): boolean {
    const { tensor } = output;
    if (tensor.place !== undefined || tensor.inside !== undefined || !isWhole(output)) return true;
    return [...this.#readers.get(tensor) ?? []].some((reader) => !unit.items.includes(reader));
  }

  #use(tensor: Tensor, at: number): void {
    if (this.#unneeded.has(tensor)) return;
    for (const backing of tensor.backing ?? []) this.#use(backing, at);
    if (tensor.inside !== undefined) this.#use(tensor.inside.tensor, at);
    if (tensor.place !== undefined || tensor.inside !== undefined) return;
    const life = this.#lives.get(tensor);
    if (life === undefined) this.#lives.set(tensor, { first: at, last: at });
    else life.last = Math.max(life.last, at);
  }

  /** Numbers units and notes from where to where each tensor is needed. */
  #live(plan: Plan, clock: { now: number }): void {
    for (const unit of plan.units) {
      const at = clock.now++;
      for (const item of unit.items) {
        for (const tensor of writes(item)) {
          if (item.kind !== "map" || this.isStored(item, unit)) this.#use(tensor, at);
        }
        for (const tensor of reads(item)) this.#use(tensor, at);
        if (item.kind === "call" && item.scratch !== undefined) {
          const tensor: Tensor = {
            id: -1,
            dtype: "bool",
            size: Math.ceil(item.scratch),
            owner: this.program,
          };
          this.scratch.set(item, tensor);
          this.#use(tensor, at);
        }
        this.#noteHeirs(item, unit, at);
        if (item.kind !== "scan") continue;
        this.#live(plan.bodies.get(item)!, clock);
        const end = clock.now++;
        for (const tensor of [...reads(item), ...writes(item)]) this.#use(tensor, end);
      }
      // What only the unit itself reads has no place.
      for (const item of unit.items) {
        if (item.kind !== "map" || this.isStored(item, unit)) continue;
        this.#lives.delete(item.output.tensor);
      }
    }
  }

  /** Notes whose memory the result of an item may take over: it is read entry by entry, then written. */
  #noteHeirs(item: Item, unit: Unit, at: number): void {
    if (item.kind === "scan" || item.kind === "reduce") return;
    const [to] = writes(item);
    if (item.kind === "map" && !isWhole(item.output)) return;
    const operands = unit.items.flatMap(({ inputs }) => inputs).filter((operand) =>
      !isSplatOperand(operand)
    ) as View[];
    const candidates = item.kind === "call" ? [item.inPlace] : operands.map(({ tensor }) => tensor);
    this.#heirs.set(
      to,
      candidates.filter((from): from is Tensor => {
        if (from === undefined || from.size !== to.size || from.dtype !== to.dtype) {
          return false;
        }
        if (this.#lives.get(from)?.first === at) return false;
        // Nothing else may read the same memory in another order.
        const touching = operands.filter(({ tensor }) => outermost(tensor) === from);
        return touching.every((operand) => operand.tensor === from && isWhole(operand)) &&
          (item.kind === "map" || touching.length === 1);
      }),
    );
  }

  /** Gives each tensor a place: that of one whose life ends, or the lowest that is free all its life. */
  #place(): void {
    const placed: { tensor: Tensor; start: number; end: number; last: number }[] = [];
    const byBirth = [...this.#lives].toSorted(([, a], [, b]) => a.first - b.first);
    for (const [tensor, { first, last }] of byBirth) {
      const bytes = Math.max(ALIGNMENT, Math.ceil(tensor.size * BYTES[tensor.dtype] / ALIGNMENT) * ALIGNMENT);
      for (let i = placed.length - 1; i >= 0; i--) if (placed[i].last < first) placed.splice(i, 1);
      const left = placed.find((other) =>
        other.last === first && this.#heirs.get(tensor)?.includes(other.tensor)
      );
      if (left !== undefined) {
        Object.assign(left, { tensor, last });
        this.#offsets.set(tensor, left.start);
        continue;
      }
      placed.sort((a, b) => a.start - b.start);
      let start = 0;
      for (const other of placed) {
        if (other.start - start >= bytes) break;
        start = Math.max(start, other.end);
      }
      placed.push({ tensor, start, end: start + bytes, last });
      this.#offsets.set(tensor, start);
      this.bytes = Math.max(this.bytes, start + bytes);
    }
  }

  /** A C expression for a tensor's first element. */
  readonly pointer = (tensor: Tensor): string => {
    if (tensor.inside !== undefined) {
      return `(${this.pointer(tensor.inside.tensor)} + ${tensor.inside.offset}L)`;
    }
    if (tensor.place !== undefined) return `((${STORED[tensor.dtype]} *)${tensor.place})`;
    const offset = this.#offsets.get(tensor);
    if (offset === undefined) throw new Error(`tensor ${tensor.id} has no place`);
    return `((${STORED[tensor.dtype]} *)(memory + ${offset}L))`;
  };
}
