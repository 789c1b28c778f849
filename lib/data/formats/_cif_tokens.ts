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
    // A quote ends where white space follows it, so that 'a'b' is one string.
    const pattern = /\s*(?:(['"])(.*?)\1(?=\s|$)|(#.*)|(\S+))/y;
    for (let match; (match = pattern.exec(lines[at])) !== null;) {
      if (match[2] !== undefined) tokens.push({ text: match[2], quoted: true, line });
      else if (match[4] !== undefined) tokens.push({ text: match[4], quoted: false, line });
    }
  }
  return tokens;
}
