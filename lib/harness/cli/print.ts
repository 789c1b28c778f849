import { visible, WriteError } from "../paper/mod.ts";

const encoder = new TextEncoder();

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  // Results and figures may be others': nothing in them reaches the terminal as a command.
  const bytes = encoder.encode(visible(text));
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

/** Lays rows of text out in columns, two spaces apart; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i].length))) ?? [];
  return rows.map((row) =>
    row.map((text, i) => i === row.length - 1 ? text : text.padEnd(widths[i])).join("  ").trimEnd() + "\n"
  ).join("");
}
