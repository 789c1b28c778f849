/** Writes a program as C. */
import convolution from "./convolution.h" with { type: "text" };
import windows from "./windows.h" with { type: "text" };
import { expression, HELD, literal, REDUCTIONS, STORED } from "./expressions.ts";
import { isElementwise, reads, type Unit } from "./fuse.ts";
import {
  type CallItem,
  collapse,
  dtypeOf,
  isSplatOperand,
  isWhole,
  type MapItem,
  type Operand,
  type ReduceItem,
  refined,
  refinement,
  type ScanItem,
  type Tensor,
  type View,
} from "./ir.ts";
import type { Lowered } from "./lower.ts";
import { type Plan, Planning } from "./plan.ts";
import { spreadLines, spreadOut } from "./spread.ts";

/** C code and what it needs. */
export interface Emitted {
  readonly source: string;
  /** Bytes of memory. */
  readonly bytes: number;
}

/** Sums of a loop that are taken in double precision, at most: they lie on the stack. */
const MOST_SUMS = 8192;

/** Entries of the innermost axis at a time where something is read across it: lines are then used whole. */
const BLOCKS = [16, 8];
/** Shorter axes are in the cache anyway. */
const LONG = 16;

class Emitter {
  readonly #planning: Planning;
  /** Names of functions by their text: loops that are alike share one. */
  readonly #functions = new Map<string, string>();

  /** Files of C that it needs. */
  readonly #headers = new Set<string>();

  constructor(planning: Planning) {
    this.#planning = planning;
  }

  emit(): Emitted {
    const body = this.#block(this.#planning.plan);
    const source = [
      ...this.#headers,
      ...[...this.#functions].map(([text, name]) => `static __attribute__((noinline)) void ${name}${text}`),
      "",
      "int run(void *const *inputs, void *const *outputs, void *const *constants, char *memory, float *scratch,",
      "        long steps) {",
      ...body.map((line) => `  ${line}`),
      "  return 0;",
      "}",
      "",
    ].join("\n");
    return { source, bytes: this.#planning.bytes };
  }

  #block({ units, bodies }: Plan): string[] {
    return units.flatMap((unit) => {
      const [item] = unit.items;
      if (isElementwise(item)) return this.#loop(unit);
      if (item.kind === "call") {
        const scratch = this.#planning.scratch.get(item);
        if (item.header === "convolution") {
          this.#headers.add(windows + convolution);
          return this.#apart(item, this.#planning.pointer(scratch!));
        }
        return [
          ...item.code(this.#planning.pointer, scratch === undefined ? "0" : this.#planning.pointer(scratch)),
        ];
      }
      return this.#scan(item as ScanItem, bodies.get(item as ScanItem)!);
    });
  }

  /** A call of what is written out for its sizes, as a function of its own, where registers are free. */
  #apart(item: CallItem, scratch: string): string[] {
    const tensors = [...new Set([...reads(item), ...item.outputs])];
    const lines = item.code((tensor) => `p${tensors.indexOf(tensor)}`, "scratch");
    const parameters = tensors.map(({ dtype }, i) => `${STORED[dtype]} *restrict p${i}, `).join("");
    const name = this.#function(`(${parameters}void *restrict scratch) {\n  ${lines.join("\n  ")}\n}\n`);
    return [`${name}(${tensors.map((tensor) => `${this.#planning.pointer(tensor)}, `).join("")}${scratch});`];
  }

  /** The name of a function, given its text. */
  #function(text: string): string {
    const name = this.#functions.get(text) ?? `loop${this.#functions.size}`;
    this.#functions.set(text, name);
    return name;
  }

  #scan({ id, steps, reverse, carried, entries }: ScanItem, body: Plan): string[] {
    return [
      ...carried.flatMap((one, i) => [
        `void *now${id}_${i} = ${this.#planning.pointer(one.first)};`,
        ...this.#planning.inPlace.has(one)
          ? []
          : [`void *next${id}_${i} = ${this.#planning.pointer(one.second)};`],
      ]),
      `for (long t${id} = 0; t${id} < ${steps}; t${id}++) {`,
      ...[
        `long at${id} = ${reverse ? `${steps} - 1 - t${id}` : `t${id}`};`,
        ...entries.map(({ entry, whole }) =>
          `void *${entry.place} = ${this.#planning.pointer(whole)} + at${id} * ${entry.size}L;`
        ),
        ...this.#block(body),
        ...carried.flatMap((one, i) =>
          this.#planning.inPlace.has(one)
            ? []
            : `{ void *other = now${id}_${i}; now${id}_${i} = next${id}_${i}; next${id}_${i} = other; }`
        ),
      ].map((line) => `  ${line}`),
      "}",
    ];
  }

  /** A loop over entries, as a function of its own, and the call of it. */
  #loop(unit: Unit): string[] {
    const items = unit.items as (MapItem | ReduceItem)[];
    const fine = refinement(items.map(({ shape }) => shape))!;
    const inLoop = new Set(
      items.filter((item) => item.kind === "map" && isWhole(item.output)).map(({ output }) => output.tensor),
    );
    const accesses: { view: View; strides: number[]; name: string; written: boolean }[] = [];
    const access = (view: View, shape: readonly number[], written: boolean): number => {
      const strides = refined(shape, view.strides, fine);
      const found = accesses.findIndex((other) =>
        !written && !other.written && other.view.tensor === view.tensor &&
        other.view.offset === view.offset &&
        String(other.strides) === String(strides)
      );
      if (found >= 0) return found;
      accesses.push({ view, strides, name: `${written ? "y" : "x"}${accesses.length}`, written });
      return accesses.length - 1;
    };
    const sources = items.map(({ inputs, shape }) =>
      inputs.map((operand) =>
        isSplatOperand(operand) || inLoop.has(operand.tensor) ? undefined : access(operand, shape, false)
      )
    );
    const targets = items.map((item) =>
      item.kind === "map" && !this.#planning.isStored(item, unit)
        ? undefined
        : access(item.output, item.shape, true)
    );
    const { lengths, strides, spread } = spreadOut(
      collapse(fine, accesses.map((one) => one.strides)),
      accesses.map(({ written }) => written),
    );
    const depth = lengths.length, inner = depth - 1;
    const place = (i: number, axes = depth, name = spread.has(i) ? `e${i}` : accesses[i].name) =>
      `${name}[${
        lengths.slice(0, axes).flatMap((_, axis) =>
          strides[i][axis] === 0 ? [] : [`i${axis} * ${strides[i][axis]}L`]
        )
          .join(" + ") || "0"
      }]`;

    // Loads come first, as a result may take the memory of what is read.
    const before: string[] = [],
      loads: string[] = [],
      inside: string[] = [],
      after: string[] = [],
      end: string[] = [];
    const locals: string[] = [];
    const reductions = new Map<string, string[]>();
    const loaded = new Map<number, string>();
    const nameOf = new Map<Tensor, string>();
    const read = (operand: Operand, source: number | undefined): string => {
      if (isSplatOperand(operand)) return literal(operand.splat, operand.dtype);
      if (source === undefined) return nameOf.get(operand.tensor)!;
      let name = loaded.get(source);
      if (name === undefined) {
        loaded.set(source, name = `a${loaded.size}`);
        loads.push(`${HELD[operand.tensor.dtype]} ${name} = ${place(source)};`);
      }
      return name;
    };
    items.forEach((item, k) => {
      const args = item.inputs.map((operand, i) => read(operand, sources[k][i]));
      const from = dtypeOf(item.inputs.length === 3 && item.op === "Where" ? item.inputs[1] : item.inputs[0]);
      const { dtype } = item.output.tensor;
      const target = targets[k];
      if (item.kind === "map") {
        const name = `v${k}`;
        if (isWhole(item.output)) nameOf.set(item.output.tensor, name);
        inside.push(
          `${HELD[dtype]} ${name} = ${
            expression(item.op, { args, from, to: dtype, attributes: item.attributes })
          };`,
        );
        if (target !== undefined) inside.push(`${place(target)} = ${name};`);
        return;
      }
      const { start, join, simd } = REDUCTIONS[item.op];
      const joined = (a: string, b: string) => join({ args: [a, b], from: dtype, to: dtype, attributes: {} });
      const divided = item.divisor === undefined ? "" : ` / ${literal(item.divisor, dtype)}`;
      const own = strides[target!];
      const once = depth === 0 || (own[inner] === 0 && own.slice(0, inner).every((stride) => stride !== 0));
      const { size } = item.output.tensor, { name } = accesses[target!];
      // Sums are taken in double precision, where there are not too many at a time.
      const precise = dtype === "float32" && simd === "+", held = precise ? "double" : HELD[dtype];
      const sums = precise && !once && size <= MOST_SUMS ? `s${k}` : name;
      if (sums !== name) before.push(`double ${sums}[${size}];`);
      if (!once) {
        before.push(`for (long i = 0; i < ${size}; i++) ${sums}[i] = ${start(dtype)};`);
        if (divided !== "" || sums !== name) {
          end.push(`for (long i = 0; i < ${size}; i++) ${name}[i] = ${sums}[i]${divided};`);
        }
      }
      if (depth === 0) {
        inside.push(`${place(target!)} = ${args[0]};`);
      } else if (own[inner] === 0) {
        const sum = `r${k}`;
        locals.push(`${held} ${sum} = ${start(dtype)};`);
        inside.push(`${sum} = ${joined(sum, args[0])};`);
        reductions.set(simd, [...reductions.get(simd) ?? [], sum]);
        const to = place(target!, inner, sums);
        after.push(once ? `${to} = ${sum}${divided};` : `${to} = ${joined(to, sum)};`);
      } else {
        const to = place(target!, depth, sums);
        inside.push(`${to} = ${joined(to, args[0])};`);
      }
    });
    const clauses = [...reductions].map(([operator, names]) => ` reduction(${operator}: ${names.join(", ")})`)
      .join("");
    const across = items.some(({ kind }) => kind === "reduce") ? undefined : acrossOf(lengths, strides);
    const outer = lengths.slice(0, Math.max(0, inner)).flatMap((length, axis) => [
      ...across?.axis === axis
        ? [`for (long block = 0; block < ${lengths[inner]}; block += ${across.block}) {`]
        : [],
      `for (long i${axis} = 0; i${axis} < ${length}; i${axis}++) {`,
    ]);
    for (const [i, one] of spread) {
      const { name, view } = accesses[i];
      locals.push(...spreadLines(one, { to: `e${i}`, from: name, type: STORED[view.tensor.dtype] }));
    }
    const [begin, stop] = across === undefined ? ["0", lengths[inner]] : ["block", `block + ${across.block}`];
    const lines = [
      ...before,
      ...outer,
      ...locals,
      ...depth > 0
        ? [
          `#pragma omp simd${clauses}`,
          `for (long i${inner} = ${begin}; i${inner} < ${stop}; i${inner}++) {`,
        ]
        : ["{"],
      ...[...loads, ...inside].map((line) => `  ${line}`),
      "}",
      ...after,
      ...outer.map(() => "}"),
      ...end,
    ];
    // What is overwritten where it is read may not be called restricted.
    const memory = (wanted: boolean) =>
      new Set(
        accesses.filter(({ written }) => written === wanted).map(({ view }) =>
          this.#planning.pointer(view.tensor)
        ),
      );
    const shared = memory(true).intersection(memory(false));
    const parameters = accesses.map(({ view, name, written }) => {
      const restrict = shared.has(this.#planning.pointer(view.tensor)) ? "" : "restrict ";
      return `${written ? "" : "const "}${STORED[view.tensor.dtype]} *${restrict}${name}`;
    });
    const text = `(${parameters.join(", ")}) {\n${lines.map((line) => `  ${line}`).join("\n")}\n}\n`;
    const name = this.#function(text);
    const given = accesses.map(({ view }) => `${this.#planning.pointer(view.tensor)} + ${view.offset}L`);
    return [`${name}(${given.join(", ")});`];
  }
}

/** An axis along which something is read whose neighbours lie far apart along the innermost one. */
function acrossOf(
  lengths: readonly number[],
  strides: readonly (readonly number[])[],
): { axis: number; block: number } | undefined {
  const inner = lengths.length - 1;
  const axis = lengths.findIndex((length, axis) =>
    axis < inner && length >= LONG && strides.some((own) => own[axis] === 1 && own[inner] >= LONG)
  );
  const block = BLOCKS.find((block) => lengths[inner] % block === 0 && lengths[inner] > block);
  return axis < 0 || block === undefined ? undefined : { axis, block };
}

/** The C code of a program. */
export function emit(lowered: Lowered): Emitted {
  return new Emitter(new Planning(lowered)).emit();
}
