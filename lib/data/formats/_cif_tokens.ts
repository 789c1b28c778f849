/** A piece of a CIF: a bare word (a tag, a keyword or a number), or a quoted value. */
export interface CifToken {
  readonly text: string;
  readonly quoted: boolean;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Splits a CIF (version 1.1) into tokens: words, strings in quotes, and texts between lines that start with a
 * semicolon.
 */
export function cifTokens(text: string): CifToken[] {
  const tokens: CifToken[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    if (lines[at].startsWith(";")) {
      const field = [lines[at].slice(1)];
      while (++at < lines.length && !lines[at].startsWith(";")) field.push(lines[at]);
      if (at === lines.length) {
        throw new SyntaxError(`Cannot read the CIF as the text field in line ${line} must end: it does not`);
      }
      tokens.push({ text: field.join("\n"), quoted: true, line });
      continue;
    }
    for (const token of lineTokens(lines[at])) tokens.push({ ...token, line });
  }
  return tokens;
}

/** The tokens of one line, up to a comment, in time that grows with its length only. */
function* lineTokens(line: string): Generator<Omit<CifToken, "line">> {
  // Quotes that nothing ends from here on: they belong to words.
  const unended = new Set<string>();
  for (let at = 0; at < line.length;) {
    const sign = line[at];
    if (/\s/.test(sign)) {
      at++;
      continue;
    }
    if (sign === "#") return;
    if ((sign === "'" || sign === '"') && !unended.has(sign)) {
      // A quote ends where white space follows it, so that 'a'b' is one string.
      let end = line.indexOf(sign, at + 1);
      while (end >= 0 && end + 1 < line.length && !/\s/.test(line[end + 1])) {
        end = line.indexOf(sign, end + 1);
      }
      if (end >= 0) {
        yield { text: line.slice(at + 1, end), quoted: true };
        at = end + 1;
        continue;
      }
      unended.add(sign);
    }
    let end = at;
    while (end < line.length && !/\s/.test(line[end])) end++;
    yield { text: line.slice(at, end), quoted: false };
    at = end;
  }
}
