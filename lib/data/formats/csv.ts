import { parse } from "csv-parse/sync";
import { type Matrix, matrix } from "../../stats/mod.ts";

/** A table of numbers with named columns. */
export interface NamedMatrix {
  /** One name per column; `column 1`, `column 2`, … where the text has no header. */
  readonly names: readonly string[];
  readonly rows: Matrix;
}

/**
 * Reads a table of numbers from comma-separated text (RFC 4180). The first line is a header if none of it is
 * a number.
 *
 * @param text one line per row; empty lines are skipped.
 * @throws {SyntaxError} If there is no row, a row has another number of values than the first, or a value is
 *   not a finite number (the message names line and column).
 *
 * @example
 * ```ts
 * import { readCsv } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const { names, rows } = readCsv("x,y\n1,2\n3,4\n");
 * assert.deepEqual(names, ["x", "y"]);
 * assert.deepEqual([...rows.data], [1, 2, 3, 4]);
 * ```
 */
export function readCsv(text: string): NamedMatrix {
  const lines = parseLines(text);
  const isHeader = lines.length > 0 && lines[0].record.every((value) => Number.isNaN(toNumber(value)));
  const body = isHeader ? lines.slice(1) : lines;
  if (body.length === 0) {
    throw new SyntaxError("Cannot read the CSV as there must be a row of numbers: it has none");
  }
  const columns = lines[0].record.length;
  const values = body.flatMap(({ record, line }) =>
    record.map((value, j) => {
      const number = toNumber(value);
      if (Number.isFinite(number)) return number;
      throw new SyntaxError(
        `Cannot read the CSV as values must be finite numbers: current value in line ${line}, column ${
          j + 1
        } is "${value}"`,
      );
    })
  );
  const names = isHeader ? lines[0].record : Array.from({ length: columns }, (_, j) => `column ${j + 1}`);
  return { names, rows: matrix(values, { columns }) };
}

function parseLines(text: string): { readonly record: string[]; readonly line: number }[] {
  try {
    const parsed = parse(text, { bom: true, skip_empty_lines: true, trim: true, info: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return parsed.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    throw new SyntaxError(`Cannot read the CSV: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function toNumber(text: string): number {
  return text === "" ? NaN : Number(text);
}
