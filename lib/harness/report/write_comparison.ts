import type { Comparison } from "../results/mod.ts";
import { writeAtomic } from "../run/mod.ts";
import type { Places } from "../paper/mod.ts";
import { PAGE_ASSETS } from "./_assets.ts";
import { comparePage } from "./_compare_page.tsx";

/**
 * Writes a comparison as a page, `out/compare/index.html`, over the last one.
 *
 * @returns The page's path.
 * @throws {WriteError} If it cannot be written.
 */
export async function writeComparison(comparison: Comparison, where: Places): Promise<string> {
  const folder = `${where.out}/compare`;
  const files = [...PAGE_ASSETS, { path: "index.html", content: comparePage(comparison) }];
  for (const { path, content } of files) await writeAtomic(`${folder}/${path}`, content);
  return `${folder}/index.html`;
}
