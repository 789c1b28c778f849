import { csvLines } from "./_csv_lines.ts";
import { decimal, numberHint } from "./_decimal.ts";

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
  const [head, ...lines] = csvLines(text, { delimiter: ",", trim: false, what: "the table" });
  const missing = columns.filter((name) => lines.length === 0 || !head.record.includes(name));
  if (missing.length > 0) {
    throw new SyntaxError(
      `Cannot read the table as it must have the columns ${columns.join(", ")} and a row: ` +
        `it lacks ${missing.join(", ")}`,
    );
  }
  return lines.map(({ record }) => Object.fromEntries(record.map((value, j) => [head.record[j], value])));
}

/** A number of a record. @throws {SyntaxError} If it is none. */
export function recordNumber(row: CsvRecord, column: string): number {
  const text = row[column]?.trim() ?? "", value = decimal(text);
  if (Number.isFinite(value)) return value;
  throw new SyntaxError(
    `Cannot read the table as ${column} must be a number: current value is ${JSON.stringify(row[column])}` +
      numberHint(text),
  );
}
