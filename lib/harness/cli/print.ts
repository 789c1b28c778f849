import { visible, WriteError } from "../paper/mod.ts";
import { wrap } from "./_wrap.ts";

const encoder = new TextEncoder();

/** Characters of a line, if that is the terminal's width; `undefined` for files and pipes. */
export function terminalWidth(stream: { isTerminal(): boolean } = Deno.stdout): number | undefined {
  return stream.isTerminal() ? Deno.consoleSize().columns : undefined;
}

function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  // Results and figures may be others': nothing in them reaches the terminal as a command.
  const bytes = encoder.encode(wrap(visible(text), terminalWidth(stream)));
  try {
    for (let start = 0; start < bytes.length;) start += stream.writeSync(bytes.subarray(start));
  } catch (error) {
    // The reader has seen enough (`… | head`).
    if (error instanceof Deno.errors.BrokenPipe) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new WriteError(`Cannot print all as the output takes no more: ${reason}`, { cause: error });
  }
}

/** Writes text to standard output. */
export function printOut(text: string): void {
  write(Deno.stdout, text);
}

/** Writes text to standard error; where that takes no more, nobody could be told. */
export function printError(text: string): void {
  try {
    write(Deno.stderr, text);
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
  }
}

/** The last column is wrapped where it has at least so many characters; else rows are stacked. */
const LEAST_COLUMN = 28;

/**
 * Lays rows of text out in columns, two spaces apart; the last column is not padded, and wraps at the width.
 * Where it has no room, each row is a line of as many columns as fit, and the others below it.
 */
export function columns(rows: readonly (readonly string[])[], width = terminalWidth()): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i].length))) ?? [];
  const last = widths.length - 1;
  const indent = widths.slice(0, last).reduce((sum, own) => sum + own + GAP.length, 0);
  const beside = width === undefined || indent + widths[last] <= width || width - indent >= LEAST_COLUMN;
  return rows.map((row) => {
    if (beside) {
      const line = row.map((text, i) => i === last ? text : text.padEnd(widths[i])).join(GAP).trimEnd();
      return `${wrap(line, width, indent)}\n`;
    }
    let head = row[0];
    let at = 1;
    while (at < last && head.length + GAP.length + row[at].length <= width) head += GAP + row[at++];
    const below = row.slice(at).filter((text) => text !== "").map((text) => wrap(`    ${text}`, width));
    return `${[head, ...below].join("\n")}\n`;
  }).join("");
}

const GAP = "  ";
