import { parse } from "csv-parse/sync";

/** A row of a table by the names of its columns. */
export type CsvRecord = Readonly<Record<string, string>>;

/**
 * Reads a table of texts (RFC 4180: values in quotes may hold line ends), its first line being the header.
 *
 * @throws {SyntaxError} If rows differ in length, or a column of `columns` is missing.
 *
 * @example
 * ```ts
 * import { readCsvRecords } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const [row] = readCsvRecords('id,text\n1,"two\nlines"\n', { columns: ["id"] });
 * assert.equal(row.text, "two\nlines");
 * ```
 */
export function readCsvRecords(
  text: string,
  { columns }: { readonly columns: readonly string[] },
): CsvRecord[] {
  let rows: CsvRecord[];
  try {
    rows = parse(text, { bom: true, columns: true, skip_empty_lines: true });
  } catch (error) {
    throw new SyntaxError(`Cannot read the table: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  const missing = columns.filter((name) => rows.length === 0 || !(name in rows[0]));
  if (missing.length > 0) {
    throw new SyntaxError(
      `Cannot read the table as it must have the columns ${columns.join(", ")} and a row: ` +
        `it lacks ${missing.join(", ")}`,
    );
  }
  return rows;
}

/** A number of a record. @throws {SyntaxError} If it is none. */
export function recordNumber(row: CsvRecord, column: string): number {
  const text = row[column]?.trim() ?? "", value = text === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new SyntaxError(
    `Cannot read the table as ${column} must be a number: current value is ${JSON.stringify(row[column])}`,
  );
}
