/** Characters kept of a text that others wrote. */
const LONGEST = 1000;

/**
 * A text of several lines without what a terminal takes for a command, or what turns the direction of
 * writing: these are written out as `\u001b`, so that JSON stays what it is.
 */
export function visible(text: string): string {
  return text.replaceAll(
    // deno-lint-ignore no-control-regex -- these are what is looked for
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A text that others wrote (a job's error, a package's message) on one line that no terminal takes for a
 * command: without colours, line breaks as spaces, other control and direction characters escaped, and no
 * longer than a page.
 */
export function oneLine(text: string): string {
  const line = text
    // deno-lint-ignore no-control-regex -- terminal sequences are control characters: `ESC [ … m`, `ESC ] … BEL`
    .replaceAll(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, "")
    .replaceAll(/\s*[\n\r\u2028\u2029]\s*/g, " ")
    .replaceAll("\t", " ")
    // deno-lint-ignore no-control-regex -- these are what is looked for
    .replaceAll(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (sign) => {
      const code = sign.charCodeAt(0).toString(16);
      return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
    })
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
