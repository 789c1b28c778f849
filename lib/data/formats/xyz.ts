import { decimal, numberHint } from "./_decimal.ts";
import { SYMBOLS } from "./_symbols.ts";

/** A molecule's atoms with what is known about it. */
export interface Molecule {
  /** As its source calls it. */
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
  /** Number of protons of each atom. */
  readonly atomicNumbers: Uint8Array;
  /** [n, 3] */
  readonly positions: Float64Array;
  /** The second line. */
  readonly comment: string;
}

/** Atomic number of a chemical symbol, of any of the 118 elements. @throws {SyntaxError} If there is none. */
export function atomicNumber(symbol: string): number {
  return SYMBOLS.indexOf(symbol) + 1 ||
    refuse("symbols must be of elements, H to Og", `${JSON.stringify(symbol)}${symbolHint(symbol)}`);
}

/** What a text in a symbol's place may mean. */
function symbolHint(text: string): string {
  const element = /^\d+$/.test(text)
    ? SYMBOLS[Number(text) - 1]
    : SYMBOLS.find((symbol) => symbol.toLowerCase() === text.replace(/[\d_]+.*$/, "").toLowerCase());
  return element === undefined ? "" : `; write ${element} if it stands for that`;
}

function refuse(wanted: string, current: string): never {
  throw new SyntaxError(`Cannot read the molecule as ${wanted}: current value is ${current}`);
}

/** A decimal number; `2.1997*^-6`, as Mathematica wrote it into QM9's files, is 2.1997e-6. */
export function parseXyzNumber(text: string): number {
  const value = decimal(text.replace("*^", "e"));
  if (Number.isFinite(value)) return value;
  return refuse("its numbers must be decimal", `${JSON.stringify(text)}${numberHint(text)}`);
}

/** Options of {@link readXyz}. */
export interface XyzOptions {
  /** Lines after the atoms of a frame that belong to it (QM9: 3). @default 0 */
  readonly trailing?: number;
  /** The file's name, for messages. */
  readonly file?: string;
}

/**
 * Reads the frames of an xyz file: number of atoms, comment, then symbol and coordinates of each atom;
 * further columns are left out.
 *
 * @throws {SyntaxError} If a count, symbol or number cannot be read, or the text ends early; the message
 *   names frame (from 0) and line (from 1).
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
export function readXyz(text: string, options: XyzOptions = {}): XyzFrame[] {
  const { trailing = 0, file } = options;
  const lines = text.split(/\r\n|\n|\r/);
  const frames: XyzFrame[] = [];
  const of = file === undefined ? "" : ` of ${file}`;
  const fail = (line: number, why: string): never => {
    throw new SyntaxError(`Cannot read frame ${frames.length}${of} as line ${line + 1} ${why}`);
  };
  for (let at = 0; at < lines.length;) {
    if (lines[at].trim() === "") {
      at++;
      continue;
    }
    const count = /^\s*\d+\s*$/.test(lines[at]) ? Number(lines[at]) : NaN;
    const left = lines.length - at - 2 - (lines.at(-1) === "" ? 1 : 0);
    if (!(count >= 1 && count <= left)) {
      fail(
        at,
        `must be the number of the atoms that follow: current value is ${JSON.stringify(lines[at])}` +
          (count >= 1 ? `, and ${Math.max(0, left)} lines are left` : ""),
      );
    }
    const atomicNumbers = new Uint8Array(count), positions = new Float64Array(3 * count);
    for (let i = 0; i < count; i++) {
      const line = at + 2 + i;
      const [symbol, ...numbers] = lines[line].trim().split(/\s+/);
      if (numbers.length < 3) {
        fail(
          line,
          `must hold a symbol and three decimal numbers: current value is ${JSON.stringify(lines[line])}`,
        );
      }
      try {
        atomicNumbers[i] = atomicNumber(symbol);
        for (let axis = 0; axis < 3; axis++) positions[3 * i + axis] = parseXyzNumber(numbers[axis]);
      } catch (error) {
        // What is wrong, at its place.
        fail(
          line,
          `cannot be read, as ${(error as Error).message.replace("Cannot read the molecule as ", "")}`,
        );
      }
    }
    frames.push({ atomicNumbers, positions, comment: lines[at + 1] });
    at += 2 + count + trailing;
  }
  return frames;
}
