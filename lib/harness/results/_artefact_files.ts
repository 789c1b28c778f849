import { oneLine } from "../paper/mod.ts";
import type { RenderedArtefact } from "./evaluate.ts";
import type { OutputFile } from "./outputs.ts";

/** Files of figures and tables. */
export interface MadeFiles {
  readonly files: readonly OutputFile[];
  /** The artefacts again; those that could not be drawn now carry the error. */
  readonly artefacts: readonly RenderedArtefact[];
}

/** Draws each figure (`.vl.json`, `.svg`, `.png`) and writes out each table (`.csv`, `.md`). */
export async function makeFiles(rendered: readonly RenderedArtefact[]): Promise<MadeFiles> {
  const files: OutputFile[] = [];
  const artefacts: RenderedArtefact[] = [];
  for (const made of rendered) {
    try {
      files.push(...await filesOf(made));
      artefacts.push(made);
    } catch (error) {
      const message = oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      artefacts.push({ ...made, value: undefined, stamped: undefined, error: message });
    }
  }
  return { files, artefacts };
}

async function filesOf({ artefact: { id }, stamped }: RenderedArtefact): Promise<readonly OutputFile[]> {
  if (!stamped) return [];
  const { renderPng, renderSvg, tableToCsv, tableToMarkdown } = await import("../../figures/mod.ts");
  return stamped.kind === "figure"
    ? [
      { name: `${id}.vl.json`, content: `${JSON.stringify(stamped.spec)}\n` },
      { name: `${id}.svg`, content: await renderSvg(stamped) },
      { name: `${id}.png`, content: await renderPng(stamped) },
    ]
    : [
      { name: `${id}.csv`, content: tableToCsv(stamped) },
      { name: `${id}.md`, content: tableToMarkdown(stamped) },
    ];
}
