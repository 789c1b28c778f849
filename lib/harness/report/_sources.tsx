/** @jsxImportSource preact */
import { posix, relative, resolve, sep } from "node:path";
import type { ComponentChildren } from "preact";
import { isLive, type NotebookCell, type NotebookOutput, readNotebook } from "../notebook/mod.ts";
import { PROJECT } from "../paper/mod.ts";
import { Html, page } from "./_layout.tsx";
import { cleanHtml, notesHtml } from "./_notes.ts";
import type { ReportFile } from "./types.ts";

/** What a site shows of the checkout: sources, and no file or folder whose name starts with a dot. */
const SHOWN = /^(?!(node_modules|out|data)\/)(?!.*(^|\/)\.)/;

/** Files that are shown as text. */
const TEXT = /\.(ts|tsx|js|json|md|txt|css|py|sh|c|h|ipynb|xml|csv)$/;

/** Longest file that is shown. */
const MOST_BYTES = 4e6;

/**
 * Pages for files of the checkout that the report links to: under a web server nothing above the site can be
 * reached. Links are asked for first, then {@link SourcePages.files} makes the pages.
 */
export class SourcePages {
  /** By path below the checkout, whether it is a folder. */
  readonly #wanted = new Map<string, boolean>();
  /** The checkout, where it really is. */
  readonly #root = Deno.realPathSync(PROJECT);

  /**
   * The way from a page to the page of a file or folder; what the site does not show, or what is not there,
   * is `null`.
   *
   * @param path Absolute, perhaps with a fragment.
   * @param from The page, below the site.
   */
  link(path: string, from: string): string | null {
    const [file, fragment] = path.split("#");
    const name = relative(PROJECT, resolve(file)).split(sep).join("/");
    const stat = this.#shown(name);
    if (stat === null) return null;
    this.#wanted.set(name, stat.isDirectory);
    const way = posix.relative(posix.dirname(from), pageOf(name));
    // A source's lines have anchors, a README's headings none.
    const anchor = fragment !== undefined && /^L\d+$/.test(fragment) ? `#${fragment}` : "";
    return way.split("/").map(encodeURIComponent).join("/") + anchor;
  }

  /** The pages that were asked for, and those that these link to. */
  async files(): Promise<readonly ReportFile[]> {
    const made = new Map<string, ReportFile>();
    for (let left = this.#left(made); left.length > 0; left = this.#left(made)) {
      for (const [name, isFolder] of left) {
        const content = isFolder ? this.#folderPage(name) : await this.#filePage(name);
        made.set(name, { path: pageOf(name), content });
      }
    }
    return [...made.values()];
  }

  #left(made: ReadonlyMap<string, ReportFile>): [string, boolean][] {
    return [...this.#wanted].filter(([name]) => !made.has(name));
  }

  #folderPage(name: string): string {
    const entries = [...Deno.readDirSync(`${PROJECT}${name}`)].map((entry) => entry.name).sort();
    const links = entries.flatMap((entry) => {
      const way = this.link(`${PROJECT}${name}/${entry}`, pageOf(name));
      return way === null ? [] : [{ entry, way }];
    });
    return this.#page(
      name,
      <ul>
        {links.map(({ entry, way }) => (
          <li key={entry}>
            <a href={way}>{entry}</a>
          </li>
        ))}
      </ul>,
    );
  }

  async #filePage(name: string): Promise<string> {
    const link = (href: string) => this.linkIn(href, { base: posix.dirname(name), from: pageOf(name) });
    if (name.endsWith(".ipynb")) {
      const { cells } = await readNotebook(`${PROJECT}${name}`);
      const views = await Promise.all(cells.map((cell) => cellView(cell, link)));
      return this.#page(name, <div class="notebook">{views}</div>);
    }
    const text = await Deno.readTextFile(`${PROJECT}${name}`);
    if (name.endsWith(".md")) {
      return this.#page(name, <Html class="notes" html={await notesHtml(text, link)} />);
    }
    return this.#page(name, <Source text={text} />);
  }

  /** A link as it stands in a Markdown text of the checkout: to the site's page, if there is one. */
  linkIn(href: string, { base, from }: { readonly base: string; readonly from: string }): string {
    // Headings have no anchors.
    if (href.startsWith("#")) return "";
    return /^[a-z]+:/.test(href) ? href : this.link(resolve(PROJECT, base, href), from) ?? "";
  }

  /** What is at a path below the checkout, if the site shows it. */
  #shown(name: string): Deno.FileInfo | null {
    if (name === "" || name.startsWith("../") || !SHOWN.test(`${name}/`)) return null;
    try {
      const path = `${PROJECT}${name}`;
      // A link may lead out.
      if (relative(this.#root, Deno.realPathSync(path)) !== name.split("/").join(sep)) return null;
      const stat = Deno.statSync(path);
      return stat.isDirectory || stat.isFile && TEXT.test(name) && stat.size <= MOST_BYTES ? stat : null;
    } catch {
      return null; // not there, or nobody may look
    }
  }

  #page(name: string, body: ComponentChildren): string {
    const depth = pageOf(name).split("/").length - 1;
    return page({
      title: `${name} – refigure`,
      description: `${name}, as the report's results were made with it.`,
      root: "../".repeat(depth),
      body: (
        <>
          <h1>{name}</h1>
          {body}
        </>
      ),
    });
  }
}

function pageOf(name: string): string {
  return `source/${name}.html`;
}

/** A text with numbered lines, each with an anchor `L<number>`. */
function Source({ text }: { readonly text: string }) {
  return (
    <ol class="source">
      {text.trimEnd().split("\n").map((line, i) => (
        <li key={i} id={`L${i + 1}`}>
          <code>{line}</code>
        </li>
      ))}
    </ol>
  );
}

async function cellView(cell: NotebookCell, link: (href: string) => string) {
  const source = [cell.source].flat().join("");
  if (cell.cell_type !== "code") return <Html class="notes" html={await notesHtml(source, link)} />;
  return (
    <div class="cell">
      <pre><code>{source}</code></pre>
      {isLive(cell) && <p class="note">This cell computes when it is run; what it showed last:</p>}
      {(cell.outputs ?? []).map(outputView)}
    </div>
  );
}

/** An output of a cell: a picture, a table, or text. */
function outputView({ data = {}, text }: NotebookOutput) {
  const joined = (value: unknown) => [value].flat().join("");
  const png = data["image/png"];
  if (png !== undefined) {
    return (
      <img src={`data:image/png;base64,${joined(png).replaceAll("\n", "")}`} alt="A figure of the notebook" />
    );
  }
  if (data["text/html"] !== undefined) {
    return <Html class="scroll" html={cleanHtml(joined(data["text/html"]))} />;
  }
  const plain = joined(text ?? data["text/plain"] ?? "");
  return plain === "" ? null : <pre>{plain}</pre>;
}
