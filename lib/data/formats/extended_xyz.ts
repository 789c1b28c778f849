import { atomicNumber, parseXyzNumber } from "./xyz.ts";
import { parseComment, type XyzInfo, type XyzInfoValue } from "./_extended_xyz_comment.ts";

export type { XyzInfo, XyzInfoValue };

/** A column of numbers, texts or truths, one row an atom. */
export type XyzColumn =
  | { readonly kind: "R" | "I"; readonly width: number; readonly values: Float64Array }
  | { readonly kind: "S"; readonly width: number; readonly values: readonly string[] }
  | { readonly kind: "L"; readonly width: number; readonly values: readonly boolean[] };

/**
 * One frame of an extended xyz file. The format has no units of its own; by convention, and as other programs
 * write it, lengths are in ångström, energies in eV and forces in eV/Å.
 */
export interface ExtendedXyzFrame {
  /** Z `[n]`. */
  readonly atomicNumbers: Uint8Array;
  /** `[n, 3]`, Å. */
  readonly positions: Float64Array;
  /** F = −∂E/∂x `[n, 3]`, eV/Å. */
  readonly forces?: Float64Array;
  /** E, eV. */
  readonly energy?: number;
  /** Vectors a, b, c as rows `[3, 3]`, Å. */
  readonly lattice?: Float64Array;
  /** Along which of a, b and c it repeats. */
  readonly periodic?: readonly [boolean, boolean, boolean];
  /** What else the second line says. */
  readonly info: XyzInfo;
  /** Other columns, `[n, width]` each. */
  readonly columns: Readonly<Record<string, XyzColumn>>;
}

/** What names a file gives to energy and forces, and what messages call it. */
export interface ExtendedXyzOptions {
  /** Key of the energy. @default "energy" */
  readonly energy?: string;
  /** Name of the column of forces. @default "forces" */
  readonly forces?: string;
  /** The file's name, for messages. */
  readonly file?: string;
}

interface ColumnForm {
  readonly name: string;
  readonly kind: XyzColumn["kind"];
  readonly width: number;
}

const DEFAULT_COLUMNS = "species:S:1:pos:R:3";

/** The columns that `Properties=name:kind:width:…` declares. */
function columnForms(text: string): ColumnForm[] {
  const parts = text.split(":");
  if (parts.length % 3 > 0) refuse("Properties must be name:kind:width triples", text);
  const forms = Array.from({ length: parts.length / 3 }, (_, i): ColumnForm => {
    const [name, kind, width] = parts.slice(3 * i, 3 * i + 3);
    if (name === "" || !/^[RISL]$/.test(kind) || !/^[1-9]\d*$/.test(width)) {
      refuse(
        "Properties must name columns with a kind of R, I, S or L and a width >= 1",
        parts.slice(3 * i, 3 * i + 3).join(":"),
      );
    }
    return { name, kind: kind as ColumnForm["kind"], width: Number(width) };
  });
  const twice = forms.find(({ name }, i) => forms.findIndex((other) => other.name === name) < i);
  if (twice) refuse("Properties must name each column once", twice.name);
  for (const [name, kind, width] of [["species", "S", 1], ["pos", "R", 3]] as const) {
    if (forms.some((form) => form.name === name && form.kind === kind && form.width === width)) continue;
    refuse(`Properties must have ${name}:${kind}:${width}`, text);
  }
  return forms;
}

function refuse(wanted: string, current: string): never {
  throw new SyntaxError(`${wanted}: current value is ${JSON.stringify(current)}`);
}

function truth(text: string): boolean {
  if (/^(?:T|true|True|TRUE)$/.test(text)) return true;
  if (/^(?:F|false|False|FALSE)$/.test(text)) return false;
  return refuse("truths must be T or F", text);
}

function integer(text: string): number {
  return /^[-+]?\d+$/.test(text) ? Number(text) : refuse("integers must have digits only", text);
}

/** One column of all atoms, from their words. */
function columnOf(words: readonly string[], { kind, width }: ColumnForm): XyzColumn {
  switch (kind) {
    case "S":
      return { kind, width, values: words };
    case "L":
      return { kind, width, values: words.map(truth) };
    case "I":
      return { kind, width, values: Float64Array.from(words, integer) };
    case "R":
      return { kind, width, values: Float64Array.from(words, parseXyzNumber) };
  }
}

/**
 * Reads an extended xyz file: number of atoms, a line of `key=value` pairs, then a row for each atom in the
 * columns that `Properties` names (default: symbol and position).
 *
 * `Lattice`, `pbc`, the energy and the forces get fields of their own; numbers, truths and lists of numbers
 * among the other pairs are read as such.
 *
 * @throws {SyntaxError} If a line is not as the format wants it: a wrong count, columns that are missing or
 *   too many, an unknown element, a number that is none, forces that are not three numbers, a key that stands
 *   twice. The message names frame (from 0) and line (from 1).
 *
 * @example
 * ```ts
 * import { readExtendedXyz } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const [hydrogen] = readExtendedXyz(`2
 * Properties=species:S:1:pos:R:3:forces:R:3 energy=-31.7 pbc="F F F"
 * H 0 0 0     0 0 -0.5
 * H 0 0 0.74  0 0 0.5
 * `);
 * assert.equal(hydrogen.energy, -31.7); // eV
 * assert.deepEqual([...hydrogen.forces!], [0, 0, -0.5, 0, 0, 0.5]); // eV/Å
 * ```
 */
export function readExtendedXyz(text: string, options: ExtendedXyzOptions = {}): ExtendedXyzFrame[] {
  const lines = text.split(/\r\n|\n|\r/);
  const frames: ExtendedXyzFrame[] = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at].trim() === "") {
      at++;
      continue;
    }
    const count = /^\s*[1-9]\d*\s*$/.test(lines[at]) ? Number(lines[at]) : NaN;
    const left = lines.length - at - 2 - (lines.at(-1) === "" ? 1 : 0);
    let line = at;
    try {
      if (!(count <= left)) {
        refuse(
          Number.isNaN(count)
            ? "it must be a number of atoms >= 1"
            : `it must be the number of the atoms that follow (${Math.max(0, left)} lines are left)`,
          lines[at],
        );
      }
      line = at + 1;
      const pairs = parseComment(lines[line]);
      const forms = columnForms(String(pairs.get("Properties") ?? DEFAULT_COLUMNS));
      const words = forms.map((): string[] => []);
      const width = forms.reduce((sum, form) => sum + form.width, 0);
      const rows: string[][] = [];
      for (let i = 0; i < count; i++) {
        line = at + 2 + i;
        const row = lines[line].trim().split(/\s+/);
        if (row.length !== width) refuse(`it must hold ${width} columns`, lines[line]);
        rows.push(row);
      }
      const columns = new Map<string, XyzColumn>();
      let first = 0;
      for (const [c, form] of forms.entries()) {
        for (let i = 0; i < count; i++) words[c].push(...rows[i].slice(first, first + form.width));
        first += form.width;
        // Row by row, so that a message can name the line.
        for (let i = 0; i < count; i++) {
          line = at + 2 + i;
          const own = words[c].slice(i * form.width, (i + 1) * form.width);
          if (form.name === "species") atomicNumber(own[0]);
          else columnOf(own, form);
        }
        columns.set(form.name, columnOf(words[c], form));
      }
      line = at + 1;
      frames.push(frameOf(pairs, columns, options));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const of = options.file === undefined ? "" : ` of ${options.file}`;
      const why = error.message.replace("Cannot read the molecule as ", "");
      throw new SyntaxError(`Cannot read frame ${frames.length}${of} as line ${line + 1} is wrong: ${why}`);
    }
    at += 2 + count;
  }
  return frames;
}

/** What a frame's pairs and columns say. */
function frameOf(
  pairs: ReadonlyMap<string, XyzInfoValue>,
  all: ReadonlyMap<string, XyzColumn>,
  { energy: energyKey = "energy", forces: forcesKey = "forces" }: ExtendedXyzOptions,
): ExtendedXyzFrame {
  const info = new Map(pairs), columns = new Map(all);
  const take = <T>(from: Map<string, T>, key: string): T | undefined => {
    const value = from.get(key);
    from.delete(key);
    return value;
  };
  take(info, "Properties");
  const lattice = take(info, "Lattice"), pbc = take(info, "pbc"), energy = take(info, energyKey);
  if (lattice !== undefined && !(Array.isArray(lattice) && lattice.length === 9)) {
    refuse("Lattice must be nine numbers", String(lattice));
  }
  if (energy !== undefined && typeof energy !== "number") {
    refuse(`${energyKey} must be a number`, String(energy));
  }
  const periodic = pbc === undefined ? undefined : String(pbc).split(/[\s,]+/).map(truth);
  if (periodic && periodic.length !== 3) refuse("pbc must be three truths", String(pbc));
  const forces = take(columns, forcesKey);
  if (forces && !(forces.kind === "R" && forces.width === 3)) {
    refuse(`the column ${forcesKey} must be R:3`, `${forces.kind}:${forces.width}`);
  }
  const species = take(columns, "species")!.values as readonly string[];
  return {
    atomicNumbers: Uint8Array.from(species, atomicNumber),
    positions: take(columns, "pos")!.values as Float64Array,
    ...forces && { forces: forces.values as Float64Array },
    ...energy !== undefined && { energy: energy as number },
    ...lattice !== undefined && { lattice: Float64Array.from(lattice as readonly number[]) },
    ...periodic && { periodic: periodic as [boolean, boolean, boolean] },
    info: Object.fromEntries(info),
    columns: Object.fromEntries(columns),
  };
}
