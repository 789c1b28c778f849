/** An example of the documentation: a block of code that runs. */
export interface Example {
  /** Where it is: `docs/figures.md:30`. */
  readonly name: string;
  readonly text: string;
}

/** What Deno runs; a block with `ignore` behind the language is not run. */
const FENCE = /^(`{3,})\s*(?:js|javascript|mjs|cjs|jsx|ts|typescript|mts|cts|tsx)\b(.*)$/;

/** The examples of a file: those of a page of Markdown, or those in the comments of a module. */
export function examplesOf(path: string, text: string): Example[] {
  const lines = path.endsWith(".md") ? text.split("\n") : commentLines(text);
  const found: Example[] = [];
  for (let start = 0; start < lines.length; start++) {
    const [, fence, attributes] = FENCE.exec(lines[start]) ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, index) => index > start && line.trimEnd() === fence);
    if (end < 0) throw new SyntaxError(`Cannot read ${path} as the block at line ${start + 1} must end`);
    if (!/\bignore\b/.test(attributes)) {
      found.push({ name: `${path}:${start + 1}`, text: `${lines.slice(start + 1, end).join("\n")}\n` });
    }
    start = end;
  }
  return found;
}

/** The text of a module's comments, line by line; empty where there is code. */
function commentLines(text: string): string[] {
  let inside = false;
  return text.split("\n").map((line) => {
    const begins = !inside && /^\s*\/\*\*/.test(line);
    const within = inside;
    if (begins) inside = true;
    if (inside && line.includes("*/")) inside = false;
    return within ? line.replace(/^\s*\* ?/, "") : "";
  });
}
