import { parse } from "csv-parse/sync";

/** A line of a table: its values, and where it ends in the text. */
export interface CsvLine {
  readonly record: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

/** How {@link csvLines} reads. */
export interface CsvLinesOptions {
  /** What stands between values. */
  readonly delimiter: string;
  /** Whether white space around values is left out. */
  readonly trim: boolean;
  /** What is read, for messages, e.g. `the CSV`. */
  readonly what: string;
}

const NAMES: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "bars",
  " ": "spaces",
};

/** What a separator is called. */
const nameOf = (delimiter: string) => NAMES[delimiter] ?? JSON.stringify(delimiter);

/** Another separator that the first line seems to have in place of the right one. */
function otherSeparator(text: string, delimiter: string): string | undefined {
  const first = text.split(/\r\n|\n|\r/, 3).find((line) => line.trim() !== "") ?? "";
  const bare = first.replace(/"[^"]*"/g, "");
  // Spaces may be part of titles; between numbers they separate.
  if (!bare.includes(delimiter) && /^\s*[-+.\de]+( +[-+.\de]+)+\s*$/i.test(bare)) return " ";
  return bare.includes(delimiter)
    ? undefined
    : Object.keys(NAMES).find((other) => other !== " " && bare.includes(other));
}

/**
 * Splits a table (RFC 4180) into lines and values; lines may end in any way, mixed, and empty ones are left
 * out.
 *
 * @throws {SyntaxError} If quotes do not match, a line has another number of values than the first, or the
 *   values seem to be separated by something else; the message names the line.
 */
export function csvLines(text: string, { delimiter, trim, what }: CsvLinesOptions): CsvLine[] {
  const other = otherSeparator(text, delimiter);
  if (other !== undefined) {
    throw new SyntaxError(
      `Cannot read ${what} as ${nameOf(delimiter)} must separate its values: line 1 has ${nameOf(other)}; ` +
        `give { delimiter: ${JSON.stringify(other)} }`,
    );
  }
  let parsed: { record: string[]; info: { lines: number } }[];
  try {
    parsed = parse(text, {
      bom: true,
      delimiter,
      info: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      trim,
    }) as unknown as typeof parsed;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read ${what}: ${why.replaceAll(/\s+/g, " ")}`, { cause: error });
  }
  const columns = parsed[0]?.record.length;
  return parsed.map(({ record, info }) => {
    if (record.length === columns) return { record, line: info.lines };
    throw new SyntaxError(
      `Cannot read ${what} as each line must have ${columns} values, as the first: ` +
        `current number in line ${info.lines} is ${record.length}`,
    );
  });
}
