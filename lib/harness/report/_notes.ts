import { Marked } from "marked";
// @ts-types="@types/sanitize-html"
import sanitizeHtml from "sanitize-html";

/** What a README's HTML may hold: what Markdown makes, and a few elements for text. */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [...sanitizeHtml.defaults.allowedTags, "img", "details", "summary", "del", "input"],
  allowedAttributes: {
    a: ["href", "title"],
    code: ["class"],
    img: ["src", "alt", "title", "width", "height"],
    input: [{ name: "type", values: ["checkbox"] }, "checked", "disabled"],
    ol: ["start"],
    td: ["align"],
    th: ["align"],
  },
  exclusiveFilter: ({ tag, attribs }) => tag === "img" && !attribs.src,
  transformTags: {
    a: (tagName, attribs) => attribs.href ? { tagName, attribs } : { tagName: "span", attribs: {} },
  },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
};

/**
 * A README as HTML below a page's own headings; links are given as `link` says. It is a stranger's text:
 * whatever could run or load is left out.
 */
export async function notesHtml(markdown: string, link: (href: string) => string): Promise<string> {
  const marked = new Marked({
    gfm: true,
    walkTokens(token) {
      if (token.type === "link" || token.type === "image") token.href = link(token.href);
      if (token.type === "heading") token.depth = Math.min(6, token.depth + 1);
    },
  });
  // The page has the title already.
  return cleanHtml(await marked.parse(markdown.replace(/^# .*\n/, "")));
}

/** HTML without what could run or load, and without links that lead nowhere. */
export function cleanHtml(html: string): string {
  return sanitizeHtml(html, ALLOWED);
}
