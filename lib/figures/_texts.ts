import { hasGlyph, type TextStyle, textWidth } from "./_fonts.ts";

/** Names beside or in a plot get at most this part of a figure's width. */
export const LONGEST_LABEL = 0.4;

/** What XML cannot hold, or a terminal obeys: controls but tab and line ends, halves of surrogate pairs. */
// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/u;

/** A text in a message: in quotes, what cannot be seen written as an escape, long ones cut. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).replace(
    /[\u007f-\u009f\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return escaped.length > 80 ? `${escaped.slice(0, 76)}…"` : escaped;
}

/**
 * Looks at all texts of a specification, keys included.
 *
 * @throws {RangeError} If one holds what an SVG file cannot.
 */
export function checkTexts(value: unknown): void {
  if (typeof value === "string") {
    // Pictures are megabytes of letters.
    if (value.startsWith("data:image/") || !FORBIDDEN.test(value)) return;
    throw new RangeError(
      `Cannot draw a text as it must have no control characters: current value is ${quoted(value)}`,
    );
  }
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) Object.keys(value).forEach(checkTexts);
  Object.values(value).forEach(checkTexts);
}

/** Of texts as they are drawn, those with characters that the font lacks, with these characters. */
export function unreadable(
  texts: Iterable<{ readonly text: string; readonly style: TextStyle }>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { text, style } of texts) {
    const missing = [...text].filter((character) => !hasGlyph(character, style));
    if (missing.length > 0) found.set(text, [...new Set(missing)].join(""));
  }
  return found;
}

/** Cuts a text in its middle, so that it is at most `width` pixels wide; start and end tell names apart. */
export function shorten(text: string, width: number, style: TextStyle): string {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  let [least, most] = [1, characters.length - 1];
  const cut = (kept: number) => {
    const head = Math.ceil(kept / 2);
    return `${characters.slice(0, head).join("")}…${
      characters.slice(characters.length - (kept - head)).join("")
    }`;
  };
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (textWidth(cut(middle), style) <= width) least = middle;
    else most = middle - 1;
  }
  return cut(least);
}

/**
 * Breaks a text between words into lines of at most `width` pixels, and shortens words that are longer.
 *
 * @returns The text itself if it fits.
 */
export function wrap(text: string, width: number, style: TextStyle): string | string[] {
  if (textWidth(text, style) <= width) return text;
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, style) <= width) lines[lines.length - 1] = longer;
    else lines.push(shorten(word, width, style));
  }
  return lines.length === 1 ? lines[0] : lines;
}
