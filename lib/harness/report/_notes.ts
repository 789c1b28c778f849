import { Marked } from "marked";

/** A README as HTML below a page's own headings; links are given as `link` says. */
export async function notesHtml(markdown: string, link: (href: string) => string): Promise<string> {
  const marked = new Marked({
    gfm: true,
    walkTokens(token) {
      if (token.type === "link" || token.type === "image") token.href = link(token.href);
      if (token.type === "heading") token.depth = Math.min(6, token.depth + 1);
    },
  });
  // The page has the title already.
  return await marked.parse(markdown.replace(/^# .*\n/, ""));
}
