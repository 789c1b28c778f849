/** Short innermost loops made long ones. */
import type { collapse } from "./ir.ts";

/** What is read again and again along one of the last two axes, and is put to an array as often. */
export interface Spread {
  /** Lengths of the two axes. */
  readonly rows: number;
  readonly length: number;
  /** Strides along the two, and along the axes around. */
  readonly row: number;
  readonly step: number;
  readonly outer: readonly number[];
}

/** Entries that fill vectors of every machine. */
const VECTOR = 16;
/** Longer axes have few entries over. */
const SHORT = 128;
/** Numbers that may lie on the stack. */
const MOST = 4096;

/**
 * Joins the last two axes of a loop where all but reads that repeat along one of them step through them as
 * through one, and the last is short and fills no vectors: what is repeated is spread out before. (49 places
 * of 16 channels are 49 vectors then, instead of 16 times three and one number.)
 */
export function spreadOut(
  { shape, strides }: ReturnType<typeof collapse>,
  written: readonly boolean[],
): { lengths: number[]; strides: number[][]; spread: ReadonlyMap<number, Spread> } {
  const given = { lengths: shape, strides, spread: new Map<number, Spread>() };
  const [rows, length] = shape.slice(-2);
  if (shape.length < 2 || length >= SHORT || length % VECTOR === 0 || rows * length > MOST) return given;
  if (rows * length % VECTOR !== 0) return given;
  const spread = new Map<number, Spread>();
  const joined = strides.map((own, i) => {
    const outer = own.slice(0, -2), [row, step] = own.slice(-2);
    if (row === step * length) return [...outer, step];
    if (written[i] || (step !== 0 && row !== 0)) return undefined;
    spread.set(i, { rows, length, row, step, outer });
    return [...outer.map(() => 0), 1];
  });
  if (joined.includes(undefined)) return given;
  return { lengths: [...shape.slice(0, -2), rows * length], strides: joined as number[][], spread };
}

/** The lines that spread a read out to an array. */
export function spreadLines(
  { rows, length, row, step, outer }: Spread,
  { to, from, type }: { to: string; from: string; type: string },
): string[] {
  const place = [...outer.map((step, axis) => `i${axis} * ${step}L`), `j * ${row}L`, `k * ${step}L`].join(
    " + ",
  );
  return [
    `${type} ${to}[${rows * length}];`,
    `for (long j = 0; j < ${rows}; j++) for (long k = 0; k < ${length}; k++) ` +
    `${to}[j * ${length} + k] = ${from}[${place}];`,
  ];
}
