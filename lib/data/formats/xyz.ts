/** A molecule's atoms with what is known about it. */
export interface Molecule {
  readonly name: string;
  /** [n] */
  readonly atomicNumbers: Uint8Array;
  /** [n, 3], ångström. */
  readonly positions: Float64Array;
  /** Named values, in the units of their source. */
  readonly properties: Readonly<Record<string, number>>;
}

/** One frame of an xyz file as it stands there. */
export interface XyzFrame {
  readonly atomicNumbers: Uint8Array;
  /** [n, 3] */
  readonly positions: Float64Array;
  /** The second line. */
  readonly comment: string;
}

const SYMBOLS = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar".split(" ");

/** Atomic number of a chemical symbol, up to argon. */
export function atomicNumber(symbol: string): number {
  const index = SYMBOLS.indexOf(symbol);
  if (index >= 0) return index + 1;
  throw new SyntaxError(
    `Cannot read the molecule as symbols must be of the elements up to Ar: current value is ${symbol}`,
  );
}

/** A decimal number; `2.1997*^-6`, as Mathematica wrote it into QM9's files, is 2.1997e-6. */
export function parseXyzNumber(text: string): number {
  const value = text === "" ? NaN : Number(text.replace("*^", "e"));
  if (Number.isFinite(value)) return value;
  throw new SyntaxError(
    `Cannot read the molecule as its numbers must be decimal: current value is ${JSON.stringify(text)}`,
  );
}

/**
 * Reads the frames of an xyz file: number of atoms, comment, then symbol and coordinates of each atom;
 * further columns are left out.
 *
 * @param options.trailing Lines after the atoms of a frame that belong to it (QM9: 3).
 * @throws {SyntaxError} If a count, symbol or number cannot be read, or the text ends early.
 *
 * @example
 * ```ts
 * import { readXyz } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const [water] = readXyz("3\nwater\nO 0 0 1.2*^-1\nH 0 .76 -.48\nH 0 -.76 -.48\n");
 * assert.deepEqual([...water.atomicNumbers], [8, 1, 1]);
 * assert.equal(water.positions[2], 0.12);
 * ```
 */
export function readXyz(text: string, options: { readonly trailing?: number } = {}): XyzFrame[] {
  const { trailing = 0 } = options;
  const lines = text.split(/\r?\n/);
  const frames: XyzFrame[] = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at].trim() === "") {
      at++;
      continue;
    }
    const count = Number(lines[at]);
    if (!Number.isInteger(count) || count < 1 || at + 2 + count > lines.length) {
      throw new SyntaxError(
        `Cannot read frame ${frames.length} as line ${at + 1} must be the number of the atoms that follow: ` +
          `current value is ${JSON.stringify(lines[at])}`,
      );
    }
    const atomicNumbers = new Uint8Array(count), positions = new Float64Array(3 * count);
    for (let i = 0; i < count; i++) {
      const [symbol, ...numbers] = lines[at + 2 + i].trim().split(/\s+/);
      atomicNumbers[i] = atomicNumber(symbol);
      for (let axis = 0; axis < 3; axis++) positions[3 * i + axis] = parseXyzNumber(numbers[axis] ?? "");
    }
    frames.push({ atomicNumbers, positions, comment: lines[at + 1] });
    at += 2 + count + trailing;
  }
  return frames;
}
