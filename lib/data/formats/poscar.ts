import { type Crystal, determinant, dualBasis, ELEMENT_SYMBOLS, elementNumber } from "../../crystals/mod.ts";
import { decimal } from "./_decimal.ts";

/**
 * Reads a POSCAR (VASP 4 and 5): comment, scale (negative: the volume in Å³), three lattice vectors, symbols,
 * counts, then `direct` or `cartesian` coordinates. Without a line of symbols (VASP 4) they are taken from
 * behind the coordinates.
 *
 * @throws {SyntaxError} If it cannot be read; the message names the line.
 *
 * @example
 * ```ts
 * import { readPoscar } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const lines = ["CsCl", "1.0", "4 0 0", "0 4 0", "0 0 4", "Cs Cl", "1 1", "direct", "0 0 0", "0.5 0.5 0.5"];
 * const { positions } = readPoscar(lines.join("\n"));
 * assert.deepEqual([...positions], [0, 0, 0, 0.5, 0.5, 0.5]);
 * ```
 */
export function readPoscar(text: string): Crystal {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  const words = (at: number) => (lines[at] ?? "").split(/\s+/).filter((word) => word !== "");
  const fail = (at: number, wanted: string): never => {
    throw new SyntaxError(
      `Cannot read the POSCAR as line ${at + 1} must ${wanted}: current value is ${
        JSON.stringify(lines[at] ?? "")
      }`,
    );
  };
  const numbers = (at: number, count: number) => {
    const values = words(at).slice(0, count).map(decimal);
    if (values.length !== count || !values.every(Number.isFinite)) fail(at, `start with ${count} numbers`);
    return values;
  };
  const [scale] = numbers(1, 1);
  const rows = Float64Array.from([2, 3, 4].flatMap((at) => numbers(at, 3)));
  const volume = Math.abs(determinant(rows));
  if (scale === 0 || volume === 0 || !Number.isFinite(volume)) {
    fail(1, "give a scale other than 0 for independent lattice vectors");
  }
  const factor = scale > 0 ? scale : Math.cbrt(-scale / volume);
  const lattice = rows.map((x) => factor * x);
  let at = 5;
  const symbols = /^[A-Za-z]/.test(lines[at] ?? "") ? words(at++) : undefined;
  const counts = words(at).map(decimal);
  if (counts.length === 0 || !counts.every((count) => Number.isInteger(count) && count >= 1)) {
    fail(at, "hold the numbers of atoms");
  }
  if (symbols !== undefined && symbols.length !== counts.length) fail(at, `hold ${symbols.length} numbers`);
  at++;
  if (/^s/i.test(lines[at] ?? "")) at++; // selective dynamics
  const mode = (lines[at] ?? "").toLowerCase();
  if (!/^[dck]/.test(mode)) fail(at, "be direct or cartesian");
  const cartesian = !mode.startsWith("d");
  const dual = cartesian ? dualBasis(lattice) : undefined;
  const atomicNumbers: number[] = [], positions: number[] = [];
  counts.forEach((count, kind) => {
    for (let k = 0; k < count; k++) {
      at++;
      const place = numbers(at, 3);
      const symbol = symbols?.[kind] ??
        words(at).slice(3).find((word) => /^[A-Z][a-z]?$/.test(word) && !/^[TF]$/.test(word));
      if (symbol === undefined) fail(at, "name the element");
      const element = symbol?.match(/^[A-Z][a-z]?/)?.[0] ?? "";
      if (!ELEMENT_SYMBOLS.includes(element)) {
        fail(symbols === undefined ? at : 5, "name elements from H to Lr");
      }
      atomicNumbers.push(elementNumber(element));
      // Rows of the dual basis, as columns: f_k = r · b_k.
      positions.push(
        ...dual === undefined
          ? place
          : [0, 3, 6].map((k) =>
            factor * (place[0] * dual[k] + place[1] * dual[k + 1] + place[2] * dual[k + 2])
          ),
      );
    }
  });
  return { lattice, atomicNumbers: Uint8Array.from(atomicNumbers), positions: Float64Array.from(positions) };
}
