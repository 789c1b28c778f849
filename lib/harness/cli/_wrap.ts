/**
 * Breaks lines that are wider than the terminal at spaces. What follows is indented as the line is, or by
 * `indent`; a word that is wider than a line stays whole, as it may be a path to be copied.
 */
export function wrap(text: string, width: number | undefined, indent?: number): string {
  if (width === undefined) return text;
  return text.split("\n").map((line) => {
    if (line.length <= width) return line;
    const lead = /^ */.exec(line)![0].length;
    const hanging = " ".repeat(Math.min(indent ?? lead, Math.floor(0.75 * width)));
    const lines: string[] = [];
    let rest = line;
    while (rest.length > width) {
      // The last space within the width that has a word before it, else the first behind it.
      const words = rest.length - rest.trimStart().length;
      let at = rest.lastIndexOf(" ", width);
      if (at <= words) at = rest.indexOf(" ", Math.max(width, words));
      if (at < 0) break;
      lines.push(rest.slice(0, at).trimEnd());
      rest = hanging + rest.slice(at).trimStart();
    }
    return [...lines, rest].join("\n");
  }).join("\n");
}
