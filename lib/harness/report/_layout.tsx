/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";

/** A page's frame. */
export interface PageOptions {
  readonly title: string;
  /** What the page is about, for search engines and previews. */
  readonly description: string;
  /** The way from the page to the report's folder: `` or `../`. */
  readonly root: string;
  readonly body: ComponentChildren;
}

/** A whole page as text. It loads nothing but files of the report. */
export function page({ title, description, root, body }: PageOptions): string {
  const html = render(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content={description} />
        <title>{title}</title>
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={`${root}assets/style.css`} />
        <script src={`${root}assets/report.js`} data-root={root} defer />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="site">
          <a href={`${root}index.html`}>refigure</a>
          <button type="button" id="theme" hidden>Theme</button>
        </header>
        <main id="main">{body}</main>
        <footer class="site">
          Made by <code>deno task report</code>{" "}
          from results in this checkout. Statuses of claims are computed.
        </footer>
      </body>
    </html>,
  );
  return `<!doctype html>\n${html}\n`;
}

/** Three bars, inline: a page asks for no file that is not there. */
const ICON = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#0072B2" d="M2 9h3v5H2zM6.5 5h3v9h-3zM11 2h3v12h-3z"/></svg>',
);

/** Text of the page's own making that is known to be HTML. */
export function Html({ html, class: name }: { readonly html: string; readonly class?: string }) {
  // deno-lint-ignore react-no-danger -- it comes from this project's own README files
  return <div class={name} dangerouslySetInnerHTML={{ __html: html }} />;
}
