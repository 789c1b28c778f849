import { type Matrix, matrix } from "../../stats/mod.ts";
import { csvLines } from "./_csv_lines.ts";
import { decimal, numberHint } from "./_decimal.ts";

/** A table of numbers with named columns, and its columns of text. */
export interface NamedMatrix {
  /** One name per column of numbers; `column 1`, `column 2`, … where the text has none. */
  readonly names: readonly string[];
  /** `[n, d]`; NaN where a value is missing. */
  readonly rows: Matrix;
  /** The columns of text by name, as many values as there are rows. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** Options of {@link readCsv}. */
export interface CsvOptions {
  /**
   * Whether the first line holds titles.
   *
   * @default it does if none of it is a number, or what stands for a missing one, and it says anything at all
   */
  readonly header?: boolean;
  /** Names of columns that hold text, such as labels; they are kept by name, and are not among the rows. */
  readonly texts?: readonly string[];
  /** What stands for a missing value, read as NaN. @default [""], an empty cell */
  readonly missing?: readonly string[];
  /** What stands between values. @default "," */
  readonly delimiter?: string;
  /** The file's name, for messages. */
  readonly file?: string;
}

/** What is no title: a missing or infinite value, or a number in a notation that is not read. */
const NO_TITLE = /^(?:|[-+]?(?:nan|inf|infinity)|n\/?a|null|none|\?|-|[-+]?0[xbo][\da-f]+|[-+]?\d+,\d+)$/i;

/**
 * Reads a table of numbers from comma-separated text (RFC 4180). Lines may end in `\n`, `\r\n` or `\r`. An
 * empty cell is a missing value, NaN.
 *
 * @param text one line per row; empty lines are skipped.
 * @throws {SyntaxError} If there is no row, a row has another number of values than the first, a value is
 *   neither missing nor a finite decimal number, a column of text is not there, or the values are separated
 *   by something else (the message names line and column).
 *
 * @example
 * ```ts
 * import { readCsv } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const { names, rows } = readCsv("x,y\n1,2\n3,4\n");
 * assert.deepEqual(names, ["x", "y"]);
 * assert.deepEqual([...rows.data], [1, 2, 3, 4]);
 *
 * const people = readCsv("name,height\nAda,1.65\nAlan,\n", { texts: ["name"] });
 * assert.deepEqual([people.names, people.texts.name], [["height"], ["Ada", "Alan"]]);
 * assert.deepEqual([...people.rows.data], [1.65, NaN]);
 *
 * // Titles that are numbers are told from a row only if one says so.
 * assert.deepEqual(readCsv("2020;2021\n7.5;8\n", { header: true, delimiter: ";" }).names, ["2020", "2021"]);
 * ```
 */
export function readCsv(text: string, options: CsvOptions = {}): NamedMatrix {
  const { delimiter = ",", file, texts = [], missing = [""] } = options;
  const what = file ?? "the CSV";
  const lines = csvLines(text, { delimiter, trim: true, what });
  const first = lines[0]?.record ?? [];
  const { header = first.every((value) => Number.isNaN(decimal(value))) && !first.every(isNoTitle) } =
    options;
  const body = header ? lines.slice(1) : lines;
  if (body.length === 0) {
    throw new SyntaxError(`Cannot read ${what} as there must be a row of numbers: it has none`);
  }
  const titles = Array.from(first, (title, j) => header && title !== "" ? title : `column ${j + 1}`);
  const absent = texts.filter((name) => !titles.includes(name));
  if (absent.length > 0) {
    throw new SyntaxError(
      `Cannot read ${what} as it must have the columns of text ${absent.join(", ")}: it has ${
        titles.join(", ")
      }`,
    );
  }
  const numeric = Array.from(titles.keys()).filter((j) => !texts.includes(titles[j]));
  const columns = numeric.length;
  const values = new Float64Array(body.length * columns);
  body.forEach(({ record, line }, i) =>
    numeric.forEach((from, j) => {
      const value = record[from], number = decimal(value);
      if (Number.isNaN(number) && !missing.includes(value)) {
        throw new SyntaxError(
          `Cannot read ${what} as values must be finite numbers: current value in line ${line}, column ${
            from + 1
          } is ${JSON.stringify(value)}${
            numberHint(value) || separatorHint(value) || textHint(titles[from])
          }`,
        );
      }
      values[i * columns + j] = number;
    })
  );
  return {
    names: numeric.map((j) => titles[j]),
    rows: matrix(values, { columns }),
    texts: Object.fromEntries(
      texts.map((name) => [name, body.map(({ record }) => record[titles.indexOf(name)])]),
    ),
  };
}

const textHint = (title: string): string =>
  `; if the column holds text, give { texts: [${
    JSON.stringify(title)
  }] }, and if this stands for a missing value, { missing }`;

const isNoTitle = (text: string) => NO_TITLE.test(text);

function separatorHint(value: string): string {
  const other = [";", "\t", "|"].find((sign) => value.includes(sign));
  return other === undefined
    ? ""
    : `; if its values are separated by it, give { delimiter: ${JSON.stringify(other)} }`;
}
