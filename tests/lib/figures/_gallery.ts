/**
 * The gallery in `docs/figures.md`: below each block what it makes. Run as a program it writes page and
 * pictures (`deno task gallery`).
 */
import { type Figure, renderSvg, type Table, tableToMarkdown } from "../../../lib/figures/mod.ts";

/** Where the page is; its blocks and texts are written by hand. */
export const PAGE = new URL("../../../docs/figures.md", import.meta.url);

/** Where the pictures are. */
export const PICTURES = new URL("figures/", PAGE);

/** A section up to the end of its block. */
const SECTION = /^## (\w+)\n.*?^```ts\n(.*?)^```\n/gms;

const BEFORE = "<!-- deno-fmt-ignore-start -->\n<!-- Made by `deno task gallery`. -->\n\n";
const AFTER = "\n\n<!-- deno-fmt-ignore-end -->\n";

/** The page with what its blocks make, and the pictures by file name. */
export async function gallery(page: string): Promise<{ page: string; pictures: Map<string, string> }> {
  const [head, ...sections] = page.split(/^(?=## )/m);
  const pictures = new Map<string, string>();
  const made = [head];
  for (const section of sections) {
    const [own, name, block] = [...section.matchAll(SECTION)][0];
    const artefact = await run(block);
    if (artefact.kind === "table") made.push(`${own}\n${BEFORE}${tableToMarkdown(artefact).trim()}${AFTER}`);
    else {
      made.push(`${own}\n${BEFORE}![${artefact.alt}](figures/${name}.svg)${AFTER}`);
      pictures.set(`${name}.svg`, `${await renderSvg(artefact)}\n`);
    }
  }
  return { page: made.join("\n").replaceAll(/\n{3,}/g, "\n\n"), pictures };
}

/** Runs a block as it stands, and gives its last constant. */
async function run(block: string): Promise<Figure | Table> {
  const last = [...block.matchAll(/^const (\w+) =/gm)].at(-1)![1];
  // Only a file has neighbours.
  const code = block.replaceAll(/from "(\..*?)"/g, (_, path) => `from "${new URL(path, PAGE)}"`);
  const url = `data:application/typescript,${encodeURIComponent(`${code}\nexport default ${last};\n`)}`;
  return (await import(url)).default;
}

if (import.meta.main) {
  const { page, pictures } = await gallery(await Deno.readTextFile(PAGE));
  await Deno.writeTextFile(PAGE, page);
  for (const [name, svg] of pictures) await Deno.writeTextFile(new URL(name, PICTURES), svg);
}
